//! How a single field is read, the same in every dialect.

use std::borrow::Cow;

use crate::{
    Error, ErrorKind, Note, Tokens,
    json::Value,
    prompt::{Block, CacheTtl, Content, Kind, MaxTokens, Role, Thinking},
};

/// The array of messages: a field of the request, or the whole document.
pub(super) fn messages(body: Value<'_>) -> Option<Value<'_>> {
    if body.is_array() { Some(body) } else { body.get("messages").filter(|messages| messages.is_array()) }
}

/// A count of tokens: a whole number from 0 to [`Tokens::MAX`].
pub(super) fn count(value: Value<'_>) -> Result<Tokens, Error> {
    let Some(written) = value.as_number() else { return Err(value.wrong_shape("a whole number")) };
    written.parse().ok().and_then(Tokens::from_outside).ok_or_else(|| {
        let message =
            format!("{written} is no count of tokens: expected a whole number from 0 to {}", Tokens::MAX);
        value.error(ErrorKind::OutOfRange, message)
    })
}

/// The first limit on the answer that stands at one of the `paths`; it must be at least 1.
pub(super) fn max_tokens(body: Value<'_>, paths: &[&[&str]]) -> Result<Option<MaxTokens>, Error> {
    let mut found = paths.iter().filter_map(|path| body.at(path));
    let Some(value) = found.next() else { return Ok(None) };
    match count(value)? {
        Tokens::ZERO => Err(value.error(ErrorKind::OutOfRange, "the limit on the answer must be at least 1")),
        tokens => {
            Ok(Some(MaxTokens { tokens, pointer: value.pointer(), again: found.next().map(Value::pointer) }))
        }
    }
}

/// A string that must be there.
pub(super) fn text<'a>(object: Value<'a>, key: &str) -> Result<Cow<'a, str>, Error> {
    match object.get(key) {
        Some(value) => value.as_str().ok_or_else(|| value.wrong_shape("a string")),
        None if object.is_object() => {
            Err(object.error(ErrorKind::WrongShape, format!("\"{key}\" is missing")))
        }
        None => Err(object.wrong_shape("an object")),
    }
}

/// A string that may be absent or `null`, and is then empty.
pub(super) fn text_or_empty<'a>(object: Value<'a>, key: &str) -> Result<Cow<'a, str>, Error> {
    match object.get_some(key) {
        Some(value) => value.as_str().ok_or_else(|| value.wrong_shape("a string")),
        None => Ok(Cow::Borrowed("")),
    }
}

/// The elements of an array that may be absent or `null`.
pub(super) fn list<'a>(
    object: Value<'a>,
    key: &str,
) -> Result<impl Iterator<Item = Value<'a>> + use<'a>, Error> {
    match object.get_some(key) {
        Some(value) if !value.is_array() => Err(value.wrong_shape("an array")),
        found => Ok(found.into_iter().flat_map(Value::items)),
    }
}

/// A message's role, by the dialect's own names.
pub(super) fn role(message: Value<'_>, names: &[(&str, Role)]) -> Result<Role, Error> {
    let said = text(message, "role")?;
    names.iter().find(|(name, _)| *name == said).map(|(_, role)| *role).ok_or_else(|| {
        let known: Vec<_> = names.iter().map(|(name, _)| *name).collect();
        let place = message.get("role").unwrap_or(message);
        let message = format!("\"{said}\" is no role here: expected {}", known.join(", "));
        place.error(ErrorKind::WrongShape, message)
    })
}

/// Whether any document or search result of the messages is to be cited.
pub(super) fn cites(messages: Option<Value<'_>>) -> bool {
    let blocks = messages.into_iter().flat_map(Value::items).filter_map(|message| message.get("content"));
    // A block of Messages holds its own setting, one of Converse holds it one level deeper; results
    // hold blocks.
    blocks.flat_map(Value::items).any(|block| {
        let inner = |block: Value<'_>| {
            asks_for_citations(block) || block.entries().any(|(_, value)| asks_for_citations(value))
        };
        let nested = block.get("toolResult").unwrap_or(block).get("content");
        inner(block) || nested.into_iter().flat_map(Value::items).any(inner)
    })
}

