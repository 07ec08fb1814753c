//! Recorded counts of the provider. The data is not part of the project: these tests say so and pass
//! where it is absent. `TOKENLEASH_TRUTH` names its folder; by default it is `../shared/truth`.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
};

use serde_json::Value;
use tokenleash::{Catalog, count_tokens};

/// A model of each Claude vocabulary, and its name in the records.
const MODELS: [(&str, &str); 3] =
    [("claude-sonnet-4-6", "v3"), ("claude-opus-4-7", "v4.7"), ("claude-opus-4-8", "v5")];

fn records(name: &str) -> Option<impl Iterator<Item = Value> + use<>> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/truth");
    let folder = std::env::var_os("TOKENLEASH_TRUTH").map_or_else(|| PathBuf::from(default), PathBuf::from);
    let Ok(file) = File::open(folder.join(name)) else {
        println!("skipped: no recorded counts ({name})");
        return None;
    };
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    Some(lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()))
}

/// Holds every recorded count of a file of texts, the frame of one message included.
fn check(name: &str) {
    let Some(records) = records(name) else { return };
    let mut differences = Vec::new();
    for record in records {
        let text = record["text"].as_str().unwrap();
        for (model, key) in MODELS {
            let Some(recorded) = record[key].as_u64() else { continue };
            let found = count_tokens(text, model, true, Catalog::builtin()).unwrap().tokens;
            if found != recorded {
                differences.push(format!("{key}: {found}, recorded {recorded}: {text:.200?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn random_strings_are_counted_as_recorded() {
    check("claude_vectors.jsonl.gz");
}

#[test]
fn documents_are_counted_as_recorded() {
    check("claude_texts.jsonl.gz");
}
