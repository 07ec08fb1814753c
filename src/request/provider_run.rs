//! Tools that the provider runs, as Messages writes them: calls, what they gave back, and tools
//! that the model had to look for.

use std::{borrow::Cow, collections::HashSet};

use super::{field, media};
use crate::{
    Note,
    json::Value,
    prompt::{Block, Content, Kind, Media, Tool, ToolRuns},
};

/// Marks that pair or name things; the model is not charged for them.
const UNREAD: [&str; 7] = ["type", "id", "tool_use_id", "tool_name", "signature", "caller", "retrieved_at"];

/// The block as a run of a tool by the provider, where its name says that it is one.
pub(super) fn block<'a>(item: Value<'a>, name: &str) -> Option<Block<'a>> {
    let runs = matches!(
        name,
        "server_tool_use"
            | "mcp_tool_use"
            | "container_upload"
            | "tool_reference"
            | "tool_addition"
            | "tool_removal"
    );
    if !runs && !name.ends_with("_tool_result") {
        return None;
    }
    let (mut blocks, mut sealed) = (Vec::new(), 0);
    read(item, &mut blocks, &mut sealed);
    let kind = if name.ends_with("_use") { Kind::ToolUse } else { Kind::ToolResult };
    Some(Block { pointer: item.pointer(), kind, content: Content::ProviderRun { blocks, sealed } })
}

/// Every text of a value; the reader of JSON bounds the depth.
fn read<'a>(value: Value<'a>, blocks: &mut Vec<Block<'a>>, sealed: &mut usize) {
    if let Some(text) = value.as_str() {
        blocks.push(field::text_block(value, Kind::Text, text));
    }
    for item in value.items() {
        read(item, blocks, sealed);
    }
    let kind = value.get("type").and_then(Value::as_str);
    match kind.as_deref() {
        Some("document" | "image") => {
            let kind = if kind.as_deref() == Some("image") { Kind::Image } else { Kind::Document };
            // What a run brought in is shown without its title.
            let content = Content::Media(Media { title: None, ..media::from_messages(value) });
            blocks.push(Block { pointer: value.pointer(), kind, content });
        }
        // The model reads the definition that is referred to.
        Some("tool_reference") => {}
        _ => {
            for (key, inner) in value.entries() {
                if key.starts_with("encrypted_") {
                    *sealed = sealed.saturating_add(inner.as_str().map_or(0, |text| text.len()));
                } else if !UNREAD.contains(&key.as_ref()) {
                    read(inner, blocks, sealed);
                }
            }
        }
    }
}

/// Marks the deferred tools that the conversation refers to: the model has seen their definitions.
pub(super) fn mark_found(messages: Option<Value<'_>>, tools: &mut [Tool<'_>]) {
    if !tools.iter().any(|tool| tool.runs == ToolRuns::CallerDeferred) {
        return;
    }
    let mut found = HashSet::new();
    for message in messages.into_iter().flat_map(Value::items) {
        referred(message, &mut found);
    }
    for tool in tools.iter_mut().filter(|tool| tool.runs == ToolRuns::CallerDeferred) {
        if found.contains(&tool.name) {
            tool.runs = ToolRuns::CallerFound;
        }
    }
}

fn referred<'a>(value: Value<'a>, found: &mut HashSet<Cow<'a, str>>) {
    if value.get("type").and_then(Value::as_str).as_deref() == Some("tool_reference") {
        found.extend(["tool_name", "name"].iter().filter_map(|key| value.get(key)?.as_str()));
    }
    for inner in value.items().chain(value.entries().map(|(_, inner)| inner)) {
        referred(inner, found);
    }
}

/// A server of tools, as a tool that the provider runs.
pub(super) fn mcp_server<'a>(server: Value<'a>, notes: &mut Vec<Note>) -> Tool<'a> {
    note_definition("mcp", server.pointer(), notes);
    Tool {
        pointer: server.pointer(),
        name: Cow::Borrowed(""),
        description: Cow::Borrowed(""),
        schema: None,
        definition: server,
        runs: ToolRuns::Provider,
        provider_kind: Cow::Borrowed("mcp"),
        max_uses: None,
        cache_point: None,
    }
}

/// Says that a tool's definition and what it brings in stand nowhere in the request.
pub(super) fn note_definition(kind: &str, pointer: String, notes: &mut Vec<Note>) {
    let message = format!(
        "what the model is told of \"{kind}\", and what it brings in as it runs, is not in the request: \
         the range has room for what was measured"
    );
    notes.push(Note::new("server-tool", message).at(pointer));
}
