//! What a report wants the reader to know besides its numbers.

use serde::Serialize;

/// Something odd, disputed or assumed. Its code is stable; its message may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// The stable code, in kebab case.
    pub code: &'static str,
    /// One or two sentences for a person.
    pub message: String,
    /// The JSON pointer of what the note is about, where it is about one place.
    pub pointer: Option<String>,
}

impl Note {
    /// A note about the request as a whole.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), pointer: None }
    }

    /// The same note about one place.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }
}
