//! `tokenleash fit`.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Write},
};

use tokenleash::{Catalog, Error, Fit, FitOptions, Request};

use super::{
    Failure, Outcome,
    args::FitArguments,
    catalog, input,
    output::{error_json, ink_for},
};

pub(super) fn run(arguments: &FitArguments) -> Result<Outcome, Failure> {
    let catalog = catalog(arguments.check.catalog())?;
    let options = arguments.options();
    if arguments.check.jsonl {
        return many(arguments, &options, &catalog);
    }
    let bytes = input::read(&arguments.check.file)?;
    let fit = one(&bytes, &options, &catalog)?;
    let mut out = io::stdout().lock();
    if arguments.check.output.json {
        writeln!(out, "{}", fit.to_json_with_request())?;
    } else {
        out.write_all(fit.request.as_text().as_bytes())?;
    }
    out.flush()?;
    if let Some(name) = &arguments.receipt {
        let mut file = create(name)?;
        write_line(&mut file, name, &fit.to_json())?;
    }
    if arguments.explain || (arguments.receipt.is_none() && !arguments.check.output.json) {
        let ink = ink_for(io::stderr().is_terminal());
        eprint!("{}", fit.to_text(ink, arguments.explain));
    }
    Ok(if fit.fits { Outcome::Fits } else { Outcome::DoesNotFit })
}

fn one(input: &[u8], options: &FitOptions, catalog: &Catalog) -> Result<Fit, Error> {
    tokenleash::fit(&Request::read_bytes(input, options.check.dialect)?, options, catalog)
}

/// One request a line, in the order of the input, and with `--json` its receipt around it. A request
/// that cannot fit is written unchanged, and a line that cannot be read has its error in its place.
fn many(arguments: &FitArguments, options: &FitOptions, catalog: &Catalog) -> Result<Outcome, Failure> {
    let name = &arguments.check.file;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut receipts =
        arguments.receipt.as_deref().map(|name| Ok::<_, Failure>((create(name)?, name))).transpose()?;
    let (mut lines, mut faults, mut over, mut changed) = (0_u64, 0_u64, 0_u64, 0_u64);
    input::each_line(name, |number, line| {
        lines += 1;
        let receipt = match one(line, options, catalog) {
            Ok(fit) => {
                over += u64::from(!fit.fits);
                changed += u64::from(fit.changed);
                if !fit.fits {
                    eprintln!("tokenleash: {name}, line {number}: cannot fit");
                }
                if arguments.check.output.json {
                    writeln!(out, "{}", fit.to_json_with_request())?;
                } else {
                    writeln!(out, "{}", fit.request.as_text().trim_end())?;
                }
                fit.to_json()
            }
            Err(error) => {
                faults += 1;
                let json = error_json(&error, Some(number)).to_string();
                writeln!(out, "{json}")?;
                eprintln!("tokenleash: {name}, line {number}: {error}");
                json
            }
        };
        match &mut receipts {
            Some((file, name)) => write_line(file, name, &receipt),
            None => Ok(()),
        }
    })?;
    out.flush()?;
    eprintln!(
        "{lines} requests: {} fit, {changed} of them changed, {over} cannot, {faults} could not be read",
        lines - faults - over
    );
    Ok(match (faults, over) {
        (0, 0) => Outcome::Fits,
        (0, _) => Outcome::DoesNotFit,
        _ => Outcome::BadInput,
    })
}

fn create(name: &str) -> Result<File, Failure> {
    File::create(name).map_err(|error| Failure::File(name.to_owned(), error))
}

fn write_line(file: &mut File, name: &str, line: &str) -> Result<(), Failure> {
    writeln!(file, "{line}").map_err(|error| Failure::File(name.to_owned(), error))
}
