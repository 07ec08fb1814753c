//! The tool definitions and what introduces them.

use super::{Owner, Tally};
use crate::{
    catalog::{ClaudeFrame, ServerTool},
    json::python::{Style, dumps},
    prompt::{Kind, Prompt, Role, Tool, ToolMode, ToolRuns},
};

/// What a tool costs that the provider runs and nobody measured: the middle of those that were.
const UNMEASURED_TOOL: i64 = 1_500;

/// What stands around the definitions that the model has looked for: measured on 47 requests.
const FOUND_TOOLS: i64 = 12;

/// What introduces tools where the provider runs all of several.
const PROVIDED_TOOLS: i64 = 496;

/// The tool definitions, behind a preamble that depends on the choice. Deferred tools cost nothing.
pub(super) fn write(prompt: &Prompt<'_>, rules: &ClaudeFrame, tally: &mut Tally) -> bool {
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
    let found = prompt.tools.iter().any(|tool| tool.runs == ToolRuns::CallerFound);
    if found {
        tally.add(Owner::Frame, FOUND_TOOLS);
    }
    if found || prompt.tools.iter().any(|tool| tool.runs == ToolRuns::CallerDeferred) {
        tally.add(Owner::Frame, rules.deferred_tools);
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::{Catalog, Dialect, Estimate, Request};

    /// Recorded requests differ by these, with and without a search for tools.
    #[test]
    fn a_deferred_tool_is_spoken_of_where_the_preamble_is_short() {
        let tokens = |model: &str, tools: &str| {
            let text = format!(
                r#"{{"max_tokens": 9, "messages": [{{"role": "user", "content": "Hi"}}], "tools": [
                {{"name": "now", "input_schema": {{"type": "object"}}}}{tools}]}}"#
            );
            let request = Request::read(&text, Some(Dialect::Messages)).unwrap();
            Estimate::of(&request.prompt().unwrap(), Catalog::builtin().model(model).unwrap())
                .tokens
                .expected()
                .get()
        };
        let deferred = r#", {"name": "later", "defer_loading": true, "input_schema": {"type": "object"}}"#;
        for (model, more) in [
            ("anthropic.claude-sonnet-4-6", 0),
            ("anthropic.claude-opus-4-8", 93),
            ("anthropic.claude-sonnet-5", 93),
            ("anthropic.claude-opus-5", 0),
            ("anthropic.claude-fable-5", 0),
        ] {
            assert_eq!(tokens(model, deferred) - tokens(model, ""), more, "{model}");
        }
    }
}
