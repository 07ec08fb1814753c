//! Where a request may run: the inference profile to call, the Regions behind it, whose quota it
//! takes, what it costs more, and whether a rule of residency holds.

mod text;

use serde::{Deserialize, Serialize};

use crate::{
    ByName, Catalog, Endpoint, Error, InRegion, Model, ModelReport, Note, Residency, Route, Source, Sure,
    catalog::Reach,
    json,
    target::{Target, Wanted},
};

/// What is asked of a route.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct RouteOptions {
    /// The model, in any spelling; one that names a profile or Region need not be told them again.
    pub model: String,
    /// The inference profile by its prefix; without one, every way from the source Region is listed.
    pub profile: Option<String>,
    /// The Region the API is called in.
    pub source_region: Option<String>,
    /// Where a prompt may be processed: `anz`, `au`, `nz`, `eu`, `us`, `jp`, or `none` for anywhere.
    pub residency: Option<String>,
}

/// Where a request may run, and whether it may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteReport {
    /// The date of the data behind the answer.
    pub catalog_version: String,
    /// The model, the profile asked for, and the source Region.
    pub model: ModelReport,
    /// Whether the way exists and the residency rule holds; where no profile was asked for, whether
    /// any way is so.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<String>,
    /// The way asked for; its fields are absent where there is none.
    #[serde(flatten)]
    pub way: Option<Way>,
    /// The other ways from the source Region.
    pub alternatives: Vec<Way>,
    /// The residency rule that was asked for.
    pub residency: Option<RouteResidency>,
    /// Every Region that is spoken of, in order.
    pub regions: Vec<RoutePlace>,
    /// The sources of the ways, in order of their keys; notes name their own.
    pub sources: Vec<RouteSource>,
    /// What is odd, disputed or to be known.
    pub notes: Vec<Note>,
}

/// One way from a source Region to a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Way {
    /// What to send as `modelId`.
    pub model_id: String,
    /// The inference profile's id, where it is by one.
    pub profile_id: Option<String>,
    /// The profile's prefix, where it is by one.
    pub profile: Option<String>,
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The Regions it may run in; absent where they are not known, or any commercial Region will do.
    pub destination_regions: Option<Vec<String>>,
    /// Whether it may run in any commercial Region.
    pub anywhere: bool,
    /// The Region where data at rest stays.
    pub data_at_rest_region: String,
    /// Whose quota it takes.
    pub quota: RouteQuota,
    /// What it costs; absent where nothing is published.
    pub price: Option<RoutePrice>,
    /// Whether the residency rule holds; absent where none was asked for.
    pub residency_holds: Option<bool>,
    /// Why it does not.
    pub residency_reason: Option<String>,
    /// The key of the source.
    pub source: String,
    /// What else to know.
    pub note: Option<String>,
}

/// Which of an account's quotas a way takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuotaFamily {
    /// That of the Region alone.
    OnDemand,
    /// That of geographic profiles in the source Region.
    CrossRegion,
    /// That of the global profile in the source Region.
    GlobalCrossRegion,
    /// Those of bedrock-mantle in the Region, input and output apart.
    Mantle,
}

/// Whose quota a way takes, and AWS's defaults for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteQuota {
    /// Which quota.
    pub family: QuotaFamily,
    /// The Region it belongs to.
    pub region: String,
    /// Tokens per minute; on mantle, of input.
    pub tpm: Option<u64>,
    /// Output tokens per minute, on mantle.
    pub output_tpm: Option<u64>,
    /// Requests per minute.
    pub rpm: Option<u64>,
    /// The key of the source.
    pub source: Option<String>,
}

/// What a way costs, in micro-dollars per million tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoutePrice {
    /// Input.
    pub input: u64,
    /// Output.
    pub output: u64,
    /// How much dearer than by the global profile, in thousandths; absent where only one list is
    /// published.
    pub dearer_than_global_per_mille: Option<u64>,
    /// The key of the source.
    pub source: String,
}

