//! A text that arrives in pieces.

use super::splits::{last_safe_split, next_safe_split};
use super::{Edges, Family, count_part};

/// Counts a text that arrives in pieces as if it were one string.
///
/// Only what stands after the last safe split is kept, so memory is bounded by the longest
/// stretch without one: in prose and code a word or a line, in the worst case (a megabyte of one
/// letter) the text.
#[derive(Clone, Debug)]
pub struct Stream {
    family: Family,
    /// Tokens up to the last safe split.
    settled: u64,
    /// The text has no part before `pending`.
    opens: bool,
    pending: String,
    /// Up to here `pending` is known to have no safe split.
    searched: usize,
}

/// From this length on a piece is not copied whole.
const LONG: usize = 64;

/// The edges of a part between safe splits.
pub(crate) const INSIDE: Edges = Edges { opens: false, closes: false };

/// A split is judged by at most this many bytes after it: two characters.
const LOOKAHEAD: usize = 8;

impl Stream {
    /// An empty text.
    #[must_use]
    pub fn new(family: Family) -> Self {
        Self { family, settled: 0, opens: true, pending: String::new(), searched: 0 }
    }

    /// Adds the next piece of the text.
    pub fn push(&mut self, piece: &str) {
        let family = self.family;
        self.push_by(piece, &mut |middle| count_part(family, middle, INSIDE));
    }

    /// The same, given how a part between safe splits is counted.
    pub fn push_by(&mut self, piece: &str, count: &mut dyn FnMut(&str) -> u64) {
        let rest = if piece.len() < LONG { piece } else { self.settle_most(piece, count) };
        self.push_short(rest);
    }

    /// Counts a long piece where it lies, between its first safe split and its last; returns what
    /// stands after that.
    fn settle_most<'p>(&mut self, piece: &'p str, count: &mut dyn FnMut(&str) -> u64) -> &'p str {
        // A split is judged by one character before it.
        let Some(first) = next_safe_split(piece, LOOKAHEAD) else { return piece };
        let last = last_safe_split(piece, first).unwrap_or(first);
        let (Some(head), Some(middle), Some(tail)) =
            (piece.get(..first), piece.get(first..last), piece.get(last..))
        else {
            return piece;
        };
        self.pending.push_str(head);
        self.settled += count_part(self.family, &self.pending, Edges { opens: self.opens, closes: false });
        if !middle.is_empty() {
            self.settled += count(middle);
        }
        self.opens = false;
        self.pending.clear();
        self.searched = 0;
        tail
    }

    fn push_short(&mut self, piece: &str) {
        self.pending.push_str(piece);
        if let Some(split) = last_safe_split(&self.pending, self.searched)
            && let Some((part, _)) = self.pending.split_at_checked(split)
        {
            self.settled += count_part(self.family, part, Edges { opens: self.opens, closes: false });
            self.opens = false;
            self.pending.drain(..split);
        }
        self.searched = self.pending.floor_char_boundary(self.pending.len().saturating_sub(LOOKAHEAD));
    }

    /// The bytes that stand after the last safe split, which [`Stream::total`] counts anew.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// The tokens of the text so far, if it ended here.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.settled + count_part(self.family, &self.pending, Edges { opens: self.opens, closes: true })
    }

    /// The tokens of the whole text.
    #[must_use]
    pub fn finish(self) -> u64 {
        self.total()
    }
}
