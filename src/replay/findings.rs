//! What a replay found: the wire form.

use serde::Serialize;

use super::settings::WhatIf;
use crate::{Advice, Note, SetBy};

/// What a log says about an account's quotas. Times are RFC 3339, UTC.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Findings {
    /// The date of the data behind the numbers.
    pub catalog_version: String,
    /// The second of the first call; `None` where there is no call.
    pub from: Option<String>,
    /// The second of the last call.
    pub to: Option<String>,
    /// Calls, refused ones included.
    pub calls: u64,
    /// Calls that were throttled.
    pub throttled: u64,
    /// Calls that failed otherwise.
    pub failed: u64,
    /// Records in the embedded metric format.
    pub metric_records: u64,
    /// Lines of JSON that are no record of Bedrock's.
    pub foreign: u64,
    /// What was read, as whoever read it says.
    pub input: LogInput,
    /// What was asked besides what was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_if: Option<WhatIf>,
    /// By quota, the one nearest to its limit first.
    pub quotas: Vec<QuotaFinding>,
    /// By caller and model, those who reserve most in vain first.
    pub callers: Vec<CallerFinding>,
    /// Where calls ran.
    pub residency: Residence,
    /// What to do, the most urgent first.
    pub advice: Vec<Advice>,
    /// What is odd or assumed.
    pub notes: Vec<Note>,
}

/// What a log was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogInput {
    /// Files that were read.
    pub files: u64,
    /// Files in folders that are passed over because of their names.
    pub passed_over: u64,
    /// Lines, blank ones left out.
    pub lines: u64,
    /// Lines, or rests of files, that could not be read.
    pub unreadable: u64,
    /// The first of them.
    pub first_unreadable: Vec<Unreadable>,
}

/// A line, or the rest of a file from it on, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// Why.
    pub why: String,
}

/// One quota: an account's for a model in a source Region by one kind of inference profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaFinding {
    /// The account.
    pub account: String,
    /// The source Region.
    pub region: String,
    /// The base model id; of a model nobody knows, the id as it is logged.
    pub model: String,
    /// The model's name for people.
    pub name: String,
    /// The prefix of the inference profile.
    pub profile: Option<String>,
    /// Quota tokens for each output token.
    pub burndown_rate: u64,
    /// Calls that were answered.
    pub calls: u64,
    /// Calls that were throttled, by the log or by metrics, whichever tells of more.
    pub throttled: u64,
    /// Minutes in which calls were throttled.
    pub throttled_minutes: u64,
    /// Calls that failed otherwise.
    pub failed: u64,
    /// Tokens per minute that are allowed.
    pub tpm: Option<u64>,
    /// Who says so.
    pub tpm_set_by: Option<SetBy>,
    /// What was taken.
    pub actual: QuotaUse,
    /// What would have been taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_if: Option<QuotaUse>,
    /// Answers that the what-if of a smaller limit would have cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_be_cut: Option<u64>,
    /// What was reserved for answers and not used.
    pub waste: Waste,
    /// What the cache did.
    pub cache: CacheFinding,
    /// By minute, in order; minutes without calls are left out.
    pub minutes: Vec<MinuteFinding>,
}

/// What was taken from a quota.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaUse {
    /// All reservations.
    pub reservation: u64,
    /// All settlements.
    pub settlement: u64,
    /// The greatest reservation in any sixty seconds.
    pub peak_reservation: PeakFinding,
    /// The greatest settlement of calls made in any sixty seconds.
    pub peak_settlement: PeakFinding,
    /// The most calls that ran at once.
    pub in_flight_calls: u64,
    /// The most tokens reserved for calls that ran at once.
    pub in_flight_reservation: u64,
    /// Minutes whose peak is over the limit; `None` where it is not known.
    pub minutes_over: Option<MinutesOver>,
    /// What a limiter would have refused; `None` where the limit is not known.
    pub would_throttle: Option<WouldThrottle>,
    /// What it cost; `None` where no price is known.
    pub cost_micro_usd: Option<u64>,
}

