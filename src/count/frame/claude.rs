//! Claude: tool definitions, the system prompt and the conversation are written out in a fixed
//! template and counted as strings.
//!
//! Up to Claude 4.6 the conversation is one string, so tokens merge over its seams; from 4.7 on
//! the pieces add up. Each rule below names the sort of request that shows it. What tools bring in
//! that the provider runs stands in no request: it only widens the range.

use std::borrow::Cow;

use super::{Owner, Tally, open_part};
use crate::{
    catalog::{ClaudeFrame, ServerTool},
    json::python::{Style, dumps},
    prompt::{
        Arguments, Block, Content, Kind, Message, OutputSchema, Prompt, Role, SchemaForm, Thinking, Tool,
        ToolMode, ToolRuns,
    },
};

/// The name space of the tags in which calls are written.
const SPACE: &str = concat!("ant", "ml:");

/// What a tool costs that the provider runs and nobody measured: the middle of those that were.
const UNMEASURED_TOOL: i64 = 1_500;

/// What stands around the definitions that the model has looked for: measured on 47 requests.
const FOUND_TOOLS: i64 = 12;

/// What introduces tools where the provider runs all of several.
const PROVIDED_TOOLS: i64 = 496;

/// A system block that starts so is bookkeeping of a client and is not counted.
const UNCOUNTED_SYSTEM: &str = "x-anthropic-billing-header";

/// A result that holds a picture, and each of its blocks: measured on 54 results.
const PICTURE_RESULT: i64 = 6;

/// What a single result says when the tool gave nothing back.
const EMPTY_RESULT: &str = "<system>Tool ran without output or errors</system>";

pub(super) fn render(prompt: &Prompt<'_>, rules: &ClaudeFrame, tally: &mut Tally) {
    tally.add(Owner::Frame, rules.request);
    let has_tools = tools(prompt, rules, tally);
    let has_system = system(prompt, rules, has_tools, tally);
    if let Some(Thinking::Budget(budget)) = prompt.thinking {
        // A blank line stands between it and what else comes first.
        let beside = has_system || has_tools || prompt.output_schema.is_some();
        tally.add(Owner::Frame, rules.thinking + i64::from(beside));
        tally.text(Owner::Frame, &budget.to_string());
        tally.seam();
    }
    if let Some(schema) = &prompt.output_schema {
        let beside = has_system || has_tools || rules.blank_line_before_system;
        tally.add(Owner::Frame, rules.output_schema + i64::from(beside));
        output_schema_text(schema, tally);
    }
    if prompt.cites {
        tally.citations();
        tally.add(Owner::Frame, rules.citations);
    }
    if prompt.task_budget {
        tally.add(Owner::Frame, rules.task_budget);
    }
    let turns = turns(&prompt.messages);
    let kept = kept_thinking(&prompt.messages, rules);
    if rules.one_string {
        conversation(prompt, &turns, kept, rules, tally);
    } else {
        pieces(&turns, kept, rules, tally);
    }
}

/// The schema of the answer, written with an indent of two, its keys in order, escaped to ASCII.
pub(super) fn output_schema_text(schema: &OutputSchema<'_>, tally: &mut Tally) {
    let owner = tally.part(&schema.pointer, Role::System, Kind::OutputSchema);
    let shown = |value| without_braces(&dumps(value, Style { ascii: true, indented: true, sorted: false }));
    match &schema.schema {
        SchemaForm::Json(value) => tally.text(owner, &shown(*value)),
        SchemaForm::Text(text) => match crate::json::Json::parse(text.as_ref()) {
            Ok(json) => tally.text(owner, &shown(json.root())),
            Err(_) => tally.text(owner, text),
        },
    }
    tally.seam();
}

/// A description that is nothing but limits in braces, as client libraries write those that the
/// provider does not hold an answer to, is shown without the braces.
fn without_braces(schema: &str) -> String {
    const KEY: &str = "\"description\": \"";
    let bare = |line: &str| {
        let (before, text) = line.split_once(KEY)?;
        let (limits, end) = text.strip_prefix('{')?.rsplit_once("}\"")?;
        let whole = before.trim().is_empty() && end.trim_end_matches(['\n', ',']).is_empty();
        whole.then(|| Cow::Owned(format!("{before}{KEY}{limits}\"{end}")))
    };
    schema.split_inclusive('\n').map(|line| bare(line).unwrap_or(Cow::Borrowed(line))).collect()
}

