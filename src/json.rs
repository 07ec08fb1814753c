//! JSON that keeps the caller's text.
//!
//! A [`Json`] owns the text as it was written and, for every value, the span it stands in. Reading
//! goes through the small cursor [`Value`]; a number is its text, a key keeps its place, a JSON
//! pointer leads to a span and back. So an edit can replace one span and leave every other byte
//! alone. `serde_json` offers this only by `arbitrary_precision` or `preserve_order`, which change
//! the number and map types of every other crate in a user's build; it is the oracle that this reader
//! is held to in the tests.

mod double;
pub(crate) mod edit;
mod parse;
pub(crate) mod python;
mod read;
mod string;
pub(crate) mod write;

pub(crate) use read::read;
pub(crate) use string::write_python;

use std::{borrow::Cow, ops::Range};

use crate::{Error, ErrorKind};

/// Nesting beyond this is refused: no request form needs a tenth of it.
pub const MAX_DEPTH: usize = 256;

/// A parsed document together with its text.
#[derive(Clone, Debug)]
pub struct Json {
    text: String,
    root: Node,
    /// The pointer under which this document stands in an outer one, for bodies sent as a string.
    base: String,
}

#[derive(Clone, Debug)]
struct Node {
    span: Range<usize>,
    shape: Shape,
}

#[derive(Clone, Debug)]
enum Shape {
    Null,
    Bool(bool),
    Number,
    String,
    Array(Vec<Node>),
    Object(Vec<(Range<usize>, Node)>),
}

impl Json {
    /// Parses a document.
    ///
    /// Errors: not JSON, a key given twice, or nesting beyond [`MAX_DEPTH`], each with its place.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        Self::parse_at(text, "")
    }

    /// Parses a document that stands at the pointer `base` of another.
    pub fn parse_at(text: impl Into<String>, base: &str) -> Result<Self, Error> {
        let text = text.into();
        let root = parse::document(&text)?;
        Ok(Self { text, root, base: base.to_owned() })
    }

    /// The outermost value.
    pub fn root(&self) -> Value<'_> {
        Value { json: self, node: &self.root }
    }

    fn slice(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }
}

/// A cursor on one value of a [`Json`] document.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    json: &'a Json,
    node: &'a Node,
}

impl<'a> Value<'a> {
    /// The value's own text.
    pub fn raw(self) -> &'a str {
        self.json.slice(&self.node.span)
    }

    /// The bytes of the document the value stands in.
    pub fn span(self) -> Range<usize> {
        self.node.span.clone()
    }

    /// The value of an object's key; `None` too when this is no object.
    pub fn get(self, key: &str) -> Option<Self> {
        let Shape::Object(nodes) = &self.node.shape else { return None };
        let (_, node) = nodes.iter().find(|(name, _)| string::means(self.json.slice(name), key))?;
        Some(Self { json: self.json, node })
    }

    /// Like [`Value::get`], and a `null` counts as absent.
    pub fn get_some(self, key: &str) -> Option<Self> {
        self.get(key).filter(|value| !value.is_null())
    }

    /// The value at a path of keys, none of them `null`.
    pub fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self, |value, key| value.get_some(key))
    }

    /// An array's elements; nothing when this is no array.
    pub fn items(self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        let nodes = match &self.node.shape {
            Shape::Array(nodes) => nodes.as_slice(),
            _ => &[],
        };
        nodes.iter().map(move |node| Self { json: self.json, node })
    }

    /// An object's keys and values in their written order; nothing when this is no object.
    pub fn entries(self) -> impl ExactSizeIterator<Item = (Cow<'a, str>, Self)> {
        let nodes = match &self.node.shape {
            Shape::Object(nodes) => nodes.as_slice(),
            _ => &[],
        };
        nodes
            .iter()
            .map(move |(key, node)| (string::decode(self.json.slice(key)), Self { json: self.json, node }))
    }

    /// The text of a string.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        matches!(self.node.shape, Shape::String).then(|| string::decode(self.raw()))
    }

    /// Whether this is a string that means `text`.
    pub(crate) fn is_text(self, text: &str) -> bool {
        matches!(self.node.shape, Shape::String) && string::means(self.raw(), text)
    }

    /// The written form of a number.
    pub fn as_number(self) -> Option<&'a str> {
        matches!(self.node.shape, Shape::Number).then(|| self.raw())
    }

    /// A boolean.
    pub fn as_bool(self) -> Option<bool> {
        match self.node.shape {
            Shape::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(self) -> bool {
        matches!(self.node.shape, Shape::Null)
    }

    /// Whether this is an object.
    pub fn is_object(self) -> bool {
        matches!(self.node.shape, Shape::Object(_))
    }

    /// Whether this is an array.
    pub fn is_array(self) -> bool {
        matches!(self.node.shape, Shape::Array(_))
    }

    /// What kind of value this is, for messages.
    pub fn kind_name(self) -> &'static str {
        match self.node.shape {
            Shape::Null => "null",
            Shape::Bool(_) => "a boolean",
            Shape::Number => "a number",
            Shape::String => "a string",
            Shape::Array(_) => "an array",
            Shape::Object(_) => "an object",
        }
    }

    /// The JSON pointer (RFC 6901) of this value, found by its span.
    pub fn pointer(self) -> String {
        let mut pointer = self.json.base.clone();
        let mut node = &self.json.root;
        while node.span != self.node.span {
            let target = &self.node.span;
            let holds = |child: &Node| target.end <= child.span.end;
            match &node.shape {
                Shape::Array(nodes) => {
                    let index = nodes.partition_point(|child| !holds(child));
                    let Some(child) = nodes.get(index) else { break };
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    node = child;
                }
                Shape::Object(nodes) => {
                    let index = nodes.partition_point(|(_, child)| !holds(child));
                    let Some((key, child)) = nodes.get(index) else { break };
                    pointer.push('/');
                    string::escape_pointer(&string::decode(self.json.slice(key)), &mut pointer);
                    node = child;
                }
                _ => break,
            }
        }
        pointer
    }

    /// An error about this value, with its pointer, line and column.
    pub fn error(self, kind: ErrorKind, message: impl Into<String>) -> Error {
        let error = Error::new(kind, message).at_pointer(self.pointer());
        if self.json.base.is_empty() { error.at_offset(&self.json.text, self.node.span.start) } else { error }
    }

    /// The error that says a value has the wrong type.
    pub fn wrong_shape(self, wanted: &str) -> Error {
        self.error(ErrorKind::WrongShape, format!("expected {wanted}, found {}", self.kind_name()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn pointers_lead_back_to_their_values() {
        let text = r#"{"a/b": [1, {"~": "x"}, [[]]], "": null, "é": 1e400}"#;
        let json = Json::parse(text).unwrap();
        for (path, raw) in [
            ("", text),
            ("/a~1b", r#"[1, {"~": "x"}, [[]]]"#),
            ("/a~1b/0", "1"),
            ("/a~1b/1/~0", "\"x\""),
            ("/a~1b/2/0", "[]"),
            ("/", "null"),
            ("/é", "1e400"),
        ] {
            let found = all(json.root()).into_iter().find(|value| value.pointer() == path);
            assert_eq!(found.map(Value::raw), Some(raw), "{path}");
        }
    }

    fn all(value: Value<'_>) -> Vec<Value<'_>> {
        let below = value.items().chain(value.entries().map(|(_, child)| child)).flat_map(all);
        std::iter::once(value).chain(below).collect()
    }
}
