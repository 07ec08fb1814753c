//! A document counts after every edit what its text counts anew.

use proptest::{collection::vec, prelude::*, sample::select};
use tokenleash::{Catalog, Document, ErrorKind, Tokens, count_tokens, token_ends};

/// One model for every way of counting: three families of Claude, two vocabularies of `OpenAI`, and
/// those that another vocabulary stands in for; open models have their own with `open-models`.
const MODELS: &[&str] = &[
    "claude-opus-4-6",
    "claude-opus-4-7",
    "claude-opus-4-8",
    "gpt-4o",
    "gpt-4",
    "nova-pro",
    "meta.llama3-3-70b-instruct-v1:0",
    "deepseek.v3.2",
    "qwen.qwen3-32b-v1:0",
    "mistral.mistral-large-3-675b-instruct",
    "moonshotai.kimi-k2.5",
    "minimax.minimax-m2.5",
    "zai.glm-4.7",
];

const ATOMS: [&str; 76] = [
    "word",
    "Word",
    "WORD",
    "iPhone",
    "don't",
    "'s",
    "'lL",
    "'",
    "’",
    "naïve",
    "слово",
    "שָׁלוֹם",
    "नमस्ते",
    "ไทย",
    "กํา",
    "汉字",
    "かな",
    "か\u{3099}",
    "한글",
    "\u{1112}\u{1161}\u{11AB}",
    "\u{1100}",
    "\u{1161}",
    "e\u{301}",
    "\u{301}",
    "\u{323}",
    "\u{338}",
    "=",
    "<",
    "😀",
    "👩\u{200D}👧",
    "❤\u{FE0F}",
    "\u{FE0F}",
    "🇦🇺",
    "*\u{FE0F}\u{20E3}",
    "123",
    "7",
    "٣",
    "²",
    "½",
    "\"",
    "“",
    "ⓐ",
    "Ⅷ",
    "ẞ",
    "İ",
    "ǅ",
    ".",
    ",",
    "—",
    "，",
    "。",
    "(",
    ")",
    "==>",
    "/",
    " ",
    " ",
    " ",
    "  ",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\t",
    "\0",
    "\u{B}",
    "\u{85}",
    "\u{A0}",
    "\u{2028}",
    "\u{3000}",
    "\u{200B}",
    "\u{E000}",
    "\u{FFFD}",
    "\u{1D165}",
    "\u{E4D}",
];

fn full(text: &str, model: &str) -> u64 {
    count_tokens(text, model, false, Catalog::builtin()).expect("a known model").tokens
}

fn document(text: &str, model: &str) -> Document {
    Document::new(text, model, Catalog::builtin()).expect("a known model")
}

/// What a text is made of: pieces, sometimes the same one often enough to fill chunks.
fn text(pieces: usize) -> impl Strategy<Value = String> {
    let piece = (select(&ATOMS[..]), prop_oneof![9 => 1..3_usize, 1 => 100..900_usize]);
    vec(piece, 0..pieces)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, times)| piece.repeat(times)).collect())
}

/// Two places in a text as shares of its length, mostly close to each other.
fn stretch() -> impl Strategy<Value = (u32, u32)> {
    (any::<u32>(), prop_oneof![6 => Just(0), 6 => 0..6_u32, 1 => any::<u32>()])
}

fn places((start, length): (u32, u32), of: usize) -> (usize, usize) {
    let from = start as usize % (of + 1);
    (from, (from + length as usize).min(of))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// A naive string, edited alike and counted anew, is the oracle.
    #[test]
    fn every_edit_counts_like_the_whole_text(
        model in select(MODELS),
        first in text(40),
        edits in vec((stretch(), text(6), any::<bool>()), 1..12),
    ) {
        let mut naive = first.clone();
        let mut document = document(&first, model);
        prop_assert_eq!(document.total().get(), full(&naive, model));
        for (stretch, insert, utf8) in edits {
            let (from, to) = places(stretch, naive.len());
            let (from, to) = (naive.floor_char_boundary(from), naive.floor_char_boundary(to));
            let total = if utf8 {
                document.edit_utf8(from, to, &insert)
            } else {
                let units = |bytes: usize| naive[..bytes].encode_utf16().count();
                document.edit_utf16(units(from), units(to), &insert)
            };
            naive.replace_range(from..to, &insert);
            prop_assert_eq!(total.map(Tokens::get), Ok(full(&naive, model)), "{} {:?}", model, &naive);
            prop_assert_eq!(document.text(), naive.clone());
            prop_assert_eq!(document.len_utf16(), naive.encode_utf16().count());
            prop_assert_eq!(document.len_utf8(), naive.len());
        }
    }

    /// Any division of a text adds up, and tokens end where they end in the whole text.
    #[test]
    fn stretches_add_up(model in select(MODELS), first in text(60), cuts in vec(any::<u32>(), 0..6)) {
        let mut document = document("x", model);
        document.edit_utf16(0, 1, &first).expect("in range");
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut as usize % (first.len() + 1)).collect();
        cuts.extend([0, first.len()]);
        cuts.sort_unstable();
        let ends = token_ends(&first, model, Catalog::builtin()).expect("a known model");
        let (mut sum, mut found) = (0, Vec::new());
        for pair in cuts.windows(2) {
            sum += document.tokens_in_utf8(pair[0]..pair[1]).expect("in range").get();
            found.extend(document.token_ends_utf8(pair[0]..pair[1]).expect("in range").unwrap_or_default());
        }
        if !first.is_empty() {
            prop_assert_eq!(sum, document.total().get());

            prop_assert_eq!(found, ends.clone().unwrap_or_default());
            let units = ends.map(|ends| {
                ends.into_iter().map(|end| first[..end].encode_utf16().count()).collect::<Vec<_>>()
            });
            let all = 0..document.len_utf16();
            prop_assert_eq!(document.token_ends_utf16(all).expect("in range"), units);
        }
    }

    /// The oracle is a list of UTF-16 units, whose lone halves count as U+FFFD.
    #[test]
    fn halves_of_pairs_wait_for_each_other(
        model in select(MODELS),
        edits in vec((stretch(), vec(select(&UNITS[..]), 0..6)), 1..20),
    ) {
        let mut naive: Vec<u16> = Vec::new();
        let mut document = document("", model);
        for (stretch, insert) in edits {
            let (from, to) = places(stretch, naive.len());
            let total = document.edit_utf16_units(from, to, &insert).expect("in range");
            naive.splice(from..to, insert);
            let text = String::from_utf16_lossy(&naive);
            prop_assert_eq!(total.get(), full(&text, model), "{} {:x?}", model, &naive);
            prop_assert_eq!(document.text_utf16(), naive.clone());
            prop_assert_eq!(document.text(), text);
            prop_assert_eq!(document.has_lone_halves(), String::from_utf16(&naive).is_err());
        }
    }
}

