//! Published prices, in whole micro-dollars per million tokens.

use serde::{Deserialize, Serialize};

use super::{Dispute, Model, model::overlay_source};
use crate::ByName;

/// What a model costs, by the way to it and the length of the prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prices {
    /// By the global inference profile, and wherever nothing else is published.
    pub list: PriceList,
    /// By a geographic inference profile or in one Region.
    pub geographic: Option<PriceList>,
    /// By inference profiles that differ from both, by prefix.
    #[serde(default)]
    pub by_profile: ByName<PriceList>,
    /// The prices of a request with a long prompt.
    pub long_prompt: Option<LongPrompt>,
    /// Other values that sources give.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
}

/// Prices of one request, in micro-dollars per million tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PriceList {
    /// Input that is neither written to the cache nor read from it.
    pub input: u64,
    /// Output, thinking included.
    pub output: u64,
    /// Input written to the cache for the shortest time, five minutes with most models.
    pub cache_write_5m: Option<u64>,
    /// Input written to the cache for an hour.
    pub cache_write_1h: Option<u64>,
    /// Input read from the cache.
    pub cache_read: Option<u64>,
    /// The key of the source.
    #[serde(default = "overlay_source")]
    pub source: String,
}

/// The prices of every token of a request whose prompt is long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LongPrompt {
    /// The longest input, cache reads and writes included, that is not yet long.
    pub above_tokens: u64,
    /// By the global inference profile, and wherever nothing else is published.
    pub list: PriceList,
    /// By a geographic inference profile or in one Region.
    pub geographic: Option<PriceList>,
}

/// The prices that hold for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceChoice<'a> {
    /// The prices.
    pub prices: &'a PriceList,
    /// Whether no profile was named and these are the dearer of two lists.
    pub assumed_dearer: bool,
}

impl Model {
    /// The prices by an inference profile, given by its prefix, for a whole input of so many tokens,
    /// cache reads and writes included. Without a profile the dearer list holds.
    pub fn price_list(&self, profile: Option<&str>, input_tokens: u64) -> Option<PriceChoice<'_>> {
        let prices = self.prices.as_ref()?;
        let long = prices.long_prompt.as_ref().filter(|long| long.above_tokens < input_tokens);
        let (list, geographic) = match long {
            Some(long) => (&long.list, long.geographic.as_ref()),
            None => (&prices.list, prices.geographic.as_ref()),
        };
        let own = profile.filter(|_| long.is_none()).and_then(|prefix| prices.by_profile.get(prefix));
        let dearer = geographic.filter(|other| list.input < other.input || list.output < other.output);
        let (prices, assumed_dearer) = match (profile, own) {
            (_, Some(own)) => (own, false),
            (Some("global"), None) => (list, false),
            (Some(_), None) => (geographic.unwrap_or(list), false),
            (None, None) => (dearer.unwrap_or(list), dearer.is_some()),
        };
        Some(PriceChoice { prices, assumed_dearer })
    }
}
