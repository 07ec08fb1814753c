//! How a frame writes what a tool gave back: a fit shortens texts by what the model reads of them.

use std::borrow::Cow;

use super::chat::{Calls, compact};
use crate::{
    catalog::FrameRules,
    json::{
        Json, Value,
        python::{Style, dumps},
        write_python,
    },
    prompt::Prompt,
};

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Texts as they are, values as Python writes them.
    Plain,
    /// Texts as they are, values without white space.
    Compact,
    /// As elements of a list, all in ASCII: JSON as it is, other text as a string.
    Listed,
}

impl Form {
    /// A value.
    pub(crate) fn value(self, value: Value<'_>) -> String {
        match self {
            Self::Plain => dumps(value, Style::default()),
            Self::Compact => compact::value(value),
            Self::Listed => dumps(value, Style { ascii: true, ..Style::default() }),
        }
    }

    /// A text that is a whole result.
    pub(crate) fn text(self, text: &str) -> Cow<'_, str> {
        if self != Self::Listed {
            return text.into();
        }
        let json = Json::parse(text).map(|json| self.value(json.root()));
        json.unwrap_or_else(|_| self.string(text)).into()
    }

    /// A string of JSON, in its quotes.
    pub(crate) fn string(self, text: &str) -> String {
        let mut written = String::with_capacity(text.len() + 2);
        write_python(text, self == Self::Listed, &mut written);
        written
    }
}

/// The form of each result of a conversation.
pub(crate) struct Forms<'p> {
    other: Form,
    calls: Option<Calls<'p>>,
}

impl<'p> Forms<'p> {
    pub(in crate::count) fn of(prompt: &'p Prompt<'_>, rules: &FrameRules) -> Self {
        match rules {
            FrameRules::Chat(rules) => {
                Self { other: Form::Compact, calls: Some(Calls::of(&prompt.messages, rules)) }
            }
            _ => Self { other: Form::Plain, calls: None },
        }
    }

    /// The form of the result of a call.
    pub(crate) fn of_result(&self, id: &str) -> Form {
        let listed = self.calls.as_ref().is_some_and(|calls| calls.is_parallel(id));
        if listed { Form::Listed } else { self.other }
    }
}
