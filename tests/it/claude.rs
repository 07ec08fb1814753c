//! Claude's counts: a row or more for each rule of the engine. The expected counts are those of the
//! package ctok 1.3.0, which the engine is held to (`calibration/differential.py`).

use serde_json::Value;
use tokenleash::{Catalog, count_tokens, token_ends};

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