/// A residency rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteResidency {
    /// Its key.
    pub rule: String,
    /// The area, for people.
    pub name: String,
    /// Its countries.
    pub countries: Vec<String>,
}

/// A Region with where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoutePlace {
    /// Its id.
    pub id: String,
    /// The city or area.
    pub city: String,
    /// The country.
    pub country: String,
}

/// A source with its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteSource {
    /// Its key.
    pub key: String,
    /// The title of the page.
    pub title: String,
    /// Its public address.
    pub url: String,
    /// The day it speaks for, `YYYY-MM-DD`.
    pub date: String,
    /// How surely the page says it.
    pub sure: Sure,
}

/// Says where a request may run.
///
/// Errors: no model or source Region, or a model, profile, Region or residency rule nobody knows. A
/// profile that is not offered from the source Region is an answer, not an error.
pub fn route(options: &RouteOptions, catalog: &Catalog) -> Result<RouteReport, Error> {
    let wanted = Wanted {
        model: Some(options.model.as_str()),
        profile: options.profile.as_deref(),
        source_region: options.source_region.as_deref(),
        residency: options.residency.as_deref(),
        allow_unknown: false,
    };
    let target = Target::find(wanted, catalog)?;
    let region = target.named_region()?;
    let rule = target.residency;
    let mut ways = ways(&target.model, region, rule, catalog);
    let asked = target.profile.map(|profile| profile.prefix.as_str());
    let position = ways.iter().position(|way| asked.is_some() && way.profile.as_deref() == asked);
    let way = position.map(|position| ways.remove(position));
    let reason = match (&way, asked) {
        (Some(way), _) => way.residency_reason.clone(),
        (None, Some(_)) => Some(unoffered(&target, catalog)),
        (None, None) if ways.is_empty() => Some(unoffered(&target, catalog)),
        (None, None) if ways.iter().all(|way| way.residency_holds == Some(false)) => {
            Some(format!("no way from {region} stays in {}", rule.map_or("", |rule| rule.name.as_str())))
        }
        (None, None) => None,
    };
    let notes = notes(way.as_ref(), &target, region, catalog);
    Ok(RouteReport {
        catalog_version: catalog.version().to_owned(),
        model: ModelReport {
            id: target.model.id.clone(),
            name: target.model.name.clone(),
            profile: asked.map(str::to_owned),
            source_region: Some(region.to_owned()),
        },
        allowed: reason.is_none(),
        reason,
        residency: rule.map(|rule| RouteResidency {
            rule: options.residency.clone().unwrap_or_default(),
            name: rule.name.clone(),
            countries: rule.countries.clone(),
        }),
        regions: places(region, way.iter().chain(&ways), catalog),
        sources: sources(way.iter().chain(&ways), catalog),
        way,
        alternatives: ways,
        notes,
    })
}

/// Every way from a source Region to a model.
fn ways(model: &Model, region: &str, rule: Option<&Residency>, catalog: &Catalog) -> Vec<Way> {
    let by_profile =
        catalog.offered_from(model, region).into_iter().map(|route| by_profile(model, route, rule, catalog));
    let here = catalog
        .in_region(model)
        .filter(|group| group.regions.iter().any(|own| own == region))
        .map(|group| in_region(model, group, region, rule, catalog));
    by_profile.chain(here).collect()
}

