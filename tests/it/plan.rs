//! Plans: figures that can be recomputed by hand, and what must hold for any load.

use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use tokenleash::{Catalog, Change, ChoiceName, ErrorKind, LimitName, Limits, Load, Plan, plan};

fn planned(load: &Load) -> Plan {
    plan(load, Catalog::builtin()).unwrap()
}

fn read(load: &str) -> Result<Plan, tokenleash::Error> {
    plan(&serde_json::from_str(load).unwrap(), Catalog::builtin())
}

/// Opus 4.6 by au from Auckland, 1,000 tokens in, answers of 100, 200 and 600.
///
/// By hand: the average of the answers is 300, of those cut at 200 it is 167. At `max_tokens` 600 a
/// request reserves 1,600 and settles at 1,000 + 5 x 300 = 2,500. The reservation reaches 2,500 at 1,500.
const THREE_ANSWERS: &str = r#"{"model": "au.anthropic.claude-opus-4-6-v1", "sourceRegion": "ap-southeast-6",
    "input": 1000, "outputs": [600, 100, 200], "maxTokens": 4096, "perMinute": 4, "peakPerMinute": 10"#;

#[test]
fn figures_by_hand() {
    // tpm, cut; then of each choice: max_tokens, reserves, settles, takes, cuts, a minute, at once
    for (more, choices, asked) in [
        (
            r#""limits": {"tpm": 100000}"#,
            [
                [4_096, 5_096, 2_500, 5_096, 0, 19, 19],
                [600, 1_600, 2_500, 2_500, 0, 40, 62],
                [1_500, 2_500, 2_500, 2_500, 0, 40, 40],
            ],
            [10_000, 4, 25_000, 10, 1_000, 300, 4 * 1_440 * 2_500],
        ),
        (
            r#""limits": {"tpm": 6000}"#,
            [
                [4_096, 5_096, 2_500, 5_096, 0, 1, 1],
                [600, 1_600, 2_500, 2_500, 0, 2, 3],
                [1_500, 2_500, 2_500, 2_500, 0, 2, 2],
            ],
            [10_000, 4, 25_000, 10, 1_000, 300, 4 * 1_440 * 2_500],
        ),
        // A third of the answers may be cut: at 200 they settle at 1,000 + 5 x 167, and at 201 too.
        (
            r#""limits": {"tpm": 18350}, "maxCutPermille": 334"#,
            [
                [4_096, 5_096, 2_500, 5_096, 0, 3, 3],
                [200, 1_200, 1_835, 1_835, 333, 10, 15],
                [201, 1_201, 1_835, 1_835, 333, 10, 15],
            ],
            [7_340, 4, 18_350, 10, 1_000, 167, 4 * 1_440 * 1_835],
        ),
        // The requests of a minute bind, and longer answers cost nothing.
        (
            r#""limits": {"tpm": 100000, "rpm": 7}"#,
            [
                [4_096, 5_096, 2_500, 5_096, 0, 7, 19],
                [600, 1_600, 2_500, 2_500, 0, 7, 62],
                [1_500, 2_500, 2_500, 2_500, 0, 7, 40],
            ],
            [10_000, 4, 25_000, 10, 1_000, 300, 4 * 1_440 * 2_500],
        ),
        // Latest rates or the guide's: Opus burns at 5. Nothing of 4,000 cached tokens settles.
        (
            r#""limits": {"tpm": 100000}, "cacheRead": 4000"#,
            [
                [4_096, 9_096, 2_500, 9_096, 0, 10, 10],
                [600, 5_600, 2_500, 5_600, 0, 17, 17],
                [600, 5_600, 2_500, 5_600, 0, 17, 17],
            ],
            [22_400, 4, 56_000, 10, 5_000, 300, 4 * 1_440 * 2_500],
        ),
        (
            r#""limits": {"tpm": 100000}, "cacheRead": 4000, "reserveCacheReads": false"#,
            [
                [4_096, 5_096, 2_500, 5_096, 0, 19, 19],
                [600, 1_600, 2_500, 2_500, 0, 40, 62],
                [1_500, 2_500, 2_500, 2_500, 0, 40, 40],
            ],
            [10_000, 4, 25_000, 10, 5_000, 300, 4 * 1_440 * 2_500],
        ),
    ] {
        let plan = read(&format!("{THREE_ANSWERS}, {more}}}")).unwrap();
        let told: Vec<_> = plan
            .choices
            .iter()
            .map(|c| {
                let (rate, at_once) = (c.per_minute.unwrap(), c.in_flight.unwrap());
                [c.max_tokens, c.reservation, c.settlement, c.takes, c.cut_permille, rate, at_once]
            })
            .collect();
        assert_eq!(told, choices, "{more}");
        let form = plan.quota_request.unwrap();
        let told = [
            form.steady_tpm,
            form.steady_rpm,
            form.peak_tpm,
            form.peak_rpm,
            form.average_input_tokens,
            form.average_output_tokens,
            form.tokens_per_day,
        ];
        assert_eq!(told, asked, "{more}");
    }
}

