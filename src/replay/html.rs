//! Findings as one web page that needs nothing else: no network, no script, both colour schemes.

use std::fmt::{Display, Write};

use super::{
    advise::{named, way},
    chart,
    findings::{CallerFinding, Findings, QuotaFinding},
    span::Span,
    text::{cents, percent, saved},
};
use crate::grouped;

const STYLE: &str = include_str!("page.css");
/// Callers and unreadable lines that are shown one by one.
const ROWS: usize = 40;

impl Findings {
    /// The findings as a self-contained web page.
    pub fn to_html(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = self.page(&mut out);
        out
    }

    fn page(&self, out: &mut String) -> std::fmt::Result {
        let calls = grouped(self.calls);
        writeln!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>Bedrock quota over time: {calls} calls</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>"
        )?;
        writeln!(out, "<h1>Amazon Bedrock quota over time</h1>")?;
        let (from, to) = (self.from.as_deref().unwrap_or_default(), self.to.as_deref().unwrap_or_default());
        writeln!(
            out,
            "<p>{calls} calls from {} to {}, {} throttled, {} failed.</p>",
            time(from),
            time(to),
            grouped(self.throttled),
            grouped(self.failed)
        )?;
        if let Some(what_if) = &self.what_if {
            writeln!(out, "<p>What if: {}.</p>", escaped(&what_if.in_words()))?;
        }
        self.input_html(out)?;
        if !self.advice.is_empty() {
            writeln!(out, "<section>\n<h2>What to do</h2>\n<ol>")?;
            for advice in &self.advice {
                writeln!(out, "<li>{}</li>", escaped(&advice.message))?;
            }
            writeln!(out, "</ol>\n</section>")?;
        }
        let span = Span::of(self);
        for quota in &self.quotas {
            quota.write_html(span, out)?;
        }
        self.callers_html(out)?;
        self.residency_html(out)?;
        if !self.notes.is_empty() {
            writeln!(out, "<section>\n<h2>To know</h2>\n<ol>")?;
            for note in &self.notes {
                writeln!(out, "<li>{}</li>", escaped(&note.message))?;
            }
            writeln!(out, "</ol>\n</section>")?;
        }
        writeln!(
            out,
            "<p class=\"soft\" style=\"margin-top:1rem\">tokenleash, catalog of {}. Reservation is input + max_tokens when a \
             call is admitted; settlement is input + cache write + output x burndown rate when it is done. \
             Peaks are sums over sixty seconds. Times are UTC.</p>\n</main>\n</body>\n</html>",
            escaped(&self.catalog_version)
        )
    }

    fn input_html(&self, out: &mut String) -> std::fmt::Result {
        let input = &self.input;
        if input.unreadable != 0 {
            writeln!(
                out,
                "<section>\n<h2 class=\"bad\">{} of {} lines could not be read</h2>\n<ol>",
                grouped(input.unreadable),
                grouped(input.lines)
            )?;
            for line in input.first_unreadable.iter().take(ROWS) {
                writeln!(
                    out,
                    "<li><code>{}</code>, line {}: {}</li>",
                    escaped(&line.file),
                    line.line,
                    escaped(&line.why)
                )?;
            }
            writeln!(out, "</ol>\n</section>")?;
        }
        if self.foreign != 0 {
            writeln!(
                out,
                "<p class=\"soft\">{} lines are no records of Bedrock's.</p>",
                grouped(self.foreign)
            )?;
        }
        Ok(())
    }

    fn callers_html(&self, out: &mut String) -> std::fmt::Result {
        if self.callers.is_empty() {
            return Ok(());
        }
        writeln!(
            out,
            "<section>\n<h2>Callers</h2>\n<p class=\"soft\">How long answers are, and the smallest max_tokens that \
             would have cut few of them.</p>\n<div class=\"scroll\"><table>\n<tr><th class=\"name\">Caller</th>\
             <th class=\"name\">Model</th><th>Calls</th><th>max_tokens</th><th>p50</th><th>p95</th><th>p99</th>\
             <th>Cut</th><th>Recommended</th><th>Frees</th></tr>"
        )?;
        for caller in self.callers.iter().take(ROWS) {
            self.caller_html(caller, out)?;
        }
        writeln!(out, "</table></div>")?;
        if ROWS < self.callers.len() {
            writeln!(out, "<p class=\"soft\">And {} more: --json has all.</p>", self.callers.len() - ROWS)?;
        }
        writeln!(out, "</section>")
    }

    fn caller_html(&self, caller: &CallerFinding, out: &mut String) -> std::fmt::Result {
        let recommended = caller.recommended_in_words();
        let unset = if caller.unset == 0 { "" } else { " (unset)" };
        writeln!(
            out,
            "<tr><td class=\"name\">{}</td><td class=\"name\">{}</td><td>{}</td><td>{}{unset}</td><td>{}</td><td>{}</td><td>{}</td>\
             <td>{}</td><td>{recommended}</td><td>{}</td></tr>",
            escaped(named(&caller.caller)),
            escaped(self.model_name(caller)),
            grouped(caller.calls),
            caller.max_tokens_in_words(),
            grouped(caller.output.p50),
            grouped(caller.output.p95),
            grouped(caller.output.p99),
            percent(caller.cut, caller.calls - caller.unknown),
            grouped(caller.reservation_saved)
        )
    }

    fn residency_html(&self, out: &mut String) -> std::fmt::Result {
        let residency = &self.residency;
        if residency.regions.is_empty() {
            return Ok(());
        }
        writeln!(out, "<section>\n<h2>Where calls ran</h2>")?;
        if !residency.allowed.is_empty() {
            let verdict = match residency.outside {
                0 => "<span class=\"good\">all inside</span>".to_owned(),
                calls => format!("<span class=\"bad\">{} calls outside</span>", grouped(calls)),
            };
            writeln!(out, "<p>Allowed: {}; {verdict}.</p>", escaped(&residency.allowed.join(", ")))?;
        }
        writeln!(
            out,
            "<div class=\"scroll\"><table>\n<tr><th class=\"name\">Region</th><th class=\"name\">Country</th><th>Calls</th>\
             <th class=\"name\">Called as</th></tr>"
        )?;
        for row in &residency.regions {
            writeln!(
                out,
                "<tr{}><td class=\"name\">{}</td><td class=\"name\">{}</td><td>{}</td><td class=\"name\">{}</td></tr>",
                if row.allowed { "" } else { " class=\"outside\"" },
                escaped(&row.region),
                escaped(row.country.as_deref().unwrap_or("unknown")),
                grouped(row.calls),
                escaped(&row.by.join(", "))
            )?;
        }
        writeln!(out, "</table></div>\n</section>")
    }
}