fn by_profile(model: &Model, route: Route, rule: Option<&Residency>, catalog: &Catalog) -> Way {
    let region = route.source_region.clone();
    let residency_reason = rule.and_then(|rule| rule.broken_by(&region, route.reach(), catalog));
    let quotas = model.default_quotas(route.anywhere, Some(&region));
    let quota = RouteQuota {
        family: if route.anywhere { QuotaFamily::GlobalCrossRegion } else { QuotaFamily::CrossRegion },
        region: region.clone(),
        tpm: quotas.tpm,
        output_tpm: None,
        rpm: quotas.rpm,
        source: model.quotas.as_ref().map(|quotas| quotas.source.clone()),
    };
    Way {
        model_id: route.profile_id.clone(),
        price: price(model, &route.profile),
        profile_id: Some(route.profile_id),
        profile: Some(route.profile),
        endpoint: Endpoint::Runtime,
        destination_regions: route.destinations,
        anywhere: route.anywhere,
        data_at_rest_region: region,
        quota,
        residency_holds: rule.map(|_| residency_reason.is_none()),
        residency_reason,
        source: route.source.unwrap_or_default(),
        note: route.note,
    }
}

fn in_region(
    model: &Model,
    group: &InRegion,
    region: &str,
    rule: Option<&Residency>,
    catalog: &Catalog,
) -> Way {
    let own = [region.to_owned()];
    let residency_reason = rule.and_then(|rule| rule.broken_by(region, Reach::Regions(&own), catalog));
    let quotas = model.default_quotas(false, Some(region));
    let published = model.quotas.as_ref();
    let mantle = group.endpoint == "mantle";
    let quota = RouteQuota {
        family: if mantle { QuotaFamily::Mantle } else { QuotaFamily::OnDemand },
        region: region.to_owned(),
        // The table's tokens per minute are those of inference profiles.
        tpm: quotas.mantle_input_tpm.filter(|_| mantle),
        output_tpm: quotas.mantle_output_tpm.filter(|_| mantle),
        rpm: published.and_then(|quotas| quotas.on_demand_rpm).filter(|_| !mantle),
        source: published.map(|quotas| match &quotas.mantle_source {
            Some(source) if mantle => source.clone(),
            _ => quotas.source.clone(),
        }),
    };
    Way {
        model_id: model.id.clone(),
        profile_id: None,
        profile: None,
        endpoint: if mantle { Endpoint::Mantle } else { Endpoint::Runtime },
        destination_regions: Some(own.to_vec()),
        anywhere: false,
        data_at_rest_region: region.to_owned(),
        quota,
        // No profile has this name, so the list for geographies and single Regions holds.
        price: price(model, "in-region"),
        residency_holds: rule.map(|_| residency_reason.is_none()),
        residency_reason,
        source: group.source.clone(),
        note: group.note.clone(),
    }
}

fn price(model: &Model, profile: &str) -> Option<RoutePrice> {
    let prices = model.price_list(Some(profile), 0)?.prices;
    let list = &model.prices.as_ref()?.list;
    let is_list = std::ptr::eq(prices, list);
    let dearer = prices.input.saturating_sub(list.input).saturating_mul(1000).checked_div(list.input);
    Some(RoutePrice {
        input: prices.input,
        output: prices.output,
        dearer_than_global_per_mille: dearer.filter(|_| !is_list || profile == "global"),
        source: prices.source.clone(),
    })
}

fn unoffered(target: &Target<'_>, catalog: &Catalog) -> String {
    let model = &target.model;
    if !model.on_bedrock {
        return format!("{} is not offered on Amazon Bedrock", model.name);
    }
    match (&target.refused, &target.source_region) {
        (Some(error), _) => error.message().to_owned(),
        (None, Some(region)) => {
            let others: Vec<String> =
                catalog.profiles_for(model).map(|profile| profile.id_of(model)).collect();
            let elsewhere = if others.is_empty() {
                "no inference profile of it is known".to_owned()
            } else {
                format!("from other Regions there are {}", others.join(", "))
            };
            format!("no way to {} from {region} is known; {elsewhere}", model.name)
        }
        (None, None) => String::new(),
    }
}

