//! Recorded counts of the provider. The data is not part of the project: these tests say so and pass
//! where it is absent. `TOKENLEASH_TRUTH` names its folder; by default it is `../shared/truth`.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
};

use serde_json::Value;
use tokenleash::{Catalog, Dialect, Estimate, Request, count_tokens, lint};

/// A model of each Claude vocabulary, and its name in the records.
const MODELS: [(&str, &str); 3] =
    [("claude-sonnet-4-6", "v3"), ("claude-opus-4-7", "v4.7"), ("claude-opus-4-8", "v5")];

fn lines(name: &str) -> Option<impl Iterator<Item = String> + use<>> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/truth");
    let folder = std::env::var_os("TOKENLEASH_TRUTH").map_or_else(|| PathBuf::from(default), PathBuf::from);
    let Ok(file) = File::open(folder.join(name)) else {
        println!("skipped: no recorded counts ({name})");
        return None;
    };
    let lines = BufReader::new(flate2::read::GzDecoder::new(file)).lines();
    Some(lines.map(Result::unwrap))
}

fn records(name: &str) -> Option<impl Iterator<Item = Value> + use<>> {
    Some(lines(name)?.map(|line| serde_json::from_str(&line).unwrap()))
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

/// Holds the share of recorded chat completions, in thousandths, that are counted to the token. What is
/// left are recordings that were edited by hand, a tool with a grammar, and three forms of schema.
fn check_chat(name: &str, at_least: usize) {
    let Some(lines) = lines(name) else { return };
    let (mut exact, mut all) = (0, 0);
    let mut differences = Vec::new();
    for line in lines {
        let record: Value = serde_json::from_str(&line).unwrap();
        let model = record["model"].as_str().unwrap();
        // The order of keys counts, and a parsed value does not keep it.
        let (_, request) = line.split_once("\"request\": ").unwrap();
        let (request, _) = request.rsplit_once(", \"usage\": ").unwrap();
        let request = Request::read(request, None).unwrap();
        let resolved = Catalog::builtin().resolve(model).unwrap().model;
        let found = Estimate::of(&request.prompt().unwrap(), resolved).tokens.expected().get();
        let recorded = record["usage"]["prompt_tokens"].as_u64().unwrap();
        all += 1;
        if found == recorded {
            exact += 1;
        } else {
            differences.push(format!("{model}: {found}, recorded {recorded}"));
        }
    }
    assert!(at_least * all <= exact * 1000, "{exact} of {all}:\n{}", differences.join("\n"));
}

#[test]
fn chat_completions_are_counted_as_recorded() {
    check_chat("openai_chat.jsonl.gz", 990);
}

#[test]
fn chat_completions_with_tools_are_counted_as_recorded() {
    check_chat("openai_tools.jsonl.gz", 940);
}

/// Holds the share of recorded requests to Claude 3 to 4.6, in thousandths, that are counted to the token.
/// What is left are mocked or edited recordings, and those of another date.
fn check_claude(name: &str, wanted: fn(&Value) -> bool, at_least: usize) {
    let Some(lines) = lines(name) else { return };
    let (mut exact, mut all) = (0, 0);
    for line in lines {
        let record: Value = serde_json::from_str(&line).unwrap();
        if record["tokenizer_gen"] != "v3" || !record["flags"].is_null() || !wanted(&record) {
            continue;
        }
        // The order of keys counts, and a parsed value does not keep it.
        let (_, request) = line.split_once("\"request\": ").unwrap();
        let (request, _) = request.rsplit_once(", \"usage\": ").unwrap();
        let request = Request::read(request, None).unwrap();
        let model = record["model_canon"].as_str().unwrap_or_default();
        let Ok(resolved) = Catalog::builtin().resolve(model) else { continue };
        let found = Estimate::of(&request.prompt().unwrap(), resolved.model).tokens.expected().get();
        all += 1;
        exact += usize::from(record["input_total"] == found);
    }
    assert!(at_least * all <= exact * 1000, "{exact} of {all}");
}

#[test]
fn claude_requests_are_counted_as_recorded() {
    check_claude("claude_requests.jsonl.gz", |_| true, 968);
}

#[test]
fn documents_that_are_text_are_counted_as_recorded() {
    let is_text = |record: &Value| {
        let request = record["request"].to_string();
        let text = request.contains("\"format\":\"txt\"") || request.contains("\"text/plain\"");
        text && !request.contains("web_fetch")
    };
    check_claude("claude_media.jsonl.gz", is_text, 700);
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