/// Whether a document or search result is to be cited.
pub(super) fn asks_for_citations(block: Value<'_>) -> bool {
    block.at(&["citations", "enabled"]).and_then(Value::as_bool) == Some(true)
}

/// A thinking setting in Anthropic's form.
pub(super) fn thinking(setting: Value<'_>) -> Result<Option<Thinking>, Error> {
    Ok(match setting.get("type").and_then(Value::as_str).as_deref() {
        Some("enabled") => match setting.get_some("budget_tokens") {
            Some(budget) => Some(Thinking::Budget(count(budget)?)),
            None => Some(Thinking::Adaptive),
        },
        Some("adaptive") => Some(Thinking::Adaptive),
        _ => None,
    })
}

/// Earlier thinking; where its text was left out, its encrypted form stands for it.
pub(super) fn reasoning<'a>(text: Cow<'a, str>, sealed: Option<Value<'a>>) -> Content<'a> {
    match sealed.and_then(Value::as_str) {
        Some(sealed) if text.is_empty() => Content::SealedReasoning(sealed.len()),
        _ => Content::Reasoning(text),
    }
}

/// The content of a message or result: a bare string, or a list whose strings are texts and whose
/// objects `object` reads.
pub(super) fn content<'a>(
    value: Value<'a>,
    mut object: impl FnMut(Value<'a>, &mut Vec<Block<'a>>) -> Result<(), Error>,
) -> Result<Vec<Block<'a>>, Error> {
    if let Some(text) = value.as_str() {
        return Ok(vec![text_block(value, Kind::Text, text)]);
    }
    if !value.is_array() {
        return Err(value.wrong_shape("a string or an array of content blocks"));
    }
    let mut blocks = Vec::with_capacity(value.items().len());
    for item in value.items() {
        match item.as_str() {
            Some(text) => blocks.push(text_block(item, Kind::Text, text)),
            None if item.is_object() => object(item, &mut blocks)?,
            None => return Err(item.wrong_shape("a content block")),
        }
    }
    Ok(blocks)
}

/// A cache mark's lifetime.
pub(super) fn cache_ttl(mark: Value<'_>) -> CacheTtl {
    match mark.get("ttl").and_then(Value::as_str).as_deref() {
        Some("1h") => CacheTtl::OneHour,
        _ => CacheTtl::FiveMinutes,
    }
}

/// The texts of a block that holds its content in parts: its title and source, and what is said.
pub(super) fn joined_texts(block: Value<'_>) -> Cow<'_, str> {
    let heads = ["title", "source"].into_iter().filter_map(|key| block.get(key)?.as_str());
    let parts = block.get("content").into_iter().flat_map(Value::items);
    let texts: Vec<_> = heads.chain(parts.filter_map(|part| part.get("text")?.as_str())).collect();
    match <[_; 1]>::try_from(texts) {
        Ok([only]) => only,
        Err(texts) => Cow::Owned(texts.join("\n")),
    }
}

/// A text block.
pub(super) fn text_block<'a>(value: Value<'a>, kind: Kind, text: Cow<'a, str>) -> Block<'a> {
    Block { pointer: value.pointer(), kind, content: Content::Text(text) }
}

/// A block of a kind this version does not know, kept by its JSON text, with a note.
pub(super) fn unknown_block<'a>(value: Value<'a>, name: &str, notes: &mut Vec<Note>) -> Block<'a> {
    let pointer = value.pointer();
    let message = format!("content of the kind \"{name}\" is not known; it is estimated by its JSON text");
    notes.push(Note::new("unknown-content", message).at(pointer.clone()));
    Block { pointer, kind: Kind::Unknown, content: Content::Unknown(value.raw()) }
}

/// Notes the fields of an object that this version does not know.
pub(super) fn note_unknown(object: Value<'_>, known: &[&str], notes: &mut Vec<Note>) {
    for (key, value) in object.entries() {
        if !known.contains(&key.as_ref()) {
            let message = format!("the field \"{key}\" is not known; it is kept, and not counted");
            notes.push(Note::new("unknown-field", message).at(value.pointer()));
        }
    }
}
