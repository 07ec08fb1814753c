//! `OpenAI` chat completions: each message has a role and markers of its own, and the answer is
//! opened for the model.

use super::{Owner, Tally, inline_text, open_part, open_request, separate_blocks};
use crate::{
    catalog::ChatFrame,
    prompt::{Kind, Prompt, Role},
};

pub(super) fn render(prompt: &Prompt<'_>, rules: &ChatFrame, tally: &mut Tally) {
    open_request(prompt, rules.request, rules.tools, tally);
    if !prompt.system.is_empty() {
        tally.add(Owner::Frame, rules.message);
    }
    separate_blocks(&prompt.system, Role::System, tally);
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
