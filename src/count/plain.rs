//! Tokens that are no vocabulary's: so many characters each, for the rules of thumb and test counters
//! that other tools count by.

/// How many characters a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Characters {
    /// Texts have no tokens: only what stands around them counts.
    None,
    /// Every character is one.
    One,
    /// Four characters are one, and what is left over is one more.
    Four,
}

impl Characters {
    /// The way that a tokenizer of the catalog names.
    pub(super) fn find(tokenizer: &str) -> Option<Self> {
        match tokenizer {
            "no-text" => Some(Self::None),
            "characters" => Some(Self::One),
            "characters-4" => Some(Self::Four),
            _ => None,
        }
    }

    fn per_token(self) -> usize {
        match self {
            Self::None => usize::MAX,
            Self::One => 1,
            Self::Four => 4,
        }
    }

    pub(super) fn count(self, text: &str) -> u64 {
        let tokens = match self {
            Self::None => 0,
            _ => text.chars().count().div_ceil(self.per_token()),
        };
        u64::try_from(tokens).unwrap_or(u64::MAX)
    }

    /// Where each token ends.
    pub(super) fn ends(self, text: &str) -> Vec<usize> {
        if self == Self::None {
            return Vec::new();
        }
        let starts = text.char_indices().map(|(at, _)| at).step_by(self.per_token()).skip(1);
        starts.chain((!text.is_empty()).then_some(text.len())).collect()
    }

    /// Whether counts add up wherever a text is split.
    pub(super) fn splits_anywhere(self) -> bool {
        self != Self::Four
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_end_where_they_are_counted() {
        for (characters, text, ends) in [
            (Characters::None, "kia ora", vec![]),
            (Characters::One, "", vec![]),
            (Characters::One, "aé世", vec![1, 3, 6]),
            (Characters::Four, "", vec![]),
            (Characters::Four, "aé世", vec![6]),
            (Characters::Four, "kia ", vec![4]),
            (Characters::Four, "kia ora 世", vec![4, 8, 11]),
        ] {
            assert_eq!(characters.ends(text), ends, "{text}");
            assert_eq!(characters.count(text), ends.len() as u64, "{text}");
        }
    }
}
