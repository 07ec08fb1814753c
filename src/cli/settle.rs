//! `tokenleash settle`.

use std::io::{self, Write};

use serde::Serialize;
use tokenleash::{Correction, Options, Request, Settlement, Usage, calibrate, dollars, grouped, settle};

use super::{Failure, Outcome, args::SettleArguments, catalog, input};

/// A settlement, and what its usage teaches.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    settlement: &'a Settlement,
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<&'a Correction>,
}

pub(super) fn run(arguments: &SettleArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.rules.catalog.as_deref())?;
    let observed = input::read_observed(arguments.observed.as_deref())?;
    let usage = Usage { observed, ..arguments.usage() };
    let settlement = settle(&usage, &catalog)?;
    let correction = match (&arguments.request, observed) {
        (Some(name), Some(observed)) => {
            let options = Options {
                model: Some(usage.model),
                profile: usage.profile,
                allow_unknown: usage.allow_unknown,
                ..Options::default()
            };
            let request = Request::read_bytes(&input::read(name)?, None)?;
            Some(calibrate(&request, observed, &options, &catalog)?)
        }
        _ => None,
    };
    let mut out = io::stdout().lock();
    if arguments.show.json {
        let answer = Answer { settlement: &settlement, correction: correction.as_ref() };
        writeln!(out, "{}", serde_json::to_string(&answer).unwrap_or_default())?;
    } else {
        write(&settlement, &mut out)?;
        if let Some(correction) = &correction {
            writeln!(out, "{}", correction.to_text())?;
        }
    }
    Ok(if settlement.fits { Outcome::Fits } else { Outcome::DoesNotFit })
}

fn write(settlement: &Settlement, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "settlement   {:>11}  quota tokens (output x {})",
        grouped(settlement.settlement),
        settlement.burndown_rate
    )?;
    if let (Some(reservation), Some(charge)) = (settlement.reservation, settlement.charge) {
        writeln!(out, "reservation  {:>11}  deducted at the start", grouped(reservation))?;
        writeln!(out, "charge       {:>11}  the larger of the two", grouped(charge))?;
    }
    writeln!(out, "billed       {:>11}  tokens", grouped(settlement.billed_tokens))?;
    if let Some(cost) = &settlement.cost {
        writeln!(out, "cost         {:>11}", dollars(cost.total_worst_micro_usd))?;
    }
    for judgement in &settlement.limits {
        let name = serde_json::to_string(&judgement.limit).unwrap_or_default();
        let name = name.trim_matches('"');
        let of = judgement.of.map(grouped).unwrap_or_default();
        let (number, word) = match (judgement.headroom, judgement.short_by) {
            (Some(left), _) => (left, "left"),
            (None, short) => (short.unwrap_or_default(), "short"),
        };
        writeln!(out, "{name:<11}  {:>11}  {word} of {of}", grouped(number))?;
    }
    for note in &settlement.notes {
        writeln!(out, "note  {}", note.message)?;
    }
    Ok(())
}
