//! What a cache, another inference profile or another model would change.

use serde::Serialize;

use super::{Load, outputs::Outputs, sizing::Sizing};
use crate::{
    Catalog, InputTokens, Model, Tokens,
    target::{Target, Wanted},
    tariff::Tariff,
};

/// One way to carry a load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    /// What is other than planned.
    pub change: Change,
    /// The base model id on Bedrock.
    pub model: String,
    /// The name for people.
    pub name: String,
    /// The inference profile by its prefix.
    pub profile: Option<String>,
    /// Quota tokens for each output token.
    pub burndown_rate: u64,
    /// Whether the model counts tokens by the same vocabulary; if not, the numbers of tokens that were
    /// given hold for the planned model only, and these are as good as that.
    pub same_tokenizer: bool,
    /// The recommended `max_tokens`.
    pub max_tokens: u64,
    /// What admission deducts for a request.
    pub reservation: u64,
    /// What a request settles at on average.
    pub settlement: u64,
    /// The larger of the two.
    pub takes: u64,
    /// Requests per minute within the limits that the caller gave, whatever they were given for, so that
    /// alternatives can be compared; without any, within AWS's default quotas.
    pub per_minute: Option<u64>,
    /// AWS's default tokens per minute for this way.
    pub default_tpm: Option<u64>,
    /// What a thousand requests cost, in micro-dollars.
    pub micro_usd_per_1000: Option<u64>,
}

/// What is other than planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Nothing.
    None,
    /// The common beginning of the requests is read from the cache.
    Cache,
    /// The inference profile.
    Profile,
    /// The model.
    Model,
}

/// Every alternative that the catalog knows, as it is first.
pub(super) fn of(
    load: &Load,
    planned: &Target<'_>,
    input: InputTokens,
    outputs: &Outputs,
    catalog: &Catalog,
) -> Vec<Alternative> {
    let prefix = |target: &Target<'_>| target.profile.map(|profile| profile.prefix.clone());
    let row = |change, target: &Target<'_>, input| {
        alternative(change, target, planned, load, input, outputs, catalog)
    };
    let mut rows = vec![row(Change::None, planned, input)];
    let cache = planned.model.prompt_cache.as_ref();
    if cache.is_some_and(|cache| cache.min_tokens <= load.cacheable) {
        let most = cache.and_then(|cache| cache.max_tokens).unwrap_or(u64::MAX);
        let cached = Tokens::new(load.cacheable.min(most));
        let warm = InputTokens {
            uncached: input.uncached.minus(cached),
            cache_read: input.cache_read + cached,
            ..input
        };
        rows.push(row(Change::Cache, planned, warm));
    }
    let (model, own) = (planned.model.as_ref(), prefix(planned));
    let ways = ways(model, planned.source_region.as_deref(), catalog);
    for profile in ways.iter().filter(|profile| Some(*profile) != own.as_ref()) {
        rows.extend(
            find(&model.id, profile, load, catalog).map(|target| row(Change::Profile, &target, input)),
        );
    }
    // Another model by the same profile: who keeps data in a geography does not ask for another. Without
    // a profile, by the first that offers it.
    let others = catalog.models().filter(|other| other.id != model.id && other.provider == model.provider);
    for other in others.filter(|other| other.on_bedrock) {
        let mut ways = self::ways(other, planned.source_region.as_deref(), catalog).into_iter();
        let way = ways.find(|profile| own.as_ref().is_none_or(|own| own == profile));
        let target = way.and_then(|profile| find(&other.id, &profile, load, catalog));
        rows.extend(target.map(|target| row(Change::Model, &target, input)));
    }
    rows
}

/// The prefixes of the inference profiles by which a model can be called.
fn ways(model: &Model, source_region: Option<&str>, catalog: &Catalog) -> Vec<String> {
    let offers = catalog.profiles().iter().filter(|profile| match source_region {
        Some(region) => catalog.route(model, &profile.prefix, region).is_ok(),
        None => profile.offers(model),
    });
    offers.map(|profile| profile.prefix.clone()).collect()
}

fn find<'c>(model: &str, profile: &str, load: &Load, catalog: &'c Catalog) -> Option<Target<'c>> {
    let wanted = Wanted {
        model: Some(model),
        profile: Some(profile),
        source_region: load.source_region.as_deref(),
        ..Wanted::default()
    };
    Target::find(wanted, catalog).ok()
}

fn alternative(
    change: Change,
    target: &Target<'_>,
    planned: &Target<'_>,
    load: &Load,
    input: InputTokens,
    outputs: &Outputs,
    catalog: &Catalog,
) -> Alternative {
    let sizing = Sizing::new(load, target, input, outputs, &load.limits, catalog);
    let most = sizing.most();
    let max_tokens = sizing.recommended(outputs.cut_at(load.max_cut_permille).clamp(1, most.max(1)), most);
    let profile = target.profile.map(|profile| profile.prefix.clone());
    let quotas =
        target.model.default_quotas(profile.as_deref() == Some("global"), target.source_region.as_deref());
    // The plan's own notes say what is odd about its prices.
    let tariff = Tariff::find(target, input.total(), Tokens::ZERO, &mut Vec::new());
    let each = tariff.map(|tariff| tariff.micro_usd(input, sizing.mean_output(max_tokens)));
    Alternative {
        change,
        model: target.model.id.clone(),
        name: target.model.name.clone(),
        profile,
        burndown_rate: sizing.rule.burndown_rate,
        same_tokenizer: target.model.tokenizer == planned.model.tokenizer,
        max_tokens,
        reservation: sizing.reservation(max_tokens).get(),
        settlement: sizing.settlement(max_tokens).get(),
        takes: sizing.takes(max_tokens).get(),
        per_minute: sizing.per_minute(max_tokens),
        default_tpm: quotas.tpm,
        micro_usd_per_1000: each.map(|each| each.saturating_mul(1_000)),
    }
}
