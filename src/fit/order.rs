//! In which order a conversation gives way.
//!
//! The order is fixed before any budget is looked at, and a fit gives up the shortest beginning of
//! it that suffices: so a larger budget drops no more.

use std::collections::HashSet;

use crate::{
    Dialect, Error, ErrorKind, Kind, Prompt,
    fit::{
        CutAt, FitRules, Policy,
        units::{BlockAt, Exchange, Pin, Unit, block, related},
    },
    prompt::{Block, Content, Role, ToolMode},
    sorted,
};

/// One step of giving way: texts that are shortened one after the other, then what goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    pub(super) shorten: Vec<TextAt>,
    pub(super) drop: Option<Drop>,
}

/// What goes at the end of a step.
#[derive(Clone, Debug)]
pub(super) enum Drop {
    /// The definition of a tool, by its place.
    Tool(usize),
    /// Units, by exchange and round; the exchange itself has no round.
    Units(Vec<UnitAt>),
}

/// A unit by its place.
pub(super) type UnitAt = (usize, Option<usize>);

/// A text that may be shortened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TextAt {
    pub(super) unit: UnitAt,
    pub(super) block: BlockAt,
    /// Its place in a tool result.
    pub(super) inner: Option<usize>,
    pub(super) at: CutAt,
}

/// A text of fewer bytes is not worth a marker.
const SHORTEST: usize = 64;

/// The steps by which a conversation gives way, the first to go first.
///
/// Errors: a tool is pinned by a pointer that leads nowhere.
pub(super) fn steps(
    prompt: &Prompt<'_>,
    dialect: Dialect,
    exchanges: &[Exchange],
    rules: &FitRules,
) -> Result<Vec<Step>, Error> {
    let texts = Texts { prompt, rules, exchanges };
    let mut steps: Vec<Ranked> = Vec::new();
    for index in ordered(exchanges, rules.policy) {
        let Some(exchange) = exchanges.get(index).filter(|exchange| exchange.bound_to.is_none()) else {
            continue;
        };
        if !exchange.whole {
            for (place, round) in exchange.rounds.iter().enumerate().filter(|(_, round)| round.pin.is_none())
            {
                let at = (index, Some(place));
                let step = Step { shorten: texts.results(at, round), drop: Some(Drop::Units(vec![at])) };
                steps.push(Ranked { priority: round.priority, unit: at, step });
            }
        }
        if exchange.frame.pin.is_some() {
            continue;
        }
        let mut shorten = Vec::new();
        if exchange.whole {
            let rounds = exchange.rounds.iter().enumerate();
            shorten.extend(rounds.flat_map(|(place, round)| texts.results((index, Some(place)), round)));
        }
        shorten.extend(texts.results((index, None), &exchange.frame));
        shorten.extend(texts.said((index, None), &exchange.frame, Role::Assistant));
        shorten.extend(texts.said((index, None), &exchange.frame, Role::User));
        let together = with_bound(exchanges, index);
        let units = together.iter().flat_map(|index| {
            // Rounds that may go alone are gone by now.
            let whole = exchanges.get(*index).filter(|exchange| exchange.whole);
            let rounds = whole.map_or(0, |exchange| exchange.rounds.len());
            std::iter::once((*index, None)).chain((0..rounds).map(move |round| (*index, Some(round))))
        });
        let step = Step { shorten, drop: Some(Drop::Units(units.collect())) };
        steps.push(Ranked { priority: exchange.frame.priority, unit: (index, None), step });
    }
    // Equal priorities keep the policy's order.
    sorted::sort_by_key(&mut steps, |ranked| ranked.priority);
    let mut all = tools(prompt, rules)?;
    if rules.policy == Policy::ToolResultsFirst {
        all.extend(texts.every_result().map(|text| Step { shorten: vec![text], drop: None }));
    }
    all.extend(in_chains(steps, exchanges));
    all.extend(texts.last_resort(dialect).into_iter().map(|text| Step { shorten: vec![text], drop: None }));
    all.extend(
        last_round(prompt, exchanges)
            .map(|at| Step { shorten: Vec::new(), drop: Some(Drop::Units(vec![at])) }),
    );
    Ok(all)
}

