//! Calls in the history and what they gave back. Several calls of one message are one call of
//! `multi_tool_use.parallel`, and their results are one list.

use std::{borrow::Cow, collections::HashMap};

use super::{super::Form, Owner, Pieces, Tally, compact, inline_text};
use crate::{
    catalog::ChatFrame,
    json::write_python,
    prompt::{Arguments, Block, Content, Message, Role},
};

const PARALLEL: &str = "multi_tool_use.parallel";

/// The calls of a conversation by their ids: what was called, and together with how many others.
pub(in crate::count::frame) struct Calls<'a>(HashMap<&'a str, Call<'a>>);

#[derive(Clone, Copy)]
struct Call<'a> {
    name: &'a str,
    /// Which message makes the call.
    message: usize,
    /// Whether the message makes other calls too.
    parallel: bool,
}

impl<'a> Calls<'a> {
    pub(in crate::count::frame) fn of(messages: &'a [Message<'_>], rules: &ChatFrame) -> Self {
        let mut calls = HashMap::new();
        for (index, message) in messages.iter().enumerate() {
            let uses = message.blocks.iter().filter_map(|block| match &block.content {
                Content::ToolUse { id, name, .. } => Some((id.as_ref(), name.as_ref())),
                _ => None,
            });
            let uses: Vec<_> = uses.collect();
            let parallel = 1 < uses.len() && !rules.json;
            calls.extend(uses.into_iter().map(|(id, name)| (id, Call { name, message: index, parallel })));
        }
        Self(calls)
    }

    /// Whether a call was made together with others.
    pub(in crate::count::frame) fn is_parallel(&self, id: &str) -> bool {
        self.0.get(id).is_some_and(|call| call.parallel)
    }
}

fn arguments(input: &Arguments<'_>) -> String {
    match input {
        Arguments::None => "{}".to_owned(),
        Arguments::Json(value) => compact::value(*value),
        Arguments::Text(text) => compact::text(text),
    }
}

/// The calls of one message.
pub(super) fn write(
    uses: &[(&Block<'_>, &str, &Arguments<'_>)],
    role: Role,
    rules: &ChatFrame,
    tally: &mut Tally,
) {
    tally.add(Owner::Frame, rules.message);
    if !rules.json {
        tally.add(Owner::Frame, rules.call);
    }
    let owners: Vec<_> =
        uses.iter().map(|(block, ..)| tally.part(&block.pointer, role, block.kind)).collect();
    let calls = owners.into_iter().zip(uses);
    if uses.len() == 1 || rules.json {
        for (owner, (_, name, input)) in calls {
            if rules.json {
                tally.add(owner, rules.call);
                tally.text(owner, name);
            } else {
                tally.text(owner, &format!("functions.{name}"));
            }
            tally.seam();
            tally.text(owner, &arguments(input));
            tally.seam();
        }
        return;
    }
    tally.text(Owner::Frame, PARALLEL);
    tally.seam();
    let mut pieces: Pieces<'_> = vec![(Owner::Frame, Cow::Borrowed("{\"tool_uses\":["))];
    for (index, (owner, (_, name, input))) in calls.enumerate() {
        let comma = if index == 0 { "" } else { "," };
        let mut recipient = String::new();
        write_python(&format!("functions.{name}"), false, &mut recipient);
        let text = format!("{comma}{{\"recipient_name\":{recipient},\"parameters\":{}}}", arguments(input));
        pieces.push((owner, Cow::Owned(text)));
    }
    pieces.push((Owner::Frame, Cow::Borrowed("]}")));
    tally.joined(&pieces);
}

/// Results of calls that were made together, waiting for the last of them.
#[derive(Default)]
pub(super) struct Results {
    message: usize,
    pieces: Vec<(Owner, String)>,
}

impl Results {
    /// Takes one result. That of a single call is a message of its own.
    pub(super) fn add(
        &mut self,
        owner: Owner,
        id: &str,
        blocks: &[Block<'_>],
        calls: &Calls<'_>,
        rules: &ChatFrame,
        tally: &mut Tally,
    ) {
        let call = calls.0.get(id).copied();
        if let Some(call) = call.filter(|call| call.parallel) {
            if call.message != self.message {
                self.write(rules, tally);
            }
            self.message = call.message;
            self.pieces.push((owner, listed(owner, blocks, tally)));
            return;
        }
        self.write(rules, tally);
        header(owner, call.map_or("", |call| call.name), rules, tally);
        let mut pieces = Pieces::new();
        for block in blocks {
            match &block.content {
                Content::Text(text) => pieces.push((owner, Cow::Borrowed(text.as_ref()))),
                Content::Json(value) => pieces.push((owner, Cow::Owned(Form::Compact.value(*value)))),
                _ => inline_text(block, owner, tally),
            }
        }
        tally.joined(&pieces);
    }

    /// Writes the results that wait, as one list.
    pub(super) fn write(&mut self, rules: &ChatFrame, tally: &mut Tally) {
        let waiting = std::mem::take(&mut self.pieces);
        if waiting.is_empty() {
            return;
        }
        header(Owner::Frame, PARALLEL, rules, tally);
        let mut pieces: Pieces<'_> = vec![(Owner::Frame, Cow::Borrowed("["))];
        for (index, (owner, text)) in waiting.into_iter().enumerate() {
            pieces.push((owner, Cow::Owned(if index == 0 { text } else { format!(", {text}") })));
        }
        pieces.push((Owner::Frame, Cow::Borrowed("]")));
        tally.joined(&pieces);
    }
}

/// The markers of a message that holds results, and who it comes from.
fn header(owner: Owner, name: &str, rules: &ChatFrame, tally: &mut Tally) {
    tally.add(owner, rules.message.saturating_add(rules.result));
    let space = if rules.namespaced_results { "functions." } else { "" };
    tally.text(owner, &format!("{space}{name}"));
    tally.seam();
}

/// A result as an element of the list.
fn listed(owner: Owner, blocks: &[Block<'_>], tally: &mut Tally) -> String {
    let mut text = String::new();
    for block in blocks {
        match &block.content {
            Content::Text(part) => text.push_str(part),
            Content::Json(value) => text.push_str(&Form::Listed.value(*value)),
            _ => inline_text(block, owner, tally),
        }
    }
    Form::Listed.text(&text).into_owned()
}
