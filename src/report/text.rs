//! The report as a person reads it: the verdict first, then where the tokens are, the two quota
//! numbers, the limits, what to do, and what to know.

use std::fmt::Write;

use crate::{Basis, Correction, Judgement, LimitName, OutputSetBy, Part, Report, json::write, sorted};

/// Parts shown one by one; the others are summed up.
const PARTS_SHOWN: usize = 12;
/// The width of the longest bar.
const BAR: u64 = 24;
/// The widest pointer that is shown whole.
const POINTER: usize = 44;

/// Whether text is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Plain text.
    Plain,
    /// ANSI colours, for a terminal.
    Ansi,
}

impl Ink {
    fn paint(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Ansi => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }

    /// Good news.
    pub fn good(self, text: &str) -> String {
        self.paint("1;32", text)
    }

    /// Bad news.
    pub fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// What leads the eye.
    pub fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What may be passed over.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }
}

/// A whole number with commas between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index != 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Micro-dollars as dollars, with as many decimals as it takes.
pub fn dollars(micro_usd: u64) -> String {
    let text = format!("{}.{:06}", grouped(micro_usd / 1_000_000), micro_usd % 1_000_000);
    let shortest = text.len() - 4;
    let mut end = text.len();
    while shortest < end && text.get(end - 1..end) == Some("0") {
        end -= 1;
    }
    format!("${}", text.get(..end).unwrap_or(&text))
}

/// Text from a request, safe to show on a terminal.
pub fn shown(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

impl Correction {
    /// What was observed, in a line for a person.
    pub fn to_text(&self) -> String {
        let difference = match self.shift() {
            0 => "as counted".to_owned(),
            more @ 1.. => format!("{} more than counted", grouped(more.unsigned_abs())),
            less => format!("{} fewer than counted", grouped(less.unsigned_abs())),
        };
        let later = if self.tools.is_empty() {
            "; without tools this says nothing of later requests"
        } else {
            "; --correction applies it to later requests with these tools"
        };
        format!("observed     {:>11}  input tokens, {difference}{later}", grouped(self.observed))
    }
}

impl Report {
    /// The report in lines for a person.
    pub fn to_text(&self, ink: Ink) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_text(ink, &mut out);
        out
    }

    fn write_text(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let way = match (&self.model.profile, &self.model.source_region) {
            (Some(profile), Some(region)) => format!(" by {profile} from {region}"),
            (Some(profile), None) => format!(" by {profile}"),
            (None, Some(region)) => format!(" from {region}"),
            (None, None) => String::new(),
        };
        let verdict = if self.fits { ink.good("fits") } else { ink.bad("does not fit") };
        writeln!(out, "{verdict}  {}{way}", ink.strong(&self.model.name))?;
        for short in self.limits.iter().filter(|judgement| !judgement.fits) {
            writeln!(out, "  {}", ink.bad(&shortfall(short)))?;
        }
        self.write_input(ink, out)?;
        if let Some(correction) = &self.correction {
            writeln!(out, "{}", correction.to_text())?;
        }
        self.write_quota(ink, out)?;
        self.write_limits(ink, out)?;
        for advice in &self.advice {
            writeln!(out, "{}  {}", ink.strong("do   "), shown(&advice.message))?;
        }
        for note in &self.notes {
            let place =
                note.pointer.as_deref().map(|pointer| format!(" ({})", shown(pointer))).unwrap_or_default();
            writeln!(out, "{}", ink.faint(&format!("note   {}{place}", shown(&note.message))))?;
        }
        Ok(())
    }

    fn write_input(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let input = &self.input;
        let sure = match input.basis {
            Basis::Exact => "exact".to_owned(),
            basis => {
                let name = if basis == Basis::Measured { "measured" } else { "estimated" };
                let share =
                    input.confidence.map(|share| format!(", {share} of such requests")).unwrap_or_default();
                if input.low == input.high {
                    format!("{name}{}", share.replace(", ", ", right for "))
                } else {
                    format!("{name}: {} to {}{share}", grouped(input.low), grouped(input.high))
                }
            }
        };
        writeln!(out, "\n{}  {} tokens  {}", ink.strong("input "), grouped(input.tokens), ink.faint(&sure))?;
        let mut largest: Vec<&Part> = input.parts.iter().collect();
        sorted::sort_by_key(&mut largest, |part| std::cmp::Reverse(part.tokens));
        let shown_least = largest.get(PARTS_SHOWN - 1).map_or(0, |part| part.tokens.get());
        let mut rest = (0_u64, 0_u64);
        let mut rows: Vec<(String, String, u64)> = Vec::new();
        for part in &input.parts {
            let tokens = part.tokens.get();
            if rows.len() == PARTS_SHOWN || tokens < shown_least {
                rest = (rest.0 + 1, rest.1.saturating_add(tokens));
            } else {
                rows.push((short_pointer(&part.pointer), kebab(&part.kind), tokens));
            }
        }
        if rest.0 != 0 {
            rows.push((format!("{} smaller parts", rest.0), String::new(), rest.1));
        }
        rows.push(("frame".to_owned(), "added by the provider".to_owned(), input.frame));
        let most = rows.iter().map(|row| row.2).max().unwrap_or_default();
        let wide = rows.iter().map(|row| row.0.chars().count()).max().unwrap_or_default();
        for (pointer, kind, tokens) in rows {
            let bar =
                "█".repeat(usize::try_from(tokens.saturating_mul(BAR).div_ceil(most.max(1))).unwrap_or(0));
            writeln!(out, "  {pointer:<wide$}  {kind:<21}  {:>11}  {bar}", grouped(tokens))?;
        }
        if let Some(shift) = input.shift.filter(|shift| *shift != 0) {
            let sign = if shift < 0 { '-' } else { '+' };
            let shift = format!("{sign}{}", grouped(shift.unsigned_abs()));
            writeln!(out, "  {:<wide$}  {:<21}  {shift:>11}", "shift", "by an observed usage")?;
        }
        if 0 < input.cache_write.saturating_add(input.cache_read) {
            let (write, read) = (grouped(input.cache_write), grouped(input.cache_read));
            writeln!(out, "  of these, {write} are written to the cache and {read} read from it")?;
        }
        Ok(())
    }

    fn write_quota(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let most = match self.output.max_tokens {
            Some(tokens) => format!("up to {} tokens", grouped(tokens)),
            None => "no limit known".to_owned(),
        };
        let by = match self.output.set_by {
            OutputSetBy::Request => "max_tokens of the request",
            OutputSetBy::Flag => "max_tokens as given",
            OutputSetBy::Model => "max_tokens is not set: the model's limit",
        };
        writeln!(out, "{}  {most}  {}", ink.strong("output"), ink.faint(by))?;
        let quota = &self.quota;
        writeln!(
            out,
            "{}  reserves {} at the start, finally counts up to {} (output x {})",
            ink.strong("quota "),
            grouped(quota.reservation),
            grouped(quota.settlement.worst),
            quota.burndown_rate,
        )?;
        if let Some(expected) = quota.settlement.expected {
            writeln!(out, "        {} with the answer you expect", grouped(expected))?;
        }
        writeln!(out, "        charge {}", ink.strong(&grouped(quota.charge)))?;
        match &self.cost {
            Some(cost) => writeln!(
                out,
                "{}  {} at most  {}",
                ink.strong("cost  "),
                dollars(cost.total_worst_micro_usd),
                ink.faint(&format!(
                    "input {}, output up to {}",
                    dollars(cost.input_micro_usd),
                    dollars(cost.output_worst_micro_usd)
                )),
            ),
            None => writeln!(out, "{}  no price known", ink.strong("cost  ")),
        }
    }

    fn write_limits(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        writeln!(out)?;
        for judgement in &self.limits {
            if judgement.limit == LimitName::Residency && judgement.fits {
                writeln!(out, "  {:<14}  {}", kebab(&judgement.limit), ink.good("holds"))?;
            }
            let Judgement { limit, of: Some(of), used, needs: Some(needs), .. } = judgement else { continue };
            let money = *limit == LimitName::Cost;
            let number = |number: u64| if money { dollars(number) } else { grouped(number) };
            let used = if *used == 0 { String::new() } else { format!(", {} used", number(*used)) };
            let left = match (judgement.headroom, judgement.short_by) {
                (Some(left), _) => ink.good(&format!("{} left", number(left))),
                (None, short) => ink.bad(&format!("short by {}", number(short.unwrap_or_default()))),
            };
            let name = kebab(limit);
            writeln!(out, "  {name:<14}  {:>13} of {:<13}  {left}{used}", number(*needs), number(*of))?;
        }
        writeln!(out)
    }
}

