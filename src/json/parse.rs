//! The grammar of RFC 8259, in one pass, into spans.

use std::{borrow::Cow, collections::HashSet, ops::Range};

use super::{MAX_DEPTH, Node, Shape, string};
use crate::{Error, ErrorKind};

/// Up to this many keys as they are written, comparing each with the others is quicker than hashing them.
const FEW_KEYS: usize = 32;

pub(super) fn document(text: &str) -> Result<Node, Error> {
    let mut parser = Parser { text, at: 0 };
    parser.skip_space();
    if parser.peek().is_none() {
        return Err(Error::new(ErrorKind::Empty, "the input is empty").at_offset(text, 0));
    }
    let root = parser.value(0)?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(root),
        Some(_) => Err(parser.error("text after the end of the JSON document")),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Moves to the next byte that is wanted, or to the end.
    fn skip_to(&mut self, wanted: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|&byte| wanted(byte)).unwrap_or(rest.len());
    }

    fn skip_space(&mut self) {
        self.skip_to(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    fn error(&self, message: &str) -> Error {
        self.error_at(self.at, ErrorKind::InvalidJson, message)
    }

    fn error_at(&self, offset: usize, kind: ErrorKind, message: impl Into<String>) -> Error {
        Error::new(kind, message).at_offset(self.text, offset)
    }

    fn value(&mut self, depth: usize) -> Result<Node, Error> {
        let start = self.at;
        let shape = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => {
                self.string()?;
                Shape::String
            }
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", Shape::Bool(true))?,
            Some(b'f') => self.word("false", Shape::Bool(false))?,
            Some(b'n') => self.word("null", Shape::Null)?,
            Some(_) => return Err(self.error("expected a JSON value")),
            None => return Err(self.error("the JSON ends where a value should stand")),
        };
        Ok(Node { span: start..self.at, shape })
    }

    fn word(&mut self, word: &str, shape: Shape) -> Result<Shape, Error> {
        if self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
            Ok(shape)
        } else {
            Err(self.error("expected a JSON value"))
        }
    }

    fn deeper(&mut self, depth: usize) -> Result<usize, Error> {
        if depth == MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(self.error_at(self.at, ErrorKind::TooDeep, message));
        }
        self.at += 1;
        self.skip_space();
        Ok(depth + 1)
    }

    fn array(&mut self, depth: usize) -> Result<Shape, Error> {
        let depth = self.deeper(depth)?;
        let mut nodes = Vec::new();
        if self.eat(b']') {
            return Ok(Shape::Array(nodes));
        }
        loop {
            nodes.push(self.value(depth)?);
            self.skip_space();
            if self.eat(b']') {
                return Ok(Shape::Array(nodes));
            }
            if !self.eat(b',') {
                return Err(self.error("expected ',' or ']' in an array"));
            }
            self.skip_space();
        }
    }

    fn object(&mut self, depth: usize) -> Result<Shape, Error> {
        let depth = self.deeper(depth)?;
        let mut nodes = Vec::new();
        let mut escaped = false;
        if self.eat(b'}') {
            return Ok(Shape::Object(nodes));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error("expected a key in double quotes"));
            }
            let key = self.string()?;
            escaped |= self.text.get(key.clone()).is_some_and(string::has_escape);
            self.skip_space();
            if !self.eat(b':') {
                return Err(self.error("expected ':' after a key"));
            }
            self.skip_space();
            nodes.push((key, self.value(depth)?));
            self.skip_space();
            if self.eat(b'}') {
                self.refuse_duplicates(&nodes, escaped)?;
                return Ok(Shape::Object(nodes));
            }
            if !self.eat(b',') {
                return Err(self.error("expected ',' or '}' in an object"));
            }
            self.skip_space();
        }
    }

    /// `escaped`: whether a key may be written in more than one way.
    fn refuse_duplicates(&self, nodes: &[(Range<usize>, Node)], escaped: bool) -> Result<(), Error> {
        let written = |span: &Range<usize>| self.text.get(span.clone()).unwrap_or_default();
        let mut many = HashSet::new();
        for (place, (span, _)) in nodes.iter().enumerate() {
            let fresh = if escaped {
                many.insert(string::decode(written(span)))
            } else if FEW_KEYS < nodes.len() {
                many.insert(Cow::Borrowed(written(span)))
            } else {
                nodes.iter().take(place).all(|(earlier, _)| written(earlier) != written(span))
            };
            if !fresh {
                let name = string::decode(written(span));
                let message = format!("the key \"{}\" stands twice in one object", name.escape_debug());
                return Err(self.error_at(span.start, ErrorKind::DuplicateKey, message));
            }
        }
        Ok(())
    }

    /// Moves past a string and returns its span, quotes included.
    fn string(&mut self) -> Result<Range<usize>, Error> {
        let start = self.at;
        self.at += 1;
        loop {
            self.skip_to(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(start..self.at);
                }
                Some(b'\\') => self.escape()?,
                Some(_) => {
                    return Err(self.error("a control character inside a string must be escaped"));
                }
                None => {
                    return Err(self.error_at(start, ErrorKind::InvalidJson, "this string is never closed"));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.at += 1;
        let wrong = |message| self.error_at(start, ErrorKind::InvalidJson, message);
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                let rest = self.text.get(start..).unwrap_or_default();
                match string::unicode_escape(rest) {
                    Ok((_, length)) => {
                        self.at = start + length;
                        Ok(())
                    }
                    Err(message) => Err(wrong(message)),
                }
            }
            _ => Err(wrong("unknown escape in a string")),
        }
    }

    fn number(&mut self) -> Result<Shape, Error> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits("a number needs a digit here")?;
        } else if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.error_at(start, ErrorKind::InvalidJson, "a number may not begin with a zero"));
        }
        if self.eat(b'.') {
            self.digits("a digit must follow the decimal point")?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            if !self.eat(b'+') {
                self.eat(b'-');
            }
            self.digits("an exponent needs a digit")?;
        }
        Ok(Shape::Number)
    }

    fn digits(&mut self, message: &str) -> Result<(), Error> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.error(message));
        }
        self.skip_to(|byte| !byte.is_ascii_digit());
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn faults_have_a_kind_and_a_place() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        for (text, kind, line, column) in [
            ("", ErrorKind::Empty, 1, 1),
            (" \n", ErrorKind::Empty, 1, 1),
            ("{\"a\": 1,\n \"a\": 2}", ErrorKind::DuplicateKey, 2, 2),
            (r#"{"a":1,"\u0061":2}"#, ErrorKind::DuplicateKey, 1, 8),
            ("[1,]", ErrorKind::InvalidJson, 1, 4),
            ("{\"é\": tru}", ErrorKind::InvalidJson, 1, 7),
            ("[\"a\nb\"]", ErrorKind::InvalidJson, 1, 4),
            ("[\"a\0b\"]", ErrorKind::InvalidJson, 1, 4),
            (r#"["\ud83d"]"#, ErrorKind::InvalidJson, 1, 3),
            (r#"["\udc00x"]"#, ErrorKind::InvalidJson, 1, 3),
            ("[01]", ErrorKind::InvalidJson, 1, 2),
            ("[1.]", ErrorKind::InvalidJson, 1, 4),
            ("{} {}", ErrorKind::InvalidJson, 1, 4),
            ("{\"a\":\"", ErrorKind::InvalidJson, 1, 6),
            (deep.as_str(), ErrorKind::TooDeep, 1, MAX_DEPTH + 1),
        ] {
            let error = document(text).unwrap_err();
            let place = (error.kind(), error.place().line, error.place().column);
            assert_eq!(place, (kind, Some(line), Some(column)), "{}", text.get(..40).unwrap_or(text));
        }
    }
}