/// The tool definitions, behind a preamble that depends on the choice. Deferred tools cost nothing.
fn tools(prompt: &Prompt<'_>, rules: &ClaudeFrame, tally: &mut Tally) -> bool {
    let shown =
        prompt.tools.iter().filter(|tool| matches!(tool.runs, ToolRuns::Caller | ToolRuns::Provider)).count();
    let client: Vec<_> = prompt.tools.iter().filter(|tool| tool.runs == ToolRuns::Caller).collect();
    if !client.is_empty() {
        preamble(prompt, rules, tally);
        tally.text(Owner::Frame, "<functions>\n");
    }
    let last = client.len().saturating_sub(1);
    let mut written = 0;
    for tool in &prompt.tools {
        let owner = tally.part(&tool.pointer, Role::System, Kind::ToolDefinition);
        match tool.runs {
            ToolRuns::Caller => {
                tally.text(owner, "<function>");
                tally.text(owner, &definition(tool, rules.ascii_tools));
                tally.text(owner, "</function>");
                tally.text(Owner::Frame, if written == last { "\n</functions>" } else { "\n" });
                written += 1;
            }
            ToolRuns::CallerDeferred => {}
            ToolRuns::CallerFound => {
                tally.provider_run();
                tally.text(owner, "<function>");
                tally.text(owner, &definition(tool, rules.ascii_tools));
                tally.text(owner, "</function>");
            }
            ToolRuns::Provider => server_tool(tool, shown != 1, rules, owner, tally),
        }
        if let Some(ttl) = tool.cache_point {
            tally.cache_point(ttl, &tool.pointer);
        }
    }
    tally.seam();
    if prompt.tools.iter().any(|tool| tool.runs == ToolRuns::CallerFound) {
        tally.add(Owner::Frame, FOUND_TOOLS);
    }
    if client.is_empty() && 1 < shown {
        tally.add(Owner::Frame, PROVIDED_TOOLS);
    }
    !client.is_empty()
}

/// The definition of a tool that the provider runs, and room for what its runs bring in.
fn server_tool(tool: &Tool<'_>, beside: bool, rules: &ClaudeFrame, owner: Owner, tally: &mut Tally) {
    tally.provider_run();
    let Some(known) = ServerTool::of(&tool.provider_kind) else {
        tally.text(owner, tool.definition.raw());
        tally.add(owner, UNMEASURED_TOOL);
        tally.may_read(2);
        return;
    };
    tally.add(owner, known.definition(beside, !rules.one_string));
    tally.may_add(known.brings_at_most(tool.max_uses));
    tally.may_read(known.rounds);
}

fn preamble(prompt: &Prompt<'_>, rules: &ClaudeFrame, tally: &mut Tally) {
    let single = prompt.tool_choice.one_at_a_time;
    let extra = |one: i64| if single { one } else { 0 };
    let [auto, any, tool] = rules.tools;
    match &prompt.tool_choice.mode {
        ToolMode::Auto => tally.add(Owner::Frame, auto + extra(rules.single_call_auto)),
        ToolMode::None => tally.add(Owner::Frame, auto),
        ToolMode::Any => tally.add(Owner::Frame, any),
        ToolMode::Tool(name) => {
            tally.add(Owner::Frame, tool + extra(rules.single_call_tool));
            // The name stands in double quotes inside a sentence.
            let quoted = tally.measure(&format!("x \"{name}\" x")) - tally.measure("x \"\" x");
            tally.add(Owner::Frame, quoted);
        }
    }
}

/// A definition is JSON with its keys sorted at every depth; an empty description is left out.
fn definition(tool: &Tool<'_>, ascii: bool) -> String {
    let style = Style { sorted: true, ascii, ..Style::default() };
    let quoted = |text: &str| {
        let mut out = String::new();
        crate::json::write_python(text, ascii, &mut out);
        out
    };
    let description = match tool.description.as_ref() {
        "" => String::new(),
        text => format!("\"description\": {}, ", quoted(text)),
    };
    let schema = tool.schema.map_or_else(|| "null".to_owned(), |schema| dumps(schema, style));
    format!("{{{description}\"name\": {}, \"parameters\": {schema}}}", quoted(&tool.name))
}

