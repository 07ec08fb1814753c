//! The split of folded text into runs of one class, and the border markers of each run.
//!
//! A marker stands for an absorbed space, so only a plain space beside a run makes one. No piece
//! reaches over the border of a unit that is reported here, so the costs of units add up; the
//! test `no_piece_crosses_units` holds the vocabulary to that.

use super::characters::{Characters, Class};
use super::marks::CONTRACTIONS;

/// A stretch of folded text between two byte offsets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Which borders of a stretch carry a marker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Borders {
    pub(super) begin: bool,
    pub(super) end: bool,
}

/// Takes the units of a text in order.
pub(super) trait Units {
    /// The space or the begin-of-word marker that the frame ends in and the text does not absorb:
    /// one token at `at`.
    fn frame(&mut self, at: usize);
    /// A run of one whitespace character.
    fn spaces(&mut self, span: Span);
    /// ASCII digits.
    fn digits(&mut self, span: Span);
    /// Characters that never share a piece.
    fn letters(&mut self, span: Span, borders: Borders);
    /// Signs, numerals and contractions, tiled as they stand.
    fn signs(&mut self, span: Span, borders: Borders);
    /// A word, which always has both borders.
    fn word(&mut self, span: Span);
}

/// What stands before the first run of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// A frame that ends in a begin-of-word marker (v3, v4.7).
    Marker,
    /// A frame that ends in nothing the text could absorb (v5).
    Nothing,
    /// Text up to a safe split.
    Text,
}

/// Splits `text`, which must be folded, from `start` on.
pub(super) fn split(text: &str, start: usize, before: Before, units: &mut impl Units) {
    let mut splitter = Splitter {
        text,
        bytes: text.as_bytes(),
        units,
        frame: before == Before::Marker,
        space: before == Before::Marker,
        closed: before == Before::Text,
        border: false,
        seam: None,
    };
    let mut at = start;
    while let Some((class, _)) = splitter.class_at(at) {
        at = match class {
            Class::Word => splitter.word(at),
            Class::Space => splitter.space(at),
            Class::Digit => splitter.digits(at),
            Class::Letter | Class::Selector => splitter.letters(at),
            Class::Punct | Class::Sign | Class::Decimal | Class::Number => splitter.signs(at),
        };
    }
    splitter.keep_seam();
}

/// The class of every ASCII character of folded text.
static ASCII: [Class; 128] = {
    let mut classes = [Class::Punct; 128];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            classes[at] = if byte.is_ascii_alphabetic() {
                Class::Word
            } else if byte.is_ascii_digit() {
                Class::Digit
            } else if byte <= b' ' {
                Class::Space
            } else {
                Class::Punct
            };
        }
        at += 1;
    }
    classes
};

#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the place in the text")]
struct Splitter<'t, U> {
    text: &'t str,
    bytes: &'t [u8],
    units: &'t mut U,
    /// The frame's begin-of-word marker is still to be placed.
    frame: bool,
    /// A plain space, or the frame's marker, stands before the next run.
    space: bool,
    /// The last unit wrote an end-of-word marker.
    closed: bool,
    /// The last run ends in a border that keeps a contraction apart.
    border: bool,
    /// A lone space after an end-of-word marker: free if a begin-of-word marker follows.
    seam: Option<usize>,
}

/// One run inside a unit of signs.
struct Run {
    end: usize,
    borders: Borders,
    apostrophe: bool,
}

