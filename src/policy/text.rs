//! An explanation as a person reads it: routes of one fate together, and the failing step in words.

use std::fmt::Write;

use super::{ExplainedRoute, PolicyExplanation, RouteVerdict, decide::IamVerdict};
use crate::{Ink, report::shown};

/// With at most so many routes, every step is shown.
const DETAILED: usize = 8;
/// At most so many Regions are named one by one.
const NAMED: usize = 4;

impl RouteVerdict {
    const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Depends => "depends",
            Self::Half => "half",
            Self::Denied => "denied",
        }
    }

    fn paint(self, ink: Ink) -> String {
        let word = format!("{:<7}", self.word());
        match self {
            Self::Allowed => ink.good(&word),
            Self::Depends => ink.strong(&word),
            Self::Half | Self::Denied => ink.bad(&word),
        }
    }
}

/// Routes of one model and profile that fare alike from several Regions.
struct Alike<'a> {
    first: &'a ExplainedRoute,
    regions: Vec<&'a str>,
}

impl PolicyExplanation {
    /// The explanation in lines for a person.
    pub fn to_text(&self, ink: Ink) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_text(ink, &mut out);
        out
    }

    fn write_text(&self, ink: Ink, out: &mut String) -> std::fmt::Result {
        let count =
            |verdict: RouteVerdict| self.routes.iter().filter(|route| route.verdict == verdict).count();
        let verdicts =
            [RouteVerdict::Allowed, RouteVerdict::Depends, RouteVerdict::Half, RouteVerdict::Denied];
        let counts: Vec<String> =
            verdicts.iter().map(|verdict| format!("{} {}", count(*verdict), verdict.word())).collect();
        writeln!(out, "{} routes: {}", self.routes.len(), counts.join(", "))?;
        if self.only_denies {
            writeln!(
                out,
                "{}",
                ink.faint("It only denies, so it is read beside a policy that allows everything.")
            )?;
        }
        let detailed = self.routes.len() <= DETAILED;
        for alike in self.alike(detailed) {
            let route = alike.first;
            let from = if alike.regions.len() <= NAMED {
                alike.regions.join(", ")
            } else {
                format!("{} Regions, {} first", alike.regions.len(), route.source_region)
            };
            let call = if route.profile.is_some() { "" } else { " called directly" };
            writeln!(
                out,
                "{}  {}{call} from {from}",
                route.verdict.paint(ink),
                ink.strong(&shown(&route.model_id))
            )?;
            if route.verdict != RouteVerdict::Allowed {
                writeln!(out, "         {}", shown(&route.why))?;
            }
            if detailed {
                write_steps(route, ink, out)?;
            }
        }
        for note in &self.notes {
            let place =
                note.pointer.as_deref().map(|pointer| format!(" ({})", shown(pointer))).unwrap_or_default();
            writeln!(out, "{}", ink.faint(&format!("note     {}{place}", shown(&note.message))))?;
        }
        Ok(())
    }

    /// What is not wholly denied, or everything where there is little; Regions of one fate together.
    fn alike(&self, everything: bool) -> Vec<Alike<'_>> {
        let mut groups: Vec<Alike<'_>> = Vec::new();
        let shown = |route: &&ExplainedRoute| everything || route.verdict != RouteVerdict::Denied;
        for route in self.routes.iter().filter(shown) {
            let same = |group: &&mut Alike<'_>| {
                !everything && group.first.model_id == route.model_id && group.first.verdict == route.verdict
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.regions.push(&route.source_region),
                None => groups.push(Alike { first: route, regions: vec![&route.source_region] }),
            }
        }
        groups.sort_by_key(|group| (group.first.verdict, group.first.profile.is_none()));
        groups
    }
}

fn write_steps(route: &ExplainedRoute, ink: Ink, out: &mut String) -> std::fmt::Result {
    for step in &route.steps {
        let mark = match step.decision.verdict {
            IamVerdict::Allowed => ink.good("yes"),
            IamVerdict::Depends => ink.strong("?  "),
            IamVerdict::Denied | IamVerdict::NotAllowed => ink.bad("no "),
        };
        let action = step.action.trim_start_matches("bedrock:");
        writeln!(out, "         {mark}  {action:<29}  {}", shown(&step.resource))?;
    }
    Ok(())
}
