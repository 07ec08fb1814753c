//! What to do about what was found, the most urgent first.

use std::cmp::Reverse;

use super::{
    find::{FEW_ANSWERS, per_mille},
    findings::{CallerFinding, Findings, QuotaFinding},
};
use crate::{Advice, SetBy, grouped};

/// Callers and quotas that are spoken of one by one; the others are in the tables.
const SPOKEN_OF: usize = 3;
/// A caller whose limit would not save this part of its reservation, in a thousand, is left alone.
const WORTH_SAVING: u64 = 100;
/// Input this long, seen in nearly every call, may be worth caching.
const WORTH_CACHING: u64 = 1_024;

pub(super) fn give(found: &Findings) -> Vec<Advice> {
    let mut advice = Vec::new();
    advice.extend(residency(found));
    let quotas = || found.quotas.iter();
    advice.extend(quotas().filter_map(over_quota).take(SPOKEN_OF));
    let mut throttled: Vec<&QuotaFinding> = quotas().collect();
    throttled.sort_by_key(|quota| Reverse(quota.throttled));
    advice.extend(throttled.into_iter().filter_map(throttled_below_limit).take(SPOKEN_OF));
    let by_model = |caller: &&CallerFinding| quotas().any(|quota| quota.model == caller.model);
    advice.extend(found.callers.iter().filter(by_model).filter_map(smaller_limit).take(SPOKEN_OF));
    advice.extend(found.callers.iter().filter_map(larger_limit).take(SPOKEN_OF));
    advice.extend(quotas().filter_map(|quota| cache(quota, found)).take(SPOKEN_OF));
    advice
}

fn residency(found: &Findings) -> Option<Advice> {
    let outside = found.residency.outside;
    (outside != 0).then(|| {
        let regions: Vec<String> = found
            .residency
            .regions
            .iter()
            .filter(|row| !row.allowed)
            .take(SPOKEN_OF)
            .map(|row| format!("{} in {}", grouped(row.calls), row.region))
            .collect();
        let by = found.residency.regions.first().and_then(|row| row.by.first());
        let message = format!(
            "{} calls ran outside the allowed Regions ({}{}): call a profile that stays inside{}",
            grouped(outside),
            regions.join(", "),
            if regions.len() == SPOKEN_OF { ", ..." } else { "" },
            by.map_or_else(String::new, |by| format!(", not {by}")),
        );
        Advice::new("ran-outside", message)
    })
}

/// The words for a quota.
pub(super) fn way(quota: &QuotaFinding) -> String {
    let profile = quota.profile.as_ref().map_or_else(String::new, |profile| format!(" by {profile}"));
    let region = if quota.region.is_empty() { String::new() } else { format!(" from {}", quota.region) };
    format!("{}{profile}{region}", quota.name)
}

fn over_quota(quota: &QuotaFinding) -> Option<Advice> {
    let (tpm, over) = (quota.tpm?, quota.actual.minutes_over?);
    if over.either == 0 {
        return None;
    }
    let peak = quota.actual.peak_reservation.tokens.max(quota.actual.peak_settlement.tokens);
    let cause = if over.settlement == 0 {
        format!(
            "by reservation alone, and answers used {} % of what was reserved for them: lower max_tokens before asking for more quota",
            quota.waste.used_per_mille / 10
        )
    } else if over.settlement < over.reservation / 2 {
        format!(
            "{} of them by settlement too: lower max_tokens first, then ask for what settlement needs, {} TPM",
            grouped(over.settlement),
            grouped(rounded(quota.actual.peak_settlement.tokens))
        )
    } else {
        format!(
            "{} of them by settlement, which max_tokens does not change: ask for {} TPM, spread the peaks, cache, or use a model that burns less",
            grouped(over.settlement),
            grouped(rounded(peak))
        )
    };
    let message =
        format!("{}: {} minutes over {} TPM, {cause}", way(quota), grouped(over.either), grouped(tpm));
    Some(Advice::new("over-quota", message))
}

