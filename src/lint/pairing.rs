//! Calls and their results: each result answers a call of the turn right before it, and each call
//! is answered in the turn right after it.

use std::collections::HashMap;

use super::Rules;
use crate::{
    Note, Prompt,
    prompt::{Block, Content, Message, Role},
    sorted,
};

pub(super) fn check(prompt: &Prompt<'_>, _rules: Rules, notes: &mut Vec<Note>) {
    let said: Vec<&Message<'_>> =
        prompt.messages.iter().filter(|message| message.role != Role::System).collect();
    let turns: Vec<&[&Message<'_>]> = said
        .chunk_by(|left, right| (left.role == Role::Assistant) == (right.role == Role::Assistant))
        .collect();
    let mut open: HashMap<&str, &Block<'_>> = HashMap::new();
    for turn in turns {
        if turn.first().is_some_and(|message| message.role == Role::Assistant) {
            open = calls(turn, notes);
        } else {
            results(turn, &mut open, notes);
            open.clear();
        }
    }
}

/// The calls of a turn by their ids.
fn calls<'p>(turn: &[&'p Message<'_>], notes: &mut Vec<Note>) -> HashMap<&'p str, &'p Block<'p>> {
    let mut open = HashMap::new();
    for block in turn.iter().flat_map(|message| &message.blocks) {
        let id = match &block.content {
            Content::ToolUse { id, .. } => id,
            // What a tool of the provider gave back stands in the same turn.
            Content::ToolResult { id, .. } => {
                open.remove(id.as_ref());
                continue;
            }
            _ => continue,
        };
        if open.insert(id.as_ref(), block).is_some() {
            let message = format!("two calls of one turn have the id \"{id}\"");
            notes.push(Note::new("duplicate-call-id", message).at(block.pointer.clone()));
        }
    }
    open
}

/// Holds the results of a turn against the calls before it.
fn results<'p>(turn: &[&'p Message<'_>], open: &mut HashMap<&'p str, &'p Block<'p>>, notes: &mut Vec<Note>) {
    let mut answered: Vec<&str> = Vec::new();
    let mut other = false;
    for block in turn.iter().flat_map(|message| &message.blocks) {
        let Content::ToolResult { id, .. } = &block.content else {
            other |= !matches!(block.content, Content::CachePoint(_));
            continue;
        };
        let id = id.as_ref();
        if open.remove(id).is_some() {
            answered.push(id);
            if other {
                let message = "a result must stand before anything else that answers the calls";
                notes.push(Note::new("tool-result-not-first", message).at(block.pointer.clone()));
            }
        } else if answered.contains(&id) {
            let message = format!("the call \"{id}\" is answered twice");
            notes.push(Note::new("duplicate-tool-result", message).at(block.pointer.clone()));
        } else {
            let message = format!("a result for \"{id}\", which no call of the turn before it has");
            notes.push(Note::new("orphan-tool-result", message).at(block.pointer.clone()));
        }
    }
    let mut unanswered: Vec<_> = open.iter().collect();
    sorted::sort_by(&mut unanswered, |(_, one), (_, other)| one.pointer.cmp(&other.pointer));
    for (id, block) in unanswered {
        let message = format!("the call \"{id}\" has no result in the turn after it");
        notes.push(Note::new("unanswered-tool-call", message).at(block.pointer.clone()));
    }
}
