//! Rules of where a prompt may be processed, as lists of countries.

use serde::{Deserialize, Serialize};

use super::{Catalog, InferenceProfile, Model, Route, resolve};
use crate::{Error, ErrorKind};

/// The name of the rule that forbids nothing.
const NO_RULE: &str = "none";

/// A rule of where a prompt may be processed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Residency {
    /// The area, for people.
    pub name: String,
    /// Its countries, as the catalog's Regions name them.
    pub countries: Vec<String>,
}

/// Where requests may go, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach<'a> {
    /// To any commercial Region.
    Anywhere,
    /// To these Regions.
    Regions(&'a [String]),
    /// Nobody has read it.
    Unknown,
}

impl Route {
    /// Where requests may go by this route.
    pub(crate) fn reach(&self) -> Reach<'_> {
        match &self.destinations {
            Some(regions) => Reach::Regions(regions),
            None if self.anywhere => Reach::Anywhere,
            None => Reach::Unknown,
        }
    }
}

impl Residency {
    /// The Regions of its countries.
    pub fn regions<'a>(&self, catalog: &'a Catalog) -> Vec<&'a str> {
        let regions = catalog.regions.iter().filter(|(_, region)| self.countries.contains(&region.country));
        regions.map(|(id, _)| id.as_str()).collect()
    }

    /// Why requests from a source Region may leave the area, or cannot be promised to stay in it.
    pub(crate) fn broken_by(&self, source: &str, reach: Reach<'_>, catalog: &Catalog) -> Option<String> {
        let outside = |id: &str| match catalog.regions.get(id) {
            Some(region) if self.countries.contains(&region.country) => None,
            Some(region) => Some(format!("{id} ({}, {})", region.city, region.country)),
            None => Some(id.to_owned()),
        };
        if let Some(place) = outside(source) {
            return Some(format!("the source Region {place} is outside {}", self.name));
        }
        match reach {
            Reach::Anywhere => {
                Some(format!("it may be processed in any commercial Region, so it may leave {}", self.name))
            }
            Reach::Unknown => Some(format!(
                "its destination Regions are not known, so nobody can promise that it stays in {}",
                self.name
            )),
            Reach::Regions(regions) => {
                let places: Vec<String> = regions.iter().filter_map(|id| outside(id)).collect();
                let message =
                    || format!("it may be processed in {}, outside {}", places.join(", "), self.name);
                (!places.is_empty()).then(message)
            }
        }
    }
}

impl Catalog {
    /// The residency rule with this key; `None` for the key `none`, which forbids nothing.
    ///
    /// Errors: no such rule.
    pub fn residency(&self, key: &str) -> Result<Option<&Residency>, Error> {
        if key == NO_RULE {
            return Ok(None);
        }
        self.residencies.get(key).map(Some).ok_or_else(|| {
            let known: Vec<&str> =
                self.residencies.keys().map(String::as_str).chain(std::iter::once(NO_RULE)).collect();
            let message = format!(
                "no residency rule \"{}\" is known; there are {}",
                resolve::shortened(key),
                known.join(", ")
            );
            Error::new(ErrorKind::InvalidArgument, message)
        })
    }

    /// Why a request may leave the area of a rule; `None` where it stays. Without a source Region
    /// every Region is looked at that the profile can be called from.
    pub(crate) fn leaves(
        &self,
        rule: &Residency,
        model: &Model,
        profile: Option<&InferenceProfile>,
        source_region: Option<&str>,
    ) -> Option<String> {
        match (profile, source_region) {
            (Some(profile), Some(region)) => {
                let route = self.route(model, &profile.prefix, region).ok()?;
                rule.broken_by(region, route.reach(), self)
            }
            (Some(profile), None) => {
                let mut routes = self
                    .regions
                    .keys()
                    .filter_map(|region| self.route(model, &profile.prefix, region).ok())
                    .peekable();
                if routes.peek().is_none() {
                    return Some("no source Region of it is known: name one".to_owned());
                }
                routes.find_map(|route| rule.broken_by(&route.source_region, route.reach(), self))
            }
            // Without a profile, a Region serves its own requests.
            (None, Some(region)) => rule.broken_by(region, Reach::Regions(&[]), self),
            (None, None) => Some("neither an inference profile nor a source Region is named".to_owned()),
        }
    }
}
