//! The catalog: its data is sound, every spelling finds its model, and a caller's facts lie over it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use tokenleash::{Catalog, ErrorKind, Model, PriceList, RatesPolicy, models};

const OPUS_4_6: &str = "anthropic.claude-opus-4-6-v1";
const OPUS_4_8: &str = "anthropic.claude-opus-4-8";
const SONNET_4_6: &str = "anthropic.claude-sonnet-4-6";
const HAIKU_4_5: &str = "anthropic.claude-haiku-4-5-20251001-v1:0";
const SONNET_4_5: &str = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const SONNET_3: &str = "anthropic.claude-3-sonnet-20240229-v1:0";
const SONNET_3_5: &str = "anthropic.claude-3-5-sonnet-20241022-v2:0";
const SONNET_4: &str = "anthropic.claude-sonnet-4-20250514-v1:0";
const LATEST: Option<&str> = Some("burn-2026-09b");
const GUIDE: Option<&str> = Some("guide");
const HAIKU_5_5: &str = "anthropic.claude-haiku-5-5";
const SYDNEY: &str = "ap-southeast-2";
const MELBOURNE: &str = "ap-southeast-4";
const AUCKLAND: &str = "ap-southeast-6";

fn builtin() -> &'static Catalog {
    Catalog::builtin()
}

fn model(id: &str) -> &'static Model {
    builtin().model(id).unwrap_or_else(|| panic!("no model {id}"))
}

// The data.

#[test]
fn the_data_is_a_valid_catalog() {
    assert!(80 <= builtin().models().len());
    assert_eq!(builtin().version(), "2026-11-23");
    // Reading it back also proves that every source, Region and model that is named exists.
    assert_eq!(&Catalog::from_json(&builtin().to_json()).unwrap(), builtin());
}

#[test]
fn every_source_is_public_and_used() {
    let text = builtin().to_json();
    for (key, source) in builtin().sources() {
        assert!(source.url.starts_with("https://"), "{key}");
        assert!(source.date.as_str() <= builtin().version(), "{key}");
        assert!(!source.title.is_empty(), "{key}");
        let uses = text.matches(&format!("ource\": \"{key}\"")).count();
        assert!(0 < uses, "{key} is not used");
    }
}

#[test]
fn numbers_are_sane() {
    for model in builtin().models() {
        let id = &model.id;
        if let (Some(window), Some(output)) = (model.context_window, model.max_output_tokens) {
            assert!(output <= window, "{id}");
        }
        let limits = model.context_window.or(model.max_output_tokens);
        assert_eq!(limits.is_some(), model.limits_source.is_some(), "{id}");
        for rate in &model.burndown.published {
            assert!([1, 5, 10, 15].contains(&rate.rate), "{id}");
        }
        assert_ne!(model.burndown.published.is_empty(), model.burndown.inferred.is_none(), "{id}");
        assert!(model.launched.as_deref().is_none_or(|day| day <= builtin().version()), "{id}");
    }
}

#[test]
fn prices_are_sane() {
    let sane = |id: &str, list: &PriceList| {
        assert!(list.input <= list.output, "{id}");
        assert!(list.cache_read.is_none_or(|read| 0 < read && read < list.input), "{id}");
        assert!(list.cache_write_5m.is_none_or(|write| list.input < write), "{id}");
        assert!(list.cache_write_1h.is_none_or(|write| list.cache_write_5m.unwrap() < write), "{id}");
    };
    let dearer = |id: &str, dear: &PriceList, cheap: &PriceList| {
        assert!(cheap.input <= dear.input && cheap.output <= dear.output, "{id}");
        assert!(cheap.cache_read <= dear.cache_read && cheap.cache_write_5m <= dear.cache_write_5m, "{id}");
    };
    for model in builtin().models() {
        let (id, Some(prices)) = (model.id.as_str(), &model.prices) else { continue };
        sane(id, &prices.list);
        for list in prices.geographic.iter().chain(prices.by_profile.values()) {
            sane(id, list);
            dearer(id, list, &prices.list);
        }
        if let Some(long) = &prices.long_prompt {
            sane(id, &long.list);
            dearer(id, &long.list, &prices.list);
            dearer(id, long.geographic.as_ref().unwrap(), &long.list);
        }
    }
}