/// The system prompt: its blocks joined by nothing, at the head or after a blank line.
fn system(prompt: &Prompt<'_>, rules: &ClaudeFrame, has_tools: bool, tally: &mut Tally) -> bool {
    let counted = |block: &Block<'_>| match &block.content {
        Content::Text(text) => !text.is_empty() && !text.starts_with(UNCOUNTED_SYSTEM),
        _ => false,
    };
    let blank = |block: &Block<'_>| !matches!(&block.content, Content::Text(text) if !text.trim().is_empty());
    let present = prompt.system.iter().any(|block| counted(block) && !blank(block));
    let after_blank_line =
        rules.strip_system || has_tools || rules.blank_line_before_system || !rules.one_string;
    if present {
        let plus = i64::from(has_tools || rules.blank_line_before_system || !rules.one_string);
        tally.text(Owner::Frame, if after_blank_line { "x\n\n" } else { ">" });
        tally.add(Owner::Frame, plus);
    }
    let last = prompt.system.iter().rposition(counted).unwrap_or_default();
    let first = prompt.system.iter().position(counted).unwrap_or_default();
    for (index, block) in prompt.system.iter().enumerate() {
        let Some(owner) = open_part(block, Role::System, tally) else { continue };
        let Content::Text(text) = &block.content else {
            super::inline_text(block, owner, tally);
            continue;
        };
        if !present || !counted(block) {
            continue;
        }
        let mut text = text.as_ref();
        if rules.strip_system && index == first {
            text = text.trim_start();
        }
        if rules.strip_system && index == last {
            text = text.trim_end();
        }
        tally.text(owner, text);
    }
    if present {
        tally.text(Owner::Frame, "\n\nHuman: x");
        tally.seam();
        // What the neighbours that were written only for their seams cost.
        let neighbours = match (rules.one_string, after_blank_line) {
            (true, true) => 5 + tally.measure("x"),
            (true, false) => 5,
            (false, _) => tally.measure("x\n\nHuman: x") + 1,
        };
        tally.add(Owner::Frame, -neighbours);
    }
    present
}

/// Messages of one role in a row are one turn.
struct Turn<'p, 'a> {
    role: Role,
    messages: &'p [Message<'a>],
    /// The index of the first message.
    from: usize,
}

impl<'p, 'a> Turn<'p, 'a> {
    fn blocks(&self) -> impl Iterator<Item = (usize, &'p Block<'a>)> + use<'p, 'a> {
        let from = self.from;
        let messages = self.messages.iter().enumerate();
        messages.flat_map(move |(at, message)| message.blocks.iter().map(move |block| (from + at, block)))
    }

    fn has(&self, wanted: impl Fn(&Content<'a>) -> bool) -> bool {
        self.blocks().any(|(_, block)| wanted(&block.content))
    }
}

fn turns<'p, 'a>(messages: &'p [Message<'a>]) -> Vec<Turn<'p, 'a>> {
    let mut from = 0;
    let role =
        |message: &Message<'_>| if message.role == Role::Assistant { Role::Assistant } else { Role::User };
    messages
        .chunk_by(|left, right| role(left) == role(right))
        .map(|messages| {
            let turn = Turn { role: messages.first().map_or(Role::User, role), messages, from };
            from += messages.len();
            turn
        })
        .collect()
}

/// The first message whose thinking still counts: newer models keep all of it, older ones only
/// what belongs to the running tool loop.
fn kept_thinking(messages: &[Message<'_>], rules: &ClaudeFrame) -> usize {
    if rules.keeps_thinking {
        return 0;
    }
    let asks = |message: &Message<'_>| {
        message.role != Role::Assistant
            && message
                .blocks
                .iter()
                .any(|block| !matches!(block.content, Content::ToolResult { .. } | Content::CachePoint(_)))
    };
    messages.iter().rposition(asks).map_or(1, |at| at + 1)
}

