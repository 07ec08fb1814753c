//! How an input of a certain size and an answer of a certain length stand against every limit.

use crate::{
    CacheState, CachedPrefix, Estimate, InputTokens, Judgement, LimitName, Options, QuotaRule, SetBy, Tokens,
    limits::{Bounds, Demand},
    target::Target,
    tariff::Tariff,
};

/// The limits of one caller for one target.
pub(crate) struct Judge<'t> {
    pub(crate) target: &'t Target<'t>,
    pub(crate) rule: QuotaRule,
    pub(crate) cache: CacheState,
    bounds: Bounds,
}

/// The size of an input as limits see it: the high end of its range and its cacheable prefix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) high: Tokens,
    pub(crate) cached: CachedPrefix,
}

impl Size {
    /// The size of an estimate.
    pub(crate) const fn of(estimate: &Estimate) -> Self {
        Self { high: estimate.tokens.high(), cached: estimate.cached }
    }
}

impl<'t> Judge<'t> {
    /// The judge for a target; `most_input` is a limit on the input alone.
    pub(crate) fn new(
        target: &'t Target<'t>,
        rule: QuotaRule,
        options: &Options,
        most_input: Option<u64>,
    ) -> Self {
        let bounds = super::bounds(&options.limits, &target.model, target, most_input);
        Self { target, rule, cache: options.cache, bounds }
    }

    /// The whole price in micro-dollars, where prices are published.
    pub(crate) fn micro_usd(&self, size: Size, max_tokens: Tokens) -> Option<u64> {
        // The report carries the tariff's notes already.
        let tariff = Tariff::find(self.target, size.high, size.cached.one_hour, &mut Vec::new());
        tariff.map(|tariff| tariff.micro_usd(self.input(size), max_tokens))
    }

    /// How a size and a limit on the answer stand against each limit.
    pub(crate) fn judge(&self, size: Size, max_tokens: Tokens) -> Vec<Judgement> {
        let mut limits = self.bounds.judge(self.demand(size, max_tokens));
        if self.target.refused.is_some() {
            limits.push(Judgement::without_number(LimitName::Profile, SetBy::Catalog, false));
        }
        if self.target.residency.is_some() {
            let stays = self.target.leaves.is_none();
            limits.push(Judgement::without_number(LimitName::Residency, SetBy::Caller, stays));
        }
        limits
    }

    /// Whether every limit that a smaller request could meet holds.
    pub(crate) fn fits(&self, size: Size, max_tokens: Tokens) -> bool {
        self.bounds.judge(self.demand(size, max_tokens)).iter().all(|judgement| judgement.fits)
    }

    /// The longest limit on the answer with which every limit holds.
    pub(crate) fn largest_max_tokens(&self, size: Size) -> Option<Tokens> {
        let demand = self.demand(size, Tokens::ZERO);
        self.bounds.largest_max_tokens(demand, |max_tokens| self.micro_usd(size, max_tokens))
    }

    /// What a cached prefix costs in micro-dollars within an input of a size: written, and read.
    pub(crate) fn cache_micro_usd(&self, size: Size) -> Option<(u64, u64)> {
        let tariff = Tariff::find(self.target, size.high, size.cached.one_hour, &mut Vec::new())?;
        let cost = |cache| {
            let input = size.cached.split(size.cached.total(), cache);
            tariff.micro_usd(input, Tokens::ZERO)
        };
        Some((cost(CacheState::Cold), cost(CacheState::Warm)))
    }

    fn input(&self, size: Size) -> InputTokens {
        size.cached.split(size.high, self.cache)
    }

    fn demand(&self, size: Size, max_tokens: Tokens) -> Demand {
        let micro_usd = self.micro_usd(size, max_tokens);
        Demand { rule: self.rule, input: self.input(size), max_tokens, micro_usd }
    }
}
