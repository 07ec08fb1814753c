//! Text that may hold lone halves of surrogate pairs, as JavaScript's strings may.

use std::ops::Range;

/// A string in which U+FFFD stands for each lone half, and the halves themselves.
///
/// Both have one UTF-16 unit, so offsets in units are the same with either.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WideText {
    text: String,
    /// Byte offset in `text` and code unit of each lone half, ascending.
    halves: Vec<(usize, u16)>,
}

/// The bytes of U+FFFD.
pub(super) const HALF_BYTES: usize = char::REPLACEMENT_CHARACTER.len_utf8();

impl From<&str> for WideText {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), halves: Vec::new() }
    }
}

impl WideText {
    pub(super) fn from_units(units: &[u16]) -> Self {
        let mut wide = Self::default();
        for unit in char::decode_utf16(units.iter().copied()) {
            let c = unit.unwrap_or_else(|lone| {
                wide.halves.push((wide.text.len(), lone.unpaired_surrogate()));
                char::REPLACEMENT_CHARACTER
            });
            wide.text.push(c);
        }
        wide
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn has_halves(&self) -> bool {
        !self.halves.is_empty()
    }

    /// The lone half that stands at a byte offset.
    pub(super) fn half_at(&self, at: usize) -> Option<u16> {
        let found = self.halves.binary_search_by_key(&at, |half| half.0).ok()?;
        self.halves.get(found).map(|half| half.1)
    }

    pub(super) fn append(&mut self, other: &Self) {
        let length = self.text.len();
        self.text.push_str(&other.text);
        self.halves.extend(other.halves.iter().map(|&(at, unit)| (length + at, unit)));
    }

    /// A stretch between two character boundaries.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let first = self.halves.partition_point(|half| half.0 < range.start);
        let halves = self.halves.iter().skip(first).take_while(|half| half.0 < range.end);
        Self {
            text: self.text.get(range.clone()).unwrap_or_default().to_owned(),
            halves: halves.map(|&(at, unit)| (at - range.start, unit)).collect(),
        }
    }

    /// The UTF-16 units, lone halves as they are.
    pub(super) fn push_units(&self, out: &mut Vec<u16>) {
        let mut start = 0;
        for &(at, unit) in &self.halves {
            out.extend(self.text.get(start..at).unwrap_or_default().encode_utf16());
            out.push(unit);
            start = at + HALF_BYTES;
        }
        out.extend(self.text.get(start..).unwrap_or_default().encode_utf16());
    }
}

/// How many UTF-16 units a text has.
pub(super) fn count_units(text: &str) -> usize {
    // One for the first byte of each character, and one more where it takes a pair.
    text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum()
}

/// The byte offset of the character that holds the UTF-16 unit `unit` of `text`, and whether the
/// unit is the second one of a pair.
pub(super) fn byte_of_unit(text: &str, unit: usize) -> (usize, bool) {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if unit <= units {
            return (at, false);
        }
        units += c.len_utf16();
        if unit < units {
            return (at, true);
        }
    }
    (text.len(), false)
}