/// Calls were throttled, and the limit that is known, if any, does not say why.
fn throttled_below_limit(quota: &QuotaFinding) -> Option<Advice> {
    if quota.throttled == 0 || quota.actual.minutes_over.is_some_and(|over| over.either != 0) {
        return None;
    }
    let peak = quota.actual.peak_reservation.tokens.max(quota.actual.peak_settlement.tokens);
    let (code, cause) = match quota.tpm {
        None => ("quota-unknown", "no default quota is known".to_owned()),
        Some(tpm) if quota.is_default_quota() => (
            "throttled-below-quota",
            format!("AWS's default is {} TPM, and many accounts have less", grouped(tpm)),
        ),
        Some(tpm) => (
            "throttled-below-quota",
            format!(
                "that is below {} TPM, so calls that are not in the log take from it too, or it was capacity or requests per minute",
                grouped(tpm)
            ),
        ),
    };
    let next = match quota.tpm_set_by {
        Some(SetBy::Caller) => String::new(),
        _ => format!(": look the account's up in Service Quotas and give it (--tpm {}=N)", quota.model),
    };
    let message = format!(
        "{}: {} calls were throttled at a peak of {} TPM; {cause}{next}",
        way(quota),
        grouped(quota.throttled),
        grouped(peak)
    );
    Some(Advice::new(code, message))
}

fn smaller_limit(caller: &CallerFinding) -> Option<Advice> {
    let limit = caller.recommended_max_tokens?;
    let reserved = caller.max_tokens.saturating_mul(caller.calls);
    if per_mille(caller.reservation_saved, reserved) < WORTH_SAVING {
        return None;
    }
    let now = if caller.unset == 0 {
        format!("{} instead of {}", grouped(limit), grouped(caller.max_tokens))
    } else {
        format!("{}, where none is set and {} may be reserved", grouped(limit), grouped(caller.max_tokens))
    };
    let message = format!(
        "{} on {}: max_tokens {now}; 99 of 100 answers are at most {} tokens, and {} reserved tokens are freed",
        named(&caller.caller),
        caller.model,
        grouped(caller.output.p99),
        grouped(caller.reservation_saved)
    );
    let advice = Advice::new("lower-max-tokens", message);
    Some(Advice { max_tokens: Some(limit), saves_tokens: Some(caller.reservation_saved), ..advice })
}

fn larger_limit(caller: &CallerFinding) -> Option<Advice> {
    let counted = caller.calls - caller.unknown;
    let share = per_mille(caller.cut, counted);
    (FEW_ANSWERS <= counted && 50 <= share).then(|| {
        let message = format!(
            "{} on {}: {} % of the answers stopped at max_tokens ({}): raise it before judging how long answers are",
            named(&caller.caller),
            caller.model,
            share / 10,
            grouped(caller.max_tokens)
        );
        Advice::new("raise-max-tokens", message)
    })
}

/// A quota whose every call has a long uncached input and whose cache is never read.
fn cache(quota: &QuotaFinding, found: &Findings) -> Option<Advice> {
    let is_asked = found.what_if.as_ref().is_some_and(|what_if| what_if.cache_prefix.is_some());
    let long = found.callers.iter().filter(|caller| caller.model == quota.model);
    let least = long.map(|caller| caller.input.p5).min()?;
    (!is_asked && quota.cache.read == 0 && WORTH_CACHING <= least && 100 < quota.calls).then(|| {
        let message = format!(
            "{}: nothing is read from a cache, and 95 of 100 inputs have at least {} tokens; if they begin alike, \
             --cache-prefix {} says what a cache point would change",
            way(quota),
            grouped(least),
            least / 256 * 256
        );
        Advice::new("cache", message)
    })
}

/// The name of a caller, or that it has none.
pub(super) fn named(caller: &str) -> &str {
    if caller.is_empty() { "(no name)" } else { caller }
}

/// Two digits that are not too small: what to ask for.
pub(super) fn rounded(tokens: u64) -> u64 {
    let step = 10_u64.pow(tokens.max(1).ilog10().saturating_sub(1));
    tokens.div_ceil(step) * step
}
