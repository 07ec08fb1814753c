//! The system prompt.

use super::{Owner, Tally, open_part};
use crate::{
    catalog::ClaudeFrame,
    prompt::{Block, Content, Prompt, Role},
};

/// A system block that starts so is bookkeeping of a client and is not counted.
const UNCOUNTED_SYSTEM: &str = "x-anthropic-billing-header";

/// The system prompt: its blocks joined by nothing, at the head or after a blank line.
pub(super) fn write(prompt: &Prompt<'_>, rules: &ClaudeFrame, has_tools: bool, tally: &mut Tally) -> bool {
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
            super::super::inline_text(block, owner, tally);
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
