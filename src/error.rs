//! The one error of the library: what is wrong, and where.
//!
//! An error means that no honest number can be given. Anything merely odd becomes a
//! [`Note`](crate::Note) in the report instead. The kind's code is stable and is what a program
//! tests; the message is for people and may change.

use std::fmt;

/// What went wrong. [`ErrorKind::code`] is stable across releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input has no content at all.
    Empty,
    /// The input is not UTF-8.
    InvalidUtf8,
    /// The input is not JSON (RFC 8259).
    InvalidJson,
    /// An object has the same key twice, so readers would disagree about its meaning.
    DuplicateKey,
    /// Arrays and objects are nested deeper than the reader follows.
    TooDeep,
    /// A known field has a value of the wrong type.
    WrongShape,
    /// A number is negative, fractional or absurdly large where a count is needed.
    OutOfRange,
    /// The JSON matches no request form.
    UnknownDialect,
    /// No model has this name, id or ARN.
    UnknownModel,
    /// A model must be named and was not.
    MissingModel,
    /// No inference profile or source Region has this name, or the model is not offered there.
    UnknownProfile,
    /// A catalog or overlay given by the caller cannot be used.
    InvalidCatalog,
    /// A route that is not offered, or that a residency rule forbids.
    Refused,
    /// Arguments that contradict each other or have no meaning.
    InvalidArgument,
    /// A ledger's ticket that is not open, or not any more.
    UnknownTicket,
}

impl ErrorKind {
    /// The stable code, in kebab case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::InvalidJson => "invalid-json",
            Self::DuplicateKey => "duplicate-key",
            Self::TooDeep => "too-deep",
            Self::WrongShape => "wrong-shape",
            Self::OutOfRange => "out-of-range",
            Self::UnknownDialect => "unknown-dialect",
            Self::UnknownModel => "unknown-model",
            Self::MissingModel => "missing-model",
            Self::UnknownProfile => "unknown-profile",
            Self::InvalidCatalog => "invalid-catalog",
            Self::Refused => "refused",
            Self::InvalidArgument => "invalid-argument",
            Self::UnknownTicket => "unknown-ticket",
        }
    }
}

/// A place in the input, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in Unicode scalar values, from 1.
    pub column: Option<usize>,
    /// The JSON pointer (RFC 6901) of the value at fault; `""` is the whole document.
    pub pointer: Option<String>,
}

/// What is wrong with an input, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    place: Place,
}

impl Error {
    /// An error without a place.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: Place::default() }
    }

    /// The same error at a JSON pointer.
    #[must_use]
    pub fn at_pointer(mut self, pointer: impl Into<String>) -> Self {
        self.place.pointer = Some(pointer.into());
        self
    }

    /// The same error at the byte `offset` of `text`.
    #[must_use]
    pub fn at_offset(mut self, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.place.line = Some(before.matches('\n').count() + 1);
        self.place.column = Some(before.get(line_start..).map_or(0, |line| line.chars().count()) + 1);
        self
    }

    /// The same error of another kind, told as a part of something larger.
    pub(crate) fn within(mut self, kind: ErrorKind, what: &str) -> Self {
        self.kind = kind;
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// The same error of a value that has no text.
    #[cfg(feature = "wasm")]
    pub(crate) fn without_line(mut self) -> Self {
        (self.place.line, self.place.column) = (None, None);
        self
    }

    /// What went wrong.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The message for people, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it went wrong.
    pub const fn place(&self) -> &Place {
        &self.place
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        if let (Some(line), Some(column)) = (self.place.line, self.place.column) {
            write!(out, " (line {line}, column {column})")?;
        }
        match self.place.pointer.as_deref() {
            None => Ok(()),
            Some("") => out.write_str(" (at the top level)"),
            Some(pointer) => write!(out, " (at {pointer})"),
        }
    }
}

impl std::error::Error for Error {}
