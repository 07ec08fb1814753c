//! Where requests may run: the tables of the model cards, what is refused and why, and the answers
//! that wasm and TypeScript are held to.

use std::fs;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokenleash::{Catalog, ErrorKind, Options, Request, RouteOptions, RouteReport, check, route};

const HAIKU_4_5: &str = "anthropic.claude-haiku-4-5-20251001-v1:0";
const SONNET_4_6: &str = "anthropic.claude-sonnet-4-6";
const OPUS_4_6: &str = "anthropic.claude-opus-4-6-v1";
const OPUS_4_8: &str = "anthropic.claude-opus-4-8";
const SYDNEY: &str = "ap-southeast-2";
const MELBOURNE: &str = "ap-southeast-4";
const AUCKLAND: &str = "ap-southeast-6";

fn options(model: &str, profile: Option<&str>, from: &str, residency: Option<&str>) -> RouteOptions {
    RouteOptions {
        model: model.to_owned(),
        profile: profile.map(str::to_owned),
        source_region: Some(from.to_owned()),
        residency: residency.map(str::to_owned),
    }
}

fn answer(model: &str, profile: Option<&str>, from: &str, residency: Option<&str>) -> RouteReport {
    route(&options(model, profile, from, residency), Catalog::builtin()).unwrap()
}

#[test]
fn the_tables_of_the_model_cards() {
    // Source: the model cards of the Amazon Bedrock User Guide, and the AWS blog on New Zealand.
    for model in [SONNET_4_6, OPUS_4_6, HAIKU_4_5] {
        for (from, destinations) in [
            (SYDNEY, vec![SYDNEY, MELBOURNE]),
            (MELBOURNE, vec![SYDNEY, MELBOURNE]),
            (AUCKLAND, vec![SYDNEY, MELBOURNE, AUCKLAND]),
        ] {
            let au = serde_json::to_value(answer(model, Some("au"), from, Some("anz"))).unwrap();
            assert_eq!(au["allowed"], true, "{model} {from}");
            assert_eq!(au["profileId"], format!("au.{model}"));
            assert_eq!(au["destinationRegions"], json!(destinations), "{model} {from}");
            assert_eq!((&au["anywhere"], &au["residencyHolds"]), (&json!(false), &json!(true)));
            assert_eq!(au["dataAtRestRegion"], from);
            assert_eq!(au["quota"]["family"], "cross-region");
            assert_eq!((&au["quota"]["region"], &au["source"]), (&json!(from), &json!("cards")));
            assert_eq!(au["price"]["dearerThanGlobalPerMille"], 100, "{model}");

            let global = serde_json::to_value(answer(model, Some("global"), from, None)).unwrap();
            assert_eq!(global["profileId"], format!("global.{model}"));
            assert_eq!((&global["allowed"], &global["anywhere"]), (&json!(true), &json!(true)));
            assert_eq!(global["destinationRegions"], Value::Null);
            assert_eq!(global["quota"]["family"], "global-cross-region");
            assert_eq!(global["price"]["dearerThanGlobalPerMille"], 0);
            assert_eq!(global["alternatives"][0]["profileId"], format!("au.{model}"));
        }
    }
}

