//! What is published about models: limits, burndown rates, prices, quotas and routes.
//!
//! The facts are data (`catalog/*.json`), not code. Every group of them names its source, and a
//! source has a date, because the pages disagree with each other and change. Where two sources
//! differ both values are kept. Numbers are whole: tokens, requests, and micro-dollars per million
//! tokens. A fact that is absent is not known; nothing is filled in.
//!
//! A caller lays own facts over the compiled-in ones with [`Catalog::overlaid`].

mod accuracy;
mod fact;
mod frame;
mod model;
mod overlay;
mod part;
mod price;
mod profile;
mod rate;
mod residency;
mod resolve;
mod server_tool;
mod validate;

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::{
    ByName, Error, ErrorKind,
    json::{self, Json, Value},
};

use part::Part;

pub(crate) use accuracy::{Accuracy, RequestKind};
pub use fact::Fact;
pub(crate) use frame::{ChatFrame, ClaudeFrame, FrameRules, NovaFrame, PlainFrame};
pub use model::{DefaultQuotas, Dispute, Image, ImageRule, Model, ModelSummary, PromptCache, Quotas, models};
pub use price::{LongPrompt, PriceChoice, PriceList, Prices};
pub use profile::{InRegion, InferenceProfile, Region, Route, RouteGroup};
pub use rate::{Burndown, InferredRate, PublishedRate, RateChoice, RatesPolicy};
pub(crate) use residency::Reach;
pub use residency::Residency;
pub use resolve::Resolved;
pub(crate) use server_tool::ServerTool;

/// Models, Regions and inference profiles with what is published about them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Catalog {
    version: String,
    models: Vec<Part<Model>>,
    #[serde(default)]
    regions: Part<ByName<Region>>,
    #[serde(default)]
    profiles: Part<Vec<InferenceProfile>>,
    #[serde(default)]
    in_region: Part<Vec<InRegion>>,
    #[serde(default)]
    residencies: Part<ByName<Residency>>,
    #[serde(default)]
    facts: Part<ByName<Fact>>,
    #[serde(default)]
    sources: Part<ByName<Source>>,
}

/// Where a fact was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    /// The title of the page.
    pub title: String,
    /// Its public address.
    pub url: String,
    /// The day it speaks for, `YYYY-MM-DD`; for a page without a date, the best inferred day.
    pub date: String,
    /// How surely the page says what the catalog has from it.
    pub sure: Sure,
    /// What the page says, or how its age is known.
    #[serde(default)]
    pub note: String,
}

/// How surely a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sure {
    /// The provider's own text, read in full.
    High,
    /// One good source, or a copy of the provider's table.
    Medium,
    /// One third party's claim, or an inference.
    Low,
}

impl Catalog {
    /// The compiled-in catalog.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        // A test proves the files valid; an empty catalog is better than a panic all the same.
        BUILTIN.get_or_init(|| models_file().map(Self::from_files).unwrap_or_default())
    }

    /// Reads all parts, so that clones share what was read.
    fn read_all(&self) {
        self.models.iter().for_each(Part::have);
        self.regions.have();
        self.profiles.have();
        self.in_region.have();
        self.residencies.have();
        self.facts.have();
        self.sources.have();
    }

    fn from_files(models: &'static Json) -> Self {
        let root = models.root();
        let list = root.get("models");
        Self {
            version: root.get("version").and_then(Value::as_str).unwrap_or_default().into_owned(),
            models: list.into_iter().flat_map(Value::items).map(Part::place).collect(),
            regions: Part::file(include_str!("catalog/regions.json")),
            profiles: Part::file(include_str!("catalog/profiles.json")),
            in_region: Part::file(include_str!("catalog/in_region.json")),
            residencies: Part::file(include_str!("catalog/residencies.json")),
            facts: Part::file(include_str!("catalog/facts.json")),
            sources: Part::file(include_str!("catalog/sources.json")),
        }
    }

    /// A whole catalog from its JSON: `version`, `models`, `regions`, `profiles`, `inRegion`, `residencies`,
    /// `facts`, `sources`.
    ///
    /// Errors: not JSON, a field that is unknown or of the wrong type, or facts that contradict
    /// each other, each with its place.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let catalog: Self = json::read(text, ErrorKind::InvalidCatalog).map_err(unreadable)?;
        catalog.validate(|_, index| index)?;
        Ok(catalog)
    }

    /// The whole catalog as JSON, the form that [`Catalog::from_json`] and [`Catalog::overlaid`] read.
    pub fn to_json(&self) -> String {
        json::write::lines(self)
    }

    /// The date of the catalog, `YYYY-MM-DD`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All models.
    pub fn models(&self) -> impl ExactSizeIterator<Item = &Model> {
        self.models.iter().map(|model| &**model)
    }

    /// The model with exactly this base id; [`Catalog::resolve`] takes any spelling.
    pub fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.has_id(id)).map(|model| &**model)
    }

    /// The source behind a key.
    pub fn source(&self, key: &str) -> Option<&Source> {
        self.sources.get(key)
    }

    /// All sources by their keys.
    pub fn sources(&self) -> &ByName<Source> {
        &self.sources
    }

    /// All Regions by their ids.
    pub fn regions(&self) -> &ByName<Region> {
        &self.regions
    }

    /// All facts by their keys.
    pub fn facts(&self) -> &ByName<Fact> {
        &self.facts
    }

    /// The Region with this id.
    ///
    /// Errors: no such Region.
    pub fn region(&self, id: &str) -> Result<&Region, Error> {
        self.regions.get(id).ok_or_else(|| {
            let places = self.regions.iter().map(|(id, region)| (id.as_str(), region.city.as_str()));
            let nearest = resolve::nearest(id, places).join(", ");
            let message =
                format!("no Region \"{}\" is known; the nearest are {nearest}", resolve::shortened(id));
            Error::new(ErrorKind::UnknownProfile, message)
        })
    }

    /// All inference profiles.
    pub fn profiles(&self) -> &[InferenceProfile] {
        &self.profiles
    }

    /// A cautious stand-in for a model nobody knows: the highest burndown rate of the catalog, no
    /// limits, no prices, an unknown tokenizer.
    pub fn unknown_model(&self) -> Model {
        Model::unknown(self.highest_rate())
    }
}

/// The compiled-in file of models.
fn models_file() -> Option<&'static Json> {
    static MODELS: OnceLock<Option<Json>> = OnceLock::new();
    MODELS.get_or_init(|| Json::parse(include_str!("catalog/models.json")).ok()).as_ref()
}

/// JSON that is no catalog.
fn unreadable(error: Error) -> Error {
    error.within(ErrorKind::InvalidCatalog, "the catalog cannot be read")
}
