//! The chunks of a document, in groups that know their sums: a tree of two levels.
//!
//! A million tokens are about 1,500 chunks in some 25 groups, so finding a chunk looks at a few dozen
//! numbers, and putting one in moves at most one group.

use std::ops::{Add, AddAssign, Range};

use super::wide::{WideText, count_units};

/// What a stretch of text amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    /// UTF-8 bytes.
    pub(super) bytes: usize,
    /// UTF-16 units.
    pub(super) units: usize,
    /// Tokens of the vocabulary.
    pub(super) tokens: u64,
}

impl Add for Extent {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            bytes: self.bytes + other.bytes,
            units: self.units + other.units,
            tokens: self.tokens + other.tokens,
        }
    }
}

impl AddAssign for Extent {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

/// A stretch between two safe splits.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    pub(super) text: WideText,
    pub(super) extent: Extent,
}

impl Chunk {
    pub(super) fn new(text: WideText, tokens: u64) -> Self {
        let extent = Extent { bytes: text.len(), units: count_units(text.as_str()), tokens };
        Self { text, extent }
    }
}

/// Chunks of a fresh group; a group grows to twice as many.
const GROUP: usize = 64;

#[derive(Clone, Debug, Default)]
struct Group {
    chunks: Vec<Chunk>,
    extent: Extent,
}

impl Group {
    fn new(chunks: Vec<Chunk>) -> Self {
        let mut group = Self { chunks, extent: Extent::default() };
        group.sum();
        group
    }

    fn sum(&mut self) {
        self.extent = Extent::default();
        for chunk in &self.chunks {
            self.extent += chunk.extent;
        }
    }
}

/// All chunks of a document, never none.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunks {
    groups: Vec<Group>,
}

impl Chunks {
    pub(super) fn new(chunks: Vec<Chunk>) -> Self {
        Self { groups: grouped(chunks) }
    }

    pub(super) fn count(&self) -> usize {
        self.groups.iter().map(|group| group.chunks.len()).sum()
    }

    pub(super) fn extent(&self) -> Extent {
        self.groups.iter().fold(Extent::default(), |sum, group| sum + group.extent)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Chunk> {
        self.groups.iter().flat_map(|group| &group.chunks)
    }

    /// The group that holds a chunk, and the chunk's place in it.
    fn place(&self, index: usize) -> (usize, usize) {
        let mut rest = index;
        for (at, group) in self.groups.iter().enumerate() {
            if rest < group.chunks.len() {
                return (at, rest);
            }
            rest -= group.chunks.len();
        }
        (self.groups.len(), rest)
    }

    pub(super) fn get(&self, index: usize) -> Option<&Chunk> {
        let (group, at) = self.place(index);
        self.groups.get(group)?.chunks.get(at)
    }

    /// The first chunk that ends at or after `offset`, which `measure` counts, and what stands before
    /// it. An offset between two chunks belongs to the earlier one.
    pub(super) fn find(&self, offset: usize, measure: impl Fn(Extent) -> usize) -> (usize, Extent) {
        let (mut index, mut before) = (0, Extent::default());
        for group in &self.groups {
            if measure(before + group.extent) < offset {
                before += group.extent;
                index += group.chunks.len();
                continue;
            }
            for chunk in &group.chunks {
                if offset <= measure(before + chunk.extent) {
                    return (index, before);
                }
                before += chunk.extent;
                index += 1;
            }
        }
        (index, before)
    }

    /// What stands before a chunk.
    pub(super) fn before(&self, index: usize) -> Extent {
        let (place, at) = self.place(index);
        let groups = self.groups.iter().take(place).map(|group| group.extent);
        let chunks = self.groups.get(place).map_or(&[][..], |group| &group.chunks);
        groups.chain(chunks.iter().take(at).map(|chunk| chunk.extent)).fold(Extent::default(), Add::add)
    }

    /// Puts `chunks` in the place of those of `range`; together they must not be none.
    pub(super) fn replace(&mut self, range: Range<usize>, chunks: Vec<Chunk>) {
        let Some(last) = range.end.checked_sub(1).filter(|_| !range.is_empty()) else { return };
        let (first, start) = self.place(range.start);
        let (last, end) = self.place(last);
        if first == last && chunks.len() <= GROUP {
            if let Some(group) = self.groups.get_mut(first) {
                group.chunks.splice(start..=end, chunks);
                if (1..=2 * GROUP).contains(&group.chunks.len()) {
                    group.sum();
                    return;
                }
                let all = std::mem::take(&mut group.chunks);
                self.groups.splice(first..=first, grouped(all));
            }
            return;
        }
        let tail = self.groups.get_mut(last).map(|group| group.chunks.split_off(end + 1));
        let mut all =
            self.groups.get_mut(first).map(|group| std::mem::take(&mut group.chunks)).unwrap_or_default();
        all.truncate(start);
        all.extend(chunks);
        all.extend(tail.unwrap_or_default());
        self.groups.splice(first..=last, grouped(all));
    }
}

fn grouped(chunks: Vec<Chunk>) -> Vec<Group> {
    let mut groups = Vec::with_capacity(chunks.len().div_ceil(GROUP));
    let mut chunks = chunks.into_iter();
    loop {
        let group: Vec<Chunk> = chunks.by_ref().take(GROUP).collect();
        if group.is_empty() {
            return groups;
        }
        groups.push(Group::new(group));
    }
}
