//! Places at which a text can be cut so that the counts of the parts add up.

use std::str::Chars;

use super::characters::{Characters, Class};

/// Whether counting `before` and `after` as parts of one text gives the count of the whole.
///
/// The answer is sound but not complete: some places that would do are not found. It looks at a
/// few characters on both sides only.
#[must_use]
pub fn is_safe_split(before: &str, after: &str) -> bool {
    let mut rest = after.chars();
    match (before.chars().next_back(), rest.next()) {
        (Some(left), Some(right)) => is_safe_between(left, right, &rest),
        _ => false,
    }
}

/// The same between two characters; `rest` is what follows them.
fn is_safe_between(left: char, right: char, rest: &Chars<'_>) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return between_ascii(left, right, rest);
    }
    let characters = Characters::get();
    let traits = characters.traits(left);
    if !traits.is_plain(true) {
        return false;
    }
    let left_class = traits.class();
    match right {
        ' ' => left_class == Class::Word && next(rest).is_some_and(opens_word),
        '\n' => left_class != Class::Space,
        '\r' => left_class != Class::Space && next(rest) == Some('\n'),
        _ => {
            let traits = characters.traits(right);
            traits.is_plain(true)
                && match (left_class, traits.class()) {
                    // No piece holds two characters that stand alone, and a word brings its markers.
                    (Class::Letter, Class::Letter | Class::Word) | (Class::Word, Class::Letter) => true,
                    (Class::Space, class) => left == '\n' && class != Class::Space,
                    _ => false,
                }
        }
    }
}

fn next(rest: &Chars<'_>) -> Option<char> {
    rest.clone().next()
}

fn between_ascii(left: char, right: char, rest: &Chars<'_>) -> bool {
    let visible = left.is_ascii_graphic();
    match right {
        // The space between two words is absorbed, whichever part it belongs to.
        ' ' => left.is_ascii_alphabetic() && next(rest).is_some_and(opens_word),
        // A line ends any run before it, and no border marker stands for a newline.
        '\n' => visible,
        '\r' => visible && next(rest) == Some('\n'),
        _ if !right.is_ascii_graphic() => false,
        _ if left == '\n' => true,
        // An apostrophe must stay with what follows it: it may open a word or a contraction.
        _ if left == '\'' || !visible => false,
        // Words and numbers end where another class begins.
        _ => kind(left) != kind(right),
    }
}

/// Letter, digit or punctuation.
fn kind(c: char) -> u8 {
    u8::from(c.is_ascii_alphabetic()) + 2 * u8::from(c.is_ascii_digit())
}

/// Whether a word certainly begins with `c`: whatever follows, composition does not turn it into
/// a character that stands alone, as it does with the leading consonants of Hangul.
fn opens_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    let traits = Characters::get().traits(c);
    traits.is_plain(true) && traits.class() == Class::Word && !('\u{1100}'..='\u{1112}').contains(&c)
}

/// The first safe split of `text` at or after `from`.
#[must_use]
pub fn next_safe_split(text: &str, from: usize) -> Option<usize> {
    let (before, after) = text.split_at_checked(text.ceil_char_boundary(from))?;
    let mut left = before.chars().next_back();
    let mut rest = after.chars();
    loop {
        let at = text.len() - rest.as_str().len();
        let right = rest.next()?;
        if left.is_some_and(|left| is_safe_between(left, right, &rest)) {
            return Some(at);
        }
        left = Some(right);
    }
}

/// The last safe split of `text` at or after `from`.
pub(super) fn last_safe_split(text: &str, from: usize) -> Option<usize> {
    let mut at = text.len();
    while at > from {
        let (before, after) = text.split_at_checked(at)?;
        if is_safe_split(before, after) {
            return Some(at);
        }
        at -= before.chars().next_back().map_or(1, char::len_utf8);
    }
    None
}
