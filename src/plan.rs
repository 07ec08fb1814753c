//! How much of a load an account carries, and which quota to ask for.
//!
//! Conventions of this file: a request *takes* the larger of its reservation and of what it settles at
//! on average; a window of one minute holds as many requests as it can take. That is what lasts,
//! whatever the time an answer takes: held against a reservation, a request that is done sooner leaves
//! room, and it settles all the same. Averages are rounded up, rates per minute down, shares in
//! thousandths down; nothing else is rounded.

mod alternatives;
mod outputs;
mod sizing;
mod text;

use serde::{Deserialize, Serialize};

use crate::{
    Catalog, Endpoint, Error, ErrorKind, InputTokens, LimitName, Limits, ModelReport, Note, RatesPolicy,
    SetBy, Tokens,
    note::few_of_a_kind,
    target::{Target, Wanted},
};

pub use alternatives::{Alternative, Change};
pub use outputs::AnswerLengths;

use outputs::Outputs;
use sizing::Sizing;

/// The requests of an application: what one looks like, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Load {
    /// The model, in any spelling.
    pub model: String,
    /// The inference profile by its prefix.
    pub profile: Option<String>,
    /// The Region the API is called in.
    pub source_region: Option<String>,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Which of several published burndown rates holds.
    pub rates: RatesPolicy,
    /// Whether admission deducts cache reads too.
    pub reserve_cache_reads: bool,
    /// Takes a model nobody knows for a cautious unknown one.
    pub allow_unknown: bool,
    /// Input tokens of a request that are neither read from the cache nor written to it.
    pub input: u64,
    /// Input tokens read from the cache.
    pub cache_read: u64,
    /// Input tokens written to the cache.
    pub cache_write: u64,
    /// How many of `input` begin every request alike, so that a cache point could hold them.
    pub cacheable: u64,
    /// How long answers were, in tokens. Either these or the two percentiles.
    pub outputs: Vec<u64>,
    /// Half of the answers are at most this long.
    pub output_p50: Option<u64>,
    /// 95 of 100 answers are at most this long.
    pub output_p95: Option<u64>,
    /// The `max_tokens` that requests set today.
    pub max_tokens: Option<u64>,
    /// How many of a thousand answers may be cut.
    pub max_cut_permille: u64,
    /// How many requests there are in an ordinary minute.
    pub per_minute: Option<u64>,
    /// How many there are in the busiest; three standard deviations of random arrivals more, if not
    /// given.
    pub peak_per_minute: Option<u64>,
    /// What the account allows.
    pub limits: Limits,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            model: String::new(),
            profile: None,
            source_region: None,
            endpoint: Endpoint::default(),
            rates: RatesPolicy::default(),
            reserve_cache_reads: true,
            allow_unknown: false,
            input: 0,
            cache_read: 0,
            cache_write: 0,
            cacheable: 0,
            outputs: Vec::new(),
            output_p50: None,
            output_p95: None,
            max_tokens: None,
            max_cut_permille: 50,
            per_minute: None,
            peak_per_minute: None,
            limits: Limits::default(),
        }
    }
}

/// How much of a load an account carries, and what would carry more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The date of the data behind the numbers.
    pub catalog_version: String,
    /// The model and the way there.
    pub model: ModelReport,
    /// The endpoint whose rule holds.
    pub endpoint: Endpoint,
    /// Quota tokens for each output token.
    pub burndown_rate: u64,
    /// The whole input of a request, cache reads and writes included.
    pub input_tokens: u64,
    /// How long answers are.
    pub output: AnswerLengths,
    /// What some values of `max_tokens` lead to: the one set today, the least that cuts no more answers
    /// than may be, and the one that is recommended.
    pub choices: Vec<Choice>,
    /// What each limit carries at the recommended `max_tokens`.
    pub limits: Vec<Capacity>,
    /// Whether the load is carried; `None` where nobody said how many requests there are. What is not
    /// offered by the profile from the source Region is not carried at all.
    pub fits: Option<bool>,
    /// What to ask AWS for; `None` where nobody said how many requests there are.
    pub quota_request: Option<QuotaRequest>,
    /// What a cache, another inference profile or another model would change.
    pub alternatives: Vec<Alternative>,
    /// What is odd, disputed or assumed.
    pub notes: Vec<Note>,
}