#[test]
fn routes_stay_in_their_geography() {
    let regions = builtin().regions();
    for profile in builtin().profiles() {
        for group in &profile.routes {
            assert!(!group.models.is_empty());
            for (from, to) in group.routes.iter().flatten() {
                let within = |region: &str| {
                    profile.geography == "global"
                        || regions.get(region).unwrap().geography == profile.geography
                };
                assert!(within(from), "{} from {from}", profile.prefix);
                for region in to.iter().flatten() {
                    assert!(within(region), "{} to {region}", profile.prefix);
                }
                assert!(to.is_some() || group.note.is_some(), "{} from {from}", profile.prefix);
            }
        }
    }
}

#[test]
fn launch_days_come_before_the_pages_that_name_a_model() {
    for model in builtin().models() {
        for rate in &model.burndown.published {
            // Nova Premier's card names a day after its first preview.
            let day = model.launched.as_deref().filter(|_| !model.id.contains("premier")).unwrap_or_default();
            assert!(
                day <= builtin().source(&rate.source).unwrap().date.as_str(),
                "{} {}",
                model.id,
                rate.source
            );
        }
    }
}

// Spellings.

#[test]
fn every_name_means_its_model_and_no_other() {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for model in builtin().models() {
        for name in [&model.id, &model.name].into_iter().chain(&model.aliases) {
            let found = builtin().resolve(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(found.model.id, model.id, "{name}");
            assert!(found.profile.is_none(), "{name}");
            let shouted = builtin().resolve(&name.to_uppercase()).unwrap();
            assert_eq!(shouted.model.id, model.id, "{name} in capitals");
            if let Some(other) = owners.insert(name.to_lowercase(), &model.id) {
                assert_eq!(other, model.id, "{name} is shared");
            }
        }
    }
}

#[test]
fn every_profile_id_means_its_model_and_profile() {
    for profile in builtin().profiles() {
        for id in profile.routes.iter().flat_map(|group| &group.models) {
            let spelling = format!("{}.{id}", profile.prefix);
            let arn = format!("arn:aws:bedrock:{SYDNEY}:123456789012:inference-profile/{spelling}");
            for (spelling, region) in [(spelling.as_str(), None), (arn.as_str(), Some(SYDNEY))] {
                let found = builtin().resolve(spelling).unwrap();
                assert_eq!(found.model.id, *id, "{spelling}");
                assert_eq!(found.profile.map(|found| found.prefix.as_str()), Some(profile.prefix.as_str()));
                assert_eq!(found.source_region.as_deref(), region);
                assert_eq!(found.profile.unwrap().id_of(found.model), format!("{}.{id}", profile.prefix));
            }
        }
    }
}

#[test]
fn what_is_meant_is_among_the_nearest() {
    for (wrong, meant) in [
        ("sonnet4.5", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("cluade-opus-46", OPUS_4_6),
        ("claude sonnet 4.9", "anthropic.claude-sonnet-4-6"),
        ("gpt4o", "gpt-4o"),
        ("deepseek", "deepseek.r1-v1:0"),
    ] {
        let error = builtin().resolve(wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownModel, "{wrong}");
        assert!(error.message().contains(&format!("the nearest are {meant}")), "{}", error.message());
    }
    for (wrong, meant) in [
        ("ap-southeast-66", AUCKLAND),
        ("auckland", AUCKLAND),
        ("Sidney", SYDNEY),
        ("us-esat-1", "us-east-1"),
    ] {
        let error = builtin().region(wrong).unwrap_err();
        assert!(error.message().contains(&format!("the nearest are {meant}")), "{}", error.message());
    }
}

#[test]
fn spellings() {
    let check = |spelling: &str, id: &str, profile: Option<&str>, region: Option<&str>| {
        let found = builtin().resolve(spelling).unwrap_or_else(|error| panic!("{spelling}: {error}"));
        assert_eq!(found.model.id, id, "{spelling}");
        assert_eq!(found.profile.map(|profile| profile.prefix.as_str()), profile, "{spelling}");
        assert_eq!(found.source_region.as_deref(), region, "{spelling}");
        assert_eq!(found.spelling, spelling);
    };
    for (spelling, id, profile, region) in [
        ("Claude Opus 4.6", OPUS_4_6, None, None),
        ("claude opus 4.6", OPUS_4_6, None, None),
        ("opus 4.6", OPUS_4_6, None, None),
        ("  claude-opus-4-6\n", OPUS_4_6, None, None),
        ("claude-opus-4-6-latest", OPUS_4_6, None, None),
        ("claude-opus-4-6-20260301", OPUS_4_6, None, None),
        ("anthropic.claude-opus-4-6", OPUS_4_6, None, None),
        ("anthropic.claude-opus-4-6-v2:0", OPUS_4_6, None, None),
        ("au.anthropic.claude-opus-4-6", OPUS_4_6, Some("au"), None),
        ("bedrock/au.anthropic.claude-opus-4-6-v1", OPUS_4_6, Some("au"), None),
        ("bedrock/converse/global.anthropic.claude-opus-4-6-v1", OPUS_4_6, Some("global"), None),
        ("bedrock/ap-southeast-6/au.anthropic.claude-opus-4-6-v1", OPUS_4_6, Some("au"), Some(AUCKLAND)),
        ("anthropic/claude-opus-4-6", OPUS_4_6, None, None),
        ("openai/gpt-4o", "gpt-4o", None, None),
        ("gpt-4o-2024-08-06", "gpt-4o", None, None),
        ("chatgpt-4o-latest", "gpt-4o", None, None),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini", None, None),
        ("gpt-3.5-turbo-0125", "gpt-3.5-turbo", None, None),
        ("gpt-oss-120b", "openai.gpt-oss-120b-1:0", None, None),
        ("openai.gpt-oss-20b", "openai.gpt-oss-20b-1:0", None, None),
        ("claude-sonnet-4-0", SONNET_4, None, None),
        ("claude-4-sonnet-20250514", SONNET_4, None, None),
        ("claude-3-5-sonnet-latest", SONNET_3_5, None, None),
        (
            "anthropic.claude-3-5-sonnet-20240620-v1:0",
            "anthropic.claude-3-5-sonnet-20240620-v1:0",
            None,
            None,
        ),
        ("anthropic.claude-3-sonnet-20240229-v1:0:28k", SONNET_3, None, None),
        ("anthropic.claude-3-sonnet-20240229-v1:0:200K", SONNET_3, None, None),
        ("us.anthropic.claude-3-sonnet-20240229-v1:0:48k", SONNET_3, Some("us"), None),
        ("claude-haiku-4-5@20251001", HAIKU_4_5, None, None),
        ("Amazon Nova Pro", "amazon.nova-pro-v1:0", None, None),
        ("nova pro", "amazon.nova-pro-v1:0", None, None),
        ("amazon.nova-lite-v1:0:300k", "amazon.nova-lite-v1:0", None, None),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-tg1-large",
            "amazon.titan-tg1-large",
            None,
            Some("us-east-1"),
        ),
        ("arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-6", SONNET_4_6, None, None),
        (
            "arn:aws-us-gov:bedrock:us-gov-west-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            SONNET_4_5,
            Some("us"),
            Some("us-gov-west-1"),
        ),
        (
            "bedrock/arn:aws:bedrock:ap-southeast-6:123456789012:inference-profile/au.anthropic.claude-sonnet-4-6",
            SONNET_4_6,
            Some("au"),
            Some(AUCKLAND),
        ),
    ] {
        check(spelling, id, profile, region);
    }
}

#[test]
fn unknown_spellings_say_what_is_near_or_what_to_do() {
    for (spelling, said) in [
        ("", "empty"),
        ("/", "no model"),
        ("claude-opus-4-66", "anthropic.claude-opus-4-6-v1"),
        ("claude-opus-9", "anthropic.claude-opus-5"),
        ("opus", "anthropic.claude-opus-5"),
        ("Sonnet", "anthropic.claude-sonnet"),
        ("nova", "amazon.nova"),
        ("gpt4o", "gpt-4o"),
        ("xx.anthropic.claude-sonnet-4-6", "anthropic.claude-sonnet-4-6"),
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/1arbu5hu2sjr", "--model"),
        ("arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc", "--model"),
        ("arn:aws:s3:::bucket/key", "not an ARN of Amazon Bedrock"),
        ("arn:aws:bedrock", "not an ARN of Amazon Bedrock"),
    ] {
        let error = builtin().resolve(spelling).expect_err(spelling);
        assert_eq!(error.kind(), ErrorKind::UnknownModel, "{spelling}");
        assert!(error.message().contains(said), "{spelling}: {error}");
    }
}

// Rates.

#[test]
fn burndown_rates_by_policy() {
    use RatesPolicy::{Default, Guide, Highest, Latest};
    let check = |id: &str, policy: RatesPolicy, rate: u64, source: Option<&str>, disputed: &[u64]| {
        let choice = model(id).rate(policy, builtin());
        let others: Vec<u64> = choice.disputed.iter().map(|other| other.rate).collect();
        assert_eq!(
            (choice.rate, choice.source, others.as_slice()),
            (rate, source, disputed),
            "{id} {policy:?}"
        );
        assert_eq!(choice.inferred.is_some(), source.is_none(), "{id}");
    };
    for (id, policy, rate, source, disputed) in [
        // The guide's figures.
        (OPUS_4_6, Default, 5, GUIDE, [].as_slice()),
        (SONNET_4_6, Default, 5, GUIDE, &[]),
        (SONNET_4_5, Default, 5, GUIDE, &[]),
        (HAIKU_4_5, Default, 1, GUIDE, &[5]),
        ("amazon.nova-pro-v1:0", Default, 1, GUIDE, &[]),
        ("amazon.nova-2-lite-v1:0", Default, 1, GUIDE, &[]),
        // Where it is not followed, or does not say.
        (HAIKU_4_5, Latest, 5, LATEST, &[]),
        (HAIKU_4_5, Highest, 5, LATEST, &[]),
        (OPUS_4_8, Default, 15, LATEST, &[]),
        (OPUS_4_8, Guide, 15, LATEST, &[]),
        ("anthropic.claude-opus-5-5", Default, 10, LATEST, &[]),
        ("openai.gpt-5.6-sol", Default, 10, LATEST, &[]),
        ("openai.gpt-oss-120b-1:0", Default, 1, LATEST, &[]),
        (SONNET_3_5, Default, 5, LATEST, &[]),
        (SONNET_3_5, Highest, 5, LATEST, &[]),
        // Where nobody says.
        ("anthropic.claude-sonnet-5-5", Default, 10, None, &[]),
        ("anthropic.claude-haiku-5-5", Highest, 10, None, &[]),
        ("anthropic.claude-fable-5", Latest, 10, None, &[]),
    ] {
        check(id, policy, rate, source, disputed);
    }
    assert!(model(OPUS_4_8).rate(Guide, builtin()).guide_is_silent);
    assert!(!model(OPUS_4_8).rate(Default, builtin()).guide_is_silent);
    assert!(!model(OPUS_4_6).rate(Guide, builtin()).guide_is_silent);
}

#[test]
fn an_unknown_model_is_charged_most() {
    let unknown = builtin().unknown_model();
    assert_eq!(unknown.rate(RatesPolicy::default(), builtin()).rate, 15);
    assert_eq!((unknown.context_window, unknown.max_output_tokens), (None, None));
    assert!(unknown.price_list(None, 0).is_none());
    assert!(builtin().route(&unknown, "au", SYDNEY).unwrap().destinations.is_none());
}

// Prices and quotas.

#[test]
fn prices_by_profile_and_length() {
    for (id, profile, tokens, input, output, assumed) in [
        (SONNET_4_6, Some("global"), 1_000, 3_000_000, 15_000_000, false),
        (SONNET_4_6, Some("au"), 1_000, 3_300_000, 16_500_000, false),
        (SONNET_4_6, None, 1_000, 3_300_000, 16_500_000, true),
        (HAIKU_5_5, Some("global"), 100_000, 100_000, 500_000, false),
        (HAIKU_5_5, Some("global"), 100_001, 500_000, 2_500_000, false),
        (HAIKU_5_5, Some("au"), 100_001, 550_000, 2_750_000, false),
        ("openai.gpt-5.6-sol", Some("us"), 272_001, 8_800_000, 33_000_000, false),
        ("openai.gpt-5.6-luna", None, 272_000, 220_000, 1_320_000, true),
        ("amazon.nova-pro-v1:0", Some("apac"), 1_000, 840_000, 3_360_000, false),
        ("amazon.nova-pro-v1:0", Some("us"), 1_000, 800_000, 3_200_000, false),
        ("amazon.nova-pro-v1:0", None, 1_000, 800_000, 3_200_000, false),
    ] {
        let choice = model(id).price_list(profile, tokens).unwrap();
        let found = (choice.prices.input, choice.prices.output, choice.assumed_dearer);
        assert_eq!(found, (input, output, assumed), "{id} {profile:?} {tokens}");
    }
    let micro = model("amazon.nova-micro-v1:0").price_list(Some("us"), 1).unwrap();
    assert_eq!(micro.prices.cache_read, Some(8_750));
}

#[test]
fn default_quotas_by_way_and_region() {
    for (id, global, region, tpm, rpm) in [
        (OPUS_4_6, false, Some(AUCKLAND), Some(3_000_000), Some(10_000)),
        (OPUS_4_8, true, None, Some(30_000_000), None),
        ("amazon.nova-lite-v1:0", false, Some("us-west-1"), Some(8_000_000), Some(4_000)),
        ("amazon.nova-lite-v1:0", false, Some(SYDNEY), Some(400_000), Some(400)),
        ("anthropic.claude-3-haiku-20240307-v1:0", false, None, Some(600_000), Some(800)),
        ("anthropic.claude-opus-5-5", false, None, None, None),
    ] {
        let quotas = model(id).default_quotas(global, region);
        assert_eq!((quotas.tpm, quotas.rpm), (tpm, rpm), "{id} {region:?}");
    }
    let disputes = &model("anthropic.claude-opus-4-7").quotas.as_ref().unwrap().disputes;
    assert_eq!((disputes[0].field.as_str(), disputes[0].value), ("tpm", 30_000_000));
}

// Routes.

#[test]
fn routes_from_australia_and_new_zealand() {
    let check = |id: &str, profile: &str, from: &str, to: Option<&[&str]>| {
        let route = builtin().route(model(id), profile, from).unwrap_or_else(|error| panic!("{error}"));
        let destinations =
            route.destinations.as_ref().map(|to| to.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(destinations.as_deref(), to, "{id} {profile} {from}");
        assert_eq!(route.profile_id, format!("{profile}.{id}"));
        assert_eq!(route.anywhere, profile == "global");
        assert!(builtin().source(&route.source.unwrap()).is_some());
    };
    for id in [HAIKU_4_5, SONNET_4_5, SONNET_4_6, OPUS_4_6] {
        check(id, "au", SYDNEY, Some(&[SYDNEY, MELBOURNE]));
        check(id, "au", MELBOURNE, Some(&[SYDNEY, MELBOURNE]));
        check(id, "au", AUCKLAND, Some(&[SYDNEY, MELBOURNE, AUCKLAND]));
        check(id, "global", AUCKLAND, None);
    }
    for id in
        [OPUS_4_8, "anthropic.claude-opus-5-5", "anthropic.claude-haiku-5-5", "anthropic.claude-sonnet-5"]
    {
        check(id, "au", SYDNEY, Some(&[SYDNEY, MELBOURNE]));
    }
    check("anthropic.claude-sonnet-5-5", "global", SYDNEY, None);
    check("amazon.nova-pro-v1:0", "apac", SYDNEY, None);
    check(OPUS_4_6, "us", "us-west-1", Some(&["us-east-1", "us-east-2", "us-west-1", "us-west-2"]));
    check("amazon.nova-2-lite-v1:0", "jp", "ap-northeast-1", Some(&["ap-northeast-1", "ap-northeast-3"]));
}

#[test]
fn refused_routes_say_what_is_offered() {
    for (id, profile, from, said) in [
        (OPUS_4_8, "au", AUCKLAND, "global.anthropic.claude-opus-4-8"),
        (OPUS_4_8, "us", MELBOURNE, "in the Region itself (bedrock-mantle)"),
        ("anthropic.claude-sonnet-5-5", "au", SYDNEY, "global.anthropic.claude-sonnet-5-5"),
        ("anthropic.claude-opus-5", "au", AUCKLAND, "(Auckland)"),
        ("amazon.nova-pro-v1:0", "us", AUCKLAND, "no way to it is known"),
        ("amazon.nova-2-lite-v1:0", "eu", "eu-west-2", "global.amazon.nova-2-lite-v1:0"),
        ("gpt-4o", "au", SYDNEY, "no way to it is known"),
        (OPUS_4_6, "mars", SYDNEY, "au, us, eu"),
        (OPUS_4_6, "au", "ap-southeast-22", SYDNEY),
    ] {
        let error = builtin().route(model(id), profile, from).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnknownProfile);
        assert!(error.message().contains(said), "{error}");
    }
    assert!(builtin().offered(model(OPUS_4_8), "au.").is_ok());
    let error = builtin().offered(model("anthropic.claude-sonnet-5-5"), "au").unwrap_err();
    assert!(error.message().contains("us.anthropic.claude-sonnet-5-5"), "{error}");
}

#[test]
fn listings_are_complete() {
    let listed = models(builtin());
    assert_eq!(listed.len(), builtin().models().len());
    let haiku = listed.iter().find(|model| model.id == HAIKU_4_5).unwrap();
    assert_eq!((haiku.burndown_rate, haiku.burndown_disputed), (1, true));
    assert_eq!(haiku.profiles, ["au", "us", "eu", "jp", "global"]);
    let json = serde_json::to_value(haiku).unwrap();
    assert_eq!(json["maxOutputTokens"], 64_000);
    assert_eq!(json["disputedRates"][0]["rate"], 5);
    assert_eq!(json["prices"]["geographic"]["input"], 1_100_000);
}

// Overlays.

#[test]
fn an_overlay_changes_one_field_and_leaves_the_rest() {
    let catalog = builtin()
        .overlaid(r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "quotas": {"tpm": 6000}}]}"#);
    let catalog = catalog.unwrap();
    let mut expected = model(OPUS_4_6).clone();
    let quotas = expected.quotas.as_mut().unwrap();
    (quotas.tpm, quotas.source) = (Some(6_000), "overlay".to_owned());
    assert_eq!(catalog.model(OPUS_4_6), Some(&expected));
    assert_eq!(catalog.models().len(), builtin().models().len());
    assert_eq!(catalog.source("overlay").unwrap().title, "the caller's catalog");
    // Laying the same over twice changes nothing more.
    assert!(catalog.overlaid(&catalog.to_json()).unwrap().models().eq(catalog.models()));
}

