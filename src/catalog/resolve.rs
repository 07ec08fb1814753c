//! Which model, profile and Region a spelling means: ids, profile ids, ARNs, and names.
//!
//! A spelling that is written exactly as in the catalog is found at once; anything else is brought
//! into one canonical form (lower case, every separator a hyphen), first whole, then without what
//! releases add at the end (a date, a version, `latest`). A form that two models share means neither.

use super::{Catalog, InferenceProfile, Model};
use crate::{Error, ErrorKind, sorted};

/// What a spelling means.
#[derive(Clone, Debug)]
pub struct Resolved<'a> {
    /// The model.
    pub model: &'a Model,
    /// The inference profile, where the spelling names one.
    pub profile: Option<&'a InferenceProfile>,
    /// The source Region, where the spelling names one.
    pub source_region: Option<String>,
    /// The spelling as it was given.
    pub spelling: String,
}

/// What tools put before a model to name the provider or the call.
const ROUTING_WORDS: &[&str] = &[
    "bedrock",
    "amazon-bedrock",
    "bedrock_converse",
    "bedrock_mantle",
    "converse",
    "invoke",
    "anthropic",
    "openai",
];

/// Longer spellings are no model; comparing them would only cost time.
const LONGEST: usize = 200;

impl Catalog {
    /// The model a spelling means, with the inference profile and source Region that it names.
    ///
    /// Takes base ids, profile ids such as `au.…` and `global.…`, ARNs of foundation models and
    /// system-defined inference profiles, ids with a context suffix such as `:200k`, the providers' own
    /// names with or without a date or `-latest`, display names in any case, and all of these behind
    /// routing words such as `bedrock/converse/`.
    ///
    /// Errors: nothing or more than one model has this name; the message says which are near.
    pub fn resolve(&self, spelling: &str) -> Result<Resolved<'_>, Error> {
        let mut named = spelling.trim();
        let mut region = None;
        while let Some((word, rest)) = named.split_once('/') {
            if !ROUTING_WORDS.contains(&word) {
                if !self.regions.contains_key(word) {
                    break;
                }
                region = Some(word);
            }
            named = rest;
        }
        if named.starts_with("arn:") {
            let (arn_region, id) = foundation_of(named)?;
            region = arn_region.or(region);
            named = id;
        }
        let found = self.with_profile(named).or_else(|| self.with_profile(without_context(named)?));
        let (model, profile) = found.ok_or_else(|| self.unknown(spelling, named))?;
        let source_region = region.map(str::to_owned);
        Ok(Resolved { model, profile, source_region, spelling: spelling.to_owned() })
    }

    fn with_profile(&self, named: &str) -> Option<(&Model, Option<&InferenceProfile>)> {
        if let Some(model) = self.exactly(named) {
            return Some((model, None));
        }
        let prefixed = named.split_once('.').and_then(|(prefix, rest)| {
            let profile = self.profiles.iter().find(|profile| profile.prefix.eq_ignore_ascii_case(prefix))?;
            Some((profile, self.exactly(rest).or_else(|| self.canonically(rest))?))
        });
        match prefixed {
            Some((profile, model)) => Some((model, Some(profile))),
            None => self.canonically(named).map(|model| (model, None)),
        }
    }

    fn exactly(&self, named: &str) -> Option<&Model> {
        let by_alias = || self.models.iter().find(|model| model.has_alias(named)).map(|model| &**model);
        self.model(named).or_else(by_alias)
    }

    fn canonically(&self, named: &str) -> Option<&Model> {
        if LONGEST < named.len() {
            return None;
        }
        let known: Vec<(&Model, Vec<String>)> = self.models().map(|model| (model, forms(model))).collect();
        let the_one = |form: &str| {
            let mut having = known.iter().filter(|(_, forms)| forms.iter().any(|own| own == form));
            match (having.next(), having.next()) {
                (Some((model, _)), None) => Some(*model),
                _ => None,
            }
        };
        let whole = canonical(named);
        let mut rest = whole.as_str();
        loop {
            let without_provider =
                self.providers().find_map(|provider| rest.strip_prefix(provider)?.strip_prefix('-'));
            let found = the_one(rest)
                .or_else(|| the_one(without_provider?))
                .or_else(|| the_one(&format!("claude-{rest}")));
            if found.is_some() {
                return found;
            }
            rest = without_release(rest)?;
        }
    }

    fn providers(&self) -> impl Iterator<Item = &str> {
        self.models().map(|model| model.provider.as_str())
    }

    fn unknown(&self, spelling: &str, named: &str) -> Error {
        if spelling.trim().is_empty() {
            return Error::new(ErrorKind::UnknownModel, "the model's name is empty");
        }
        let wanted = canonical(shortened(named));
        // A name that holds what was written is nearer than any that must be changed into it.
        let far = |form: &String| (!form.contains(&wanted), edit_distance(&wanted, form));
        let mut known: Vec<_> =
            self.models().map(|model| (forms(model).iter().map(far).min(), model.id.as_str())).collect();
        sorted::sort_by_key(&mut known, |(far, _)| *far);
        let nearest: Vec<&str> = known.into_iter().take(3).map(|(_, id)| id).collect();
        let spelling = shortened(spelling.trim());
        let message = format!("no model \"{spelling}\" is known; the nearest are {}", nearest.join(", "));
        Error::new(ErrorKind::UnknownModel, message)
    }
}

