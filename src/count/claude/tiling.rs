//! The cheapest cover of a marked stretch with pieces; what no piece covers pays its bytes.

use super::trie::Node;
use super::vocabulary::{Form, Vocabulary};

/// A marked stretch of text and the working memory to tile it.
#[derive(Default)]
pub(super) struct Tiling {
    bytes: Vec<u8>,
    /// For every byte, the end in the unmarked stretch of the character it belongs to, where that is asked.
    ends: Vec<usize>,
    traced: bool,
    /// Tokens of the cheapest cover up to each byte, and where its last tile starts.
    best: Vec<(u32, u32)>,
    ruler: Ruler,
}

/// No cover ends here: the inside of a character.
const UNREACHED: u32 = u32::MAX;

/// The longest piece in bytes; longer repetitions are certain to be cut inside.
#[cfg(test)]
const LONGEST_PIECE: usize = 128;

/// From this length on, one more longest repeat costs one more token. For runs that are nothing
/// but one character this holds from 103 (checked for every piece up to the square of the longest
/// repeat, from where it holds in general); the pieces that reach in from both sides add twice
/// the longest piece, and the removed repeat once more.
const PERIODIC: usize = 512;

impl Tiling {
    /// A tiling whose [`Tiling::token_ends`] are asked.
    pub(super) fn traced() -> Self {
        Self { traced: true, ..Self::default() }
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    #[inline]
    pub(super) fn push_byte(&mut self, byte: u8, end: usize) {
        self.bytes.push(byte);
        if self.traced {
            self.ends.push(end);
        }
    }

    #[inline]
    pub(super) fn push(&mut self, c: char, end: usize) {
        let mut buffer = [0; 4];
        for &byte in c.encode_utf8(&mut buffer).as_bytes() {
            self.push_byte(byte, end);
        }
    }

    pub(super) fn push_str(&mut self, text: &str) {
        if !self.traced {
            self.push_bytes(text.as_bytes());
            return;
        }
        let mut end = 0;
        for (at, &byte) in text.as_bytes().iter().enumerate() {
            if at == end {
                end += width(byte);
            }
            self.push_byte(byte, end);
        }
    }

    /// Appends text of which only the cost is asked.
    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The number of tokens of what was pushed.
    pub(super) fn cost(&mut self, vocabulary: Vocabulary) -> u32 {
        self.solve(vocabulary);
        self.best.last().map_or(0, |last| last.0)
    }

    /// Walks the vocabulary from every character on and keeps the cheapest cover of each prefix.
    /// Linear in the stretch: a walk ends with the longest piece that starts where it starts.
    /// The longest repeat one character; where it is repeated, no walk starts anew.
    fn solve(&mut self, vocabulary: Vocabulary) {
        let root = vocabulary.root();
        match vocabulary.form {
            Form::Cells(trie) => self.solve_by(vocabulary, root, |node, byte| trie.step(node, byte)),
            Form::Chains(chains) => self.solve_by(vocabulary, root, |node, byte| chains.step(node, byte)),
        }
    }

    /// The same, compiled for each form of the vocabulary by itself.
    fn solve_by(&mut self, vocabulary: Vocabulary, root: Node, step: impl Fn(Node, u8) -> Option<Node>) {
        let length = self.bytes.len();
        self.best.clear();
        self.best.resize(length + 1, (UNREACHED, 0));
        if let Some(start) = self.best.first_mut() {
            *start = (0, 0);
        }
        self.ruler.forget(length);
        for start in 0..length {
            let (Some(&(before, _)), Some(&lead)) = (self.best.get(start), self.bytes.get(start)) else {
                break;
            };
            if before == UNREACHED {
                continue;
            }
            let width = width(lead);
            if self.ruler.end <= start && self.bytes.get(start + width) == Some(&lead) {
                let rest = self.bytes.get(start..).unwrap_or_default();
                self.ruler.measure(rest, start, width, vocabulary);
            }
            let after = (before + 1, start as u32);
            let mut end = start;
            let mut node = Some(root);
            let mut covered = 1;
            while end < start + width {
                node = self.bytes.get(end).and_then(|&byte| step(node?, byte));
                end += 1;
                if node.is_some_and(|node| vocabulary.is_prefix(node)) {
                    covered = end - start;
                }
            }
            let piece = node.is_some_and(|node| vocabulary.is_piece(node));
            let tokens = if piece { 1 } else { (width - covered) as u32 + 1 };
            self.improve(end, (before + tokens, start as u32));
            let Some(mut node) = node else { continue };
            if let Some((walked, last)) = self.ruler.walk(start, width) {
                (end, node) = (start + walked, last);
                for at in 0..self.ruler.pieces.len() {
                    match self.ruler.pieces.get(at) {
                        Some(&piece) if piece <= walked => self.improve(start + piece, after),
                        _ => break,
                    }
                }
            }
            while let Some(next) = self.bytes.get(end).and_then(|&byte| step(node, byte)) {
                node = next;
                end += 1;
                if vocabulary.is_piece(node) {
                    self.improve(end, after);
                }
            }
        }
    }

    /// Notes a cover that ends at `end`. On a tie the earlier start, that is the longer last tile, stays.
    #[inline]
    fn improve(&mut self, end: usize, cover: (u32, u32)) {
        if let Some(slot) = self.best.get_mut(end).filter(|slot| cover.0 < slot.0) {
            *slot = cover;
        }
    }

    /// The end of every token in the unmarked stretch.
    pub(super) fn token_ends(&mut self, vocabulary: Vocabulary, mut token: impl FnMut(usize)) {
        self.solve(vocabulary);
        let mut tiles = Vec::new();
        let mut at = self.bytes.len();
        while let Some(&(cost, start)) = self.best.get(at).filter(|_| at > 0) {
            let before = self.best.get(start as usize).map_or(0, |best| best.0);
            tiles.push((at, cost - before));
            at = start as usize;
        }
        for (end, tokens) in tiles.into_iter().rev() {
            for _ in 0..tokens {
                token(self.ends.get(end - 1).copied().unwrap_or(0));
            }
        }
    }
}

/// A stretch that repeats one character.
#[derive(Default)]
struct Ruler {
    /// Where it ends.
    end: usize,
    /// Where its bytes lead in the vocabulary, one by one; nothing for a short one.
    nodes: Vec<Node>,
    /// Bytes of the pieces that hold its character more than once and nothing else.
    pieces: Vec<usize>,
}

/// The bytes of a repetition from which on it is taken for a ruler.
const RULER: usize = 16;

impl Ruler {
    /// Begins with a stretch of so many bytes.
    fn forget(&mut self, length: usize) {
        self.end = if length < RULER { length } else { 0 };
        self.nodes.clear();
    }

