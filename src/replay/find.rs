//! From sums to findings.

mod quota;

use std::collections::BTreeMap;

use super::{
    Replay, advise,
    findings::{CallerFinding, Findings, QuotaFinding, RanIn, Residence, Spread},
    histogram::Histogram,
    tally::{CallerTally, ScopeTally},
    terms,
    timestamp::Moment,
};
use crate::{Catalog, Error, ErrorKind, Note, Tokens, note::few_of_a_kind};

/// Fewer answers say nothing about one in a hundred.
pub(super) const FEW_ANSWERS: u64 = 100;
/// Recommended limits are multiples of this.
const ROUND_TO: u64 = 64;

/// How findings are judged. It can differ each time the same replay is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindOptions {
    /// Tokens per minute of every quota; without it, AWS's default where it is known.
    pub tpm: Option<u64>,
    /// Tokens per minute of one model's quotas, by any spelling of the model.
    pub tpm_of: Vec<(String, u64)>,
    /// Where calls may run: residency rules of the catalog, and Regions; empty for everywhere.
    pub residency: Vec<String>,
    /// Of a thousand answers, how many a recommended `max_tokens` may cut.
    pub cut_per_mille: u64,
    /// The present, in seconds since 1970, to tell records from the future.
    pub now: Option<i64>,
}

impl Default for FindOptions {
    fn default() -> Self {
        Self { tpm: None, tpm_of: Vec::new(), residency: Vec::new(), cut_per_mille: 10, now: None }
    }
}

impl Replay<'_> {
    /// What the log says so far.
    ///
    /// Errors: a model, Region or residency rule nobody knows, or a number out of range.
    pub fn findings(&self, options: &FindOptions) -> Result<Findings, Error> {
        let mut notes = Vec::new();
        let asking = Asking::new(self, options, &mut notes)?;
        let mut quotas: Vec<QuotaFinding> =
            self.scopes.iter().map(|(scope, tally)| asking.quota(scope, tally, &mut notes)).collect();
        quotas.sort_by_cached_key(|quota| {
            let load = quota.actual.peak_reservation.tokens.max(quota.actual.peak_settlement.tokens);
            let share = quota.tpm.map(|tpm| u128::from(load) * 1_000_000 / u128::from(tpm.max(1)));
            let name = [&quota.model, &quota.region, &quota.account].map(String::clone);
            (std::cmp::Reverse((share, load, quota.throttled)), name, quota.profile.clone())
        });
        let mut callers: Vec<CallerFinding> = self
            .callers
            .iter()
            .map(|(caller, tally)| asking.caller(&caller.name, &caller.model, tally))
            .collect();
        callers.sort_by_cached_key(|finding| {
            let CallerFinding { caller, model, calls, reservation_saved, .. } = finding;
            (std::cmp::Reverse((*reservation_saved, *calls)), caller.clone(), model.clone())
        });
        let residency = asking.residency();
        notes.extend(self.notes(options));
        let moment = |seconds: Option<i64>| seconds.map(|seconds| Moment(seconds).to_string());
        let mut findings = Findings {
            catalog_version: self.catalog.version().to_owned(),
            from: moment(self.first),
            to: moment(self.last),
            calls: self.calls,
            throttled: quotas.iter().map(|quota| quota.throttled).sum(),
            failed: quotas.iter().map(|quota| quota.failed).sum(),
            metric_records: self.metrics,
            foreign: self.foreign,
            input: super::LogInput::default(),
            what_if: Some(self.settings.what_if.clone()).filter(super::WhatIf::is_any),
            quotas,
            callers,
            residency,
            advice: Vec::new(),
            notes: few_of_a_kind(notes),
        };
        findings.advice = advise::give(&findings);
        Ok(findings)
    }

    /// What is odd about the log as a whole.
    fn notes(&self, options: &FindOptions) -> Vec<Note> {
        let sum =
            |count: fn(&ScopeTally) -> u64| self.scopes.iter().map(|(_, tally)| count(tally)).sum::<u64>();
        let mut notes = Vec::new();
        let mut say = |count: u64, code: &'static str, what: &str| {
            if count != 0 {
                let calls = if count == 1 { "call" } else { "calls" };
                notes.push(Note::new(code, format!("{} {calls} {what}", crate::grouped(count))));
            }
        };
        say(
            sum(|tally| tally.unset),
            "max-tokens-unset",
            match self.settings.unset_max_tokens {
                None => {
                    "without max_tokens: the model's limit is taken to be reserved, as AWS documents \
                     (--unset-max-tokens says otherwise)"
                }
                Some(_) => "without max_tokens: what --unset-max-tokens says is taken to be reserved",
            },
        );
        say(
            sum(|tally| tally.unknown_max_tokens),
            "body-not-logged",
            "whose request is not in the record: at least the answer is taken to have been reserved",
        );
        say(
            sum(|tally| tally.uncounted),
            "not-counted",
            "without a count of input or output tokens: what is missing is taken as 0",
        );
        say(
            sum(|tally| tally.untimed),
            "not-timed",
            "that do not say how long they took: a second and 20 ms for each token of the answer are assumed",
        );
        let late = options.now.zip(self.last).filter(|(now, last)| now + 300 < *last);
        if let Some((_, last)) = late {
            let message = format!("the last call is of {}, which is in the future", Moment(last));
            notes.push(Note::new("in-the-future", message));
        }
        notes
    }
}

