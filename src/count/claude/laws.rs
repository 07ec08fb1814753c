//! Laws every count obeys, on random text of all kinds.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Instant;

use super::{
    Edges, Family, Stream, count, count_part, part_ends,
    splits::{is_safe_split, next_safe_split},
};

const FAMILIES: [Family; 3] = [Family::V3, Family::V47, Family::V5];

/// A xorshift generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

const ATOMS: &[&str] = &[
    "word",
    "Word",
    "WORD",
    "iPhone",
    "naïve",
    "слово",
    "ПРИВЕТ",
    "Ωmega",
    "שלום",
    "שָׁלוֹם",
    "नमस्ते",
    "ไทย",
    "กํา",
    "汉字",
    "かな",
    "が",
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
    "१",
    "'",
    "'s",
    "'ll",
    "'re",
    "’",
    "’t",
    "\"",
    "“",
    "ⓐ",
    "Ⅷ",
    "ẞ",
    "İ",
    "ǅ",
    ".",
    ",",
    "!",
    "—",
    "，",
    "。",
    "(",
    ")",
    "--",
    "==>",
    "</a>",
    " ",
    " ",
    " ",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\t",
    "\0",
    "\u{B}",
    "\u{85}",
    "\u{A0}",
    "\u{2003}",
    "\u{2028}",
    "\u{3000}",
    "\u{200B}",
    "\u{FEFF}",
    "\u{AD}",
    "\u{E000}",
    "\u{FDD0}",
    "\u{FDD3}",
    "\u{FFFF}",
    "\u{378}",
    "\u{10FFFF}",
    "\u{1D165}",
    "\u{711}",
    "\u{730}",
    "\u{E4D}",
    "\u{E32}",
    "--------------------",
    "                  ",
    "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n",
];

fn text(random: &mut Random) -> String {
    let length = 1 + random.below(24);
    let mut text = String::new();
    for _ in 0..length {
        if random.below(8) == 0 {
            text.extend(char::from_u32(random.below(0x3000) as u32));
        } else {
            text.push_str(random.pick(ATOMS));
        }
    }
    text
}

#[test]
fn a_stream_counts_like_the_whole() {
    let mut random = Random(1);
    for _ in 0..20_000 {
        let text = text(&mut random);
        let family = FAMILIES[random.below(3)];
        let mut stream = Stream::new(family);
        let mut rest = text.as_str();
        let mut given = String::new();
        while !rest.is_empty() {
            let longest = if random.below(4) == 0 { 300 } else { 9 };
            let (piece, tail) = rest.split_at(rest.ceil_char_boundary(random.below(longest).min(rest.len())));
            stream.push(piece);
            given.push_str(piece);
            if random.below(4) == 0 {
                assert_eq!(stream.total(), count(family, &given), "{family:?} {given:?} of {text:?}");
            }
            rest = tail;
        }
        assert_eq!(stream.finish(), count(family, &text), "{family:?} {text:?}");
    }
}

#[test]
fn every_token_ends_somewhere() {
    let mut random = Random(2);
    for _ in 0..20_000 {
        let text = text(&mut random);
        let family = FAMILIES[random.below(3)];
        let ends = part_ends(family, &text, Edges::BOTH);
        assert_eq!(ends.len() as u64, count(family, &text), "{family:?} {text:?}");
        assert!(ends.is_sorted(), "{family:?} {text:?} {ends:?}");
        assert!(ends.iter().all(|&end| text.is_char_boundary(end)), "{family:?} {text:?} {ends:?}");
    }
}

/// Every safe split of every text, and all of them at once.
#[test]
fn parts_between_safe_splits_add_up() {
    let mut random = Random(3);
    let mut splits = 0;
    for _ in 0..20_000 {
        let text = text(&mut random);
        let places: Vec<usize> = (0..=text.len())
            .filter(|&at| text.is_char_boundary(at) && is_safe_split(&text[..at], &text[at..]))
            .collect();
        splits += places.len();
        for family in FAMILIES {
            let expected = count(family, &text);
            for &at in &places {
                let first = count_part(family, &text[..at], Edges { opens: true, closes: false });
                let last = count_part(family, &text[at..], Edges { opens: false, closes: true });
                assert_eq!(first + last, expected, "{family:?} {:?} | {:?}", &text[..at], &text[at..]);
            }
            let (mut sum, mut start) = (0, 0);
            for &at in places.iter().chain([&text.len()]) {
                sum += count_part(
                    family,
                    &text[start..at],
                    Edges { opens: start == 0, closes: at == text.len() },
                );
                start = at;
            }
            assert_eq!(sum, expected, "{family:?} {text:?} at {places:?}");
        }
    }
    assert!(splits > 30_000, "{splits}");
}

/// Prose, code and text without spaces offer a split within a few characters.
#[test]
fn long_lines_have_safe_splits() {
    for (line, reach) in [
        ("The quick brown fox jumps over the lazy dog. ", 16),
        ("function(a,b){return a+b;}var x=[1,2,3];", 12),
        ("深い森の中で、狐が犬を飛び越えた。", 12),
        ("быстрая лиса прыгает ", 24),
        ("0123456789abcdef", 12),
    ] {
        let text = line.repeat(200);
        let mut at = 0;
        while at + reach < text.len() {
            let next = next_safe_split(&text, at + 1).unwrap();
            assert!(next <= at + 1 + reach, "{line:?}: {at} to {next}");
            at = next;
        }
    }
}

/// A megabyte of one character takes a fraction of a second; anything quadratic would take hours.
#[test]
fn no_input_is_slow() {
    for unit in [
        "a",
        "A",
        "é",
        "e\u{301}",
        "\u{301}",
        "\u{301}\u{323}",
        "7",
        "٣",
        "²",
        " ",
        "\n",
        "\t",
        "\u{3000}",
        "-",
        ".",
        "·",
        "'",
        "'s",
        "😀",
        "\u{FE0F}",
        "\u{1100}\u{1161}\u{11A8}",
        "\r",
        "\0",
        "\u{E000}",
        "\u{E4D}",
        "漢",
        "! ",
        "İ",
        "ẞ",
        "\u{FFFF}",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let start = Instant::now();
        let expected = count(Family::V3, &text);
        let mut stream = Stream::new(Family::V3);
        for piece in text.as_bytes().chunks(4096 * unit.len()) {
            stream.push(std::str::from_utf8(piece).unwrap());
        }
        assert_eq!(stream.finish(), expected, "{unit:?}");
        assert_eq!(part_ends(Family::V3, &text, Edges::BOTH).len() as u64, expected, "{unit:?}");
        let took = start.elapsed();
        assert!(took.as_secs() < 20, "{unit:?} took {took:?}");
    }
}
