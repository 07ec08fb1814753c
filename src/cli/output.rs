//! What goes to standard output.

use std::io::{self, IsTerminal, Write};

use serde_json::{Value, json};
use tokenleash::{Error, Ink};

/// An answer as JSON, or as lines for a person.
pub(super) fn answer(
    json: bool,
    as_json: impl FnOnce() -> String,
    as_text: impl FnOnce(Ink) -> String,
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", as_json())?;
    } else {
        write!(out, "{}", as_text(ink_for(out.is_terminal())))?;
    }
    out.flush()
}

/// Colour only on a terminal, and only for those who want it (<https://no-color.org>).
pub(super) fn ink_for(terminal: bool) -> Ink {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && terminal { Ink::Ansi } else { Ink::Plain }
}

/// A file that cannot be read or written, as JSON.
pub(super) fn file_error_json(name: &str, error: &io::Error) -> Value {
    json!({"error": {"code": "file", "message": format!("{name}: {error}")}})
}

/// An error as JSON, with the place it speaks of, and the line of the file its input stands in.
pub(super) fn error_json(error: &Error, input_line: Option<usize>) -> Value {
    let place = error.place();
    json!({"error": {
        "code": error.kind().code(),
        "message": error.message(),
        "line": place.line,
        "column": place.column,
        "pointer": place.pointer,
        "inputLine": input_line,
    }})
}
