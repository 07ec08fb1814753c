//! The `OpenAI` family's vocabularies, through tiktoken-rs. Nothing else uses that crate.

#[cfg(feature = "cl100k")]
use tiktoken_rs::cl100k_base_singleton;
use tiktoken_rs::{CoreBPE, o200k_base_singleton};

/// Text beyond this is handed over in pieces. The library's regular expression engine gives up,
/// by a panic, on runs of white space longer than its backtracking limit, and its merge loop is
/// kept in cache by pieces of this size.
const PIECE: usize = 64 * 1024;

pub(super) fn o200k(text: &str) -> u64 {
    pieces(text, Words::ByCase).map(|piece| count(o200k_base_singleton(), piece)).sum()
}

#[cfg(feature = "cl100k")]
pub(super) fn cl100k(text: &str) -> u64 {
    pieces(text, Words::Whole).map(|piece| count(cl100k_base_singleton(), piece)).sum()
}

pub(super) fn o200k_ends(text: &str) -> Vec<usize> {
    ends(o200k_base_singleton(), text, Words::ByCase)
}

#[cfg(feature = "cl100k")]
pub(super) fn cl100k_ends(text: &str) -> Vec<usize> {
    ends(cl100k_base_singleton(), text, Words::Whole)
}

/// Where each token ends, moved on to the end of the character it stands in.
fn ends(vocabulary: &CoreBPE, text: &str, words: Words) -> Vec<usize> {
    let mut end = 0;
    let tokens = pieces(text, words).flat_map(|piece| vocabulary.encode_ordinary(piece));
    tokens
        .map(|token| {
            end += vocabulary.decode_bytes(&[token]).map_or(0, |bytes| bytes.len());
            text.ceil_char_boundary(end)
        })
        .collect()
}

fn count(vocabulary: &CoreBPE, text: &str) -> u64 {
    u64::try_from(vocabulary.count_ordinary(text)).unwrap_or(u64::MAX)
}

/// How a vocabulary's regular expression takes letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// A word ends where a capital follows a small letter (o200k).
    ByCase,
    /// Letters in a row are one word (cl100k).
    #[cfg_attr(not(feature = "cl100k"), expect(dead_code, reason = "one rule for both vocabularies"))]
    Whole,
}

/// Whether no match of the regular expression holds the characters on both sides of a place, so
/// that the counts of both sides add up.
///
/// In both expressions, alternative by alternative:
///
/// - White space other than line breaks only follows white space; before it a match has ended.
/// - Letters are followed by letters, marks or the apostrophe of a contraction, by nothing else.
/// - Digits stand with digits only.
/// - A line break is followed by white space or, in o200k, a slash.
/// - A small letter is followed by a capital only in cl100k, and in contractions (`'lL`).
///
/// The look-aheads `(?!\S)` and `$` stand behind white space, so a cut behind anything else does not
/// change them; white space that ends in a line break is one match with and without them.
///
/// Characters that are none of this for certain, in any version of Unicode, are not split at.
pub(super) fn is_safe_split(before: &str, after: &str, words: Words) -> bool {
    let mut behind = before.chars().rev();
    let (Some(left), Some(right)) = (behind.next(), after.chars().next()) else { return false };
    if left.is_whitespace() {
        return matches!(left, '\n' | '\r') && !right.is_whitespace() && right != '/';
    }
    if right.is_whitespace() && !matches!(right, '\n' | '\r') {
        return true;
    }
    match (Kind::of(left), Kind::of(right)) {
        (Kind::Small, Kind::Capital) => words == Words::ByCase && behind.next() != Some('\''),
        (Kind::Letter | Kind::Small | Kind::Capital, Kind::Digit | Kind::Sign) => true,
        (Kind::Digit, right) => right != Kind::Digit && right != Kind::Unsure,
        (Kind::Sign | Kind::Apostrophe, right) => right == Kind::Digit,
        _ => false,
    }
}

/// What a character is for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// An ASCII letter.
    Small,
    Capital,
    /// Another letter.
    Letter,
    /// An ASCII digit.
    Digit,
    Apostrophe,
    /// Neither letter, mark nor number; line breaks too.
    Sign,
    Unsure,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            'a'..='z' => Self::Small,
            'A'..='Z' => Self::Capital,
            '0'..='9' => Self::Digit,
            '\'' => Self::Apostrophe,
            '\0'..='\x7F'
            | '‐'..='‧'
            | '‰'..='⁞'
            | '、'..='〃'
            | '〈'..='】'
            | '！'..='／'
            | '：'..='＠'
            | '［'..='｀'
            | '｛'..='･'
            | '🌀'..='🙏' => Self::Sign,
            'À'..='Ö'
            | 'Ø'..='ö'
            | 'ø'..='ɏ'
            | 'Σ'..='ώ'
            | 'Ѐ'..='ҁ'
            | 'א'..='ת'
            | 'ؠ'..='ي'
            | 'ऄ'..='ह'
            | 'ก'..='ะ'
            | 'ぁ'..='ゖ'
            | 'ァ'..='ヺ'
            | '一'..='龥'
            | '가'..='힣' => Self::Letter,
            _ => Self::Unsure,
        }
    }
}