/// The calls whose results the model has to go on from: they go when nothing else is left, and the
/// model may make them again. Not where the caller keeps them, nor where they are all there is, nor
/// where the user says something beside the results.
fn last_round(prompt: &Prompt<'_>, exchanges: &[Exchange]) -> Option<UnitAt> {
    let last = exchanges.len().checked_sub(1)?;
    let exchange = exchanges.get(last)?;
    let place = exchange.rounds.len().checked_sub(1)?;
    let round = exchange.rounds.get(place)?;
    let says = |at: &BlockAt| {
        let assistant =
            prompt.messages.get(at.message).is_some_and(|message| message.role == Role::Assistant);
        let block = block(prompt, *at).map(|block| &block.content);
        !assistant && !matches!(block, Some(Content::ToolResult { .. } | Content::CachePoint(_)))
    };
    let ours = round.pin == Some(Pin::LastTurn) && !round.blocks.iter().any(says);
    (ours && !exchange.frame.blocks.is_empty()).then_some((last, Some(place)))
}

/// A step and what decides its place.
struct Ranked {
    priority: i64,
    unit: UnitAt,
    step: Step,
}

/// The steps in their order, but that no exchange goes before the one whose results it goes on from,
/// and none before its own rounds.
fn in_chains(steps: Vec<Ranked>, exchanges: &[Exchange]) -> Vec<Step> {
    let mut places = vec![Vec::new(); exchanges.len()];
    for (place, ranked) in steps.iter().enumerate() {
        if let Some(own) = places.get_mut(ranked.unit.0) {
            own.push(place);
        }
    }
    let mut left: Vec<Option<Ranked>> = steps.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(left.len());
    for place in 0..left.len() {
        let Some(unit) = left.get(place).and_then(Option::as_ref).map(|ranked| ranked.unit) else { continue };
        if unit.1.is_none() {
            let mut first = unit.0;
            // An exchange that is gone already took those before it along.
            while exchanges.get(first).is_some_and(|exchange| exchange.continues)
                && first.checked_sub(1).is_some_and(|before| remains(&places, &left, before))
            {
                first -= 1;
            }
            for place in places.get(first..unit.0).unwrap_or_default().iter().flatten() {
                ordered.extend(left.get_mut(*place).and_then(Option::take).map(|ranked| ranked.step));
            }
        }
        ordered.extend(left.get_mut(place).and_then(Option::take).map(|ranked| ranked.step));
    }
    ordered
}

fn remains(places: &[Vec<usize>], left: &[Option<Ranked>], exchange: usize) -> bool {
    places.get(exchange).into_iter().flatten().any(|place| left.get(*place).is_some_and(Option::is_some))
}

/// The exchanges in the order of a policy; the one that is to be answered comes last, for its rounds.
fn ordered(exchanges: &[Exchange], policy: Policy) -> Vec<usize> {
    let mut order: Vec<usize> = (0..exchanges.len()).collect();
    if policy == Policy::MiddleOut {
        // Twice the distance from the middle, so that it stays whole.
        sorted::sort_by_key(&mut order, |index| (2 * index + 1).abs_diff(exchanges.len()));
    }
    sorted::sort_by_key(&mut order, |index| index + 1 == exchanges.len());
    order
}

/// An exchange and those whose sources it cites, directly or not.
fn with_bound(exchanges: &[Exchange], index: usize) -> Vec<usize> {
    let mut together = vec![index];
    // What is bound stands before what it is bound to.
    for (earlier, exchange) in exchanges.iter().enumerate().take(index).rev() {
        if exchange.bound_to.is_some_and(|citing| together.contains(&citing)) {
            together.push(earlier);
        }
    }
    sorted::sort(&mut together);
    together
}

/// A step for each definition that may go, the last first, so that a cached beginning lasts longest.
fn tools(prompt: &Prompt<'_>, rules: &FitRules) -> Result<Vec<Step>, Error> {
    if rules.pin.iter().any(String::is_empty) {
        let message = "an empty pointer pins the whole request";
        return Err(Error::new(ErrorKind::InvalidArgument, message).at_pointer(""));
    }
    if !rules.drop_unused_tools {
        return Ok(Vec::new());
    }
    let mut named: HashSet<&str> = HashSet::new();
    let mut history = false;
    for block in prompt.messages.iter().flat_map(|message| &message.blocks) {
        match &block.content {
            Content::ToolUse { name, .. } => {
                history = true;
                named.insert(name.as_ref());
            }
            Content::ToolResult { .. } => history = true,
            _ => {}
        }
    }
    if let ToolMode::Tool(name) = &prompt.tool_choice.mode {
        named.insert(name.as_ref());
    }
    let may_go = |tool: &crate::prompt::Tool<'_>| {
        let pinned = rules.pin.iter().any(|pointer| related(pointer, &tool.pointer));
        let cached = tool.cache_point.is_some() || rules.keep_cached_prefix;
        !pinned && !cached && !named.contains(tool.name.as_ref())
    };
    let mut unused: Vec<usize> =
        prompt.tools.iter().enumerate().filter(|(_, tool)| may_go(tool)).map(|(index, _)| index).collect();
    unused.reverse();
    // A history of calls, or a choice, needs at least one definition.
    let needed = history || prompt.tool_choice != crate::prompt::ToolChoice::default();
    if needed && unused.len() == prompt.tools.len() {
        unused.pop();
    }
    Ok(unused.into_iter().map(|tool| Step { shorten: Vec::new(), drop: Some(Drop::Tool(tool)) }).collect())
}

