//! Where a text may be cut, and where it is cut best.

use unicode_segmentation::GraphemeCursor;

/// How far to look for a better boundary: an eighth of what is kept, and at most so many bytes.
const WINDOW: usize = 1_024;

/// How far to look for the end of a word, where there is no better place in the window.
const WORD: usize = 32;

/// A text and the code fences in it.
pub(super) struct Boundaries<'t> {
    text: &'t str,
    /// The ends of the lines that open and close fences.
    fences: Vec<usize>,
}

/// How good a boundary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Grapheme,
    Word,
    Sentence,
    Line,
    Paragraph,
}

impl<'t> Boundaries<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut fences = Vec::new();
        if text.contains("```") {
            let mut end = 0;
            for line in text.split_inclusive('\n') {
                end += line.len();
                if line.trim_start().starts_with("```") {
                    fences.push(end);
                }
            }
        }
        Self { text, fences }
    }

    /// The best place at or before `limit` for a kept beginning to end.
    pub(super) fn before(&self, limit: usize) -> usize {
        if limit == 0 || self.text.len() <= limit {
            return limit.min(self.text.len());
        }
        let lowest = limit - (limit / 8).min(WINDOW);
        let places = (lowest..=limit).rev().filter(|at| 0 < *at);
        let (level, at) =
            self.best(places).unwrap_or_else(|| (Level::Grapheme, self.grapheme_before(lowest)));
        let near = (limit.saturating_sub(WORD).max(1)..limit).rev();
        if level == Level::Grapheme { self.word(at, near) } else { at }
    }

    /// The best place at or after `limit` for a kept end to begin.
    pub(super) fn after(&self, limit: usize) -> usize {
        if limit == 0 || self.text.len() <= limit {
            return limit.min(self.text.len());
        }
        let highest = limit + ((self.text.len() - limit) / 8).min(WINDOW);
        let places = (limit..=highest).filter(|at| *at < self.text.len());
        let (level, at) =
            self.best(places).unwrap_or_else(|| (Level::Grapheme, self.grapheme_after(highest)));
        let near = limit + 1..(limit + WORD + 1).min(self.text.len());
        if level == Level::Grapheme { self.word(at, near) } else { at }
    }

    /// The first place where a word begins, or else one that is inside no word, `at` before others.
    fn word(&self, at: usize, near: impl Iterator<Item = usize> + Clone) -> usize {
        let mut places = near.filter(|at| self.text.is_char_boundary(*at) && self.is_grapheme(*at));
        if let Some(word) = places.clone().find(|at| Level::Grapheme < self.level(*at)) {
            return word;
        }
        if self.splits_word(at) { places.find(|at| !self.splits_word(*at)).unwrap_or(at) } else { at }
    }

    /// Whether a place is inside a word of a script that puts spaces between them.
    fn splits_word(&self, at: usize) -> bool {
        let spaced = |character: char| character.is_alphanumeric() && character < '\u{2e80}';
        let (before, after) = self.text.split_at_checked(at).unwrap_or((self.text, ""));
        before.ends_with(spaced) && after.starts_with(spaced)
    }

    /// The first place of the highest level.
    fn best(&self, places: impl Iterator<Item = usize>) -> Option<(Level, usize)> {
        let mut best: Option<(Level, usize)> = None;
        for at in places.filter(|at| self.text.is_char_boundary(*at)) {
            let level = self.level(at);
            if best.is_none_or(|(found, _)| found < level) && self.is_grapheme(at) {
                best = Some((level, at));
                if level == Level::Paragraph {
                    break;
                }
            }
        }
        best
    }

    fn level(&self, at: usize) -> Level {
        let (before, after) = self.text.split_at_checked(at).unwrap_or((self.text, ""));
        if before.ends_with('\n') {
            let inside_fence = self.fences.partition_point(|end| *end <= at) % 2 == 1;
            let line_end = before.strip_suffix('\n').unwrap_or(before);
            let blank = line_end.strip_suffix('\r').unwrap_or(line_end).ends_with('\n');
            let opens_fence = after.trim_start_matches([' ', '\t']).starts_with("```");
            return if !inside_fence && (blank || opens_fence || self.fences.binary_search(&at).is_ok()) {
                Level::Paragraph
            } else {
                Level::Line
            };
        }
        let mut back = before.chars().rev();
        match back.next() {
            Some('。' | '！' | '？') => Level::Sentence,
            Some(space) if space.is_whitespace() => {
                match back.find(|last| !matches!(last, '"' | '\'' | ')' | '”')) {
                    Some('.' | '!' | '?' | '…') => Level::Sentence,
                    _ => Level::Word,
                }
            }
            _ => Level::Grapheme,
        }
    }

    fn is_grapheme(&self, at: usize) -> bool {
        GraphemeCursor::new(at, self.text.len(), true).is_boundary(self.text, 0).unwrap_or(false)
    }

    fn grapheme_before(&self, at: usize) -> usize {
        let at = self.text.floor_char_boundary(at);
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        if self.is_grapheme(at) {
            return at;
        }
        cursor.prev_boundary(self.text, 0).ok().flatten().unwrap_or_default()
    }

    fn grapheme_after(&self, at: usize) -> usize {
        let at = self.text.ceil_char_boundary(at);
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        if self.is_grapheme(at) {
            return at;
        }
        cursor.next_boundary(self.text, 0).ok().flatten().unwrap_or(self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_boundary_near_is_taken() {
        // What is kept before the `|`.
        for (text, cut) in [
            (
                "one two three four five six seven eight nine. te|n eleven",
                "one two three four five six seven eight nine. ",
            ),
            ("a line that is rather long, and one\nmo|re words", "a line that is rather long, and one\n"),
            ("first paragraph, rather long.\n\nSec|ond. And", "first paragraph, rather long.\n\n"),
            ("unbroken-text-without-any-good-pla|ce", "unbroken-text-without-any-good-"),
            (
                "unbrokentextwithoutanygoodplaceatallinthewhole|text",
                "unbrokentextwithoutanygoodplaceatallinthewhole",
            ),
            ("这是一个很长的句子，没有空格。再|来一句", "这是一个很长的句子，没有空格。"),
            ("family family family 👨‍👩‍|👧 end", "family family family "),
            ("👨‍👩‍|👧", ""),
            ("e|\u{301}tude", ""),
            ("windows line\r|\nnext", "windows "),
            // Further back, to where the last word ended.
            ("one two three fo|ur", "one two three "),
            ("one, two-thre|e", "one, "),
            (
                "one andthensomethingthatismuchlongerthanthewin|dow",
                "one andthensomethingthatismuchlongerthanthewin",
            ),
        ] {
            let limit = text.find('|').unwrap_or_default();
            let text = text.replacen('|', "", 1);
            let found = Boundaries::of(&text).before(limit);
            assert_eq!(text.get(..found), Some(cut), "{text:?}");
        }
    }

    #[test]
    fn boundaries_only_move_forward() {
        let text =
            "One. Two!\n\n```\ncode a\n\ncode b\n```\n- item 👩‍💻\n- e\u{301}\u{302}\r\n世界。 🇳🇿🇦🇺 🇳🇿🇦🇺 unbrokenwordthatislongerthanthewindowitself end ".repeat(30);
        let boundaries = Boundaries::of(&text);
        let (mut before, mut after) = (0, 0);
        for limit in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let (head, tail) = (boundaries.before(limit), boundaries.after(limit));
            assert!(before <= head && head <= limit, "{limit}: {before} {head}");
            assert!(after <= tail && limit <= tail, "{limit}: {after} {tail}");
            assert!(boundaries.is_grapheme(head) && boundaries.is_grapheme(tail), "{limit}");
            (before, after) = (head, tail);
        }
    }
}
