//! `tokenleash check`.

use std::io::{self, BufWriter, Write};

use tokenleash::{Catalog, Error, Options, Report, Request};

use super::{
    Failure, Outcome,
    args::CheckArguments,
    catalog, input,
    output::{answer, error_json},
};

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
    let report = one(&input, &options, &catalog)?;
    answer(arguments.output.json, || report.to_json(), |ink| report.to_text(ink))?;
    Ok(if report.fits { Outcome::Fits } else { Outcome::DoesNotFit })
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
