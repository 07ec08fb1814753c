//! A request with parts taken out, shortened or capped; every other byte stays.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::{Body, Dialect, Request, Source, chat, converse, messages, nova};
use crate::{
    Error,
    json::{
        Json, Value,
        edit::{pointer_token, quoted},
    },
    sorted,
};

/// What is to change. Pointers are those of the request as it stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// Elements and members that go.
    pub(crate) gone: Vec<String>,
    /// Values, and the JSON text that replaces each.
    pub(crate) replaced: Vec<(String, String)>,
    /// A new limit on the answer.
    pub(crate) max_tokens: Option<u64>,
}

/// One operation of a JSON patch (RFC 6902), its value as JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchOperation {
    /// `remove`, `add` or `replace`.
    pub op: &'static str,
    /// The JSON pointer it works on.
    pub path: String,
    /// What is added or put in place, as JSON text.
    pub value: Option<String>,
}

/// A changed request, and the way there and back.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    pub(crate) request: Request,
    pub(crate) forward: Vec<PatchOperation>,
    pub(crate) back: Vec<PatchOperation>,
    /// Where the new limit on the answer was written.
    pub(crate) capped_at: Option<String>,
}

impl Request {
    /// The request as text, byte for byte as it was read.
    pub fn as_text(&self) -> &str {
        match &self.source {
            Source::Text(text) => text,
            Source::Json { document, .. } => document.text(),
        }
    }

    /// The request with changes. Errors are those of reading it again, and none is expected.
    pub(crate) fn changed(&self, changes: &Changes) -> Result<Changed, Error> {
        match &self.source {
            Source::Text(text) => self.changed_text(text, changes),
            Source::Json { document, body: Body::Quoted(inner) } => {
                let (new_body, plan) = apply(inner, inner.root(), self.dialect, changes);
                let place = document.find(inner.base()).unwrap_or_else(|| document.root());
                let written = place.as_str().unwrap_or_default();
                let encoded = if written.trim_start().starts_with('{') {
                    quoted(&new_body)
                } else {
                    quoted(&BASE64_STANDARD.encode(&new_body))
                };
                let operation = |value: &str| PatchOperation {
                    op: "replace",
                    path: inner.base().to_owned(),
                    value: Some(value.to_owned()),
                };
                let (forward, back) = (vec![operation(&encoded)], vec![operation(place.raw())]);
                let text = document.edited(vec![Json::replacing(place, encoded)]);
                let request = Self::read(&text, Some(self.dialect))?;
                Ok(Changed { request, forward, back, capped_at: plan.capped_at })
            }
            Source::Json { document, .. } => {
                let Some(body) = self.body() else { return Ok(self.unchanged()) };
                let (text, plan) = apply(document, body, self.dialect, changes);
                let request = Self::read(&text, Some(self.dialect))?;
                Ok(Changed { request, forward: plan.forward, back: plan.back, capped_at: plan.capped_at })
            }
        }
    }

    /// The member that goes when no tool definition is left in it.
    pub(crate) fn tool_holder(&self) -> Option<String> {
        let key = match self.dialect {
            Dialect::Converse | Dialect::Nova => "toolConfig",
            Dialect::Messages | Dialect::Chat => "tools",
            Dialect::Text => return None,
        };
        self.body()?.get(key).map(Value::pointer)
    }

    fn unchanged(&self) -> Changed {
        Changed { request: self.clone(), forward: Vec::new(), back: Vec::new(), capped_at: None }
    }

    fn changed_text(&self, text: &str, changes: &Changes) -> Result<Changed, Error> {
        let Some((_, value)) = changes.replaced.first() else { return Ok(self.unchanged()) };
        let operation =
            |value: String| vec![PatchOperation { op: "replace", path: String::new(), value: Some(value) }];
        let new = Json::parse(value.as_str())?;
        let request = Self::read(new.root().as_str().unwrap_or_default().as_ref(), Some(Dialect::Text))?;
        Ok(Changed {
            request,
            forward: operation(value.clone()),
            back: operation(quoted(text)),
            capped_at: None,
        })
    }
}

#[derive(Default)]
struct Plan {
    forward: Vec<PatchOperation>,
    back: Vec<PatchOperation>,
    capped_at: Option<String>,
}

impl Plan {
    /// Notes a step and its inverse. Steps are undone in the opposite order, so `back` is turned round
    /// at the end.
    fn step(&mut self, path: &str, old: Option<&str>, new: Option<&str>) {
        let op = |from: Option<&str>, to: Option<&str>| PatchOperation {
            op: match (from, to) {
                (Some(_), Some(_)) => "replace",
                (None, _) => "add",
                (Some(_), None) => "remove",
            },
            path: path.to_owned(),
            value: to.map(str::to_owned),
        };
        self.forward.push(op(old, new));
        self.back.push(op(new, old));
    }
}

