//! Regions and inference profiles: from where a model can be called, and where it may then run.

use serde::{Deserialize, Serialize};

use super::{Catalog, Fact, Model, model::overlay_source};
use crate::{ByName, Error, ErrorKind};

/// An AWS Region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Region {
    /// AWS's name, such as `Asia Pacific (Sydney)`.
    pub name: String,
    /// The city or area.
    pub city: String,
    /// The country, for residency.
    pub country: String,
    /// `americas`, `emea` or `apac`, as AWS groups Regions.
    pub geography: String,
    /// The partition in its ARNs.
    #[serde(default = "aws")]
    pub partition: String,
    /// What sources say against it as a Region of Bedrock.
    #[serde(default)]
    pub disputes: Vec<Fact>,
}

fn aws() -> String {
    "aws".to_owned()
}

/// A system-defined cross-Region inference profile: the prefix of many profile ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InferenceProfile {
    /// The prefix without its dot, such as `au`.
    pub prefix: String,
    /// What it covers, for people.
    pub name: String,
    /// The geography of its Regions; `global` for any commercial Region.
    pub geography: String,
    /// Which models it offers, and their routes. A later group comes before an earlier one.
    #[serde(default)]
    pub routes: Vec<RouteGroup>,
}

/// Models of an inference profile that have the same routes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RouteGroup {
    /// The base ids of the models.
    pub models: Vec<String>,
    /// From each source Region the destination Regions; `null` where the destinations, or even the
    /// source Regions, are not known.
    pub routes: Option<ByName<Option<Vec<String>>>>,
    /// The key of the source.
    #[serde(default = "overlay_source")]
    pub source: String,
    /// What else to know.
    pub note: Option<String>,
}

/// Models that can be called in single Regions, without an inference profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InRegion {
    /// The base ids of the models.
    pub models: Vec<String>,
    /// `runtime` or `mantle`.
    pub endpoint: String,
    /// The Regions, as far as they are known.
    pub regions: Vec<String>,
    /// The key of the source.
    #[serde(default = "overlay_source")]
    pub source: String,
    /// What else to know.
    pub note: Option<String>,
}

/// Where a request may run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// The profile by its prefix.
    pub profile: String,
    /// The id to call, with its prefix.
    pub profile_id: String,
    /// The Region to call it from.
    pub source_region: String,
    /// The Regions it may run in; absent where they are not known, or any commercial Region will do.
    pub destinations: Option<Vec<String>>,
    /// Whether it may run in any commercial Region.
    pub anywhere: bool,
    /// The key of the source; absent for a model the catalog does not know.
    pub source: Option<String>,
    /// What else to know.
    pub note: Option<String>,
}

impl InferenceProfile {
    /// The id of a model by this profile.
    pub fn id_of(&self, model: &Model) -> String {
        format!("{}.{}", self.prefix, model.id)
    }

    /// Whether it offers a model at all.
    pub fn offers(&self, model: &Model) -> bool {
        self.groups(model).next().is_some()
    }

    fn groups<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = &'a RouteGroup> {
        self.routes.iter().rev().filter(|group| group.models.contains(&model.id))
    }

    fn route(&self, model: &Model, source_region: &str, region: &Region) -> Option<Route> {
        let anywhere = self.geography == "global";
        let found = self.groups(model).find_map(|group| match &group.routes {
            None => (anywhere || self.geography == region.geography).then_some((group, None)),
            Some(routes) => routes.get(source_region).map(|destinations| (group, destinations.clone())),
        });
        found.map(|(group, destinations)| Route {
            profile: self.prefix.clone(),
            profile_id: self.id_of(model),
            source_region: source_region.to_owned(),
            destinations,
            anywhere,
            source: Some(group.source.clone()),
            note: group.note.clone(),
        })
    }
}

