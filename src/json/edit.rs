//! Edits that replace spans: every other byte of the document stays as it was written.

use std::ops::Range;

use super::{Json, Node, Shape, Value, string};
use crate::sorted;

/// Replaces a stretch of a document's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// The bytes that go.
    pub(crate) span: Range<usize>,
    /// What comes in their place.
    pub(crate) text: String,
}

impl Json {
    /// The document's text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The pointer under which the document stands in an outer one.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The value a pointer leads to, the document's own base included.
    pub(crate) fn find(&self, pointer: &str) -> Option<Value<'_>> {
        let mut rest = pointer.strip_prefix(self.base.as_str())?;
        let mut value = self.root();
        while let Some(tail) = rest.strip_prefix('/') {
            let (token, after) = tail.split_at(tail.find('/').unwrap_or(tail.len()));
            value = if value.is_array() {
                value.items().nth(token.parse().ok()?)?
            } else {
                let key = token.replace("~1", "/").replace("~0", "~");
                value.get(&key)?
            };
            rest = after;
        }
        rest.is_empty().then_some(value)
    }

    /// The edit that replaces one value.
    pub(crate) fn replacing(value: Value<'_>, text: String) -> Edit {
        Edit { span: value.span(), text }
    }

    /// The edit that adds a member behind the others of an object.
    pub(crate) fn adding(object: Value<'_>, key: &str, value: &str) -> Option<Edit> {
        let Shape::Object(members) = &object.node.shape else { return None };
        let member = format!("\"{key}\":{value}");
        Some(match members.last() {
            Some((_, last)) => Edit { span: last.span.end..last.span.end, text: format!(",{member}") },
            None => Edit { span: object.span(), text: format!("{{{member}}}") },
        })
    }

    /// The edits that take elements or members out of one array or object, commas included.
    ///
    /// `gone` says of each child, by its place, whether it goes.
    pub(crate) fn removing(parent: Value<'_>, gone: impl Fn(usize) -> bool) -> Vec<Edit> {
        let spans = child_spans(parent.node);
        let first_kept = (0..spans.len()).find(|index| !gone(*index));
        let mut edits = Vec::new();
        let mut cut = |span: Range<usize>| edits.push(Edit { span, text: String::new() });
        let start = |index: usize| spans.get(index).map_or(0, |span| span.start);
        let end = |index: usize| spans.get(index).map_or(0, |span| span.end);
        let Some(first_kept) = first_kept else {
            if !spans.is_empty() {
                cut(start(0)..end(spans.len() - 1));
            }
            return edits;
        };
        if 0 < first_kept {
            cut(start(0)..start(first_kept));
        }
        for index in first_kept + 1..spans.len() {
            if gone(index) {
                cut(end(index - 1)..end(index));
            }
        }
        edits
    }

    /// The document's text with edits that do not overlap.
    pub(crate) fn edited(&self, mut edits: Vec<Edit>) -> String {
        sorted::sort_by_key(&mut edits, |edit| (edit.span.start, edit.span.end));
        let mut text = String::with_capacity(self.text.len());
        let mut at = 0;
        for edit in &edits {
            text.push_str(self.slice(&(at..edit.span.start.max(at))));
            text.push_str(&edit.text);
            at = edit.span.end.max(at);
        }
        text.push_str(self.slice(&(at..self.text.len())));
        text
    }
}

impl<'a> Value<'a> {
    /// The bytes of each element or member, keys included, in order.
    pub(crate) fn children(self) -> Vec<Range<usize>> {
        child_spans(self.node)
    }

    /// The value that holds the one at a pointer below this document's root, and its place there.
    pub(crate) fn place_of(json: &'a Json, pointer: &str) -> Option<(Self, usize)> {
        let (above, token) = pointer.rsplit_once('/')?;
        let parent = json.find(above)?;
        if parent.is_array() {
            return Some((parent, token.parse().ok()?));
        }
        let key = token.replace("~1", "/").replace("~0", "~");
        parent.entries().position(|(name, _)| name == key).map(|place| (parent, place))
    }
}

fn child_spans(node: &Node) -> Vec<Range<usize>> {
    match &node.shape {
        Shape::Array(nodes) => nodes.iter().map(|child| child.span.clone()).collect(),
        Shape::Object(members) => members.iter().map(|(key, child)| key.start..child.span.end).collect(),
        _ => Vec::new(),
    }
}

/// A text as a JSON string, quotes included.
pub(crate) fn quoted(text: &str) -> String {
    super::write::line(text)
}

/// A key as one reference token of a pointer.
pub(crate) fn pointer_token(key: &str) -> String {
    let mut token = String::new();
    string::escape_pointer(key, &mut token);
    token
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn elements_go_with_their_commas() {
        for (text, gone, left) in [
            ("[ 1 , 2 , 3 ]", &[0][..], "[ 2 , 3 ]"),
            ("[ 1 , 2 , 3 ]", &[1], "[ 1 , 3 ]"),
            ("[ 1 , 2 , 3 ]", &[2], "[ 1 , 2 ]"),
            ("[ 1 , 2 , 3 ]", &[0, 1], "[ 3 ]"),
            ("[ 1 , 2 , 3 ]", &[0, 2], "[ 2 ]"),
            ("[ 1 , 2 , 3 ]", &[1, 2], "[ 1 ]"),
            ("[ 1 , 2 , 3 ]", &[0, 1, 2], "[  ]"),
            ("[1]", &[], "[1]"),
            (r#"{"a":1, "b":2}"#, &[0], r#"{"b":2}"#),
            (r#"{"a":1, "b":2}"#, &[1], r#"{"a":1}"#),
        ] {
            let json = Json::parse(text).unwrap();
            let edits = Json::removing(json.root(), |index| gone.contains(&index));
            let edited = json.edited(edits);
            assert_eq!(edited, left, "{text} without {gone:?}");
            assert!(Json::parse(edited).is_ok());
        }
    }

    #[test]
    fn members_are_added_and_values_found() {
        let json = Json::parse(r#"{"a": {}, "b/c": {"d": [10, 20]}}"#).unwrap();
        assert_eq!(json.find("/b~1c/d/1").unwrap().raw(), "20");
        assert!(json.find("/b~1c/d/2").is_none());
        let edits = ["/a", "/b~1c"].map(|at| Json::adding(json.find(at).unwrap(), "n", "5").unwrap());
        assert_eq!(json.edited(edits.into()), r#"{"a": {"n":5}, "b/c": {"d": [10, 20],"n":5}}"#);
    }
}
