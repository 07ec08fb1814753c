//! What a provider adds around the text, and in which order the model reads it.
//!
//! A frame walks a [`Prompt`] and hands its pieces, with the provider's own markers between them,
//! to a [`Tally`]. The integers come from the catalog, because providers change them.

mod chat;
mod claude;
mod form;
mod nova;
mod plain;

pub(crate) use form::{Form, Forms};

use super::tally::{Owner, Tally};
use crate::{
    catalog::FrameRules,
    json::python::{Style, dumps},
    prompt::{Arguments, Block, Content, Kind, Prompt, Role},
};

/// Hands a whole prompt to a tally, in the frame of one model.
pub(super) fn render(prompt: &Prompt<'_>, rules: &FrameRules, tally: &mut Tally) {
    match rules {
        FrameRules::Claude(rules) => claude::render(prompt, rules, tally),
        FrameRules::Nova(rules) => nova::render(prompt, rules, tally),
        FrameRules::Chat(rules) => chat::render(prompt, rules, tally),
        FrameRules::Plain(rules) => plain::render(prompt, rules, tally),
    }
}

/// A block's text as the model reads it, for blocks that hold text; media goes to the tally.
fn inline_text(block: &Block<'_>, owner: Owner, tally: &mut Tally) {
    match &block.content {
        Content::Text(text) | Content::Reasoning(text) => tally.text(owner, text),
        Content::Json(value) => tally.text(owner, &dumps(*value, Style::default())),
        Content::Media(media) => tally.media(owner, block.kind, media),
        Content::Unknown(raw) => tally.unknown(owner, raw),
        Content::ProviderRun { blocks, .. } => {
            tally.provider_run();
            for block in blocks {
                inline_text(block, owner, tally);
            }
        }
        Content::ToolUse { name, input, .. } => {
            tally.text(owner, name);
            arguments_text(input, owner, tally);
        }
        Content::ToolResult { blocks, .. } => {
            for block in blocks {
                inline_text(block, owner, tally);
            }
        }
        Content::SealedReasoning(characters) => sealed_reasoning(*characters, tally),
        Content::CachePoint(_) => {}
    }
}

/// Encrypted thinking is not counted, but has room: four bytes for a token, base64 undone.
fn sealed_reasoning(characters: usize, tally: &mut Tally) {
    tally.may_add(u64::try_from(characters / 16 * 3).unwrap_or(u64::MAX));
}

fn arguments_text(input: &Arguments<'_>, owner: Owner, tally: &mut Tally) {
    match input {
        Arguments::None => {}
        Arguments::Json(value) => tally.text(owner, value.raw()),
        Arguments::Text(text) => tally.text(owner, text),
    }
}

/// Opens a part for a block; a cache point closes the prefix and has no part.
fn open_part(block: &Block<'_>, role: Role, tally: &mut Tally) -> Option<Owner> {
    if let Content::CachePoint(ttl) = block.content {
        tally.cache_point(ttl, &block.pointer);
        return None;
    }
    Some(tally.part(&block.pointer, role, block.kind))
}

/// The request's own constant and its tools, where definitions are read as they are written.
fn open_request(prompt: &Prompt<'_>, request: i64, tools: i64, tally: &mut Tally) {
    tally.add(Owner::Frame, request);
    if !prompt.tools.is_empty() {
        tally.add(Owner::Frame, tools);
    }
    for tool in &prompt.tools {
        let owner = tally.part(&tool.pointer, Role::System, Kind::ToolDefinition);
        tally.text(owner, tool.definition.raw());
        tally.seam();
        if let Some(ttl) = tool.cache_point {
            tally.cache_point(ttl, &tool.pointer);
        }
    }
}

/// Blocks that are counted one by one.
fn separate_blocks(blocks: &[Block<'_>], role: Role, tally: &mut Tally) {
    for block in blocks {
        if let Some(owner) = open_part(block, role, tally) {
            inline_text(block, owner, tally);
            tally.seam();
        }
    }
}
