//! How a word is written for the tiling: case markers, border markers, contractions.

use super::characters::{Characters, lower};
use super::tiling::Tiling;
use super::vocabulary::{BEGIN, CAPS, END, SHIFT};

/// Words that an apostrophe joins to the word before it: exactly these, in small letters.
pub(super) const CONTRACTIONS: [&[u8]; 7] = [b"s", b"t", b"d", b"m", b"ll", b"re", b"ve"];

/// How the letters of a word are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    /// As they stand.
    Literal,
    /// [`SHIFT`] and small letters.
    Shift,
    /// [`CAPS`] and small letters.
    Caps,
}

/// The shortest word in capitals that is written with [`CAPS`].
const CAPS_LENGTH: usize = 4;

const CAPITAL_I_WITH_DOT: char = '\u{130}';
const CAPITAL_SHARP_S: char = '\u{1E9E}';

/// Writes the word `body` between its borders. `caps` tells whether the family has [`CAPS`].
pub(super) fn write_word(body: &str, caps: bool, tiling: &mut Tiling) {
    let case = case_of(body, caps);
    match case {
        Case::Literal => {}
        Case::Shift => tiling.push_byte(SHIFT, 0),
        Case::Caps => tiling.push_byte(CAPS, 0),
    }
    tiling.push_byte(BEGIN, 0);
    if body.is_ascii() {
        for (end, byte) in (1..).zip(body.bytes()) {
            tiling.push_byte(if case == Case::Literal { byte } else { byte.to_ascii_lowercase() }, end);
        }
    } else if case == Case::Literal {
        tiling.push_str(body);
    } else {
        for (at, c) in body.char_indices() {
            // The capital I with dot is the one capital that stays inside a shifted word.
            let written = if c == CAPITAL_I_WITH_DOT { c } else { lower(c) };
            tiling.push(written, at + c.len_utf8());
        }
    }
    tiling.push_byte(END, body.len());
}

/// A marker stands for a whole word only: a capital first letter without further capitals, or all
/// capitals. Everything else, such as `GaN` or `iPhone`, keeps its letters.
fn case_of(body: &str, caps: bool) -> Case {
    if body.is_ascii() {
        return case_of_ascii(body.as_bytes(), caps);
    }
    let characters = Characters::get();
    let mut length = 0;
    let (mut first_upper, mut more_upper, mut any_lower, mut caseless) = (false, false, false, false);
    for c in body.chars() {
        let traits = characters.traits(c);
        if length == 0 {
            // A mark without a base opens the word, so no marker can stand for a first letter.
            // The capital I with dot has no single small form to assert.
            if traits.is_stray() || c == CAPITAL_I_WITH_DOT {
                return Case::Literal;
            }
            first_upper = traits.is_upper();
        } else if c == CAPITAL_I_WITH_DOT {
            // Transparent to the test for a title, and a bar to capitals.
            caseless = true;
        } else {
            more_upper |= traits.is_upper();
        }
        // A capital sharp s keeps its word literal wherever it stands.
        if c == CAPITAL_SHARP_S {
            return Case::Literal;
        }
        any_lower |= traits.is_lower();
        // A letter or mark without case keeps a word in capitals literal, not a title.
        caseless |= traits.is_caseless();
        if (any_lower || caseless) && (more_upper || !first_upper) {
            return Case::Literal;
        }
        length += 1;
    }
    if caps && length >= CAPS_LENGTH && !any_lower && !caseless && (first_upper || more_upper) {
        Case::Caps
    } else if first_upper && !more_upper {
        Case::Shift
    } else {
        Case::Literal
    }
}

/// The same without the tables of characters, which a first count of ASCII then need not build.
fn case_of_ascii(body: &[u8], caps: bool) -> Case {
    let first_upper = body.first().is_some_and(u8::is_ascii_uppercase);
    let more_upper = body.iter().skip(1).any(u8::is_ascii_uppercase);
    if caps && body.len() >= CAPS_LENGTH && first_upper && !body.iter().any(u8::is_ascii_lowercase) {
        Case::Caps
    } else if first_upper && !more_upper {
        Case::Shift
    } else {
        Case::Literal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_words_are_written_by_one_rule() {
        for length in 1..=6_u32 {
            for pattern in 0..1_u32 << length {
                let letter = |at: u32| if pattern >> at & 1 == 0 { 'a' } else { 'A' };
                let word: String = (0..length).map(letter).collect();
                // The same pattern in Greek, which only the general rule knows.
                let greek: String = word.chars().map(|c| if c == 'a' { 'α' } else { 'Α' }).collect();
                for caps in [false, true] {
                    assert_eq!(case_of(&word, caps), case_of(&greek, caps), "{word}");
                }
            }
        }
    }
}
