//! What is given up for a budget: the shortest beginning of the order that suffices.

use std::collections::{HashMap, HashSet};

use crate::{
    Prompt, Tokens,
    check::Judge,
    count::{self, Counter, Form, Forms, Known},
    fit::{
        cut::{Cutter, Reads, Shortened},
        order::{Drop, Step, TextAt, UnitAt},
        units::{Exchange, block},
        weigh::{SWAY, Scales, Weight},
    },
    prompt::Content,
};

/// The tokens that stay of a shortened text at least, the marker included.
const LEAST: u64 = 16;

/// What is given up.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// Units that go.
    pub(super) dropped: Vec<UnitAt>,
    /// Definitions of tools that go.
    pub(super) tools: Vec<usize>,
    /// Texts that are shortened.
    pub(super) shortened: Vec<Short>,
    /// The limit on the answer that goes with it.
    pub(super) max_tokens: u64,
    /// What is left, where nothing is shortened only as far as it takes.
    whole: Option<Weight>,
}

/// A text that is shortened, and its tokens before and after, standing alone.
#[derive(Clone, Debug)]
pub(super) struct Short {
    pub(super) at: TextAt,
    pub(super) left: Shortened,
    pub(super) tokens_before: u64,
    pub(super) tokens_after: u64,
}

/// The order of one request, weighed.
pub(super) struct Planner<'s> {
    prompt: &'s Prompt<'s>,
    steps: Vec<Step>,
    /// What goes at the end of each step.
    weights: Vec<Weight>,
    scales: &'s Scales<'s>,
    judge: &'s Judge<'s>,
    counter: Counter,
    /// How the model reads results.
    forms: Forms<'s>,
    marker: &'s str,
    whole: Weight,
}

/// How the limit on the answer goes down while things go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slope {
    /// Before anything goes.
    pub(super) from: u64,
    /// When everything is gone that may go.
    pub(super) to: u64,
}

/// The shortest plan that fits, if one does.
pub(super) struct Shortest {
    pub(super) plan: Option<Plan>,
    /// Shorter ones of whole steps that a recount may say fit.
    pub(super) near: Vec<Plan>,
}

/// A plan under way.
struct Progress {
    plan: Plan,
    weight: Weight,
    /// Tokens of units that are off already because their texts were shortened.
    saved: HashMap<UnitAt, i64>,
    /// The texts that are as short as they get.
    short: HashSet<TextAt>,
    near: Vec<Plan>,
    /// The smallest size so far, where more must not be given up for less; else the largest there is.
    lowest: Option<Tokens>,
}

