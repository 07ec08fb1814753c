//! Messages and blocks that say nothing.

use super::Rules;
use crate::{
    Note, Prompt,
    prompt::{Block, Content, Role},
};

pub(super) fn check(prompt: &Prompt<'_>, rules: Rules, notes: &mut Vec<Note>) {
    if !rules.refuses_empty {
        return;
    }
    for block in prompt.system.iter().filter(|_| rules.refuses_blank) {
        blank(block, block.pointer.ends_with("/system"), notes);
    }
    let last = prompt.messages.len().saturating_sub(1);
    for (index, message) in prompt.messages.iter().enumerate() {
        let final_answer = index == last && message.role == Role::Assistant;
        let says = |block: &&Block<'_>| !matches!(block.content, Content::CachePoint(_));
        if message.blocks.iter().find(says).is_none() && !final_answer {
            let text = "a message without content";
            notes.push(Note::new("empty-message", text).at(message.pointer.clone()));
        }
        for block in message.blocks.iter().filter(|_| rules.refuses_blank) {
            blank(block, final_answer || block.pointer.ends_with("/content"), notes);
        }
        let thinks = |block: &Block<'_>| matches!(block.content, Content::Reasoning(_));
        let alone = !message.blocks.is_empty() && message.blocks.iter().all(thinks);
        if alone && message.role == Role::Assistant && !final_answer {
            let text = "thinking alone is no message: the answer or the calls it led to are missing";
            notes.push(Note::new("reasoning-alone", text).at(message.pointer.clone()));
        }
    }
}

/// White space alone was taken in recorded requests, and so was content that is one empty string.
fn blank(block: &Block<'_>, whole: bool, notes: &mut Vec<Note>) {
    if let Content::Text(text) = &block.content
        && text.is_empty()
        && !whole
        && block.kind == crate::Kind::Text
    {
        let message = "an empty text is refused";
        notes.push(Note::new("blank-text", message).at(block.pointer.clone()));
    }
}
