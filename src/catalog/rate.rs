//! Burndown rates: how many quota tokens one output token takes.
//!
//! AWS has published several lists that differ for the same model, so a model keeps every value
//! with its source, and a policy chooses.

use serde::{Deserialize, Serialize};

use super::{Catalog, Model, model::overlay_source};
use crate::sorted;

/// The key of the source that the default policy follows where it names a model.
const GUIDE: &str = "guide";

/// The burndown rates of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Burndown {
    /// What the sources say.
    #[serde(default)]
    pub published: Vec<PublishedRate>,
    /// What is assumed where none says anything.
    pub inferred: Option<InferredRate>,
}

/// A burndown rate with its source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishedRate {
    /// Quota tokens per output token.
    pub rate: u64,
    /// The key of the source.
    #[serde(default = "overlay_source")]
    pub source: String,
}

/// A burndown rate that nobody published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InferredRate {
    /// Quota tokens per output token.
    pub rate: u64,
    /// Why this one.
    pub because: String,
}

/// Which of the published rates holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RatesPolicy {
    /// The guide's where it names the model, else the latest.
    #[default]
    Default,
    /// The latest.
    Latest,
    /// The guide's; [`RateChoice::guide_is_silent`] says where the latest had to stand in.
    Guide,
    /// The highest.
    Highest,
}

/// The burndown rate that a policy chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateChoice<'a> {
    /// Quota tokens per output token.
    pub rate: u64,
    /// The key of the source; `None` where no rate is published.
    pub source: Option<&'a str>,
    /// Why the rate is assumed, where none is published.
    pub inferred: Option<&'a str>,
    /// Whether the guide was asked for and does not name the model.
    pub guide_is_silent: bool,
    /// The other rates that sources of the same day or later give, and the highest of all: each
    /// once, by its latest source, the newest first.
    pub disputed: Vec<PublishedRate>,
}

impl Model {
    /// The burndown rate by a policy. Where none is published it is the inferred one, else that of
    /// the catalog's dearest model.
    pub fn rate(&self, policy: RatesPolicy, catalog: &Catalog) -> RateChoice<'_> {
        let mut dated: Vec<(&str, &PublishedRate)> =
            self.burndown.published.iter().map(|rate| (catalog.date_of(&rate.source), rate)).collect();
        // Newest first; of one day, the one that stands last in the data.
        dated.reverse();
        sorted::sort_by(&mut dated, |(one, _), (other, _)| other.cmp(one));
        let latest = dated.first().copied();
        let highest = dated.iter().copied().rev().max_by_key(|(_, published)| published.rate);
        let guide = dated.iter().copied().find(|(_, published)| published.source == GUIDE);
        let chosen = match policy {
            RatesPolicy::Default | RatesPolicy::Guide => guide.or(latest),
            RatesPolicy::Latest => latest,
            RatesPolicy::Highest => highest,
        };
        let guide_is_silent = policy == RatesPolicy::Guide && guide.is_none();
        let Some((date, chosen)) = chosen else {
            let inferred = self.burndown.inferred.as_ref();
            return RateChoice {
                rate: inferred.map_or_else(|| catalog.highest_rate(), |inferred| inferred.rate),
                source: None,
                inferred: Some(inferred.map_or("none is published", |inferred| inferred.because.as_str())),
                guide_is_silent,
                disputed: Vec::new(),
            };
        };
        let top = highest.map_or(chosen.rate, |(_, published)| published.rate);
        let mut disputed: Vec<PublishedRate> = Vec::new();
        for (other_date, other) in dated {
            let counts = date <= other_date || other.rate == top;
            if counts && other.rate != chosen.rate && disputed.iter().all(|seen| seen.rate != other.rate) {
                disputed.push(other.clone());
            }
        }
        RateChoice {
            rate: chosen.rate,
            source: Some(&chosen.source),
            inferred: None,
            guide_is_silent,
            disputed,
        }
    }
}

impl Catalog {
    /// The highest burndown rate of any model.
    pub(super) fn highest_rate(&self) -> u64 {
        let rates = self.models().flat_map(|model| {
            let published = model.burndown.published.iter().map(|published| published.rate);
            published.chain(model.burndown.inferred.as_ref().map(|inferred| inferred.rate))
        });
        rates.max().unwrap_or(1)
    }

    /// The day a source speaks for; of an unknown source, the beginning of time.
    fn date_of(&self, key: &str) -> &str {
        self.source(key).map_or("", |source| source.date.as_str())
    }
}
