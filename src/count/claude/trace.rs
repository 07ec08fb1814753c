//! Where each token of a text ends.

use super::counter::Counter;
use super::marks::write_word;
use super::runs::{Borders, Span, Units};
use super::tiling::Tiling;
use super::vocabulary::{BEGIN, END, Pieces, Vocabulary};

/// Collects the ends of the tokens of one folded text.
pub(super) struct Trace<'t> {
    pub(super) text: &'t str,
    /// For each folded byte its end in the original; `None` when folding changed nothing.
    pub(super) origin: Option<&'t [usize]>,
    /// Where the text starts in the original document.
    pub(super) offset: usize,
    pub(super) vocabulary: Vocabulary,
    pub(super) caps: bool,
    pub(super) ends: Vec<usize>,
    tiling: Tiling,
}

impl<'t> Trace<'t> {
    /// For so many bytes of text.
    pub(super) fn new(pieces: Pieces, bytes: usize) -> Self {
        Self {
            text: "",
            origin: None,
            offset: 0,
            vocabulary: Counter::with(pieces, bytes, |counter| counter.vocabulary),
            caps: pieces == Pieces::V3,
            ends: Vec::new(),
            tiling: Tiling::traced(),
        }
    }

    /// The original offset behind the first `folded` bytes.
    fn original(&self, folded: usize) -> usize {
        let within = match self.origin {
            Some(_) if folded == 0 => 0,
            Some(origin) => origin.get(folded - 1).copied().unwrap_or(0),
            None => folded,
        };
        self.offset + within
    }

    /// Tiles what was pushed and records the ends, which count from `start`.
    fn record(&mut self, start: usize) {
        let mut tiling = std::mem::take(&mut self.tiling);
        tiling.token_ends(self.vocabulary, |end| self.ends.push(self.original(start + end)));
        tiling.clear();
        self.tiling = tiling;
    }

    fn body(&self, span: Span) -> &'t str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The newlines that close a message, from `start` on; see `Counter::closing_newlines`.
    pub(super) fn closing_newlines(&mut self, start: usize, count: usize) {
        if count == 0 {
            return;
        }
        for at in 0..count + 2 {
            self.tiling.push_byte(b'\n', count.min(at + 1));
        }
        self.record(start);
        self.ends.pop();
    }
}

impl Units for Trace<'_> {
    fn frame(&mut self, at: usize) {
        self.ends.push(self.original(at));
    }

    fn spaces(&mut self, span: Span) {
        self.signs(span, Borders::default());
    }

    fn digits(&mut self, span: Span) {
        self.signs(span, Borders::default());
    }

    fn letters(&mut self, span: Span, borders: Borders) {
        self.signs(span, borders);
    }

    fn signs(&mut self, span: Span, borders: Borders) {
        let body = self.body(span);
        if borders.begin {
            self.tiling.push_byte(BEGIN, 0);
        }
        self.tiling.push_str(body);
        if borders.end {
            self.tiling.push_byte(END, body.len());
        }
        self.record(span.start);
    }

    fn word(&mut self, span: Span) {
        write_word(self.body(span), self.caps, &mut self.tiling);
        self.record(span.start);
    }
}
