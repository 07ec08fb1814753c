//! What is given up for a budget: the shortest beginning of the order that suffices.

use std::collections::{HashMap, HashSet};

use crate::{
    Prompt, Tokens,
    check::Judge,
    count::Counter,
    fit::{
        cut::{Cutter, Shortened},
        order::{Drop, Step, TextAt, UnitAt},
        units::{Exchange, block},
        weigh::{Scales, Weight},
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

/// A plan under way.
struct Progress {
    plan: Plan,
    weight: Weight,
    /// Tokens of units that are off already because their texts were shortened.
    saved: HashMap<UnitAt, i64>,
    /// The texts that are as short as they get.
    short: HashSet<TextAt>,
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
        Self { prompt, steps, weights, scales, judge, counter, marker, whole }
    }

    /// The shortest plan that fits by arithmetic with `spare` tokens to spare; `None` if none does.
    pub(super) fn shortest(&self, slope: Slope, spare: i64) -> Option<Plan> {
        let mut progress = self.start();
        // What is left may be counted less surely, and be larger for it. Where the answer's limit goes
        // down with it such a plan could fit by that alone, though it keeps less than one before.
        progress.lowest = (slope.from != slope.to).then(|| self.high(&progress.weight, 0));
        let all: i64 = self.step_tokens();
        let mut gone = 0;
        for index in 0..self.steps.len() {
            gone += self.weight_of(index, &progress);
            let max_tokens = slope.at(gone, all);
            if let Some(plan) = self.within_step(index, &mut progress, max_tokens, spare) {
                return Some(Plan { max_tokens, ..plan });
            }
        }
        None
    }

    /// The plan whose input is the smallest, by arithmetic: of equal ones the one that gives up more.
    pub(super) fn smallest(&self, max_tokens: u64) -> Plan {
        let mut progress = self.start();
        let mut best = (self.scales.size(&progress.weight, 0).high, 0);
        for index in 0..self.steps.len() {
            self.take(index, &mut progress);
            let high = self.scales.size(&progress.weight, 0).high;
            if high <= best.0 {
                best = (high, index + 1);
            }
        }
        let mut progress = self.start();
        for index in 0..best.1 {
            self.take(index, &mut progress);
        }
        Plan { max_tokens, ..progress.plan }
    }

    fn start(&self) -> Progress {
        Progress {
            plan: Plan::default(),
            weight: self.whole.clone(),
            saved: HashMap::new(),
            short: HashSet::new(),
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
        max_tokens: u64,
        spare: i64,
    ) -> Option<Plan> {
        let step = self.steps.get(index)?;
        let within = (max_tokens, spare);
        if step.drop.is_some() {
            let mut after = progress.weight.clone();
            after.add(&self.dropping(index, progress), -1);
            if !self.fits(&after, 0, within, progress.lowest) {
                self.take(index, progress);
                return None;
            }
        }
        for text in &step.shorten {
            if progress.short.contains(text) {
                continue;
            }
            let Some(cutter) = self.cutter(text) else { continue };
            let full = cutter.tokens();
            let Some((least, most)) = room(&cutter, full) else { continue };
            let fits = |tokens: u64| {
                let more = signed(tokens) - signed(full);
                self.fits(&progress.weight, more, within, progress.lowest)
            };
            if fits(least) {
                let tokens = largest(least, most, fits);
                let Some(short) = cutter.within(tokens) else { continue };
                let after = cutter.tokens_of(&short.text);
                progress.plan.shortened.push(Short {
                    at: text.clone(),
                    left: short,
                    tokens_before: full,
                    tokens_after: after,
                });
                return Some(progress.plan.clone());
            }
            shorten_fully(text, &cutter, full, least, progress);
            self.settle(progress);
        }
        if step.drop.is_some() {
            self.take_drop(index, progress);
            return Some(progress.plan.clone());
        }
        None
    }

    /// Takes a whole step.
    fn take(&self, index: usize, progress: &mut Progress) {
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
            let full = cutter.tokens();
            if let Some((least, _)) = room(&cutter, full) {
                shorten_fully(text, &cutter, full, least, progress);
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
            (Content::ToolResult { blocks, .. }, Some(inner)) => (blocks.get(inner)?, true),
            _ => (outer, false),
        };
        match &found.content {
            Content::Text(words) => {
                Some(Cutter::new(words.as_ref().into(), text.at, result, self.counter, self.marker))
            }
            Content::Json(value) => Cutter::of_value(*value, text.at, self.counter, self.marker),
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
fn shorten_fully(text: &TextAt, cutter: &Cutter<'_>, full: u64, least: u64, progress: &mut Progress) {
    let Some(short) = cutter.within(least) else { return };
    let left = cutter.tokens_of(&short.text);
    let saved = signed(full) - signed(left);
    progress.weight.tokens -= saved;
    *progress.saved.entry(text.unit).or_default() += saved;
    progress.short.insert(text.clone());
    progress.plan.shortened.push(Short {
        at: text.clone(),
        left: short,
        tokens_before: full,
        tokens_after: left,
    });
}

/// The tokens that may stay of a text: at least, and at most for a cut to be worth its marker.
fn room(cutter: &Cutter<'_>, full: u64) -> Option<(u64, u64)> {
    let least = cutter.least().max(LEAST);
    let most = full.checked_sub(2 * cutter.marker_tokens() + 2)?;
    (least <= most).then_some((least, most))
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
