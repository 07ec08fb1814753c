//! The cost of the units of a text.

use std::cell::RefCell;

use super::marks::write_word;
use super::memo::{KEY_LENGTH, Key, Memo};
use super::runs::{Borders, Span, Units};
use super::tiling::{Ladder, Tiling, shorten, width};
use super::vocabulary::{BEGIN, END, Pieces, Vocabulary};

/// What counting with one vocabulary needs: kept between counts for its memory of words.
pub(super) struct Counter {
    pub(super) vocabulary: Vocabulary,
    /// The bytes that may still be counted before the vocabulary is laid out.
    patience: usize,
    /// Whether words in capitals get their marker (v3).
    caps: bool,
    space: Ladder,
    tab: Ladder,
    newline: Ladder,
    memo: Memo,
    tiling: Tiling,
}

/// Bytes from which on the vocabulary is laid out.
const LAY_OUT_FROM: usize = 32 * 1024;

/// Tags of the keys of the memory: 1 to 4 are signs by their borders, then the same for rulers.
const RULER_TAG: u8 = 4;
const WORD_TAG: u8 = 9;

impl Counter {
    fn new(pieces: Pieces) -> Self {
        let vocabulary = Vocabulary::of(pieces);
        Self {
            vocabulary,
            patience: LAY_OUT_FROM,
            caps: pieces == Pieces::V3,
            space: Ladder::new(b' ', vocabulary),
            tab: Ladder::new(b'\t', vocabulary),
            newline: Ladder::new(b'\n', vocabulary),
            memo: Memo::new(),
            tiling: Tiling::default(),
        }
    }

    /// Lends the counter of this thread for one vocabulary, for so many bytes.
    pub(super) fn with<R>(pieces: Pieces, bytes: usize, use_it: impl FnOnce(&mut Counter) -> R) -> R {
        thread_local! {
            static COUNTERS: RefCell<[Option<Box<Counter>>; 2]> = const { RefCell::new([None, None]) };
        }
        COUNTERS.with(|counters| match counters.try_borrow_mut().as_deref_mut() {
            Ok([v3, v47]) => {
                let counter = if pieces == Pieces::V3 { v3 } else { v47 };
                let counter = counter.get_or_insert_with(|| Box::new(Counter::new(pieces)));
                counter.expect(bytes);
                use_it(counter)
            }
            // Not reached: counting never calls itself.
            Err(_) => use_it(&mut Counter::new(pieces)),
        })
    }

    /// Lays the vocabulary out once enough is counted: that takes as long as counting these bytes.
    fn expect(&mut self, bytes: usize) {
        if self.patience == 0 {
            return;
        }
        self.patience = self.patience.saturating_sub(bytes);
        if self.patience == 0 {
            self.vocabulary = self.vocabulary.laid_out();
        }
    }

    /// Tokens of the newlines that close a message. The frame adds two, and one token reaches
    /// from the text into them, which the frame has paid already.
    pub(super) fn closing_newlines(&self, count: usize) -> u64 {
        if count == 0 { 0 } else { self.newline.cost(count + 2) - 1 }
    }

    /// Tokens of `count` times one sign. The vocabularies hold long repeats, which makes tiling
    /// slow, but such rulers come in few lengths.
    fn ruler_cost(&mut self, c: char, count: usize, borders: Borders, tag: u8) -> u64 {
        let longest = self.vocabulary.longest_repeat(c);
        let (count, saved) = shorten(count, longest);
        // A sign that no piece repeats may itself be no piece.
        let each =
            if longest == 1 { self.vocabulary.character(c.encode_utf8(&mut [0; 4]).as_bytes()) } else { 1 };
        let key = Key::pair(u32::from(c), count as u32, tag);
        let tokens = if let Some(tokens) = self.memo.get(key) {
            tokens
        } else {
            let body: String = std::iter::repeat_n(c, count).collect();
            let tokens = self.sign_cost(&body, borders);
            self.memo.set(key, tokens);
            tokens
        };
        u64::from(tokens) + saved as u64 * u64::from(each)
    }

