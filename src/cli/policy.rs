//! `tokenleash policy`.

use std::io::{self, IsTerminal, Write};

use tokenleash::{Catalog, Error, ErrorKind, IamPolicy, RouteVerdict, grouped, policy};

use super::{
    Failure, Outcome,
    args::PolicyArguments,
    catalog,
    check::{error_json, ink_for},
    input,
};

pub(super) fn run(arguments: &PolicyArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog.as_deref())?;
    let done = match &arguments.explain {
        Some(file) => explain(&input::read_text(file)?, arguments, &catalog),
        None => write(arguments, &catalog),
    };
    match done {
        Err(Failure::Input(error)) => refuse(error, arguments),
        other => other,
    }
}

/// The document alone on standard output; words about it go to standard error.
fn write(arguments: &PolicyArguments, catalog: &Catalog) -> Result<Outcome, Failure> {
    let document = policy(&arguments.options(), catalog)?;
    writeln!(io::stdout().lock(), "{}", document.to_json())?;
    if let Some((length, most)) = document.too_long() {
        let (length, most) = (grouped(length), grouped(most));
        eprintln!(
            "tokenleash: {length} characters are more than the {most} that AWS takes: split it by model"
        );
    }
    Ok(Outcome::Fits)
}

fn explain(text: &str, arguments: &PolicyArguments, catalog: &Catalog) -> Result<Outcome, Failure> {
    let options = arguments.explain_options();
    let explanation = IamPolicy::read(text)?.explain(&options, catalog)?;
    let mut out = io::stdout().lock();
    if arguments.output.json {
        writeln!(out, "{}", serde_json::to_string(&explanation).unwrap_or_default())?;
    } else {
        write!(out, "{}", explanation.to_text(ink_for(io::stdout().is_terminal())))?;
    }
    // Who asks for one profile wants to know whether it works.
    let works = explanation.routes.iter().all(|route| route.verdict == RouteVerdict::Allowed);
    Ok(if options.profile.is_none() || works { Outcome::Fits } else { Outcome::DoesNotFit })
}

/// A route that is not to be had is an answer; anything else is bad input.
fn refuse(error: Error, arguments: &PolicyArguments) -> Result<Outcome, Failure> {
    if arguments.output.json {
        writeln!(io::stdout().lock(), "{}", error_json(&error, None))?;
    }
    if error.kind() == ErrorKind::Refused {
        eprintln!("tokenleash: {error}");
        return Ok(Outcome::DoesNotFit);
    }
    Err(error.into())
}
