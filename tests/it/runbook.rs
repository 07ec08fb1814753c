//! The runbook: whole, true to what the other commands say, and with every source it cites.

use std::collections::BTreeSet;

use tokenleash::{Catalog, ErrorKind, PolicyKind, PolicyOptions, RunbookOptions, policy, runbook};

fn options(model: &str, profile: &str) -> RunbookOptions {
    RunbookOptions {
        model: model.to_owned(),
        profile: Some(profile.to_owned()),
        source_region: Some("ap-southeast-6".to_owned()),
        account: "123456789012".to_owned(),
        residency: None,
        tpm: None,
        input: 200,
        max_tokens: 1_000,
        per_minute: 10,
    }
}

#[test]
fn opus_from_auckland_at_six_thousand_tokens_a_minute() {
    let asked = RunbookOptions {
        tpm: Some(6_000),
        residency: Some("anz".to_owned()),
        ..options("claude-opus-4-6", "au")
    };
    let page = runbook(&asked, Catalog::builtin()).unwrap();
    for said in [
        "# Claude Opus 4.6 by `au.anthropic.claude-opus-4-6-v1` from ap-southeast-6 (Auckland, New Zealand)",
        "ap-southeast-2 (Sydney, Australia), ap-southeast-4 (Melbourne, Australia), ap-southeast-6 (Auckland, New Zealand)",
        "| residency | Australia and New Zealand: holds |",
        "this account's 6,000 tokens a minute",
        // The guide's example: 200 in, 1,000 out at 5.
        "| counted in the end, the answer 5 times | 5,200 |",
        "| such requests a minute within this account's 6,000 | 1 |",
        "| for 10 such requests a minute, 22 in the busiest, ask for | 114,400 |",
        "--desired-value 114400",
        "--threshold 4800",
        "up to `max_tokens` 1,160.",
        "additionalEventData.inferenceRegion",
        "InvocationThrottles",
        "EstimatedTPMQuotaUsage",
        "OutputTokenCount",
        "from 4,096 tokens on; at most 4 points, kept 5m or 1h",
        "--tpm 6000 --residency anz`",
        "sources disagree on this Region",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let way = PolicyOptions {
        models: vec!["claude-opus-4-6".to_owned()],
        profile: Some("au".to_owned()),
        source_region: Some("ap-southeast-6".to_owned()),
        account: Some("123456789012".to_owned()),
        ..PolicyOptions::default()
    };
    for kind in [
        PolicyKind::Identity,
        PolicyKind::ScpRegions,
        PolicyKind::ScpRequireProfile,
        PolicyKind::ScpDenyGlobal,
    ] {
        let document = policy(&PolicyOptions { kind, ..way.clone() }, Catalog::builtin()).unwrap();
        assert!(page.contains(&document.to_json()), "{kind:?}");
    }
    // A page, not a book.
    assert!(page.lines().count() < 400, "{}", page.lines().count());
}

#[test]
fn every_offered_way_has_a_whole_page() {
    let catalog = Catalog::builtin();
    let mut pages = 0;
    for model in catalog.models().filter(|model| model.on_bedrock) {
        for route in catalog.offered_from(model, "ap-southeast-6") {
            let page = match runbook(&options(&model.id, &route.profile), catalog) {
                Ok(page) => page,
                Err(error) => {
                    // Where nobody has read the destinations, no policy can be written.
                    assert!(
                        error.message().contains("get-inference-profile"),
                        "{}: {error}",
                        route.profile_id
                    );
                    continue;
                }
            };
            pages += 1;
            assert!(!page.contains("{{"), "{}", route.profile_id);
            let cited: BTreeSet<&str> = page
                .split('[')
                .filter_map(|rest| rest.split_once(']'))
                .filter_map(|(inside, _)| inside.split_once(", 20"))
                .map(|(key, _)| key)
                .filter(|key| !key.contains(' '))
                .collect();
            assert!(8 < cited.len(), "{cited:?}");
            for key in cited {
                assert!(page.contains(&format!("\n| {key} | [")), "{} cites {key}", route.profile_id);
            }
        }
    }
    assert!(15 < pages, "{pages}");
}

#[test]
fn what_has_no_page() {
    for (change, kind, said) in [
        (options("claude-opus-4-8", "au"), ErrorKind::Refused, "global.anthropic.claude-opus-4-8"),
        (
            RunbookOptions { residency: Some("anz".to_owned()), ..options("claude-opus-4-6", "global") },
            ErrorKind::Refused,
            "any commercial Region",
        ),
        (
            RunbookOptions { profile: None, ..options("claude-opus-4-6", "au") },
            ErrorKind::InvalidArgument,
            "--profile",
        ),
        (
            RunbookOptions { account: "1".to_owned(), ..options("claude-opus-4-6", "au") },
            ErrorKind::InvalidArgument,
            "twelve digits",
        ),
        (
            RunbookOptions { per_minute: u64::MAX, ..options("claude-opus-4-6", "au") },
            ErrorKind::OutOfRange,
            "larger than",
        ),
        (options("nobody", "au"), ErrorKind::UnknownModel, "nobody"),
    ] {
        let error = runbook(&change, Catalog::builtin()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(said), "{error}");
    }
}
