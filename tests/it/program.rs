//! The program as a user runs it.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// Runs the program with words and an input.
pub(crate) fn run(words: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tokenleash"))
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn json_lines(output: &Output) -> Vec<Value> {
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

#[test]
fn exit_codes() {
    const REQUEST: &str =
        r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}],"inferenceConfig":{"maxTokens":9}}"#;
    let model = "anthropic.claude-opus-4-6-v1";
    for (words, input, code) in [
        (vec!["check", "-", "--model", model], REQUEST, 0),
        (vec!["check", "-", "--model", model, "--tpm", "10"], REQUEST, 1),
        (vec!["check", "-", "--model", model, "--budget-usd", "0.000001"], REQUEST, 1),
        (
            vec!["check", "-", "--model", model, "--profile", "au", "--source-region", "ap-southeast-6"],
            REQUEST,
            0,
        ),
        (vec!["check", "-"], REQUEST, 2),
        (vec!["check", "-", "--model", model], "{", 2),
        (vec!["check", "-", "--model", "nobody"], REQUEST, 2),
        (vec!["check", "-", "--model", "nobody", "--allow-unknown"], REQUEST, 0),
        (vec!["check", "no-such-file", "--model", model], REQUEST, 2),
        (vec!["check", "-", "--model", model, "--tpm", "-5"], REQUEST, 2),
        (vec!["check", "-", "--model", model, "--dialect", "morse"], REQUEST, 2),
        (vec!["check"], REQUEST, 2),
        (vec!["settle", "--model", model, "--input", "200", "--output", "1000", "--tpm", "6000"], "", 0),
        (vec!["settle", "--model", model, "--input", "200", "--output", "1000", "--tpm", "5199"], "", 1),
        (vec!["settle", "--model", model, "--input", "-1", "--output", "1000"], "", 2),
        (vec!["settle", "--model", model, "--input", "99999999999999", "--output", "1"], "", 2),
        (vec!["count", "-"], "Kia ora", 0),
        (vec!["count", "-", "--model", "nobody"], "Kia ora", 2),
        (vec!["models"], "", 0),
        (vec!["route", "-m", model, "-p", "au", "--source-region", "ap-southeast-6"], "", 0),
        (vec!["route", "-m", "claude-opus-4-8", "-p", "au", "--source-region", "ap-southeast-6"], "", 1),
        (
            vec![
                "route",
                "-m",
                model,
                "-p",
                "global",
                "--source-region",
                "ap-southeast-6",
                "--residency",
                "anz",
            ],
            "",
            1,
        ),
        (vec!["route", "-m", model, "-p", "mars", "--source-region", "ap-southeast-6"], "", 2),
        (vec!["route", "-m", model, "-p", "au", "--source-region", "ap-southeast-66"], "", 2),
        (vec!["route", "-m", model, "-p", "au"], "", 2),
        (vec!["check", "-", "-m", model, "-p", "global", "--residency", "anz"], REQUEST, 1),
        (
            vec![
                "policy",
                "-m",
                model,
                "-p",
                "au",
                "--source-region",
                "ap-southeast-6",
                "--account",
                "123456789012",
            ],
            "",
            0,
        ),
        (
            vec!["policy", "-m", model, "-p", "au", "--source-region", "ap-southeast-6", "--account", "12"],
            "",
            2,
        ),
        (vec!["policy", "-m", model, "-p", "au", "--source-region", "ap-southeast-6"], "", 2),
        (vec!["policy", "--kind", "scp-deny-global"], "", 0),
        (vec!["policy", "--explain", "tests/fixtures/policies/wildcards.json"], "", 0),
        (vec!["policy", "--explain", "tests/fixtures/policies/missing-melbourne.json", "-p", "au"], "", 1),
        (vec!["policy", "--explain", "README.md"], "", 2),
        (vec!["policy", "--explain", "-"], "{}", 2),
        (vec!["completions", "bash"], "", 0),
        (vec!["man"], "", 0),
        (vec!["--version"], "", 0),
    ] {
        let output = run(&words, input.as_bytes());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        assert_eq!(output.stdout.is_empty(), code == 2, "{words:?}");
    }
}

