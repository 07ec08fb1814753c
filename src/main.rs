//! The command-line program. What it prints is data on standard output and words on standard error;
//! it exits with 0 when a request fits or the work is done, 1 when a request does not fit, and 2 for
//! input or arguments that cannot be used.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
