//! What stays, and what goes later.

use super::{Exchange, Pin, Unit, block};
use crate::{
    Error, ErrorKind, Prompt,
    fit::FitRules,
    prompt::{Content, Message},
};

/// Marks what stays and sets what goes later.
///
/// Errors: a pointer that leads to nothing in the conversation, the system prompt or the tools.
pub(in crate::fit) fn pin(
    prompt: &Prompt<'_>,
    rules: &FitRules,
    exchanges: &mut [Exchange],
) -> Result<(), Error> {
    if let Some(last) = exchanges.last_mut() {
        last.frame.pin = Some(Pin::LastTurn);
        // After results the model goes on from them; after its own words, from those.
        let ends_in_round = last.rounds.last().is_some_and(|round| end(round) > end(&last.frame));
        if let Some(round) = last.rounds.last_mut().filter(|_| ends_in_round) {
            round.pin = Some(Pin::LastTurn);
        }
    }
    if rules.keep_first
        && let Some(first) = exchanges.first_mut()
    {
        strengthen(&mut first.frame, Pin::First);
    }
    let kept = usize::try_from(rules.keep_last).unwrap_or(usize::MAX);
    for exchange in exchanges.iter_mut().rev().take(kept) {
        strengthen(&mut exchange.frame, Pin::Last);
        exchange.rounds.iter_mut().for_each(|round| strengthen(round, Pin::Last));
    }
    if rules.keep_cached_prefix
        && let Some(mark) = last_cache_point(prompt)
    {
        for unit in exchanges.iter_mut().flat_map(units_mut) {
            if first(unit).is_some_and(|message| message <= mark) {
                strengthen(unit, Pin::CachedPrefix);
            }
        }
    }
    for pointer in &rules.pin {
        at_pointer(prompt, exchanges, pointer, |unit| strengthen(unit, Pin::Pointer))?;
    }
    for (pointer, priority) in &rules.priorities {
        at_pointer(prompt, exchanges, pointer, |unit| unit.priority = *priority)?;
    }
    close(exchanges);
    Ok(())
}

/// A round stays only with its exchange, and sources only with what cites them; a round goes no later
/// than its exchange.
fn close(exchanges: &mut [Exchange]) {
    for exchange in exchanges.iter_mut() {
        let strongest = exchange.rounds.iter().find_map(|round| round.pin);
        if exchange.frame.pin.is_none() {
            exchange.frame.pin = strongest;
        }
        let highest = exchange.rounds.iter().map(|round| round.priority).max();
        exchange.frame.priority = exchange.frame.priority.max(highest.unwrap_or(i64::MIN));
    }
    close_chains(exchanges);
    for index in 0..exchanges.len() {
        let citing = exchanges.get(index).and_then(|exchange| exchange.bound_to);
        let pin = citing.and_then(|citing| exchanges.get(citing)).and_then(|citing| citing.frame.pin);
        if let (Some(pin), Some(exchange)) = (pin, exchanges.get_mut(index)) {
            // The sources stay as they are cited, tool results among them.
            exchange.frame.pin = exchange.frame.pin.or(Some(pin));
            for round in &mut exchange.rounds {
                round.pin = round.pin.or(Some(pin));
            }
        }
    }
}

/// What goes on from an exchange that stays stays too.
fn close_chains(exchanges: &mut [Exchange]) {
    let mut before = None;
    for exchange in exchanges {
        if exchange.continues && exchange.frame.pin.is_none() {
            exchange.frame.pin = before;
        }
        before = exchange.frame.pin;
    }
}

fn units_mut(exchange: &mut Exchange) -> impl Iterator<Item = &mut Unit> {
    std::iter::once(&mut exchange.frame).chain(&mut exchange.rounds)
}

/// A pin that keeps every word is the stronger.
fn strengthen(unit: &mut Unit, pin: Pin) {
    if unit.pin.is_none_or(|old| !old.verbatim()) {
        unit.pin = Some(pin);
    }
}

fn first(unit: &Unit) -> Option<usize> {
    unit.blocks.iter().map(|at| at.message).chain(unit.empty_messages.iter().copied()).min()
}

fn end(unit: &Unit) -> Option<usize> {
    unit.blocks.iter().map(|at| at.message).chain(unit.empty_messages.iter().copied()).max()
}

/// The last message that holds a cache point.
fn last_cache_point(prompt: &Prompt<'_>) -> Option<usize> {
    let marked = |message: &Message<'_>| {
        message.blocks.iter().any(|block| matches!(block.content, Content::CachePoint(_)))
    };
    prompt.messages.iter().rposition(marked)
}

fn at_pointer(
    prompt: &Prompt<'_>,
    exchanges: &mut [Exchange],
    pointer: &str,
    mut set: impl FnMut(&mut Unit),
) -> Result<(), Error> {
    let mut found = always_kept(prompt, pointer);
    for unit in exchanges.iter_mut().flat_map(units_mut) {
        let blocks = unit.blocks.iter().filter_map(|at| block(prompt, *at)).map(|block| &block.pointer);
        let messages = unit.blocks.iter().map(|at| at.message).chain(unit.empty_messages.iter().copied());
        let messages =
            messages.filter_map(|index| prompt.messages.get(index)).map(|message| &message.pointer);
        // A pointer to a message, a block, or anything inside either.
        let named =
            blocks.clone().any(|own| related(own, pointer)) || messages.clone().any(|own| own == pointer);
        if named {
            found = true;
            set(unit);
        }
    }
    if found {
        return Ok(());
    }
    let message = format!("the pointer \"{pointer}\" leads to nothing in the conversation");
    Err(Error::new(ErrorKind::InvalidArgument, message).at_pointer(pointer))
}

/// What never goes: the system prompt. Tools are looked at where they may go.
fn always_kept(prompt: &Prompt<'_>, pointer: &str) -> bool {
    let system = prompt.system.iter().map(|block| &block.pointer);
    let said = prompt.messages.iter().filter(|message| message.role == crate::Role::System);
    let tools = prompt.tools.iter().map(|tool| &tool.pointer);
    system.chain(said.map(|message| &message.pointer)).chain(tools).any(|own| related(own, pointer))
}

/// Whether one pointer leads into the value of the other.
pub(in crate::fit) fn related(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
