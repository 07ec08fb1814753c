//! Where cache points may stand.

use super::Rules;
use crate::{
    Note, Prompt,
    prompt::{Block, CacheTtl, Content},
};

/// The cache points that a request may have: the same for every model that has a cache.
const MOST: usize = 4;

pub(super) fn check(prompt: &Prompt<'_>, rules: Rules, notes: &mut Vec<Note>) {
    let lists = std::iter::once(&prompt.system).chain(prompt.messages.iter().map(|message| &message.blocks));
    for blocks in lists.filter(|_| rules.cache_blocks) {
        let mut before: Option<&Block<'_>> = None;
        for block in blocks {
            if let Content::CachePoint(_) = block.content {
                let fault = match before.map(|before| &before.content) {
                    None => Some("a cache point must stand behind other content"),
                    Some(Content::CachePoint(_)) => Some("two cache points in a row"),
                    Some(Content::Reasoning(_)) => Some("a cache point may not follow thinking"),
                    Some(_) => None,
                };
                if let Some(fault) = fault {
                    notes.push(Note::new("cache-point-misplaced", fault).at(block.pointer.clone()));
                }
            }
            before = Some(block);
        }
    }
    let tools = prompt.tools.iter().filter_map(|tool| tool.cache_point.map(|ttl| (ttl, &tool.pointer)));
    let blocks = prompt.system.iter().chain(prompt.messages.iter().flat_map(|message| &message.blocks));
    let marks = blocks.filter_map(|block| match block.content {
        Content::CachePoint(ttl) => Some((ttl, &block.pointer)),
        _ => None,
    });
    let mut shorter = false;
    for (index, (ttl, pointer)) in tools.chain(marks).enumerate() {
        if index == MOST {
            let message = format!("more than {MOST} cache points");
            notes.push(Note::new("cache-too-many-points", message).at(pointer.clone()));
        }
        if shorter && ttl == CacheTtl::OneHour {
            let message = "a cache point of an hour stands behind one of five minutes";
            notes.push(Note::new("cache-ttl-order", message).at(pointer.clone()));
        }
        shorter |= ttl == CacheTtl::FiveMinutes;
    }
}
