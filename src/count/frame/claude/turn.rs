//! Turns, and what a turn may hold whoever writes it.

use super::{Owner, Tally};
use crate::{
    catalog::ClaudeFrame,
    json::python::{Style, dumps},
    prompt::{Arguments, Block, Content, Message, Role},
};

/// Messages of one role in a row are one turn.
pub(super) struct Turn<'p, 'a> {
    pub(super) role: Role,
    pub(super) messages: &'p [Message<'a>],
    /// The index of the first message.
    pub(super) from: usize,
}

impl<'p, 'a> Turn<'p, 'a> {
    pub(super) fn blocks(&self) -> impl Iterator<Item = (usize, &'p Block<'a>)> + use<'p, 'a> {
        let from = self.from;
        let messages = self.messages.iter().enumerate();
        messages.flat_map(move |(at, message)| message.blocks.iter().map(move |block| (from + at, block)))
    }

    pub(super) fn has(&self, wanted: impl Fn(&Content<'a>) -> bool) -> bool {
        self.blocks().any(|(_, block)| wanted(&block.content))
    }
}

pub(super) fn turns<'p, 'a>(messages: &'p [Message<'a>]) -> Vec<Turn<'p, 'a>> {
    let mut from = 0;
    let role =
        |message: &Message<'_>| if message.role == Role::Assistant { Role::Assistant } else { Role::User };
    messages
        .chunk_by(|left, right| role(left) == role(right))
        .map(|messages| {
            let turn = Turn { role: messages.first().map_or(Role::User, role), messages, from };
            from += messages.len();
            turn
        })
        .collect()
}

/// The first message whose thinking still counts: newer models keep all of it, older ones only
/// what belongs to the running tool loop.
pub(super) fn kept_thinking(messages: &[Message<'_>], rules: &ClaudeFrame) -> usize {
    if rules.keeps_thinking {
        return 0;
    }
    let asks = |message: &Message<'_>| {
        message.role != Role::Assistant
            && message
                .blocks
                .iter()
                .any(|block| !matches!(block.content, Content::ToolResult { .. } | Content::CachePoint(_)))
    };
    messages.iter().rposition(asks).map_or(1, |at| at + 1)
}

/// Old thinking costs its text and a wrapper, a token less before a call without text.
pub(super) fn thinking(text: &str, with_text: bool, owner: Owner, rules: &ClaudeFrame, tally: &mut Tally) {
    let around = tally.measure_around("x\n", text, "\nx") - 4;
    tally.add(owner, around + rules.old_thinking - i64::from(!with_text));
}

/// What a block says, and what of it is encrypted: the model reads that, and nobody else can.
pub(super) fn said(block: &Block<'_>, owner: Owner, rules: &ClaudeFrame, tally: &mut Tally) {
    super::super::inline_text(block, owner, tally);
    if let Content::ProviderRun { sealed, .. } = block.content {
        let sealed = i64::try_from(sealed).unwrap_or(i64::MAX);
        tally.add(owner, sealed.saturating_mul(rules.sealed_per_thousand) / 1000);
    }
}

pub(super) fn has_text(content: &Content<'_>) -> bool {
    match content {
        Content::Text(text) => !text.is_empty(),
        Content::Json(_) | Content::Unknown(_) | Content::ProviderRun { .. } => true,
        _ => false,
    }
}

/// A call in its tags: strings as they are, everything else as JSON.
pub(super) fn call(name: &str, input: &Arguments<'_>, space: &str, owner: Owner, tally: &mut Tally) {
    tally.text(owner, &format!("<{space}invoke name=\"{name}\">\n"));
    let parsed;
    let object = match input {
        Arguments::Json(value) => Some(*value),
        Arguments::Text(text) => {
            parsed = crate::json::Json::parse(text.as_ref());
            parsed.as_ref().ok().map(crate::json::Json::root)
        }
        Arguments::None => None,
    };
    for (key, value) in object.into_iter().flat_map(crate::json::Value::entries) {
        tally.text(owner, &format!("<{space}parameter name=\"{key}\">"));
        match value.as_str() {
            Some(text) => tally.text(owner, &text),
            None => tally.text(owner, &dumps(value, Style::default())),
        }
        tally.text(owner, &format!("</{space}parameter>\n"));
    }
    tally.text(owner, &format!("</{space}invoke>"));
}