/// What is looked up once for all findings.
struct Asking<'a> {
    replay: &'a Replay<'a>,
    options: &'a FindOptions,
    /// By base id.
    tpm_of: BTreeMap<&'a str, u64>,
    /// The Regions that are allowed, where not all are.
    allowed: Option<Vec<&'a str>>,
    /// What metrics tell of throttled calls, by base id and profile, where there is one such quota.
    metric_throttles: BTreeMap<(&'a str, &'a str), BTreeMap<i64, u64>>,
}

impl<'a> Asking<'a> {
    fn new(replay: &'a Replay<'a>, options: &'a FindOptions, notes: &mut Vec<Note>) -> Result<Self, Error> {
        let catalog = replay.catalog;
        let given = options.tpm.into_iter().chain(options.tpm_of.iter().map(|(_, tpm)| *tpm));
        if given.into_iter().any(|tpm| Tokens::from_outside(tpm).is_none()) {
            return Err(Error::new(ErrorKind::OutOfRange, format!("a quota is larger than {}", Tokens::MAX)));
        }
        let mut tpm_of = BTreeMap::new();
        for (spelling, tpm) in &options.tpm_of {
            let logged = || replay.scopes.iter().find(|(scope, _)| scope.model == *spelling);
            let model = match (terms::resolve(spelling, catalog), logged()) {
                (Some((model, _)), _) => model.id.as_str(),
                (None, Some((scope, _))) => scope.model.as_str(),
                (None, None) => catalog.resolve(spelling)?.model.id.as_str(),
            };
            tpm_of.insert(model, *tpm);
        }
        let allowed = allowed(&options.residency, catalog)?;
        let metric_throttles = metric_throttles(replay, notes);
        Ok(Self { replay, options, tpm_of, allowed, metric_throttles })
    }

    fn caller(&self, caller: &str, model: &str, tally: &CallerTally) -> CallerFinding {
        let calls = tally.output.count() + tally.unknown;
        let known = tally.output.count();
        let allowed = known.saturating_mul(self.options.cut_per_mille) / 1_000;
        let is_known = FEW_ANSWERS <= known && tally.cut <= allowed;
        let wanted = tally.output.percentile(1_000 - self.options.cut_per_mille.min(1_000)).max(1);
        let recommended = wanted.div_ceil(ROUND_TO) * ROUND_TO;
        let recommended = is_known.then_some(recommended);
        CallerFinding {
            caller: caller.to_owned(),
            model: model.to_owned(),
            calls,
            unset: tally.unset,
            unknown: tally.unknown,
            max_tokens: tally.max_tokens.usual(),
            output: spread(&tally.output),
            input: spread(&tally.input),
            cut: tally.cut,
            recommended_max_tokens: recommended,
            reservation_saved: recommended.map_or(0, |limit| tally.max_tokens.above(limit)),
        }
    }

