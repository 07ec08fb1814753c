//! What a caller may say besides the request.

use serde::{Deserialize, Deserializer};

use crate::{
    CacheState, Correction, Dialect, Endpoint, Error, ErrorKind, Limits, Observed, RatesPolicy, Tokens,
};

/// The caller's settings for a check; the default leaves everything to the request and catalog.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Options {
    /// The model, in any spelling; needed unless the request names one.
    pub model: Option<String>,
    /// The inference profile by its prefix: `au`, `us`, `eu`, `jp`, `apac`, `global`.
    pub profile: Option<String>,
    /// The Region the API is called in.
    pub source_region: Option<String>,
    /// Where the prompt may be processed: `anz`, `au`, `nz`, `eu`, `us`, `jp`, or `none` for anywhere.
    pub residency: Option<String>,
    /// The request's dialect, where its structure does not tell.
    #[serde(deserialize_with = "dialect")]
    pub dialect: Option<Dialect>,
    /// Overrides the request's own limit on the answer.
    pub max_tokens: Option<u64>,
    /// How long the answer will probably be, in tokens.
    pub expected_output: Option<u64>,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Which of several published burndown rates holds.
    pub rates: RatesPolicy,
    /// Whether admission deducts cache reads too; AWS's texts disagree, and yes is the safe answer.
    pub reserve_cache_reads: bool,
    /// Whether the cacheable prefix is in the cache already.
    pub cache: CacheState,
    /// Takes a model nobody knows for a cautious unknown one instead of failing.
    pub allow_unknown: bool,
    /// The usage of an answer to this very request: its input is known then, and the report says
    /// what it teaches about others.
    pub observed: Option<Observed>,
    /// What the usage of an earlier request taught.
    pub correction: Option<Correction>,
    /// What the account allows.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            model: None,
            profile: None,
            source_region: None,
            residency: None,
            dialect: None,
            max_tokens: None,
            expected_output: None,
            endpoint: Endpoint::default(),
            rates: RatesPolicy::default(),
            reserve_cache_reads: true,
            cache: CacheState::default(),
            allow_unknown: false,
            observed: None,
            correction: None,
            limits: Limits::default(),
        }
    }
}

impl Options {
    /// Refuses numbers that are no token counts.
    pub(crate) fn validate(&self) -> Result<(), Error> {
        let limits = &self.limits;
        let bounded = [
            ("maxTokens", self.max_tokens),
            ("expectedOutput", self.expected_output),
            ("correction.expected", self.correction.as_ref().map(|correction| correction.expected)),
            ("correction.observed", self.correction.as_ref().map(|correction| correction.observed)),
            ("limits.tpm", limits.tpm),
            ("limits.rpm", limits.rpm),
            ("limits.tpd", limits.tpd),
            ("limits.inputTpm", limits.input_tpm),
            ("limits.outputTpm", limits.output_tpm),
            ("limits.budgetMicroUsd", limits.budget_micro_usd),
            ("limits.usedTpm", Some(limits.used_tpm)),
            ("limits.usedRpm", Some(limits.used_rpm)),
            ("limits.usedTpd", Some(limits.used_tpd)),
        ];
        for (name, number) in bounded {
            if number.is_some_and(|number| Tokens::from_outside(number).is_none()) {
                let message = format!("{name} is larger than {}", Tokens::MAX);
                return Err(Error::new(ErrorKind::OutOfRange, message));
            }
        }
        if self.max_tokens == Some(0) {
            return Err(Error::new(ErrorKind::OutOfRange, "maxTokens must be at least 1"));
        }
        Ok(())
    }
}

fn dialect<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Dialect>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        Some(name) => name.parse().map(Some).map_err(serde::de::Error::custom),
        None => Ok(None),
    }
}
