//! Amazon Nova: the text itself, a constant for the request, one for each further message and one
//! for having tools at all.

use super::{Owner, Tally, inline_text, open_part};
use crate::{
    catalog::NovaFrame,
    prompt::{Kind, Prompt, Role},
};

pub(super) fn render(prompt: &Prompt<'_>, rules: &NovaFrame, tally: &mut Tally) {
    tally.add(Owner::Frame, rules.request);
    if !prompt.tools.is_empty() {
        tally.add(Owner::Frame, rules.tools);
    }
    for tool in &prompt.tools {
        let owner = tally.part(&tool.pointer, Role::System, Kind::ToolDefinition);
        tally.text(owner, tool.definition.raw());
        tally.seam();
        if let Some(ttl) = tool.cache_point {
            tally.cache_point(ttl, &tool.pointer);
        }
    }
    for block in &prompt.system {
        if let Some(owner) = open_part(block, Role::System, tally) {
            inline_text(block, owner, tally);
            tally.seam();
        }
    }
    for (index, message) in prompt.messages.iter().enumerate() {
        if index != 0 {
            // Two further messages may cost an odd number of tokens: the first takes the larger half.
            let half = rules.further_pair / 2;
            tally.add(Owner::Frame, if index % 2 == 1 { rules.further_pair - half } else { half });
        }
        for block in &message.blocks {
            if let Some(owner) = open_part(block, message.role, tally) {
                inline_text(block, owner, tally);
                tally.seam();
            }
        }
    }
    if let Some(schema) = &prompt.output_schema {
        super::claude::output_schema_text(schema, true, tally);
    }
}
