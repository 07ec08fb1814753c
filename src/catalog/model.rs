//! A model and the groups of facts about it.

use serde::{Deserialize, Serialize};

use super::{Burndown, Catalog, InferredRate, Prices, PublishedRate, RatesPolicy};
use crate::{ByName, count::Counter};

/// What is known of one model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Model {
    /// The base id on Bedrock, or the provider's name where `on_bedrock` is false.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Who made it, as the id spells it.
    pub provider: String,
    /// Other names: the provider's own ones, with and without a date.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether Bedrock offers it; the others are known because people paste requests for them.
    #[serde(default = "on_bedrock")]
    pub on_bedrock: bool,
    /// Which vocabulary counts for it.
    #[serde(default = "unknown")]
    pub tokenizer: String,
    /// Which rules hold for what the provider adds around the text.
    #[serde(default = "no_frame")]
    pub frame: String,
    /// Tokens of input and output together.
    pub context_window: Option<u64>,
    /// The most that `max_tokens` may be.
    pub max_output_tokens: Option<u64>,
    /// The source of the two limits.
    pub limits_source: Option<String>,
    /// Other values that sources give for the two limits.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    /// Quota tokens per output token.
    #[serde(default)]
    pub burndown: Burndown,
    /// Prices, where published.
    pub prices: Option<Prices>,
    /// AWS's default quotas, where published.
    pub quotas: Option<Quotas>,
    /// The prompt cache, where the model has one.
    pub prompt_cache: Option<PromptCache>,
    /// How a picture is counted, where a rule is published.
    pub image: Option<Image>,
    /// The day it came to Bedrock, `YYYY-MM-DD`.
    pub launched: Option<String>,
    /// What else to know, in plain sentences.
    #[serde(default)]
    pub notes: Vec<String>,
}

const fn on_bedrock() -> bool {
    true
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn no_frame() -> String {
    "none".to_owned()
}

/// What the source of a fact is called that a caller laid over without naming one.
pub(super) fn overlay_source() -> String {
    "overlay".to_owned()
}

/// Another value that a source gives for a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Dispute {
    /// The field of the group, with dots between levels.
    pub field: String,
    /// The other value, in the field's unit.
    pub value: u64,
    /// The key of the source that gives it.
    pub source: String,
}

/// AWS's default quotas. An account's own can be lower or higher.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quotas {
    /// Tokens per minute, input and output together, by geographic inference profiles.
    pub tpm: Option<u64>,
    /// The same by the global inference profile.
    pub global_tpm: Option<u64>,
    /// `tpm` in the source Regions that differ.
    #[serde(default)]
    pub tpm_by_region: ByName<u64>,
    /// Requests per minute by inference profiles; absent where none is enforced or known.
    pub rpm: Option<u64>,
    /// `rpm` in the source Regions that differ.
    #[serde(default)]
    pub rpm_by_region: ByName<u64>,
    /// Requests per minute in one Region, without an inference profile.
    pub on_demand_rpm: Option<u64>,
    /// Tokens per day.
    pub tpd: Option<u64>,
    /// Tokens per day by inference profiles.
    pub tpd_cross_region: Option<u64>,
    /// Input tokens per minute on bedrock-mantle.
    pub mantle_input_tpm: Option<u64>,
    /// Output tokens per minute on bedrock-mantle.
    pub mantle_output_tpm: Option<u64>,
    /// Other values that sources give.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    /// The key of the source.
    #[serde(default = "overlay_source")]
    pub source: String,
    /// The key of the source of the two bedrock-mantle quotas, where it is another.
    pub mantle_source: Option<String>,
}

/// The default quotas that hold for one way to a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DefaultQuotas {
    /// Tokens per minute, input and output together.
    pub tpm: Option<u64>,
    /// Requests per minute.
    pub rpm: Option<u64>,
    /// Tokens per day: the smaller figure, which holds without cross-Region inference.
    pub tpd: Option<u64>,
    /// Input tokens per minute on bedrock-mantle.
    pub mantle_input_tpm: Option<u64>,
    /// Output tokens per minute on bedrock-mantle.
    pub mantle_output_tpm: Option<u64>,
}

/// The rules of a model's prompt cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PromptCache {
    /// The tokens a prefix must have to be cached.
    pub min_tokens: u64,
    /// The most cache points in one request.
    pub max_checkpoints: u64,
    /// How long an entry may live, such as `5m` and `1h`.
    pub ttls: Vec<String>,
    /// The fields that take cache points.
    pub fields: Vec<String>,
    /// The most tokens that are cached.
    pub max_tokens: Option<u64>,
    /// The key of the source.
    #[serde(default = "overlay_source")]
    pub source: String,
}

/// How a model counts pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Image {
    /// The published rule.
    pub tier: ImageRule,
}

