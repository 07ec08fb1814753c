//! A text under edit, counted incrementally.
//!
//! The text lies in chunks that end at safe splits: places where the counts of both sides add up,
//! which the tokenizer's own rules name ([`Counter::is_safe_split`]). An edit recounts from the last
//! safe split before it to the first one after it, in prose and code some dozen bytes, so its cost
//! does not depend on the length of the text. Where a text offers no safe split, as in a million equal
//! letters or spaces, the chunk is as long as that stretch and an edit inside it recounts all of it.

mod chunks;
mod wide;

use std::ops::Range;

use crate::{
    Catalog, Error, ErrorKind, Tokens,
    count::{Counter, Edges},
    target::{Target, Wanted},
};
use chunks::{Chunk, Chunks, Extent};
use wide::{HALF_BYTES, WideText, byte_of_unit};

/// A text that is edited and whose tokens are known after every edit.
///
/// [`Document::total`] is at any time what [`count_tokens`](crate::count_tokens) gives for
/// [`Document::text`] alone. Offsets are in UTF-16 units, as editors and JavaScript count, or in UTF-8
/// bytes; every method says which by its name.
///
/// ```
/// use tokenleash::{Catalog, Document, count_tokens};
///
/// let catalog = Catalog::builtin();
/// let mut document = Document::new("Kia ora! Who are you?", "claude-opus-4-6", catalog)?;
/// let total = document.edit_utf16(0, 7, "Tēnā koe")?;
/// assert_eq!(document.text(), "Tēnā koe! Who are you?");
/// assert_eq!(total.get(), count_tokens(&document.text(), "claude-opus-4-6", false, catalog)?.tokens);
/// # Ok::<(), tokenleash::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    counter: Counter,
    chunks: Chunks,
}

/// The longest chunk that offers a safe split.
const LONGEST: usize = 4096;
/// The length that longer ones are cut to.
const USUAL: usize = 2048;
/// A shorter chunk joins its neighbour, so that a border never depends on more than two chunks.
const SHORTEST: usize = 256;
/// A safe split is judged by less than this many bytes on either side of it.
const CONTEXT: usize = 16;

/// A place in a document: a chunk and a byte offset in it. A place between two chunks belongs to the
/// earlier one.
#[derive(Clone, Copy)]
struct Spot {
    chunk: usize,
    byte: usize,
    /// The offset was inside the pair that starts here.
    inside: bool,
}

/// The two ways to count offsets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Utf8,
    Utf16,
}

impl Unit {
    fn of(self, extent: Extent) -> usize {
        match self {
            Self::Utf8 => extent.bytes,
            Self::Utf16 => extent.units,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "bytes",
            Self::Utf16 => "UTF-16 units",
        }
    }
}

impl Document {
    /// A document for a model, in any spelling of it.
    ///
    /// Errors: an unknown model.
    pub fn new(text: &str, model: &str, catalog: &Catalog) -> Result<Self, Error> {
        let wanted = Wanted { model: Some(model), ..Wanted::default() };
        let target = Target::find(wanted, catalog)?;
        let counter = Counter::for_tokenizer(&target.model.tokenizer);
        let chunks = cut(counter, &WideText::from(text), Edges::BOTH);
        Ok(Self { counter, chunks: Chunks::new(chunks) })
    }

    /// The tokens of the text.
    pub fn total(&self) -> Tokens {
        self.scaled(self.chunks.extent().tokens)
    }

    /// The text; a lone half of a surrogate pair reads as U+FFFD.
    pub fn text(&self) -> String {
        self.chunks.iter().map(|chunk| chunk.text.as_str()).collect()
    }

    /// The text in UTF-16, with lone halves of surrogate pairs as they were given.
    pub fn text_utf16(&self) -> Vec<u16> {
        let mut units = Vec::with_capacity(self.len_utf16());
        self.chunks.iter().for_each(|chunk| chunk.text.push_units(&mut units));
        units
    }

    /// Whether the text holds lone halves of surrogate pairs, which UTF-8 cannot carry.
    pub fn has_lone_halves(&self) -> bool {
        self.chunks.iter().any(|chunk| chunk.text.has_halves())
    }

    /// The length of the text in UTF-8 bytes.
    pub fn len_utf8(&self) -> usize {
        self.chunks.extent().bytes
    }

    /// The length of the text in UTF-16 units.
    pub fn len_utf16(&self) -> usize {
        self.chunks.extent().units
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.len_utf8() == 0
    }

