//! Tokens, quota and cost of an Amazon Bedrock request, before it is sent.

mod catalog;
mod check;
mod count;
mod error;
mod estimate;
mod json;
mod limits;
mod note;
mod options;
mod price;
mod prompt;
mod quota;
mod report;
mod request;
mod settle;
mod target;
mod tariff;
mod token_count;
mod tokens;
#[cfg(feature = "wasm")]
pub mod wasm;

pub use catalog::{
    Burndown, Catalog, DefaultQuotas, Dispute, Image, ImageRule, InRegion, InferenceProfile, InferredRate,
    LongPrompt, Model, ModelSummary, PriceChoice, PriceList, Prices, PromptCache, PublishedRate, Quotas,
    RateChoice, RatesPolicy, Region, Resolved, Route, RouteGroup, Source, Sure, models,
};
pub use check::check;
pub use count::Part;
pub use error::{Error, ErrorKind, Place};
pub use estimate::{Basis, CacheState, CachedPrefix, Estimate};
pub use limits::{Judgement, LimitName, Limits, SetBy};
pub use note::Note;
pub use options::Options;
pub use price::Money;
pub use prompt::{Kind, Prompt, Role};
pub use quota::{Endpoint, InputTokens, QuotaRule};
pub use report::*;
pub use request::{Dialect, Request};
pub use settle::{Settlement, Usage, settle};
pub use token_count::{TokenCount, count_tokens};
pub use tokens::{Range, Tokens};
