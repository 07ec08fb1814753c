//! Token counts of Claude models, offline: an engine of its own over measured vocabularies.
//!
//! Text is folded ([`normalize`]), split into runs of one class that get border markers
//! ([`runs`]), words get case markers ([`marks`]), and each run is covered with as few pieces of
//! the vocabulary as possible ([`tiling`]). The counts are those of the package `ctok` 1.3.0,
//! string for string; `calibration/differential.py` compares the two.
//!
//! # The edges of a text
//!
//! [`count_part`] may take the whole content of one message, so its edges touch the frame:
//!
//! * **Start, v3 and v4.7.** The frame ends in a begin-of-word marker. One leading space (a real
//!   one, not followed by another) is free; a first word or sign absorbs the marker; a first ASCII
//!   digit, ideograph, emoji, tab or newline pays 1 for it; the empty text pays 1.
//! * **Start, v5.** The frame ends in nothing: a leading space costs 1, the empty text 0.
//! * **End, all families.** Closing newlines merge into the frame: up to 28 (v4.7 and v5: fewer)
//!   are free. Other closing whitespace is paid.
//!
//! A conversation that is written as one string is counted at once, or pushed into one [`Stream`]:
//! its inner seams are then ordinary text and the edges apply once. A part between safe splits is
//! counted without the edges it does not touch.

#![allow(
    clippy::cast_possible_truncation,
    reason = "offsets in tables of known size, and bytes masked before"
)]

mod characters;
mod composition;
mod counter;
#[cfg(test)]
mod laws;
mod marks;
mod memo;
mod normalize;
mod runs;
mod splits;
mod stream;
mod tiling;
mod trace;
mod trie;
mod vocabulary;

pub use splits::is_safe_split;
use splits::next_safe_split;
pub(super) use stream::INSIDE;
pub use stream::Stream;

use counter::{Counter, Sum};
use runs::Before;
use trace::Trace;
use vocabulary::Pieces;

/// A tokenizer generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Claude 3 to 4.6.
    V3,
    /// Claude Opus 4.7.
    V47,
    /// Claude Opus 4.8, Sonnet 5, Opus 5 and later: the vocabulary of 4.7 in another frame.
    V5,
}

impl Family {
    fn pieces(self) -> Pieces {
        match self {
            Family::V3 => Pieces::V3,
            Family::V47 | Family::V5 => Pieces::V47,
        }
    }

    /// Whether curly quotes become straight ones.
    fn folds_quotes(self) -> bool {
        self == Family::V3
    }

    /// Whether the frame before a message ends in a begin-of-word marker.
    fn frame_has_marker(self) -> bool {
        self != Family::V5
    }
}

/// Which edges of a message a part of it touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edges {
    /// The part starts where the message starts.
    pub opens: bool,
    /// The part ends where the message ends.
    pub closes: bool,
}

impl Edges {
    /// A whole message.
    pub const BOTH: Edges = Edges { opens: true, closes: true };
}

/// Tokens of `text` as the content of one message, without the frame around it.
#[cfg(test)]
#[must_use]
pub fn count(family: Family, text: &str) -> u64 {
    count_part(family, text, Edges::BOTH)
}

/// Tokens of one part of a message. The counts of parts that are cut at safe splits
/// ([`is_safe_split`]) add up to the count of the message.
#[must_use]
pub fn count_part(family: Family, part: &str, edges: Edges) -> u64 {
    Counter::with(family.pieces(), part.len(), |counter| {
        let mut tokens = 0;
        for (_, chunk, edges) in Chunks::new(part, edges) {
            let folded = normalize::fold(chunk, family.folds_quotes(), false);
            let bounds = Bounds::of(family, chunk, &folded.text, edges);
            let mut sum = Sum { text: folded.text.get(..bounds.end).unwrap_or_default(), counter, tokens: 0 };
            bounds.split(sum.text, &mut sum);
            tokens += sum.tokens;
            tokens += counter.closing_newlines(bounds.newlines);
        }
        tokens
    })
}

/// The byte offset at which each token ends in one part of a message, in order.
///
/// Tokens of one character that takes several all end behind it, and so do the tokens of
/// characters that composition joined or moved. A marker that no piece absorbed ends where it
/// stands. Removed characters and free closing newlines may leave the last offset before the end
/// of the text. The offsets are those of the cheapest cover with the longest last tiles.
#[must_use]
pub fn part_ends(family: Family, part: &str, edges: Edges) -> Vec<usize> {
    let mut ends = Vec::new();
    for (offset, chunk, edges) in Chunks::new(part, edges) {
        let folded = normalize::fold(chunk, family.folds_quotes(), true);
        let bounds = Bounds::of(family, chunk, &folded.text, edges);
        let mut trace = Trace::new(family.pieces(), chunk.len());
        trace.offset = offset;
        trace.origin = folded.ends.as_deref();
        trace.text = folded.text.get(..bounds.end).unwrap_or_default();
        bounds.split(trace.text, &mut trace);
        trace.text = &folded.text;
        trace.closing_newlines(bounds.end, bounds.newlines);
        ends.append(&mut trace.ends);
    }
    ends
}

/// What of a folded chunk goes into the split, and what meets the frame.
struct Bounds {
    before: Before,
    /// A leading space that the frame's marker stands for.
    absorbed: bool,
    /// End of the text without its closing newlines.
    end: usize,
    /// The closing newlines of the message.
    newlines: usize,
}

impl Bounds {
    fn of(family: Family, raw: &str, folded: &str, edges: Edges) -> Self {
        let newlines =
            if edges.closes { folded.bytes().rev().take_while(|&byte| byte == b'\n').count() } else { 0 };
        let end = folded.len() - newlines;
        let before = match (edges.opens, family.frame_has_marker()) {
            (true, true) => Before::Marker,
            (true, false) => Before::Nothing,
            (false, _) => Before::Text,
        };
        // Only a space of the original text is absorbed: one that folding made or laid bare had
        // something between itself and the frame.
        let body = folded.as_bytes().get(..end).unwrap_or_default();
        let absorbed = before == Before::Marker
            && raw.starts_with(' ')
            && body.first() == Some(&b' ')
            && body.get(1) != Some(&b' ');
        Self { before, absorbed, end, newlines }
    }

    fn split(&self, text: &str, units: &mut impl runs::Units) {
        let start = usize::from(self.absorbed);
        // Content that folds away still pays for the frame's marker.
        if self.before == Before::Marker && text.len() == start {
            units.frame(start);
            return;
        }
        runs::split(text, start, self.before, units);
    }
}

/// The least length of a chunk: folded copies stay in the first-level cache.
const CHUNK: usize = 16 * 1024;

/// Chunks of a text between safe splits, with their offsets and edges.
struct Chunks<'t> {
    text: &'t str,
    offset: usize,
    edges: Edges,
    done: bool,
}

impl<'t> Chunks<'t> {
    fn new(text: &'t str, edges: Edges) -> Self {
        Self { text, offset: 0, edges, done: false }
    }
}

impl<'t> Iterator for Chunks<'t> {
    type Item = (usize, &'t str, Edges);

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let rest = self.text.get(self.offset..).unwrap_or_default();
        let opens = self.edges.opens && self.offset == 0;
        let split = if rest.len() > CHUNK { next_safe_split(rest, CHUNK) } else { None };
        let start = self.offset;
        if let Some(chunk) = split.and_then(|at| rest.get(..at)) {
            self.offset += chunk.len();
            Some((start, chunk, Edges { opens, closes: false }))
        } else {
            self.done = true;
            Some((start, rest, Edges { opens, closes: self.edges.closes }))
        }
    }
}
