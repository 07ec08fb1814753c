//! Policies: what is written, statement by statement; what it decides; and what the policies of
//! others mean. `calibration/iam/` holds the same files to linters and to another IAM.

use std::{collections::BTreeMap, fs};

use proptest::prelude::*;
use serde_json::{Value, json};
use tokenleash::{
    ByName, Catalog, ErrorKind, ExplainOptions, IamPolicy, IamRequest, IamVerdict, PolicyExplanation,
    PolicyOptions, RouteVerdict, policy,
};

const OPUS_4_6: &str = "anthropic.claude-opus-4-6-v1";
const SYDNEY: &str = "ap-southeast-2";
const MELBOURNE: &str = "ap-southeast-4";
const AUCKLAND: &str = "ap-southeast-6";
const ACCOUNT: &str = "123456789012";

fn options(change: &Value) -> PolicyOptions {
    let mut all =
        json!({"models": [OPUS_4_6], "profile": "au", "sourceRegion": AUCKLAND, "account": ACCOUNT});
    all.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    all.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    serde_json::from_value(all).unwrap()
}

fn written(change: &Value) -> Value {
    serde_json::to_value(policy(&options(change), Catalog::builtin()).unwrap()).unwrap()
}

#[test]
fn by_geography_there_are_two_statements() {
    // Source: the AWS blog on New Zealand; the user guide's example for the United States.
    let profile = format!("arn:aws:bedrock:{AUCKLAND}:{ACCOUNT}:inference-profile/au.{OPUS_4_6}");
    let models = [SYDNEY, MELBOURNE, AUCKLAND]
        .map(|region| format!("arn:aws:bedrock:{region}::foundation-model/{OPUS_4_6}"));
    let actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
    assert_eq!(
        written(&json!({})),
        json!({"Version": "2012-10-17", "Statement": [
            {"Sid": "UseInferenceProfile", "Effect": "Allow", "Action": actions, "Resource": [profile]},
            {"Sid": "InvokeAnthropicClaudeOpus46V1ByProfile", "Effect": "Allow", "Action": actions,
             "Resource": models, "Condition": {"StringLike": {"bedrock:InferenceProfileArn": profile}}},
        ]})
    );
}

#[test]
fn worldwide_there_are_three_statements() {
    // Source: global cross-Region inference in the user guide.
    let profile = format!("arn:aws:bedrock:{AUCKLAND}:{ACCOUNT}:inference-profile/global.{OPUS_4_6}");
    let found = written(&json!({"profile": "global"}));
    let statements = found["Statement"].as_array().unwrap();
    let shape: Vec<_> =
        statements.iter().map(|it| (it["Resource"].clone(), it["Condition"].clone())).collect();
    assert_eq!(
        shape,
        [
            (json!([profile]), json!({"StringEquals": {"aws:RequestedRegion": AUCKLAND}})),
            (
                json!([format!("arn:aws:bedrock:{AUCKLAND}::foundation-model/{OPUS_4_6}")]),
                json!({"StringEquals": {"aws:RequestedRegion": AUCKLAND, "bedrock:InferenceProfileArn": profile}}),
            ),
            (
                json!([format!("arn:aws:bedrock:::foundation-model/{OPUS_4_6}")]),
                json!({"StringEquals": {"aws:RequestedRegion": "unspecified", "bedrock:InferenceProfileArn": profile}}),
            ),
        ]
    );
}