#[test]
fn each_limit_has_its_line() {
    let day = read(&format!("{THREE_ANSWERS}, \"limits\": {{\"tpm\": 25000, \"tpd\": 14399999}}}}")).unwrap();
    let line = |plan: &Plan, limit| plan.limits.iter().find(|line| line.limit == limit).copied().unwrap();
    // 4 x 1,440 requests of 2,500 are 14,400,000: one token short.
    let tpd = line(&day, LimitName::Tpd);
    assert_eq!((tpd.takes, tpd.per_day, tpd.per_minute, tpd.fits), (2_500, Some(5_759), None, true));
    assert_eq!(day.fits, Some(false));
    assert_eq!(line(&day, LimitName::Tpm).per_minute, Some(10));
    assert_eq!(
        (line(&day, LimitName::ContextWindow).takes, line(&day, LimitName::OutputLimit).takes),
        (2_500, 1_500)
    );
    let day = read(&format!("{THREE_ANSWERS}, \"limits\": {{\"tpm\": 25000, \"tpd\": 14400000}}}}")).unwrap();
    assert_eq!(day.fits, Some(true));
    let used = read(&format!("{THREE_ANSWERS}, \"limits\": {{\"tpm\": 25000, \"usedTpm\": 1}}}}")).unwrap();
    assert!(used.notes.iter().any(|note| note.code == "limits-not-planned") && used.limits[2].of == 25_000);
    // Admitted, but it settles above the quota: 1,000 + 5 x 300. A larger reservation would not even be that.
    let slow = read(&format!("{THREE_ANSWERS}, \"limits\": {{\"tpm\": 1700}}}}")).unwrap();
    let tpm = line(&slow, LimitName::Tpm);
    assert_eq!((tpm.fits, tpm.per_minute, tpm.in_flight, slow.fits), (true, Some(0), Some(1), Some(false)));
    assert_eq!(slow.choices[2].max_tokens, 700);
    // Opus 4.7 has no au. profile from Auckland.
    let refused =
        r#"{"model": "au.anthropic.claude-opus-4-7", "sourceRegion": "ap-southeast-6", "outputs": [1]}"#;
    assert_eq!(read(refused).unwrap().fits, Some(false));
    // What is larger than a minute's quota never runs, however rarely it is sent.
    let never = read(&format!("{THREE_ANSWERS}, \"limits\": {{\"tpm\": 1599}}}}")).unwrap();
    assert_eq!((never.fits, line(&never, LimitName::Tpm).fits), (Some(false), false));
    assert_eq!(line(&never, LimitName::Tpm).per_minute, Some(0));

    let mantle = format!(
        "{THREE_ANSWERS}, \"endpoint\": \"mantle\", \"limits\": {{\"inputTpm\": 16000, \"outputTpm\": 3000}}}}"
    );
    let mantle = read(&mantle).unwrap();
    // No burndown: the reservation binds, and an answer counts to a quota of its own.
    assert_eq!(mantle.choices[1..].iter().map(|choice| choice.takes).collect::<Vec<_>>(), [1_600, 1_600]);
    assert_eq!(line(&mantle, LimitName::InputTpm).per_minute, Some(10));
    assert_eq!(line(&mantle, LimitName::OutputTpm).per_minute, Some(10));
    assert!(mantle.limits.iter().all(|line| line.limit != LimitName::Tpm));
}