/// Why a `max_tokens` is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChoiceName {
    /// Requests set it today.
    AsSet,
    /// The least that cuts no more answers than may be.
    Least,
    /// The longest with the greatest throughput: beyond it only the reservation would grow.
    Recommended,
}

/// What a `max_tokens` leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// Why it is looked at.
    pub choice: ChoiceName,
    /// It.
    pub max_tokens: u64,
    /// What admission deducts for a request.
    pub reservation: u64,
    /// What a request settles at on average.
    pub settlement: u64,
    /// The larger of the two.
    pub takes: u64,
    /// How many of a thousand answers it cuts.
    pub cut_permille: u64,
    /// Requests per minute that all limits per minute carry; `None` where no limit is known.
    pub per_minute: Option<u64>,
    /// Requests at a time, by their reservations; `None` where no limit is known.
    pub in_flight: Option<u64>,
}

/// What one limit carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Capacity {
    /// Which limit.
    pub limit: LimitName,
    /// Who set it.
    pub set_by: SetBy,
    /// The limit.
    pub of: u64,
    /// What one request takes of it.
    pub takes: u64,
    /// Whether one request fits at all.
    pub fits: bool,
    /// Requests per minute, of a limit per minute.
    pub per_minute: Option<u64>,
    /// Requests per day, of a limit per day.
    pub per_day: Option<u64>,
    /// Requests at a time, by their reservations, where the limit sees these.
    pub in_flight: Option<u64>,
}

/// What AWS asks in its form for a quota increase, and the quota to ask for. For the recommended
/// `max_tokens`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaRequest {
    /// Quota tokens in an ordinary minute.
    pub steady_tpm: u64,
    /// Requests in an ordinary minute.
    pub steady_rpm: u64,
    /// Quota tokens in the busiest minute: the quota to ask for.
    pub peak_tpm: u64,
    /// Requests in the busiest minute.
    pub peak_rpm: u64,
    /// Input tokens of a request, on average.
    pub average_input_tokens: u64,
    /// Output tokens of a request, on average.
    pub average_output_tokens: u64,
    /// Quota tokens of a day of ordinary minutes, as they settle.
    pub tokens_per_day: u64,
}

/// Says how much of a load an account carries, and which quota to ask for.
///
/// Errors: an unknown model, profile or Region, a number out of range, or no word on how long answers
/// are.
pub fn plan(load: &Load, catalog: &Catalog) -> Result<Plan, Error> {
    validate(load)?;
    let wanted = Wanted {
        model: Some(load.model.as_str()),
        profile: load.profile.as_deref(),
        source_region: load.source_region.as_deref(),
        allow_unknown: load.allow_unknown,
        ..Wanted::default()
    };
    let target = Target::find(wanted, catalog)?;
    let outputs = Outputs::read(load)?;
    let input = InputTokens {
        uncached: Tokens::new(load.input),
        cache_read: Tokens::new(load.cache_read),
        cache_write: Tokens::new(load.cache_write),
    };
    let sizing = Sizing::new(load, &target, input, &outputs, &load.limits, catalog);
    let mut notes = target.notes.clone();
    notes.extend(target.refused.as_ref().map(|refused| Note::new("use-another-profile", refused.message())));
    let rate = target.model.rate(load.rates, catalog);

    let most = sizing.most();
    let least = outputs.cut_at(load.max_cut_permille).clamp(1, most.max(1));
    let recommended = sizing.recommended(least, most);
    notes.extend(target.rate_notes(
        &rate,
        sizing.rule,
        |rule| sizing.with_rule(rule).takes(recommended),
        catalog,
    ));
    notes.extend(outputs.notes(load, least));
    let Limits { used_tpm, used_rpm, used_tpd, budget_micro_usd, .. } = load.limits;
    if budget_micro_usd.is_some() || used_tpm.max(used_rpm).max(used_tpd) != 0 {
        let message =
            "a plan is for whole minutes and days: what is used already and the budget are not looked at";
        notes.push(Note::new("limits-not-planned", message));
    }
    let mut choices = Vec::new();
    choices.extend(load.max_tokens.map(|max_tokens| sizing.choice(ChoiceName::AsSet, max_tokens)));
    choices.push(sizing.choice(ChoiceName::Least, least));
    choices.push(sizing.choice(ChoiceName::Recommended, recommended));
    let limits = sizing.capacities(recommended);
    let quota_request =
        load.per_minute.map(|steady| quota_request(load, steady, &sizing, recommended, &mut notes));
    let carried = quota_request.map(|asked| {
        limits.iter().all(|capacity| {
            capacity.fits
                && capacity.per_minute.is_none_or(|carried| asked.peak_rpm <= carried)
                && capacity.per_day.is_none_or(|carried| asked.steady_rpm * MINUTES_A_DAY <= carried)
        })
    });
    let fits = if target.refused.is_some() { Some(false) } else { carried };
    Ok(Plan {
        catalog_version: catalog.version().to_owned(),
        model: ModelReport {
            id: target.model.id.clone(),
            name: target.model.name.clone(),
            profile: target.profile.map(|profile| profile.prefix.clone()),
            source_region: target.source_region.clone(),
        },
        endpoint: load.endpoint,
        burndown_rate: sizing.rule.burndown_rate,
        input_tokens: input.total().get(),
        output: outputs.lengths(),
        choices,
        limits,
        fits,
        quota_request,
        alternatives: alternatives::of(load, &target, input, &outputs, catalog),
        notes: few_of_a_kind(notes),
    })
}