#[test]
fn what_an_organization_denies() {
    for (change, statement) in [
        (
            json!({"kind": "scp-regions"}),
            json!({"Sid": "DenyBedrockElsewhere", "Effect": "Deny", "Action": ["bedrock:*"], "Resource": ["*"],
                   "Condition": {"StringNotEquals": {"aws:RequestedRegion": [SYDNEY, MELBOURNE, AUCKLAND]}}}),
        ),
        (
            json!({"kind": "scp-regions", "profile": "global", "account": null}),
            json!({"Sid": "DenyBedrockElsewhere", "Effect": "Deny", "Action": ["bedrock:*"], "Resource": ["*"],
                   "Condition": {"StringNotEquals": {"aws:RequestedRegion": [AUCKLAND, "unspecified"]}}}),
        ),
        (
            json!({"kind": "scp-require-profile", "sourceRegion": SYDNEY}),
            json!({"Sid": "DenyDirectCalls", "Effect": "Deny",
                   "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
                   "Resource": [format!("arn:aws:bedrock:{SYDNEY}::foundation-model/{OPUS_4_6}"),
                                format!("arn:aws:bedrock:{MELBOURNE}::foundation-model/{OPUS_4_6}")],
                   "Condition": {"Null": {"bedrock:InferenceProfileArn": "true"}}}),
        ),
        (
            json!({"kind": "scp-deny-global", "models": null, "profile": null, "sourceRegion": null}),
            json!({"Sid": "DenyGlobalInference", "Effect": "Deny",
                   "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], "Resource": ["*"],
                   "Condition": {"StringEquals": {"aws:RequestedRegion": "unspecified"},
                                 "ArnLike": {"bedrock:InferenceProfileArn":
                                     "arn:aws:bedrock:*:*:inference-profile/global.*"}}}),
        ),
    ] {
        assert_eq!(written(&change)["Statement"], json!([statement]), "{change}");
    }
}

