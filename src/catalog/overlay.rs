//! A caller's facts laid over a catalog.

use std::borrow::Cow;

use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};

use super::{
    Catalog, Fact, InRegion, InferenceProfile, Residency, RouteGroup, Source, Sure, model::overlay_source,
    unreadable,
};
use crate::{
    ByName, Error, ErrorKind,
    json::{
        Json, Value,
        edit::{pointer_token, quoted},
        write,
    },
};

/// The form of an overlay: as a whole catalog, and everything may be left out. What is merged is read
/// when what is before it is known.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Overlay {
    version: Option<String>,
    #[serde(default, rename = "models")]
    _models: Vec<IgnoredAny>,
    #[serde(default, rename = "profiles")]
    _profiles: Vec<IgnoredAny>,
    #[serde(rename = "regions")]
    _regions: Option<IgnoredAny>,
    #[serde(rename = "sources")]
    _sources: Option<IgnoredAny>,
    #[serde(default)]
    in_region: Vec<InRegion>,
    #[serde(default)]
    residencies: ByName<Residency>,
    #[serde(default)]
    facts: ByName<Fact>,
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
        let text = Json::parse(text).map_err(unreadable)?;
        let root = text.root();
        let overlay: Overlay = root.read(ErrorKind::InvalidCatalog).map_err(unreadable)?;
        self.read_all();
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
        if !catalog.sources.contains_key(&overlay_source()) {
            catalog.sources.change(|sources| sources.insert(overlay_source(), own));
        }
        catalog.sources.change(|sources| lay(sources, root, "sources"))?;
        catalog.regions.change(|regions| lay(regions, root, "regions"))?;
        catalog.residencies.change(|residencies| residencies.extend(overlay.residencies));
        catalog.facts.change(|facts| facts.extend(overlay.facts));
        let model_ids = keys(root, "models", "id")?;
        for ((index, patch), id) in list(root, "models").enumerate().zip(&model_ids) {
            let place = catalog.models.iter().position(|model| model.has_id(id));
            let base = place.and_then(|place| catalog.models.get(place));
            let model = merged(base, &with_source(patch), &format!("/models/{index}"))?;
            match place.and_then(|place| catalog.models.get_mut(place)) {
                Some(known) => *known = model,
                None => catalog.models.push(model),
            }
        }
        let prefixes = keys(root, "profiles", "prefix")?;
        for ((index, patch), prefix) in list(root, "profiles").enumerate().zip(&prefixes) {
            let routes: Option<Vec<RouteGroup>> = patch
                .get("routes")
                .map(|routes| routes.read(ErrorKind::InvalidCatalog))
                .transpose()
                .map_err(unreadable)?;
            let place = catalog.profiles.iter().position(|profile| profile.prefix == *prefix);
            let base = place.and_then(|place| catalog.profiles.get(place));
            let fields: Vec<_> = patch
                .entries()
                .filter(|(key, _)| key != "routes")
                .map(|(key, value)| (key, value.raw().into()))
                .collect();
            let mut profile: InferenceProfile = merged(base, &object(fields), &format!("/profiles/{index}"))?;
            profile.routes.extend(routes.unwrap_or_default());
            catalog.profiles.change(|profiles| match place.and_then(|place| profiles.get_mut(place)) {
                Some(known) => *known = profile,
                None => profiles.push(profile),
            });
        }
        catalog.in_region.change(|groups| {
            groups.splice(0..0, overlay.in_region);
        });
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
    section: &mut ByName<T>,
    root: Value<'_>,
    name: &str,
) -> Result<(), Error> {
    let Some(patches) = root.get(name) else { return Ok(()) };
    if !patches.is_object() {
        return Err(unreadable(patches.wrong_shape("an object")));
    }
    for (key, patch) in patches.entries() {
        let pointer = format!("/{name}/{}", pointer_token(&key));
        let merged = merged(section.get(&key), patch.raw(), &pointer)?;
        section.insert(key.into_owned(), merged);
    }
    Ok(())
}

/// The entries of a section that is a list.
fn list<'a>(root: Value<'a>, name: &str) -> impl Iterator<Item = Value<'a>> {
    root.get(name).into_iter().flat_map(Value::items)
}

/// The keys that entries of an overlay are merged by.
fn keys(root: Value<'_>, section: &str, field: &str) -> Result<Vec<String>, Error> {
    let each = list(root, section).enumerate().map(|(index, entry)| {
        entry.get(field).and_then(Value::as_str).map(Cow::into_owned).ok_or_else(|| {
            let message = format!("an entry needs a text under \"{field}\" to say what it is about");
            Error::new(ErrorKind::InvalidCatalog, message).at_pointer(format!("/{section}/{index}"))
        })
    });
    each.collect()
}

/// A model's patch in which every changed group names a source.
fn with_source(patch: Value<'_>) -> String {
    let own = || quoted(&overlay_source()).into();
    let mut fields: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    for (key, value) in patch.entries() {
        let bare = SOURCED.contains(&key.as_ref()) && value.is_object() && value.get("source").is_none();
        let text = if bare {
            let inner = value.entries().map(|(key, value)| (key, value.raw().into()));
            object(inner.chain([("source".into(), own())])).into()
        } else {
            value.raw().into()
        };
        fields.push((key, text));
    }
    let limits = ["contextWindow", "maxOutputTokens"].iter().any(|field| patch.get(field).is_some());
    if limits && patch.get("limitsSource").is_none() {
        fields.push(("limitsSource".into(), own()));
    }
    object(fields)
}

/// The JSON of an object.
fn object<'a>(fields: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> String {
    let mut text = String::from("{");
    for (key, value) in fields {
        if 1 < text.len() {
            text.push(',');
        }
        text.push_str(&quoted(&key));
        text.push(':');
        text.push_str(&value);
    }
    text.push('}');
    text
}

/// A value with a patch applied.
fn merged<T: Serialize + DeserializeOwned>(base: Option<&T>, patch: &str, pointer: &str) -> Result<T, Error> {
    let base = write::line(&base);
    let text = merge(Some(Json::parse(base)?.root()), Json::parse(patch)?.root());
    Json::parse_at(text, pointer)?.root().read(ErrorKind::InvalidCatalog).map_err(unreadable)
}

/// A value with a JSON merge patch (RFC 7396) applied.
fn merge(base: Option<Value<'_>>, patch: Value<'_>) -> String {
    if !patch.is_object() {
        return patch.raw().to_owned();
    }
    let kept = base.into_iter().flat_map(Value::entries).filter_map(|(key, value)| match patch.get(&key) {
        None => Some((key, value.raw().into())),
        Some(change) if change.is_null() => None,
        Some(change) => Some((key, merge(Some(value), change).into())),
    });
    let new = patch
        .entries()
        .filter(|(key, change)| !change.is_null() && base.is_none_or(|base| base.get(key).is_none()));
    object(kept.chain(new.map(|(key, change)| (key, merge(None, change).into()))))
}
