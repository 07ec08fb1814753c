//! Which tokenizer counts for a model, and how the pieces of a prompt come together.
//!
//! [`Counter`] counts text, [`frame`] knows what a provider writes around it, [`media`] knows what
//! pictures cost, and [`Tally`] gathers all three into parts that know where they came from.

pub(crate) mod claude;
mod frame;
mod known;
mod media;
#[cfg(all(feature = "open-models", not(target_arch = "wasm32")))]
mod open;
mod plain;
mod tally;
#[cfg(feature = "tiktoken")]
mod tiktoken;

pub(crate) use claude::Edges;
pub(crate) use frame::{Form, Forms};
pub(crate) use known::Known;
pub use tally::Part;
pub(crate) use tally::{CacheMark, Tally, Trait};

use std::ops::Range;

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
    #[cfg(all(feature = "open-models", not(target_arch = "wasm32")))]
    Open(open::Open),
    Plain(plain::Characters),
}

impl Counter {
    /// The counter for a tokenizer of the catalog.
    pub(crate) fn for_tokenizer(tokenizer: &str) -> Self {
        #[cfg(all(feature = "open-models", not(target_arch = "wasm32")))]
        if let Some(open) = open::Open::find(tokenizer) {
            return Self { vocabulary: Vocabulary::Open(open), per_mille: 1000 };
        }
        if let Some(characters) = plain::Characters::find(tokenizer) {
            return Self { vocabulary: Vocabulary::Plain(characters), per_mille: 1000 };
        }
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
        self.scaled(self.count_part(text, Edges::BOTH))
    }

    /// Thousandths of a token of the family for so many of the vocabulary.
    const fn thousandths(self, tokens: u64) -> u64 {
        tokens.saturating_mul(self.per_mille)
    }

    /// Tokens of the family for so many of the vocabulary.
    pub(crate) fn scaled(self, tokens: u64) -> u64 {
        self.thousandths(tokens).div_ceil(1000)
    }

    /// Tokens of the vocabulary in a part of a text. The counts of parts between safe splits add up
    /// to that of the text.
    pub(crate) fn count_part(self, part: &str, edges: Edges) -> u64 {
        match self.vocabulary {
            Vocabulary::Claude(family) => claude::count_part(family, part, edges),
            #[cfg(feature = "tiktoken")]
            Vocabulary::O200k => tiktoken::o200k(part),
            #[cfg(feature = "cl100k")]
            Vocabulary::Cl100k => tiktoken::cl100k(part),
            #[cfg(all(feature = "open-models", not(target_arch = "wasm32")))]
            Vocabulary::Open(open) => open.count(part),
            Vocabulary::Plain(characters) => characters.count(part),
        }
    }

    /// The byte offset at which each token of the vocabulary ends in a part between safe splits.
    pub(crate) fn part_ends(self, part: &str, edges: Edges) -> Vec<usize> {
        match self.vocabulary {
            Vocabulary::Claude(family) => claude::part_ends(family, part, edges),
            #[cfg(feature = "tiktoken")]
            Vocabulary::O200k => tiktoken::o200k_ends(part),
            #[cfg(feature = "cl100k")]
            Vocabulary::Cl100k => tiktoken::cl100k_ends(part),
            #[cfg(all(feature = "open-models", not(target_arch = "wasm32")))]
            Vocabulary::Open(open) => open.ends(part),
            Vocabulary::Plain(characters) => characters.ends(part),
        }
    }

    /// Whether the counts of two neighbouring parts of a text add up. Only the two characters on
    /// either side of the place matter.
    pub(crate) fn is_safe_split(self, before: &str, after: &str) -> bool {
        match self.vocabulary {
            Vocabulary::Claude(_) => claude::is_safe_split(before, after),
            #[cfg(feature = "tiktoken")]
            Vocabulary::O200k => tiktoken::is_safe_split(before, after, tiktoken::Words::ByCase),
            #[cfg(feature = "cl100k")]
            Vocabulary::Cl100k => tiktoken::is_safe_split(before, after, tiktoken::Words::Whole),
            #[cfg(all(feature = "open-models", not(target_arch = "wasm32")))]
            Vocabulary::Open(_) => open::is_safe_split(before, after),
            Vocabulary::Plain(characters) => characters.splits_anywhere(),
        }
    }

    /// The last safe split of `text` at a byte offset in `range`.
    pub(crate) fn last_safe_split(self, text: &str, range: Range<usize>) -> Option<usize> {
        range.rev().find(|at| self.splits_at(text, *at))
    }

    /// The first safe split of `text` at or after `from`.
    pub(crate) fn next_safe_split(self, text: &str, from: usize) -> Option<usize> {
        (from..text.len()).find(|at| self.splits_at(text, *at))
    }

    fn splits_at(self, text: &str, at: usize) -> bool {
        text.split_at_checked(at).is_some_and(|(before, after)| self.is_safe_split(before, after))
    }

    /// The byte offset at which each token of a text ends, in the model's own vocabulary.
    pub(crate) fn token_ends(self, text: &str) -> Option<Vec<usize>> {
        self.is_own().then(|| self.part_ends(text, Edges::BOTH))
    }

    /// The byte offset at which each token of a text ends, in whichever vocabulary counts.
    pub(crate) fn piece_ends(self, text: &str) -> Vec<usize> {
        self.part_ends(text, Edges::BOTH)
    }

    /// How many of [`Counter::piece_ends`] so many tokens of the family are.
    pub(crate) fn pieces_in(self, tokens: u64) -> u64 {
        tokens.saturating_mul(1000).checked_div(self.per_mille).unwrap_or(tokens)
    }

    /// A string that is written piece by piece, in one of the vocabularies that merge over seams.
    fn stream(self) -> Option<Stream> {
        match self.vocabulary {
            Vocabulary::Claude(family) => self.is_own().then(|| Stream::new(family)),
            #[cfg(feature = "tiktoken")]
            Vocabulary::O200k => None,
            #[cfg(feature = "cl100k")]
            Vocabulary::Cl100k => None,
            #[cfg(all(feature = "open-models", not(target_arch = "wasm32")))]
            Vocabulary::Open(_) => None,
            Vocabulary::Plain(_) => None,
        }
    }
}

/// How the results of a conversation are written in a model's frame.
pub(crate) fn forms<'p>(prompt: &'p Prompt<'_>, rules: &FrameRules) -> Forms<'p> {
    Forms::of(prompt, rules)
}

/// Counts a whole prompt in a model's frame.
pub(crate) fn tally(prompt: &Prompt<'_>, rules: &FrameRules, mut tally: Tally) -> Tally {
    frame::render(prompt, rules, &mut tally);
    tally
}
