//! `tokenleash plan`.

use tokenleash::{Error, ErrorKind, Load, Request, check, plan};

use super::{Failure, Outcome, args::PlanArguments, catalog, input, output::answer};

pub(super) fn run(arguments: &PlanArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog())?;
    let mut load = arguments.load();
    if let Some(name) = &arguments.outputs {
        load.outputs = read_outputs(&input::read_text(name)?, name)?;
    }
    if let Some(name) = &arguments.request {
        let request = Request::read_bytes(&input::read(name)?, None)?;
        let report = check(&request, &arguments.options(), &catalog)?;
        let cached = report.input.cache_read + report.input.cache_write;
        let asked = report.output.max_tokens.filter(|_| arguments.max_tokens.is_none());
        let steady = report.advice.iter().find(|advice| advice.code == "add-cache-point");
        load = Load {
            model: report.model.id,
            profile: report.model.profile,
            source_region: report.model.source_region,
            input: report.input.tokens - cached,
            cache_read: report.input.cache_read,
            cache_write: report.input.cache_write,
            cacheable: steady.and_then(|advice| advice.saves_tokens).unwrap_or_default(),
            max_tokens: asked.or(load.max_tokens),
            ..load
        };
    }
    let plan = plan(&load, &catalog)?;
    let json = || serde_json::to_string(&plan).unwrap_or_default();
    answer(arguments.output.json, json, |_| plan.to_text())?;
    Ok(if plan.fits == Some(false) { Outcome::DoesNotFit } else { Outcome::Fits })
}

/// Numbers with anything but digits between them: one a line, a JSON list, a column.
fn read_outputs(text: &str, name: &str) -> Result<Vec<u64>, Error> {
    let wrong = |what: &str| Error::new(ErrorKind::InvalidArgument, format!("{name}: {what}"));
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']'));
    let numbers: Result<Vec<u64>, _> = words
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().map_err(|_| wrong(&format!("\"{word}\" is no number of tokens"))))
        .collect();
    let numbers = numbers?;
    if numbers.is_empty() { Err(wrong("it holds no numbers of output tokens")) } else { Ok(numbers) }
}