#[test]
fn the_settlements_of_the_guide_and_of_aws() {
    // Source: the guide's example; quotas-token-burndown of the Amazon Bedrock User Guide.
    let aws = "--input 3000 --cache-read 4000 --cache-write 1000 --output 1000";
    for (words, settlement, reservation) in [
        ("--model anthropic.claude-opus-4-6-v1 --input 200 --output 1000".to_owned(), 5_200, None),
        ("--model anthropic.claude-sonnet-4-20250514-v1:0 --input 1000 --output 100".to_owned(), 1_500, None),
        (format!("--model claude-sonnet-4-5 {aws} --max-tokens 32000"), 9_000, Some(40_000)),
        (
            format!("--model claude-sonnet-4-5 {aws} --max-tokens 32000 --reserve-cache-reads false"),
            9_000,
            Some(36_000),
        ),
        (
            format!("--model claude-sonnet-4-5 {aws} --max-tokens 1250 --reserve-cache-reads=false"),
            9_000,
            Some(5_250),
        ),
        ("--model claude-opus-4-8 --input 100 --output 10".to_owned(), 250, None),
        ("--model claude-haiku-4-5 --input 100 --output 10".to_owned(), 110, None),
        ("--model claude-haiku-4-5 --input 100 --output 10 --rates latest".to_owned(), 150, None),
        ("--model amazon.nova-pro-v1:0 --input 100 --output 10".to_owned(), 110, None),
    ] {
        let words: Vec<_> = ["settle", "--json"].into_iter().chain(words.split(' ')).collect();
        let found = json(&run(&words, b""));
        assert_eq!(found["settlement"], settlement, "{words:?}");
        assert_eq!(found["reservation"].as_u64(), reservation, "{words:?}");
        if let Some(reservation) = reservation {
            assert_eq!(found["charge"], settlement.max(reservation), "{words:?}");
        }
    }
    let words = "settle --model anthropic.claude-opus-4-6-v1 --input 200 --output 1000 --tpm 6000 --json";
    assert_eq!(json(&run(&words.split(' ').collect::<Vec<_>>(), b""))["limits"][0]["headroom"], 800);
}

#[test]
fn lines_are_answered_in_order_and_faults_stay_in_their_place() {
    let good = r#"{"modelId":"claude-opus-4-6","body":{"max_tokens":5,"messages":[{"role":"user","content":"hi"}]}}"#;
    let input = format!("{good}\n{{\"messages\":\n\n{good}\n{{\"modelId\":\"nobody\",\"messages\":[]}}\n");
    let output = run(&["check", "-", "--jsonl"], input.as_bytes());
    let lines = json_lines(&output);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0], lines[2]);
    assert_eq!(lines[0]["fits"], true);
    assert_eq!(lines[1]["error"]["code"], "invalid-json");
    assert_eq!(lines[1]["error"]["inputLine"], 2);
    assert_eq!(lines[3]["error"]["code"], "unknown-model");
    assert_eq!(lines[3]["error"]["inputLine"], 5);

    let all = run(&["check", "-", "--jsonl"], format!("{good}\n{good}").as_bytes());
    assert_eq!(all.status.code(), Some(0));
    let over = run(&["check", "-", "--jsonl", "--tpm", "1"], good.as_bytes());
    assert_eq!(over.status.code(), Some(1));
}

#[test]
fn who_asks_for_json_gets_errors_as_json() {
    for (words, input, code, exit) in [
        ("check - --model claude-opus-4-6", "{", "invalid-json", 2),
        ("fit - --model claude-opus-4-6", "{", "invalid-json", 2),
        ("count - --model nobody", "Kia ora", "unknown-model", 2),
        ("settle --model nobody --input 1 --output 1", "", "unknown-model", 2),
        ("plan --model nobody --input 1 --output-p50 1 --output-p95 2", "", "unknown-model", 2),
        ("models --catalog -", "{\"models\": 1}", "invalid-catalog", 2),
        ("replay --catalog - Cargo.toml", "[]", "invalid-catalog", 2),
        ("route --model nobody", "", "unknown-model", 2),
        ("policy --model nobody", "", "unknown-model", 2),
        ("check no-such-file --model claude-opus-4-6", "", "file", 2),
        ("policy --model claude-opus-4-6 --profile jp --source-region us-east-1", "", "refused", 1),
    ] {
        let words: Vec<_> = words.split(' ').collect();
        let plain = run(&words, input.as_bytes());
        assert_eq!((plain.status.code(), plain.stdout.len()), (Some(exit), 0), "{words:?}");
        let output = run(&[&words[..], &["--json"]].concat(), input.as_bytes());
        assert_eq!(
            (output.status.code(), &json(&output)["error"]["code"]),
            (Some(exit), &code.into()),
            "{words:?}"
        );
        assert_eq!(output.stderr, plain.stderr, "{words:?}");
    }
}

#[test]
fn texts_are_counted_line_by_line() {
    let input = "{\"text\": \"Kia ora\"}\n{\"text\": \"\"}\n{\"no\": 1}\n";
    let output = run(&["count", "-", "--jsonl", "--model", "gpt-4o"], input.as_bytes());
    let lines = json_lines(&output);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["tokens"], 0);
    assert_eq!(lines[2]["error"]["inputLine"], 3);
}