/// The document's text with the changes, and the patches.
fn apply(json: &Json, body: Value<'_>, dialect: Dialect, changes: &Changes) -> (String, Plan) {
    let mut plan = Plan::default();
    let mut edits = Vec::new();
    for (pointer, text) in &changes.replaced {
        if let Some(value) = json.find(pointer) {
            plan.step(pointer, Some(value.raw()), Some(text));
            edits.push(Json::replacing(value, text.clone()));
        }
    }
    if let Some(max_tokens) = changes.max_tokens {
        edits.extend(cap(body, dialect, max_tokens, &mut plan));
    }
    // What stands deeper and later goes first, so that pointers hold until they are used.
    let mut gone: Vec<(Value<'_>, usize, &str)> = changes
        .gone
        .iter()
        .filter_map(|pointer| {
            Value::place_of(json, pointer).map(|(parent, place)| (parent, place, pointer.as_str()))
        })
        .collect();
    let depth = |pointer: &str| pointer.matches('/').count();
    sorted::sort_by_key(&mut gone, |(parent, place, pointer)| {
        (std::cmp::Reverse(depth(pointer)), parent.span().start, std::cmp::Reverse(*place))
    });
    for (_, _, pointer) in &gone {
        plan.step(pointer, json.find(pointer).map(Value::raw), None);
    }
    plan.back.reverse();
    for group in gone.chunk_by(|left, right| left.0.span() == right.0.span()) {
        let places: std::collections::HashSet<usize> = group.iter().map(|(_, place, _)| *place).collect();
        if let Some((parent, ..)) = group.first() {
            edits.extend(Json::removing(*parent, |place| places.contains(&place)));
        }
    }
    (json.edited(edits), plan)
}

/// Writes a limit on the answer over every one that is larger, or adds it where there is none.
fn cap(body: Value<'_>, dialect: Dialect, max_tokens: u64, plan: &mut Plan) -> Vec<crate::json::edit::Edit> {
    let paths: &[&[&str]] = match dialect {
        Dialect::Converse => &converse::LIMITS,
        Dialect::Nova => &nova::LIMITS,
        Dialect::Messages => &messages::LIMITS,
        Dialect::Chat => &chat::LIMITS,
        Dialect::Text => &[],
    };
    let number = max_tokens.to_string();
    let present: Vec<_> = paths.iter().filter_map(|path| body.at(path)).collect();
    if !present.is_empty() {
        plan.capped_at = present.first().map(|value| value.pointer());
        let larger = |value: &&Value<'_>| {
            value
                .as_number()
                .and_then(|written| written.parse::<u64>().ok())
                .is_none_or(|old| max_tokens < old)
        };
        let mut edits = Vec::new();
        for value in present.iter().filter(larger) {
            plan.step(&value.pointer(), Some(value.raw()), Some(&number));
            edits.push(Json::replacing(*value, number.clone()));
        }
        return edits;
    }
    let Some(path) = paths.first().filter(|_| body.is_object()) else { return Vec::new() };
    let (object, rest) = deepest(body, path);
    let Some((key, inner)) = rest.split_first() else { return Vec::new() };
    let value = inner.iter().rev().fold(number, |value, key| format!("{{{}:{value}}}", quoted(key)));
    let above = object.pointer();
    let at = format!("{above}/{}", pointer_token(key));
    // A null in its place is no limit, and is replaced.
    let edit = if let Some(null) = object.get(key) {
        plan.step(&at, Some(null.raw()), Some(&value));
        Some(Json::replacing(null, value))
    } else {
        plan.step(&at, None, Some(&value));
        Json::adding(object, key, &value)
    };
    plan.capped_at = Some(inner.iter().fold(at, |at, key| format!("{at}/{}", pointer_token(key))));
    edit.into_iter().collect()
}

/// The deepest object that stands on a path of keys, and the keys below it.
fn deepest<'v, 'p>(body: Value<'v>, path: &'p [&'p str]) -> (Value<'v>, &'p [&'p str]) {
    let mut object = body;
    let mut rest = path;
    while let Some((key, after)) = rest.split_first() {
        match object.get_some(key).filter(|value| value.is_object() && !after.is_empty()) {
            Some(inner) => (object, rest) = (inner, after),
            None => break,
        }
    }
    (object, rest)
}
