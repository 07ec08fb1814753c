//! `tokenleash check`.

use std::io::{self, BufWriter, IsTerminal, Write};

use serde_json::{Value, json};
use tokenleash::{Catalog, Error, Ink, Options, Report, Request};

use super::{Failure, Outcome, args::CheckArguments, catalog, input};

pub(super) fn run(arguments: &CheckArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog())?;
    let options = Options {
        observed: input::read_observed(arguments.observed.as_deref())?,
        correction: input::read_correction(arguments.correction.as_deref())?,
        ..arguments.options()
    };
    if arguments.jsonl {
        return many(&arguments.file, &options, &catalog);
    }
    let input = input::read(&arguments.file)?;
    let mut out = io::stdout().lock();
    let report = match one(&input, &options, &catalog) {
        Ok(report) => report,
        Err(error) => {
            if arguments.output.json {
                writeln!(out, "{}", error_json(&error, None))?;
            }
            return Err(error.into());
        }
    };
    if arguments.output.json {
        writeln!(out, "{}", report.to_json())?;
    } else {
        write!(out, "{}", report.to_text(ink_for(io::stdout().is_terminal())))?;
    }
    Ok(if report.fits { Outcome::Fits } else { Outcome::DoesNotFit })
}

/// Colour only on a terminal, and only for those who want it (<https://no-color.org>).
pub(super) fn ink_for(terminal: bool) -> Ink {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && terminal { Ink::Ansi } else { Ink::Plain }
}

fn one(input: &[u8], options: &Options, catalog: &Catalog) -> Result<Report, Error> {
    tokenleash::check(&Request::read_bytes(input, options.dialect)?, options, catalog)
}

/// One report a line, in the order of the input; a line that cannot be read has its error in its
/// place and the rest goes on.
fn many(file: &str, options: &Options, catalog: &Catalog) -> Result<Outcome, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut lines, mut faults, mut over) = (0_u64, 0_u64, 0_u64);
    input::each_line(file, |number, line| {
        lines += 1;
        match one(line, options, catalog) {
            Ok(report) => {
                over += u64::from(!report.fits);
                writeln!(out, "{}", report.to_json())?;
            }
            Err(error) => {
                faults += 1;
                writeln!(out, "{}", error_json(&error, Some(number)))?;
                eprintln!("tokenleash: {file}, line {number}: {error}");
            }
        }
        Ok(())
    })?;
    out.flush()?;
    eprintln!("{lines} requests: {} fit, {over} do not, {faults} could not be read", lines - faults - over);
    Ok(match (faults, over) {
        (0, 0) => Outcome::Fits,
        (0, _) => Outcome::DoesNotFit,
        _ => Outcome::BadInput,
    })
}

/// An error as JSON, with the place it speaks of, and the line of the file its input stands in.
pub(super) fn error_json(error: &Error, input_line: Option<usize>) -> Value {
    let place = error.place();
    json!({"error": {
        "code": error.kind().code(),
        "message": error.message(),
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
        "inputLine": input_line,
    }})
}