fn shortfall(judgement: &Judgement) -> String {
    let name = kebab(&judgement.limit);
    match (judgement.needs, judgement.of, judgement.short_by) {
        (Some(needs), Some(of), Some(short)) if judgement.limit == LimitName::Cost => {
            format!("{name}: needs {} of {}, short by {}", dollars(needs), dollars(of), dollars(short))
        }
        (Some(needs), Some(of), Some(short)) => {
            let used = if judgement.used == 0 {
                String::new()
            } else {
                format!(" with {} used", grouped(judgement.used))
            };
            format!("{name}: needs {} of {}{used}, short by {}", grouped(needs), grouped(of), grouped(short))
        }
        _ if judgement.limit == LimitName::Residency => format!("{name}: it may be processed elsewhere"),
        _ => format!("{name}: not offered from there"),
    }
}

/// A pointer, its middle left out where it is long.
fn short_pointer(pointer: &str) -> String {
    let pointer = shown(if pointer.is_empty() { "(text)" } else { pointer });
    let length = pointer.chars().count();
    if length <= POINTER {
        return pointer;
    }
    let head: String = pointer.chars().take(POINTER / 2).collect();
    let tail: String = pointer.chars().skip(length - POINTER / 2 + 1).collect();
    format!("{head}…{tail}")
}

/// The wire name of a unit variant.
fn kebab(name: &impl serde::Serialize) -> String {
    write::line(name).trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
        for (micro_usd, text) in
            [(0, "$0.00"), (18_702, "$0.018702"), (1_500_000, "$1.50"), (2_000_000_000, "$2,000.00")]
        {
            assert_eq!(dollars(micro_usd), text);
        }
        assert_eq!(shown("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
    }
}
