//! What a replay makes of records, and what must hold for any log.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokenleash::{
    Catalog, FindOptions, Findings, Ink, LineKind, Replay, ReplaySettings, SqlEngine, WhatIf, quota_query,
};

#[path = "../../examples/bedrock_log/generator.rs"]
mod generator;

use generator::{Generator, Shape};

/// A made-up log.
pub fn log(seed: u64, records: u64, minutes: u64) -> Vec<Vec<u8>> {
    let mut generator = Generator::new(Shape { seed, records, minutes, broken_per_mille: 0 });
    std::iter::from_fn(|| {
        let mut line = Vec::new();
        generator.next(&mut line)?;
        line.pop();
        Some(line)
    })
    .collect()
}

fn replayed<'a>(lines: impl IntoIterator<Item = &'a [u8]>, settings: &ReplaySettings) -> Replay<'static> {
    let mut replay = Replay::new(settings.clone(), Catalog::builtin()).unwrap();
    for line in lines {
        replay.take(line).unwrap();
    }
    replay
}

fn found(lines: &[Value], settings: &ReplaySettings, options: &FindOptions) -> Findings {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    replayed(lines.iter().map(String::as_bytes), settings).findings(options).unwrap()
}

/// A record of a Converse call with changes.
fn record(changes: Value) -> Value {
    let mut record = json!({
        "schemaType": "ModelInvocationLog", "schemaVersion": "1.0", "timestamp": "2026-11-02T09:30:15Z",
        "accountId": "123456789012", "region": "ap-southeast-6", "requestId": "r", "operation": "Converse",
        "modelId": "au.anthropic.claude-opus-4-6-v1",
        "identity": {"arn": "arn:aws:sts::123456789012:assumed-role/Chat/session"},
        "input": {"inputTokenCount": 3000, "cacheReadInputTokenCount": 4000, "cacheWriteInputTokenCount": 1000,
                  "inputBodyJson": {"messages": [], "inferenceConfig": {"maxTokens": 32000}}},
        "output": {"outputTokenCount": 1000, "outputBodyJson": {"metrics": {"latencyMs": 2000}}},
    });
    merge(&mut record, changes);
    record
}

/// Lays changes over a value; `null` takes a member out.
fn merge(value: &mut Value, changes: Value) {
    match (value, changes) {
        (Value::Object(members), Value::Object(changes)) => {
            for (name, change) in changes {
                if change.is_null() {
                    members.remove(&name);
                } else {
                    merge(members.entry(name).or_insert(Value::Null), change);
                }
            }
        }
        (value, changes) => *value = changes,
    }
}