#[test]
fn percentiles_make_even_answers() {
    let load = Load {
        model: "claude-sonnet-4-6".to_owned(),
        output_p50: Some(300),
        output_p95: Some(900),
        ..Load::default()
    };
    let plan = planned(&load);
    // From 300 at 50% by 600 in 45 points: 954 at 99%. Average: 150 over half, and up to 967 over the rest.
    let told = plan.output;
    assert_eq!((told.observed, told.p50, told.p95, told.p99, told.longest), (None, 300, 900, 954, 967));
    assert_eq!(told.mean, 393);
    assert_eq!((plan.choices[0].max_tokens, plan.choices[0].cut_permille), (900, 50));
    assert_eq!((plan.fits, plan.quota_request), (None, None));
    let strict = planned(&Load { max_cut_permille: 10, ..load });
    assert_eq!(strict.choices[0].max_tokens, 954);
    assert!(strict.notes.iter().any(|note| note.code == "few-answers"));
}

#[test]
fn what_else_would_carry_the_load() {
    let plan =
        read(&format!("{THREE_ANSWERS}, \"cacheable\": 0, \"limits\": {{\"tpm\": 100000}}}}")).unwrap();
    let changes: Vec<_> = plan
        .alternatives
        .iter()
        .map(|row| (row.change, row.model.as_str(), row.profile.as_deref()))
        .collect();
    assert_eq!(changes[0], (Change::None, "anthropic.claude-opus-4-6-v1", Some("au")));
    assert!(changes.contains(&(Change::Profile, "anthropic.claude-opus-4-6-v1", Some("global"))));
    assert!(changes.contains(&(Change::Model, "anthropic.claude-haiku-4-5-20251001-v1:0", Some("au"))));
    // Opus 4.7 has no au. profile from Auckland, and who asks for au is not sent round the world.
    assert!(changes.iter().all(|(change, model, profile)| {
        !model.contains("4-7") && (*change != Change::Model || *profile == Some("au"))
    }));
    let row = |wanted: &str| plan.alternatives.iter().find(|row| row.model.contains(wanted)).unwrap();
    // 1,000 in and 300 out at 5.50 and 27.50 dollars for a million, a thousand times.
    assert_eq!(row("opus-4-6").micro_usd_per_1000, Some(13_750_000));
    assert_eq!((row("opus-4-6").burndown_rate, row("haiku-4-5").burndown_rate), (5, 1));
    // At a rate of 1 the reservation binds: 1,000 + 600.
    assert_eq!((row("haiku-4-5").takes, row("haiku-4-5").per_minute), (1_600, Some(62)));
    assert!(plan.alternatives.iter().all(|row| row.same_tokenizer));

    let long = r#"{"model": "au.anthropic.claude-opus-4-6-v1", "input": 20000, "cacheable": 19000, "outputs": [1000],
        "reserveCacheReads": false, "limits": {"tpm": 100000}}"#;
    let long = read(long).unwrap();
    let cached = &long.alternatives[1];
    assert_eq!((long.alternatives[0].takes, cached.change, cached.takes), (25_000, Change::Cache, 6_000));
    assert_eq!((long.alternatives[0].per_minute, cached.per_minute), (Some(4), Some(16)));
    // Too short for a cache point of Opus 4.6, which wants 4,096.
    let short =
        r#"{"model": "au.anthropic.claude-opus-4-6-v1", "input": 20000, "cacheable": 4095, "outputs": [1]}"#;
    assert!(read(short).unwrap().alternatives.iter().all(|row| row.change != Change::Cache));
}

