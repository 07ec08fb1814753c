//! One quota over time.

use std::collections::BTreeMap;

use super::{Asking, per_mille};
use crate::{
    Catalog, InputTokens, Note, SetBy, Tokens,
    limits::Bound,
    replay::{
        findings::{CacheFinding, MinuteFinding, MinutesOver, PeakFinding, QuotaFinding, QuotaUse, Waste},
        flow::{Flow, MinuteOfFlow, Peak},
        tally::{Scope, ScopeTally, Volume, Volumes},
        terms,
        throttle::would_throttle,
        timestamp::Moment,
    },
    target::{Target, Wanted},
    tariff::Tariff,
};

impl Asking<'_> {
    pub(super) fn quota(&self, scope: &Scope, tally: &ScopeTally, notes: &mut Vec<Note>) -> QuotaFinding {
        let catalog = self.replay.catalog;
        let target = target(&scope.model, &scope.profile, catalog);
        let tpm = self.tpm(scope);
        let rate = target.as_ref().map_or_else(
            || catalog.unknown_model().rate(self.replay.settings.rates, catalog).rate,
            |target| target.model.rate(self.replay.settings.rates, catalog).rate,
        );
        if target.is_none() {
            let message = format!(
                "\"{}\" is not in the catalog: its answers are taken to burn at {rate}, the highest rate of any model; \
                 --catalog can say which model it is, by an alias",
                scope.model
            );
            notes.push(Note::new("unknown-model", message));
        }
        let cost = |volumes: Volumes| target.as_ref().and_then(|target| cost(target, volumes));
        let minutes = tally.flow.minutes(0);
        let actual = quota_use(&tally.flow, &minutes, tpm, cost(tally.volumes));
        let what_if = self.replay.settings.what_if.is_any().then(|| self.what_if(scope, tally));
        let total = tally.volumes.total();
        let saved = cost(tally.volumes).zip(cost(without_cache(tally.volumes)));
        let mut throttled = tally.throttled.clone();
        for (minute, count) in
            self.metric_throttles.get(&(scope.model.as_str(), scope.profile.as_str())).into_iter().flatten()
        {
            // Both tell of the same calls; whichever has more has missed fewer.
            let logged = throttled.entry(*minute).or_default();
            *logged = (*logged).max(*count);
        }
        QuotaFinding {
            account: scope.account.clone(),
            region: scope.region.clone(),
            model: scope.model.clone(),
            name: target.as_ref().map_or_else(|| scope.model.clone(), |target| target.model.name.clone()),
            profile: Some(scope.profile.clone()).filter(|profile| !profile.is_empty()),
            burndown_rate: rate,
            calls: tally.calls,
            throttled: throttled.values().sum(),
            throttled_minutes: u64::try_from(throttled.len()).unwrap_or(u64::MAX),
            failed: tally.failed,
            tpm: tpm.map(|tpm| tpm.of),
            tpm_set_by: tpm.map(|tpm| tpm.set_by),
            actual,
            what_if,
            would_be_cut: self.replay.settings.what_if.max_tokens.map(|_| tally.would_be_cut),
            waste: Waste {
                reserved_output: tally.reserved_output,
                output: total.output,
                used_per_mille: per_mille(total.output, tally.reserved_output),
                unset_calls: tally.unset,
                reserved_unset: tally.reserved_unset,
            },
            cache: CacheFinding {
                uncached: total.uncached,
                read: total.cache_read,
                write: total.cache_write,
                saved_micro_usd: saved.and_then(|(with, without)| {
                    let signed = |amount: u64| i64::try_from(amount).ok();
                    signed(without)?.checked_sub(signed(with)?)
                }),
            },
            minutes: minute_findings(&minutes, &tally.throttled),
        }
    }

    fn what_if(&self, scope: &Scope, tally: &ScopeTally) -> QuotaUse {
        let what_if = &self.replay.settings.what_if;
        let other = what_if.model.as_deref().and_then(|spelling| {
            let (model, profile) = terms::resolve(spelling, self.replay.catalog)?;
            Some(Scope { model: model.id.clone(), profile: profile.to_owned(), ..scope.clone() })
        });
        let scope = other.as_ref().unwrap_or(scope);
        // What is given for the model as it is holds for the other one too, unless it has its own.
        let tpm = self.tpm(scope);
        let prefix = if tally.prefixed == 0 { 0 } else { what_if.cache_prefix.unwrap_or(0) };
        let minutes = tally.what_if.minutes(prefix);
        let mut volumes = tally.what_if_volumes;
        let written = tally.what_if.pauses().saturating_mul(prefix).min(volumes.usual.cache_read);
        volumes.usual.cache_read -= written;
        volumes.usual.cache_write += written;
        let cost = target(&scope.model, &scope.profile, self.replay.catalog)
            .and_then(|target| cost(&target, volumes));
        quota_use(&tally.what_if, &minutes, tpm, cost)
    }

    /// The caller's number for the model, else for all, else AWS's default.
    fn tpm(&self, scope: &Scope) -> Option<Bound> {
        let given = self.tpm_of.get(scope.model.as_str()).copied().or(self.options.tpm);
        let model = self.replay.catalog.model(&scope.model);
        let default =
            model.and_then(|model| model.default_quotas(scope.profile == "global", Some(&scope.region)).tpm);
        Bound::either(given, default)
    }
}

