//! A route as a person reads it: the verdict, what to call, where it may run, and what else there is.

use std::fmt::Write;

use super::{QuotaFamily, RouteReport, Way};
use crate::{Endpoint, Ink, dollars, grouped, report::shown};

impl RouteReport {
    /// The report in lines for a person.
    pub fn to_text(&self, ink: Ink) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_text(ink, &mut out);
        out
    }

    fn write_text(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let verdict = if self.allowed { ink.good("allowed") } else { ink.bad("refused") };
        let region = self.model.source_region.as_deref().unwrap_or_default();
        let by = self.model.profile.as_ref().map(|profile| format!(" by {profile}")).unwrap_or_default();
        writeln!(out, "{verdict}  {}{by} from {}", ink.strong(&shown(&self.model.name)), self.place(region))?;
        if let Some(reason) = &self.reason {
            writeln!(out, "  {}", ink.bad(&shown(reason)))?;
        }
        if let Some(way) = &self.way {
            self.write_way(way, ink, out)?;
        }
        if !self.alternatives.is_empty() {
            let else_ = if self.way.is_some() { "also" } else { "ways" };
            writeln!(out, "\n{}", ink.strong(&format!("{else_} from {region}")))?;
            for way in &self.alternatives {
                self.write_alternative(way, out)?;
            }
        }
        if !self.notes.is_empty() {
            writeln!(out)?;
        }
        for note in &self.notes {
            writeln!(out, "{}", ink.faint(&format!("note   {}", shown(&note.message))))?;
        }
        for source in &self.sources {
            let line = format!("source {}, {}: {}", source.title, source.date, source.url);
            writeln!(out, "{}", ink.faint(&shown(&line)))?;
        }
        Ok(())
    }

    fn write_way(&self, way: &Way, ink: Ink, out: &mut String) -> std::fmt::Result {
        let mut row =
            |name: &str, text: &str| writeln!(out, "{}  {}", ink.strong(&format!("{name:<12}")), shown(text));
        row(
            "\ncall".trim_start(),
            &format!("{} in {}, {}", way.model_id, way.quota.region, endpoint(way.endpoint)),
        )?;
        match &way.destination_regions {
            Some(regions) => {
                for (index, id) in regions.iter().enumerate() {
                    row(if index == 0 { "may run in" } else { "" }, &self.place(id))?;
                }
            }
            None => row("may run in", reach(way))?,
        }
        row("data at rest", &self.place(&way.data_at_rest_region))?;
        row("quota", &quota(way))?;
        if let Some(price) = &way.price {
            let more = match price.dearer_than_global_per_mille {
                Some(0) => "; the cheapest way".to_owned(),
                Some(more) => format!("; {} % more than by global", tenths(more)),
                None => String::new(),
            };
            let (input, output) = (dollars(price.input), dollars(price.output));
            row("price", &format!("{input} in and {output} out for a million tokens{more}"))?;
        }
        if let Some(residency) = &self.residency {
            let verdict = if way.residency_holds == Some(true) { "holds" } else { "does not hold" };
            row("residency", &format!("{}: {verdict}", residency.name))?;
        }
        match &way.note {
            Some(note) => row("", note),
            None => Ok(()),
        }
    }

    fn write_alternative(&self, way: &Way, out: &mut String) -> std::fmt::Result {
        let places = match &way.destination_regions {
            Some(regions) => regions.join(", "),
            None => reach(way).to_owned(),
        };
        let price = way
            .price
            .as_ref()
            .map(|price| format!("; {} in, {} out", dollars(price.input), dollars(price.output)));
        let rule = self.residency.as_ref().map(|residency| match way.residency_holds {
            Some(true) => format!("; stays in {}", residency.name),
            _ => format!("; may leave {}", residency.name),
        });
        let endpoint = if way.endpoint == Endpoint::Mantle { "; by bedrock-mantle" } else { "" };
        let (price, rule) = (price.unwrap_or_default(), rule.unwrap_or_default());
        writeln!(out, "  {}", shown(&format!("{}: {places}{price}{endpoint}{rule}", way.model_id)))
    }

    /// A Region with its city and country.
    fn place(&self, id: &str) -> String {
        match self.regions.iter().find(|place| place.id == id) {
            Some(place) => format!("{id} ({}, {})", place.city, place.country),
            None => id.to_owned(),
        }
    }
}

fn reach(way: &Way) -> &'static str {
    if way.anywhere { "any commercial Region" } else { "not known; GetInferenceProfile says" }
}

const fn endpoint(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Runtime => "bedrock-runtime",
        Endpoint::Mantle => "bedrock-mantle",
    }
}

fn quota(way: &Way) -> String {
    let quota = &way.quota;
    let family = match quota.family {
        QuotaFamily::OnDemand => "on-demand",
        QuotaFamily::CrossRegion => "cross-Region (geographic)",
        QuotaFamily::GlobalCrossRegion => "global cross-Region",
        QuotaFamily::Mantle => "bedrock-mantle",
    };
    let amounts = [(quota.tpm, "TPM"), (quota.output_tpm, "output TPM"), (quota.rpm, "RPM")];
    let amounts: Vec<String> = amounts
        .into_iter()
        .filter_map(|(amount, unit)| amount.map(|amount| format!("{} {unit}", grouped(amount))))
        .collect();
    let amounts = if amounts.is_empty() {
        "no default is published".to_owned()
    } else {
        format!("{} by default", amounts.join(" and "))
    };
    format!("{family} of {}: {amounts}", quota.region)
}

/// Thousandths as a percentage.
fn tenths(per_mille: u64) -> String {
    match per_mille % 10 {
        0 => grouped(per_mille / 10),
        rest => format!("{}.{rest}", grouped(per_mille / 10)),
    }
}