impl QuotaFinding {
    fn write_html(&self, span: Span, out: &mut String) -> std::fmt::Result {
        let actual = &self.actual;
        writeln!(out, "<section>\n<h2>{}</h2>", escaped(&way(self)))?;
        let account =
            if self.account.is_empty() { String::new() } else { format!(" in account {}", self.account) };
        writeln!(
            out,
            "<p class=\"soft\">{} calls{}, output burns at {}</p>",
            grouped(self.calls),
            escaped(&account),
            self.burndown_rate
        )?;
        chart::write(self, span, out)?;
        writeln!(out, "<dl class=\"figures\">")?;
        let mut figure = |class: &str, name: &str, value: &dyn Display| {
            writeln!(out, "<div class=\"{class}\"><dt>{name}</dt><dd>{value}</dd></div>")
        };
        for (class, name, peak) in [
            ("reserved", "Peak by reservation", &actual.peak_reservation),
            ("settled", "Peak by settlement", &actual.peak_settlement),
        ] {
            let at = peak
                .at
                .as_deref()
                .map_or_else(String::new, |at| format!("<br><span class=\"soft\">{}</span>", time(at)));
            figure(class, name, &format_args!("{} TPM{at}", grouped(peak.tokens)))?;
        }
        figure("limit", "Quota", &self.limit_in_html())?;
        if self.throttled != 0 {
            let minutes = grouped(self.throttled_minutes);
            figure(
                "limit",
                "Throttled",
                &format_args!("{} calls in {minutes} minutes", grouped(self.throttled)),
            )?;
        }
        if let Some(refused) = actual.would_throttle.as_ref().filter(|refused| refused.calls != 0) {
            let minutes = grouped(refused.minutes);
            figure(
                "limit",
                "A limiter would refuse",
                &format_args!("{} calls in {minutes} minutes", grouped(refused.calls)),
            )?;
        }
        let waste = &self.waste;
        let unset = match waste.unset_calls {
            0 => String::new(),
            calls => format!("; {} calls set no max_tokens", grouped(calls)),
        };
        figure(
            "",
            "Of what was reserved for answers",
            &format_args!("{} used{unset}", percent(waste.output, waste.reserved_output)),
        )?;
        figure(
            "",
            "In flight at most",
            &format_args!(
                "{} calls, {} tokens",
                grouped(actual.in_flight_calls),
                grouped(actual.in_flight_reservation)
            ),
        )?;
        if self.cache.read != 0 || self.cache.write != 0 {
            let saving = self.cache.saved_micro_usd.map_or_else(String::new, saved);
            figure(
                "",
                "Cache",
                &format_args!(
                    "{} tokens read, {} written{saving}",
                    grouped(self.cache.read),
                    grouped(self.cache.write)
                ),
            )?;
        }
        if let Some(cost) = actual.cost_micro_usd {
            figure("", "Cost", &cents(cost))?;
        }
        if let Some(what_if) = &self.what_if {
            figure("whole", "What if", &self.what_if_in_words(what_if))?;
        }
        writeln!(out, "</dl>\n</section>")
    }

    fn limit_in_html(&self) -> String {
        let (Some(tpm), Some(over)) = (self.tpm, self.actual.minutes_over) else {
            return "not known".to_owned();
        };
        let whose = if self.is_default_quota() { " (AWS's default)" } else { "" };
        let verdict = if over.either == 0 {
            "<span class=\"good\">never over</span>".to_owned()
        } else {
            format!(
                "<span class=\"bad\">{} minutes over</span>: {} by reservation, {} by settlement",
                grouped(over.either),
                grouped(over.reservation),
                grouped(over.settlement)
            )
        };
        format!("{} TPM{whose}<br>{verdict}", grouped(tpm))
    }
}

/// A time without the letters between its parts.
fn time(at: &str) -> String {
    escaped(&at.replace('T', " ").replace('Z', ""))
}

/// Text from a log, safe in a page.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in crate::report::shown(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
