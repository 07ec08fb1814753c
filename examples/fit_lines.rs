//! Fits the request of each line of the input by the options of the same line.
//!
//! `cargo run --release --example fit_lines`: lines `{"request": ..., "options": {...}}` in, receipts
//! with their requests out. `tests/conformance/scoreboard` speaks with it.

use std::{
    error::Error,
    io::{self, BufRead, Write},
};

use serde::Deserialize;
use serde_json::value::RawValue;
use tokenleash::{Catalog, FitOptions, Request, fit};

#[derive(Deserialize)]
struct Line<'l> {
    #[serde(borrow)]
    request: &'l RawValue,
    options: FitOptions,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let Line { request, options } = serde_json::from_str(&line)?;
        let request = Request::read(request.get(), options.check.dialect)?;
        writeln!(out, "{}", fit(&request, &options, Catalog::builtin())?.to_json_with_request())?;
        out.flush()?;
    }
    Ok(())
}
