//! Amazon Nova: the text itself, and constants for the request, for each further message, for having
//! tools at all, and for what they gave back.

use super::{Owner, Tally, open_request, separate_blocks};
use crate::{
    catalog::NovaFrame,
    prompt::{Content, Prompt, Role, ToolMode},
};

pub(super) fn render(prompt: &Prompt<'_>, rules: &NovaFrame, tally: &mut Tally) {
    open_request(prompt, rules.request, rules.tools, tally);
    if !prompt.tools.is_empty() && matches!(prompt.tool_choice.mode, ToolMode::Any | ToolMode::Tool(_)) {
        tally.add(Owner::Frame, rules.forced);
    }
    separate_blocks(&prompt.system, Role::System, tally);
    for (index, message) in prompt.messages.iter().enumerate() {
        if index != 0 {
            // Two further messages may cost an odd number of tokens: the first takes the larger half.
            let half = rules.further_pair / 2;
            tally.add(Owner::Frame, if index % 2 == 1 { rules.further_pair - half } else { half });
        }
        let results =
            message.blocks.iter().filter(|block| matches!(block.content, Content::ToolResult { .. })).count();
        if results != 0 {
            let results = i64::try_from(results).unwrap_or(i64::MAX);
            tally.add(Owner::Frame, rules.result.saturating_mul(results).saturating_add(rules.results));
        }
        separate_blocks(&message.blocks, message.role, tally);
    }
    if let Some(schema) = &prompt.output_schema {
        super::claude::output_schema_text(schema, tally);
    }
}