impl<'s> Planner<'s> {
    pub(super) fn new(
        (prompt, exchanges): (&'s Prompt<'s>, &'s [Exchange]),
        steps: Vec<Step>,
        scales: &'s Scales<'s>,
        judge: &'s Judge<'s>,
        marker: &'s str,
    ) -> Self {
        let weigh = |step: &Step| match &step.drop {
            None => Weight::default(),
            Some(Drop::Tool(index)) => prompt.tools.get(*index).map_or_else(Weight::default, |tool| {
                scales.weigh_tool(&tool.pointer, tool.runs == crate::prompt::ToolRuns::Provider)
            }),
            Some(Drop::Units(units)) => {
                let mut sum = Weight::default();
                for unit in units.iter().filter_map(|at| unit(exchanges, *at)) {
                    sum.add(&scales.weigh(prompt, unit), 1);
                }
                sum
            }
        };
        let weights = steps.iter().map(weigh).collect();
        let counter = Counter::for_tokenizer(&judge.target.model.tokenizer);
        let whole = scales.whole(prompt);
        let forms = count::forms(prompt, judge.target.model.frame_rules());
        Self { prompt, steps, weights, scales, judge, counter, forms, marker, whole }
    }

    /// The shortest plan that fits by arithmetic with `spare` tokens to spare.
    pub(super) fn shortest(&self, slope: Slope, spare: i64, known: &mut Known) -> Shortest {
        let mut progress = self.start();
        // What is left may be counted less surely, and be larger for it. Where the answer's limit goes
        // down with it such a plan could fit by that alone, though it keeps less than one before.
        progress.lowest = (slope.from != slope.to).then(|| self.high(&progress.weight, 0));
        let all: i64 = self.step_tokens();
        let mut gone = 0;
        for index in 0..self.steps.len() {
            gone += self.weight_of(index, &progress);
            let max_tokens = slope.at(gone, all);
            if let Some(plan) = self.within_step(index, &mut progress, (max_tokens, spare), known) {
                return Shortest { plan: Some(Plan { max_tokens, ..plan }), near: progress.near };
            }
        }
        Shortest { plan: None, near: progress.near }
    }

    /// How many more tokens could be spared by the same plan, at least.
    pub(super) fn slack(&self, plan: &Plan, spare: i64) -> i64 {
        let Some(weight) = &plan.whole else { return 0 };
        let more = |more: u64| self.fits(weight, 0, (plan.max_tokens, spare + signed(more)), None);
        signed(largest(0, u64::from(u32::MAX), more))
    }

    /// The plan whose input is the smallest, by arithmetic: of equal ones the one that gives up more.
    pub(super) fn smallest(&self, max_tokens: u64, known: &mut Known) -> Plan {
        let mut progress = self.start();
        let mut best = (self.scales.size(&progress.weight, 0).high, 0);
        for index in 0..self.steps.len() {
            self.take(index, &mut progress, known);
            let high = self.scales.size(&progress.weight, 0).high;
            if high <= best.0 {
                best = (high, index + 1);
            }
        }
        let mut progress = self.start();
        for index in 0..best.1 {
            self.take(index, &mut progress, known);
        }
        Plan { max_tokens, ..progress.plan }
    }

    fn start(&self) -> Progress {
        Progress {
            plan: Plan::default(),
            weight: self.whole.clone(),
            saved: HashMap::new(),
            short: HashSet::new(),
            near: Vec::new(),
            lowest: None,
        }
    }

    fn high(&self, weight: &Weight, more: i64) -> Tokens {
        self.scales.size(weight, more).high
    }

    /// Notes how small the request is by now.
    fn settle(&self, progress: &mut Progress) {
        let high = self.high(&progress.weight, 0);
        progress.lowest = progress.lowest.map(|lowest| lowest.min(high));
    }

    fn step_tokens(&self) -> i64 {
        self.weights.iter().map(|weight| weight.tokens).sum::<i64>().max(1)
    }

    /// Whether a weight with so many tokens more fits, `spare` to spare.
    fn fits(
        &self,
        weight: &Weight,
        more: i64,
        (max_tokens, spare): (u64, i64),
        lowest: Option<Tokens>,
    ) -> bool {
        lowest.is_none_or(|lowest| self.high(weight, more) < lowest)
            && self.judge.fits(self.scales.size(weight, more + spare), Tokens::new(max_tokens))
    }

    /// Takes a step, or as much of it as it takes to fit: then the plan is done.
    fn within_step(
        &self,
        index: usize,
        progress: &mut Progress,
        within: (u64, i64),
        known: &mut Known,
    ) -> Option<Plan> {
        let step = self.steps.get(index)?;
        if step.drop.is_some() {
            let mut after = progress.weight.clone();
            after.add(&self.dropping(index, progress), -1);
            if !self.fits(&after, 0, within, progress.lowest) {
                self.take(index, progress, known);
                if progress.lowest.is_none() && self.fits(&after, -SWAY, within, None) {
                    progress.near.push(Plan { max_tokens: within.0, ..progress.plan.clone() });
                }
                return None;
            }
        }
        for text in &step.shorten {
            if progress.short.contains(text) {
                continue;
            }
            let Some(cutter) = self.cutter(text) else { continue };
            let Some(Room { least, most, shortest }) = Room::of(text, &cutter, known) else { continue };
            let full = shortest.tokens_before;
            let fits = |tokens: u64| {
                let more = signed(tokens) - signed(full);
                self.fits(&progress.weight, more, within, progress.lowest)
            };
            if fits(least) {
                let tokens = largest(least, most, fits);
                let Some((left, tokens_after)) = cutter.within(tokens, known) else { continue };
                progress.plan.shortened.push(Short { left, tokens_after, ..shortest });
                return Some(progress.plan.clone());
            }
            shorten_fully(shortest, progress);
            self.settle(progress);
        }
        if step.drop.is_some() {
            self.take_drop(index, progress);
            return Some(Plan { whole: Some(progress.weight.clone()), ..progress.plan.clone() });
        }
        None
    }

    /// Takes a whole step.
    fn take(&self, index: usize, progress: &mut Progress, known: &mut Known) {
        let Some(step) = self.steps.get(index) else { return };
        if step.drop.is_some() {
            self.take_drop(index, progress);
            self.settle(progress);
            return;
        }
        for text in &step.shorten {
            if progress.short.contains(text) {
                continue;
            }
            let Some(cutter) = self.cutter(text) else { continue };
            if let Some(room) = Room::of(text, &cutter, known) {
                shorten_fully(room.shortest, progress);
                self.settle(progress);
            }
        }
    }

    /// What dropping takes off at the end of a step, as things stand.
    fn dropping(&self, index: usize, progress: &Progress) -> Weight {
        let mut weight = self.weights.get(index).cloned().unwrap_or_default();
        if let Some(Drop::Units(units)) = self.steps.get(index).and_then(|step| step.drop.as_ref()) {
            for at in units {
                weight.tokens -= progress.saved.get(at).copied().unwrap_or_default();
            }
        }
        weight
    }

    fn weight_of(&self, index: usize, progress: &Progress) -> i64 {
        self.dropping(index, progress).tokens
    }

    fn take_drop(&self, index: usize, progress: &mut Progress) {
        let weight = self.dropping(index, progress);
        progress.weight.add(&weight, -1);
        match self.steps.get(index).and_then(|step| step.drop.as_ref()) {
            Some(Drop::Tool(tool)) => progress.plan.tools.push(*tool),
            Some(Drop::Units(units)) => {
                progress.plan.shortened.retain(|short| !units.contains(&short.at.unit));
                progress.plan.dropped.extend(units);
            }
            None => {}
        }
    }

    fn cutter(&self, text: &TextAt) -> Option<Cutter<'_>> {
        let outer = block(self.prompt, text.block)?;
        let (found, result) = match (&outer.content, text.inner) {
            (Content::ToolResult { id, blocks, .. }, Some(inner)) => {
                let written = blocks
                    .iter()
                    .filter(|block| matches!(block.content, Content::Text(_) | Content::Json(_)));
                (blocks.get(inner)?, Some((self.forms.of_result(id), 1 < written.count())))
            }
            _ => (outer, None),
        };
        match &found.content {
            Content::Text(words) => {
                let reads = result.map_or(Reads::Words, |(form, part)| Reads::of_text(form, part));
                Some(Cutter::of_text(words, text.at, reads, self.counter, self.marker))
            }
            Content::Json(value) => {
                let (form, part) = result.unwrap_or((Form::Plain, false));
                Cutter::of_value(*value, text.at, Reads::Value { form, part }, self.counter, self.marker)
            }
            _ => None,
        }
    }
}

