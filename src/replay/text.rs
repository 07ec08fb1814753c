//! Findings as a person reads them on a terminal: what to do first, then quota by quota.

use std::fmt::Write;

use super::{
    advise::{named, way},
    find::FEW_ANSWERS,
    findings::{CallerFinding, Findings, MinuteFinding, QuotaFinding, QuotaUse},
    span::Span,
};
use crate::{Ink, dollars, grouped, report::shown};

/// Columns of a chart.
const COLUMNS: usize = 56;
/// The heights of a column.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Callers and unreadable lines that are shown one by one.
const ROWS: usize = 12;

impl Findings {
    /// The findings in lines for a person.
    pub fn to_text(&self, ink: Ink) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_text(ink, &mut out);
        out
    }

    /// The findings as JSON on one line.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn write_text(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let when = match (&self.from, &self.to) {
            (Some(from), Some(to)) => format!(" from {from} to {to}"),
            _ => String::new(),
        };
        write!(out, "{}{when}", ink.strong(&format!("{} calls", grouped(self.calls))))?;
        writeln!(out, ", {} throttled, {} failed", grouped(self.throttled), grouped(self.failed))?;
        if let Some(what_if) = &self.what_if {
            wrapped("what if  ", &shown(&what_if.in_words()), out)?;
        }
        self.write_input(ink, out)?;
        if !self.advice.is_empty() {
            writeln!(out, "\n{}", ink.strong("what to do"))?;
            for (number, advice) in self.advice.iter().enumerate() {
                wrapped(&format!("{:>3}  ", number + 1), &shown(&advice.message), out)?;
            }
        }
        let span = Span::of(self);
        for quota in &self.quotas {
            quota.write_text(ink, span, out)?;
        }
        self.write_callers(ink, out)?;
        self.write_residency(ink, out)?;
        if !self.notes.is_empty() {
            writeln!(out)?;
        }
        for note in &self.notes {
            wrapped("note  ", &shown(&note.message), out)?;
        }
        Ok(())
    }

    fn write_input(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let input = &self.input;
        if input.unreadable != 0 {
            let message = format!(
                "{} of {} lines in {} files could not be read",
                grouped(input.unreadable),
                grouped(input.lines),
                grouped(input.files)
            );
            writeln!(out, "{}", ink.bad(&message))?;
            for line in input.first_unreadable.iter().take(ROWS) {
                writeln!(out, "  {}, line {}: {}", shown(&line.file), line.line, shown(&line.why))?;
            }
            if ROWS < input.first_unreadable.len() {
                writeln!(out, "  ...")?;
            }
        }
        if self.foreign != 0 {
            writeln!(out, "{} lines are no records of Bedrock's", grouped(self.foreign))?;
        }
        if input.passed_over != 0 {
            writeln!(out, "{} files were passed over by their names", grouped(input.passed_over))?;
        }
        Ok(())
    }

    fn write_callers(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        if self.callers.is_empty() {
            return Ok(());
        }
        let width = self.callers.iter().take(ROWS).map(|caller| named(&caller.caller).chars().count()).max();
        let width = width.unwrap_or(0).clamp(6, 32);
        let heading = format!(
            "{:<width$}  {:<26}  {:>9}  {:>10}  {:>6}  {:>6}  {:>6}  {:>5}  {:>11}",
            "caller", "model", "calls", "max_tokens", "p50", "p95", "p99", "cut", "recommended"
        );
        writeln!(out, "\n{}", ink.strong(&heading))?;
        for caller in self.callers.iter().take(ROWS) {
            let unset = if caller.unset == 0 { "" } else { "*" };
            writeln!(
                out,
                "{:<width$}  {:<26}  {:>9}  {:>10}  {:>6}  {:>6}  {:>6}  {:>5}  {:>11}",
                fitted(&shown(named(&caller.caller)), width),
                fitted(&shown(self.model_name(caller)), 26),
                grouped(caller.calls),
                format!("{}{unset}", caller.max_tokens_in_words()),
                grouped(caller.output.p50),
                grouped(caller.output.p95),
                grouped(caller.output.p99),
                percent(caller.cut, caller.calls - caller.unknown),
                caller.recommended_in_words(),
            )?;
        }
        if ROWS < self.callers.len() {
            writeln!(out, "and {} more (--json has all)", self.callers.len() - ROWS)?;
        }
        if self.callers.iter().take(ROWS).any(|caller| caller.unset != 0) {
            writeln!(out, "{}", ink.faint("* no max_tokens in some calls: what the model allows"))?;
        }
        Ok(())
    }

    /// The name of a caller's model for people.
    pub(super) fn model_name<'a>(&'a self, caller: &'a CallerFinding) -> &'a str {
        let quota = self.quotas.iter().find(|quota| quota.model == caller.model);
        quota.map_or(&caller.model, |quota| &quota.name)
    }

    fn write_residency(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        if self.residency.regions.is_empty() {
            return Ok(());
        }
        let rule = if self.residency.allowed.is_empty() {
            String::new()
        } else {
            format!(", allowed: {}", self.residency.allowed.join(", "))
        };
        writeln!(out, "\n{}{rule}", ink.strong("where calls ran"))?;
        for row in &self.residency.regions {
            let country = row.country.as_deref().unwrap_or("unknown");
            let verdict = if row.allowed { String::new() } else { format!("  {}", ink.bad("not allowed")) };
            let region = if row.region.is_empty() { "(not said)" } else { &row.region };
            writeln!(out, "  {:<16}  {country:<16}  {:>11}{verdict}", shown(region), grouped(row.calls))?;
        }
        Ok(())
    }
}

