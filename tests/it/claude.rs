//! Claude's counts: a row or more for each rule of the engine. The expected counts are those of the
//! package ctok 1.3.0, which the engine is held to (`calibration/differential.py`).

use serde_json::Value;
use tokenleash::{Catalog, Options, Request, check, count_tokens, token_ends};

const MODELS: [(&str, &str); 3] =
    [("claude-sonnet-4-6", "v3"), ("claude-opus-4-7", "v4.7"), ("claude-opus-4-8", "v5")];

#[test]
fn every_rule_has_a_row() {
    for line in include_str!("../fixtures/claude_counts.jsonl").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = row["text"].as_str().unwrap();
        for (model, key) in MODELS {
            let found = count_tokens(text, model, false, Catalog::builtin()).unwrap().tokens;
            assert_eq!(found, row[key].as_u64().unwrap(), "{key}: {row}");
            let ends = token_ends(text, model, Catalog::builtin()).unwrap().unwrap();
            assert_eq!(ends.len() as u64, found, "{key}: {row}");
        }
    }
}

#[test]
fn a_million_of_anything_is_counted_at_once() {
    for unit in ["a", " ", "\n", "\u{301}", "e\u{301}", "7", "👍", "\t", "A", ".", "漢", "\u{200d}"] {
        let text = unit.repeat(1_000_000);
        for (model, _) in MODELS {
            assert!(0 < count_tokens(&text, model, false, Catalog::builtin()).unwrap().tokens);
        }
    }
}

/// The tokens of a request whose user says one text in several blocks.
fn in_blocks(blocks: &[&str]) -> u64 {
    let content: Vec<Value> = blocks.iter().map(|text| serde_json::json!({"text": text})).collect();
    let body = serde_json::json!({"messages": [{"role": "user", "content": content}]}).to_string();
    let options = Options { model: Some("claude-sonnet-4-6".to_owned()), ..Options::default() };
    let report = check(&Request::read(&body, None).unwrap(), &options, Catalog::builtin()).unwrap();
    let parts: u64 = report.input.parts.iter().map(|part| part.tokens.get()).sum();
    assert_eq!(parts + report.input.frame, report.input.tokens);
    report.input.tokens
}

#[test]
fn blocks_of_a_turn_are_counted_as_one_text() {
    let word = "a".repeat(100_000);
    let letters: Vec<&str> = word.split("").filter(|letter| !letter.is_empty()).collect();
    for (blocks, text) in [
        (vec!["Kia ", "ora"], "Kia ora"),
        (vec!["Hel", "lo, wor", "ld!", "\n\n", "fn ma", "in() {}"], "Hello, world!\n\nfn main() {}"),
        (vec!["ประเทศ", "ไทย", "สวัสดี"], "ประเทศไทยสวัสดี"),
        (letters, word.as_str()),
    ] {
        let whole = count_tokens(text, "claude-sonnet-4-6", true, Catalog::builtin()).unwrap().tokens;
        assert_eq!(in_blocks(&blocks), whole, "{text:.60}");
    }
}
