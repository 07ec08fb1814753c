//! Makes a request fit: the limit on the answer first, then the history, and never a request that
//! its provider would refuse.
//!
//! # How it decides
//!
//! The conversation is read as units that may only go together (`units`), and these are put into
//! one order by the caller's policy before any budget is looked at (`order`). A fit gives up the
//! shortest beginning of that order which suffices, and of the step that tips the balance only as
//! much of its texts as it takes (`plan`, `cut`). What each step takes off is arithmetic on one
//! estimate (`weigh`); the result is read again from its bytes and counted again, and only what
//! fits then is handed out. So a larger budget keeps no less (seldom a few tokens of a text that is JSON,
//! which it may cut at another element), and what fits is left alone.

mod cut;
mod explain;
mod options;
mod order;
mod plan;
mod receipt;
mod result;
mod units;
mod weigh;

pub use options::{CutAt, FitOptions, FitRules, Policy, Prefer};
pub use receipt::{
    CacheBreak, Conflict, Cut, CutAction, Fit, FitSize, MessageFate, Patches, PinnedPart, Removed, Unmet,
};

use crate::{
    Catalog, Error, Estimate, Judgement, LimitName, QuotaRule, Request, Tokens,
    check::{Judge, Size},
    count::{Counter, Known},
    prompt::{MaxTokens, Prompt, Thinking},
    target::{Target, Wanted},
};

use plan::{Planner, Shortest, Slope};
use result::Case;
use weigh::{SWAY, Scales};

/// How often a plan is recounted before the smallest is taken.
const RECOUNTS: usize = 24;

/// After so many recounts what is spared doubles.
const PATIENCE: usize = 12;

/// Makes a request fit its limits, or says why nothing can.
///
/// A request that fits is left as it is, byte for byte. Where nothing fits, [`Fit::fits`] is false,
/// [`Fit::conflict`] says why, and the request is unchanged.
///
/// Errors: those of [`check()`](crate::check()), a pointer that leads nowhere, a marker that cannot be seen.
pub fn fit(request: &Request, options: &FitOptions, catalog: &Catalog) -> Result<Fit, Error> {
    options.validate()?;
    let prompt = request.prompt()?;
    let named = request.model_id();
    let wanted = Wanted {
        model: options.check.model.as_deref().or(named.as_deref()),
        profile: options.check.profile.as_deref(),
        source_region: options.check.source_region.as_deref(),
        residency: options.check.residency.as_deref(),
        allow_unknown: options.check.allow_unknown,
    };
    let target = Target::find(wanted, catalog)?;
    let rate = target.model.rate(options.check.rates, catalog);
    let rule = QuotaRule {
        endpoint: options.check.endpoint,
        burndown_rate: options.check.endpoint.burndown_rate(rate.rate),
        reserve_cache_reads: options.check.reserve_cache_reads,
    };
    let judge = Judge::new(&target, rule, &options.check, options.how.target_input);
    let mut known = Known::new(Counter::for_tokenizer(&target.model.tokenizer));
    let estimate = Estimate::with(&prompt, &target.model, &mut known);
    let mut exchanges = units::exchanges(&prompt);
    units::pin(&prompt, &options.how, &mut exchanges)?;
    let steps = order::steps(&prompt, request.dialect(), &exchanges, &options.how)?;
    let output = Output::of(&prompt, options, &target);
    let case = Case {
        request,
        prompt: &prompt,
        estimate: &estimate,
        judge: &judge,
        exchanges: &exchanges,
        output,
        policy: options.how.policy,
        catalog,
        unheard: options.unheard(&prompt, output.asked),
    };
    // Neither a profile that is not offered nor a route that may leave is a matter of size.
    if target.refused.is_some() || target.leaves.is_some() {
        return case.refused();
    }
    let size = Size::of(&estimate);
    let asked = output.asked;
    if judge.fits(size, asked.map_or(Tokens::ZERO, Tokens::new)) {
        return case.kept(asked);
    }
    if options.how.prefer == Prefer::Cap
        && let Some(most) = judge.largest_max_tokens(size).map(Tokens::get)
        && output.floor <= most
    {
        return case.kept(asked.map(|asked| asked.min(most)));
    }
    let scales = Scales::new(&prompt, &estimate, &target.model);
    let planner = Planner::new((&prompt, &exchanges), steps, &scales, &judge, &options.how.marker);
    search(&case, &planner, options.how.prefer, &mut known)
}

