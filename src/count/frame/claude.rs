//! Claude: tool definitions, the system prompt and the conversation are written out in a fixed
//! template and counted as strings.
//!
//! Up to Claude 4.6 the conversation is one string, so tokens merge over its seams; from 4.7 on
//! the pieces add up. Each rule below names the sort of request that shows it. What tools bring in
//! that the provider runs stands in no request: it only widens the range.

mod conversation;
mod definitions;
mod pieces;
mod schema;
mod system;
mod turn;

use super::{Owner, Tally, open_part};
use crate::{
    catalog::ClaudeFrame,
    prompt::{Prompt, Thinking},
};

pub(super) use schema::output_schema_text;

pub(super) fn render(prompt: &Prompt<'_>, rules: &ClaudeFrame, tally: &mut Tally) {
    tally.add(Owner::Frame, rules.request);
    let has_tools = definitions::write(prompt, rules, tally);
    let has_system = system::write(prompt, rules, has_tools, tally);
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
    let turns = turn::turns(&prompt.messages);
    let kept = turn::kept_thinking(&prompt.messages, rules);
    if rules.one_string {
        conversation::write(prompt, &turns, kept, rules, tally);
    } else {
        pieces::write(&turns, kept, rules, tally);
    }
}
