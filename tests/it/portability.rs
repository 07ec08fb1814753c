//! A model, a Region, an inference profile, a rate and a residency rule that a caller lays over the
//! catalog are seen in every command: none of them knows any by itself.

use serde_json::Value;

use crate::program::run;

const OVERLAY: &str = r#"{
    "regions": {"ap-southeast-9": {"name": "Asia Pacific (Wellington)", "city": "Wellington", "country": "New Zealand",
                                   "geography": "apac"}},
    "residencies": {"te-ika": {"name": "the North Island", "countries": ["New Zealand"]}},
    "models": [{"id": "acme.mind-1", "name": "Mind 1", "provider": "acme", "contextWindow": 5000,
                "maxOutputTokens": 400,
                "burndown": {"published": [{"rate": 7, "source": "acme"}]},
                "prices": {"list": {"input": 2000000, "output": 8000000}},
                "quotas": {"tpm": 4321, "rpm": 9}}],
    "profiles": [{"prefix": "kiwi", "name": "New Zealand", "geography": "apac",
                  "routes": [{"models": ["acme.mind-1"], "source": "acme",
                              "routes": {"ap-southeast-9": ["ap-southeast-9", "ap-southeast-6"]}}]}],
    "sources": {"acme": {"title": "Acme's page", "url": "https://acme.example", "date": "2026-11-01", "sure": "high"}}
}"#;

#[test]
fn what_is_laid_over_the_catalog_is_seen_in_every_command() {
    let folder = std::env::temp_dir().join(format!("tokenleash-overlay-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (overlay, policy) = (folder.join("catalog.json"), folder.join("policy.json"));
    std::fs::write(&overlay, OVERLAY).unwrap();
    let (overlay, policy) = (overlay.to_str().unwrap(), policy.to_str().unwrap());
    let request = br#"{"modelId": "kiwi.acme.mind-1", "inferenceConfig": {"maxTokens": 100},
                       "messages": [{"role": "user", "content": [{"text": "Kia ora"}]}]}"#;
    let say = |words: &str, input: &[u8], code: i32| {
        let words: Vec<&str> = words.split(' ').chain(["--catalog", overlay]).collect();
        let output = run(&words, input);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    };
    let json =
        |words: &str, code: i32| -> Value { serde_json::from_str(&say(words, request, code)).unwrap() };
    let way = "--model mind-1 --profile kiwi --source-region ap-southeast-9";

    assert_eq!(json("models mind --json", 0)[0]["profiles"][0], "kiwi");

    let report = json("check - --source-region ap-southeast-9 --residency te-ika --json", 0);
    assert_eq!(report["quota"]["burndownRate"], 7);
    let limits = report["limits"].as_array().unwrap();
    let of = |name: &str| limits.iter().find(|limit| limit["limit"] == name).unwrap();
    assert_eq!((&of("tpm")["of"], &of("residency")["fits"]), (&4_321.into(), &true.into()));
    assert_eq!(report["cost"]["outputWorstMicroUsd"], 800);

    let fitted = json("fit - --json --tpm 1000", 0);
    assert_eq!((&fitted["model"]["id"], &fitted["fits"]), (&"acme.mind-1".into(), &true.into()));

    assert_eq!(json("count - --model mind-1 --json", 0)["model"], "acme.mind-1");
    assert_eq!(json("settle --model mind-1 --input 10 --output 10 --json", 0)["settlement"], 80);

    let route = json(&format!("route {way} --residency te-ika --json"), 0);
    assert_eq!(route["destinationRegions"], serde_json::json!(["ap-southeast-9", "ap-southeast-6"]));
    assert_eq!(route["quota"]["tpm"], 4_321);
    json(&format!("route {way} --residency au --json"), 1);

    let document = say(&format!("policy {way} --account 123456789012"), b"", 0);
    assert!(document.contains("arn:aws:bedrock:ap-southeast-9::foundation-model/acme.mind-1"), "{document}");
    std::fs::write(policy, &document).unwrap();
    let explained = json(&format!("policy --explain {policy} {way} --json"), 0);
    assert_eq!(explained["routes"][0]["verdict"], "allowed");

    let page = say(&format!("runbook {way} --account 123456789012 --residency te-ika"), b"", 0);
    for said in [
        "Wellington",
        "7 quota tokens",
        "4,321",
        "the North Island: holds",
        "Acme's page",
        "context window 5,000",
    ] {
        assert!(page.contains(said), "{said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
