//! The measured vocabularies of both tokenizer generations in one trie.
//!
//! `vocabulary.bin` is written by `calibration/fetch_vocabulary.py`, which documents its format.

use std::sync::OnceLock;

#[cfg(test)]
use super::trie::CLOSE;
use super::trie::{Chains, Node, Trie};

/// Begin of word, written before a word and before a sign that follows a space.
pub(super) const BEGIN: u8 = 1;
/// End of word, written after a word and after a sign that stands before a single space.
pub(super) const END: u8 = 2;
/// Stands before [`BEGIN`] when the word had a capital first letter.
pub(super) const SHIFT: u8 = 3;
/// Stands before [`BEGIN`] when the word was all capitals.
pub(super) const CAPS: u8 = 4;

static TABLE: &[u8] = include_bytes!("vocabulary.bin");

/// The two measured lists of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pieces {
    V3,
    V47,
}

impl Pieces {
    fn piece_flag(self) -> u32 {
        match self {
            Pieces::V3 => 1,
            Pieces::V47 => 2,
        }
    }

    fn prefix_flag(self) -> u32 {
        match self {
            Pieces::V3 => 4,
            Pieces::V47 => 8,
        }
    }
}

/// The form in which the pieces are walked.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// For the first texts: ready at once.
    Chains(&'static Chains),
    /// For long texts.
    Cells(&'static Trie),
}

/// One list of pieces, ready to be walked byte by byte.
#[derive(Clone, Copy)]
pub(super) struct Vocabulary {
    pub(super) form: Form,
    piece: u32,
    prefix: u32,
}

impl Vocabulary {
    /// The pieces in the form that is ready at once, for short texts.
    pub(super) fn of(pieces: Pieces) -> Self {
        Self { form: Form::Chains(chains()), piece: pieces.piece_flag(), prefix: pieces.prefix_flag() }
    }

    /// The same pieces in the form that is fast to walk, for long texts.
    pub(super) fn laid_out(self) -> Self {
        static TRIE: OnceLock<Trie> = OnceLock::new();
        Self { form: Form::Cells(TRIE.get_or_init(|| chains().laid_out())), ..self }
    }

    pub(super) fn root(self) -> Node {
        match self.form {
            Form::Cells(trie) => trie.root(),
            Form::Chains(chains) => chains.root(),
        }
    }

    #[inline]
    pub(super) fn step(self, node: Node, byte: u8) -> Option<Node> {
        match self.form {
            Form::Cells(trie) => trie.step(node, byte),
            Form::Chains(chains) => chains.step(node, byte),
        }
    }

    /// Whether the bytes that led here are one token.
    #[inline]
    pub(super) fn is_piece(self, node: Node) -> bool {
        node.flags() & self.piece != 0
    }

    /// Whether the bytes that led here, the start of a character, are one token.
    #[inline]
    pub(super) fn is_prefix(self, node: Node) -> bool {
        node.flags() & self.prefix != 0
    }

    /// Tokens of one character (its UTF-8 bytes) that stands alone. A character that is no piece
    /// pays its longest known start once and every other byte.
    pub(super) fn character(self, bytes: &[u8]) -> u32 {
        let mut node = self.root();
        let mut covered = 1;
        for (depth, &byte) in (1..).zip(bytes) {
            let Some(next) = self.step(node, byte) else { break };
            node = next;
            if depth == bytes.len() && self.is_piece(node) {
                return 1;
            }
            if self.is_prefix(node) {
                covered = depth;
            }
        }
        (bytes.len() - covered) as u32 + 1
    }

    /// How often the longest piece that is nothing but `c` repeats it, at least 1.
    pub(super) fn longest_repeat(self, c: char) -> usize {
        let mut buffer = [0; 4];
        let bytes = c.encode_utf8(&mut buffer).as_bytes();
        let mut node = self.root();
        let mut longest = 1;
        for length in 1.. {
            for &byte in bytes {
                let Some(next) = self.step(node, byte) else { return longest };
                node = next;
            }
            if self.is_piece(node) {
                longest = length;
            }
        }
        longest
    }
}

fn chains() -> &'static Chains {
    static CHAINS: OnceLock<Chains> = OnceLock::new();
    CHAINS.get_or_init(|| Chains::read(TABLE))
}

/// All pieces of both vocabularies.
#[cfg(test)]
pub(super) fn pieces() -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut last = Vec::new();
    let mut table = TABLE;
    while let Some((&shared, tail)) = table.split_first() {
        let length = tail.iter().position(|byte| byte & 0xF0 == CLOSE).unwrap_or(tail.len());
        let (rest, tail) = tail.split_at(length);
        last.truncate(usize::from(shared));
        last.extend_from_slice(rest);
        let Some((&close, tail)) = tail.split_first() else { break };
        if close & 3 != 0 {
            pieces.push(last.clone());
        }
        table = tail;
    }
    pieces
}