/// Records of every form, with what they reserve and settle. The first is AWS's worked example.
#[test]
fn records_of_every_form() {
    let stream = json!([
        {"type": "message_start", "message": {"usage": {"input_tokens": 70, "output_tokens": 1}}},
        {"type": "message_delta", "usage": {"output_tokens": 20}},
        {"type": "message_stop", "amazon-bedrock-invocationMetrics":
            {"inputTokenCount": 70, "outputTokenCount": 20, "invocationLatency": 900, "cacheReadInputTokenCount": 5}},
    ]);
    let bare =
        json!({"inputTokenCount": 100, "cacheReadInputTokenCount": null, "cacheWriteInputTokenCount": null});
    let with = |body: Value| {
        let mut input = bare.clone();
        input["inputBodyJson"] = body;
        record(json!({"input": input, "output": {"outputTokenCount": 10}}))
    };
    let without_config = |body: Value| {
        let mut plain = with(json!({}));
        plain["input"]["inputBodyJson"] = body;
        plain
    };
    for (what, line, reservation, settlement) in [
        ("Converse, cached", record(json!({})), 40_000, 9_000),
        ("without a cache", with(json!({"inferenceConfig": {"maxTokens": 50}})), 150, 150),
        ("Claude's InvokeModel", without_config(json!({"max_tokens": 60})), 160, 150),
        ("chat completions", without_config(json!({"max_completion_tokens": 70})), 170, 150),
        ("Titan", without_config(json!({"textGenerationConfig": {"maxTokenCount": 80}})), 180, 150),
        ("Llama", without_config(json!({"max_gen_len": 90})), 190, 150),
        ("a body in a string", without_config(json!("{\"max_tokens\": 61}")), 161, 150),
        ("no limit: the model's own", without_config(json!({"messages": []})), 128_100, 150),
        ("a limit that is no number", without_config(json!({"max_tokens": "many"})), 128_100, 150),
        ("an empty body stands for one not logged", without_config(json!({})), 110, 150),
        (
            "a body in S3",
            record(json!({"input": {"inputBodyJson": null, "inputBodyS3Path": "s3://b/k"}})),
            9_000,
            9_000,
        ),
        (
            "counts from the end of a stream",
            record(
                json!({"input": {"inputTokenCount": null, "cacheReadInputTokenCount": null, "cacheWriteInputTokenCount": null},
                "output": {"outputTokenCount": null, "outputBodyJson": stream}}),
            ),
            32_075,
            170,
        ),
        (
            "counts from Converse's usage",
            record(json!({"input": {"inputTokenCount": null}, "output": {"outputTokenCount": null,
                "outputBodyJson": {"usage": {"inputTokens": 7, "outputTokens": 3, "cacheReadInputTokens": 999}}}})),
            37_007,
            1_022,
        ),
        (
            "no counts anywhere",
            record(json!({"input": {"inputTokenCount": null}, "output": {"outputTokenCount": null}})),
            37_000,
            1_000,
        ),
        (
            "by ARN",
            record(
                json!({"modelId": "arn:aws:bedrock:ap-southeast-6:1:inference-profile/au.anthropic.claude-opus-4-6-v1"}),
            ),
            40_000,
            9_000,
        ),
        (
            "a model nobody knows burns at the highest rate",
            record(json!({"modelId": "acme.brain-9"})),
            40_000,
            19_000,
        ),
        ("an older logger without schemaType", record(json!({"schemaType": null})), 40_000, 9_000),
        (
            "text with half a character",
            record(json!({"output": {"outputBodyJson": {"output": "\u{fffd}"}}})),
            40_000,
            9_000,
        ),
    ] {
        let findings = found(&[line], &ReplaySettings::default(), &FindOptions::default());
        let actual = &findings.quotas[0].actual;
        assert_eq!((actual.reservation, actual.settlement), (reservation, settlement), "{what}");
    }
    let newer = ReplaySettings { reserve_cache_reads: false, ..ReplaySettings::default() };
    let findings = found(&[record(json!({}))], &newer, &FindOptions::default());
    assert_eq!(findings.quotas[0].actual.reservation, 36_000);
}

