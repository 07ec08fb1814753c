//! `tokenleash route`.

use tokenleash::route;

use super::{Failure, Outcome, args::RouteArguments, catalog, output::answer};

pub(super) fn run(arguments: &RouteArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog.as_deref())?;
    let report = route(&arguments.options(), &catalog)?;
    answer(arguments.output.json, || report.to_json(), |ink| report.to_text(ink))?;
    Ok(if report.allowed { Outcome::Fits } else { Outcome::DoesNotFit })
}
