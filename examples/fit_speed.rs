//! How long a fit takes, by the length of the history.
//!
//! `cargo run --release --example fit_speed`

#![allow(clippy::indexing_slicing)]

use std::time::Instant;

use serde_json::{Value, json};
use tokenleash::{Catalog, FitOptions, FitRules, Options, Request, fit};

/// Words in the mix of real prose about the subject.
const WORDS: &str = include_str!("../README.md");

/// Prose of so many bytes, never the same twice.
fn text(bytes: usize, seed: usize) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut text = String::with_capacity(bytes + 16);
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    while text.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(words[(state >> 33) % words.len()]);
        text.push(' ');
    }
    text
}

fn conversation(messages: usize, result_bytes: usize) -> Value {
    let mut said: Vec<Value> = (0..messages)
        .map(|index| {
            let role = if index % 2 == 0 { "user" } else { "assistant" };
            json!({"role": role, "content": [{"text": text(2_000, index)}]})
        })
        .collect();
    if result_bytes != 0 {
        said.push(json!({"role": "user", "content": [{"text": "Read the file."}]}));
        said.push(json!({"role": "assistant", "content": [{"toolUse": {"toolUseId": "c1", "name": "read", "input": {}}}]}));
        let result = json!({"toolUseId": "c1", "content": [{"text": text(result_bytes, 7)}]});
        said.push(json!({"role": "user", "content": [{"toolResult": result}]}));
    } else {
        said.push(json!({"role": "user", "content": [{"text": "And now?"}]}));
    }
    json!({"messages": said, "toolConfig": {"tools": [{"toolSpec": {"name": "read", "inputSchema": {"json": {}}}}]},
        "inferenceConfig": {"maxTokens": 1_000}})
}

fn main() -> Result<(), tokenleash::Error> {
    println!(
        "{:>9} {:>9} {:>8} {:>9} {:>9} {:>9} {:>10}",
        "messages", "result", "budget", "before", "after", "ms", "check ms"
    );
    for (messages, result_bytes) in
        [(100, 0), (200, 0), (400, 0), (800, 0), (1_600, 0), (3_200, 0), (3_200, 10_000_000), (2, 10_000_000)]
    {
        let input = conversation(messages, result_bytes).to_string();
        for share in [10, 50, 90] {
            let options = Options { model: Some("claude-sonnet-4-6".to_owned()), ..Options::default() };
            let request = Request::read(&input, None)?;
            let whole = tokenleash::check(&request, &options, Catalog::builtin())?.input.high;
            let how = FitRules { target_input: Some(whole * share / 100), ..FitRules::default() };
            let options = FitOptions { check: options, how };
            let mut best = u128::MAX;
            let mut checked = u128::MAX;
            let mut sizes = (0, 0);
            for _ in 0..5 {
                let start = Instant::now();
                let fitted = fit(&Request::read(&input, None)?, &options, Catalog::builtin())?;
                best = best.min(start.elapsed().as_micros());
                sizes = (fitted.before.tokens, fitted.after.tokens);
                // The context window is a limit too: of the largest histories no more stays.
                assert!(fitted.fits && fitted.after.high <= whole * share / 100);
                let start = Instant::now();
                tokenleash::check(&Request::read(&input, None)?, &options.check, Catalog::builtin())?;
                checked = checked.min(start.elapsed().as_micros());
            }
            println!(
                "{messages:>9} {result_bytes:>9} {share:>7}% {:>9} {:>9} {:>6}.{} {:>8}.{}",
                sizes.0,
                sizes.1,
                best / 1_000,
                best % 1_000 / 100,
                checked / 1_000,
                checked % 1_000 / 100
            );
        }
    }
    Ok(())
}
