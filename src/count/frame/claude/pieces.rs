//! The conversation piece by piece, from Claude 4.7 on.

use super::turn::{Turn, call, has_text, said, thinking};
use super::{Owner, Tally, open_part};
use crate::{
    catalog::ClaudeFrame,
    prompt::{Arguments, Content},
};

pub(super) fn write(turns: &[Turn<'_, '_>], kept: usize, rules: &ClaudeFrame, tally: &mut Tally) {
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
                            super::super::inline_text(block, owner, tally);
                            tally.seam();
                        }
                        results += 1;
                    }
                    Content::Reasoning(text) if !text.is_empty() && kept <= turn.from => {
                        thinking(text, says, owner, rules, tally);
                    }
                    Content::SealedReasoning(characters) if kept <= turn.from => {
                        super::super::sealed_reasoning(*characters, tally);
                    }
                    Content::Reasoning(_) | Content::SealedReasoning(_) => {}
                    _ => said(block, owner, rules, tally),
                }
                tally.seam();
            }
        }
    }
}