impl Catalog {
    /// The inference profile with this prefix, with or without its dot.
    ///
    /// Errors: no such profile.
    pub fn profile(&self, prefix: &str) -> Result<&InferenceProfile, Error> {
        let bare = prefix.strip_suffix('.').unwrap_or(prefix);
        self.profiles.iter().find(|profile| profile.prefix == bare).ok_or_else(|| {
            let known: Vec<&str> = self.profiles.iter().map(|profile| profile.prefix.as_str()).collect();
            let bare = super::resolve::shortened(bare);
            let message = format!("no inference profile \"{bare}\" is known; there are {}", known.join(", "));
            Error::new(ErrorKind::UnknownProfile, message)
        })
    }

    /// The inference profiles that offer a model, from whatever Region.
    pub fn profiles_for<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = &'a InferenceProfile> {
        self.profiles.iter().filter(|profile| profile.offers(model))
    }

    /// The ways by inference profiles from a source Region to a model. A Region that is not known
    /// has none.
    pub fn offered_from(&self, model: &Model, source_region: &str) -> Vec<Route> {
        let Some(region) = self.regions.get(source_region) else { return Vec::new() };
        self.profiles.iter().filter_map(|profile| profile.route(model, source_region, region)).collect()
    }

    /// Where a model can be called without an inference profile, as far as it is known.
    pub fn in_region<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = &'a InRegion> {
        self.in_region.iter().filter(|group| group.models.contains(&model.id))
    }

    /// The route of a model by an inference profile, given by its prefix, from a source Region. Of a
    /// model that the catalog does not know, nothing is known but the id.
    ///
    /// Errors: no such profile or Region, or the model is not offered so; the message says what is.
    pub fn route(&self, model: &Model, profile: &str, source_region: &str) -> Result<Route, Error> {
        let profile = self.profile(profile)?;
        let region = self.region(source_region)?;
        if self.model(&model.id).is_none() {
            return Ok(Route {
                profile: profile.prefix.clone(),
                profile_id: profile.id_of(model),
                source_region: source_region.to_owned(),
                destinations: None,
                anywhere: profile.geography == "global",
                source: None,
                note: None,
            });
        }
        profile.route(model, source_region, region).ok_or_else(|| {
            let offered = self.offer_in_words(model, source_region);
            let what = if profile.offers(model) {
                format!("{} cannot be called from {source_region} ({})", profile.id_of(model), region.city)
            } else {
                format!("{} has no {}. inference profile", model.name, profile.prefix)
            };
            Error::new(ErrorKind::UnknownProfile, format!("{what}; from {source_region}, {offered}"))
        })
    }

    /// Whether an inference profile, given by its prefix, offers a model from any Region.
    ///
    /// Errors: no such profile, or it does not; the message says which do.
    pub fn offered(&self, model: &Model, profile: &str) -> Result<(), Error> {
        let profile = self.profile(profile)?;
        if self.model(&model.id).is_none() || profile.offers(model) {
            return Ok(());
        }
        let others: Vec<String> = self.profiles_for(model).map(|other| other.id_of(model)).collect();
        let others = if others.is_empty() {
            "none is known".to_owned()
        } else {
            format!("there is {}", others.join(", "))
        };
        let message = format!("{} has no {}. inference profile; {others}", model.name, profile.prefix);
        Err(Error::new(ErrorKind::UnknownProfile, message))
    }

    fn offer_in_words(&self, model: &Model, source_region: &str) -> String {
        let by_profile = self.offered_from(model, source_region).into_iter().map(|route| route.profile_id);
        let here =
            self.in_region(model).filter(|group| group.regions.iter().any(|region| region == source_region));
        let here =
            here.map(|group| format!("{} in the Region itself (bedrock-{})", model.id, group.endpoint));
        let ways: Vec<String> = by_profile.chain(here).collect();
        if ways.is_empty() {
            "no way to it is known".to_owned()
        } else {
            format!("it is offered as {}", ways.join(", "))
        }
    }
}