#[test]
fn what_is_refused_and_why() {
    for (model, profile, from, residency, said) in [
        // Not offered from there.
        (OPUS_4_8, Some("au"), AUCKLAND, None, "it is offered as global.anthropic.claude-opus-4-8"),
        ("anthropic.claude-opus-5-5", Some("au"), AUCKLAND, None, "cannot be called from ap-southeast-6"),
        ("anthropic.claude-sonnet-5-5", Some("au"), SYDNEY, None, "has no au. inference profile"),
        ("amazon.nova-2-lite-v1:0", Some("au"), MELBOURNE, None, "global.amazon.nova-2-lite-v1:0"),
        (OPUS_4_6, Some("us"), AUCKLAND, None, "cannot be called from ap-southeast-6 (Auckland)"),
        ("amazon.nova-pro-v1:0", None, AUCKLAND, None, "no way to Nova Pro from ap-southeast-6"),
        ("gpt-4o", None, SYDNEY, None, "not offered on Amazon Bedrock"),
        // Offered, but it may leave.
        (OPUS_4_6, Some("global"), AUCKLAND, Some("anz"), "any commercial Region"),
        (OPUS_4_6, Some("au"), AUCKLAND, Some("nz"), "ap-southeast-2 (Sydney, Australia)"),
        (OPUS_4_6, Some("au"), AUCKLAND, Some("au"), "the source Region ap-southeast-6"),
        ("amazon.nova-pro-v1:0", Some("apac"), SYDNEY, Some("anz"), "destination Regions are not known"),
        (OPUS_4_6, Some("eu"), "eu-central-2", Some("eu"), "eu-central-2 (Zurich, Switzerland)"),
        (OPUS_4_6, Some("us"), "ca-central-1", Some("us"), "ca-central-1 (Montreal, Canada)"),
        (
            OPUS_4_8,
            None,
            AUCKLAND,
            Some("anz"),
            "no way from ap-southeast-6 stays in Australia and New Zealand",
        ),
    ] {
        let found = answer(model, profile, from, residency);
        assert!(!found.allowed, "{model} {profile:?} {from} {residency:?}");
        let reason = found.reason.unwrap();
        assert!(reason.contains(said), "{model} {profile:?} {from} {residency:?}: {reason}");
    }
    for (model, profile, from, residency) in [
        (OPUS_4_6, Some("au"), SYDNEY, Some("au")),
        (OPUS_4_8, Some("au"), MELBOURNE, Some("anz")),
        (OPUS_4_6, Some("global"), AUCKLAND, Some("none")),
        (OPUS_4_6, Some("eu"), "eu-west-1", Some("eu")),
        (OPUS_4_6, Some("us"), "us-west-1", Some("us")),
        (SONNET_4_6, Some("jp"), "ap-northeast-3", Some("jp")),
        // Where no profile is asked for, one way that stays is enough.
        (OPUS_4_6, None, AUCKLAND, Some("anz")),
        (OPUS_4_8, None, MELBOURNE, Some("au")),
    ] {
        let found = answer(model, profile, from, residency);
        assert!(found.allowed, "{model} {profile:?} {from} {residency:?}: {:?}", found.reason);
    }
}

#[test]
fn what_nobody_knows_is_an_error() {
    for (options, kind, said) in [
        (options("", None, SYDNEY, None), ErrorKind::MissingModel, "no model is named"),
        (options("nobody", None, SYDNEY, None), ErrorKind::UnknownModel, "nobody"),
        (options(OPUS_4_6, Some("mars"), SYDNEY, None), ErrorKind::UnknownProfile, "au, us, eu"),
        (options(OPUS_4_6, Some("au"), "ap-southeast-99", None), ErrorKind::UnknownProfile, "nearest"),
        (options(OPUS_4_6, Some("au"), SYDNEY, Some("moon")), ErrorKind::InvalidArgument, "anz, au, eu"),
        (
            RouteOptions { model: OPUS_4_6.to_owned(), ..RouteOptions::default() },
            ErrorKind::InvalidArgument,
            "no source Region",
        ),
    ] {
        let error = route(&options, Catalog::builtin()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(said), "{error}");
    }
}

#[test]
fn a_spelling_may_name_profile_and_region() {
    let arn = format!("arn:aws:bedrock:{AUCKLAND}:123456789012:inference-profile/au.{OPUS_4_6}");
    let by_arn = route(&RouteOptions { model: arn, ..RouteOptions::default() }, Catalog::builtin()).unwrap();
    assert_eq!(by_arn, answer(OPUS_4_6, Some("au"), AUCKLAND, None));
}

#[test]
fn every_disagreement_is_shown_with_its_day() {
    let notes = |model: &str, profile: &str, from: &str| answer(model, Some(profile), from, None).notes;
    for (model, profile, from, code, said) in [
        (OPUS_4_6, "au", AUCKLAND, "region-disputed", "2026-09-15"),
        (OPUS_4_6, "au", MELBOURNE, "region-disputed", "lists no bedrock-runtime endpoint in ap-southeast-4"),
        (OPUS_4_6, "au", SYDNEY, "price-disputed", "$5.50 by LiteLLM"),
        (OPUS_4_6, "au", SYDNEY, "price-disputed", "$82.50 by models.dev, 2026-07-02"),
        (HAIKU_4_5, "au", SYDNEY, "price-disputed", "$1.00 by models.dev"),
        ("anthropic.claude-opus-4-7", "au", SYDNEY, "quota-disputed", "30,000,000"),
    ] {
        let notes = notes(model, profile, from);
        let told = notes.iter().any(|note| note.code == code && note.message.contains(said));
        assert!(told, "{model} {profile} {from} {code}: {notes:?}");
    }
    // Where nobody disagrees, nothing is said.
    for code in ["region-disputed", "quota-disputed"] {
        assert!(notes(OPUS_4_6, "au", SYDNEY).iter().all(|note| note.code != code));
    }
    assert!(notes(OPUS_4_6, "global", SYDNEY).iter().all(|note| note.code != "price-disputed"));
}

