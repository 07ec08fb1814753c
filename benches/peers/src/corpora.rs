//! The texts that are counted: about a megabyte each, the same in every run and on every machine.
//!
//! Prose and code are drawn from the small files of `benches/corpus`, which are the project's own.

const MEGABYTE: usize = 1 << 20;

/// A text and what it stands for.
pub struct Corpus {
    pub name: &'static str,
    pub kind: Kind,
    pub text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What people and programs write.
    Ordinary,
    /// Made to be slow.
    Adversarial,
}

/// A xorshift generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    /// A word nobody has seen.
    fn word(&mut self) -> String {
        const SYLLABLES: [&str; 24] = [
            "ka", "lor", "mi", "ten", "vas", "qui", "ro", "shel", "dra", "po", "nim", "ux", "fen", "gar",
            "tyl", "bo", "cre", "wen", "zi", "hal", "jor", "eth", "an", "sum",
        ];
        (0..2 + self.below(3)).map(|_| SYLLABLES[self.below(SYLLABLES.len())]).collect()
    }
}

/// Stretches of lines of a file, in any order.
fn lines(file: &str) -> String {
    let lines: Vec<&str> = file.lines().collect();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut text = String::with_capacity(MEGABYTE + 4096);
    while text.len() < MEGABYTE {
        let start = random.below(lines.len());
        for line in lines.iter().skip(start).take(5 + random.below(30)) {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Sentences of a file, with one word in thirty replaced by one that nobody has seen: repeated text
/// must not be easier than text.
fn prose(file: &str, between: &str) -> String {
    let mut random = Random(0xD6E8_FEB8_6659_FD93);
    let sentences: Vec<&str> = file.lines().collect();
    let mut text = String::with_capacity(MEGABYTE + 4096);
    while text.len() < MEGABYTE {
        for word in sentences[random.below(sentences.len())].split(' ') {
            if between == " " && word.is_ascii() && random.below(30) == 0 {
                text.push_str(&random.word());
            } else {
                text.push_str(word);
            }
            text.push_str(between);
        }
        if random.below(4) == 0 {
            text.push_str("\n\n");
        }
    }
    text
}

/// Words of a file in any order, with the punctuation where it falls.
fn words(file: &str, between: &str) -> String {
    let words: Vec<&str> = file.split_whitespace().collect();
    let mut random = Random(0xA076_1D64_78BD_642F);
    let mut text = String::with_capacity(MEGABYTE + 4096);
    while text.len() < MEGABYTE {
        text.push_str(words[random.below(words.len())]);
        text.push_str(if random.below(200) == 0 { "\n" } else { between });
    }
    text
}

fn drawn(from: &str, length: usize) -> String {
    let letters: Vec<char> = from.chars().collect();
    let mut random = Random(0xE703_7ED1_A0B4_28DB);
    let mut text = String::with_capacity(length + 4);
    while text.len() < length {
        text.push(letters[random.below(letters.len())]);
    }
    text
}

/// Whatever is slow alone, in short runs that break each other off.
fn mixed() -> String {
    let list = [
        "a", "aB", " ", "\n", "\u{301}", "7", "=", "\u{200d}", "\u{ac00}", "é", "\u{1100}", "😀", "'s", "\t",
    ];
    runs(&list, 300)
}

/// Each of a list up to so many times, in any order.
fn runs(list: &[&str], most: usize) -> String {
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    let mut text = String::with_capacity(MEGABYTE + 4096);
    while text.len() < MEGABYTE {
        text.push_str(&list[random.below(list.len())].repeat(1 + random.below(most)));
    }
    text
}

fn emoji() -> String {
    let list = ["😀", "👍🏽", "👩‍👧", "❤️", "🇳🇿", "🎉", "✨", "🤷‍♀️", " ok", " so", ", yes", "!\n"];
    let mut random = Random(0x8EBC_6AF0_9C88_C6E3);
    let mut text = String::with_capacity(MEGABYTE + 64);
    while text.len() < MEGABYTE {
        text.push_str(list[random.below(list.len())]);
    }
    text
}

pub fn all() -> Vec<Corpus> {
    use Kind::{Adversarial, Ordinary};
    let repeated = |unit: &str| unit.repeat(MEGABYTE / unit.len());
    let list = [
        ("English", Ordinary, prose(include_str!("../../corpus/english.txt"), " ")),
        ("Rust", Ordinary, lines(include_str!("../../corpus/rust.txt"))),
        ("Python", Ordinary, lines(include_str!("../../corpus/python.txt"))),
        ("JSON", Ordinary, lines(include_str!("../../corpus/json.txt"))),
        ("Chinese", Ordinary, words(include_str!("../../corpus/chinese.txt"), "")),
        ("Hindi", Ordinary, words(include_str!("../../corpus/hindi.txt"), " ")),
        ("emoji", Ordinary, emoji()),
        ("one letter", Adversarial, repeated("a")),
        ("spaces", Adversarial, repeated(" ")),
        ("newlines", Adversarial, repeated("\n")),
        ("combining marks", Adversarial, repeated("\u{301}\u{323}")),
        ("alternating case", Adversarial, repeated("aB")),
        ("digits", Adversarial, repeated("7")),
        ("hexadecimal", Adversarial, drawn("0123456789abcdef", MEGABYTE)),
        ("letters at random", Adversarial, drawn("abcdefghijklmnopqrstuvwxyz", MEGABYTE)),
        ("mixed", Adversarial, mixed()),
        ("rulers", Adversarial, runs(&["=", "-", ".", "*", "#", "_", "/", "·"], 100)),
        ("decomposed", Adversarial, drawn("aeiouAEIOU\u{301}\u{308}\u{323}\u{302}", MEGABYTE)),
    ];
    list.into_iter().map(|(name, kind, text)| Corpus { name, kind, text }).collect()
}
