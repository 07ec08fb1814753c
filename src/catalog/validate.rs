//! What the types cannot say about a catalog: that it does not contradict itself.

use std::collections::HashMap;

use super::{Catalog, Dispute, Fact, Model, PriceList};
use crate::{Error, ErrorKind, Tokens};

/// What is wrong, and where inside an entry.
struct Fault {
    pointer: &'static str,
    message: String,
}

fn fault(pointer: &'static str, message: impl Into<String>) -> Result<(), Fault> {
    Err(Fault { pointer, message: message.into() })
}

impl Catalog {
    /// Errors at the first contradiction. `index_of` says where an entry of a section stands in what
    /// the caller wrote.
    pub(super) fn validate(&self, index_of: impl Fn(&str, usize) -> usize) -> Result<(), Error> {
        let at = |section: &str, index: usize, fault: Fault| {
            let pointer = format!("/{section}/{}{}", index_of(section, index), fault.pointer);
            Error::new(ErrorKind::InvalidCatalog, fault.message).at_pointer(pointer)
        };
        for (key, source) in self.sources() {
            if !is_date(&source.date) {
                let message =
                    format!("source \"{key}\": \"{}\" is not a date such as 2026-11-23", source.date);
                return Err(
                    Error::new(ErrorKind::InvalidCatalog, message).at_pointer(format!("/sources/{key}/date"))
                );
            }
        }
        for (section, key, fact) in self.sentences() {
            if !self.sources.contains_key(&fact.source) {
                let message = format!("no source has the key \"{}\"", fact.source);
                let pointer = format!("/{section}/{key}");
                return Err(Error::new(ErrorKind::InvalidCatalog, message).at_pointer(pointer));
            }
        }
        let mut owners: HashMap<&str, &str> = HashMap::new();
        for (index, model) in self.models().enumerate() {
            self.check_model(model).map_err(|fault| at("models", index, fault))?;
            for name in std::iter::once(&model.id).chain(&model.aliases) {
                if let Some(other) = owners.insert(name, &model.id)
                    && (other != model.id || *name == model.id)
                {
                    let message =
                        format!("the name \"{name}\" is taken twice, by {other} and by {}", model.id);
                    return Err(at("models", index, Fault { pointer: "", message }));
                }
            }
        }
        for (index, profile) in self.profiles.iter().enumerate() {
            for group in &profile.routes {
                let routes = group.routes.iter().flatten();
                let regions = routes.flat_map(|(from, to)| std::iter::once(from).chain(to.iter().flatten()));
                self.check_group(&group.source, &group.models, regions)
                    .map_err(|fault| at("profiles", index, fault))?;
            }
        }
        for (index, group) in self.in_region.iter().enumerate() {
            let endpoint = matches!(group.endpoint.as_str(), "runtime" | "mantle");
            if !endpoint {
                let message = format!("\"{}\" is not an endpoint: runtime or mantle", group.endpoint);
                return Err(at("inRegion", index, Fault { pointer: "/endpoint", message }));
            }
            self.check_group(&group.source, &group.models, group.regions.iter())
                .map_err(|fault| at("inRegion", index, fault))?;
        }
        Ok(())
    }

    /// Every sentence that names a source, with the section and key it stands under.
    fn sentences(&self) -> impl Iterator<Item = (&'static str, &str, &Fact)> {
        let disputes = self.regions.iter().flat_map(|(key, region)| {
            region.disputes.iter().map(move |fact| ("regions", key.as_str(), fact))
        });
        self.facts.iter().map(|(key, fact)| ("facts", key.as_str(), fact)).chain(disputes)
    }

