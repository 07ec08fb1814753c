//! Arguments, files and exit codes: everything the core does not do.

mod args;
mod check;
mod count;
mod fit;
mod input;
mod models;
mod output;
mod plan;
mod policy;
mod replay;
mod route;
mod runbook;
mod settle;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{CommandFactory, Parser};

use args::{Arguments, Command};
use tokenleash::{Catalog, Error, ErrorKind};

/// How a command ended.
pub(crate) enum Outcome {
    /// Done, or everything fits.
    Fits,
    /// Something does not fit.
    DoesNotFit,
    /// Something could not be read.
    BadInput,
}

/// Why a command stopped.
pub(crate) enum Failure {
    /// The input or an argument is at fault.
    Input(Error),
    /// A file is at fault.
    File(String, io::Error),
    /// Nobody reads the output any more.
    Output(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Input(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.command.prints_json();
    match dispatch(arguments.command) {
        Ok(Outcome::Fits) => ExitCode::SUCCESS,
        Ok(Outcome::DoesNotFit) => ExitCode::from(1),
        Ok(Outcome::BadInput) => ExitCode::from(2),
        // A reader that closed the pipe has what it wanted.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            let (message, as_json, code) = match failure {
                // A route that is not to be had is an answer; anything else is bad input.
                Failure::Input(error) => {
                    let code = if error.kind() == ErrorKind::Refused { 1 } else { 2 };
                    (error.to_string(), Some(output::error_json(&error, None)), code)
                }
                Failure::File(name, error) => {
                    (format!("{name}: {error}"), Some(output::file_error_json(&name, &error)), 2)
                }
                Failure::Output(error) => (error.to_string(), None, 2),
            };
            eprintln!("tokenleash: {message}");
            if let Some(as_json) = as_json.filter(|_| json) {
                // Who does not read it has the exit code.
                let _ = writeln!(io::stdout(), "{as_json}");
            }
            ExitCode::from(code)
        }
    }
}

fn dispatch(command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Fit(arguments) => fit::run(&arguments),
        Command::Count(arguments) => count::run(&arguments),
        Command::Settle(arguments) => settle::run(&arguments),
        Command::Plan(arguments) => plan::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Sql(arguments) => {
            let catalog = catalog(arguments.catalog())?;
            writeln!(io::stdout().lock(), "{}", arguments.query(&catalog)?.trim_end())?;
            Ok(Outcome::Fits)
        }
        Command::Models(arguments) => models::run(&arguments),
        Command::Route(arguments) => route::run(&arguments),
        Command::Policy(arguments) => policy::run(&arguments),
        Command::Runbook(arguments) => runbook::run(&arguments),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "tokenleash", &mut io::stdout());
            Ok(Outcome::Fits)
        }
        Command::Man => {
            clap_mangen::Man::new(Arguments::command()).render(&mut io::stdout())?;
            Ok(Outcome::Fits)
        }
    }
}

/// The compiled-in catalog, or it with the caller's laid over it.
pub(crate) fn catalog(overlay: Option<&str>) -> Result<Catalog, Failure> {
    match overlay {
        None => Ok(Catalog::builtin().clone()),
        Some(name) => {
            let text = input::read_text(name)?;
            Ok(Catalog::builtin().overlaid(&text)?)
        }
    }
}
