//! The vocabularies of open models, through the crate `tiktoken`. Nothing else uses that crate.
//!
//! Native only: five megabytes of vocabularies are no part of a page. Llama 4, Llama 2, Gemma, Nemotron,
//! Palmyra, Titan and the Mistral models before Tekken have vocabularies of their own that the crate
//! does not carry (for Llama 4 it takes Llama 3's, which is another); they stay estimates.

use open_vocabularies::{CoreBpe, get_encoding};

/// The catalog's tokenizers that are carried, and the crate's name of their vocabulary.
const CARRIED: [(&str, &str); 8] = [
    ("open:llama3", "llama3"),
    ("open:deepseek", "deepseek_v3"),
    ("open:qwen3", "qwen2"),
    ("open:tekken", "mistral_v3"),
    ("open:kimi", "kimi_k2"),
    ("open:glm4", "glm4"),
    ("open:glm5", "glm5"),
    ("open:minimax", "minimax_m2"),
];

/// A vocabulary that is compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Open(&'static str);

impl Open {
    /// The vocabulary of a tokenizer of the catalog.
    pub(super) fn find(tokenizer: &str) -> Option<Self> {
        let (_, name) = CARRIED.iter().find(|(known, _)| *known == tokenizer)?;
        get_encoding(name).map(|_| Self(name))
    }

    fn vocabulary(self) -> Option<&'static CoreBpe> {
        get_encoding(self.0)
    }

    pub(super) fn count(self, text: &str) -> u64 {
        self.vocabulary().map_or(0, |vocabulary| u64::try_from(vocabulary.count(text)).unwrap_or(u64::MAX))
    }

    /// Where each token ends, moved on to the end of the character it stands in.
    pub(super) fn ends(self, text: &str) -> Vec<usize> {
        let Some(vocabulary) = self.vocabulary() else { return Vec::new() };
        let mut end = 0;
        let ends = vocabulary.encode(text).into_iter().map(|token| {
            end += vocabulary.decode(&[token]).len();
            (end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
        });
        ends.collect()
    }
}

/// Whether the counts of two neighbouring parts add up: after a line break that no white space
/// follows. In every one of these vocabularies' regular expressions a line break ends a match or is
/// followed by white space in it.
pub(super) fn is_safe_split(before: &str, after: &str) -> bool {
    before.ends_with('\n') && after.starts_with(|next: char| !next.is_whitespace())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Ids as the models' publishers give them are in the crate's own tests; these are a few known ones.
    #[test]
    fn known_strings() {
        for (tokenizer, text, ids) in [
            // Source: Meta's and Qwen's model cards and tokenizer.json files.
            ("open:llama3", "Hello, world!", &[9906, 11, 1917, 0][..]),
            ("open:llama3", "What is the capital of France?", &[3923, 374, 279, 6864, 315, 9822, 30]),
            ("open:qwen3", "Hello, world!", &[9707, 11, 1879, 0]),
            // Qwen writes every digit by itself.
            ("open:qwen3", "12345", &[16, 17, 18, 19, 20]),
        ] {
            let open = Open::find(tokenizer).unwrap();
            assert_eq!(open.vocabulary().unwrap().encode(text), ids, "{tokenizer} {text}");
            assert_eq!(open.count(text), u64::try_from(ids.len()).unwrap());
        }
    }

    #[test]
    fn every_vocabulary_is_there_and_ends_where_the_text_ends() {
        let text = "fn main() {}\n\n  // é 你好 👩‍🚀 \u{301} 12345\r\n";
        for (tokenizer, _) in CARRIED {
            let open = Open::find(tokenizer).unwrap();
            let ends = open.ends(text);
            assert!(ends.is_sorted(), "{tokenizer}");
            assert_eq!(ends.last(), Some(&text.len()), "{tokenizer}");
            assert_eq!(open.count(text), u64::try_from(ends.len()).unwrap(), "{tokenizer}");
            for run in [" ", "\n", "a", "é", "\u{301}", "👍"] {
                assert!(0 < open.count(&run.repeat(300_000)), "{tokenizer}");
            }
        }
    }
}
