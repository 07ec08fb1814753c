//! Counts of long texts that were taken before.
//!
//! A fit counts a request, and then what is left of it, where most texts are the same. A text that
//! is the same byte for byte has the same count, so a count with these is the full one.

use std::collections::HashMap;

use super::{Counter, Edges};

/// A shorter text is counted about as soon as it is found.
const SHORTEST: usize = 256;

/// A counter, and the long texts that it counted.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(super) counter: Counter,
    memory: Option<Memory>,
}

#[derive(Clone, Debug, Default)]
struct Memory {
    /// The texts, one after the other.
    texts: String,
    /// Where each stands, by its digest; of two that share one the first stays.
    places: HashMap<u64, Place>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    start: usize,
    edges: Edges,
    tokens: u64,
}

impl Known {
    /// A counter that remembers nothing.
    pub(crate) const fn nothing(counter: Counter) -> Self {
        Self { counter, memory: None }
    }

    /// A counter that remembers what it counts.
    pub(crate) fn new(counter: Counter) -> Self {
        Self { counter, memory: Some(Memory::default()) }
    }

    /// [`Counter::count_part`].
    pub(super) fn count_part(&mut self, text: &str, edges: Edges) -> u64 {
        let count = || self.counter.count_part(text, edges);
        let Some(memory) = self.memory.as_mut().filter(|_| SHORTEST <= text.len()) else { return count() };
        let digest = digest(text);
        if let Some(place) = memory.places.get(&digest) {
            let same = place.edges == edges
                && memory.texts.get(place.start..).is_some_and(|texts| texts.starts_with(text));
            return if same { place.tokens } else { count() };
        }
        let tokens = count();
        memory.places.insert(digest, Place { start: memory.texts.len(), edges, tokens });
        memory.texts.push_str(text);
        tokens
    }
}

/// A number of a text's bytes and length. What is found by it is compared whole.
fn digest(text: &str) -> u64 {
    let mix = |sum: u64, word: [u8; 8]| {
        (sum.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
    };
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let sum = words.iter().copied().fold(text.len() as u64, mix);
    mix(sum, last)
}
