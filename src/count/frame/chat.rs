//! `OpenAI` chat completions: each message has a role and markers of its own, functions stand as
//! types at the end of the system prompt, and the answer is opened for the model.

mod calls;
pub(super) mod compact;
mod typescript;

use std::borrow::Cow;

use super::{Owner, Tally, inline_text, open_part};
use crate::{
    catalog::ChatFrame,
    json::{
        Json,
        python::{Style, dumps},
    },
    prompt::{Block, Content, Kind, Message, OutputSchema, Prompt, Role, SchemaForm, ToolMode, ToolRuns},
};
pub(super) use calls::Calls;
use calls::Results;

/// Pieces of one string, each with the part it belongs to.
type Pieces<'a> = Vec<(Owner, Cow<'a, str>)>;

const TOOLS: &str = "\n\n# Tools\n\n## functions\n\nnamespace functions {\n\n";
const END_OF_TOOLS: &str = "\n} // namespace functions";
const FORMATS: &str = "\n\n# Response Formats\n\n## ";

pub(super) fn render(prompt: &Prompt<'_>, rules: &ChatFrame, tally: &mut Tally) {
    tally.add(Owner::Frame, rules.request);
    let mut sections = tools(prompt, rules, tally);
    let system_first = !prompt.system.is_empty()
        || prompt.messages.first().is_some_and(|message| message.role == Role::System);
    if !sections.is_empty() {
        tally.add(Owner::Frame, if system_first { rules.tools } else { rules.tools_alone });
    } else if prompt.output_schema.is_some() && rules.output_schema.is_some() && !system_first {
        tally.add(Owner::Frame, rules.message);
    }
    if let (Some(schema), Some(tokens)) = (&prompt.output_schema, rules.output_schema) {
        sections.extend(output_schema(schema, tokens, tally));
    }
    if !system_first {
        if let Some((_, first)) = sections.first_mut() {
            *first = Cow::Owned(first.trim_start().to_owned());
        }
        tally.joined(&std::mem::take(&mut sections));
    }
    if !prompt.system.is_empty() {
        tally.add(Owner::Frame, rules.message);
        text_message(&prompt.system, Role::System, std::mem::take(&mut sections), tally);
    }
    let calls = Calls::of(&prompt.messages, rules);
    let mut results = Results::default();
    for said in &prompt.messages {
        message(said, std::mem::take(&mut sections), &calls, &mut results, rules, tally);
    }
    results.write(rules, tally);
    if let (ToolMode::Tool(name), Some(forced)) = (&prompt.tool_choice.mode, rules.forced) {
        tally.add(Owner::Frame, forced);
        tally.text(Owner::Frame, &format!("functions.{name}"));
        tally.seam();
    }
}

/// The section of the functions, in which each is a part; other tools are estimated.
fn tools(prompt: &Prompt<'_>, rules: &ChatFrame, tally: &mut Tally) -> Pieces<'static> {
    let mut pieces = Pieces::new();
    for tool in &prompt.tools {
        let owner = tally.part(&tool.pointer, Role::System, Kind::ToolDefinition);
        if tool.runs == ToolRuns::Provider {
            tally.add(owner, rules.tools_alone);
            tally.provider_run();
            tally.text(owner, tool.definition.raw());
            tally.seam();
        } else if rules.json {
            let json = Cow::Owned(format!("{}\n", tool.definition.raw()));
            pieces.push((owner, json));
        } else {
            let before = if pieces.is_empty() { TOOLS } else { "\n" };
            pieces.push((if pieces.is_empty() { Owner::Frame } else { owner }, Cow::Borrowed(before)));
            pieces.push((owner, Cow::Owned(typescript::function(tool))));
        }
        if let Some(ttl) = tool.cache_point {
            tally.cache_point(ttl, &tool.pointer);
        }
    }
    if !pieces.is_empty() && !rules.json {
        pieces.push((Owner::Frame, Cow::Borrowed(END_OF_TOOLS)));
    }
    pieces
}

/// The section of the form that the answer is held to.
fn output_schema(schema: &OutputSchema<'_>, tokens: i64, tally: &mut Tally) -> Pieces<'static> {
    let owner = tally.part(&schema.pointer, Role::System, Kind::OutputSchema);
    tally.add(owner, tokens);
    let shown = match &schema.schema {
        SchemaForm::Json(value) => compact::schema(*value),
        SchemaForm::Text(text) => {
            Json::parse(text.as_ref()).map_or_else(|_| text.to_string(), |json| compact::schema(json.root()))
        }
    };
    let name = schema.name.as_deref().unwrap_or_default();
    vec![(owner, Cow::Owned(format!("{FORMATS}{name}\n\n{shown}")))]
}

/// One message of the request, which can be several to the model: text, calls, results.
fn message<'a>(
    said: &'a Message<'a>,
    sections: Pieces<'a>,
    calls: &Calls<'a>,
    results: &mut Results,
    rules: &ChatFrame,
    tally: &mut Tally,
) {
    let is =
        |block: &Block<'_>| matches!(block.content, Content::ToolUse { .. } | Content::ToolResult { .. });
    let (other, text): (Vec<_>, Vec<_>) = said.blocks.iter().partition(|block| is(block));
    let mut uses = Vec::new();
    for block in &other {
        match &block.content {
            Content::ToolResult { id, blocks, .. } => {
                let owner = tally.part(&block.pointer, said.role, block.kind);
                results.add(owner, id, blocks, calls, rules, tally);
            }
            Content::ToolUse { name, input, .. } => uses.push((*block, name.as_ref(), input)),
            _ => {}
        }
    }
    let empty = text.iter().all(|block| matches!(&block.content, Content::Text(text) if text.is_empty()));
    if !empty || other.is_empty() || !sections.is_empty() {
        results.write(rules, tally);
        tally.add(Owner::Frame, rules.message);
        if said.role == Role::Assistant {
            tally.add(Owner::Frame, rules.assistant);
        }
        author(said, tally);
        text_message(text, said.role, sections, tally);
    } else {
        for block in text {
            open_part(block, said.role, tally);
        }
    }
    if !uses.is_empty() {
        results.write(rules, tally);
        if empty {
            author(said, tally);
        }
        calls::write(&uses, said.role, rules, tally);
    }
}

/// The author's name, behind the role.
fn author(said: &Message<'_>, tally: &mut Tally) {
    if let Some(name) = said.name.as_ref().filter(|_| said.role != Role::Tool) {
        tally.text(Owner::Frame, &format!(":{name}"));
        tally.seam();
    }
}

/// Texts that follow each other are one string, to whose end the sections belong.
fn text_message<'a>(
    blocks: impl IntoIterator<Item = &'a Block<'a>>,
    role: Role,
    sections: Pieces<'a>,
    tally: &mut Tally,
) {
    let mut pieces = Pieces::new();
    for block in blocks {
        let Some(owner) = open_part(block, role, tally) else { continue };
        match &block.content {
            Content::Text(text) | Content::Reasoning(text) => {
                pieces.push((owner, Cow::Borrowed(text.as_ref())));
            }
            Content::Json(value) => pieces.push((owner, Cow::Owned(dumps(*value, Style::default())))),
            _ => {
                tally.joined(&std::mem::take(&mut pieces));
                inline_text(block, owner, tally);
                tally.seam();
            }
        }
    }
    pieces.extend(sections);
    tally.joined(&pieces);
}