#[test]
fn what_cannot_be_written_is_an_error() {
    for (change, kind, said) in [
        (json!({"account": null}), ErrorKind::InvalidArgument, "no account is named"),
        (json!({"account": "12345678901"}), ErrorKind::InvalidArgument, "twelve digits"),
        (json!({"account": "1234567890123"}), ErrorKind::InvalidArgument, "twelve digits"),
        (json!({"account": "12345678901x"}), ErrorKind::InvalidArgument, "twelve digits"),
        (json!({"models": null}), ErrorKind::MissingModel, "no model is named"),
        (json!({"models": ["nobody"]}), ErrorKind::UnknownModel, "nobody"),
        (json!({"profile": "mars"}), ErrorKind::UnknownProfile, "there are au"),
        (json!({"sourceRegion": "ap-southeast-66"}), ErrorKind::UnknownProfile, "nearest"),
        (json!({"sourceRegion": null}), ErrorKind::InvalidArgument, "no source Region"),
        (json!({"partition": "azure"}), ErrorKind::InvalidArgument, "not a partition"),
        (json!({"models": ["claude-opus-4-8"]}), ErrorKind::Refused, "cannot be called from ap-southeast-6"),
        (json!({"models": ["gpt-4o"]}), ErrorKind::Refused, "not offered on Amazon Bedrock"),
        (json!({"profile": "global", "residency": "anz"}), ErrorKind::Refused, "any commercial Region"),
        (json!({"profile": null}), ErrorKind::Refused, "without an inference profile"),
        (
            json!({"models": ["amazon.nova-pro-v1:0"], "profile": "apac", "sourceRegion": SYDNEY}),
            ErrorKind::InvalidArgument,
            "get-inference-profile",
        ),
        (
            json!({"models": ["amazon.nova-pro-v1:0"], "profile": null, "sourceRegion": SYDNEY,
                   "kind": "scp-require-profile"}),
            ErrorKind::InvalidArgument,
            "would deny",
        ),
        (
            json!({"models": [OPUS_4_6, "claude-sonnet-4-6"], "applicationProfiles": ["abc"]}),
            ErrorKind::InvalidArgument,
            "of one model",
        ),
        (
            json!({"applicationProfiles": ["a b"]}),
            ErrorKind::InvalidArgument,
            "no application inference profile",
        ),
        (
            json!({"applicationProfiles":
                ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"]}),
            ErrorKind::InvalidArgument,
            "of this account and Region",
        ),
        (
            json!({"profile": null, "sourceRegion": null, "models": [
                format!("arn:aws:bedrock:{SYDNEY}:{ACCOUNT}:inference-profile/au.{OPUS_4_6}"),
                format!("arn:aws:bedrock:{AUCKLAND}:{ACCOUNT}:inference-profile/au.{OPUS_4_6}")]}),
            ErrorKind::InvalidArgument,
            "one source Region",
        ),
    ] {
        let error = policy(&options(&change), Catalog::builtin()).unwrap_err();
        assert_eq!(error.kind(), kind, "{change}: {error}");
        assert!(error.message().contains(said), "{change}: {error}");
    }
}

#[test]
fn the_same_model_twice_is_one_and_many_are_counted() {
    let once = written(&json!({}));
    assert_eq!(written(&json!({"models": [OPUS_4_6, "claude-opus-4-6", format!("au.{OPUS_4_6}")]})), once);
    let all: Vec<&str> = Catalog::builtin()
        .models()
        .map(|model| model.id.as_str())
        .filter(|id| {
            policy(&options(&json!({"models": [id], "profile": "global"})), Catalog::builtin()).is_ok()
        })
        .collect();
    assert!(10 < all.len());
    let many = policy(&options(&json!({"models": all, "profile": "global"})), Catalog::builtin()).unwrap();
    assert_eq!(many.statement.len(), 1 + 2 * all.len());
    let ids: std::collections::BTreeSet<_> = many.statement.iter().map(|statement| &statement.sid).collect();
    assert_eq!(ids.len(), many.statement.len());
    assert_eq!(many.too_long().map(|(_, most)| most), Some(6_144));
    let short = policy(&options(&json!({})), Catalog::builtin()).unwrap();
    assert_eq!(short.too_long(), None);
}

/// What is asked in `tests/fixtures/policies.jsonl`, with the documents.
const FIXTURES: &str = include_str!("../fixtures/policies.jsonl");

/// `TOKENLEASH_BLESS=1 cargo test` writes the documents anew; read the difference before you keep it.
#[test]
fn documents_are_as_they_were() {
    let line = |line: &str| {
        let fixture: Value = serde_json::from_str(line).unwrap();
        let options: PolicyOptions = serde_json::from_value(fixture["options"].clone()).unwrap();
        let policy = serde_json::to_string(&policy(&options, Catalog::builtin()).unwrap()).unwrap();
        format!("{{\"name\":{},\"options\":{},\"policy\":{policy}}}", fixture["name"], fixture["options"])
    };
    let again = FIXTURES.lines().map(line).collect::<Vec<_>>().join("\n") + "\n";
    if std::env::var_os("TOKENLEASH_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/policies.jsonl");
        fs::write(path, &again).unwrap();
    } else {
        assert_eq!(again, FIXTURES);
    }
}

#[test]
fn requests_are_decided_as_they_should_be() {
    let documents: BTreeMap<String, String> = FIXTURES
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|fixture| (fixture["name"].as_str().unwrap().to_owned(), fixture["policy"].to_string()))
        .collect();
    let text = |row: &Value, key: &str| row[key].as_str().map(str::to_owned);
    let mut verdicts = BTreeMap::new();
    for line in include_str!("../fixtures/iam-requests.jsonl").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let request = IamRequest {
            action: text(&row, "action").unwrap(),
            resource: text(&row, "resource").unwrap(),
            context: ["requestedRegion", "inferenceProfileArn"]
                .into_iter()
                .zip(["aws:RequestedRegion", "bedrock:InferenceProfileArn"])
                .map(|(field, key)| (key.to_owned(), text(&row, field)))
                .collect(),
        };
        let decided = IamPolicy::read(&documents[row["policy"].as_str().unwrap()]).unwrap().decide(&request);
        assert_eq!(serde_json::to_value(decided.verdict).unwrap(), row["verdict"], "{line}: {}", decided.why);
        *verdicts.entry(decided.verdict as u8).or_insert(0) += 1;
    }
    assert!(70 <= verdicts.values().sum::<i32>() && verdicts.len() == 3, "{verdicts:?}");
}

// The policies of others.

fn explained(name: &str, models: &[&str], profile: Option<&str>, from: &str) -> PolicyExplanation {
    let path = format!("{}/tests/fixtures/policies/{name}.json", env!("CARGO_MANIFEST_DIR"));
    explained_text(&fs::read_to_string(path).unwrap(), models, profile, from)
}

