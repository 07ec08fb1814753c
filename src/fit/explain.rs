//! A receipt as a person reads it, and the conversation drawn with what went.

use std::fmt::Write;

use crate::{
    CutAction, Fit, Ink, LimitName, Role, grouped,
    report::{dollars, shown},
};

/// Cuts shown one by one; the others are summed up.
const CUTS_SHOWN: usize = 12;
/// The width of the longest bar.
const BAR: u64 = 30;

impl Fit {
    /// The receipt in lines for a person; `explain` draws the conversation too.
    pub fn to_text(&self, ink: Ink, explain: bool) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_text(ink, explain, &mut out);
        out
    }

    fn write_text(&self, ink: Ink, explain: bool, out: &mut String) -> std::fmt::Result {
        let verdict = match (self.fits, self.changed || !self.cuts.is_empty()) {
            (true, false) => ink.good("fits as it is"),
            (true, true) => ink.good("made to fit"),
            (false, _) => ink.bad("cannot fit"),
        };
        writeln!(out, "{verdict}  {}", ink.strong(&self.model.name))?;
        self.write_conflict(ink, out)?;
        if self.fits {
            self.write_sizes(ink, out)?;
        }
        for cut in self.cuts.iter().take(CUTS_SHOWN) {
            let action = match cut.action {
                CutAction::Dropped => "dropped  ",
                CutAction::Shortened => "shortened",
                CutAction::Capped => "capped   ",
            };
            let (before, after) = (grouped(cut.tokens_before), grouped(cut.tokens_after));
            let place = match (cut.pointer.as_str(), cut.action) {
                ("", CutAction::Capped) => "max_tokens",
                ("", _) => "the prompt",
                (pointer, _) => pointer,
            };
            writeln!(
                out,
                "{action}  {before:>9} -> {after:>9}  {}  {}",
                shown(place),
                ink.faint(&cut.reason)
            )?;
        }
        if let Some(more) = self.cuts.len().checked_sub(CUTS_SHOWN).filter(|more| 0 < *more) {
            writeln!(
                out,
                "           and {} more; --json names them all",
                grouped(u64::try_from(more).unwrap_or_default())
            )?;
        }
        if let Some(cache) = &self.cache {
            let money = match (cache.write_micro_usd, cache.read_micro_usd) {
                (Some(write), Some(read)) => {
                    format!(", {} where a read would have cost {}", dollars(write), dollars(read))
                }
                _ => String::new(),
            };
            writeln!(
                out,
                "cache      broken: the next call writes {} tokens again, and they count{money}",
                grouped(cache.quota_tokens)
            )?;
        }
        if explain {
            self.write_conversation(ink, out)?;
        }
        for note in &self.notes {
            let place =
                note.pointer.as_deref().map(|pointer| format!(" ({})", shown(pointer))).unwrap_or_default();
            writeln!(out, "{}", ink.faint(&format!("note       {}{place}", shown(&note.message))))?;
        }
        Ok(())
    }

    fn write_sizes(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let answer = |tokens: Option<u64>| tokens.map_or_else(|| "not set".to_owned(), grouped);
        let rows = [
            ("input", grouped(self.before.tokens), grouped(self.after.tokens)),
            ("answer", answer(self.before.max_tokens), answer(self.after.max_tokens)),
            ("charge", grouped(self.before.charge), grouped(self.after.charge)),
        ];
        for (name, before, after) in rows {
            writeln!(out, "{name:<9}  {before:>9} -> {}", ink.strong(&format!("{after:>9}")))?;
        }
        Ok(())
    }

    fn write_conflict(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let Some(conflict) = &self.conflict else { return Ok(()) };
        for unmet in &conflict.limits {
            let number =
                |number: u64| if unmet.limit == LimitName::Cost { dollars(number) } else { grouped(number) };
            let name = crate::json::write::line(&unmet.limit);
            let line = match (unmet.of, unmet.smallest) {
                (Some(of), Some(smallest)) => {
                    let answer = conflict.max_tokens.filter(|_| unmet.limit != LimitName::Input);
                    let answer = answer.map(|tokens| format!(" with an answer of up to {}", grouped(tokens)));
                    format!(
                        "{} is {}, and {} is the least that would do{}",
                        name.trim_matches('"'),
                        number(of),
                        number(smallest),
                        answer.unwrap_or_default()
                    )
                }
                _ => format!("{} does not hold, whatever the size", name.trim_matches('"')),
            };
            writeln!(out, "  {}", ink.bad(&line))?;
        }
        for part in &conflict.pinned {
            let pointer = if part.pointer.is_empty() { "the prompt" } else { &part.pointer };
            writeln!(
                out,
                "stays      {:>9}  {}  {}",
                grouped(part.tokens),
                shown(pointer),
                ink.faint(part.reason)
            )?;
        }
        if conflict.frame != 0 {
            writeln!(
                out,
                "stays      {:>9}  {}",
                grouped(conflict.frame),
                ink.faint("added by the provider")
            )?;
        }
        Ok(())
    }

    fn write_conversation(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let most = self.messages.iter().map(|message| message.tokens_before).max().unwrap_or_default().max(1);
        let cells = |tokens: u64| usize::try_from((tokens * BAR).div_ceil(most)).unwrap_or_default();
        for message in &self.messages {
            let role = match message.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
                Role::Tool => "tool",
            };
            let kept = cells(message.tokens_after.min(message.tokens_before));
            let gone = cells(message.tokens_before).saturating_sub(kept);
            let space = " ".repeat(usize::try_from(BAR).unwrap_or_default().saturating_sub(kept + gone));
            let bar = format!("{}{}{space}", "#".repeat(kept), ink.faint(&".".repeat(gone)));
            let fate = match message.tokens_after < message.tokens_before {
                _ if message.dropped => "  dropped",
                true => "  shorter",
                false => "",
            };
            let place = ink.faint(&format!("{}{fate}", shown(&message.pointer)));
            let line = format!("{role:<9}  {:>9}  ", grouped(message.tokens_after));
            let line = if message.dropped { ink.faint(&line) } else { line };
            writeln!(out, "{}", format!("{line}{bar}  {place}").trim_end())?;
        }
        Ok(())
    }
}