fn quota_request(
    load: &Load,
    steady: u64,
    sizing: &Sizing<'_>,
    max_tokens: u64,
    notes: &mut Vec<Note>,
) -> QuotaRequest {
    let peak = load.peak_per_minute.unwrap_or_else(|| {
        let peak = steady.saturating_add(3 * root_up(steady));
        let message = format!(
            "the busiest minute is not given: {peak} requests are assumed, three standard deviations of random \
             arrivals above {steady}"
        );
        notes.push(Note::new("peak-assumed", message));
        peak
    });
    let takes = sizing.takes(max_tokens);
    let per_day = sizing.settlement(max_tokens).times(steady).times(MINUTES_A_DAY);
    QuotaRequest {
        steady_tpm: takes.times(steady).get(),
        steady_rpm: steady,
        peak_tpm: takes.times(peak).get(),
        peak_rpm: peak,
        average_input_tokens: sizing.input.total().get(),
        average_output_tokens: sizing.mean_output(max_tokens).get(),
        tokens_per_day: per_day.get(),
    }
}

const MINUTES_A_DAY: u64 = 24 * 60;

/// The square root, rounded up.
fn root_up(number: u64) -> u64 {
    let root = number.isqrt();
    if root * root == number { root } else { root + 1 }
}

/// Refuses numbers that are no counts, and percentiles that contradict each other.
fn validate(load: &Load) -> Result<(), Error> {
    let limits = &load.limits;
    let bounded = [
        ("input", Some(load.input)),
        ("cacheRead", Some(load.cache_read)),
        ("cacheWrite", Some(load.cache_write)),
        ("outputP50", load.output_p50),
        ("outputP95", load.output_p95),
        ("outputs", load.outputs.iter().max().copied()),
        ("maxTokens", load.max_tokens),
        ("perMinute", load.per_minute),
        ("peakPerMinute", load.peak_per_minute),
        ("limits.tpm", limits.tpm),
        ("limits.rpm", limits.rpm),
        ("limits.tpd", limits.tpd),
        ("limits.inputTpm", limits.input_tpm),
        ("limits.outputTpm", limits.output_tpm),
    ];
    for (name, number) in bounded {
        if number.is_some_and(|number| Tokens::from_outside(number).is_none()) {
            return Err(Error::new(ErrorKind::OutOfRange, format!("{name} is larger than {}", Tokens::MAX)));
        }
    }
    let wrong = |message: &str| Err(Error::new(ErrorKind::InvalidArgument, message));
    if load.max_tokens == Some(0) {
        return Err(Error::new(ErrorKind::OutOfRange, "maxTokens must be at least 1"));
    }
    if 1_000 <= load.max_cut_permille {
        return Err(Error::new(ErrorKind::OutOfRange, "maxCutPermille must be less than 1000"));
    }
    if load.input < load.cacheable {
        return wrong("cacheable is part of input, and cannot be larger");
    }
    if load.peak_per_minute.is_some_and(|peak| load.per_minute.is_none_or(|steady| peak < steady)) {
        return wrong("peakPerMinute needs a perMinute, and cannot be smaller");
    }
    Ok(())
}