    fn word_cost(&mut self, body: &str) -> u32 {
        self.tiling.clear();
        write_word(body, self.caps, &mut self.tiling);
        self.tiling.cost(self.vocabulary)
    }

    fn sign_cost(&mut self, body: &str, borders: Borders) -> u32 {
        self.tiling.clear();
        if borders.begin {
            self.tiling.push_byte(BEGIN, 0);
        }
        self.tiling.push_bytes(body.as_bytes());
        if borders.end {
            self.tiling.push_byte(END, 0);
        }
        self.tiling.cost(self.vocabulary)
    }
}

/// The character that `body` repeats, if it is nothing but one character.
fn repeated(body: &str) -> Option<char> {
    let c = body.chars().next()?;
    let width = c.len_utf8();
    // A text that equals itself moved by one character repeats it.
    let same = body.as_bytes().get(width..) == body.as_bytes().get(..body.len() - width);
    same.then_some(c)
}

/// Adds up the tokens of the units of one text.
pub(super) struct Sum<'t, 'c> {
    pub(super) text: &'t str,
    pub(super) counter: &'c mut Counter,
    pub(super) tokens: u64,
}

impl Sum<'_, '_> {
    fn body(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    #[inline]
    fn remembered(&mut self, span: Span, tag: u8, cost: impl FnOnce(&mut Counter, &str) -> u32) {
        let text = self.text;
        let length = span.end - span.start;
        if length > KEY_LENGTH {
            let body = text.get(span.start..span.end).unwrap_or_default();
            self.tokens += u64::from(cost(self.counter, body));
            return;
        }
        let key = Key::new(text.as_bytes().get(span.start..).unwrap_or_default(), length, tag);
        let tokens = if let Some(tokens) = self.counter.memo.get(key) {
            tokens
        } else {
            let tokens = cost(self.counter, text.get(span.start..span.end).unwrap_or_default());
            self.counter.memo.set(key, tokens);
            tokens
        };
        self.tokens += u64::from(tokens);
    }
}

impl Units for Sum<'_, '_> {
    fn frame(&mut self, _at: usize) {
        self.tokens += 1;
    }

    fn spaces(&mut self, span: Span) {
        let length = span.end - span.start;
        self.tokens += match self.text.as_bytes().get(span.start) {
            Some(b' ') => self.counter.space.cost(length),
            Some(b'\t') => self.counter.tab.cost(length),
            Some(b'\n') => self.counter.newline.cost(length),
            _ => u64::from(self.counter.vocabulary.character(self.body(span).as_bytes())),
        };
    }

    /// Every one to three digits are a piece, and no piece has more.
    fn digits(&mut self, span: Span) {
        self.tokens += (span.end - span.start).div_ceil(3) as u64;
    }

    fn letters(&mut self, span: Span, borders: Borders) {
        let mut tokens = u64::from(borders.begin) + u64::from(borders.end);
        let mut rest = self.body(span).as_bytes();
        while let Some((letter, after)) = rest.first().and_then(|&lead| rest.split_at_checked(width(lead))) {
            tokens += u64::from(self.counter.vocabulary.character(letter));
            rest = after;
        }
        self.tokens += tokens;
    }

    #[inline]
    fn signs(&mut self, span: Span, borders: Borders) {
        let tag = 1 + u8::from(borders.begin) + 2 * u8::from(borders.end);
        if span.end - span.start > KEY_LENGTH
            && let Some(c) = repeated(self.body(span))
        {
            self.tokens +=
                self.counter.ruler_cost(c, (span.end - span.start) / c.len_utf8(), borders, tag + RULER_TAG);
            return;
        }
        self.remembered(span, tag, |counter, body| counter.sign_cost(body, borders));
    }

    #[inline]
    fn word(&mut self, span: Span) {
        self.remembered(span, WORD_TAG, Counter::word_cost);
    }
}