    /// Puts `insert` in the place of the text between two offsets in UTF-16 units, and returns the new
    /// total.
    ///
    /// Errors, which leave the text as it is: `from` after `to`, an offset beyond the end or inside a
    /// surrogate pair.
    pub fn edit_utf16(&mut self, from: usize, to: usize, insert: &str) -> Result<Tokens, Error> {
        self.edit(from, to, Unit::Utf16, insert)
    }

    /// [`Document::edit_utf16`] with offsets in UTF-8 bytes.
    ///
    /// Errors, which leave the text as it is: `from` after `to`, an offset beyond the end or inside a
    /// character.
    pub fn edit_utf8(&mut self, from: usize, to: usize, insert: &str) -> Result<Tokens, Error> {
        self.edit(from, to, Unit::Utf8, insert)
    }

    /// [`Document::edit_utf16`] as JavaScript's strings are edited: pairs may be cut and `insert` may
    /// hold lone halves. A lone half counts as U+FFFD until the other one comes to stand beside it.
    ///
    /// Errors, which leave the text as it is: `from` after `to`, or an offset beyond the end.
    pub fn edit_utf16_units(&mut self, from: usize, to: usize, insert: &[u16]) -> Result<Tokens, Error> {
        let (mut first, mut last) = self.spots(from, to, Unit::Utf16)?;
        let mut units = Vec::with_capacity(insert.len() + 2);
        if first.inside {
            units.extend(self.unit_at(first, 0));
        }
        units.extend_from_slice(insert);
        if last.inside {
            units.extend(self.unit_at(last, 1));
            last.byte += char::MAX.len_utf8();
        }
        (first.inside, last.inside) = (false, false);
        self.join(first, last, &WideText::from_units(&units));
        Ok(self.total())
    }

    /// The tokens that end in a stretch of the text, given in UTF-16 units: behind its start, up to
    /// and with its end. The stretches of any division of the text, unless it is empty, add up to
    /// [`Document::total`]. No token ends inside a character. A token that stands for no character
    /// ends where it stands, and one that stands at the border of two stretches belongs to either.
    ///
    /// Errors: a start after the end, or an end beyond the text's.
    pub fn tokens_in_utf16(&self, range: Range<usize>) -> Result<Tokens, Error> {
        self.tokens_in(&range, Unit::Utf16)
    }

    /// [`Document::tokens_in_utf16`] for a stretch in UTF-8 bytes.
    pub fn tokens_in_utf8(&self, range: Range<usize>) -> Result<Tokens, Error> {
        self.tokens_in(&range, Unit::Utf8)
    }

    /// Where the tokens of a stretch end, in UTF-16 units from the start of the text: those that
    /// [`Document::tokens_in_utf16`] counts. `None` where the model's own vocabulary is not at hand.
    ///
    /// Errors: a start after the end, or an end beyond the text's.
    pub fn token_ends_utf16(&self, range: Range<usize>) -> Result<Option<Vec<usize>>, Error> {
        self.token_ends(&range, Unit::Utf16)
    }

    /// [`Document::token_ends_utf16`] in UTF-8 bytes.
    pub fn token_ends_utf8(&self, range: Range<usize>) -> Result<Option<Vec<usize>>, Error> {
        self.token_ends(&range, Unit::Utf8)
    }

    fn scaled(&self, tokens: u64) -> Tokens {
        Tokens::new(self.counter.scaled(tokens))
    }