/// A peak and the second its window ends in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeakFinding {
    /// Tokens in sixty seconds.
    pub tokens: u64,
    /// The last of them.
    pub at: Option<String>,
}

/// Minutes whose peak is over the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MinutesOver {
    /// By reservation.
    pub reservation: u64,
    /// By settlement.
    pub settlement: u64,
    /// By either.
    pub either: u64,
}

/// What a limiter with this limit would have refused, nobody trying again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WouldThrottle {
    /// Calls that would have been refused.
    pub calls: u64,
    /// Minutes in which some would have been.
    pub minutes: u64,
    /// The first of them.
    pub first: Option<String>,
    /// Calls of which each alone is larger than the limit.
    pub never: u64,
}

/// What was reserved for answers and not used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waste {
    /// What was reserved for answers.
    pub reserved_output: u64,
    /// What answers came to.
    pub output: u64,
    /// The part of what was reserved that answers used, in a thousand.
    pub used_per_mille: u64,
    /// Calls without `max_tokens`.
    pub unset_calls: u64,
    /// What was reserved for them.
    pub reserved_unset: u64,
}

/// What the cache did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CacheFinding {
    /// Input tokens that were neither read from the cache nor written to it.
    pub uncached: u64,
    /// Tokens read; none of them settled.
    pub read: u64,
    /// Tokens written.
    pub write: u64,
    /// What the cache saved, in micro-dollars; negative where writing cost more than reading saved.
    pub saved_micro_usd: Option<i64>,
}

/// A minute of a quota.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MinuteFinding {
    /// Its first second.
    pub at: String,
    /// Calls that were answered.
    pub calls: u64,
    /// Calls that were throttled, by the log alone.
    pub throttled: u64,
    /// What its calls reserved.
    pub reservation: u64,
    /// What they finally counted.
    pub settlement: u64,
    /// The greatest reservation in sixty seconds that end with a call of this minute.
    pub peak_reservation: u64,
    /// The greatest settlement of such sixty seconds.
    pub peak_settlement: u64,
}

/// One caller's calls to one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallerFinding {
    /// The role or user, or the value of the metadata that was asked for; empty where there is none.
    pub caller: String,
    /// The base model id.
    pub model: String,
    /// Calls that were answered.
    pub calls: u64,
    /// Calls without `max_tokens`.
    pub unset: u64,
    /// Calls whose limit on the answer is not in the log; not in what follows.
    pub unknown: u64,
    /// The limit on answers that is most often asked for, the model's where none is.
    pub max_tokens: u64,
    /// How long answers were, in tokens.
    pub output: Spread,
    /// Uncached input, in tokens.
    pub input: Spread,
    /// Answers that reached the limit.
    pub cut: u64,
    /// The smallest limit that would have cut at most so many answers as were allowed, rounded up;
    /// `None` where there are fewer than a hundred, or where they are cut already, so that nobody
    /// knows how long they would be.
    pub recommended_max_tokens: Option<u64>,
    /// What the recommended limit would not have reserved.
    pub reservation_saved: u64,
}

/// How a number is spread. Percentiles are at most 1/128 too high.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Spread {
    /// The mean, rounded up.
    pub mean: u64,
    /// The least that five in a hundred do not exceed.
    pub p5: u64,
    /// The median.
    pub p50: u64,
    /// The 95th percentile.
    pub p95: u64,
    /// The 99th percentile.
    pub p99: u64,
}

/// Where calls ran.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Residence {
    /// The Regions that are allowed; empty where all are.
    pub allowed: Vec<String>,
    /// Calls that ran elsewhere.
    pub outside: u64,
    /// By Region, those outside first, then the busiest.
    pub regions: Vec<RanIn>,
}

/// Calls that ran in one Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RanIn {
    /// The Region.
    pub region: String,
    /// Its country; `None` of a Region the catalog does not know.
    pub country: Option<String>,
    /// Calls.
    pub calls: u64,
    /// Whether the rule allows it.
    pub allowed: bool,
    /// The models that ran there, with the source Region and profile they were called by.
    pub by: Vec<String>,
}