#[test]
fn a_check_has_residency_as_a_limit() {
    let request = Request::read("Kia ora", None).unwrap();
    for (model, profile, from, residency, holds) in [
        (OPUS_4_6, Some("au"), Some(AUCKLAND), "anz", Some(true)),
        (OPUS_4_6, Some("au"), None, "anz", Some(true)),
        (OPUS_4_6, Some("au"), None, "au", Some(false)),
        (OPUS_4_8, Some("au"), None, "au", Some(true)),
        (OPUS_4_6, Some("global"), None, "anz", Some(false)),
        (OPUS_4_6, Some("global"), Some(SYDNEY), "anz", Some(false)),
        (OPUS_4_6, Some("global"), Some(SYDNEY), "none", None),
        (OPUS_4_6, None, Some(SYDNEY), "au", Some(true)),
        (OPUS_4_6, None, Some(AUCKLAND), "au", Some(false)),
        // Nothing is known, so nothing can be promised.
        (OPUS_4_6, None, None, "anz", Some(false)),
    ] {
        let options = Options {
            model: Some(model.to_owned()),
            profile: profile.map(str::to_owned),
            source_region: from.map(str::to_owned),
            residency: Some(residency.to_owned()),
            max_tokens: Some(10),
            ..Options::default()
        };
        let report = serde_json::to_value(check(&request, &options, Catalog::builtin()).unwrap()).unwrap();
        let limits = report["limits"].as_array().unwrap();
        let found = limits.iter().find(|limit| limit["limit"] == "residency");
        assert_eq!(
            found.map(|limit| limit["fits"] == true),
            holds,
            "{model} {profile:?} {from:?} {residency}"
        );
        assert_eq!(report["fits"], holds != Some(false));
        let advised =
            report["advice"].as_array().unwrap().iter().any(|advice| advice["code"] == "keep-residency");
        assert_eq!(advised, holds == Some(false));
    }
}

/// What is asked in `tests/fixtures/routes.jsonl`, with its answers.
const FIXTURES: &str = include_str!("../fixtures/routes.jsonl");

/// `TOKENLEASH_BLESS=1 cargo test` writes the answers anew; read the difference before you keep it.
#[test]
fn answers_are_as_they_were() {
    let again: Vec<String> = FIXTURES
        .lines()
        .map(|line| {
            let fixture: Value = serde_json::from_str(line).unwrap();
            let options: RouteOptions = serde_json::from_value(fixture["options"].clone()).unwrap();
            let report = route(&options, Catalog::builtin()).unwrap().to_json();
            format!("{{\"options\":{},\"report\":{report}}}", fixture["options"])
        })
        .collect();
    let again = again.join("\n") + "\n";
    if std::env::var_os("TOKENLEASH_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/routes.jsonl");
        fs::write(path, &again).unwrap();
    } else {
        assert_eq!(again, FIXTURES);
    }
}

proptest! {
    /// A way that stays by a rule has every Region in its countries; a wider rule never refuses it.
    #[test]
    fn a_rule_speaks_of_every_region(
        model in prop::sample::select(Catalog::builtin().models().map(|model| model.id.clone()).collect::<Vec<_>>()),
        from in prop::sample::select(Catalog::builtin().regions().keys().cloned().collect::<Vec<_>>()),
    ) {
        let catalog = Catalog::builtin();
        let ways = |residency: &str| {
            let report = answer(&model, None, &from, Some(residency));
            report.alternatives
        };
        for (narrow, wide) in [("au", "anz"), ("nz", "anz")] {
            for (way, wider) in ways(narrow).iter().zip(ways(wide)) {
                if way.residency_holds == Some(true) {
                    prop_assert_eq!(wider.residency_holds, Some(true));
                    let countries = &catalog.residency(narrow).unwrap().unwrap().countries;
                    for region in way.destination_regions.iter().flatten().chain([&from]) {
                        prop_assert!(countries.contains(&catalog.region(region).unwrap().country));
                    }
                }
            }
        }
    }
}