    fn spots(&self, from: usize, to: usize, unit: Unit) -> Result<(Spot, Spot), Error> {
        if to < from {
            let message = format!("the stretch starts at {from}, after its end at {to}");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok((self.spot(from, unit)?, self.spot(to, unit)?))
    }

    fn spot(&self, offset: usize, unit: Unit) -> Result<Spot, Error> {
        let length = unit.of(self.chunks.extent());
        if length < offset {
            let message =
                format!("offset {offset} is beyond the end of the text, at {length} {}", unit.name());
            return Err(Error::new(ErrorKind::OutOfRange, message));
        }
        let (index, before) = self.chunks.find(offset, |extent| unit.of(extent));
        let local = offset - unit.of(before);
        let Some(chunk) = self.chunks.get(index) else {
            return Ok(Spot { chunk: index, byte: 0, inside: false });
        };
        let text = chunk.text.as_str();
        let (byte, inside) = if unit == Unit::Utf8 {
            let byte = text.floor_char_boundary(local);
            (byte, byte < local)
        } else if chunk.extent.units == chunk.extent.bytes {
            (local, false)
        } else {
            byte_of_unit(text, local)
        };
        Ok(Spot { chunk: index, byte, inside })
    }

    fn edit(&mut self, from: usize, to: usize, unit: Unit, insert: &str) -> Result<Tokens, Error> {
        let (first, last) = self.spots(from, to, unit)?;
        for (spot, offset) in [(first, from), (last, to)] {
            if spot.inside {
                let what = if unit == Unit::Utf8 { "a character" } else { "a surrogate pair" };
                let message = format!("offset {offset} is inside {what}");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        }
        self.join(first, last, &WideText::from(insert));
        Ok(self.total())
    }

    /// The first or second unit of the pair at a spot.
    fn unit_at(&self, spot: Spot, which: usize) -> Option<u16> {
        let text = self.chunks.get(spot.chunk)?.text.as_str();
        text.get(spot.byte..)?.encode_utf16().nth(which)
    }

    /// Edits, and joins the halves of a pair that come to stand beside each other.
    fn join(&mut self, from: Spot, to: Spot, insert: &WideText) {
        let at = |spot: Spot| self.chunks.get(spot.chunk).map(|chunk| &chunk.text);
        let before = from.byte.checked_sub(HALF_BYTES);
        let high = before.and_then(|byte| at(from)?.half_at(byte)).filter(|unit| *unit < 0xDC00);
        // What follows the last byte of a chunk is the next one.
        let end = self.chunks.get(to.chunk).map_or(0, |chunk| chunk.text.len());
        let after = Spot { chunk: to.chunk + 1, byte: 0, inside: false };
        let after = if to.byte == end && at(after).is_some() { after } else { to };
        let low = at(after).and_then(|text| text.half_at(after.byte)).filter(|unit| *unit >= 0xDC00);
        if high.is_none() && low.is_none() {
            self.splice(from, to, insert);
            return;
        }
        let mut units = Vec::from_iter(high);
        insert.push_units(&mut units);
        units.extend(low);
        let from = Spot { byte: from.byte - high.map_or(0, |_| HALF_BYTES), ..from };
        let to = if low.is_some() { Spot { byte: after.byte + HALF_BYTES, ..after } } else { to };
        self.splice(from, to, &WideText::from_units(&units));
    }

    /// Replaces the text between two places and recounts around it.
    fn splice(&mut self, from: Spot, to: Spot, insert: &WideText) {
        let Some((first, last)) = self.chunks.get(from.chunk).zip(self.chunks.get(to.chunk)) else { return };
        let mut left = first.text.slice(0..from.byte);
        let mut right = last.text.slice(to.byte..last.text.len());
        let mut range = from.chunk..to.chunk + 1;
        let (mut left_whole, mut right_whole) = (left.len(), right.len());
        let new = loop {
            let mut new = left.clone();
            new.append(insert);
            new.append(&right);
            // The borders must be safe still, and far enough from each other to be judged alone.
            let short = new.len() < SHORTEST;
            let previous = range.start.checked_sub(1).and_then(|index| self.chunks.get(index));
            if let Some(previous) = previous
                && (short || !self.counter.is_safe_split(previous.text.as_str(), new.as_str()))
            {
                let mut longer = previous.text.clone();
                longer.append(&left);
                left = longer;
                left_whole = left.len();
                range.start -= 1;
                continue;
            }
            if let Some(next) = self.chunks.get(range.end)
                && (short || !self.counter.is_safe_split(new.as_str(), next.text.as_str()))
            {
                right.append(&next.text);
                right_whole = right.len();
                range.end += 1;
                continue;
            }
            break new;
        };
        let edges = Edges { opens: range.start == 0, closes: range.end == self.chunks.count() };
        let chunks = if new.len() > LONGEST {
            cut(self.counter, &new, edges)
        } else {
            let tokens = self
                .recount(&range, new.as_str(), left_whole, right_whole, edges)
                .unwrap_or_else(|| self.counter.count_part(new.as_str(), edges));
            vec![Chunk::new(new, tokens)]
        };
        self.chunks.replace(range, chunks);
    }

    /// The tokens of `new`, which takes the place of some chunks but keeps `left` bytes at their start
    /// and `right` at their end, by the difference between two safe splits. `None` where counting it
    /// whole is less work.
    fn recount(
        &self,
        range: &Range<usize>,
        new: &str,
        left: usize,
        right: usize,
        edges: Edges,
    ) -> Option<u64> {
        let (before, after) = (self.chunks.before(range.start), self.chunks.before(range.end));
        let old_length = after.bytes - before.bytes;
        if old_length > 2 * LONGEST {
            return None;
        }
        let old: String = range
            .clone()
            .filter_map(|index| self.chunks.get(index))
            .map(|chunk| chunk.text.as_str())
            .collect();
        let kept_right = new.get(new.len() - right..)?;
        let start = self.counter.last_safe_split(new, CONTEXT..left.saturating_sub(CONTEXT)).unwrap_or(0);
        let rest = self.counter.next_safe_split(kept_right, CONTEXT).unwrap_or(right);
        let rest = if right <= rest + CONTEXT { right } else { rest };
        let edges = Edges { opens: edges.opens && start == 0, closes: edges.closes && rest == right };
        let old = old.get(start..old_length - right + rest)?;
        let middle = new.get(start..new.len() - right + rest)?;
        if old.len() + middle.len() >= new.len() {
            return None;
        }
        let tokens = after.tokens - before.tokens + self.counter.count_part(middle, edges);
        tokens.checked_sub(self.counter.count_part(old, edges))
    }

    /// The tokens of the vocabulary that end at or before a place.
    fn tokens_before(&self, spot: Spot) -> u64 {
        let before = self.chunks.before(spot.chunk).tokens;
        let Some(chunk) = self.chunks.get(spot.chunk).filter(|_| spot.byte > 0) else { return before };
        if spot.byte == chunk.text.len() {
            return before + chunk.extent.tokens;
        }
        let ends = self.counter.part_ends(chunk.text.as_str(), self.edges(spot.chunk));
        before + ends.partition_point(|end| *end <= spot.byte) as u64
    }

    fn edges(&self, chunk: usize) -> Edges {
        Edges { opens: chunk == 0, closes: chunk + 1 == self.chunks.count() }
    }

    fn tokens_in(&self, range: &Range<usize>, unit: Unit) -> Result<Tokens, Error> {
        let (from, to) = self.spots(range.start, range.end, unit)?;
        Ok(self.scaled(self.tokens_before(to)).minus(self.scaled(self.tokens_before(from))))
    }

    fn token_ends(&self, range: &Range<usize>, unit: Unit) -> Result<Option<Vec<usize>>, Error> {
        let (from, to) = self.spots(range.start, range.end, unit)?;
        if !self.counter.is_own() {
            return Ok(None);
        }
        let mut ends = Vec::new();
        let mut before = unit.of(self.chunks.before(from.chunk));
        for index in from.chunk..=to.chunk {
            let Some(chunk) = self.chunks.get(index) else { break };
            let text = chunk.text.as_str();
            let start = if index == from.chunk { from.byte } else { 0 };
            let last = if index == to.chunk { to.byte } else { text.len() };
            let (mut bytes, mut offset) = (0, before);
            for end in self.counter.part_ends(text, self.edges(index)) {
                // A marker that stands for no character may end where the chunk starts.
                let opens = start == 0 && last > 0;
                if last < end || end <= start && !opens {
                    continue;
                }
                let between = text.get(bytes..end).unwrap_or_default();
                offset += if unit == Unit::Utf8 { between.len() } else { wide::count_units(between) };
                bytes = end;
                ends.push(offset);
            }
            before += unit.of(chunk.extent);
        }
        Ok(Some(ends))
    }
}

/// Cuts a stretch between safe splits into chunks of the usual length, and counts them.
fn cut(counter: Counter, text: &WideText, edges: Edges) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut start = 0;
    loop {
        let rest = text.as_str().get(start..).unwrap_or_default();
        let length = chunk_length(counter, rest);
        let part = rest.get(..length).unwrap_or(rest);
        let edges = Edges { opens: edges.opens && start == 0, closes: edges.closes && length == rest.len() };
        let tokens = counter.count_part(part, edges);
        chunks.push(Chunk::new(text.slice(start..start + part.len()), tokens));
        start += part.len();
        if length == rest.len() {
            return chunks;
        }
    }
}

/// The length of the first chunk of `text`.
fn chunk_length(counter: Counter, text: &str) -> usize {
    if text.len() <= LONGEST {
        return text.len();
    }
    let found =
        counter.last_safe_split(text, SHORTEST..USUAL).or_else(|| counter.next_safe_split(text, USUAL));
    found.filter(|at| at + SHORTEST <= text.len()).unwrap_or(text.len())
}
