//! `tokenleash count`.

use std::io::{self, BufWriter, Write};

use tokenleash::{Catalog, Error, ErrorKind, TokenCount, count_tokens};

use super::{Failure, Outcome, args::CountArguments, catalog, input, output::error_json};

pub(super) fn run(arguments: &CountArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog.as_deref())?;
    if arguments.jsonl {
        return many(arguments, &catalog);
    }
    let text = input::read_text(&arguments.file)?;
    let count = count_tokens(&text, &arguments.model, arguments.message, &catalog)?;
    let mut out = io::stdout().lock();
    if arguments.output.json {
        writeln!(out, "{}", json(&count))?;
    } else {
        writeln!(out, "{}", count.tokens)?;
        if count.low != count.high {
            eprintln!("between {} and {} for {}", count.low, count.high, count.model);
        }
        for note in &count.notes {
            eprintln!("note: {}", note.message);
        }
    }
    Ok(Outcome::Fits)
}

fn many(arguments: &CountArguments, catalog: &Catalog) -> Result<Outcome, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut faults = 0_u64;
    // A model that is not known is the caller's fault, not the first line's.
    count_tokens("", &arguments.model, false, catalog)?;
    input::each_line(&arguments.file, |number, line| {
        let counted =
            text_of(line).and_then(|text| count_tokens(&text, &arguments.model, arguments.message, catalog));
        match counted {
            Ok(count) => writeln!(out, "{}", json(&count))?,
            Err(error) => {
                faults += 1;
                writeln!(out, "{}", error_json(&error, Some(number)))?;
                eprintln!("tokenleash: {}, line {number}: {error}", arguments.file);
            }
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(if faults == 0 { Outcome::Fits } else { Outcome::BadInput })
}

#[derive(serde::Deserialize)]
struct Line {
    text: String,
}

fn text_of(line: &[u8]) -> Result<String, Error> {
    serde_json::from_slice::<Line>(line)
        .map(|line| line.text)
        .map_err(|fault| Error::new(ErrorKind::InvalidJson, format!("expected {{\"text\": ...}}: {fault}")))
}

fn json(count: &TokenCount) -> String {
    serde_json::to_string(count).unwrap_or_default()
}