impl QuotaFinding {
    fn write_text(&self, ink: Ink, span: Span, out: &mut String) -> std::fmt::Result {
        let throttled = match self.throttled {
            0 => String::new(),
            calls => {
                format!(", {} throttled in {} minutes", grouped(calls), grouped(self.throttled_minutes))
            }
        };
        writeln!(out, "\n{}  {} calls{throttled}", ink.strong(&shown(&way(self))), grouped(self.calls))?;
        let actual = &self.actual;
        let top = actual.peak_reservation.tokens.max(actual.peak_settlement.tokens);
        for (name, peak, of) in [
            (
                "reservation",
                &actual.peak_reservation,
                (|minute| minute.peak_reservation) as fn(&MinuteFinding) -> u64,
            ),
            ("settlement", &actual.peak_settlement, |minute| minute.peak_settlement),
        ] {
            let chart: String =
                span.columns(&self.minutes, COLUMNS, of).into_iter().map(|tokens| bar(tokens, top)).collect();
            let at = peak.at.as_deref().map_or_else(String::new, |at| format!("at {at}"));
            writeln!(out, "  {name:<11}  {:>13} TPM peak  {at}", grouped(peak.tokens))?;
            if !chart.trim().is_empty() {
                writeln!(out, "               {}", ink.faint(&chart))?;
            }
        }
        self.write_limit(ink, out)?;
        let waste = &self.waste;
        let unset = match waste.unset_calls {
            0 => String::new(),
            calls => format!("; {} calls set no max_tokens", grouped(calls)),
        };
        writeln!(
            out,
            "  answers      {:>13} % used of what was reserved for them{unset}",
            format!("{}.{}", waste.used_per_mille / 10, waste.used_per_mille % 10)
        )?;
        if self.cache.read != 0 || self.cache.write != 0 {
            writeln!(
                out,
                "  cache        {:>13} tokens read, {} written{}",
                grouped(self.cache.read),
                grouped(self.cache.write),
                self.cache.saved_micro_usd.map_or_else(String::new, saved)
            )?;
        }
        if let Some(cost) = actual.cost_micro_usd {
            writeln!(out, "  cost         {:>13}", cents(cost))?;
        }
        if let Some(what_if) = &self.what_if {
            writeln!(out, "  {}      {}", ink.strong("what if"), self.what_if_in_words(what_if))?;
        }
        Ok(())
    }

