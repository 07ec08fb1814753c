//! `tokenleash runbook`.

use std::io::{self, Write};

use tokenleash::{ErrorKind, runbook};

use super::{Failure, Outcome, args::RunbookArguments, catalog};

pub(super) fn run(arguments: &RunbookArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog.as_deref())?;
    match runbook(&arguments.options(), &catalog) {
        Ok(page) => {
            write!(io::stdout().lock(), "{page}")?;
            Ok(Outcome::Fits)
        }
        Err(error) if error.kind() == ErrorKind::Refused => {
            eprintln!("tokenleash: {error}");
            Ok(Outcome::DoesNotFit)
        }
        Err(error) => Err(error.into()),
    }
}
