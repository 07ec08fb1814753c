//! What the model reads of a text, by which it is counted.

use std::borrow::Cow;

use crate::{
    count::Form,
    json::{Json, Value},
};

/// How the model reads a text.
#[derive(Clone, Copy, Debug)]
pub(in crate::fit) enum Reads {
    /// As it is.
    Words,
    /// A text that is a whole result.
    Result(Form),
    /// One text of several in a result.
    Part(Form),
    /// A value that is a whole result, or one of several in it.
    Value { form: Form, part: bool },
}

impl Reads {
    /// How a text of a result is read.
    pub(in crate::fit) const fn of_text(form: Form, part: bool) -> Self {
        if part { Self::Part(form) } else { Self::Result(form) }
    }

    pub(super) const fn is_result(self) -> bool {
        !matches!(self, Self::Words)
    }

    /// The whole text: of a value its JSON.
    pub(super) fn whole(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Words => text.into(),
            Self::Result(form) => form.text(text),
            Self::Part(_) => self.words(text),
            Self::Value { .. } => Json::parse(text)
                .map_or_else(|_| text.into(), |json| self.value(json.root()).into_owned().into()),
        }
    }

    /// Some of a text's words.
    pub(super) fn words(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Result(Form::Listed) | Self::Part(Form::Listed) => inner(Form::Listed, text).into(),
            _ => text.into(),
        }
    }

    /// The place in a text that a place in what the model reads of it is: inside an escape the next one,
    /// or the one before.
    pub(super) fn place(self, text: &str, read: usize, up: bool) -> usize {
        match self {
            Self::Result(Form::Listed) | Self::Part(Form::Listed) => place(text, read, up, 1, true),
            _ => read,
        }
    }

    /// The same for what is read of a string inside JSON, without its quotes.
    pub(super) fn place_in_string(self, text: &str, read: usize, up: bool) -> usize {
        let (form, again) = self.string_form();
        place(text, read, up, if again { 2 } else { 1 }, form == Form::Listed)
    }

    /// A value inside JSON.
    pub(super) fn value(self, value: Value<'_>) -> Cow<'_, str> {
        match self {
            Self::Value { form: form @ Form::Listed, part: true } => inner(form, &form.value(value)).into(),
            Self::Result(form @ Form::Listed) | Self::Value { form, .. } => form.value(value).into(),
            Self::Part(form @ Form::Listed) => inner(form, value.raw()).into(),
            Self::Words | Self::Result(_) | Self::Part(_) => value.raw().into(),
        }
    }

    /// A string inside JSON, in its quotes.
    pub(super) fn string(self, text: &str) -> String {
        let (form, again) = self.string_form();
        let string = form.string(text);
        if again { inner(form, &string) } else { string }
    }

    /// A string inside JSON, without its quotes.
    pub(super) fn in_string(self, text: &str) -> String {
        let (form, again) = self.string_form();
        let string = inner(form, text);
        if again { inner(form, &string) } else { string }
    }

    /// How a string inside JSON is written, and whether what that makes is a string again.
    fn string_form(self) -> (Form, bool) {
        match self {
            Self::Words => (Form::Plain, false),
            Self::Result(form) | Self::Value { form, part: false } => (form, false),
            Self::Part(form) | Self::Value { form, part: true } => (form, form == Form::Listed),
        }
    }
}

fn place(text: &str, read: usize, up: bool, times: u8, ascii: bool) -> usize {
    let mut at = 0;
    for (offset, character) in text.char_indices() {
        if read <= at {
            return offset;
        }
        at += width(character, times, ascii);
        if read < at && !up {
            return offset;
        }
    }
    text.len()
}

/// The bytes that a character takes in a string of JSON, written as one so many times over.
fn width(character: char, times: u8, ascii: bool) -> usize {
    let once = match character {
        _ if times == 0 => return character.len_utf8(),
        '"' | '\\' => return 2 * usize::from(times),
        '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        '\u{80}'.. if ascii => 6 * character.len_utf16(),
        other => return other.len_utf8(),
    };
    // Of an escape the backslash is escaped again.
    once + usize::from(times - 1) * once.div_ceil(6)
}

/// A text as a string of JSON, without the quotes.
fn inner(form: Form, text: &str) -> String {
    let mut string = form.string(text);
    string.pop();
    string.remove(0);
    string
}