/// What to know of a way: what sources disagree on, and what holds for every way of its kind.
fn notes(way: Option<&Way>, target: &Target<'_>, region: &str, catalog: &Catalog) -> Vec<Note> {
    let mut notes = target.notes.clone();
    let known = |code: &'static str| catalog.fact(code).map(|message| Note::new(code, message));
    if let Some(way) = way.filter(|way| way.profile.is_some()) {
        notes.extend(known("data-at-rest").filter(|_| !way.anywhere));
        notes.extend(known("global-anywhere").filter(|_| way.anywhere));
        notes.extend(known("not-opted-in"));
        notes.extend(known("quota-source-region"));
        notes.extend(known("ask-the-api"));
        notes.extend(price_disputes(way, &target.model, catalog));
        let disputed = catalog.regions().get(region).into_iter().flat_map(|region| &region.disputes);
        notes.extend(disputed.map(|fact| {
            let message = format!(
                "sources disagree on this Region: {} ({}); the route itself is by {}",
                fact.says,
                catalog.cited(&fact.source),
                catalog.cited(&way.source)
            );
            Note::new("region-disputed", message)
        }));
        let quotas = target.model.quotas.iter().flat_map(|quotas| &quotas.disputes);
        notes.extend(quotas.map(|dispute| {
            let message = format!(
                "sources disagree on the default quota {}: {} by {}",
                dispute.field,
                crate::grouped(dispute.value),
                catalog.cited(&dispute.source)
            );
            Note::new("quota-disputed", message)
        }));
    }
    notes
}

fn price_disputes(way: &Way, model: &Model, catalog: &Catalog) -> Vec<Note> {
    let Some(prices) = &model.prices else { return Vec::new() };
    let group = match &way.profile {
        Some(_) if way.anywhere => "list".to_owned(),
        Some(profile) if prices.by_profile.contains_key(profile) => format!("byProfile.{profile}"),
        _ => "geographic".to_owned(),
    };
    let named = |dispute: &&crate::Dispute| {
        dispute.field.strip_prefix(&group).is_some_and(|rest| matches!(rest, ".input" | ".output"))
    };
    let told = |dispute: &crate::Dispute| {
        let what = dispute.field.rsplit('.').next().unwrap_or_default();
        let ours = way.price.as_ref().map(|price| {
            let amount = if what == "input" { price.input } else { price.output };
            format!("{} by {}, ", crate::dollars(amount), catalog.cited(&price.source))
        });
        let message = format!(
            "sources disagree on the price of a million tokens of {what}: {}{} by {}",
            ours.unwrap_or_default(),
            crate::dollars(dispute.value),
            catalog.cited(&dispute.source)
        );
        Note::new("price-disputed", message)
    };
    prices.disputes.iter().filter(named).map(told).collect()
}

fn places<'a>(source: &str, ways: impl Iterator<Item = &'a Way>, catalog: &Catalog) -> Vec<RoutePlace> {
    let destinations = ways.flat_map(|way| way.destination_regions.iter().flatten()).map(String::as_str);
    let ids: ByName<()> = destinations.chain([source]).map(|id| (id.to_owned(), ())).collect();
    let place = |id: &str| {
        let region = catalog.regions().get(id)?;
        Some(RoutePlace { id: id.to_owned(), city: region.city.clone(), country: region.country.clone() })
    };
    ids.keys().filter_map(|id| place(id)).collect()
}

fn sources<'a>(ways: impl Iterator<Item = &'a Way>, catalog: &Catalog) -> Vec<RouteSource> {
    let mut keys = ByName::default();
    for way in ways {
        let price = way.price.as_ref().map(|price| &price.source);
        let named = [Some(&way.source), way.quota.source.as_ref(), price];
        keys.extend(named.into_iter().flatten().map(|key| (key.clone(), ())));
    }
    let read = |key: &str| {
        let Source { title, url, date, sure, .. } = catalog.source(key)?.clone();
        Some(RouteSource { key: key.to_owned(), title, url, date, sure })
    };
    keys.keys().filter_map(|key| read(key)).collect()
}

impl RouteReport {
    /// The report as JSON on one line.
    pub fn to_json(&self) -> String {
        json::write::line(self)
    }
}