impl Slope {
    fn at(self, gone: i64, all: i64) -> u64 {
        let range = i128::from(self.from.saturating_sub(self.to));
        let down = range * i128::from(gone.clamp(0, all)) / i128::from(all.max(1));
        self.from.saturating_sub(u64::try_from(down).unwrap_or_default())
    }
}

/// Makes a text as short as it gets.
fn shorten_fully(short: Short, progress: &mut Progress) {
    let saved = signed(short.tokens_before) - signed(short.tokens_after);
    progress.weight.tokens -= saved;
    *progress.saved.entry(short.at.unit).or_default() += saved;
    progress.short.insert(short.at.clone());
    progress.plan.shortened.push(short);
}

/// What may stay of a text.
struct Room {
    /// The fewest tokens of it that are worth a choice.
    least: u64,
    /// The most for a cut to be worth its marker.
    most: u64,
    /// The text as short as it gets.
    shortest: Short,
}

impl Room {
    fn of(text: &TextAt, cutter: &Cutter<'_>, known: &mut Known) -> Option<Self> {
        let tokens_before = cutter.tokens(known);
        let most = tokens_before.checked_sub(2 * cutter.marker_tokens() + 2)?;
        let (left, tokens_after, least) = cutter.shortest(LEAST, known)?;
        let shortest = Short { at: text.clone(), left, tokens_before, tokens_after };
        (least <= most).then_some(Self { least, most, shortest })
    }
}

/// The largest number that fits, given that `least` does and that more never fits better.
fn largest(least: u64, most: u64, fits: impl Fn(u64) -> bool) -> u64 {
    let (mut fitting, mut beyond) = (least, most + 1);
    while beyond - fitting > 1 {
        let middle = fitting + (beyond - fitting) / 2;
        if fits(middle) { fitting = middle } else { beyond = middle }
    }
    fitting
}

pub(super) fn unit(exchanges: &[Exchange], (exchange, round): UnitAt) -> Option<&crate::fit::units::Unit> {
    let exchange = exchanges.get(exchange)?;
    match round {
        None => Some(&exchange.frame),
        Some(round) => exchange.rounds.get(round),
    }
}

fn signed(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}
