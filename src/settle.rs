//! What a finished request counted: the usage of a real answer, or of one that is planned.

use serde::{Deserialize, Serialize};

use crate::{
    Catalog, CostReport, Endpoint, Error, ErrorKind, InputTokens, Judgement, LimitName, Limits, Note,
    Observed, QuotaRule, RatesPolicy, Tokens,
    limits::SetBy,
    target::{Target, Wanted},
    tariff::Tariff,
};

/// What a provider says it counted, and the settings to judge it by.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Usage {
    /// The model, in any spelling.
    pub model: String,
    /// Input tokens that were neither read from the cache nor written to it.
    pub input: u64,
    /// Output tokens, thinking included.
    pub output: u64,
    /// Input tokens read from the cache.
    pub cache_read: u64,
    /// Input tokens written to the cache.
    pub cache_write: u64,
    /// The limit on the answer, for the reservation; without it, no reservation is given.
    pub max_tokens: Option<u64>,
    /// The inference profile by its prefix.
    pub profile: Option<String>,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Which of several published burndown rates holds.
    pub rates: RatesPolicy,
    /// Whether admission deducts cache reads too.
    pub reserve_cache_reads: bool,
    /// Takes a model nobody knows for a cautious unknown one.
    pub allow_unknown: bool,
    /// The usage of a real answer; the four counts are read from it then.
    pub observed: Option<Observed>,
    /// What the account allows.
    pub limits: Limits,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            model: String::new(),
            input: 0,
            output: 0,
            cache_read: 0,
            cache_write: 0,
            max_tokens: None,
            profile: None,
            endpoint: Endpoint::default(),
            rates: RatesPolicy::default(),
            reserve_cache_reads: true,
            allow_unknown: false,
            observed: None,
            limits: Limits::default(),
        }
    }
}

/// What a finished request counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Settlement {
    /// The date of the data behind the numbers.
    pub catalog_version: String,
    /// The base model id on Bedrock.
    pub model: String,
    /// The endpoint whose rule holds.
    pub endpoint: Endpoint,
    /// Quota tokens for each output token.
    pub burndown_rate: u64,
    /// What finally counts.
    pub settlement: u64,
    /// What admission deducted, where `max_tokens` is given.
    pub reservation: Option<u64>,
    /// The larger of the reservation and the settlement, where `max_tokens` is given.
    pub charge: Option<u64>,
    /// The tokens that are paid for: all of them, once each.
    pub billed_tokens: u64,
    /// What it costs; `None` where no price is known.
    pub cost: Option<CostReport>,
    /// How the settlement stands against the limits the caller gave.
    pub limits: Vec<Judgement>,
    /// Whether all of them hold.
    pub fits: bool,
    /// What is odd, disputed or assumed.
    pub notes: Vec<Note>,
}

/// Says what a usage counts to the quota and costs.
///
/// Errors: an unknown model or profile, or a number out of range.
pub fn settle(usage: &Usage, catalog: &Catalog) -> Result<Settlement, Error> {
    let count = |name: &str, number: u64| {
        Tokens::from_outside(number).ok_or_else(|| {
            Error::new(ErrorKind::OutOfRange, format!("{name} is larger than {}", Tokens::MAX))
        })
    };
    let typed = Observed {
        input: usage.input,
        output: usage.output,
        cache_read: usage.cache_read,
        cache_write: usage.cache_write,
    };
    if usage.observed.is_some() && typed != Observed::default() {
        let message = "give the counts or an observed usage, not both";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    let counts = usage.observed.unwrap_or(typed);
    let input = InputTokens {
        uncached: count("input", counts.input)?,
        cache_read: count("cacheRead", counts.cache_read)?,
        cache_write: count("cacheWrite", counts.cache_write)?,
    };
    let output = count("output", counts.output)?;
    let max_tokens = usage.max_tokens.map(|tokens| count("maxTokens", tokens)).transpose()?;
    let wanted = Wanted {
        model: Some(usage.model.as_str()),
        profile: usage.profile.as_deref(),
        source_region: None,
        residency: None,
        allow_unknown: usage.allow_unknown,
    };
    let target = Target::find(wanted, catalog)?;
    let rate = target.model.rate(usage.rates, catalog);
    let rule = QuotaRule {
        endpoint: usage.endpoint,
        burndown_rate: usage.endpoint.burndown_rate(rate.rate),
        reserve_cache_reads: usage.reserve_cache_reads,
    };
    let settlement = rule.settlement(input, output);
    let mut notes = target.notes.clone();
    notes.extend(target.rate_notes(&rate, rule, |rule| rule.settlement(input, output), catalog));
    let cost = Tariff::find(&target, input.total(), Tokens::ZERO, &mut notes)
        .map(|tariff| tariff.report(input, output, Some(output)));
    let limits = judge(usage, settlement, output, cost.as_ref());
    Ok(Settlement {
        catalog_version: catalog.version().to_owned(),
        model: target.model.id.clone(),
        endpoint: usage.endpoint,
        burndown_rate: rule.burndown_rate,
        settlement: settlement.get(),
        reservation: max_tokens.map(|max_tokens| rule.reservation(input, max_tokens).get()),
        charge: max_tokens.map(|max_tokens| rule.reservation(input, max_tokens).max(settlement).get()),
        billed_tokens: (input.total() + output).get(),
        cost,
        fits: limits.iter().all(|judgement| judgement.fits),
        limits,
        notes,
    })
}

fn judge(usage: &Usage, settlement: Tokens, output: Tokens, cost: Option<&CostReport>) -> Vec<Judgement> {
    let given = &usage.limits;
    let settled = Some(settlement.get());
    let runtime = usage.endpoint == Endpoint::Runtime;
    let rows = [
        (LimitName::Tpm, given.tpm.filter(|_| runtime), given.used_tpm, settled),
        (LimitName::Rpm, given.rpm, given.used_rpm, Some(1)),
        (LimitName::Tpd, given.tpd.filter(|_| runtime), given.used_tpd, settled),
        (LimitName::InputTpm, given.input_tpm.filter(|_| !runtime), given.used_tpm, settled),
        (LimitName::OutputTpm, given.output_tpm.filter(|_| !runtime), 0, Some(output.get())),
        (LimitName::Cost, given.budget_micro_usd, 0, cost.map(|cost| cost.total_worst_micro_usd)),
    ];
    let judge = |(name, of, used, needs): (LimitName, Option<u64>, u64, Option<u64>)| {
        of.zip(needs).map(|(of, needs)| Judgement::of(name, SetBy::Caller, of, used, needs))
    };
    rows.into_iter().filter_map(judge).collect()
}