fn explained_text(text: &str, models: &[&str], profile: Option<&str>, from: &str) -> PolicyExplanation {
    let options = ExplainOptions {
        models: models.iter().map(|model| (*model).to_owned()).collect(),
        profile: profile.map(str::to_owned),
        source_region: Some(from.to_owned()),
        account: Some(ACCOUNT.to_owned()),
    };
    IamPolicy::read(text).unwrap().explain(&options, Catalog::builtin()).unwrap()
}

#[test]
fn what_the_policies_of_others_mean() {
    use RouteVerdict::{Allowed, Denied, Depends, Half};
    for (name, profile, verdict, said) in [
        (
            "profile-only",
            "au",
            Half,
            "ap-southeast-6::foundation-model/anthropic.claude-opus-4-6-v1: no statement",
        ),
        (
            "models-only",
            "au",
            Denied,
            "inference-profile/au.anthropic.claude-opus-4-6-v1: no statement allows it",
        ),
        ("missing-melbourne", "au", Half, "ap-southeast-4::foundation-model"),
        (
            "profile-of-sydney",
            "au",
            Denied,
            "inference-profile/au.anthropic.claude-opus-4-6-v1: no statement",
        ),
        (
            "model-arn-with-account",
            "au",
            Half,
            "the nearest, \"Models\", names arn:aws:bedrock:ap-southeast-6:123456789012:foundation-model",
        ),
        (
            "global-without-unspecified",
            "global",
            Half,
            "aws:RequestedRegion ap-southeast-6, and it is unspecified",
        ),
        ("no-streaming", "au", Half, "bedrock:InvokeModel works, but bedrock:InvokeModelWithResponseStream"),
        (
            "scp-null-on-everything",
            "au",
            Denied,
            "\"OnlyByProfile\" denies it on Null bedrock:InferenceProfileArn true",
        ),
        ("scp-one-region", "au", Half, "ap-southeast-2::foundation-model"),
        ("scp-one-region", "global", Half, "\"OnlyAuckland\" denies it on StringNotEquals"),
        ("converse-actions", "au", Denied, "no statement allows the action"),
        ("not-resource", "au", Allowed, "every authorization is allowed"),
        ("not-resource", "global", Denied, "\"AllButGlobal\", names everything but it"),
        ("wildcards", "au", Allowed, "every"),
        ("wildcards", "global", Denied, "inference-profile/global."),
        ("tagged-callers", "au", Depends, "depending on the context key aws:PrincipalTag/team"),
        ("denies-global", "global", Half, "\"NoGlobal\" denies it"),
        ("denies-global", "au", Allowed, "every"),
    ] {
        let found = explained(name, &[OPUS_4_6], Some(profile), AUCKLAND);
        let [route] = found.routes.as_slice() else { panic!("{name}: {} routes", found.routes.len()) };
        assert_eq!(route.verdict, verdict, "{name} {profile}: {}", route.why);
        assert!(route.why.contains(said), "{name} {profile}: {}", route.why);
        assert_eq!(found.only_denies, name.starts_with("scp"), "{name}");
    }
    for (name, code) in [
        ("model-arn-with-account", "model-arn-with-account"),
        ("converse-actions", "no-such-action"),
        ("not-resource", "allow-not-resource"),
    ] {
        let notes = explained(name, &[], None, AUCKLAND).notes;
        assert!(notes.iter().any(|note| note.code == code && note.pointer.is_some()), "{name}: {notes:?}");
    }
}

