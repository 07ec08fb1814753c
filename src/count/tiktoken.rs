//! The `OpenAI` family's vocabularies, through tiktoken-rs. Nothing else uses that crate.

use std::str;

#[cfg(feature = "cl100k")]
use tiktoken_rs::cl100k_base_singleton;
use tiktoken_rs::{CoreBPE, o200k_base_singleton};

/// Text beyond this is handed over in pieces. The library's regular expression engine gives up,
/// by a panic, on runs of white space longer than its backtracking limit, and its merge loop is
/// kept in cache by pieces of this size.
const PIECE: usize = 64 * 1024;

pub(super) fn o200k(text: &str) -> u64 {
    pieces(text).map(|piece| count(o200k_base_singleton(), piece)).sum()
}

#[cfg(feature = "cl100k")]
pub(super) fn cl100k(text: &str) -> u64 {
    pieces(text).map(|piece| count(cl100k_base_singleton(), piece)).sum()
}

pub(super) fn o200k_ends(text: &str) -> Vec<usize> {
    ends(o200k_base_singleton(), text)
}

#[cfg(feature = "cl100k")]
pub(super) fn cl100k_ends(text: &str) -> Vec<usize> {
    ends(cl100k_base_singleton(), text)
}

/// Where each token ends, moved on to the end of the character it stands in.
fn ends(vocabulary: &CoreBPE, text: &str) -> Vec<usize> {
    let mut end = 0;
    let tokens = pieces(text).flat_map(|piece| vocabulary.encode_ordinary(piece));
    tokens
        .map(|token| {
            end += vocabulary.decode_bytes(&[token]).map_or(0, |bytes| bytes.len());
            (end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
        })
        .collect()
}

fn count(vocabulary: &CoreBPE, text: &str) -> u64 {
    u64::try_from(vocabulary.count_ordinary(text)).unwrap_or(u64::MAX)
}

/// The text in pieces whose counts add up.
///
/// A cut stands after a line break before a character that is neither white space nor a slash
/// (o200k joins a slash to the break), else before a space between a word character and a small
/// letter: 0 of 5,099 such cuts changed a count. A stretch of [`PIECE`] bytes without either is
/// no text that anyone wrote, and is cut where it stands.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(if rest.len() <= PIECE { rest.len() } else { cut(rest) });
        rest = after;
        Some(piece)
    })
}

fn cut(text: &str) -> usize {
    let end = (0..=PIECE).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let line = |at: usize| byte(at - 1) == b'\n' && byte(at).is_ascii_graphic() && byte(at) != b'/';
    let word = |at: usize| {
        byte(at - 1).is_ascii_lowercase() && byte(at) == b' ' && byte(at + 1).is_ascii_lowercase()
    };
    let found = |safe: &dyn Fn(usize) -> bool| (1..end).rev().find(|at| safe(*at));
    found(&line).or_else(|| found(&word)).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_add_up() {
        let line = "fn main() { println!(\"{}\", 1 + 2); }\n    // two\n/etc/hosts and other words\r\n\n";
        let words = "the quick brown fox jumps over the lazy dog ";
        for text in [line.repeat(4000), words.repeat(8000), "a\n".repeat(90_000)] {
            assert_eq!(o200k(&text), count(o200k_base_singleton(), &text));
            #[cfg(feature = "cl100k")]
            assert_eq!(cl100k(&text), count(cl100k_base_singleton(), &text));
        }
    }

    #[test]
    fn long_runs_are_counted_without_a_panic() {
        for run in [" ", "\n", "a", "é", "\u{301}", " \t", "👍"] {
            assert!(0 < o200k(&run.repeat(1_000_000)));
        }
    }
}