#[test]
fn the_callers_catalog_is_laid_over_ours() {
    let overlay = std::env::temp_dir().join(format!("tokenleash-overlay-{}.json", std::process::id()));
    let quota = r#"{"models":[{"id":"anthropic.claude-opus-4-6-v1","quotas":{"tpm":6000}}]}"#;
    std::fs::write(&overlay, quota).unwrap();
    let words = ["check", "examples/support-chat.json", "--json", "--max-tokens", "5000", "--catalog"];
    let words: Vec<_> = words.into_iter().chain([overlay.to_str().unwrap()]).collect();
    let output = run(&words, b"");
    std::fs::remove_file(&overlay).unwrap();
    let report = json(&output);
    let tpm = report["limits"].as_array().unwrap().iter().find(|limit| limit["limit"] == "tpm").unwrap();
    assert_eq!((tpm["of"].as_u64(), tpm["setBy"].as_str()), (Some(6_000), Some("catalog")));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_a_person_reads_begins_with_the_verdict() {
    for (tpm, verdict) in [("100000", "fits"), ("2000", "does not fit")] {
        let output = run(&["check", "examples/support-chat.json", "--tpm", tpm], b"");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with(&format!("{verdict}  Claude Opus 4.6")), "{text}");
        for word in ["input", "output", "quota", "charge", "cost", "tpm"] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn a_request_is_fitted_and_its_receipt_is_apart() {
    let text = "A sentence to be cut. ".repeat(300);
    let request = format!(
        r#"{{"messages": [ {{"role":"user","content":[{{"text":"{text}"}}]}},
        {{"role":"assistant","content":[{{"text":"Noted."}}]}}, {{"role":"user","content":[{{"text":"So?"}}]}} ],
        "inferenceConfig": {{"maxTokens": 900}} }}"#
    );
    let model = "anthropic.claude-sonnet-4-6";
    let receipt = std::env::temp_dir().join(format!("tokenleash-receipt-{}.json", std::process::id()));
    let path = receipt.to_str().unwrap();
    let fitted =
        run(&["fit", "-", "-m", model, "--target-input", "300", "--receipt", path], request.as_bytes());
    let told: Value = serde_json::from_slice(&std::fs::read(&receipt).unwrap()).unwrap();
    std::fs::remove_file(&receipt).unwrap();
    assert_eq!((fitted.status.code(), fitted.stderr.is_empty()), (Some(0), true));
    assert_eq!(json(&fitted)["messages"].as_array().unwrap().len(), 3);
    assert_eq!(told["cuts"][0]["pointer"], "/messages/0/content/0/text");
    assert!(String::from_utf8_lossy(&fitted.stdout).ends_with("\"inferenceConfig\": {\"maxTokens\": 900} }"));

    // What fits is given back as it is, and so is what cannot.
    let same = run(&["fit", "-", "-m", model], request.as_bytes());
    assert_eq!((same.status.code(), same.stdout.as_slice()), (Some(0), request.as_bytes()));
    let cannot = run(&["fit", "-", "-m", model, "--target-input", "3"], request.as_bytes());
    assert_eq!((cannot.status.code(), cannot.stdout.as_slice()), (Some(1), request.as_bytes()));
    assert!(String::from_utf8_lossy(&cannot.stderr).contains("the least that would do"));

    let all = run(&["fit", "-", "-m", model, "--json", "--explain", "--tpm", "1500"], request.as_bytes());
    let cap = json(&all)["request"]["inferenceConfig"]["maxTokens"].as_u64().unwrap();
    assert!((256..270).contains(&cap), "{cap}");
    assert!(String::from_utf8_lossy(&all.stderr).contains("user"));

    let line = request.replace('\n', "");
    let many = run(
        &["fit", "-", "-m", model, "--jsonl", "--target-input", "300"],
        format!("{line}\n{{\n{line}\n").as_bytes(),
    );
    let lines = json_lines(&many);
    assert_eq!(many.status.code(), Some(2));
    assert_eq!(lines[0], json(&fitted));
    assert_eq!((&lines[1]["error"]["inputLine"], &lines[2]), (&2.into(), &lines[0]));

    for words in [
        vec!["--pin", "/nowhere"],
        vec!["--priority", "5"],
        vec!["--policy", "newest"],
        vec!["--marker", " "],
    ] {
        let words: Vec<_> = ["fit", "-", "-m", model].into_iter().chain(words).collect();
        let output = run(&words, request.as_bytes());
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true), "{words:?}");
    }
}
