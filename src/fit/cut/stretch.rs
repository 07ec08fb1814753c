//! How much of a text so many tokens are, from either end.
//!
//! The text is counted in stretches of fixed places, so the answer does not depend on where one
//! stops, and only as many as it takes.

use crate::count::Counter;

/// The bytes of a stretch, about.
const STRETCH: usize = 8 * 1024;

/// The end of the longest prefix of at most so many tokens.
pub(super) fn prefix_within(text: &str, tokens: u64, counter: Counter) -> usize {
    let mut left = tokens;
    let mut start = 0;
    while start < text.len() {
        let stretch = text.get(start..next_end(text, start)).unwrap_or_default();
        let count = counter.count(stretch);
        if left < count {
            let ends = counter.piece_ends(stretch);
            let whole = usize::try_from(counter.pieces_in(left)).unwrap_or(usize::MAX);
            let end = whole.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or_default();
            return start + end.min(stretch.len());
        }
        left -= count;
        start += stretch.len();
    }
    text.len()
}

/// The start of the longest suffix of at most so many tokens.
pub(super) fn suffix_within(text: &str, tokens: u64, counter: Counter) -> usize {
    let mut left = tokens;
    let mut end = text.len();
    while 0 < end {
        let start = last_start(text, end);
        let stretch = text.get(start..end).unwrap_or_default();
        let count = counter.count(stretch);
        if left < count {
            let ends = counter.piece_ends(stretch);
            let whole = usize::try_from(counter.pieces_in(left)).unwrap_or(usize::MAX);
            let gone = ends.len().saturating_sub(whole);
            let from = gone.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or_default();
            // With all of its pieces a stretch may still be over by what stands at its edges.
            let from = if gone == 0 { stretch.len() } else { from };
            return start + from.min(stretch.len());
        }
        left -= count;
        end = start;
    }
    0
}

/// Stretches end at multiples of their length, at the first character there.
fn next_end(text: &str, start: usize) -> usize {
    boundary(text, (start / STRETCH + 1) * STRETCH)
}

fn last_start(text: &str, end: usize) -> usize {
    let multiple = (end - 1) / STRETCH * STRETCH;
    let start = boundary(text, multiple);
    if start < end { start } else { boundary(text, multiple.saturating_sub(STRETCH)) }
}

fn boundary(text: &str, at: usize) -> usize {
    text.ceil_char_boundary(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_the_same_from_either_end() {
        let text = "aé😀한".repeat(3_000);
        let mut ends = vec![];
        let mut at = 0;
        while at < text.len() {
            at = next_end(&text, at);
            ends.push(at);
        }
        let mut starts = vec![];
        let mut at = text.len();
        while 0 < at {
            starts.push(at);
            at = last_start(&text, at);
        }
        starts.reverse();
        assert_eq!(ends, starts);
    }

    #[test]
    fn more_tokens_are_never_less_text() {
        let text = "Kia ora! 世界 👨‍👩‍👧 e\u{301}lan\n\n".repeat(40);
        for tokenizer in ["claude-v3", "claude-v4.7", "claude-v5", "nova-1", "other"] {
            let counter = Counter::for_tokenizer(tokenizer);
            let (mut prefix, mut suffix) = (0, text.len());
            for tokens in 0..counter.count(&text) + 2 {
                let (longer, earlier) =
                    (prefix_within(&text, tokens, counter), suffix_within(&text, tokens, counter));
                assert!(prefix <= longer && earlier <= suffix, "{tokenizer} {tokens}");
                (prefix, suffix) = (longer, earlier);
            }
            assert_eq!((prefix, suffix), (text.len(), 0), "{tokenizer}");
        }
    }
}