#[test]
fn loads_that_contradict_themselves_are_refused() {
    for (load, kind) in [
        (r#"{"outputs": [1]}"#, ErrorKind::MissingModel),
        (r#"{"model": "nobody", "outputs": [1]}"#, ErrorKind::UnknownModel),
        (r#"{"model": "claude-opus-4-6"}"#, ErrorKind::InvalidArgument),
        (r#"{"model": "claude-opus-4-6", "outputP50": 5}"#, ErrorKind::InvalidArgument),
        (r#"{"model": "claude-opus-4-6", "outputP50": 5, "outputP95": 4}"#, ErrorKind::InvalidArgument),
        (r#"{"model": "claude-opus-4-6", "outputs": [1], "outputP95": 4}"#, ErrorKind::InvalidArgument),
        (r#"{"model": "claude-opus-4-6", "outputs": [1], "cacheable": 1}"#, ErrorKind::InvalidArgument),
        (r#"{"model": "claude-opus-4-6", "outputs": [1], "peakPerMinute": 1}"#, ErrorKind::InvalidArgument),
        (
            r#"{"model": "claude-opus-4-6", "outputs": [1], "perMinute": 2, "peakPerMinute": 1}"#,
            ErrorKind::InvalidArgument,
        ),
        (r#"{"model": "claude-opus-4-6", "outputs": [1], "maxTokens": 0}"#, ErrorKind::OutOfRange),
        (r#"{"model": "claude-opus-4-6", "outputs": [1], "maxCutPermille": 1000}"#, ErrorKind::OutOfRange),
        (r#"{"model": "claude-opus-4-6", "outputs": [1000000000001]}"#, ErrorKind::OutOfRange),
        (
            r#"{"model": "claude-opus-4-6", "outputs": [1], "limits": {"tpm": 1000000000001}}"#,
            ErrorKind::OutOfRange,
        ),
    ] {
        assert_eq!(read(load).unwrap_err().kind(), kind, "{load}");
    }
    // The largest numbers there are make a plan all the same.
    let largest = r#"{"model": "claude-opus-4-6", "outputs": [1000000000000, 0], "input": 1000000000000, "maxTokens": 1000000000000,
        "perMinute": 1000000000000, "limits": {"tpm": 1000000000000, "tpd": 0, "rpm": 0}}"#;
    assert_eq!(read(largest).unwrap().fits, Some(false));
}

proptest! {
    #![proptest_config(super::laws::cases(100))]

    /// The recommended limit cuts no more than may be, carries as much as any that does, and one token
    /// more carries less, reserves more than it settles at, or is not allowed.
    #[test]
    fn the_recommended_limit_is_the_largest_of_the_best(
        outputs in vec(0_u64..3_000, 1..40),
        input in 0_u64..5_000,
        cut in prop::sample::select(&[0_u64, 10, 50, 200][..]),
        tpm in 1_u64..200_000,
        model in prop::sample::select(&["claude-opus-4-6", "claude-haiku-4-5", "claude-opus-4-8"][..]),
    ) {
        let load = |max_tokens| Load {
            model: model.to_owned(),
            input,
            outputs: outputs.clone(),
            max_tokens,
            max_cut_permille: cut,
            limits: Limits { tpm: Some(tpm), ..Limits::default() },
            ..Load::default()
        };
        let found = planned(&load(None));
        let (least, best) = (found.choices[0], found.choices[1]);
        prop_assert_eq!((least.choice, best.choice), (ChoiceName::Least, ChoiceName::Recommended));
        let as_set = |max_tokens| planned(&load(Some(max_tokens))).choices[0];
        let exact_cut = |max_tokens: u64| {
            let cut = outputs.iter().filter(|output| max_tokens < **output).count() as u64;
            cut * 1_000 <= found.output.observed.unwrap() * load(None).max_cut_permille
        };
        prop_assert!(exact_cut(least.max_tokens) && (least.max_tokens == 1 || !exact_cut(least.max_tokens - 1)));
        prop_assert_eq!(best.per_minute, least.per_minute);
        prop_assert!(best.cut_permille <= least.cut_permille && least.max_tokens <= best.max_tokens);
        let more = as_set(best.max_tokens + 1);
        let only_reserves = [best, more].iter().any(|choice| choice.settlement < choice.reservation);
        prop_assert!(more.per_minute < best.per_minute || only_reserves || tpm < more.reservation);
        prop_assert!(best.reservation <= tpm || best.max_tokens == least.max_tokens);
        // By a search that knows nothing of how it was found.
        for max_tokens in (1..4_000).step_by(97) {
            let other = as_set(max_tokens);
            prop_assert!(!exact_cut(max_tokens) || other.per_minute <= best.per_minute);
        }
    }
}

/// The plan that wasm and the package are held to as well. `TOKENLEASH_BLESS=1` writes it anew.
#[test]
fn a_plan_has_one_wire_form() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/plan.json");
    let golden: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let load: Load = serde_json::from_value(golden["load"].clone()).unwrap();
    let found = serde_json::to_value(planned(&load)).unwrap();
    if std::env::var_os("TOKENLEASH_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&json!({"load": golden["load"], "plan": found})).unwrap();
        std::fs::write(path, text + "\n").unwrap();
        return;
    }
    assert_eq!(found, golden["plan"]);
}