/// Halves of pairs among other units.
const UNITS: [u16; 12] =
    [0xD83D, 0xD83D, 0xD83D, 0xDE00, 0xDE00, 0xDE00, 0x61, 0x20, 0x0A, 0xFFFD, 0x6C49, 0xFE0F];

/// A text of many chunks keeps its halves and joins them over the border of chunks.
#[test]
fn halves_are_joined_in_a_long_text() {
    let text = "words and words ".repeat(2000);
    for at in [0, 4096, 8191, 16_000, text.len()] {
        let mut document = document(&text, "claude-opus-4-6");
        let whole = document.edit_utf16(at, at, "😀").expect("in range");
        let split = document.edit_utf16_units(at + 1, at + 1, &[0x20]).expect("inside the pair");
        assert!(document.has_lone_halves() && split != whole, "{at}");
        assert_eq!(document.edit_utf16(at + 1, at + 2, ""), Ok(whole), "{at}");
        assert_eq!(document.text(), format!("{}😀{}", &text[..at], &text[at..]));
    }
}

/// A million tokens are typed into, cut and put back.
#[test]
fn large_deletions_are_undone() {
    for model in ["claude-opus-4-6", "gpt-4o"] {
        let text = "fn main() { println!(\"{}\", 1 + 2); } // the quick brown fox\n".repeat(8000);
        let mut document = document(&text, model);
        let total = document.total();
        for (from, to) in [(0, text.len()), (1000, 400_001), (text.len() / 2, text.len()), (0, 61)] {
            let rest = format!("{}{}", &text[..from], &text[to..]);
            assert_eq!(document.edit_utf16(from, to, "").expect("in range").get(), full(&rest, model));
            assert_eq!(document.edit_utf16(from, from, &text[from..to]), Ok(total));
        }
        assert_eq!(document.text(), text);
    }
}

#[test]
fn offsets_that_cannot_be_are_named() {
    let mut document = document("a😀é", "claude-opus-4-6");
    for (edit, kind, message) in [
        (document.edit_utf16(2, 2, "x"), ErrorKind::InvalidArgument, "offset 2 is inside a surrogate pair"),
        (document.edit_utf16(0, 2, "x"), ErrorKind::InvalidArgument, "offset 2 is inside a surrogate pair"),
        (document.edit_utf8(0, 6, "x"), ErrorKind::InvalidArgument, "offset 6 is inside a character"),
        (
            document.edit_utf16(1, 5, "x"),
            ErrorKind::OutOfRange,
            "offset 5 is beyond the end of the text, at 4 UTF-16 units",
        ),
        (
            document.edit_utf8(8, 8, "x"),
            ErrorKind::OutOfRange,
            "offset 8 is beyond the end of the text, at 7 bytes",
        ),
        (
            document.edit_utf16(3, 1, "x"),
            ErrorKind::InvalidArgument,
            "the stretch starts at 3, after its end at 1",
        ),
        (
            document.tokens_in_utf16(0..usize::MAX),
            ErrorKind::OutOfRange,
            "offset 18446744073709551615 is beyond the end of the text, at 4 UTF-16 units",
        ),
    ] {
        let error = edit.expect_err(message);
        assert_eq!((error.kind(), error.message()), (kind, message));
    }
    assert_eq!(document.text(), "a😀é");
    assert_eq!(
        Document::new("", "claude-opus-46", Catalog::builtin()).unwrap_err().kind(),
        ErrorKind::UnknownModel
    );
}