#[test]
fn an_overlay_adds_a_model_a_region_and_a_route() {
    let catalog = builtin()
        .overlaid(
            r#"{"version": "2026-12-01",
                "models": [{"id": "acme.mind-1", "name": "Mind 1", "provider": "acme", "contextWindow": 1000,
                            "burndown": {"published": [{"rate": 3, "source": "acme"}]}}],
                "regions": {"ap-southeast-9": {"name": "Asia Pacific (Hobart)", "city": "Hobart",
                                               "country": "Australia", "geography": "apac"}},
                "sources": {"acme": {"title": "Acme", "url": "https://example.com", "date": "2026-12-01", "sure": "high"}},
                "profiles": [{"prefix": "au", "routes": [{"models": ["acme.mind-1"], "source": "acme",
                              "routes": {"ap-southeast-9": ["ap-southeast-9", "ap-southeast-2"]}}]},
                             {"prefix": "moon", "name": "The Moon", "geography": "moon",
                              "routes": [{"models": ["acme.mind-1"]}]}],
                "inRegion": [{"models": ["acme.mind-1"], "endpoint": "runtime", "regions": ["ap-southeast-9"]}]}"#,
        )
        .unwrap();
    assert_eq!(catalog.version(), "2026-12-01");
    let found = catalog.resolve("au.acme.mind-1").unwrap();
    assert_eq!(found.model.limits_source.as_deref(), Some("overlay"));
    assert_eq!(found.model.rate(RatesPolicy::Default, &catalog).rate, 3);
    let route = catalog.route(found.model, "au", "ap-southeast-9").unwrap();
    assert_eq!(route.destinations.unwrap(), ["ap-southeast-9", SYDNEY]);
    assert_eq!(catalog.resolve("moon.acme.mind-1").unwrap().profile.unwrap().name, "The Moon");
    assert_eq!(catalog.in_region(found.model).count(), 1);
    // What was there is still there.
    assert!(catalog.route(model(OPUS_4_6), "au", AUCKLAND).is_ok());
}