/// A published rule for the tokens of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ImageRule {
    /// Claude up to 4.6: squares of 28 pixels, the long edge at most 1,568 pixels.
    #[serde(rename = "claude-standard")]
    ClaudeStandard,
    /// Claude 3.5 Haiku: the same, with an even number of squares each way, as measured.
    #[serde(rename = "claude-even")]
    ClaudeEven,
    /// Claude from 4.7 on: squares of 28 pixels, the long edge at most 2,576 pixels.
    #[serde(rename = "claude-high")]
    ClaudeHigh,
    /// Nova 1: by size.
    #[serde(rename = "nova-1")]
    Nova1,
    /// Nova 2: the same for every picture.
    #[serde(rename = "nova-2")]
    Nova2,
    /// No rule is published.
    #[serde(rename = "unknown")]
    Unknown,
}

impl Model {
    /// A model of which nothing is known, charged at `rate`.
    pub(super) fn unknown(rate: u64) -> Self {
        let because = "the model is not known, so the highest rate of any known model is taken".to_owned();
        Self {
            id: unknown(),
            name: "Unknown model".to_owned(),
            provider: unknown(),
            aliases: Vec::new(),
            on_bedrock: true,
            tokenizer: unknown(),
            frame: no_frame(),
            context_window: None,
            max_output_tokens: None,
            limits_source: None,
            disputes: Vec::new(),
            burndown: Burndown { published: Vec::new(), inferred: Some(InferredRate { rate, because }) },
            prices: None,
            quotas: None,
            prompt_cache: None,
            image: None,
            launched: None,
            notes: Vec::new(),
        }
    }

    /// The rule by which pictures are counted.
    pub fn image_rule(&self) -> ImageRule {
        self.image.map_or(ImageRule::Unknown, |image| image.tier)
    }

    /// The default quotas by the global inference profile, or by any other way from a source Region.
    pub fn default_quotas(&self, global: bool, source_region: Option<&str>) -> DefaultQuotas {
        let Some(quotas) = &self.quotas else { return DefaultQuotas::default() };
        let here = |by_region: &ByName<u64>| source_region.and_then(|region| by_region.get(region).copied());
        let regional = here(&quotas.tpm_by_region).or(quotas.tpm);
        DefaultQuotas {
            tpm: if global { quotas.global_tpm.or(regional) } else { regional },
            rpm: here(&quotas.rpm_by_region).or(quotas.rpm),
            tpd: quotas.tpd,
            mantle_input_tpm: quotas.mantle_input_tpm,
            mantle_output_tpm: quotas.mantle_output_tpm,
        }
    }
}

/// One line of a listing of models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelSummary {
    /// The base id on Bedrock.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Who made it.
    pub provider: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Whether Bedrock offers it.
    pub on_bedrock: bool,
    /// Which vocabulary counts for it.
    pub tokenizer: String,
    /// Whether this build has that vocabulary; without it counts are estimates with a wide range.
    pub own_vocabulary: bool,
    /// Tokens of input and output together.
    pub context_window: Option<u64>,
    /// The most that `max_tokens` may be.
    pub max_output_tokens: Option<u64>,
    /// Quota tokens per output token, by the default policy.
    pub burndown_rate: u64,
    /// The key of the rate's source; absent where it is inferred.
    pub burndown_source: Option<String>,
    /// Whether sources of the same day or later say otherwise.
    pub burndown_disputed: bool,
    /// The other rates.
    pub disputed_rates: Vec<PublishedRate>,
    /// Prices, in micro-dollars per million tokens.
    pub prices: Option<Prices>,
    /// AWS's default quotas.
    pub quotas: Option<Quotas>,
    /// The prefixes of the inference profiles it is offered by.
    pub profiles: Vec<String>,
}

/// All models of a catalog, for a listing.
pub fn models(catalog: &Catalog) -> Vec<ModelSummary> {
    catalog.models().map(|model| summary(model, catalog)).collect()
}

fn summary(model: &Model, catalog: &Catalog) -> ModelSummary {
    let choice = model.rate(RatesPolicy::default(), catalog);
    ModelSummary {
        id: model.id.clone(),
        name: model.name.clone(),
        provider: model.provider.clone(),
        aliases: model.aliases.clone(),
        on_bedrock: model.on_bedrock,
        tokenizer: model.tokenizer.clone(),
        own_vocabulary: Counter::for_tokenizer(&model.tokenizer).is_own(),
        context_window: model.context_window,
        max_output_tokens: model.max_output_tokens,
        burndown_rate: choice.rate,
        burndown_source: choice.source.map(str::to_owned),
        burndown_disputed: !choice.disputed.is_empty(),
        disputed_rates: choice.disputed,
        prices: model.prices.clone(),
        quotas: model.quotas.clone(),
        profiles: catalog.profiles_for(model).map(|profile| profile.prefix.clone()).collect(),
    }
}
