//! The arithmetic of one model by one way: what a `max_tokens` takes, and what the limits carry.

use super::{Capacity, Choice, ChoiceName, Load, outputs::Outputs};
use crate::{
    Catalog, Endpoint, InputTokens, LimitName, Limits, QuotaRule, Tokens,
    check::bounds,
    limits::{Bound, Bounds},
    target::Target,
};

/// One load on one model by one way.
pub(super) struct Sizing<'l> {
    pub(super) rule: QuotaRule,
    pub(super) input: InputTokens,
    outputs: &'l Outputs,
    bounds: Bounds,
}

impl<'l> Sizing<'l> {
    pub(super) fn new(
        load: &Load,
        target: &Target<'_>,
        input: InputTokens,
        outputs: &'l Outputs,
        limits: &Limits,
        catalog: &Catalog,
    ) -> Self {
        let rule = QuotaRule {
            endpoint: load.endpoint,
            burndown_rate: load.endpoint.burndown_rate(target.model.rate(load.rates, catalog).rate),
            reserve_cache_reads: load.reserve_cache_reads,
        };
        Self { rule, input, outputs, bounds: bounds(limits, &target.model, target, None) }
    }

    pub(super) fn with_rule(&self, rule: QuotaRule) -> Self {
        Self { rule, input: self.input, outputs: self.outputs, bounds: self.bounds.clone() }
    }

    pub(super) fn mean_output(&self, max_tokens: u64) -> Tokens {
        self.outputs.mean(max_tokens)
    }

    pub(super) fn reservation(&self, max_tokens: u64) -> Tokens {
        self.rule.reservation(self.input, Tokens::new(max_tokens))
    }

    pub(super) fn settlement(&self, max_tokens: u64) -> Tokens {
        self.rule.settlement(self.input, self.mean_output(max_tokens))
    }

    /// What a request takes of a minute.
    pub(super) fn takes(&self, max_tokens: u64) -> Tokens {
        self.reservation(max_tokens).max(self.settlement(max_tokens))
    }

    /// The largest `max_tokens` that model and context window allow, at most [`Tokens::MAX`].
    pub(super) fn most(&self) -> u64 {
        let window =
            self.bounds.context_window.map(|window| window.of.saturating_sub(self.input.total().get()));
        let limit = self.bounds.output_limit.map(|limit| limit.of);
        window.into_iter().chain(limit).min().unwrap_or(Tokens::MAX.get())
    }

    /// The largest `max_tokens` from `least` to `most` that costs no throughput: as many requests per
    /// minute as at `least`, and a reservation that fits and is no larger than what requests settle at anyway.
    pub(super) fn recommended(&self, least: u64, most: u64) -> u64 {
        let rate = self.per_minute(least);
        let is_free = |max_tokens: u64| {
            self.reservation(max_tokens) <= self.settlement(max_tokens)
                && self.per_minute(max_tokens) == rate
                && self.capacities(max_tokens).iter().all(|capacity| capacity.fits)
        };
        // The reservation grows by one with each token, the settlement ever less: once it is behind, it
        // stays behind.
        let (mut free, mut dear) =
            if is_free(least) { (least, most.max(least) + 1) } else { (least, least + 1) };
        while 1 < dear - free {
            let middle = free + (dear - free) / 2;
            if is_free(middle) { free = middle } else { dear = middle }
        }
        free
    }

    pub(super) fn choice(&self, choice: ChoiceName, max_tokens: u64) -> Choice {
        let capacities = self.capacities(max_tokens);
        Choice {
            choice,
            max_tokens,
            reservation: self.reservation(max_tokens).get(),
            settlement: self.settlement(max_tokens).get(),
            takes: self.takes(max_tokens).get(),
            cut_permille: self.outputs.cut_permille(max_tokens),
            per_minute: capacities.iter().filter_map(|capacity| capacity.per_minute).min(),
            in_flight: capacities.iter().filter_map(|capacity| capacity.in_flight).min(),
        }
    }

    /// Requests per minute that all limits carry.
    pub(super) fn per_minute(&self, max_tokens: u64) -> Option<u64> {
        self.capacities(max_tokens).iter().filter_map(|capacity| capacity.per_minute).min()
    }

    /// What each limit carries that is known and applies to the endpoint.
    pub(super) fn capacities(&self, max_tokens: u64) -> Vec<Capacity> {
        let reservation = self.reservation(max_tokens).get();
        let settlement = self.settlement(max_tokens).get();
        let takes = reservation.max(settlement);
        let whole = self.input.total().get().saturating_add(max_tokens);
        let output = self.mean_output(max_tokens).get();
        let runtime = self.rule.endpoint == Endpoint::Runtime;
        let bounds = &self.bounds;
        let here = |bound: Option<Bound>, there: bool| bound.filter(|_| there);
        let row = |limit, bound: Option<Bound>, takes: u64, holds: Option<u64>| {
            let Bound { of, set_by } = bound?;
            // Admission looks at the reservation; what is settled above a limit keeps later requests waiting.
            let fits = holds.unwrap_or(takes) <= of;
            let rate = if fits { of.checked_div(takes) } else { Some(0) };
            let (per_minute, per_day) = match limit {
                LimitName::ContextWindow | LimitName::OutputLimit => (None, None),
                LimitName::Tpd => (None, rate),
                _ => (rate, None),
            };
            let in_flight = holds.and_then(|holds| of.checked_div(holds));
            Some(Capacity { limit, set_by, of, takes, fits, per_minute, per_day, in_flight })
        };
        let rows = [
            row(LimitName::ContextWindow, bounds.context_window, whole, None),
            row(LimitName::OutputLimit, bounds.output_limit, max_tokens, None),
            row(LimitName::Tpm, here(bounds.tpm, runtime), takes, Some(reservation)),
            row(LimitName::Rpm, bounds.rpm, 1, None),
            row(LimitName::Tpd, here(bounds.tpd, runtime), settlement, Some(reservation)),
            row(LimitName::InputTpm, here(bounds.input_tpm, !runtime), takes, Some(reservation)),
            row(LimitName::OutputTpm, here(bounds.output_tpm, !runtime), output, None),
        ];
        rows.into_iter().flatten().collect()
    }
}
