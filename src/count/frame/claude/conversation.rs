//! The whole conversation as one string, up to Claude 4.6.

use std::{borrow::Cow, collections::HashMap};

use super::turn::{Turn, call, has_text, said, thinking};
use super::{Owner, Tally, open_part};
use crate::{
    catalog::ClaudeFrame,
    prompt::{Block, Content, Kind, Prompt, Role, ToolMode},
};

/// The name space of the tags in which calls are written.
const SPACE: &str = concat!("ant", "ml:");

/// A result that holds a picture, and each of its blocks: measured on 54 results.
const PICTURE_RESULT: i64 = 6;

/// What a single result says when the tool gave nothing back.
const EMPTY_RESULT: &str = "<system>Tool ran without output or errors</system>";

pub(super) fn write(
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
                super::super::sealed_reasoning(*characters, tally);
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

/// The names of the calls by their ids: several results in one turn are labelled with them.
fn call_names<'p>(prompt: &'p Prompt<'_>) -> HashMap<&'p str, &'p str> {
    let blocks = prompt.messages.iter().flat_map(|message| &message.blocks);
    blocks
        .filter_map(|block| match &block.content {
            Content::ToolUse { id, name, .. } => Some((id.as_ref(), name.as_ref())),
            _ => None,
        })
        .collect()
}

fn user_turn(turn: &Turn<'_, '_>, first: bool, names: &HashMap<&str, &str>, tally: &mut Tally) -> Behind {
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
            super::super::inline_text(block, owner, tally);
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
        super::super::inline_text(block, owner, tally);
    }
    if blocks.iter().any(|block| block.kind == Kind::Image) {
        // With a picture among them the blocks are wrapped one by one.
        let blocks = i64::try_from(blocks.len()).unwrap_or(i64::MAX);
        tally.add(owner, PICTURE_RESULT.saturating_mul(blocks.saturating_add(1)));
    }
    tally.text(owner, close);
}