#[test]
fn direct_calls_and_application_profiles_are_routes_too() {
    let direct = |name: &str| {
        let found = explained(name, &[OPUS_4_6], None, SYDNEY);
        let route = found.routes.into_iter().find(|route| route.profile.is_none()).unwrap();
        (route.model_id, route.verdict)
    };
    assert_eq!(direct("models-only"), (OPUS_4_6.to_owned(), RouteVerdict::Allowed));
    assert_eq!(direct("missing-melbourne").1, RouteVerdict::Denied);
    assert_eq!(direct("scp-null-on-everything").1, RouteVerdict::Denied);

    let ours = policy(&options(&json!({"applicationProfiles": ["a1b2c3"]})), Catalog::builtin()).unwrap();
    let found = explained_text(&ours.to_json(), &[], None, AUCKLAND);
    let allowed: Vec<_> =
        found.routes.iter().filter(|route| route.verdict == RouteVerdict::Allowed).collect();
    let [route] = allowed.as_slice() else { panic!("{} routes", allowed.len()) };
    assert_eq!((route.model.as_str(), route.profile.as_deref()), (OPUS_4_6, Some("au")));
    assert!(route.model_id.ends_with(":application-inference-profile/a1b2c3"), "{}", route.model_id);
}

#[test]
fn what_is_written_allows_its_route_and_no_other() {
    for profile in ["au", "global"] {
        let ours = policy(&options(&json!({"profile": profile})), Catalog::builtin()).unwrap();
        let all = ExplainOptions::default();
        let found = IamPolicy::read(&ours.to_json()).unwrap().explain(&all, Catalog::builtin()).unwrap();
        assert_eq!((found.account.as_str(), found.notes.len()), (ACCOUNT, 0));
        assert!(1_000 < found.routes.len(), "{}", found.routes.len());
        for route in found.routes {
            let own = route.model == OPUS_4_6
                && route.profile.as_deref() == Some(profile)
                && route.source_region == AUCKLAND;
            let verdict = if own { RouteVerdict::Allowed } else { RouteVerdict::Denied };
            assert_eq!(
                route.verdict, verdict,
                "{} from {}: {}",
                route.model_id, route.source_region, route.why
            );
        }
    }
}

#[test]
fn what_cannot_be_known_is_said() {
    let with = |condition: &Value| {
        let statement =
            json!({"Effect": "Allow", "Action": "bedrock:*", "Resource": "*", "Condition": condition});
        let text = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
        let found = explained_text(&text, &[OPUS_4_6], Some("au"), AUCKLAND);
        (found.routes[0].verdict, found.routes[0].why.clone(), found.notes)
    };
    for (condition, verdict, said) in [
        (json!({"StringEqual": {"aws:RequestedRegion": AUCKLAND}}), RouteVerdict::Depends, "StringEqual"),
        (
            json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            RouteVerdict::Depends,
            "IpAddress on aws:SourceIp",
        ),
        (
            json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}),
            RouteVerdict::Depends,
            "NumericLessThan",
        ),
        (
            json!({"StringEquals": {"aws:RequestedRegion": "${aws:PrincipalTag/region}"}}),
            RouteVerdict::Depends,
            "the variable in",
        ),
        (json!({"Bool": {"aws:SecureTransport": true}}), RouteVerdict::Allowed, "every"),
        (
            json!({"Bool": {"aws:SecureTransport": "false"}}),
            RouteVerdict::Denied,
            "Bool aws:SecureTransport false",
        ),
        (
            json!({"ForAnyValue:StringLike": {"AWS:requestedregion": ["ap-*", "us-*"]}}),
            RouteVerdict::Allowed,
            "every",
        ),
        (
            json!({"ArnLikeIfExists": {"bedrock:InferenceProfileArn": "arn:aws:bedrock:*:*:inference-profile/au.*"}}),
            RouteVerdict::Allowed,
            "every",
        ),
        (
            json!({"StringNotLike": {"bedrock:InferenceProfileArn": "*global.*"}}),
            RouteVerdict::Allowed,
            "every",
        ),
    ] {
        let (found, why, notes) = with(&condition);
        assert_eq!(found, verdict, "{condition}: {why}");
        assert!(why.contains(said), "{condition}: {why}");
        let misspelt = notes.iter().any(|note| note.code == "no-such-operator");
        assert_eq!(misspelt, condition.get("StringEqual").is_some(), "{condition}");
    }
    // A document of a console or a command line has the policy inside.
    let inner = json!({"PolicyVersion": {"Document": {"Version": "2012-10-17", "Statement": []}}});
    assert!(IamPolicy::read(&inner.to_string()).is_ok());
}

