//! What a source says in a sentence, where it is no number.

use serde::{Deserialize, Serialize};

use super::{Catalog, model::overlay_source};

/// A sentence and where it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fact {
    /// The sentence, without a capital or a full stop.
    pub says: String,
    /// The key of the source.
    #[serde(default = "overlay_source")]
    pub source: String,
}

impl Catalog {
    /// The fact with this key, in words that name its source and day.
    pub(crate) fn fact(&self, key: &str) -> Option<String> {
        self.facts.get(key).map(|fact| format!("{} ({})", fact.says, self.cited(&fact.source)))
    }

    /// A source by its title and day.
    pub(crate) fn cited(&self, key: &str) -> String {
        match self.source(key) {
            Some(source) => format!("{}, {}", source.title, source.date),
            None => key.to_owned(),
        }
    }
}
