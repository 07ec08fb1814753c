//! What of a conversation may only go together.
//!
//! The conversation is read as *exchanges*: what the user's side asks, the *rounds* of calls and
//! results it leads to, and the answer. A round goes as a whole, with all its parallel calls, their
//! results and the thinking before them. An exchange goes as a whole once its rounds are gone, so
//! the next message is the user's again. Results that answer no call of the turn before them are
//! nobody's: they stay with the turn they stand in, and are never paired up or repaired.

mod pins;

use std::collections::HashSet;

use crate::{
    Kind, Prompt,
    prompt::{Block, Content, Message, Role},
    sorted,
};

pub(super) use pins::{pin, related};

/// A message or content block by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct BlockAt {
    pub(super) message: usize,
    pub(super) block: usize,
}

/// Why a unit stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pin {
    /// It is, or leads to, what the model has to answer.
    LastTurn,
    /// The caller keeps the first exchange.
    First,
    /// The caller keeps so many at the end.
    Last,
    /// The caller named a pointer in it.
    Pointer,
    /// It stands before the last cache point.
    CachedPrefix,
}

impl Pin {
    /// Whether its texts stay word for word too.
    pub(super) const fn verbatim(self) -> bool {
        matches!(self, Self::Last | Self::Pointer | Self::CachedPrefix)
    }

    /// Why, for a person.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::LastTurn => "what the model has to answer",
            Self::First => "the first exchange is kept",
            Self::Last => "the last exchanges are kept",
            Self::Pointer => "pinned",
            Self::CachedPrefix => "before the last cache point",
        }
    }
}

/// Blocks that go together.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    /// The blocks, in order.
    pub(super) blocks: Vec<BlockAt>,
    /// Messages of it that have no blocks at all.
    pub(super) empty_messages: Vec<usize>,
    /// Why it stays, where it does.
    pub(super) pin: Option<Pin>,
    /// It goes later the higher this is.
    pub(super) priority: i64,
}

/// What is asked, the rounds it leads to, and the answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Exchange {
    /// What is asked, and the answer.
    pub(super) frame: Unit,
    /// Calls and their results, in order; each may go before the exchange does.
    pub(super) rounds: Vec<Unit>,
    /// The later exchange that cites sources of this one: they go together.
    pub(super) bound_to: Option<usize>,
    /// The rounds go only with the exchange, because it cites what they found.
    pub(super) whole: bool,
    /// Its first message holds results of the exchange before it too: that one must go first, or the
    /// results would be left as a message of their own before another of the user.
    pub(super) continues: bool,
}

/// The messages of one side in a row, system messages passed over.
struct Turn {
    assistant: bool,
    messages: Vec<usize>,
}

/// The exchanges of a conversation, in order. Messages of the system are in none of them.
pub(super) fn exchanges(prompt: &Prompt<'_>) -> Vec<Exchange> {
    let turns = turns(prompt);
    let mut exchanges: Vec<Exchange> = Vec::new();
    let mut calls = HashSet::new();
    // The calls of the assistant's turn before, which the paired results of this one answer.
    let mut open = Unit::default();
    let last = turns.len().saturating_sub(1);
    for (index, turn) in turns.iter().enumerate() {
        if turn.assistant {
            calls = ids(prompt, turn);
            if exchanges.is_empty() {
                exchanges.push(Exchange::default());
            }
            open = whole(prompt, turn);
            if index == last
                && let Some(exchange) = exchanges.last_mut()
            {
                extend(&mut exchange.frame, std::mem::take(&mut open));
            }
            continue;
        }
        let (results, asked) = split(prompt, turn, &calls);
        let answers = !results.blocks.is_empty();
        // Beside results that were called for, one that was not is no question.
        let asks = !answers
            || !asked.empty_messages.is_empty()
            || asked.blocks.iter().any(|at| {
                block(prompt, *at).is_some_and(|block| {
                    !matches!(block.content, Content::ToolResult { .. } | Content::CachePoint(_))
                })
            });
        calls.clear();
        if let Some(exchange) = exchanges.last_mut() {
            let mut round = std::mem::take(&mut open);
            if !asks || (answers && index == last) {
                extend(&mut round, results);
                extend(&mut round, asked);
                exchange.rounds.push(round);
                continue;
            }
            // The last turn of the model before the next question is its answer.
            extend(&mut round, results);
            extend(&mut exchange.frame, round);
        }
        exchanges.push(Exchange { frame: asked, continues: answers, ..Exchange::default() });
    }
    bind_citations(prompt, &mut exchanges);
    exchanges
}

fn turns(prompt: &Prompt<'_>) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for (index, message) in prompt.messages.iter().enumerate() {
        if message.role == Role::System {
            continue;
        }
        let assistant = message.role == Role::Assistant;
        match turns.last_mut().filter(|turn| turn.assistant == assistant) {
            Some(turn) => turn.messages.push(index),
            None => turns.push(Turn { assistant, messages: vec![index] }),
        }
    }
    turns
}

fn messages<'p, 'a>(
    prompt: &'p Prompt<'a>,
    turn: &'p Turn,
) -> impl Iterator<Item = (usize, &'p Message<'a>)> {
    turn.messages.iter().filter_map(|index| prompt.messages.get(*index).map(|message| (*index, message)))
}

/// The ids of a turn's calls.
fn ids<'p>(prompt: &'p Prompt<'_>, turn: &'p Turn) -> HashSet<&'p str> {
    let blocks = messages(prompt, turn).flat_map(|(_, message)| &message.blocks);
    blocks
        .filter_map(|block| match &block.content {
            Content::ToolUse { id, .. } => Some(id.as_ref()),
            _ => None,
        })
        .collect()
}

