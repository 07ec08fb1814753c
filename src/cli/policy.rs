//! `tokenleash policy`.

use std::io::{self, Write};

use tokenleash::{Catalog, IamPolicy, RouteVerdict, grouped, policy};

use super::{Failure, Outcome, args::PolicyArguments, catalog, input, output::answer};

pub(super) fn run(arguments: &PolicyArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog.as_deref())?;
    match &arguments.explain {
        Some(file) => explain(&input::read_text(file)?, arguments, &catalog),
        None => write(arguments, &catalog),
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
    let json = || serde_json::to_string(&explanation).unwrap_or_default();
    answer(arguments.output.json, json, |ink| explanation.to_text(ink))?;
    // Who asks for one profile wants to know whether it works.
    let works = explanation.routes.iter().all(|route| route.verdict == RouteVerdict::Allowed);
    Ok(if options.profile.is_none() || works { Outcome::Fits } else { Outcome::DoesNotFit })
}