    fn write_limit(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let (Some(tpm), Some(over)) = (self.tpm, self.actual.minutes_over) else {
            return writeln!(out, "  quota        {:>13} (give it: --tpm)", "not known");
        };
        let whose = if self.is_default_quota() { "AWS's default" } else { "the account's" };
        let verdict = if over.either == 0 {
            ink.good("never over")
        } else {
            ink.bad(&format!(
                "{} minutes over ({} by reservation, {} by settlement)",
                grouped(over.either),
                grouped(over.reservation),
                grouped(over.settlement)
            ))
        };
        writeln!(out, "  quota        {:>13} TPM, {whose}: {verdict}", grouped(tpm))?;
        let refused = self.actual.would_throttle.as_ref().filter(|refused| refused.calls != 0);
        if let Some(refused) = refused {
            let first = refused.first.as_deref().unwrap_or_default();
            writeln!(
                out,
                "  a limiter    {:>13} calls would have been refused in {} minutes, first at {first}",
                grouped(refused.calls),
                grouped(refused.minutes),
            )?;
        }
        Ok(())
    }
}

impl CallerFinding {
    /// The limit that is most often asked for, if the log shows any.
    pub(super) fn max_tokens_in_words(&self) -> String {
        if self.calls == self.unknown { "not known".to_owned() } else { grouped(self.max_tokens) }
    }

    /// The recommended limit, or why there is none.
    pub(super) fn recommended_in_words(&self) -> String {
        match self.recommended_max_tokens {
            Some(limit) => grouped(limit),
            None if self.calls - self.unknown < FEW_ANSWERS => "too few".to_owned(),
            None => "answers cut".to_owned(),
        }
    }
}

impl QuotaFinding {
    /// The what-if in one line.
    pub(super) fn what_if_in_words(&self, what_if: &QuotaUse) -> String {
        let cut = self.would_be_cut.filter(|cut| *cut != 0);
        let cut = cut.map_or_else(String::new, |cut| format!(", {} answers cut", grouped(cut)));
        format!("{}{cut}", use_in_words(what_if))
    }
}

/// The use of a quota in one line.
fn use_in_words(of: &QuotaUse) -> String {
    let over =
        of.minutes_over.map_or_else(String::new, |over| format!(", {} minutes over", grouped(over.either)));
    let refused = of
        .would_throttle
        .as_ref()
        .map_or_else(String::new, |refused| format!(", {} calls refused", grouped(refused.calls)));
    let cost = of.cost_micro_usd.map_or_else(String::new, |cost| format!(", {}", cents(cost)));
    format!(
        "peaks of {} TPM by reservation and {} by settlement{over}{refused}{cost}",
        grouped(of.peak_reservation.tokens),
        grouped(of.peak_settlement.tokens)
    )
}

/// Micro-dollars as dollars and cents.
pub(super) fn cents(micro_usd: u64) -> String {
    dollars(micro_usd.div_ceil(10_000) * 10_000)
}

/// What a cache saved, in words.
pub(super) fn saved(micro_usd: i64) -> String {
    let amount = cents(micro_usd.unsigned_abs());
    if micro_usd < 0 { format!(": it cost {amount} more than none") } else { format!(": it saved {amount}") }
}

/// A part of a whole in percent.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let per_mille = super::find::per_mille(part, whole);
    format!("{}.{}%", per_mille / 10, per_mille % 10)
}

fn bar(tokens: Option<u64>, top: u64) -> char {
    let Some(tokens) = tokens.filter(|tokens| *tokens != 0) else { return ' ' };
    let height = u128::from(tokens) * 8 / u128::from(top.max(1));
    HEIGHTS.get(usize::try_from(height).unwrap_or(7).min(7)).copied().unwrap_or(' ')
}

/// A text cut to so many characters.
fn fitted(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    // The end of an ARN says more than its beginning.
    let tail: Vec<char> = text.chars().rev().take(width - 3).collect();
    format!("...{}", tail.into_iter().rev().collect::<String>())
}

/// A text in lines of at most a hundred characters, the later ones under the first.
fn wrapped(lead: &str, text: &str, out: &mut String) -> std::fmt::Result {
    let indent = " ".repeat(lead.chars().count());
    let mut line = lead.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && 100 < line.chars().count() + 1 + word.chars().count() {
            writeln!(out, "{line}")?;
            line.clone_from(&indent);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    writeln!(out, "{line}")
}
