//! `tokenleash runbook`.

use std::io::{self, Write};

use tokenleash::runbook;

use super::{Failure, Outcome, args::RunbookArguments, catalog};

pub(super) fn run(arguments: &RunbookArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog.as_deref())?;
    write!(io::stdout().lock(), "{}", runbook(&arguments.options(), &catalog)?)?;
    Ok(Outcome::Fits)
}
