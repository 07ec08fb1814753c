//! Definitions of tools, and what needs them.

use std::collections::HashSet;

use super::Rules;
use crate::{
    Note, Prompt,
    prompt::{Content, ToolMode, ToolRuns},
};

pub(super) fn check(prompt: &Prompt<'_>, rules: Rules, notes: &mut Vec<Note>) {
    let blocks = || prompt.messages.iter().flat_map(|message| &message.blocks);
    let uses =
        |content: &Content<'_>| matches!(content, Content::ToolUse { .. } | Content::ToolResult { .. });
    if rules.needs_tools
        && prompt.tools.is_empty()
        && let Some(block) = blocks().find(|block| uses(&block.content))
    {
        let message = "the conversation holds calls or results, and no tool is defined";
        notes.push(Note::new("tools-missing", message).at(block.pointer.clone()));
    }
    let mut names = HashSet::new();
    for tool in prompt.tools.iter().filter(|tool| tool.runs != ToolRuns::Provider) {
        if !names.insert(tool.name.as_ref()) {
            let message = format!("the tool \"{}\" is defined twice", tool.name);
            notes.push(Note::new("duplicate-tool", message).at(tool.pointer.clone()));
        }
    }
    match &prompt.tool_choice.mode {
        ToolMode::Tool(name) if !name.is_empty() && !prompt.tools.iter().any(|tool| tool.name == *name) => {
            let message = format!("the tool choice names \"{name}\", which is not defined");
            notes.push(Note::new("tool-choice-unknown", message));
        }
        ToolMode::Any if prompt.tools.is_empty() => {
            let message = "the tool choice wants a call, and no tool is defined";
            notes.push(Note::new("tool-choice-unknown", message));
        }
        _ => {}
    }
}
