//! A caller's facts laid over a catalog.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    Catalog, Fact, InRegion, InferenceProfile, Residency, RouteGroup, Source, Sure, fault,
    model::overlay_source, unreadable,
};
use crate::{Error, ErrorKind};

/// The form of an overlay: as a whole catalog, and everything may be left out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Overlay {
    version: Option<String>,
    #[serde(default)]
    models: Vec<Map<String, Value>>,
    #[serde(default)]
    regions: Map<String, Value>,
    #[serde(default)]
    profiles: Vec<Map<String, Value>>,
    #[serde(default)]
    in_region: Vec<InRegion>,
    #[serde(default)]
    residencies: BTreeMap<String, Residency>,
    #[serde(default)]
    facts: BTreeMap<String, Fact>,
    #[serde(default)]
    sources: Map<String, Value>,
}

/// The groups of a model that name their source, which a caller's change replaces.
const SOURCED: [&str; 2] = ["quotas", "promptCache"];

impl Catalog {
    /// This catalog with a caller's facts laid over it, given in the form of [`Catalog::to_json`] with
    /// everything optional.
    ///
    /// Models are merged by `id`, profiles by `prefix`, Regions and sources by key, each field by field
    /// as in a JSON merge patch (RFC 7396): `null` removes, a list replaces. Route groups and `inRegion`
    /// are added and come before what was there; residencies and facts take the place of those with the same
    /// key. A fact that names no source gets the source `overlay`.
    ///
    /// Errors: as for [`Catalog::from_json`]; the pointer leads into the overlay.
    pub fn overlaid(&self, text: &str) -> Result<Self, Error> {
        let overlay: Overlay = serde_json::from_str(text).map_err(|error| unreadable(text, &error))?;
        let mut catalog = self.clone();
        if let Some(version) = overlay.version {
            catalog.version = version;
        }
        let own = Source {
            title: "the caller's catalog".to_owned(),
            url: String::new(),
            date: catalog.version.clone(),
            sure: Sure::High,
            note: String::new(),
        };
        catalog.sources.entry(overlay_source()).or_insert(own);
        lay(&mut catalog.sources, overlay.sources, "sources")?;
        lay(&mut catalog.regions, overlay.regions, "regions")?;
        catalog.residencies.extend(overlay.residencies);
        catalog.facts.extend(overlay.facts);
        let model_ids = keys(&overlay.models, "id", "/models")?;
        for (index, patch) in overlay.models.into_iter().enumerate() {
            let pointer = format!("/models/{index}");
            let id = model_ids.get(index).map_or("", String::as_str);
            let place = catalog.models.iter().position(|model| model.id == id);
            let base = place.and_then(|place| catalog.models.get(place));
            let model = merged(base, &with_source(patch), &pointer)?;
            match place.and_then(|place| catalog.models.get_mut(place)) {
                Some(known) => *known = model,
                None => catalog.models.push(model),
            }
        }
        let prefixes = keys(&overlay.profiles, "prefix", "/profiles")?;
        for (index, mut patch) in overlay.profiles.into_iter().enumerate() {
            let pointer = format!("/profiles/{index}");
            let routes = patch.remove("routes").unwrap_or_else(|| Value::Array(Vec::new()));
            let routes: Vec<RouteGroup> = merged(None, &routes, &format!("{pointer}/routes"))?;
            let prefix = prefixes.get(index).map_or("", String::as_str);
            let place = catalog.profiles.iter().position(|profile| profile.prefix == prefix);
            let base = place.and_then(|place| catalog.profiles.get(place));
            let mut profile: InferenceProfile = merged(base, &Value::Object(patch), &pointer)?;
            profile.routes.extend(routes);
            match place.and_then(|place| catalog.profiles.get_mut(place)) {
                Some(known) => *known = profile,
                None => catalog.profiles.push(profile),
            }
        }
        catalog.in_region.splice(0..0, overlay.in_region);
        catalog.validate(|section, index| {
            // What is wrong after the overlay came with it, so the pointer leads to its entry there.
            let there = |key: Option<&String>, keys: &[String]| {
                key.and_then(|key| keys.iter().position(|own| own == key)).unwrap_or(index)
            };
            match section {
                "models" => there(catalog.models.get(index).map(|model| &model.id), &model_ids),
                "profiles" => there(catalog.profiles.get(index).map(|profile| &profile.prefix), &prefixes),
                _ => index,
            }
        })?;
        Ok(catalog)
    }
}

