//! Recorded counts of the provider. The data is not part of the project: these tests say so and pass
//! where it is absent. `TOKENLEASH_TRUTH` names its folder; by default it is `../shared/truth`.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
};

use serde_json::Value;
use tokenleash::{Catalog, Dialect, Request, count_tokens, lint};

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

/// A recording whose calls and results are of two different runs.
const REWRITTEN: &str =
    "tests/contrib/anthropic/cassettes/anthropic_completion_tools_call_with_tool_result_stream.yaml";

/// Requests that a provider answered are requests it did not refuse.
#[test]
fn accepted_requests_have_no_findings() {
    let files = [
        "claude_requests",
        "claude_media",
        "claude_server_tools",
        "bedrock_other_requests",
        "openai_chat",
        "openai_tools",
    ];
    let mut findings: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in files {
        let Some(records) = records(&format!("{file}.jsonl.gz")) else { continue };
        for record in records.filter(|record| record["path"] != REWRITTEN) {
            let dialect = match record["api"].as_str() {
                Some("anthropic-messages") => Some(Dialect::Messages),
                Some("bedrock-converse") => Some(Dialect::Converse),
                Some("openai-chat") => Some(Dialect::Chat),
                _ => None,
            };
            let Ok(request) = Request::read(&record["request"].to_string(), dialect) else { continue };
            for note in lint(&request).into_iter().flatten() {
                let place = format!("{} {} {:?}", record["source_repo"], record["path"], note);
                findings.entry(note.code).or_default().push(place);
            }
        }
    }
    for (code, places) in &findings {
        println!("{code}: {}, such as {}", places.len(), places[..places.len().min(20)].join("\n    "));
    }
    assert!(findings.is_empty());
}