fn whole(prompt: &Prompt<'_>, turn: &Turn) -> Unit {
    let mut unit = Unit::default();
    for (message, content) in messages(prompt, turn) {
        if content.blocks.is_empty() {
            unit.empty_messages.push(message);
        }
        unit.blocks.extend((0..content.blocks.len()).map(|block| BlockAt { message, block }));
    }
    unit
}

/// The results that answer the given calls, and everything else. A cache point belongs to what it
/// stands behind.
fn split(prompt: &Prompt<'_>, turn: &Turn, calls: &HashSet<&str>) -> (Unit, Unit) {
    let (mut results, mut asked) = (Unit::default(), Unit::default());
    for (message, content) in messages(prompt, turn) {
        let mut answers = false;
        if content.blocks.is_empty() {
            asked.empty_messages.push(message);
        }
        for (block, found) in content.blocks.iter().enumerate() {
            answers = match &found.content {
                Content::ToolResult { id, .. } => calls.contains(id.as_ref()),
                Content::CachePoint(_) if 0 < block => answers,
                Content::CachePoint(_) => starts_with_result(content, calls),
                _ => false,
            };
            if answers { &mut results } else { &mut asked }.blocks.push(BlockAt { message, block });
        }
    }
    (results, asked)
}

fn starts_with_result(message: &Message<'_>, calls: &HashSet<&str>) -> bool {
    let first = message.blocks.iter().find(|block| !matches!(block.content, Content::CachePoint(_)));
    matches!(first, Some(Block { content: Content::ToolResult { id, .. }, .. }) if calls.contains(id.as_ref()))
}

fn extend(unit: &mut Unit, more: Unit) {
    unit.blocks.extend(more.blocks);
    unit.empty_messages.extend(more.empty_messages);
}

/// An exchange that cites sources goes with the exchanges that hold them.
///
/// Citations of documents name them by their number in the request, so every earlier document is
/// one of them; those of search results carry their source, so only an exchange without any of
/// its own is bound.
fn bind_citations(prompt: &Prompt<'_>, exchanges: &mut [Exchange]) {
    let holds = |exchange: &Exchange, wanted: fn(Kind) -> bool| {
        let units = std::iter::once(&exchange.frame).chain(&exchange.rounds);
        let mut blocks = units.flat_map(|unit| &unit.blocks);
        blocks.any(|at| {
            self::block(prompt, *at).is_some_and(|block| {
                wanted(block.kind)
                    || match &block.content {
                        Content::ToolResult { blocks, .. } => blocks.iter().any(|block| wanted(block.kind)),
                        _ => false,
                    }
            })
        })
    };
    let cites = |kind| kind == Kind::Citations;
    let document = |kind| kind == Kind::Document;
    let other = |kind| matches!(kind, Kind::SearchResult | Kind::Unknown);
    let facts: Vec<_> = exchanges
        .iter()
        .map(|exchange| (holds(exchange, cites), holds(exchange, document), holds(exchange, other)))
        .collect();
    for ((index, exchange), (own_cites, documents, others)) in exchanges.iter_mut().enumerate().zip(&facts) {
        // The last exchange that cites it decides.
        let citing = facts
            .iter()
            .enumerate()
            .skip(index + 1)
            .rev()
            .find(|(_, (cites, own, found))| *cites && (*documents || (*others && !*own && !*found)));
        exchange.bound_to = citing.map(|(citing, _)| citing);
        exchange.whole = exchange.bound_to.is_some() || *own_cites;
    }
}

/// The block at a place.
pub(super) fn block<'p, 'a>(prompt: &'p Prompt<'a>, at: BlockAt) -> Option<&'p Block<'a>> {
    prompt.messages.get(at.message)?.blocks.get(at.block)
}

/// The pointers of the elements that hold a unit's blocks, whole messages where nothing of them
/// stays, given all blocks that go.
pub(super) fn elements(
    prompt: &Prompt<'_>,
    gone: &HashSet<BlockAt>,
    empty: &[usize],
) -> Vec<(String, usize)> {
    let mut touched: Vec<usize> = gone.iter().map(|at| at.message).chain(empty.iter().copied()).collect();
    sorted::sort(&mut touched);
    touched.dedup();
    let mut pointers: Vec<(String, usize)> = Vec::new();
    for index in touched {
        let Some(message) = prompt.messages.get(index) else { continue };
        let all = message.blocks.iter().enumerate();
        let blocks: Vec<_> = all
            .filter(|(block, _)| gone.contains(&BlockAt { message: index, block: *block }))
            .map(|(_, block)| block)
            .collect();
        let under = |block: &&Block<'_>| block.pointer.starts_with(message.pointer.as_str());
        if message.blocks.iter().filter(under).count() <= blocks.len() {
            pointers.push((message.pointer.clone(), index));
            continue;
        }
        for pointer in blocks.into_iter().filter_map(|block| element(message, block)) {
            // The blocks of one element stand side by side.
            if pointers.last().is_none_or(|(last, _)| *last != pointer) {
                pointers.push((pointer, index));
            }
        }
    }
    pointers
}

/// The element of a message's content that holds a block: the two tokens behind the message.
fn element(message: &Message<'_>, block: &Block<'_>) -> Option<String> {
    let rest = block.pointer.strip_prefix(message.pointer.as_str())?;
    let length: usize = rest.split('/').take(3).map(str::len).sum::<usize>() + 2;
    Some(format!("{}{}", message.pointer, rest.get(..length)?))
}