/// Merges the entries of a section, each by its key.
fn lay<T: Serialize + DeserializeOwned>(
    section: &mut BTreeMap<String, T>,
    patches: Map<String, Value>,
    name: &str,
) -> Result<(), Error> {
    for (key, patch) in patches {
        let merged = merged(section.get(&key), &patch, &format!("/{name}/{}", escaped(&key)))?;
        section.insert(key, merged);
    }
    Ok(())
}

/// The keys that entries of an overlay are merged by.
fn keys(entries: &[Map<String, Value>], field: &str, pointer: &str) -> Result<Vec<String>, Error> {
    let each = entries.iter().enumerate().map(|(index, entry)| {
        entry.get(field).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| {
            let message = format!("an entry needs a text under \"{field}\" to say what it is about");
            Error::new(ErrorKind::InvalidCatalog, message).at_pointer(format!("{pointer}/{index}"))
        })
    });
    each.collect()
}

/// A model's patch in which every changed group names a source.
fn with_source(mut patch: Map<String, Value>) -> Value {
    for group in SOURCED {
        if let Some(Value::Object(fields)) = patch.get_mut(group) {
            fields.entry("source").or_insert_with(|| Value::String(overlay_source()));
        }
    }
    if patch.contains_key("contextWindow") || patch.contains_key("maxOutputTokens") {
        patch.entry("limitsSource").or_insert_with(|| Value::String(overlay_source()));
    }
    Value::Object(patch)
}

/// A value with a patch applied.
fn merged<T: Serialize + DeserializeOwned>(
    base: Option<&T>,
    patch: &Value,
    pointer: &str,
) -> Result<T, Error> {
    let text = base.and_then(|base| serde_json::to_string(base).ok());
    let before: Option<Value> = text.and_then(|text| serde_json::from_str(&text).ok());
    let mut after = before.clone().unwrap_or(Value::Null);
    apply(&mut after, patch);
    read(&after).map_err(|error| {
        let inner = before.map_or_else(String::new, |before| culprit::<T>(&before, patch));
        Error::new(ErrorKind::InvalidCatalog, format!("the catalog cannot be read: {}", fault(&error)))
            .at_pointer(format!("{pointer}{inner}"))
    })
}

/// Reads a value by way of its text: `serde_json::from_value` would compile every type of the catalog
/// a second time, which is a tenth of the code that browsers load. So would `to_value`.
fn read<T: DeserializeOwned>(value: &Value) -> Result<T, serde_json::Error> {
    serde_json::from_str(&value.to_string())
}

/// JSON merge patch (RFC 7396).
fn apply(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(known) = target else { return };
    for (key, value) in fields {
        if value.is_null() {
            known.remove(key);
        } else {
            apply(known.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// The pointer of the innermost field of a patch that cannot be applied by itself.
fn culprit<T: DeserializeOwned>(before: &Value, patch: &Value) -> String {
    let mut keys: Vec<&String> = Vec::new();
    let mut level = patch;
    while let Value::Object(fields) = level {
        let fails = |key: &String, value: &Value| {
            let alone =
                keys.iter().rev().fold(Value::from_iter([(key.clone(), value.clone())]), |inner, outer| {
                    Value::from_iter([((*outer).clone(), inner)])
                });
            let mut after = before.clone();
            apply(&mut after, &alone);
            read::<T>(&after).is_err()
        };
        let Some((key, value)) = fields.iter().find(|(key, value)| fails(key, value)) else { break };
        keys.push(key);
        level = value;
    }
    keys.into_iter().fold(String::new(), |pointer, key| pointer + "/" + &escaped(key))
}

/// A key as a part of a JSON pointer (RFC 6901).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