/// Tries the shortest plan, and on what its recount is over by a shorter one.
fn search(case: &Case<'_>, planner: &Planner<'_>, prefer: Prefer, known: &mut Known) -> Result<Fit, Error> {
    let Output { asked, floor } = case.output;
    let from = asked.unwrap_or_default();
    let slope = match prefer {
        Prefer::Cap => Slope { from: floor, to: floor },
        Prefer::Trim => Slope { from, to: from },
        Prefer::Balanced => Slope { from, to: floor },
    };
    // Arithmetic may be short of a recount by a token or a few where tokens merge over a seam. Of the plans
    // by which a recount fits the longest is wanted, so no more is spared than it takes.
    let mut spare = 0;
    for recount in 0..RECOUNTS {
        let Shortest { plan, near } = planner.shortest(slope, spare, known);
        for plan in near.into_iter().filter(|_| spare == 0) {
            let tried = case.tried(plan, known)?;
            if case.judge.fits(Size::of(&tried.estimate), Tokens::new(tried.plan.max_tokens)) {
                return case.done(&tried);
            }
        }
        let Some(plan) = plan else { break };
        let same = planner.slack(&plan, spare);
        let tried = case.tried(plan, known)?;
        let limits = case.judge.judge(Size::of(&tried.estimate), Tokens::new(tried.plan.max_tokens));
        if limits.iter().all(|judgement| judgement.fits) {
            return case.done(&tried);
        }
        let next = (over_by(&limits, &tried.estimate) - SWAY).max(same + 1);
        spare += if recount < PATIENCE { next } else { next.max(spare) };
    }
    let smallest = planner.smallest(floor, known);
    let tried = case.tried(smallest, known)?;
    let size = Size::of(&tried.estimate);
    if case.judge.fits(size, Tokens::new(floor)) {
        return case.done(&tried);
    }
    case.conflict(&tried)
}

/// How many expected tokens less would meet the limits on tokens.
fn over_by(limits: &[Judgement], estimate: &Estimate) -> i64 {
    let on_tokens = |judgement: &&Judgement| judgement.limit != LimitName::Cost;
    let short =
        limits.iter().filter(on_tokens).filter_map(|judgement| judgement.short_by).max().unwrap_or_default();
    let (expected, high) = (estimate.tokens.expected().get(), estimate.tokens.high().get().max(1));
    let scaled = u128::from(short) * u128::from(expected) / u128::from(high);
    i64::try_from(scaled).unwrap_or(i64::MAX)
}

/// The limits on the answer that a fit may choose between.
#[derive(Clone, Copy, Debug)]
struct Output {
    /// The largest; `None` where none is known, and nothing is reserved.
    asked: Option<u64>,
    /// The least.
    floor: u64,
}

impl Output {
    fn of(prompt: &Prompt<'_>, options: &FitOptions, target: &Target<'_>) -> Self {
        let own = prompt.max_tokens.as_ref().map(|MaxTokens { tokens, .. }| tokens.get());
        let flag = options.check.max_tokens;
        let asked = match (flag, own) {
            (Some(flag), Some(own)) => Some(flag.min(own)),
            (flag, own) => flag.or(own).or(target.model.max_output_tokens),
        };
        // Thinking is part of the answer, and the limit must be larger than its budget.
        let thinking = match prompt.thinking {
            Some(Thinking::Budget(budget)) => budget.get().saturating_add(1),
            _ => 1,
        };
        let floor = options.min_output().max(thinking).min(asked.unwrap_or(0));
        Self { asked, floor }
    }
}