#[test]
fn a_later_route_comes_before_an_earlier_one() {
    let text = format!(
        r#"{{"profiles": [{{"prefix": "au", "routes": [
            {{"models": ["{OPUS_4_8}"], "routes": {{"{AUCKLAND}": ["{SYDNEY}"], "{SYDNEY}": null}}, "source": "cards"}}]}}]}}"#
    );
    let catalog = builtin().overlaid(&text).unwrap();
    let destinations = |from: &str| catalog.route(model(OPUS_4_8), "au", from).unwrap().destinations;
    assert_eq!(destinations(AUCKLAND).unwrap(), [SYDNEY]);
    assert_eq!(destinations(SYDNEY), None);
    assert_eq!(destinations(MELBOURNE).unwrap(), [SYDNEY, MELBOURNE]);
}

#[test]
fn bad_overlays_say_where() {
    for (text, line, pointer, said) in [
        ("", Some(1), None, "empty"),
        ("{\n  \"models\": [}", Some(2), None, "expected a JSON value"),
        (r#"{"model": []}"#, Some(1), Some("/model"), "unknown field `model`"),
        (r#"{"models": [{"quotas": {}}]}"#, None, Some("/models/0"), "\"id\""),
        (
            r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "quotas": {"tpm": "many"}}]}"#,
            None,
            Some("/models/0/quotas/tpm"),
            "a number",
        ),
        (
            r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "quotas": {"tpm": -1}}]}"#,
            None,
            Some("/models/0/quotas/tpm"),
            "-1",
        ),
        (
            r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "quotas": {"tpm": 1.5}}]}"#,
            None,
            Some("/models/0/quotas/tpm"),
            "1.5",
        ),
        (
            r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "qoutas": {}}]}"#,
            None,
            Some("/models/0/qoutas"),
            "unknown field",
        ),
        (
            r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "quotas": {"tpm": 99000000000000}}]}"#,
            None,
            Some("/models/0/quotas"),
            "larger",
        ),
        (
            r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "maxOutputTokens": 2000000}]}"#,
            None,
            Some("/models/0/maxOutputTokens"),
            "window",
        ),
        (
            r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "burndown": {"published": [{"rate": 0}]}}]}"#,
            None,
            Some("/models/0/burndown/published"),
            "rate",
        ),
        (
            r#"{"models": [{"id": "anthropic.claude-opus-4-6-v1", "quotas": {"source": "nobody"}}]}"#,
            None,
            Some("/models/0/quotas/source"),
            "\"nobody\"",
        ),
        (r#"{"models": [{"id": "x", "name": "X"}]}"#, None, Some("/models/0"), "provider"),
        (
            r#"{"models": [{"id": "x", "name": "X", "provider": "x", "aliases": ["gpt-4o"]}]}"#,
            None,
            Some("/models/0"),
            "taken twice",
        ),
        (
            r#"{"profiles": [{"prefix": "au", "routes": [{"models": ["nothing"]}]}]}"#,
            None,
            Some("/profiles/0"),
            "\"nothing\"",
        ),
        (
            r#"{"profiles": [{"prefix": "au", "routes": [{"models": [], "routes": {"mars-1": null}}]}]}"#,
            None,
            Some("/profiles/0"),
            "\"mars-1\"",
        ),
        (r#"{"profiles": [{"prefix": "au", "routes": 7}]}"#, Some(1), Some("/profiles/0/routes"), "an array"),
        (r#"{"sources": {"a/b": {"title": 1}}}"#, None, Some("/sources/a~1b/title"), "a string"),
        (r#"{"sources": {"guide": {"date": "yesterday"}}}"#, None, Some("/sources/guide/date"), "date"),
        (
            r#"{"inRegion": [{"models": [], "endpoint": "moon", "regions": []}]}"#,
            None,
            Some("/inRegion/0/endpoint"),
            "endpoint",
        ),
    ] {
        let error = builtin().overlaid(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::InvalidCatalog, "{text}");
        assert_eq!(
            (error.place().line, error.place().pointer.as_deref()),
            (line, pointer),
            "{text}: {error}"
        );
        assert!(error.message().contains(said), "{text}: {error}");
    }
    let error = Catalog::from_json(r#"{"version": "1", "models": [7]}"#).unwrap_err();
    assert_eq!((error.place().line, error.place().column), (Some(1), Some(29)), "{error}");
}

proptest! {
    #[test]
    fn any_spelling_is_answered(spelling in "\\PC*") {
        let _ = builtin().resolve(&spelling);
    }

    #[test]
    fn any_mix_of_pieces_is_answered(pieces in prop::collection::vec(prop::sample::select(vec![
        "arn:aws:bedrock:", "us-east-1", ":", "::", "foundation-model/", "inference-profile/", "bedrock/", "au.", "global.",
        "anthropic.", "claude", "-", "opus", "4", "6", "v1:0", ":200k", "latest", "20260101", " ", "é", "/", "2024-08-06",
    ]), 0..12)) {
        let spelling = pieces.concat();
        if let Ok(found) = builtin().resolve(&spelling) {
            prop_assert!(builtin().model(&found.model.id).is_some());
        }
    }

    #[test]
    fn any_overlay_is_answered(text in "\\PC*") {
        let _ = builtin().overlaid(&text);
        let _ = Catalog::from_json(&text);
    }
}
