//! What a replay is told before it reads: how to charge, whom to call a caller, and what if.

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, RatesPolicy, Tokens, grouped};

/// How a replay charges what it reads. Partial replays can be merged only if theirs are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ReplaySettings {
    /// Which of several published burndown rates holds.
    pub rates: RatesPolicy,
    /// Whether admission deducts cache reads too; AWS's texts disagree, and yes is the safe answer.
    pub reserve_cache_reads: bool,
    /// What is reserved, in tokens, for the answer to a request without `max_tokens`; without it the
    /// model's own limit.
    pub unset_max_tokens: Option<u64>,
    /// The key of `requestMetadata` that names the caller; without it the IAM role or user does.
    pub caller_key: Option<String>,
    /// What would have been, besides what was.
    pub what_if: WhatIf,
}

/// What would have been with other requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WhatIf {
    /// No request asks for an answer of more tokens.
    pub max_tokens: Option<u64>,
    /// Every request goes to this model, in any spelling.
    pub model: Option<String>,
    /// The first so many input tokens of every request that has as many uncached are read from the
    /// cache, and written anew after a pause of five minutes.
    pub cache_prefix: Option<u64>,
}

impl Default for ReplaySettings {
    fn default() -> Self {
        Self {
            rates: RatesPolicy::default(),
            reserve_cache_reads: true,
            unset_max_tokens: None,
            caller_key: None,
            what_if: WhatIf::default(),
        }
    }
}

impl ReplaySettings {
    /// Refuses numbers that are no token counts.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let bounded = [
            ("unsetMaxTokens", self.unset_max_tokens),
            ("whatIf.maxTokens", self.what_if.max_tokens),
            ("whatIf.cachePrefix", self.what_if.cache_prefix),
        ];
        for (name, number) in bounded {
            if number.is_some_and(|number| Tokens::from_outside(number).is_none()) {
                let message = format!("{name} is larger than {}", Tokens::MAX);
                return Err(Error::new(ErrorKind::OutOfRange, message));
            }
        }
        Ok(())
    }
}

impl WhatIf {
    /// What is different, in words.
    pub(super) fn in_words(&self) -> String {
        let parts = [
            self.max_tokens.map(|most| format!("no request asked for more than {} tokens", grouped(most))),
            self.model.as_ref().map(|model| format!("every request went to {model}, with as many tokens")),
            self.cache_prefix.map(|prefix| {
                format!(
                    "the first {} tokens of every long enough input were read from the cache",
                    grouped(prefix)
                )
            }),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", and ")
    }

    /// Whether anything would have been different.
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }
}
