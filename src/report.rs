//! The one answer, as it goes over the wire and as a person reads it.
//!
//! Field names are camelCase, numbers are whole, money is in micro-dollars, and absent knowledge is
//! `null`. `input` and `quota` speak of the expected count; `limits` are judged at the high end of
//! the range, so `fits` is a promise.

mod text;

use serde::Serialize;

pub(crate) use text::shown;
pub use text::{Ink, dollars, grouped};

use crate::{Basis, Correction, Dialect, Endpoint, Judgement, Note, Part, json};

/// What a request will take, and whether it fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The date of the data behind the numbers.
    pub catalog_version: String,
    /// The dialect the request was read in.
    pub dialect: Dialect,
    /// The model.
    pub model: ModelReport,
    /// The tokens that go in.
    pub input: InputReport,
    /// The tokens that may come out.
    pub output: OutputReport,
    /// What it takes from the quota.
    pub quota: QuotaReport,
    /// What it costs; `None` where no price is known.
    pub cost: Option<CostReport>,
    /// How it stands against each known limit.
    pub limits: Vec<Judgement>,
    /// Whether all of them hold.
    pub fits: bool,
    /// What the observed usage teaches about later requests of this model with these tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    /// What would help.
    pub advice: Vec<Advice>,
    /// What is odd, disputed or assumed.
    pub notes: Vec<Note>,
}

/// The model a report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelReport {
    /// The base model id on Bedrock.
    pub id: String,
    /// The name people use.
    pub name: String,
    /// The inference profile, where one is named.
    pub profile: Option<String>,
    /// The Region the API is called in, where one is named.
    pub source_region: Option<String>,
}

/// The tokens that go in.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InputReport {
    /// The expected count.
    pub tokens: u64,
    /// The low end of the range.
    pub low: u64,
    /// The high end of the range.
    pub high: u64,
    /// How the count came about.
    pub basis: Basis,
    /// Whether the model family's own vocabulary counted, and not another's times a ratio.
    pub own_vocabulary: bool,
    /// The measured share of such requests whose true count was within the range.
    pub confidence: Option<f64>,
    /// Tokens by part; with `frame` and `shift` they add up to `tokens`.
    pub parts: Vec<Part>,
    /// What the provider adds around the parts.
    pub frame: u64,
    /// What an observed usage adds to both, or takes away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shift: Option<i64>,
    /// Of `tokens`, those read from the cache.
    pub cache_read: u64,
    /// Of `tokens`, those written to the cache.
    pub cache_write: u64,
}

/// The tokens that may come out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputReport {
    /// The limit on the answer; what an unset one comes to is the model's.
    pub max_tokens: Option<u64>,
    /// The length the caller expects.
    pub expected: Option<u64>,
    /// The longest answer the model gives.
    pub limit: Option<u64>,
    /// Who set `max_tokens`.
    pub set_by: OutputSetBy,
}

/// Who set the limit on the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputSetBy {
    /// The request.
    Request,
    /// The caller of this library.
    Flag,
    /// Nobody; the model's own limit holds.
    Model,
}

/// What a request takes from the quota.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaReport {
    /// The endpoint whose rule holds.
    pub endpoint: Endpoint,
    /// Quota tokens for each output token.
    pub burndown_rate: u64,
    /// What admission deducts.
    pub reservation: u64,
    /// What finally counts.
    pub settlement: SettlementReport,
    /// What a planner must assume: the larger.
    pub charge: u64,
}

/// What finally counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SettlementReport {
    /// At the length the caller expects.
    pub expected: Option<u64>,
    /// At the longest answer.
    pub worst: u64,
}

/// What a request costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CostReport {
    /// Always `USD`.
    pub currency: &'static str,
    /// The input, cache writes and reads at their own prices.
    pub input_micro_usd: u64,
    /// The longest answer.
    pub output_worst_micro_usd: u64,
    /// Their sum.
    pub total_worst_micro_usd: u64,
    /// The whole at the length the caller expects.
    pub total_expected_micro_usd: Option<u64>,
}

/// Something a person can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Advice {
    /// The stable code, in kebab case.
    pub code: &'static str,
    /// The `max_tokens` to set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// The quota tokens that are saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saves_tokens: Option<u64>,
    /// What to do and why, in a sentence.
    pub message: String,
}

impl Advice {
    /// Advice without numbers.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, max_tokens: None, saves_tokens: None, message: message.into() }
    }
}

impl Report {
    /// The report as JSON on one line.
    pub fn to_json(&self) -> String {
        json::write::line(self)
    }
}