    /// Looks how often the first character of `rest` is repeated; `rest` begins at `start`.
    fn measure(&mut self, rest: &[u8], start: usize, width: usize, vocabulary: Vocabulary) {
        let again = rest.iter().skip(width).zip(rest).take_while(|(byte, before)| byte == before).count();
        self.end = start + width + again;
        self.nodes.clear();
        self.pieces.clear();
        if again < RULER {
            return;
        }
        let mut node = vocabulary.root();
        for (depth, &byte) in (1..=width + again).zip(rest) {
            let Some(next) = vocabulary.step(node, byte) else { break };
            node = next;
            self.nodes.push(node);
            if width < depth && vocabulary.is_piece(node) {
                self.pieces.push(depth);
            }
        }
    }

    /// How many of the bytes from `start` on need no walk, and where they lead.
    fn walk(&self, start: usize, width: usize) -> Option<(usize, Node)> {
        let walked = self.end.saturating_sub(start).min(self.nodes.len());
        if walked <= width { None } else { Some((walked, *self.nodes.get(walked - 1)?)) }
    }
}

/// Bytes of the character that starts with `lead`; markers are one byte.
#[inline]
pub(super) fn width(lead: u8) -> usize {
    match lead {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// The length that stands for a longer run of one character, and the tokens of the difference.
/// `longest` is the longest repeat of the character that is a piece.
pub(super) fn shorten(length: usize, longest: usize) -> (usize, usize) {
    let removed = length.saturating_sub(PERIODIC).div_ceil(longest);
    (length - removed * longest, removed)
}

/// Tokens of runs of one ASCII whitespace character, by their length.
pub(super) struct Ladder {
    costs: Vec<u32>,
    longest: usize,
}

impl Ladder {
    pub(super) fn new(byte: u8, vocabulary: Vocabulary) -> Self {
        let mut tiling = Tiling::default();
        tiling.push_bytes(&[byte; PERIODIC]);
        tiling.solve(vocabulary);
        let costs = tiling.best.iter().map(|best| best.0).collect();
        Self { costs, longest: vocabulary.longest_repeat(byte as char) }
    }

    #[inline]
    pub(super) fn cost(&self, length: usize) -> u64 {
        if let Some(&cost) = self.costs.get(length) {
            return u64::from(cost);
        }
        let (kept, tokens) = shorten(length, self.longest);
        u64::from(self.costs.get(kept).copied().unwrap_or(0)) + tokens as u64
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::count::claude::vocabulary::Pieces;

    /// The claim behind [`PERIODIC`], for every character of the first plane and both
    /// vocabularies: from the longest repeat squared on it holds in general, since that many
    /// shorter repeats contain some that add up to longest ones.
    #[test]
    fn long_runs_are_periodic() {
        for pieces in [Pieces::V3, Pieces::V47] {
            let vocabulary = Vocabulary::of(pieces);
            for c in ('\t'..='\u{FFFD}').filter(|&c| c == '\t' || c == '\n' || c >= ' ') {
                let longest = vocabulary.longest_repeat(c);
                assert!(longest <= LONGEST_PIECE);
                if longest == 1 {
                    continue;
                }
                let mut tiling = Tiling::default();
                for _ in 0..longest * longest + 2 * PERIODIC {
                    tiling.push(c, 0);
                }
                tiling.solve(vocabulary);
                let costs: Vec<u32> = tiling.best.iter().step_by(c.len_utf8()).map(|best| best.0).collect();
                let from = PERIODIC - 3 * LONGEST_PIECE;
                for (short, long) in costs.iter().zip(costs.iter().skip(longest)).skip(from) {
                    assert_eq!(short + 1, *long, "{c:?}");
                }
            }
        }
    }

    /// The cheapest cover of signs that are pieces by themselves, a walk for every start.
    fn walked(bytes: &[u8], vocabulary: Vocabulary) -> u32 {
        let mut best = vec![UNREACHED; bytes.len() + 1];
        best[0] = 0;
        for start in (0..bytes.len()).filter(|&start| bytes[start] & 0xC0 != 0x80) {
            let mut node = vocabulary.root();
            for end in start + 1..=bytes.len() {
                let Some(next) = vocabulary.step(node, bytes[end - 1]) else { break };
                node = next;
                if vocabulary.is_piece(node) {
                    best[end] = best[end].min(best[start] + 1);
                }
            }
        }
        best[bytes.len()]
    }

    proptest::proptest! {
        #[test]
        fn rulers_cost_what_walks_find(runs in proptest::collection::vec((0_usize..9, 1_usize..150), 1..9)) {
            let signs = ["=", "-", ".", "*", "·", "£", "─", "x", "\u{2}"];
            let bytes: Vec<u8> = runs.iter().flat_map(|&(sign, count)| signs[sign].repeat(count).into_bytes()).collect();
            for pieces in [Pieces::V3, Pieces::V47] {
                for vocabulary in [Vocabulary::of(pieces), Vocabulary::of(pieces).laid_out()] {
                    let mut tiling = Tiling::default();
                    tiling.push_bytes(&bytes);
                    proptest::prop_assert_eq!(tiling.cost(vocabulary), walked(&bytes, vocabulary));
                }
            }
        }
    }
}