/// The Region and model of an ARN.
fn foundation_of(arn: &str) -> Result<(Option<&str>, &str), Error> {
    let unknown = |message: String| Error::new(ErrorKind::UnknownModel, message);
    let mut parts = arn.splitn(6, ':').skip(1);
    let (partition, service, region) = (parts.next(), parts.next(), parts.next());
    let resource = parts.nth(1).and_then(|resource| resource.split_once('/'));
    let is_bedrock = partition.is_some_and(|name| name.starts_with("aws")) && service == Some("bedrock");
    match resource {
        Some(("foundation-model" | "inference-profile", id)) if is_bedrock => {
            Ok((region.filter(|region| !region.is_empty()), id))
        }
        Some((kind, _)) if is_bedrock => Err(unknown(format!(
            "an ARN of the kind {} does not say which model is behind it: name that model (--model)",
            shortened(kind)
        ))),
        _ => Err(unknown(format!("\"{}\" is not an ARN of Amazon Bedrock", shortened(arn)))),
    }
}

/// An id without the suffix of a context length, such as `:200k`.
fn without_context(named: &str) -> Option<&str> {
    let (id, suffix) = named.rsplit_once(':')?;
    let length = suffix.strip_suffix(['k', 'K'])?;
    (!length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// A canonical form without one thing that releases add at its end.
fn without_release(form: &str) -> Option<&str> {
    let (rest, last) = form.rsplit_once('-')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_version = |text: &str| text.strip_prefix('v').is_some_and(digits);
    if last == "latest" || is_version(last) || digits(last) && matches!(last.len(), 4 | 8) {
        return Some(rest);
    }
    if !digits(last) {
        return None;
    }
    let (before, last_but_one) = rest.rsplit_once('-')?;
    if is_version(last_but_one) {
        return Some(before);
    }
    // 2024-08-06
    let (before, year) = before.rsplit_once('-')?;
    (digits(last_but_one) && digits(year) && year.len() == 4).then_some(before)
}

/// The canonical forms of all names of a model.
fn forms(model: &Model) -> Vec<String> {
    let bare_id =
        model.id.split_once('.').filter(|(provider, _)| *provider == model.provider).map(|(_, bare)| bare);
    let names = [Some(model.id.as_str()), bare_id, Some(model.name.as_str())].into_iter().flatten();
    names.chain(model.aliases.iter().map(String::as_str)).map(canonical).collect()
}

/// Lower case, every run of separators one hyphen, none at the ends.
fn canonical(name: &str) -> String {
    let words = name.split(|letter: char| letter.is_whitespace() || "-_.:@()/".contains(letter));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}

/// The three names nearest to a wrong one; each comes with another word for it.
pub(super) fn nearest<'a>(wrong: &str, names: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<&'a str> {
    let wrong = canonical(shortened(wrong));
    let far = |name: &str| edit_distance(&wrong, &canonical(name));
    let mut names: Vec<(usize, &str)> = names.map(|(name, word)| (far(name).min(far(word)), name)).collect();
    sorted::sort(&mut names);
    names.into_iter().take(3).map(|(_, name)| name).collect()
}

/// The beginning of a text that somebody else wrote, for a message.
pub(super) fn shortened(text: &str) -> &str {
    text.char_indices().nth(80).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// What a letter costs that must be taken out or changed; one that must be put in costs one, since people shorten
/// names.
const WRONG_LETTER: usize = 3;

/// How far a name is from what was written (a weighted Levenshtein distance).
fn edit_distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (above_first, letter) in one.chars().enumerate() {
        let mut diagonal = above_first * WRONG_LETTER;
        let mut left = diagonal + WRONG_LETTER;
        let Some((first, rest)) = row.split_first_mut() else { return 0 };
        *first = left;
        for (cell, other_letter) in rest.iter_mut().zip(other.chars()) {
            let changed = diagonal + if letter == other_letter { 0 } else { WRONG_LETTER };
            diagonal = *cell;
            left = changed.min(diagonal + WRONG_LETTER).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}