/// Old thinking costs its text and a wrapper, a token less before a call without text.
fn thinking(text: &str, with_text: bool, owner: Owner, rules: &ClaudeFrame, tally: &mut Tally) {
    let around = tally.measure_around("x\n", text, "\nx") - 4;
    tally.add(owner, around + rules.old_thinking - i64::from(!with_text));
}

/// What a block says, and what of it is encrypted: the model reads that, and nobody else can.
fn said(block: &Block<'_>, owner: Owner, rules: &ClaudeFrame, tally: &mut Tally) {
    super::inline_text(block, owner, tally);
    if let Content::ProviderRun { sealed, .. } = block.content {
        let sealed = i64::try_from(sealed).unwrap_or(i64::MAX);
        tally.add(owner, sealed.saturating_mul(rules.sealed_per_thousand) / 1000);
    }
}

fn has_text(content: &Content<'_>) -> bool {
    match content {
        Content::Text(text) => !text.is_empty(),
        Content::Json(_) | Content::Unknown(_) | Content::ProviderRun { .. } => true,
        _ => false,
    }
}

/// The whole conversation as one string, up to Claude 4.6.
fn conversation(
    prompt: &Prompt<'_>,
    turns: &[Turn<'_, '_>],
    kept: usize,
    rules: &ClaudeFrame,
    tally: &mut Tally,
) {
    let names = call_names(prompt);
    let mut behind = Behind::Nothing;
    for (index, turn) in turns.iter().enumerate() {
        behind = if turn.role == Role::Assistant {
            if index == 0 {
                // A history that starts with the model is charged as if nine tokens stood before it.
                tally.text(Owner::Frame, "x x x x x x x x x");
            }
            assistant_turn(turn, behind, kept, rules, tally)
        } else {
            user_turn(turn, index == 0, &names, tally)
        };
    }
    tally.seam();
    let free = matches!(prompt.tool_choice.mode, ToolMode::Auto | ToolMode::None);
    match behind {
        // The answer goes on where the caller began it: no marker is written for it.
        Behind::Answer => tally.add(Owner::Frame, -3),
        // After results the model's turn goes on: a blank line and no marker.
        Behind::Results => {
            let closing = if free { rules.after_results_auto } else { rules.after_results_forced };
            let single = prompt.tool_choice.one_at_a_time && prompt.tool_choice.mode == ToolMode::Auto;
            let single = if single { rules.after_results_single } else { 0 };
            tally.add(Owner::Frame, closing + single);
        }
        Behind::Nothing | Behind::Question | Behind::Calls => {}
    }
}

/// What the conversation ends in so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Behind {
    Nothing,
    Question,
    Results,
    Answer,
    Calls,
}

fn assistant_turn(
    turn: &Turn<'_, '_>,
    behind: Behind,
    kept: usize,
    rules: &ClaudeFrame,
    tally: &mut Tally,
) -> Behind {
    let says = turn.has(has_text);
    let calls = turn.has(|content| matches!(content, Content::ToolUse { .. }));
    tally.text(
        Owner::Frame,
        match (behind, says) {
            (Behind::Results, _) => "\n\n",
            (_, true) => "\n\nAssistant: ",
            (_, false) => "\n\nAssistant:",
        },
    );
    let mut open_calls = Vec::new();
    for (message, block) in turn.blocks() {
        if let Content::ToolUse { name, input, .. } = &block.content {
            open_calls.push((block, name, input));
            continue;
        }
        let Some(owner) = open_part(block, Role::Assistant, tally) else { continue };
        match &block.content {
            Content::Reasoning(text) if !text.is_empty() && kept <= message => {
                thinking(text, says, owner, rules, tally);
            }
            Content::SealedReasoning(characters) if kept <= message => {
                super::sealed_reasoning(*characters, tally);
            }
            Content::Reasoning(_) | Content::SealedReasoning(_) => {}
            _ => said(block, owner, rules, tally),
        }
    }
    if !calls {
        return Behind::Answer;
    }
    if says || behind != Behind::Results {
        tally.text(Owner::Frame, "\n\n");
    }
    let last = open_calls.len().saturating_sub(1);
    for (index, (block, name, input)) in open_calls.into_iter().enumerate() {
        let owner = tally.part(&block.pointer, Role::Assistant, Kind::ToolUse);
        if index == 0 {
            tally.text(owner, &format!("<{SPACE}function_calls>\n"));
        }
        call(name, input, SPACE, owner, tally);
        tally.text(owner, if index == last { "\n</" } else { "\n" });
        if index == last {
            tally.text(owner, &format!("{SPACE}function_calls>"));
        }
    }
    Behind::Calls
}

