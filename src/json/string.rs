//! What stands between the quotes of a JSON string.

use std::{borrow::Cow, fmt::Write};

/// What stands between the quotes of a token that was parsed.
fn inner(token: &str) -> &str {
    token.get(1..token.len().saturating_sub(1)).unwrap_or_default()
}

/// Whether a token says anything otherwise than by itself.
pub(super) fn has_escape(token: &str) -> bool {
    token.as_bytes().contains(&b'\\')
}

/// Whether a token that was parsed means this text.
pub(super) fn means(token: &str, text: &str) -> bool {
    let written = inner(token);
    // What has an escape is longer than what it means, at most six times.
    match written.len() {
        length if length == text.len() => written == text && !has_escape(written),
        length if text.len() < length && length <= 6 * text.len() => {
            has_escape(written) && decode(token) == text
        }
        _ => false,
    }
}

/// The text of a string token, quotes and escapes removed. The token must have been parsed.
pub(super) fn decode(token: &str) -> Cow<'_, str> {
    let inner = inner(token);
    let Some(first) = inner.as_bytes().iter().position(|&byte| byte == b'\\') else {
        return Cow::Borrowed(inner);
    };
    let mut text = String::with_capacity(inner.len());
    let (plain, mut rest) = inner.split_at(first);
    text.push_str(plain);
    while let Some(escape) = rest.strip_prefix('\\') {
        let (character, length) = match escape.chars().next() {
            Some('u') => unicode_escape(rest).unwrap_or((char::REPLACEMENT_CHARACTER, 2)),
            Some('b') => ('\u{8}', 2),
            Some('f') => ('\u{c}', 2),
            Some('n') => ('\n', 2),
            Some('r') => ('\r', 2),
            Some('t') => ('\t', 2),
            Some(other) => (other, 1 + other.len_utf8()),
            None => break,
        };
        text.push(character);
        rest = rest.get(length..).unwrap_or_default();
        let (plain, after) = rest.split_at(rest.find('\\').unwrap_or(rest.len()));
        text.push_str(plain);
        rest = after;
    }
    Cow::Owned(text)
}

/// The character of a `\u` escape, or of the two that write a surrogate pair, at the start of `rest`, and its length.
pub(super) fn unicode_escape(rest: &str) -> Result<(char, usize), &'static str> {
    let unit = |from: usize| -> Option<u32> {
        let digits = rest.get(from..from + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    };
    let high = unit(0).ok_or("\\u needs four hexadecimal digits")?;
    if let Some(character) = char::from_u32(high) {
        return Ok((character, 6));
    }
    let lone = "a lone surrogate: half of a character that UTF-16 writes as two";
    let low = unit(6).filter(|low| (0xdc00..0xe000).contains(low)).ok_or(lone)?;
    if high >= 0xdc00 {
        return Err(lone);
    }
    let scalar = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    char::from_u32(scalar).map(|character| (character, 12)).ok_or(lone)
}

/// Appends a key as one reference token of a JSON pointer (RFC 6901).
pub(super) fn escape_pointer(key: &str, pointer: &mut String) {
    for character in key.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// Appends `text` as Python's `json.dumps` writes a string; `ascii` escapes all that is not ASCII.
pub(crate) fn write_python(text: &str, ascii: bool, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' => escape_units(character, out),
            '\u{7f}'.. if ascii && character != '\u{7f}' => escape_units(character, out),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn escape_units(character: char, out: &mut String) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_means_what_it_decodes_to() {
        for token in [r#""""#, r#""a""#, r#""\u0061""#, r#""\\n""#, r#""\n""#, r#""ab""#] {
            for text in ["", "a", "ab", "\n", "\\n", "\\u0061", "\\\\n"] {
                assert_eq!(means(token, text), decode(token) == text, "{token} {text}");
            }
        }
    }

    #[test]
    fn tokens_decode() {
        for (token, text) in [
            (r#""""#, ""),
            (r#""plain é""#, "plain é"),
            (r#""a\n\t\"\\\/\b\f\r""#, "a\n\t\"\\/\u{8}\u{c}\r"),
            (r#""\u00e9\u0000x""#, "é\0x"),
            (r#""\ud83d\ude00 ok""#, "😀 ok"),
            (r#""\\u0041""#, "\\u0041"),
        ] {
            assert_eq!(decode(token), text, "{token}");
        }
    }

    #[test]
    fn python_writes_strings_so() {
        for (text, ascii, written) in [
            ("é\u{7f}\u{1}", true, "\"\\u00e9\u{7f}\\u0001\""),
            ("é😀", false, "\"é😀\""),
            ("😀", true, r#""\ud83d\ude00""#),
        ] {
            let mut out = String::new();
            write_python(text, ascii, &mut out);
            assert_eq!(out, written);
        }
    }
}