#[test]
fn lines_that_are_something_else() {
    let mut replay = Replay::new(ReplaySettings::default(), Catalog::builtin()).unwrap();
    let exported = format!("2026-11-02T09:30:15.123Z {}", record(json!({})));
    let metrics = r#"{"_aws":{"Timestamp":1793611815000,"CloudWatchMetrics":[]},"ModelId":"au.anthropic.claude-opus-4-6-v1","InvocationThrottles":3}"#;
    for (line, kind) in [
        (exported.as_str(), LineKind::Call),
        (metrics, LineKind::Metrics),
        (r#"{"_aws":{"Timestamp":1},"Latency":3}"#, LineKind::Foreign),
        (r#"{"eventName":"Converse"}"#, LineKind::Foreign),
    ] {
        assert_eq!(replay.take(line.as_bytes()).unwrap(), kind, "{line}");
    }
    for (line, code, words) in [
        (r#"{"schemaType":"ModelInvocationLog","times"#, "invalid-json", "ends early"),
        ("[1, 2]", "wrong-shape", ""),
        ("not JSON", "invalid-json", ""),
        (r#"{"schemaType":"ModelInvocationLog","modelId":"m"}"#, "wrong-shape", "no timestamp"),
        (
            r#"{"schemaType":"ModelInvocationLog","timestamp":"yesterday","modelId":"m"}"#,
            "wrong-shape",
            "yesterday",
        ),
        (
            r#"{"schemaType":"ModelInvocationLog","timestamp":"2026-11-02T09:30:15Z"}"#,
            "wrong-shape",
            "modelId",
        ),
        (
            r#"{"schemaType":"ModelInvocationLog","timestamp":"2026-11-02T09:30:15Z","modelId":"m","input":{"inputTokenCount":-1}}"#,
            "wrong-shape",
            "",
        ),
        (
            r#"{"schemaType":"ModelInvocationLog","timestamp":"2026-11-02T09:30:15Z","modelId":"m","input":{"inputTokenCount":9999999999999}}"#,
            "out-of-range",
            "",
        ),
    ] {
        let error = replay.take(line.as_bytes()).unwrap_err();
        assert_eq!(error.kind().code(), code, "{line}: {error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let findings = replay.findings(&FindOptions::default()).unwrap();
    assert_eq!((findings.calls, findings.metric_records, findings.foreign), (1, 1, 2));
    assert_eq!(findings.throttled, 3, "metrics tell of throttled calls");
}

#[test]
fn refused_calls_take_nothing() {
    let lines = [
        record(json!({})),
        record(json!({"errorCode": "ThrottlingException"})),
        record(json!({"errorCode": "TooManyRequestsException", "timestamp": "2026-11-02T09:31:00Z"})),
        record(json!({"errorCode": "ValidationException"})),
    ];
    let findings = found(&lines, &ReplaySettings::default(), &FindOptions::default());
    let quota = &findings.quotas[0];
    assert_eq!((quota.calls, quota.throttled, quota.throttled_minutes, quota.failed), (1, 2, 2, 1));
    assert_eq!(quota.actual.reservation, 40_000);
    let codes = |findings: &Findings| findings.advice.iter().map(|advice| advice.code).collect::<Vec<_>>();
    assert_eq!(codes(&findings), ["throttled-below-quota"]);
    let given = FindOptions { tpm: Some(39_999), ..FindOptions::default() };
    let judged = found(&lines, &ReplaySettings::default(), &given);
    assert_eq!(codes(&judged), ["over-quota"]);
    let minutes: Vec<_> = quota.minutes.iter().map(|minute| (minute.calls, minute.throttled)).collect();
    assert_eq!(minutes, [(1, 1), (0, 1)]);
}

/// Ten calls in a second, each of 1,000 in and at most 4,000 out, of which 100 came, on a model that
/// burns at 5: 5,000 reserved and 1,500 settled each.
#[test]
fn limits_and_what_a_limiter_would_refuse() {
    let line = record(json!({
        "input": {"inputTokenCount": 1000, "cacheReadInputTokenCount": 0, "cacheWriteInputTokenCount": 0,
                  "inputBodyJson": {"inferenceConfig": {"maxTokens": 4000}}},
        "output": {"outputTokenCount": 100, "outputBodyJson": {"metrics": {"latencyMs": 30000}}},
    }));
    let lines = vec![line; 10];
    // Limit; minutes over by reservation and by settlement; calls refused, and of these never to be admitted.
    for (tpm, reservation, settlement, refused, never) in [
        (50_000, 0, 0, 0, 0),
        (49_999, 1, 0, 1, 0),
        (15_000, 1, 0, 7, 0),
        (14_999, 1, 1, 8, 0),
        (4_999, 1, 1, 10, 10),
    ] {
        let options = FindOptions { tpm: Some(tpm), ..FindOptions::default() };
        let actual = &found(&lines, &ReplaySettings::default(), &options).quotas[0].actual;
        let over = actual.minutes_over.unwrap();
        assert_eq!((over.reservation, over.settlement), (reservation, settlement), "{tpm}");
        let would = actual.would_throttle.as_ref().unwrap();
        assert_eq!((would.calls, would.never), (refused, never), "{tpm}");
        assert_eq!((actual.in_flight_calls, actual.in_flight_reservation), (10, 50_000));
    }
    let of_model =
        |model: &str| FindOptions { tpm_of: vec![(model.to_owned(), 7)], ..FindOptions::default() };
    for (model, tpm) in [("claude-opus-4-6", 7), ("claude-haiku-4-5", 3_000_000)] {
        let findings = found(&lines, &ReplaySettings::default(), &of_model(model));
        assert_eq!(findings.quotas[0].tpm, Some(tpm), "{model}");
    }
    let unknown = replayed([], &ReplaySettings::default()).findings(&of_model("nobody"));
    assert_eq!(unknown.unwrap_err().kind().code(), "unknown-model");
}

#[test]
fn what_would_have_been() {
    // Two calls a minute apart, and one after a pause of ten minutes: 3,000 uncached, 4,000 read,
    // 1,000 written, 1,000 out of at most 32,000, at 5.
    let at = |time: &str| record(json!({"timestamp": time}));
    let lines = [at("2026-11-02T09:30:00Z"), at("2026-11-02T09:31:00Z"), at("2026-11-02T09:41:00Z")];
    let what_if = |max_tokens: Option<u64>, model: Option<&str>, cache_prefix: Option<u64>| WhatIf {
        max_tokens,
        model: model.map(str::to_owned),
        cache_prefix,
    };
    // Reservation and settlement of all three.
    for (what_if, reservation, settlement) in [
        (what_if(Some(2_000), None, None), 3 * 10_000, 3 * 9_000),
        (what_if(Some(600), None, None), 3 * 8_600, 3 * (4_000 + 600 * 5)),
        (what_if(None, Some("amazon.nova-pro-v1:0"), None), 3 * 40_000, 3 * 5_000),
        // Read in all, and written anew for the first and the last.
        (what_if(None, None, Some(2_000)), 3 * 40_000, 3 * 7_000 + 2 * 2_000),
        (what_if(None, None, Some(3_001)), 3 * 40_000, 3 * 9_000),
    ] {
        let settings = ReplaySettings { what_if, ..ReplaySettings::default() };
        let findings = found(&lines, &settings, &FindOptions::default());
        let quota = &findings.quotas[0];
        let what_if = quota.what_if.as_ref().unwrap();
        assert_eq!((what_if.reservation, what_if.settlement), (reservation, settlement), "{settings:?}");
        assert_eq!((quota.actual.reservation, quota.actual.settlement), (3 * 40_000, 3 * 9_000));
        assert!(what_if.cost_micro_usd <= quota.actual.cost_micro_usd);
        let cut = settings.what_if.max_tokens.map(|most| if most < 1_000 { 3 } else { 0 });
        assert_eq!(quota.would_be_cut, cut);
    }
    let nobody = ReplaySettings { what_if: what_if(None, Some("nobody"), None), ..ReplaySettings::default() };
    assert_eq!(Replay::new(nobody, Catalog::builtin()).unwrap_err().kind().code(), "unknown-model");
}

#[test]
fn callers_and_the_limit_they_need() {
    let mut lines = Vec::new();
    for output in 1..=1_000 {
        lines.push(record(
            json!({"output": {"outputTokenCount": output}, "requestMetadata": {"team": "tahi"}}),
        ));
        // Cut at 100.
        lines.push(record(json!({"output": {"outputTokenCount": 100}, "requestMetadata": {"team": "rua"},
            "identity": {"arn": "arn:aws:iam::123456789012:user/rua"},
            "input": {"inputBodyJson": {"inferenceConfig": {"maxTokens": 100}}}})));
    }
    let row = |findings: &Findings, name: &str| {
        let caller = findings.callers.iter().find(|caller| caller.caller == name).unwrap();
        (caller.calls, caller.max_tokens, caller.cut, caller.recommended_max_tokens, caller.reservation_saved)
    };
    let by_role = found(&lines, &ReplaySettings::default(), &FindOptions::default());
    assert_eq!(row(&by_role, "role/Chat"), (1_000, 32_000, 0, Some(1_024), 1_000 * (32_000 - 1_024)));
    assert_eq!(row(&by_role, "user/rua"), (1_000, 100, 1_000, None, 0));
    let by_team = ReplaySettings { caller_key: Some("team".to_owned()), ..ReplaySettings::default() };
    let half = FindOptions { cut_per_mille: 500, ..FindOptions::default() };
    let by_team = found(&lines, &by_team, &half);
    assert_eq!(row(&by_team, "tahi"), (1_000, 32_000, 0, Some(512), 1_000 * (32_000 - 512)));
    let codes: Vec<_> = by_role.advice.iter().map(|advice| advice.code).collect();
    assert_eq!(codes, ["over-quota", "lower-max-tokens", "raise-max-tokens"]);
}

#[test]
fn where_calls_ran() {
    let lines = [
        record(json!({})),
        record(json!({"inferenceRegion": "ap-southeast-2"})),
        record(json!({"inferenceRegion": "us-east-1"})),
        record(json!({"inferenceRegion": "xx-nowhere-1"})),
    ];
    for (rules, outside) in [
        (vec![], 0),
        (vec!["anz"], 2),
        (vec!["nz"], 3),
        (vec!["anz", "us-east-1"], 1),
        (vec!["none"], 0),
        (vec!["au"], 3),
    ] {
        let residency = rules.iter().map(ToString::to_string).collect();
        let options = FindOptions { residency, ..FindOptions::default() };
        let findings = found(&lines, &ReplaySettings::default(), &options);
        assert_eq!(findings.residency.outside, outside, "{rules:?}");
        assert_eq!(findings.advice.iter().any(|advice| advice.code == "ran-outside"), outside != 0);
    }
    let options = FindOptions { residency: vec!["atlantis".to_owned()], ..FindOptions::default() };
    let replay = replayed([], &ReplaySettings::default());
    assert_eq!(replay.findings(&options).unwrap_err().kind().code(), "invalid-argument");
}

/// The second, the reservation and the settlement of a call.
type Charge = (i64, u64, u64);

/// Reservation, settlement and their peaks by minute, computed the slow way from the same lines.
#[test]
fn minutes_equal_a_plain_recomputation() {
    for (seed, records, minutes) in [(1, 3_000, 90), (2, 500, 3), (3, 2_000, 2_000)] {
        let lines = log(seed, records, minutes);
        let mut charges: BTreeMap<(String, String), Vec<Charge>> = BTreeMap::new();
        for line in &lines {
            // Each alone in a replay of its own: what one call takes is tested above.
            let one = replayed([line.as_slice()], &ReplaySettings::default());
            for quota in one.findings(&FindOptions::default()).unwrap().quotas {
                let text: Value = serde_json::from_slice(line).unwrap();
                let time = text["timestamp"].as_str().unwrap();
                let part = |from: usize| time[from..from + 2].parse::<i64>().unwrap();
                let second = ((part(8) * 24 + part(11)) * 60 + part(14)) * 60 + part(17);
                if quota.calls == 1 {
                    let of = charges.entry((quota.model, quota.region)).or_default();
                    of.push((second, quota.actual.reservation, quota.actual.settlement));
                }
            }
        }
        let replay = replayed(lines.iter().map(Vec::as_slice), &ReplaySettings::default());
        let findings = replay.findings(&FindOptions::default()).unwrap();
        let mut seen = 0;
        for quota in &findings.quotas {
            let Some(of) = charges.get(&(quota.model.clone(), quota.region.clone())) else { continue };
            let sum = |from: i64, to: i64, which: fn(&Charge) -> u64| -> u64 {
                of.iter().filter(|(second, ..)| from < *second && *second <= to).map(which).sum()
            };
            for minute in quota.minutes.iter().filter(|minute| minute.calls != 0) {
                let part = |from: usize| minute.at[from..from + 2].parse::<i64>().unwrap();
                let start = ((part(8) * 24 + part(11)) * 60 + part(14)) * 60;
                let inside: Vec<i64> = of
                    .iter()
                    .map(|(second, ..)| *second)
                    .filter(|second| (start..start + 60).contains(second))
                    .collect();
                let peak = |which| inside.iter().map(|end| sum(end - 60, *end, which)).max().unwrap();
                assert_eq!(minute.calls, inside.len() as u64);
                assert_eq!(minute.reservation, sum(start - 1, start + 59, |charge| charge.1));
                assert_eq!(minute.settlement, sum(start - 1, start + 59, |charge| charge.2));
                assert_eq!(minute.peak_reservation, peak(|charge| charge.1), "{} {}", quota.model, minute.at);
                assert_eq!(minute.peak_settlement, peak(|charge| charge.2), "{} {}", quota.model, minute.at);
                seen += 1;
            }
        }
        assert!(minutes / 2 < seen, "{seen}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Parts of a log, in any order, taken apart, written down and read again, are the log.
    #[test]
    fn parts_add_up_in_any_order(seed in 0_u64..1_000, cuts in prop::collection::vec(0_usize..400, 0..6), reverse: bool) {
        let settings = ReplaySettings {
            what_if: WhatIf { max_tokens: Some(500), cache_prefix: Some(256), ..WhatIf::default() },
            ..ReplaySettings::default()
        };
        let mut lines = log(seed, 400, 30);
        let whole = replayed(lines.iter().map(Vec::as_slice), &settings);
        // Every second line of another half: no part is in order.
        let odd = lines.iter().skip(1).step_by(2).cloned().collect::<Vec<_>>();
        lines = lines.into_iter().step_by(2).chain(odd).collect();
        if reverse {
            lines.reverse();
        }
        let mut ends = cuts;
        ends.extend([0, lines.len()]);
        ends.sort_unstable();
        let mut sum = Replay::new(settings.clone(), Catalog::builtin()).unwrap();
        for pair in ends.windows(2).rev() {
            let part = replayed(lines[pair[0]..pair[1]].iter().map(Vec::as_slice), &settings);
            sum.merge(&Replay::from_json(&part.to_json(), Catalog::builtin()).unwrap()).unwrap();
        }
        prop_assert_eq!(sum.to_json(), whole.to_json());
        prop_assert_eq!(
            sum.findings(&FindOptions::default()).unwrap().to_json(),
            whole.findings(&FindOptions::default()).unwrap().to_json()
        );
    }

    /// No bytes make it panic, and what cannot be read changes nothing.
    #[test]
    fn any_line(bytes in prop::collection::vec(any::<u8>(), 0..200), place in 0_usize..900, byte: u8) {
        let mut replay = replayed([], &ReplaySettings::default());
        let mut broken = log(7, 1, 1).remove(0);
        let length = broken.len();
        broken[place % length] = byte;
        for line in [&bytes, &broken] {
            let before = replay.to_json();
            if replay.take(line).is_err() {
                prop_assert_eq!(before, replay.to_json());
            }
        }
        let findings = replay.findings(&FindOptions::default()).unwrap();
        findings.to_text(Ink::Plain);
        findings.to_html();
    }
}

#[test]
fn replays_of_different_settings_do_not_add_up() {
    let other = ReplaySettings { reserve_cache_reads: false, ..ReplaySettings::default() };
    let mut replay = replayed([], &ReplaySettings::default());
    assert_eq!(replay.merge(&replayed([], &other)).unwrap_err().kind().code(), "invalid-argument");
    assert!(Replay::from_json("{}", Catalog::builtin()).is_err());
}

/// A page that needs nothing, and shows names as text, whatever they are.
#[test]
fn the_page_is_self_contained_and_safe() {
    let hostile = "<script>alert('1')</script>&\u{1b}[31m";
    let lines = [record(json!({"modelId": hostile, "region": hostile,
        "identity": {"arn": format!("arn:aws:iam::1:user/{hostile}")}}))];
    let findings = found(&lines, &ReplaySettings::default(), &FindOptions::default());
    let page = findings.to_html();
    assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;"));
    for unwanted in ["<script", "http:", "https:", "src=", "@import", "url(", "\u{1b}"] {
        assert!(!page.contains(unwanted), "{unwanted}");
    }
    assert!(!findings.to_text(Ink::Plain).contains('\u{1b}'));
    assert!(page.contains("prefers-color-scheme: dark"));
}

/// Records far off in time are counted, and do not press the charts flat.
#[test]
fn times_far_off() {
    let mut lines: Vec<Value> = (0..60)
        .flat_map(|minute| {
            let at = format!("2026-11-02T09:{minute:02}:00Z");
            vec![record(json!({"timestamp": at})); 40]
        })
        .collect();
    lines.push(record(json!({"timestamp": "1970-01-01T00:00:00Z"})));
    lines.push(record(json!({"timestamp": "2199-12-31T23:59:59Z"})));
    let options = FindOptions { now: Some(1_793_620_000), ..FindOptions::default() };
    let findings = found(&lines, &ReplaySettings::default(), &options);
    assert_eq!(
        (findings.from.as_deref(), findings.to.as_deref()),
        (Some("1970-01-01T00:00:00Z"), Some("2199-12-31T23:59:59Z"))
    );
    assert!(findings.notes.iter().any(|note| note.code == "in-the-future"));
    let page = findings.to_html();
    assert!(page.contains("<span>2026-11-02 09:00</span>") && page.contains("<span>2026-11-02 09:59</span>"));
}

#[test]
fn queries_have_the_settings_in_them() {
    let catalog = Catalog::builtin()
        .overlaid(r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "aliases": ["claude-opus-4-6", "arn:aws:bedrock:x:1:application-inference-profile/it's"]}]}"#)
        .unwrap();
    let settings = ReplaySettings {
        reserve_cache_reads: false,
        unset_max_tokens: Some(4_096),
        ..ReplaySettings::default()
    };
    for engine in [SqlEngine::DuckDb, SqlEngine::Athena, SqlEngine::CloudWatchInsights] {
        let query = quota_query(engine, Some("o'clock"), &settings, &catalog).unwrap();
        assert!(!query.contains("{{"), "{query}");
        assert!(query.contains("4096"));
        assert!(query.contains("anthropic.claude-opus-4-6-v1"));
        if engine != SqlEngine::CloudWatchInsights {
            assert!(query.contains(
                "application-inference-profile/it''s', 'anthropic.claude-opus-4-6-v1', 5, 128000)"
            ));
        }
    }
    assert!(
        quota_query(SqlEngine::DuckDb, Some("o'clock"), &settings, &catalog)
            .unwrap()
            .contains("read_json('o''clock'")
    );
    let what_if = WhatIf { max_tokens: Some(1), ..WhatIf::default() };
    let asked = ReplaySettings { what_if, ..ReplaySettings::default() };
    assert!(quota_query(SqlEngine::DuckDb, None, &asked, &catalog).is_err());
    // An application inference profile is the model of its alias.
    let mut replay = Replay::new(ReplaySettings::default(), &catalog).unwrap();
    let line = record(json!({"modelId": "arn:aws:bedrock:x:1:application-inference-profile/it's"}));
    replay.take(line.to_string().as_bytes()).unwrap();
    assert_eq!(
        replay.findings(&FindOptions::default()).unwrap().quotas[0].model,
        "anthropic.claude-opus-4-6-v1"
    );
}
