//! By what terms the calls of a logged model id are charged.

use super::{record::MaxTokens, settings::ReplaySettings};
use crate::{Catalog, Endpoint, InputTokens, Model, QuotaRule, Tokens};

/// The terms for one model id: looked up once, used for every record.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// The base id; of a model nobody knows, the id as it is logged.
    pub(super) model: String,
    /// The prefix of the inference profile; empty without one.
    pub(super) profile: String,
    rule: QuotaRule,
    /// What is reserved for the answer to a request without `max_tokens`.
    unset_max_tokens: Tokens,
    /// Prompts of more input tokens have prices of their own.
    long_above: Option<u64>,
}

/// What a call asked for and got.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) input: InputTokens,
    pub(super) output: Tokens,
    pub(super) max_tokens: MaxTokens,
}

/// What one call took from the quota.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) reservation: u64,
    pub(super) settlement: u64,
    /// The part of the reservation that was for the answer.
    pub(super) reserved_output: u64,
}

/// The model that a logged id means, and the prefix of its profile. An ARN that is an alias in the
/// catalog, such as an application inference profile, means that model.
pub(super) fn resolve<'a>(model_id: &str, catalog: &'a Catalog) -> Option<(&'a Model, &'a str)> {
    let aliased = || catalog.models().find(|model| model.aliases.iter().any(|alias| alias == model_id));
    match catalog.resolve(model_id) {
        Ok(found) => Some((found.model, found.profile.map_or("", |profile| profile.prefix.as_str()))),
        Err(_) => aliased().map(|model| (model, "")),
    }
}

impl Terms {
    pub(super) fn of(model_id: &str, settings: &ReplaySettings, catalog: &Catalog) -> Self {
        let found = resolve(model_id, catalog);
        let unknown = catalog.unknown_model();
        let model = found.map_or(&unknown, |(model, _)| model);
        let limit = settings.unset_max_tokens.or(model.max_output_tokens).unwrap_or(0);
        let long = model.prices.as_ref().and_then(|prices| prices.long_prompt.as_ref());
        Self {
            model: found.map_or_else(|| model_id.to_owned(), |(model, _)| model.id.clone()),
            profile: found.map_or_else(String::new, |(_, prefix)| prefix.to_owned()),
            rule: QuotaRule {
                endpoint: Endpoint::Runtime,
                burndown_rate: model.rate(settings.rates, catalog).rate,
                reserve_cache_reads: settings.reserve_cache_reads,
            },
            unset_max_tokens: Tokens::new(limit),
            long_above: long.map(|long| long.above_tokens),
        }
    }

    pub(super) fn charge(&self, asked: Asked) -> Taken {
        let most = match asked.max_tokens {
            MaxTokens::Given(most) => most,
            MaxTokens::Unset => self.unset_max_tokens,
            MaxTokens::Unknown => asked.output,
        };
        Taken {
            reservation: self.rule.reservation(asked.input, most).get(),
            settlement: self.rule.settlement(asked.input, asked.output).get(),
            reserved_output: most.get(),
        }
    }

    /// What the call would have asked for with the what-ifs, on these terms.
    pub(super) fn ask_if(&self, asked: Asked, settings: &ReplaySettings) -> Asked {
        let what_if = &settings.what_if;
        let mut asked = asked;
        if let Some(cap) = what_if.max_tokens.map(Tokens::new) {
            asked.output = asked.output.min(cap);
            asked.max_tokens = match asked.max_tokens {
                MaxTokens::Given(most) => MaxTokens::Given(most.min(cap)),
                MaxTokens::Unset => MaxTokens::Given(self.unset_max_tokens.min(cap)),
                MaxTokens::Unknown => MaxTokens::Unknown,
            };
        }
        if let Some(prefix) = what_if.cache_prefix.map(Tokens::new)
            && prefix <= asked.input.uncached
        {
            asked.input.uncached = asked.input.uncached.minus(prefix);
            asked.input.cache_read = asked.input.cache_read + prefix;
        }
        asked
    }

    /// Whether prompts of this length have prices of their own.
    pub(super) fn is_long(&self, input: InputTokens) -> bool {
        self.long_above.is_some_and(|above| above < input.total().get())
    }
}