/// A call in its tags: strings as they are, everything else as JSON.
fn call(name: &str, input: &Arguments<'_>, space: &str, owner: Owner, tally: &mut Tally) {
    tally.text(owner, &format!("<{space}invoke name=\"{name}\">\n"));
    let parsed;
    let object = match input {
        Arguments::Json(value) => Some(*value),
        Arguments::Text(text) => {
            parsed = crate::json::Json::parse(text.as_ref());
            parsed.as_ref().ok().map(crate::json::Json::root)
        }
        Arguments::None => None,
    };
    for (key, value) in object.into_iter().flat_map(crate::json::Value::entries) {
        tally.text(owner, &format!("<{space}parameter name=\"{key}\">"));
        match value.as_str() {
            Some(text) => tally.text(owner, &text),
            None => tally.text(owner, &dumps(value, Style::default())),
        }
        tally.text(owner, &format!("</{space}parameter>\n"));
    }
    tally.text(owner, &format!("</{space}invoke>"));
}

/// The names of the calls by their ids: several results in one turn are labelled with them.
fn call_names<'p>(prompt: &'p Prompt<'_>) -> std::collections::HashMap<&'p str, &'p str> {
    let blocks = prompt.messages.iter().flat_map(|message| &message.blocks);
    blocks
        .filter_map(|block| match &block.content {
            Content::ToolUse { id, name, .. } => Some((id.as_ref(), name.as_ref())),
            _ => None,
        })
        .collect()
}

fn user_turn(
    turn: &Turn<'_, '_>,
    first: bool,
    names: &std::collections::HashMap<&str, &str>,
    tally: &mut Tally,
) -> Behind {
    let results =
        turn.blocks().filter(|(_, block)| matches!(block.content, Content::ToolResult { .. })).count();
    let asks = turn.has(|content| !matches!(content, Content::ToolResult { .. } | Content::CachePoint(_)));
    if results != 0 {
        tally.text(
            Owner::Frame,
            if results == 1 { "\n\n<function_results>" } else { "\n\n<function_results>\n" },
        );
        for (_, block) in turn.blocks() {
            if let Content::ToolResult { id, error, blocks } = &block.content {
                let owner = tally.part(&block.pointer, Role::User, Kind::ToolResult);
                let name = names.get(id.as_ref()).copied().unwrap_or_default();
                result(blocks, *error, (results != 1).then_some(name), owner, tally);
            }
        }
        tally.text(Owner::Frame, "</function_results>");
    }
    if results != 0 && !asks {
        for (_, block) in turn.blocks().filter(|(_, block)| block.kind == Kind::CachePoint) {
            open_part(block, Role::User, tally);
        }
        return Behind::Results;
    }
    let said = || turn.blocks().filter(|(_, block)| !matches!(block.content, Content::ToolResult { .. }));
    if !first || results != 0 {
        // No space stands before a picture.
        let picture = said().next().is_some_and(|(_, block)| block.kind == Kind::Image);
        tally.text(Owner::Frame, if picture { "\n\nHuman:" } else { "\n\nHuman: " });
    }
    for (_, block) in said() {
        if let Some(owner) = open_part(block, Role::User, tally) {
            super::inline_text(block, owner, tally);
            if block.kind == Kind::Image {
                // Text goes on after a picture as after a line break.
                tally.text(owner, "\n");
            }
        }
    }
    Behind::Question
}

