//! Which tokenizer counts for a model, and how the pieces of a prompt come together.
//!
//! [`Counter`] counts text, [`frame`] knows what a provider writes around it, [`media`] knows what
//! pictures cost, and [`Tally`] gathers all three into parts that know where they came from.

pub(crate) mod claude;
mod frame;
mod media;
mod tally;
#[cfg(feature = "tiktoken")]
mod tiktoken;

pub use tally::Part;
pub(crate) use tally::{CacheMark, Tally, Trait};

use claude::{Family, Stream};

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
    Claude(Family),
    #[cfg(feature = "tiktoken")]
    O200k,
    #[cfg(feature = "cl100k")]
    Cl100k,
}

impl Counter {
    /// The counter for a tokenizer of the catalog.
    pub(crate) fn for_tokenizer(tokenizer: &str) -> Self {
        let (vocabulary, per_mille) = match tokenizer {
            "claude-v3" => (Vocabulary::Claude(Family::V3), 1000),
            "claude-v4.7" => (Vocabulary::Claude(Family::V47), 1000),
            "claude-v5" => (Vocabulary::Claude(Family::V5), 1000),
            #[cfg(feature = "tiktoken")]
            "o200k" | "nova-1" | "nova-2" => (Vocabulary::O200k, 1000),
            #[cfg(feature = "cl100k")]
            "cl100k" => (Vocabulary::Cl100k, 1000),
            #[cfg(feature = "tiktoken")]
            _ => (Vocabulary::O200k, 1050),
            // Claude's counts of code and prose are a fifth to a seventh above o200k's.
            #[cfg(not(feature = "tiktoken"))]
            "o200k" | "cl100k" | "nova-1" | "nova-2" => (Vocabulary::Claude(Family::V3), 870),
            #[cfg(not(feature = "tiktoken"))]
            _ => (Vocabulary::Claude(Family::V3), 920),
        };
        Self { vocabulary, per_mille }
    }

    /// The feature that would have brought a tokenizer's own vocabulary, where this build lacks it.
    pub(crate) fn left_out(tokenizer: &str) -> Option<&'static str> {
        match tokenizer {
            "o200k" | "nova-1" | "nova-2" if cfg!(not(feature = "tiktoken")) => Some("tiktoken"),
            "cl100k" if cfg!(not(feature = "cl100k")) => Some("cl100k"),
            _ => None,
        }
    }

    /// Whether the vocabulary is the family's own.
    pub(crate) fn is_own(self) -> bool {
        self.per_mille == 1000
    }

    /// The tokens of a text that stands alone.
    pub(crate) fn count(self, text: &str) -> u64 {
        self.thousandths(text).div_ceil(1000)
    }

    /// The same in thousandths of a token, for texts that are counted in pieces.
    fn thousandths(self, text: &str) -> u64 {
        let count = match self.vocabulary {
            Vocabulary::Claude(family) => claude::count(family, text),
            #[cfg(feature = "tiktoken")]
            Vocabulary::O200k => tiktoken::o200k(text),
            #[cfg(feature = "cl100k")]
            Vocabulary::Cl100k => tiktoken::cl100k(text),
        };
        count.saturating_mul(self.per_mille)
    }

    /// The byte offset at which each token of a text ends, in the model's own vocabulary.
    pub(crate) fn token_ends(self, text: &str) -> Option<Vec<usize>> {
        match self.vocabulary {
            Vocabulary::Claude(_) if !self.is_own() => None,
            Vocabulary::Claude(family) => Some(claude::token_ends(family, text)),
            #[cfg(feature = "tiktoken")]
            Vocabulary::O200k if !self.is_own() => None,
            #[cfg(feature = "tiktoken")]
            Vocabulary::O200k => Some(tiktoken::o200k_ends(text)),
            #[cfg(feature = "cl100k")]
            Vocabulary::Cl100k => Some(tiktoken::cl100k_ends(text)),
        }
    }

    /// A string that is written piece by piece, in one of the vocabularies that merge over seams.
    fn stream(self) -> Option<Stream> {
        match self.vocabulary {
            Vocabulary::Claude(family) => self.is_own().then(|| Stream::new(family)),
            #[cfg(feature = "tiktoken")]
            Vocabulary::O200k => None,
            #[cfg(feature = "cl100k")]
            Vocabulary::Cl100k => None,
        }
    }
}

/// Counts a whole prompt in a model's frame.
pub(crate) fn tally(prompt: &Prompt<'_>, rules: &FrameRules, mut tally: Tally) -> Tally {
    frame::render(prompt, rules, &mut tally);
    tally
}
