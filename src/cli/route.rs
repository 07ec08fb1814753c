//! `tokenleash route`.

use std::io::{self, IsTerminal, Write};

use tokenleash::route;

use super::{
    Failure, Outcome,
    args::RouteArguments,
    catalog,
    check::{error_json, ink_for},
};

pub(super) fn run(arguments: &RouteArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog.as_deref())?;
    let mut out = io::stdout().lock();
    let report = match route(&arguments.options(), &catalog) {
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
    Ok(if report.allowed { Outcome::Fits } else { Outcome::DoesNotFit })
}
