//! Reads JSON lines with a member `text` and prints its tokens for Claude 4.6, 4.7 and 4.8, without
//! the message frame. `calibration/differential.py` compares them with the package ctok.

use std::io::{self, BufRead, Write};

use tokenleash::{Catalog, count_tokens};

const MODELS: [&str; 3] = ["claude-sonnet-4-6", "claude-opus-4-7", "claude-opus-4-8"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let row: serde_json::Value = serde_json::from_str(&line?)?;
        let text = row.get("text").and_then(serde_json::Value::as_str).unwrap_or_default();
        for (index, model) in MODELS.into_iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(out, "{gap}{}", count_tokens(text, model, false, Catalog::builtin())?.tokens)?;
        }
        writeln!(out)?;
    }
    Ok(out.flush()?)
}
