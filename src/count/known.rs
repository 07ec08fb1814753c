//! Counts of long texts that were taken before.
//!
//! A fit counts a request, and then what is left of it, where most texts are the same. A text that
//! is the same byte for byte has the same count, so a count with these is the full one.

use super::{Counter, Edges, claude::INSIDE};

/// A shorter text is counted about as soon as it is found.
const SHORTEST: usize = 256;

/// A counter, and the long texts that it counted.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(super) counter: Counter,
    memory: Option<Memory>,
}

#[derive(Clone, Debug)]
struct Memory {
    /// The texts, one after the other.
    texts: String,
    /// Where each stands: in one of a few places that its digest names. A newer text takes that of an older.
    places: Vec<Option<Place>>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    digest: u64,
    start: usize,
    edges: Edges,
    tokens: u64,
}

/// The places of a table, and how many of them a digest names.
const PLACES: usize = 1 << 13;
const WAYS: usize = 4;

impl Default for Memory {
    fn default() -> Self {
        Self { texts: String::new(), places: vec![None; PLACES] }
    }
}

impl Memory {
    fn get(&self, text: &str, digest: u64, edges: Edges) -> Option<u64> {
        let same = |place: &&Place| {
            place.digest == digest
                && place.edges == edges
                && self.texts.get(place.start..).is_some_and(|texts| texts.starts_with(text))
        };
        self.places.get(ways(digest))?.iter().flatten().find(same).map(|place| place.tokens)
    }

    fn set(&mut self, text: &str, digest: u64, edges: Edges, tokens: u64) {
        let Some(places) = self.places.get_mut(ways(digest)) else { return };
        places.rotate_right(1);
        if let Some(place) = places.first_mut() {
            *place = Some(Place { digest, start: self.texts.len(), edges, tokens });
            self.texts.push_str(text);
        }
    }
}

fn ways(digest: u64) -> std::ops::Range<usize> {
    let start = (digest >> 32) as usize % (PLACES / WAYS) * WAYS;
    start..start + WAYS
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

    /// The tokens of a string, as a [`super::Tally`] comes to them.
    pub(crate) fn count(&mut self, text: &str) -> u64 {
        let tokens = match self.counter.stream() {
            Some(mut string) => {
                string.push_by(text, &mut |part| self.count_part(part, INSIDE));
                string.finish()
            }
            None => self.count_part(text, Edges::BOTH),
        };
        self.counter.thousandths(tokens).saturating_add(500) / 1000
    }

    /// [`Counter::count_part`].
    pub(super) fn count_part(&mut self, text: &str, edges: Edges) -> u64 {
        let count = || self.counter.count_part(text, edges);
        let Some(memory) = self.memory.as_mut().filter(|_| SHORTEST <= text.len()) else { return count() };
        let digest = digest(text);
        memory.get(text, digest, edges).unwrap_or_else(|| {
            let tokens = count();
            memory.set(text, digest, edges, tokens);
            tokens
        })
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

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::{Catalog, Estimate, Request};

    const TOKENIZERS: [&str; 6] = ["claude-v3", "claude-v4.7", "claude-v5", "o200k", "nova-2", "other"];

    fn text() -> impl Strategy<Value = String> {
        let word =
            select(vec!["kia ora ", "世界", "\n\n", "e\u{301}", "👩‍💻", "fn x() {}", "'s", " ", "12", "."]);
        // Few beginnings, middles and ends, so that many texts are the same or nearly so.
        let part =
            || select(vec!["The same stretch of words, again. ".repeat(9), "x".repeat(300), String::new()]);
        (part(), vec(word, 0..3), part()).prop_map(|(before, words, after)| before + &words.concat() + &after)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn as_counted_afresh(texts in vec(text(), 1..12), tokenizer in select(TOKENIZERS.to_vec())) {
            let counter = Counter::for_tokenizer(tokenizer);
            let mut known = Known::new(counter);
            for text in texts.iter().chain(&texts) {
                for edges in [Edges::BOTH, INSIDE] {
                    prop_assert_eq!(known.count_part(text, edges), counter.count_part(text, edges));
                }
                prop_assert_eq!(known.count(text), Known::nothing(counter).count(text));
            }
        }

        #[test]
        fn an_estimate_by_what_is_known_is_a_full_one(
            texts in vec(text(), 1..12),
            mut left in vec(any::<bool>(), 12),
            model in select(vec!["anthropic.claude-opus-4-6-v1", "anthropic.claude-opus-4-8", "amazon.nova-pro-v1:0", "gpt-4o",
                "meta.llama3-3-70b-instruct-v1:0"]),
        ) {
            let model = Catalog::builtin().model(model).unwrap();
            let mut known = Known::new(Counter::for_tokenizer(&model.tokenizer));
            // A request holds at least one message.
            left[0] = true;
            for keep in [vec![true; 12], left] {
                let said = texts.iter().zip(keep).filter(|(_, keep)| *keep).enumerate().map(|(index, (text, _))| {
                    let role = if index % 2 == 0 { "user" } else { "assistant" };
                    serde_json::json!({"role": role, "content": [{"text": text}]})
                });
                let body = serde_json::json!({"messages": said.collect::<Vec<_>>()}).to_string();
                let request = Request::read(&body, None).unwrap();
                let prompt = request.prompt().unwrap();
                let (fresh, again) = (Estimate::of(&prompt, model), Estimate::with(&prompt, model, &mut known));
                prop_assert_eq!(format!("{fresh:?}"), format!("{again:?}"));
            }
        }
    }

    /// Texts of one digest and length: the second word makes up for the first.
    #[test]
    fn texts_of_one_digest_are_told_apart() {
        let start = "a".repeat(SHORTEST);
        let one = format!("{start}{}{}", "12345678", "abcdefgh");
        let rotated = |word: &str| {
            let sum = start.as_bytes().as_chunks::<8>().0.iter().fold(one.len() as u64, |sum, chunk| {
                (sum.rotate_left(5) ^ u64::from_le_bytes(*chunk)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            });
            let word = u64::from_le_bytes(word.as_bytes().try_into().unwrap());
            (sum.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(5)
        };
        let other = (0..100_000_000_u64)
            .map(|number| format!("{number:08}"))
            .filter(|word| word != "12345678")
            .find_map(|word| {
                let second = rotated("12345678") ^ u64::from_le_bytes(*b"abcdefgh") ^ rotated(&word);
                let second = String::from_utf8(second.to_le_bytes().to_vec()).ok()?;
                Some(format!("{start}{word}{second}"))
            });
        let other = other.unwrap();
        assert_eq!((one.len(), digest(&one)), (other.len(), digest(&other)));
        let counter = Counter::for_tokenizer("claude-v3");
        let mut known = Known::new(counter);
        let both = [&one, &other].map(|text| known.count_part(text, INSIDE));
        assert_eq!(both, [&one, &other].map(|text| counter.count_part(text, INSIDE)));
        assert_ne!(both[0], both[1]);
    }
}