/// The model a base id means with a profile; `None` of one the catalog does not know.
fn target<'a>(model: &str, profile: &str, catalog: &'a Catalog) -> Option<Target<'a>> {
    catalog.model(model)?;
    let profile = Some(profile).filter(|profile| !profile.is_empty());
    let wanted = Wanted { model: Some(model), profile, ..Wanted::default() };
    Target::find(wanted, catalog).ok()
}

fn cost(target: &Target<'_>, volumes: Volumes) -> Option<u64> {
    let long_above = target.model.prices.as_ref()?.long_prompt.as_ref().map_or(0, |long| long.above_tokens);
    let micro_usd = |volume: Volume, length: u64| {
        let tariff = Tariff::find(target, Tokens::new(length), Tokens::ZERO, &mut Vec::new())?;
        let input = InputTokens {
            uncached: Tokens::new(volume.uncached),
            cache_read: Tokens::new(volume.cache_read),
            cache_write: Tokens::new(volume.cache_write),
        };
        Some(tariff.micro_usd(input, Tokens::new(volume.output)))
    };
    Some(micro_usd(volumes.usual, 0)?.saturating_add(micro_usd(volumes.long, long_above + 1)?))
}

fn without_cache(volumes: Volumes) -> Volumes {
    let all = |volume: Volume| Volume {
        uncached: volume.uncached.saturating_add(volume.cache_read).saturating_add(volume.cache_write),
        cache_read: 0,
        cache_write: 0,
        output: volume.output,
    };
    Volumes { usual: all(volumes.usual), long: all(volumes.long) }
}

fn quota_use(
    flow: &Flow,
    minutes: &[MinuteOfFlow],
    tpm: Option<Bound>,
    cost_micro_usd: Option<u64>,
) -> QuotaUse {
    let peak = |of: fn(&MinuteOfFlow) -> Peak| {
        let peak = minutes.iter().map(of).fold(Peak::default(), Peak::or);
        let at = (peak.tokens != 0).then(|| Moment(peak.at).to_string());
        PeakFinding { tokens: peak.tokens, at }
    };
    let count = |over: &dyn Fn(&MinuteOfFlow) -> bool| {
        u64::try_from(minutes.iter().filter(|minute| over(minute)).count()).unwrap_or(u64::MAX)
    };
    let minutes_over = tpm.map(|Bound { of: tpm, .. }| {
        let reserved = |minute: &MinuteOfFlow| tpm < minute.peak_reservation.tokens;
        let settled = |minute: &MinuteOfFlow| tpm < minute.peak_settlement.tokens;
        MinutesOver {
            reservation: count(&reserved),
            settlement: count(&settled),
            either: count(&|minute| reserved(minute) || settled(minute)),
        }
    });
    let (in_flight_calls, in_flight_reservation) = flow.in_flight();
    let sum = |of: fn(&MinuteOfFlow) -> u64| minutes.iter().map(of).fold(0, u64::saturating_add);
    QuotaUse {
        reservation: sum(|minute| minute.reservation),
        settlement: sum(|minute| minute.settlement),
        peak_reservation: peak(|minute| minute.peak_reservation),
        peak_settlement: peak(|minute| minute.peak_settlement),
        in_flight_calls,
        in_flight_reservation,
        minutes_over,
        would_throttle: tpm.map(|tpm| would_throttle(flow, tpm.of)),
        cost_micro_usd,
    }
}

/// Minutes with calls, and those in which all were throttled.
fn minute_findings(minutes: &[MinuteOfFlow], throttled: &BTreeMap<i64, u64>) -> Vec<MinuteFinding> {
    let mut all: BTreeMap<i64, MinuteOfFlow> =
        minutes.iter().map(|minute| (minute.minute, *minute)).collect();
    for minute in throttled.keys() {
        all.entry(*minute).or_insert(MinuteOfFlow { minute: *minute, ..MinuteOfFlow::default() });
    }
    let row = |minute: MinuteOfFlow| MinuteFinding {
        at: Moment::of_minute(minute.minute).to_string(),
        calls: minute.calls,
        throttled: throttled.get(&minute.minute).copied().unwrap_or(0),
        reservation: minute.reservation,
        settlement: minute.settlement,
        peak_reservation: minute.peak_reservation.tokens,
        peak_settlement: minute.peak_settlement.tokens,
    };
    all.into_values().map(row).collect()
}

impl QuotaFinding {
    /// Whether the limit is AWS's published default, which an account's own may differ from.
    pub fn is_default_quota(&self) -> bool {
        self.tpm_set_by == Some(SetBy::Catalog)
    }
}
