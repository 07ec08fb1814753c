//! Cuts inside a text: at grapheme boundaries always, and where one is near, at the end of a
//! paragraph, a line, a sentence or a word.
//!
//! A cut is a function of how many tokens may stay, and with more tokens never less stays: each end
//! looks for the best boundary in a window that only moves forward as the tokens grow. Tokens are
//! counted once, in stretches from the end that stays, so a cut costs what it keeps.

mod boundary;
mod json;
mod reads;
mod stretch;

use std::{borrow::Cow, ops::Range};

use crate::{
    count::{Counter, Known},
    fit::options::CutAt,
    json::{Json, Value, edit::quoted},
};

use boundary::Boundaries;
use json::JsonCut;
pub(super) use reads::Reads;
use stretch::{prefix_within, suffix_within};

/// By how many tokens what is left may grow with a token less, where it meets the marker elsewhere.
const SWAY: u64 = 6;

/// A text that can be cut.
pub(super) struct Cutter<'t> {
    text: Cow<'t, str>,
    way: Way,
    reads: Reads,
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
    /// A cutter for a text; one that is JSON stays JSON where it stands in a result.
    pub(super) fn of_text(text: &'t str, at: CutAt, reads: Reads, counter: Counter, marker: &'t str) -> Self {
        let looks = reads.is_result() && text.trim_start().starts_with(['{', '[']);
        let json = if looks { Json::parse(text).ok() } else { None };
        let json = json.and_then(|json| JsonCut::new(json, reads, counter));
        let way = json.map_or(Way::Plain, |json| Way::Json(Box::new(json)));
        Self { text: text.into(), way, reads, at, counter, marker }
    }

    /// A cutter for a JSON value that the model sees written out.
    pub(super) fn of_value(
        value: Value<'t>,
        at: CutAt,
        reads: Reads,
        counter: Counter,
        marker: &'t str,
    ) -> Option<Self> {
        let json = JsonCut::new(Json::parse(value.raw()).ok()?, reads, counter)?;
        Some(Self { text: value.raw().into(), way: Way::Json(Box::new(json)), reads, at, counter, marker })
    }

    /// The tokens of the whole text, standing alone.
    pub(super) fn tokens(&self, known: &mut Known) -> u64 {
        self.tokens_of(&self.text, known)
    }

    /// The tokens of what is left of it.
    fn tokens_of(&self, text: &str, known: &mut Known) -> u64 {
        known.count(&self.reads.whole(text))
    }

    /// The tokens of the marker.
    pub(super) fn marker_tokens(&self) -> u64 {
        self.counter.count(&self.reads.words(self.marker))
    }

    /// The shortest that the text gets, its tokens, and the fewest tokens for [`Cutter::within`]: no fewer
    /// than `least`, though the shortest may have fewer.
    pub(super) fn shortest(&self, least: u64, known: &mut Known) -> Option<(Shortened, u64, u64)> {
        let fewest = match &self.way {
            Way::Plain => self.marker_tokens(),
            Way::Json(json) => json.least(self.counter, self.marker),
        };
        let tokens = fewest.max(least);
        let shortest = self.cut(tokens)?;
        let left = self.tokens_of(&shortest.text, known);
        Some((shortest, left, tokens.max(left)))
    }

    /// What is left of the text within so many tokens, the marker included, and its tokens; `None`
    /// where nothing can be taken out so.
    ///
    /// It is the longest cut for no more tokens that has no more: with more tokens never less stays.
    pub(super) fn within(&self, tokens: u64, known: &mut Known) -> Option<(Shortened, u64)> {
        let mut most = tokens;
        loop {
            let short = self.cut(most)?;
            let left = self.tokens_of(&short.text, known);
            let Some(over) = left.checked_sub(tokens).filter(|over| 0 < *over) else {
                return Some((short, left));
            };
            most = most.checked_sub(over.saturating_sub(SWAY).max(1))?;
        }
    }

    /// The cut for about so many tokens.
    fn cut(&self, tokens: u64) -> Option<Shortened> {
        match &self.way {
            Way::Plain => {
                let kept = tokens.checked_sub(self.marker_tokens())?;
                shorten(&self.text, self.at, self.reads, kept, self.counter, self.marker)
            }
            Way::Json(json) => json.cut(self.at, tokens, self.counter, self.marker),
        }
    }
}

/// A plain text with so many of its tokens and the marker in the place of the others.
fn shorten(
    text: &str,
    at: CutAt,
    reads: Reads,
    tokens: u64,
    counter: Counter,
    marker: &str,
) -> Option<Shortened> {
    let (head, tail) = at.share(tokens);
    let read = reads.words(text);
    let head = reads.place(text, prefix_within(&read, head, counter), false);
    let tail = reads.place(text, suffix_within(&read, tail, counter), true);
    cut_between(text, head, tail, marker)
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