/// The text in pieces whose counts add up: each ends at the last safe split within [`PIECE`] bytes.
///
/// A longer stretch without a safe split is no text that anyone wrote, and is cut every [`PIECE`]
/// bytes from its start. Where the pieces begin does not depend on what stands before the stretch,
/// so the counts of parts between safe splits add up even then.
fn pieces(text: &str, words: Words) -> impl Iterator<Item = &str> {
    let mut rest = text;
    // The bytes of `rest` that are known to have no safe split.
    let mut whole = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if whole == 0 {
            let found =
                if rest.len() <= PIECE { Some(rest.len()) } else { last_safe_split(rest, PIECE, words) };
            whole = found.unwrap_or_else(|| next_safe_split(rest, PIECE, words));
        }
        let (piece, after) = rest.split_at(rest.floor_char_boundary(whole.min(PIECE)));
        whole -= piece.len();
        rest = after;
        Some(piece)
    })
}

fn last_safe_split(text: &str, until: usize, words: Words) -> Option<usize> {
    let mut places = (1..=until).rev().filter_map(|at| Some((at, text.split_at_checked(at)?)));
    places.find(|(_, (before, after))| is_safe_split(before, after, words)).map(|(at, _)| at)
}

fn next_safe_split(text: &str, from: usize, words: Words) -> usize {
    let mut places = (from..text.len()).filter_map(|at| Some((at, text.split_at_checked(at)?)));
    places.find(|(_, (before, after))| is_safe_split(before, after, words)).map_or(text.len(), |(at, _)| at)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*, sample::select};

    const ATOMS: [&str; 48] = [
        "a",
        "b",
        "A",
        "Z",
        "word",
        "Word",
        "ABC",
        "don't",
        "'S",
        "'lL",
        "'re",
        "'",
        "’",
        "é",
        "É",
        "e\u{301}",
        "\u{301}",
        "ſ",
        "ǅ",
        "ʰ",
        "中",
        "文字",
        "、",
        "。",
        "，",
        "नमस्ते",
        "\u{93f}",
        "ไทย",
        "Ⓐ",
        "Ⅷ",
        "½",
        "٣",
        "7",
        "123",
        " ",
        "  ",
        "\t",
        "\n",
        "\r",
        "\r\n",
        "\u{a0}",
        "\u{3000}",
        "\u{85}",
        "/",
        "//",
        "--",
        "😀",
        "👩\u{200d}👧",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

        /// Every safe split of every text, one by one and all at once.
        #[test]
        fn parts_between_safe_splits_add_up(atoms in vec(select(&ATOMS[..]), 1..14)) {
            let text = atoms.concat();
            for (words, vocabulary) in
                [(Words::ByCase, o200k_base_singleton()), (Words::Whole, cl100k_base_singleton())]
            {
                let whole = count(vocabulary, &text);
                let (mut sum, mut start) = (0, 0);
                for at in 1..text.len() {
                    let Some((before, after)) = text.split_at_checked(at) else { continue };
                    if is_safe_split(before, after, words) {
                        let parts = count(vocabulary, before) + count(vocabulary, after);
                        prop_assert_eq!(parts, whole, "{:?} {:?} | {:?}", words, before, after);
                        let part = text.get(start..at).unwrap_or_default();
                        let cut = part.ceil_char_boundary(1).max(1);
                        prop_assert!(!part.is_empty() && cut <= part.len());
                        sum += count(vocabulary, part);
                        start = at;
                    }
                }
                sum += count(vocabulary, text.get(start..).unwrap_or_default());
                prop_assert_eq!(sum, whole, "{:?} {:?}", words, text);
            }
        }
    }

    #[test]
    fn pieces_add_up() {
        let line = "fn main() { println!(\"{}\", 1 + 2); }\n    // two\n/etc/hosts and other words\r\n\n";
        let words = "the quick brown fox jumps over the lazy dog ";
        for text in [line.repeat(4000), words.repeat(8000), "a\n".repeat(90_000), "深い森、".repeat(20_000)]
        {
            assert_eq!(o200k(&text), count(o200k_base_singleton(), &text));
            #[cfg(feature = "cl100k")]
            assert_eq!(cl100k(&text), count(cl100k_base_singleton(), &text));
        }
    }

    /// The forced cuts of a stretch without a safe split do not depend on what stands around it.
    #[test]
    fn parts_around_a_long_stretch_add_up() {
        let stretch = "a".repeat(PIECE + 1000);
        for (before, after) in [("x = ", "\n"), ("1", "2"), ("word \n", " word"), ("", ".")] {
            let before = before.repeat(100);
            let text = format!("{before}{stretch}{after}");
            let at = before.trim_end_matches(' ').len();
            let parts = o200k(text.get(..at).unwrap_or_default()) + o200k(text.get(at..).unwrap_or_default());
            assert_eq!(o200k(&text), parts);
        }
    }

    #[test]
    fn long_runs_are_counted_without_a_panic() {
        for run in [" ", "\n", "a", "é", "\u{301}", " \t", "👍"] {
            assert!(0 < o200k(&run.repeat(1_000_000)));
        }
    }
}
