//! The model a request goes to, and the way there: the same for a check and a settlement.

use std::borrow::Cow;

use crate::{
    Catalog, Endpoint, Error, ErrorKind, InferenceProfile, Model, Note, QuotaRule, RateChoice, Residency,
    Tokens,
};

/// What the caller says of the model and the way to it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) model: Option<&'a str>,
    pub(crate) profile: Option<&'a str>,
    pub(crate) source_region: Option<&'a str>,
    pub(crate) residency: Option<&'a str>,
    pub(crate) allow_unknown: bool,
}

/// The model a request goes to, and the way there.
pub(crate) struct Target<'a> {
    pub(crate) model: Cow<'a, Model>,
    pub(crate) profile: Option<&'a InferenceProfile>,
    pub(crate) source_region: Option<String>,
    /// Why the profile cannot be used from the source Region.
    pub(crate) refused: Option<Error>,
    /// Where the request may be processed.
    pub(crate) residency: Option<&'a Residency>,
    /// Why it may be processed elsewhere.
    pub(crate) leaves: Option<String>,
    pub(crate) notes: Vec<Note>,
}

impl<'a> Target<'a> {
    /// Finds the model in any spelling, with the profile and Region that the spelling names.
    ///
    /// Errors: no model, or a model, profile or Region nobody knows.
    pub(crate) fn find(wanted: Wanted<'_>, catalog: &'a Catalog) -> Result<Self, Error> {
        let spelling = wanted.model.filter(|spelling| !spelling.is_empty()).ok_or_else(|| {
            let message = "no model is named: give one (--model, or the option model)";
            Error::new(ErrorKind::MissingModel, message)
        })?;
        let mut notes = Vec::new();
        let resolved = match catalog.resolve(spelling) {
            Err(error) if error.kind() == ErrorKind::UnknownModel && wanted.allow_unknown => {
                let message = format!("\"{spelling}\" is not known; counted as a cautious unknown model");
                notes.push(Note::new("unknown-model", message));
                None
            }
            other => Some(other?),
        };
        let spelled_region = resolved.as_ref().and_then(|resolved| resolved.source_region.clone());
        let source_region = wanted.source_region.map(str::to_owned).or(spelled_region);
        let profile = match wanted.profile {
            Some(prefix) => Some(catalog.profile(prefix)?),
            None => resolved.as_ref().and_then(|resolved| resolved.profile),
        };
        if let Some(region) = &source_region {
            catalog.region(region)?;
        }
        let model =
            resolved.map_or_else(|| Cow::Owned(catalog.unknown_model()), |found| Cow::Borrowed(found.model));
        let refused = match (profile, source_region.as_deref()) {
            (Some(profile), Some(region)) => catalog.route(&model, &profile.prefix, region).err(),
            (Some(profile), None) => catalog.offered(&model, &profile.prefix).err(),
            (None, _) => None,
        };
        let refused = refused.filter(|_| model.on_bedrock);
        let residency = wanted.residency.map(|key| catalog.residency(key)).transpose()?.flatten();
        let leaves =
            residency.and_then(|rule| catalog.leaves(rule, &model, profile, source_region.as_deref()));
        Ok(Self { model, profile, source_region, refused, residency, leaves, notes })
    }

    /// The source Region.
    ///
    /// Errors: none is named.
    pub(crate) fn named_region(&self) -> Result<&str, Error> {
        self.source_region.as_deref().ok_or_else(|| {
            let message = "no source Region is named: give one (--source-region, or the option sourceRegion)";
            Error::new(ErrorKind::InvalidArgument, message)
        })
    }

    /// Notes where published burndown rates differ, with what would be charged by the others.
    pub(crate) fn rate_notes(
        &self,
        rate: &RateChoice<'_>,
        rule: QuotaRule,
        charged: impl Fn(QuotaRule) -> Tokens,
        catalog: &Catalog,
    ) -> Vec<Note> {
        let name = &self.model.name;
        let mut notes = Vec::new();
        if rule.endpoint == Endpoint::Mantle {
            return notes;
        }
        if let Some(because) = rate.inferred {
            let message =
                format!("no burndown rate is published for {name}; {} is assumed: {because}", rate.rate);
            notes.push(Note::new("burndown-assumed", message));
        }
        if rate.guide_is_silent {
            let message =
                format!("the guide does not name {name}; the latest published rate, {}, holds", rate.rate);
            notes.push(Note::new("burndown-guide-silent", message));
        }
        let by = |key: &str| match catalog.source(key) {
            Some(source) => format!("{} ({})", source.title, source.date),
            None => key.to_owned(),
        };
        for other in &rate.disputed {
            let charge = charged(QuotaRule { burndown_rate: other.rate, ..rule });
            let message = format!(
                "sources disagree on the burndown rate of {name}: {} by {}, {} by {}; at {} the charge would be {charge}",
                rate.rate,
                rate.source.map_or_else(|| "the policy chosen".to_owned(), by),
                other.rate,
                by(&other.source),
                other.rate,
            );
            notes.push(Note::new("burndown-disputed", message));
        }
        notes
    }
}
