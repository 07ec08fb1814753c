//! Which tokenizer counts for a model, and how the pieces of a prompt come together.
//!
//! [`Counter`] counts text, [`frame`] knows what a provider writes around it, [`media`] knows what
//! pictures cost, and [`Tally`] gathers all three into parts that know where they came from.

mod frame;
mod media;
mod tally;
#[cfg(feature = "tiktoken")]
mod tiktoken;

pub use tally::Part;
pub(crate) use tally::{CacheMark, Tally, Trait};

use crate::{Prompt, catalog::FrameRules};

/// A way to count text.
///
/// A family whose own vocabulary is not compiled in is counted by one that is, times a measured
/// ratio; [`Counter::is_own`] tells the two apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counter {
    vocabulary: Vocabulary,
    /// Tokens of the family per thousand tokens of the vocabulary.
    per_mille: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vocabulary {
    #[cfg(feature = "tiktoken")]
    O200k,
    #[cfg(feature = "tiktoken")]
    Cl100k,
    /// No vocabulary: a token for every four bytes of UTF-8.
    Bytes,
}

impl Counter {
    /// The counter for a tokenizer of the catalog.
    pub(crate) fn for_tokenizer(tokenizer: &str) -> Self {
        let (vocabulary, per_mille) = match tokenizer {
            #[cfg(feature = "tiktoken")]
            "o200k" | "nova-1" | "nova-2" => (Vocabulary::O200k, 1000),
            #[cfg(feature = "tiktoken")]
            "cl100k" => (Vocabulary::Cl100k, 1000),
            #[cfg(feature = "tiktoken")]
            "claude-v3" => (Vocabulary::O200k, 1110),
            #[cfg(feature = "tiktoken")]
            "claude-v4.7" | "claude-v5" => (Vocabulary::O200k, 1440),
            #[cfg(feature = "tiktoken")]
            _ => (Vocabulary::O200k, 1050),
            #[cfg(not(feature = "tiktoken"))]
            _ => (Vocabulary::Bytes, 1000),
        };
        Self { vocabulary, per_mille }
    }

    /// Whether the vocabulary is the family's own.
    pub(crate) fn is_own(self) -> bool {
        self.per_mille == 1000 && self.vocabulary != Vocabulary::Bytes
    }

    /// The tokens of a text that stands alone.
    pub(crate) fn count(self, text: &str) -> u64 {
        self.thousandths(text).div_ceil(1000)
    }

    /// The same in thousandths of a token, for texts that are counted in pieces.
    pub(crate) fn thousandths(self, text: &str) -> u64 {
        let count = match self.vocabulary {
            #[cfg(feature = "tiktoken")]
            Vocabulary::O200k => tiktoken::o200k(text),
            #[cfg(feature = "tiktoken")]
            Vocabulary::Cl100k => tiktoken::cl100k(text),
            Vocabulary::Bytes => u64::try_from(text.len()).unwrap_or(u64::MAX).div_ceil(4),
        };
        count.saturating_mul(self.per_mille)
    }
}

/// Counts a whole prompt in a model's frame.
pub(crate) fn tally(prompt: &Prompt<'_>, rules: &FrameRules, mut tally: Tally) -> Tally {
    frame::render(prompt, rules, &mut tally);
    tally
}
