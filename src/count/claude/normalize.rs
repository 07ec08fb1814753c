//! The irreversible folding of text before the split: composition (NFC), then character by
//! character what the source models do not see or see as something else.

use std::borrow::Cow;

use super::characters::Characters;
use super::composition::Work;

/// Folded text and, if asked for, where each of its bytes ends in the text it came from.
pub(super) struct Folded<'t> {
    pub(super) text: Cow<'t, str>,
    /// For every byte, the end of the original bytes it stands for; `None` when nothing changed.
    pub(super) ends: Option<Vec<usize>>,
}

/// Folds `text`. `quotes` tells whether curly quotes become straight ones (v3 only).
pub(super) fn fold(text: &str, quotes: bool, trace: bool) -> Folded<'_> {
    let plain = plain_length(text, quotes);
    if plain == text.len() {
        return Folded { text: Cow::Borrowed(text), ends: None };
    }
    let mut folding = Folding {
        characters: Characters::get(),
        quotes,
        out: String::with_capacity(text.len()),
        ends: trace.then(Vec::new),
        nikhahit: None,
        work: Work::default(),
    };
    folding.run(text, plain);
    Folded { text: Cow::Owned(folding.out), ends: folding.ends }
}

/// Bytes that folding keeps: the printable ones, tab and newline.
const fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x20..=0x7E)
}

/// How much of `text`, from its start, neither composition nor folding touches.
fn plain_length(text: &str, quotes: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut characters = None;
    loop {
        at += plain_ascii(bytes.get(at..).unwrap_or_default());
        if bytes.get(at).is_none_or(u8::is_ascii) {
            return at;
        }
        let characters = *characters.get_or_insert_with(Characters::get);
        for c in text.get(at..).unwrap_or_default().chars() {
            if c.is_ascii() {
                break;
            }
            if !characters.traits(c).is_plain(quotes) {
                return at;
            }
            at += c.len_utf8();
        }
    }
}

fn plain_ascii(bytes: &[u8]) -> usize {
    // Sixteen bytes at a time let the compiler use wide registers.
    let blocks = bytes
        .chunks_exact(16)
        .take_while(|block| block.iter().fold(true, |all, &byte| all & is_plain_byte(byte)));
    let start = blocks.count() * 16;
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().position(|&byte| !is_plain_byte(byte)).unwrap_or(rest.len())
}

struct Folding {
    characters: &'static Characters,
    quotes: bool,
    out: String,
    ends: Option<Vec<usize>>,
    /// End of a Thai nikhahit that waits for a sara aa to compose with.
    nikhahit: Option<usize>,
    /// Working memory of `stretch`.
    work: Work,
}

impl Folding {
    /// Folds `text`, whose first `plain` bytes are known to be kept.
    fn run(&mut self, text: &str, plain: usize) {
        let mut at = 0;
        let mut plain = plain;
        loop {
            // The last kept character may compose with what follows it.
            let kept = text.get(at..at + plain).unwrap_or_default();
            let last = kept.chars().next_back().map_or(0, char::len_utf8);
            self.keep(kept.get(..kept.len() - last).unwrap_or_default(), at);
            at += kept.len() - last;
            at += self.stretch(text.get(at..).unwrap_or_default(), at);
            let rest = text.get(at..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            plain = plain_length(rest, self.quotes);
        }
        self.flush_nikhahit();
    }

    fn keep(&mut self, text: &str, start: usize) {
        if text.is_empty() {
            return;
        }
        if self.nikhahit.is_some() {
            for (at, c) in text.char_indices() {
                self.push(c, start + at + c.len_utf8());
            }
            return;
        }
        self.out.push_str(text);
        if let Some(ends) = &mut self.ends {
            for (at, c) in text.char_indices() {
                ends.extend(std::iter::repeat_n(start + at + c.len_utf8(), c.len_utf8()));
            }
        }
    }

    /// Takes one character and the unsettled ones after it; returns their length.
    fn stretch(&mut self, text: &str, start: usize) -> usize {
        let mut work = std::mem::take(&mut self.work);
        let mut length = 0;
        for c in text.chars() {
            if length != 0 && !self.characters.traits(c).is_unsettled() {
                break;
            }
            self.characters.composition.add(c, &mut work);
            length += c.len_utf8();
        }
        let composed = self.characters.composition.composed(&mut work);
        let same = self.ends.is_some()
            && text.get(..length).is_some_and(|text| text.chars().eq(composed.iter().copied()));
        let mut end = start;
        for &c in composed {
            end = if same { end + c.len_utf8() } else { start + length };
            self.push(c, end);
        }
        self.work = work;
        length
    }

    /// Folds one composed character.
    fn push(&mut self, c: char, end: usize) {
        match c {
            // Controls are not seen; only tab, newline and NUL are.
            '\u{1}'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{7F}'..='\u{9F}' => {}
            // Thai sara am composes although its decomposition is not canonical.
            '\u{E32}' if self.nikhahit.is_some() => {
                self.nikhahit = None;
                self.write('\u{E33}', end);
            }
            '\u{E4D}' => {
                self.flush_nikhahit();
                self.nikhahit = Some(end);
            }
            // Private use is not seen either, but it does keep the two apart.
            '\u{E000}'..='\u{F8FF}' => self.flush_nikhahit(),
            // NUL and the space separators count as the plain space; the ideographic one does not.
            '\0'
            | '\u{A0}'
            | '\u{1680}'
            | '\u{2000}'..='\u{200A}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202F}'
            | '\u{205F}' => {
                self.write_after_nikhahit(' ', end);
            }
            '\u{2018}' | '\u{2019}' if self.quotes => self.write_after_nikhahit('\'', end),
            '\u{201C}' | '\u{201D}' if self.quotes => self.write_after_nikhahit('"', end),
            _ => self.write_after_nikhahit(c, end),
        }
    }

    fn flush_nikhahit(&mut self) {
        if let Some(end) = self.nikhahit.take() {
            self.write('\u{E4D}', end);
        }
    }

    fn write_after_nikhahit(&mut self, c: char, end: usize) {
        self.flush_nikhahit();
        self.write(c, end);
    }

    fn write(&mut self, c: char, end: usize) {
        self.out.push(c);
        if let Some(ends) = &mut self.ends {
            ends.extend(std::iter::repeat_n(end, c.len_utf8()));
        }
    }
}