/// One result is bare; of several, each has its tool's name.
fn result(blocks: &[Block<'_>], error: bool, name: Option<&str>, owner: Owner, tally: &mut Tally) {
    let empty = blocks.iter().all(|block| matches!(&block.content, Content::Text(text) if text.is_empty()));
    let (open, close): (Cow<'_, str>, &str) = match (name, error, empty) {
        (None, true, _) => ("\n<error>".into(), "</error>\n"),
        (None, false, true) => ("\n".into(), "\n"),
        (None, false, false) => ("".into(), ""),
        (Some(name), true, _) => {
            (format!("<result>\n<name>{name}</name>\n<error>").into(), "</error>\n</result>\n")
        }
        (Some(name), false, true) => (format!("<result>\n<name>{name}</name>\n").into(), "\n</result>\n"),
        (Some(name), false, false) => {
            (format!("<result>\n<name>{name}</name>\n<output>").into(), "</output>\n</result>\n")
        }
    };
    tally.text(owner, &open);
    if empty && !error {
        tally.text(owner, EMPTY_RESULT);
    }
    for block in blocks {
        super::inline_text(block, owner, tally);
    }
    if blocks.iter().any(|block| block.kind == Kind::Image) {
        // With a picture among them the blocks are wrapped one by one.
        let blocks = i64::try_from(blocks.len()).unwrap_or(i64::MAX);
        tally.add(owner, PICTURE_RESULT.saturating_mul(blocks.saturating_add(1)));
    }
    tally.text(owner, close);
}

/// Piece by piece, from Claude 4.7 on.
fn pieces(turns: &[Turn<'_, '_>], kept: usize, rules: &ClaudeFrame, tally: &mut Tally) {
    let mut before = None;
    for turn in turns {
        let says = turn.has(has_text);
        for message in turn.messages {
            let (mut calls, mut results) = (0, 0);
            // A message that goes on with the turn before it costs less than a turn of its own.
            match before.replace(message.role) {
                None => {}
                Some(role) if role == message.role => tally.add(Owner::Frame, rules.joined_message),
                Some(_) => tally.add(Owner::Frame, rules.turn),
            }
            for block in &message.blocks {
                let Some(owner) = open_part(block, message.role, tally) else { continue };
                match &block.content {
                    Content::ToolUse { name, input, .. } => {
                        call(name, input, "", owner, tally);
                        let parameters = match input {
                            Arguments::Json(value) => value.entries().len(),
                            _ => 0,
                        };
                        let parameters = i64::try_from(parameters).unwrap_or(i64::MAX);
                        tally.add(owner, rules.parameter.saturating_mul(parameters));
                        tally.add(owner, if calls == 0 { rules.first_call } else { rules.further_call });
                        tally.add(owner, if parameters == 0 { rules.no_parameters } else { 0 });
                        calls += 1;
                    }
                    Content::ToolResult { error, blocks, .. } => {
                        tally
                            .add(owner, if results == 0 { rules.first_result } else { rules.further_result });
                        tally.add(owner, if *error { rules.error_result } else { 0 });
                        for block in blocks {
                            super::inline_text(block, owner, tally);
                            tally.seam();
                        }
                        results += 1;
                    }
                    Content::Reasoning(text) if !text.is_empty() && kept <= turn.from => {
                        thinking(text, says, owner, rules, tally);
                    }
                    Content::SealedReasoning(characters) if kept <= turn.from => {
                        super::sealed_reasoning(*characters, tally);
                    }
                    Content::Reasoning(_) | Content::SealedReasoning(_) => {}
                    _ => said(block, owner, rules, tally),
                }
                tally.seam();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_in_braces_stand_without_them() {
        for (line, shown) in [
            ("  \"description\": \"{minLength: 3}\",\n", "  \"description\": \"minLength: 3\",\n"),
            ("  \"description\": \"{a: {b}}\"\n", "  \"description\": \"a: {b}\"\n"),
            ("  \"description\": \"{}\"", "  \"description\": \"\""),
            // Text beside them, another key, an object.
            ("  \"description\": \"A name {x}\",\n", "  \"description\": \"A name {x}\",\n"),
            ("  \"title\": \"{x}\",\n", "  \"title\": \"{x}\",\n"),
            ("  \"description\": {\n", "  \"description\": {\n"),
            (
                "  \"const\": \"\\\"description\\\": \\\"{x}\\\"\"\n",
                "  \"const\": \"\\\"description\\\": \\\"{x}\\\"\"\n",
            ),
        ] {
            assert_eq!(without_braces(line), shown);
        }
    }
}
