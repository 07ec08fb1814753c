//! Cuts inside a text: at grapheme boundaries always, and where one is near, at the end of a
//! paragraph, a line, a sentence or a word.
//!
//! A cut is a function of how many tokens may stay, and with more tokens never less stays: each end
//! looks for the best boundary in a window that only moves forward as the tokens grow. Tokens are
//! counted once, in stretches from the end that stays, so a cut costs what it keeps.

mod boundary;
mod json;
mod stretch;

use std::{borrow::Cow, ops::Range};

use crate::{
    count::Counter,
    fit::options::CutAt,
    json::{Json, Value, edit::quoted},
};

use boundary::Boundaries;
use json::JsonCut;
use stretch::{prefix_within, suffix_within};

/// A text that can be cut.
pub(super) struct Cutter<'t> {
    text: Cow<'t, str>,
    way: Way,
    at: CutAt,
    counter: Counter,
    marker: &'t str,
}

enum Way {
    Plain,
    /// The text is JSON and stays JSON.
    Json(Box<JsonCut>),
}

/// A shortened text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shortened {
    /// What stands in its place.
    pub(super) text: String,
    /// The bytes of the original that are gone.
    pub(super) removed: Range<usize>,
}

impl<'t> Cutter<'t> {
    /// A cutter for a text; `may_be_json` where a text that is JSON has to stay JSON.
    pub(super) fn new(
        text: Cow<'t, str>,
        at: CutAt,
        may_be_json: bool,
        counter: Counter,
        marker: &'t str,
    ) -> Self {
        let looks = may_be_json && text.trim_start().starts_with(['{', '[']);
        let json = if looks { Json::parse(text.as_ref()).ok() } else { None };
        let json = json.and_then(|json| JsonCut::new(json, false, counter));
        let way = json.map_or(Way::Plain, |json| Way::Json(Box::new(json)));
        Self { text, way, at, counter, marker }
    }

    /// A cutter for a JSON value that the model sees written out.
    pub(super) fn of_value(value: Value<'t>, at: CutAt, counter: Counter, marker: &'t str) -> Option<Self> {
        let json = JsonCut::new(Json::parse(value.raw()).ok()?, true, counter)?;
        Some(Self { text: value.raw().into(), way: Way::Json(Box::new(json)), at, counter, marker })
    }

    /// The tokens of the whole text, standing alone.
    pub(super) fn tokens(&self) -> u64 {
        self.tokens_of(&self.text)
    }

    /// The tokens of what is left of it.
    pub(super) fn tokens_of(&self, text: &str) -> u64 {
        match &self.way {
            Way::Plain => self.counter.count(text),
            Way::Json(json) => json.tokens_of(text, self.counter),
        }
    }

    /// The tokens of the marker.
    pub(super) fn marker_tokens(&self) -> u64 {
        self.counter.count(self.marker)
    }

    /// The fewest tokens that something can be left within.
    pub(super) fn least(&self) -> u64 {
        match &self.way {
            Way::Plain => self.marker_tokens(),
            Way::Json(json) => json.least(self.counter, self.marker),
        }
    }

    /// What is left of the text within so many tokens, the marker included; `None` where nothing can
    /// be taken out so.
    pub(super) fn within(&self, tokens: u64) -> Option<Shortened> {
        match &self.way {
            Way::Plain => {
                let kept = tokens.checked_sub(self.marker_tokens())?;
                shorten(&self.text, self.at, kept, self.counter, self.marker)
            }
            Way::Json(json) => json.within(self.at, tokens, self.counter, self.marker),
        }
    }
}

/// A plain text with so many of its tokens and the marker in the place of the others.
fn shorten(text: &str, at: CutAt, tokens: u64, counter: Counter, marker: &str) -> Option<Shortened> {
    let (head, tail) = at.share(tokens);
    cut_between(text, prefix_within(text, head, counter), suffix_within(text, tail, counter), marker)
}

/// A text without what stands between two places, or between better ones near them.
fn cut_between(text: &str, head: usize, tail: usize, marker: &str) -> Option<Shortened> {
    let boundaries = Boundaries::of(text);
    let (from, to) = (boundaries.before(head), boundaries.after(tail));
    if to <= from {
        return None;
    }
    let before = text.get(..from)?;
    let after = text.get(to..)?;
    // A marker between whole lines stands on a line of its own.
    let line = before.ends_with('\n') && !after.is_empty() && text.get(..to)?.ends_with('\n');
    let end = if line { "\n" } else { "" };
    Some(Shortened { text: format!("{before}{marker}{end}{after}"), removed: from..to })
}

impl CutAt {
    /// The tokens that stay at the beginning and at the end.
    const fn share(self, tokens: u64) -> (u64, u64) {
        match self {
            Self::Head => (0, tokens),
            Self::Tail => (tokens, 0),
            Self::Middle => (tokens - tokens / 2, tokens / 2),
        }
    }
}

/// The JSON text of a string.
pub(super) fn as_json(text: &str) -> String {
    quoted(text)
}
