//! A plan in lines for a person.

use std::fmt::Write;

use super::{Alternative, Change, ChoiceName, Plan};
use crate::{dollars, grouped, limits::LimitName};

impl Plan {
    /// The plan in lines for a person.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_text(&mut out);
        out
    }

    fn write_text(&self, out: &mut String) -> std::fmt::Result {
        let verdict = match self.fits {
            Some(true) => "fits  ",
            Some(false) => "does not fit  ",
            None => "",
        };
        let by = self.model.profile.as_ref().map(|profile| format!(" by {profile}")).unwrap_or_default();
        let from =
            self.model.source_region.as_ref().map(|region| format!(" from {region}")).unwrap_or_default();
        writeln!(out, "{verdict}{}{by}{from}, output x {}", self.model.name, self.burndown_rate)?;
        writeln!(
            out,
            "\na request  {} tokens in, {} out on average; half of the answers up to {}, 95% up to {}, 99% up to {}",
            grouped(self.input_tokens),
            grouped(self.output.mean),
            grouped(self.output.p50),
            grouped(self.output.p95),
            grouped(self.output.p99),
        )?;
        self.write_choices(out)?;
        self.write_limits(out)?;
        self.write_quota_request(out)?;
        if 1 < self.alternatives.len() {
            self.write_alternatives(out)?;
        }
        if !self.notes.is_empty() {
            writeln!(out)?;
        }
        self.notes.iter().try_for_each(|note| writeln!(out, "note  {}", note.message))
    }

    fn write_choices(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "\n{:<13}{:>11}{:>10}{:>10}{:>10}{:>10}{:>10}{:>8}",
            "", "max_tokens", "reserves", "settles", "takes", "a minute", "at once", "cuts"
        )?;
        for choice in &self.choices {
            let name = match choice.choice {
                ChoiceName::AsSet => "as set",
                ChoiceName::Least => "least",
                ChoiceName::Recommended => "recommended",
            };
            let cuts = format!("{}.{}%", choice.cut_permille / 10, choice.cut_permille % 10);
            writeln!(
                out,
                "{name:<13}{:>11}{:>10}{:>10}{:>10}{:>10}{:>10}{cuts:>8}",
                grouped(choice.max_tokens),
                grouped(choice.reservation),
                grouped(choice.settlement),
                grouped(choice.takes),
                or_unknown(choice.per_minute),
                or_unknown(choice.in_flight),
            )?;
        }
        Ok(())
    }

    fn write_limits(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "\n{:<16}{:>14}{:>10}  carries", "limit", "", "takes")?;
        for capacity in &self.limits {
            let rates = [
                (capacity.per_minute, "a minute"),
                (capacity.per_day, "a day"),
                (capacity.in_flight, "at once"),
            ];
            let mut words: Vec<_> = rates
                .into_iter()
                .filter_map(|(rate, unit)| rate.map(|rate| format!("{} {unit}", grouped(rate))))
                .collect();
            if !capacity.fits {
                words = vec!["not one request".to_owned()];
            } else if words.is_empty() {
                words = vec!["one request".to_owned()];
            }
            writeln!(
                out,
                "{:<16}{:>14}{:>10}  {}",
                name(capacity.limit),
                grouped(capacity.of),
                grouped(capacity.takes),
                words.join(", ")
            )?;
        }
        Ok(())
    }

    fn write_quota_request(&self, out: &mut String) -> std::fmt::Result {
        let Some(asked) = self.quota_request else { return Ok(()) };
        writeln!(out, "\nto ask AWS for {} tokens per minute, its form wants", grouped(asked.peak_tpm))?;
        for (what, number) in [
            ("steady TPM", asked.steady_tpm),
            ("steady RPM", asked.steady_rpm),
            ("peak TPM", asked.peak_tpm),
            ("peak RPM", asked.peak_rpm),
            ("average input tokens", asked.average_input_tokens),
            ("average output tokens", asked.average_output_tokens),
        ] {
            writeln!(out, "  {what:<22}{:>14}", grouped(number))?;
        }
        writeln!(out, "  {:<22}{:>14}", "(tokens per day)", grouped(asked.tokens_per_day))
    }

    fn write_alternatives(&self, out: &mut String) -> std::fmt::Result {
        let label = |row: &Alternative| {
            let profile = row.profile.as_ref().map(|profile| format!(" by {profile}")).unwrap_or_default();
            let change = match row.change {
                Change::None => "as planned, ",
                Change::Cache => "with a cache, ",
                Change::Profile | Change::Model => "",
            };
            let mark = if row.same_tokenizer { "" } else { " *" };
            format!("{change}{}{profile}{mark}", row.name)
        };
        let wide = self.alternatives.iter().map(|row| label(row).len()).max().unwrap_or_default();
        writeln!(
            out,
            "\n{:<wide$}{:>5}{:>11}{:>10}{:>10}{:>13}{:>12}",
            "what else", "x", "max_tokens", "takes", "a minute", "default TPM", "1,000 cost"
        )?;
        for row in &self.alternatives {
            writeln!(
                out,
                "{:<wide$}{:>5}{:>11}{:>10}{:>10}{:>13}{:>12}",
                label(row),
                row.burndown_rate,
                grouped(row.max_tokens),
                grouped(row.takes),
                or_unknown(row.per_minute),
                or_unknown(row.default_tpm),
                row.micro_usd_per_1000.map_or_else(|| "?".to_owned(), dollars),
            )?;
        }
        if self.alternatives.iter().any(|row| !row.same_tokenizer) {
            writeln!(out, "* counts tokens in its own way: check the request for it to know how many")?;
        }
        Ok(())
    }
}

fn or_unknown(number: Option<u64>) -> String {
    number.map_or_else(|| "?".to_owned(), grouped)
}

fn name(limit: LimitName) -> String {
    let quoted = crate::json::write::line(&limit);
    quoted.trim_matches('"').to_owned()
}