struct Texts<'p> {
    prompt: &'p Prompt<'p>,
    rules: &'p FitRules,
    exchanges: &'p [Exchange],
}

impl Texts<'_> {
    /// The texts in a unit's tool results, one by one.
    fn results(&self, unit: UnitAt, of: &Unit) -> Vec<TextAt> {
        let mut texts = Vec::new();
        for at in of.blocks.iter().filter(|_| self.rules.shorten) {
            let Some(Block { content: Content::ToolResult { blocks, .. }, .. }) = block(self.prompt, *at)
            else {
                continue;
            };
            for (inner, found) in blocks.iter().enumerate() {
                let long = match &found.content {
                    Content::Text(text) => found.kind == Kind::Text && SHORTEST < text.len(),
                    Content::Json(value) => SHORTEST < value.raw().len(),
                    _ => false,
                };
                if long && !self.pinned(&found.pointer) {
                    let cut = self.rules.cut.unwrap_or(CutAt::Middle);
                    texts.push(TextAt { unit, block: *at, inner: Some(inner), at: cut });
                }
            }
        }
        texts
    }

    /// What a role says in a unit. Words that thinking is signed with, or that carry citations, stay.
    fn said(&self, unit: UnitAt, of: &Unit, role: Role) -> Vec<TextAt> {
        let mut texts = Vec::new();
        for at in of.blocks.iter().filter(|_| self.rules.shorten) {
            let Some(message) = self.prompt.messages.get(at.message) else { continue };
            let held =
                |block: &Block<'_>| matches!(block.kind, Kind::Reasoning | Kind::Citations | Kind::Unknown);
            if (message.role == Role::Assistant) != (role == Role::Assistant)
                || message.blocks.iter().any(held)
            {
                continue;
            }
            let Some(found) = message.blocks.get(at.block) else { continue };
            if let Content::Text(text) = &found.content
                && found.kind == Kind::Text
                && SHORTEST < text.len()
                && !self.pinned(&found.pointer)
            {
                let own = if role == Role::Assistant { CutAt::Tail } else { CutAt::Middle };
                texts.push(TextAt { unit, block: *at, inner: None, at: self.rules.cut.unwrap_or(own) });
            }
        }
        texts
    }

    fn pinned(&self, pointer: &str) -> bool {
        self.rules.pin.iter().any(|pin| related(pin, pointer))
    }

    /// All results that may be shortened, the oldest first.
    fn every_result(&self) -> impl Iterator<Item = TextAt> {
        let free = |unit: &Unit| unit.pin.is_none_or(|pin| !pin.verbatim());
        self.exchanges.iter().enumerate().flat_map(move |(index, exchange)| {
            let rounds =
                exchange.rounds.iter().enumerate().map(move |(place, round)| ((index, Some(place)), round));
            let units = rounds.chain(std::iter::once(((index, None), &exchange.frame)));
            units.filter(move |(_, unit)| free(unit)).flat_map(|(at, unit)| self.results(at, unit))
        })
    }

    /// What may be shortened though its unit stays: results, the model's earlier words, and a plain
    /// prompt, which has nothing else.
    fn last_resort(&self, dialect: Dialect) -> Vec<TextAt> {
        let mut texts = Vec::new();
        for (index, exchange) in self.exchanges.iter().enumerate() {
            let rounds =
                exchange.rounds.iter().enumerate().map(|(place, round)| ((index, Some(place)), round));
            for (at, unit) in rounds.chain(std::iter::once(((index, None), &exchange.frame))) {
                if unit.pin.is_none_or(super::units::Pin::verbatim) {
                    continue;
                }
                texts.extend(self.results(at, unit));
                if unit.pin == Some(super::units::Pin::First) {
                    texts.extend(self.said(at, unit, Role::Assistant));
                }
                if dialect == Dialect::Text {
                    texts.extend(self.said(at, unit, Role::User));
                }
            }
        }
        texts
    }
}
