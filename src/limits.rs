//! Limits, and how a request stands against each.

use serde::{Deserialize, Serialize};

use crate::{Endpoint, InputTokens, QuotaRule, Tokens};

/// What the caller's account and model allow, and what is used already. `None` is "not known".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Limits {
    /// Tokens per minute of the model in the source Region, on the runtime endpoint.
    pub tpm: Option<u64>,
    /// Requests per minute.
    pub rpm: Option<u64>,
    /// Tokens per day.
    pub tpd: Option<u64>,
    /// Input tokens per minute, on the mantle endpoint.
    pub input_tpm: Option<u64>,
    /// Output tokens per minute, on the mantle endpoint.
    pub output_tpm: Option<u64>,
    /// The most one request may cost, in micro-dollars.
    pub budget_micro_usd: Option<u64>,
    /// Quota tokens of this minute that are taken already.
    pub used_tpm: u64,
    /// Requests already made this minute.
    pub used_rpm: u64,
    /// Quota tokens of this day that are taken already.
    pub used_tpd: u64,
}

/// A limit by its name on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LimitName {
    /// The input alone, where a caller of [`fit`](crate::fit) sets a target for it.
    Input,
    /// The tokens a model can hold, answer included.
    ContextWindow,
    /// The longest answer a model gives.
    OutputLimit,
    /// Tokens per minute.
    Tpm,
    /// Requests per minute.
    Rpm,
    /// Tokens per day.
    Tpd,
    /// Input tokens per minute on mantle.
    InputTpm,
    /// Output tokens per minute on mantle.
    OutputTpm,
    /// Micro-dollars.
    Cost,
    /// Whether the inference profile is offered from the source Region.
    Profile,
    /// Whether the prompt stays where the caller wants it processed.
    Residency,
    /// Requests at a time, of a [`Ledger`](crate::Ledger).
    InFlight,
    /// Tokens per day of all models that an account calls in a Region, of an
    /// [`AccountLedger`](crate::AccountLedger).
    CrossModelTpd,
}

/// Who set a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SetBy {
    /// The catalog: a property of the model, or AWS's default quota.
    Catalog,
    /// The caller.
    Caller,
}

/// How a request stands against one limit. Numbers are tokens, requests or micro-dollars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Judgement {
    /// Which limit.
    pub limit: LimitName,
    /// Who set it.
    pub set_by: SetBy,
    /// The limit; `None` where it is no number.
    pub of: Option<u64>,
    /// What is used already.
    pub used: u64,
    /// What the request needs at the high end of its range.
    pub needs: Option<u64>,
    /// Whether it fits.
    pub fits: bool,
    /// What is left when the request is in, where it fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headroom: Option<u64>,
    /// What is missing, where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_by: Option<u64>,
}

impl Judgement {
    /// Judges a need against a number.
    pub fn of(limit: LimitName, set_by: SetBy, of: u64, used: u64, needs: u64) -> Self {
        let total = used.saturating_add(needs);
        let fits = total <= of;
        Self {
            limit,
            set_by,
            of: Some(of),
            used,
            needs: Some(needs),
            fits,
            headroom: fits.then(|| of - total),
            short_by: (!fits).then(|| total.saturating_sub(of)),
        }
    }

    /// A limit that is no number.
    pub const fn without_number(limit: LimitName, set_by: SetBy, fits: bool) -> Self {
        Self { limit, set_by, of: None, used: 0, needs: None, fits, headroom: None, short_by: None }
    }
}

/// What a request asks for, with its input at the high end of its range.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand {
    pub(crate) rule: QuotaRule,
    pub(crate) input: InputTokens,
    pub(crate) max_tokens: Tokens,
    /// The whole price in micro-dollars, where it is known.
    pub(crate) micro_usd: Option<u64>,
}

/// A number with whoever set it: the caller's before the catalog's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) of: u64,
    pub(crate) set_by: SetBy,
}

impl Bound {
    /// The caller's number, else the catalog's.
    pub(crate) fn either(caller: Option<u64>, catalog: Option<u64>) -> Option<Self> {
        let by = |set_by| move |of| Self { of, set_by };
        caller.map(by(SetBy::Caller)).or(catalog.map(by(SetBy::Catalog)))
    }
}

/// Every limit that is known for a request.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    pub(crate) input: Option<Bound>,
    pub(crate) context_window: Option<Bound>,
    pub(crate) output_limit: Option<Bound>,
    pub(crate) tpm: Option<Bound>,
    pub(crate) rpm: Option<Bound>,
    pub(crate) tpd: Option<Bound>,
    pub(crate) input_tpm: Option<Bound>,
    pub(crate) output_tpm: Option<Bound>,
    pub(crate) cost: Option<Bound>,
    pub(crate) used_tpm: u64,
    pub(crate) used_rpm: u64,
    pub(crate) used_tpd: u64,
}

impl Bounds {
    /// Judges a demand against each limit that is known and applies to its endpoint.
    pub(crate) fn judge(&self, demand: Demand) -> Vec<Judgement> {
        let Demand { rule, input, max_tokens, micro_usd } = demand;
        let charge = rule.charge(input, max_tokens).get();
        let whole = (input.total() + max_tokens).get();
        let runtime = rule.endpoint == Endpoint::Runtime;
        let rows = [
            (LimitName::Input, self.input, 0, Some(input.total().get())),
            (LimitName::ContextWindow, self.context_window, 0, Some(whole)),
            (LimitName::OutputLimit, self.output_limit, 0, Some(max_tokens.get())),
            (LimitName::Tpm, self.tpm, self.used_tpm, runtime.then_some(charge)),
            (LimitName::Rpm, self.rpm, self.used_rpm, Some(1)),
            (LimitName::Tpd, self.tpd, self.used_tpd, runtime.then_some(charge)),
            (LimitName::InputTpm, self.input_tpm, self.used_tpm, (!runtime).then_some(charge)),
            (LimitName::OutputTpm, self.output_tpm, 0, (!runtime).then_some(max_tokens.get())),
            (LimitName::Cost, self.cost, 0, micro_usd),
        ];
        let judge = |(name, bound, used, needs): (LimitName, Option<Bound>, u64, Option<u64>)| {
            bound.zip(needs).map(|(bound, needs)| Judgement::of(name, bound.set_by, bound.of, used, needs))
        };
        rows.into_iter().filter_map(judge).collect()
    }

    /// The largest `max_tokens` with which every limit holds; `None` if not even 1 does.
    ///
    /// `micro_usd` prices the demand at a given `max_tokens`.
    pub(crate) fn largest_max_tokens(
        &self,
        demand: Demand,
        micro_usd: impl Fn(Tokens) -> Option<u64>,
    ) -> Option<Tokens> {
        let fits = |max_tokens: u64| {
            let max_tokens = Tokens::new(max_tokens);
            let demand = Demand { max_tokens, micro_usd: micro_usd(max_tokens), ..demand };
            self.judge(demand).iter().all(|judgement| judgement.fits)
        };
        // Every need grows with max_tokens, so the largest that fits is found by halving.
        let (mut fitting, mut beyond) = (0, Tokens::MAX.get() + 1);
        while beyond - fitting > 1 {
            let middle = fitting + (beyond - fitting) / 2;
            if fits(middle) { fitting = middle } else { beyond = middle }
        }
        (0 < fitting).then_some(Tokens::new(fitting))
    }
}