#[test]
fn what_is_no_policy_is_an_error_with_its_place() {
    let statement = |change: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{{{change}}}]}}"#);
    for (text, pointer, said) in [
        ("nothing".to_owned(), None, ""),
        ("[]".to_owned(), Some(""), "a policy document"),
        ("{}".to_owned(), Some(""), "Statement"),
        (r#"{"Statement": [7]}"#.to_owned(), Some("/Statement/0"), "a statement"),
        (statement(""), Some("/Statement/0"), "Effect"),
        (statement(r#""Effect": "allow""#), Some("/Statement/0/Effect"), "\"Allow\" or \"Deny\""),
        (
            statement(r#""Effect": "Allow", "Resource": "*""#),
            Some("/Statement/0"),
            "\"Action\" or \"NotAction\"",
        ),
        (statement(r#""Effect": "Allow", "Action": "*""#), Some("/Statement/0"), "\"Resource\" or"),
        (
            statement(r#""Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*""#),
            Some("/Statement/0/NotAction"),
            "not both",
        ),
        (
            statement(r#""Effect": "Allow", "Action": {}, "Resource": "*""#),
            Some("/Statement/0/Action"),
            "a text",
        ),
        (statement(r#""Effect": "Allow", "Actions": "*""#), Some("/Statement/0/Actions"), "no element"),
        (
            statement(r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []"#),
            Some("/Statement/0/Condition"),
            "operators",
        ),
        (
            statement(r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": 1}"#),
            Some("/Statement/0/Condition/Null"),
            "context keys",
        ),
    ] {
        let error = IamPolicy::read(&text).unwrap_err();
        assert_eq!(error.place().pointer.as_deref(), pointer, "{text}: {error}");
        assert!(error.message().contains(said), "{text}: {error}");
    }
    let error = IamPolicy::read(r#"{"Statement": [], "Statement": []}"#).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DuplicateKey);
}

proptest! {
    /// Any text is answered, and one with an `Allow` of everything and a `Deny` never allows what the
    /// `Deny` alone denies.
    #[test]
    fn any_policy_is_answered(text in "\\PC*", pieces in prop::collection::vec(prop::sample::select(vec![
        "\"Statement\":", "[", "]", "{", "}", "\"Effect\":\"Allow\"", ",", "\"Action\":\"*\"", "\"Resource\":[\"*\"]",
        "\"Condition\":{\"StringLike\":{\"aws:RequestedRegion\":\"${x}*\"}}", "\"Sid\":\"s\"",
    ]), 0..14)) {
        let _ = IamPolicy::read(&text);
        if let Ok(policy) = IamPolicy::read(&pieces.concat()) {
            let _ = policy.decide(&IamRequest::default());
        }
    }

    #[test]
    fn a_denial_wins(region in prop::sample::select(vec![SYDNEY, MELBOURNE, AUCKLAND, "unspecified"]), denied in prop::sample::select(vec![SYDNEY, "ap-*", "*", "unspecified", "eu-*"])) {
        let deny = json!({"Effect": "Deny", "Action": "bedrock:Invoke*", "Resource": "*",
                          "Condition": {"StringLike": {"aws:RequestedRegion": denied}}});
        let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let request = IamRequest {
            action: "bedrock:InvokeModel".to_owned(),
            resource: format!("arn:aws:bedrock:{region}::foundation-model/m"),
            context: ByName::from_iter([("aws:RequestedRegion".to_owned(), Some(region.to_owned()))]),
        };
        let alone = IamPolicy::read(&json!({"Statement": deny}).to_string()).unwrap().decide(&request);
        let both = IamPolicy::read(&json!({"Statement": [allow, deny]}).to_string()).unwrap().decide(&request);
        prop_assert_eq!(alone.verdict, both.verdict);
        prop_assert!(matches!(both.verdict, IamVerdict::Allowed | IamVerdict::Denied));
    }
}
