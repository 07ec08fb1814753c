//! `OpenAI` chat completions: each message has a role and markers of its own, and the answer is
//! opened for the model.

use super::{Owner, Tally, inline_text, open_part};
use crate::{
    catalog::ChatFrame,
    prompt::{Kind, Prompt, Role},
};

pub(super) fn render(prompt: &Prompt<'_>, rules: &ChatFrame, tally: &mut Tally) {
    tally.add(Owner::Frame, rules.request);
    if !prompt.tools.is_empty() {
        tally.add(Owner::Frame, rules.tools);
    }
    for tool in &prompt.tools {
        let owner = tally.part(&tool.pointer, Role::System, Kind::ToolDefinition);
        tally.text(owner, tool.definition.raw());
        tally.seam();
    }
    if !prompt.system.is_empty() {
        tally.add(Owner::Frame, rules.message);
    }
    for block in &prompt.system {
        if let Some(owner) = open_part(block, Role::System, tally) {
            inline_text(block, owner, tally);
            tally.seam();
        }
    }
    for message in &prompt.messages {
        tally.add(Owner::Frame, rules.message);
        if let Some(name) = &message.name {
            tally.add(Owner::Frame, rules.name);
            tally.text(Owner::Frame, name);
            tally.seam();
        }
        for block in &message.blocks {
            if let Some(owner) = open_part(block, message.role, tally) {
                if block.kind == Kind::ToolUse {
                    tally.add(owner, rules.call);
                }
                inline_text(block, owner, tally);
                tally.seam();
            }
        }
    }
    if let Some(schema) = &prompt.output_schema {
        super::claude::output_schema_text(schema, true, tally);
    }
}