    fn check_group<'a>(
        &self,
        source: &str,
        models: &[String],
        mut regions: impl Iterator<Item = &'a String>,
    ) -> Result<(), Fault> {
        self.check_source("", source)?;
        if let Some(id) = models.iter().find(|id| self.model(id).is_none()) {
            return fault("", format!("no model has the id \"{id}\""));
        }
        match regions.find(|region| !self.regions.contains_key(region.as_str())) {
            Some(region) => fault("", format!("no Region has the id \"{region}\"")),
            None => Ok(()),
        }
    }

    fn check_source(&self, pointer: &'static str, key: &str) -> Result<(), Fault> {
        if self.sources.contains_key(key) {
            return Ok(());
        }
        fault(pointer, format!("no source has the key \"{key}\""))
    }

    fn check_model(&self, model: &Model) -> Result<(), Fault> {
        if model.id.is_empty() {
            return fault("/id", "a model needs an id");
        }
        if let Some(source) = &model.limits_source {
            self.check_source("/limitsSource", source)?;
        }
        self.check_disputes("/disputes", &model.disputes)?;
        check_numbers("/contextWindow", model.context_window)?;
        check_numbers("/maxOutputTokens", model.max_output_tokens)?;
        if let (Some(window), Some(output)) = (model.context_window, model.max_output_tokens)
            && window < output
        {
            return fault(
                "/maxOutputTokens",
                format!("{output} output tokens do not fit a window of {window}"),
            );
        }
        for published in &model.burndown.published {
            self.check_source("/burndown/published", &published.source)?;
            check_rate("/burndown/published", published.rate)?;
        }
        if let Some(inferred) = &model.burndown.inferred {
            check_rate("/burndown/inferred", inferred.rate)?;
        }
        if let Some(prices) = &model.prices {
            let lists = [Some(&prices.list), prices.geographic.as_ref()].into_iter().flatten();
            let long = prices
                .long_prompt
                .iter()
                .flat_map(|long| std::iter::once(&long.list).chain(&long.geographic));
            for list in lists.chain(prices.by_profile.values()).chain(long) {
                self.check_source("/prices", &list.source)?;
                check_numbers("/prices", amounts(list))?;
            }
            self.check_disputes("/prices/disputes", &prices.disputes)?;
        }
        if let Some(quotas) = &model.quotas {
            for source in std::iter::once(&quotas.source).chain(&quotas.mantle_source) {
                self.check_source("/quotas/source", source)?;
            }
            self.check_disputes("/quotas/disputes", &quotas.disputes)?;
            let by_region = quotas.tpm_by_region.iter().chain(&quotas.rpm_by_region);
            for (region, amount) in by_region {
                check_numbers("/quotas", Some(*amount))?;
                if !self.regions.contains_key(region) {
                    return fault("/quotas", format!("no Region has the id \"{region}\""));
                }
            }
            let minute = [quotas.tpm, quotas.global_tpm, quotas.rpm, quotas.on_demand_rpm];
            let others =
                [quotas.tpd, quotas.tpd_cross_region, quotas.mantle_input_tpm, quotas.mantle_output_tpm];
            check_numbers("/quotas", minute.into_iter().chain(others).flatten())?;
        }
        if let Some(cache) = &model.prompt_cache {
            self.check_source("/promptCache/source", &cache.source)?;
            check_numbers(
                "/promptCache",
                [cache.min_tokens, cache.max_checkpoints].into_iter().chain(cache.max_tokens),
            )?;
        }
        Ok(())
    }

    fn check_disputes(&self, pointer: &'static str, disputes: &[Dispute]) -> Result<(), Fault> {
        disputes.iter().try_for_each(|dispute| self.check_source(pointer, &dispute.source))
    }
}

fn amounts(list: &PriceList) -> impl Iterator<Item = u64> {
    let cache = [list.cache_write_5m, list.cache_write_1h, list.cache_read];
    [list.input, list.output].into_iter().chain(cache.into_iter().flatten())
}

fn check_numbers(pointer: &'static str, numbers: impl IntoIterator<Item = u64>) -> Result<(), Fault> {
    match numbers.into_iter().find(|number| Tokens::from_outside(*number).is_none()) {
        Some(number) => fault(pointer, format!("{number} is larger than {}", Tokens::MAX)),
        None => Ok(()),
    }
}

fn check_rate(pointer: &'static str, rate: u64) -> Result<(), Fault> {
    if (1..=1000).contains(&rate) {
        return Ok(());
    }
    fault(pointer, format!("{rate} is no burndown rate: 1 to 1000"))
}

/// Whether a text has the form `2026-11-23`, which sorts by age.
fn is_date(text: &str) -> bool {
    let of_form =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.bytes().enumerate().all(of_form)
}