    fn residency(&self) -> Residence {
        let mut regions: BTreeMap<&str, (u64, Vec<String>)> = BTreeMap::new();
        for (scope, tally) in &self.replay.scopes {
            for (region, count) in &tally.ran_in {
                let (calls, by) = regions.entry(region).or_default();
                *calls += count;
                let dot = if scope.profile.is_empty() { "" } else { "." };
                by.push(format!("{}{dot}{} from {}", scope.profile, scope.model, scope.region));
            }
        }
        let mut rows: Vec<RanIn> = regions
            .into_iter()
            .map(|(region, (calls, mut by))| {
                by.sort();
                by.dedup();
                RanIn {
                    region: region.to_owned(),
                    country: self.replay.catalog.region(region).ok().map(|found| found.country.clone()),
                    calls,
                    allowed: self.allowed.as_ref().is_none_or(|allowed| allowed.contains(&region)),
                    by,
                }
            })
            .collect();
        rows.sort_by(|one, other| {
            (one.allowed, other.calls, &one.region).cmp(&(other.allowed, one.calls, &other.region))
        });
        Residence {
            allowed: self.allowed.iter().flatten().map(|region| (*region).to_owned()).collect(),
            outside: rows.iter().filter(|row| !row.allowed).map(|row| row.calls).sum(),
            regions: rows,
        }
    }
}

/// What metrics tell of throttled calls. They do not say which Region's quota a call hit, so they
/// are laid to a quota only where there is no other of the same model and profile.
fn metric_throttles<'a>(
    replay: &'a Replay<'a>,
    notes: &mut Vec<Note>,
) -> BTreeMap<(&'a str, &'a str), BTreeMap<i64, u64>> {
    let mut found: BTreeMap<(&str, &str), BTreeMap<i64, u64>> = BTreeMap::new();
    for (model_id, minutes) in &replay.metric_throttles {
        let resolved = terms::resolve(model_id, replay.catalog);
        let (model, profile) =
            resolved.map_or((model_id.as_str(), ""), |(model, profile)| (model.id.as_str(), profile));
        let quotas =
            replay.scopes.iter().filter(|(scope, _)| scope.model == model && scope.profile == profile);
        if quotas.count() == 1 {
            super::tally::add_all(found.entry((model, profile)).or_default(), minutes);
        } else {
            let message = format!(
                "metrics tell of {} throttled calls of {model_id}, and not from which Region",
                crate::grouped(minutes.values().sum())
            );
            notes.push(Note::new("metric-throttles", message));
        }
    }
    found
}

/// The Regions that are allowed; `None` where all are.
fn allowed<'a>(places: &'a [String], catalog: &'a Catalog) -> Result<Option<Vec<&'a str>>, Error> {
    let mut allowed: Option<Vec<&str>> = None;
    for place in places.iter().map(|place| place.trim()) {
        if catalog.region(place).is_ok() {
            allowed.get_or_insert_default().push(place);
        } else if let Some(rule) = catalog.residency(place)? {
            allowed.get_or_insert_default().extend(rule.regions(catalog));
        }
    }
    if let Some(regions) = &mut allowed {
        regions.sort_unstable();
        regions.dedup();
    }
    Ok(allowed)
}

fn spread(of: &Histogram) -> Spread {
    let [p5, p50, p95, p99] = [50, 500, 950, 990].map(|per_mille| of.percentile(per_mille));
    Spread { mean: of.mean(), p5, p50, p95, p99 }
}

pub(super) fn per_mille(part: u64, whole: u64) -> u64 {
    u64::try_from(u128::from(part) * 1_000 / u128::from(whole.max(1))).unwrap_or(u64::MAX)
}