impl<U: Units> Splitter<'_, U> {
    #[inline]
    fn class_at(&self, at: usize) -> Option<(Class, usize)> {
        let byte = *self.bytes.get(at)?;
        match ASCII.get(usize::from(byte)) {
            Some(&class) => Some((class, 1)),
            None => self.char_at(at).map(|c| (Characters::get().traits(c).class(), c.len_utf8())),
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// Writes the lone space that no marker absorbed.
    #[inline]
    fn keep_seam(&mut self) {
        if let Some(at) = self.seam.take() {
            self.units.spaces(Span { start: at, end: at + 1 });
        }
    }

    /// A right border marker is written before a single space only, never before more of them.
    #[inline]
    fn single_space_at(&self, at: usize) -> bool {
        self.bytes.get(at) == Some(&b' ') && self.bytes.get(at + 1) != Some(&b' ')
    }

    /// Whether a unit that begins at the current place writes its begin-of-word marker, given
    /// whether its first run takes one. At the frame the marker is there already.
    #[inline]
    fn open(&mut self, takes_marker: bool) -> bool {
        let begin = self.frame || self.space && takes_marker;
        self.frame = false;
        if begin {
            self.seam = None;
        } else {
            self.keep_seam();
        }
        begin
    }

    #[inline]
    fn close(&mut self, end: bool, border: bool) {
        self.space = false;
        self.closed = end;
        self.border = border;
    }

    /// A maximal run of letters and their marks. One whose first mark has no base is a word too.
    #[inline]
    fn word(&mut self, start: usize) -> usize {
        self.frame = false;
        self.seam = None;
        let mut start = start;
        let mut end = self.word_end(start);
        self.units.word(Span { start, end });
        // Most text is words with free seams between them.
        while let Some([b' ', b'a'..=b'z' | b'A'..=b'Z']) = self.bytes.get(end..end + 2) {
            start = end + 1;
            end = self.word_end(start);
            self.units.word(Span { start, end });
        }
        let border = match self.bytes.get(end - 1) {
            Some(0..0x80) | None => false,
            Some(_) => self.last_char(start, end).is_some_and(|c| Characters::get().traits(c).has_border()),
        };
        self.close(true, border);
        end
    }

    fn last_char(&self, start: usize, end: usize) -> Option<char> {
        self.text.get(start..end)?.chars().next_back()
    }

    #[inline]
    fn word_end(&self, start: usize) -> usize {
        let mut at = start;
        loop {
            at += ascii_letters(self.bytes.get(at..).unwrap_or_default());
            if self.bytes.get(at).is_none_or(u8::is_ascii) {
                return at;
            }
            let characters = Characters::get();
            for c in self.text.get(at..).unwrap_or_default().chars() {
                if c.is_ascii() {
                    break;
                }
                if characters.traits(c).class() != Class::Word {
                    return at;
                }
                at += c.len_utf8();
            }
        }
    }

    fn space(&mut self, start: usize) -> usize {
        let next = self.class_at(start + 1);
        if self.bytes.get(start) == Some(&b' ') && next.is_none_or(|(class, _)| class != Class::Space) {
            self.space = true;
            self.border = false;
            self.frame = false;
            self.seam = Some(start);
            if !self.closed {
                self.keep_seam();
            }
            self.closed = false;
            return start + 1;
        }
        // A tab or newline cannot stand for the frame's marker; a space does.
        if self.frame && self.bytes.get(start) != Some(&b' ') {
            self.units.frame(start);
        }
        self.frame = false;
        let mut at = start;
        while let Some((Class::Space, width)) = self.class_at(at) {
            let byte = self.bytes.get(at);
            let begin = at;
            at += width;
            // The ideographic space is the only wide one, and no piece holds two of them.
            while width == 1 && self.bytes.get(at) == byte {
                at += 1;
            }
            self.units.spaces(Span { start: begin, end: at });
        }
        self.close(false, false);
        self.space = self.bytes.get(at - 1) == Some(&b' ');
        at
    }

    /// ASCII digits take no markers; Arabic ones do where they stand at a space.
    fn digits(&mut self, start: usize) -> usize {
        let mut end = start;
        let mut ascii = true;
        while let Some((Class::Digit, width)) = self.class_at(end) {
            ascii &= width == 1;
            end += width;
        }
        if ascii {
            if self.frame {
                self.units.frame(start);
                self.frame = false;
            }
            self.keep_seam();
            self.units.digits(Span { start, end });
            self.close(false, false);
            return end;
        }
        let first = self.bytes.get(start).is_some_and(|byte| !byte.is_ascii());
        let last = self.bytes.get(end - 1).is_some_and(|byte| !byte.is_ascii());
        let borders = Borders { begin: self.open(first), end: last && self.single_space_at(end) };
        self.units.signs(Span { start, end }, borders);
        self.close(borders.end, last);
        end
    }

    /// Characters on their own. Only a selector gives such a run borders.
    fn letters(&mut self, start: usize) -> usize {
        let mut end = start;
        let (mut first, mut last) = (None, Class::Letter);
        while let Some((class @ (Class::Letter | Class::Selector), width)) = self.class_at(end) {
            first.get_or_insert(class);
            last = class;
            end += width;
        }
        let last = last == Class::Selector;
        let borders = Borders {
            begin: self.open(first == Some(Class::Selector)),
            end: last && self.single_space_at(end),
        };
        self.units.letters(Span { start, end }, borders);
        self.close(borders.end, last);
        end
    }

    /// A sequence of punctuation, signs and numerals: their pieces may reach from one run into
    /// the next, and markers stand only at its outer borders, where spaces are.
    fn signs(&mut self, start: usize) -> usize {
        let mut end = start;
        let mut begins = None;
        let mut last = Borders::default();
        while let Some(run) = self.sign_run(end) {
            let word_follows =
                run.apostrophe && self.class_at(run.end).is_some_and(|(class, _)| class == Class::Word);
            // An apostrophe that opens a word leaves the space before it as it is.
            let quote = word_follows && end == start;
            if quote && self.frame {
                self.units.frame(start);
                self.frame = false;
                self.space = false;
            }
            let begin = *begins.get_or_insert(run.borders.begin && !quote);
            if word_follows {
                // A contraction has no opening marker of its own, so it is one unit with its
                // apostrophe, unless what stands before it has a border there.
                let border = if end == start { self.border } else { last.end };
                let word = self.word_end(run.end);
                let short = self.bytes.get(run.end..word).unwrap_or_default();
                if !border && CONTRACTIONS.contains(&short) {
                    let borders = Borders { begin: self.open(begin), end: true };
                    self.units.signs(Span { start, end: word }, borders);
                    self.close(true, false);
                    return word;
                }
            }
            last = run.borders;
            end = run.end;
        }
        let borders =
            Borders { begin: self.open(begins.unwrap_or(false)), end: last.end && self.single_space_at(end) };
        self.units.signs(Span { start, end }, borders);
        self.close(borders.end, last.end);
        end
    }

    fn sign_run(&self, start: usize) -> Option<Run> {
        let (first, width) = self.class_at(start)?;
        let mut end = start + width;
        match first {
            Class::Punct => {
                while let Some((Class::Punct, width)) = self.class_at(end) {
                    end += width;
                }
                let apostrophe = end == start + 1 && self.bytes.get(start) == Some(&b'\'');
                Some(Run { end, borders: Borders { begin: true, end: true }, apostrophe })
            }
            Class::Sign => {
                while let Some((Class::Sign | Class::Selector, width)) = self.class_at(end) {
                    end += width;
                }
                Some(Run { end, borders: Borders { begin: true, end: true }, apostrophe: false })
            }
            Class::Decimal | Class::Number => {
                // Numerals of one kind have borders; a mixture has none, but a selector at the
                // end always closes.
                let mut uniform = true;
                let mut last = first;
                while let Some((class @ (Class::Decimal | Class::Number | Class::Selector), width)) =
                    self.class_at(end)
                {
                    uniform &= class == first;
                    last = class;
                    end += width;
                }
                let borders = Borders { begin: uniform, end: uniform || last == Class::Selector };
                Some(Run { end, borders, apostrophe: false })
            }
            _ => None,
        }
    }
}

/// How many ASCII letters `bytes` starts with, eight at a time.
#[inline]
fn ascii_letters(bytes: &[u8]) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut at = 0;
    let mut rest = bytes;
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        let small = (word | (ONES * 0x20)) & !HIGH;
        // The high bit of each byte tells: at least `a`, and not past `z`, and ASCII.
        let letters = (small + ONES * (0x80 - 0x61)) & !(small + ONES * (0x80 - 0x7B)) & !word & HIGH;
        if letters != HIGH {
            return at + ((letters ^ HIGH).trailing_zeros() / 8) as usize;
        }
        at += 8;
        rest = tail;
    }
    at + rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::claude::vocabulary::{BEGIN, CAPS, END, SHIFT, pieces};

    /// Counts units; those whose pieces are one character long count as their characters.
    #[derive(Default)]
    struct Tally {
        units: usize,
        /// Digits, single characters and whitespace: never beside a marker.
        bare: bool,
    }

    impl Units for Tally {
        fn frame(&mut self, _at: usize) {
            self.units += 1;
        }

        fn spaces(&mut self, _span: Span) {
            self.units += 1;
            self.bare = true;
        }

        fn digits(&mut self, span: Span) {
            self.units += (span.end - span.start).div_ceil(3);
            self.bare = true;
        }

        fn letters(&mut self, span: Span, _borders: Borders) {
            self.units += (span.end - span.start).div_ceil(3);
            self.bare = true;
        }

        fn signs(&mut self, _span: Span, _borders: Borders) {
            self.units += 1;
        }

        fn word(&mut self, _span: Span) {
            self.units += 1;
        }
    }

    /// What makes the costs of units add up: every piece lies within one unit, and units that are
    /// priced without tiling have no pieces with markers.
    #[test]
    fn no_piece_crosses_units() {
        for piece in pieces() {
            let body: &[u8] = &piece;
            let body = body.strip_prefix(&[SHIFT]).or(body.strip_prefix(&[CAPS])).unwrap_or(body);
            let body = body.strip_prefix(&[BEGIN]).unwrap_or(body);
            let body = body.strip_suffix(&[END]).unwrap_or(body);
            let body = std::str::from_utf8(body).unwrap_or("a \u{fffd}");
            let mut tally = Tally::default();
            split(body, 0, Before::Text, &mut tally);
            assert!(tally.units <= 1, "{piece:?}");
            assert!(!tally.bare || body.len() == piece.len(), "{piece:?}");
        }
    }

    #[test]
    fn letters_are_found_eight_at_a_time() {
        for byte in 0..=255_u8 {
            for place in 0..20 {
                let mut bytes = *b"abcXYZabcXYZabcXYZabcXYZ";
                if let Some(slot) = bytes.get_mut(place) {
                    *slot = byte;
                }
                let expected = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
                assert_eq!(ascii_letters(&bytes), expected);
            }
        }
    }
}
