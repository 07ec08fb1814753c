//! `tokenleash replay`: files in, findings out.

mod lines;
mod read;
mod source;
mod state;

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use tokenleash::{FindOptions, Findings, QuotaFinding, Replay};

use super::{Failure, Outcome, args::ReplayArguments, catalog, output::answer};
use source::Sources;
use state::Known;

pub(super) fn run(arguments: &ReplayArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.catalog())?;
    let settings = arguments.settings();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    let options = arguments.find_options(now.and_then(|now| i64::try_from(now.as_secs()).ok()));
    // Faults of the options show before an hour of reading, not after it.
    Replay::new(settings.clone(), &catalog)?
        .findings(&FindOptions { tpm_of: Vec::new(), ..options.clone() })?;
    let sources = Sources::find(&arguments.paths)?;
    let known = Known::load(arguments.state.as_deref(), &settings, &catalog)?;
    let threads = arguments
        .threads
        .map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from);
    let known = read::read(&sources, known, threads, arguments.state.as_deref())?;
    if let Some(name) = &arguments.state {
        known.save(name)?;
    }
    let mut findings = known.replay.findings(&options)?;
    findings.input = known.input(&sources);
    if let Some(name) = &arguments.html {
        let page = findings.to_html();
        fs::write(name, page).map_err(|error| Failure::File(name.clone(), error))?;
    }
    answer(arguments.output.json, || findings.to_json(), |ink| findings.to_text(ink))?;
    if findings.calls == 0 {
        eprintln!(
            "tokenleash: no call of a model in {} lines of {} files: is this a model invocation log?",
            findings.input.lines, findings.input.files
        );
        return Ok(Outcome::BadInput);
    }
    Ok(if holds(&findings) { Outcome::Fits } else { Outcome::DoesNotFit })
}

/// Whether the limits and rules that the caller gave hold; AWS's defaults are no rule of the caller's.
fn holds(findings: &Findings) -> bool {
    let over = |quota: &QuotaFinding| {
        !quota.is_default_quota() && quota.actual.minutes_over.is_some_and(|over| over.either != 0)
    };
    findings.residency.outside == 0 && !findings.quotas.iter().any(over)
}
