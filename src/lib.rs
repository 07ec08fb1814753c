//! Tokens, quota and cost of an Amazon Bedrock request, before it is sent.
//!
//! Bedrock's quota is not tokens. When a request is admitted, its whole input and all of its
//! `max_tokens` are *reserved* from the tokens of the minute; when it is done, it *settles* at input
//! and cache writes and the output times a *burndown rate* of 1 to 15. On a model that burns at 5
//! the settlement can be four times the reservation, so a planner must assume the larger of the
//! two, the *charge*. This crate computes all three from the request itself:
//!
//! ```
//! use tokenleash::{Catalog, Limits, Options, Request, check};
//!
//! let request = Request::read(
//!     r#"{
//!         "modelId": "au.anthropic.claude-opus-4-6-v1",
//!         "messages": [{"role": "user", "content": [{"text": "Kia ora! Who are you?"}]}],
//!         "inferenceConfig": {"maxTokens": 2000}
//!     }"#,
//!     None,
//! )?;
//! let limits = Limits { tpm: Some(6_000), ..Limits::default() };
//! let options = Options { limits, ..Options::default() };
//! let report = check(&request, &options, Catalog::builtin())?;
//!
//! assert_eq!(report.quota.burndown_rate, 5);
//! assert_eq!(report.quota.settlement.worst, report.input.tokens + 2_000 * 5);
//! assert!(!report.fits);
//! assert_eq!(report.advice[0].code, "cap-max-tokens");
//! # Ok::<(), tokenleash::Error>(())
//! ```
//!
//! # The flow
//!
//! Data walks one way, and every step is a pure function of its arguments: [`Request::read`] keeps
//! the caller's text and finds its [`Dialect`]; [`Request::prompt`] takes the provider's field names
//! out of it; [`Estimate::of`] counts the [`Prompt`] for a [`Model`] of the [`Catalog`], with a
//! [`Range`] and a [`Basis`]; [`QuotaRule`] charges it; and [`check()`] judges the charge against
//! [`Limits`] and writes the [`Report`]. [`settle()`] does the same for a usage that a provider
//! reported. There is no network, no clock and no file in any of it.
//!
//! # What the numbers promise
//!
//! A count is [`Basis::Exact`] where the provider published its vocabulary, [`Basis::Measured`]
//! where vocabulary and frame were held against the provider's own counts, and
//! [`Basis::Estimated`] where another family's vocabulary stands in. `quota` and `cost` speak of
//! the expected count, and a limit is judged at the high end of the range. Rates, prices and quotas
//! are data with a source and a date; where sources disagree, a [`Note`] says so and what the
//! charge would be.

mod by_name;
mod catalog;
mod check;
mod correction;
mod count;
mod document;
mod error;
mod estimate;
mod fit;
mod json;
mod ledger;
mod limits;
mod lint;
mod note;
mod options;
mod plan;
mod policy;
mod price;
mod prompt;
mod quota;
#[cfg(feature = "replay")]
mod replay;
mod report;
mod request;
mod route;
mod runbook;
mod settle;
#[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
mod shared_ledger;
mod sorted;
#[cfg(feature = "replay")]
mod sql;
mod target;
mod tariff;
mod token_count;
mod tokens;
#[cfg(feature = "wasm")]
pub mod wasm;

pub use by_name::ByName;
pub use catalog::{
    Burndown, Catalog, DefaultQuotas, Dispute, Fact, Image, ImageRule, InRegion, InferenceProfile,
    InferredRate, LongPrompt, Model, ModelSummary, PriceChoice, PriceList, Prices, PromptCache,
    PublishedRate, Quotas, RateChoice, RatesPolicy, Region, Residency, Resolved, Route, RouteGroup, Source,
    Sure, models,
};
pub use check::check;
pub use correction::{Correction, Observed, calibrate};
pub use count::Part;
pub use document::Document;
pub use error::{Error, ErrorKind, Place};
pub use estimate::{Basis, CacheState, CachedPrefix, Estimate};
pub use fit::{
    CacheBreak, Conflict, Cut, CutAction, CutAt, Fit, FitOptions, FitRules, FitSize, MessageFate, Patches,
    PinnedPart, Policy, Prefer, Removed, Unmet, fit,
};
pub use ledger::{
    AccountLedger, AccountTicket, Admission, InFlight, Ledger, LedgerLimits, ProfileKind, Room, Scope,
    Settled, Ticket, WindowShape,
};
pub use limits::{Judgement, LimitName, Limits, SetBy};
pub use lint::lint;
pub use note::Note;
pub use options::Options;
pub use plan::{
    Alternative, AnswerLengths, Capacity, Change, Choice, ChoiceName, Load, Plan, QuotaRequest, plan,
};
pub use policy::{
    Effect, ExplainOptions, ExplainedRoute, ExplainedStep, IamDecision, IamPolicy, IamRequest, IamVerdict,
    OneOrMany, PolicyCondition, PolicyDocument, PolicyExplanation, PolicyKind, PolicyOptions,
    PolicyStatement, RouteVerdict, policy,
};
pub use price::Money;
pub use prompt::{Kind, Prompt, Role};
pub use quota::{Endpoint, InputTokens, QuotaRule};
#[cfg(feature = "replay")]
pub use replay::*;
pub use report::*;
pub use request::{Dialect, PatchOperation, Request};
pub use route::{
    QuotaFamily, RouteOptions, RoutePlace, RoutePrice, RouteQuota, RouteReport, RouteResidency, RouteSource,
    Way, route,
};
pub use runbook::{RunbookOptions, runbook};
pub use settle::{Settlement, Usage, settle};
#[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
pub use shared_ledger::{SharedError, SharedLedger};
#[cfg(feature = "replay")]
pub use sql::{SqlEngine, quota_query};
pub use token_count::{TokenCount, count_tokens, token_ends};
pub use tokens::{Range, Tokens};

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
