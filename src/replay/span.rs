//! The time that charts show: all of it, or, where a few records are far off, the rest.

use super::{
    findings::{Findings, MinuteFinding},
    timestamp::Moment,
};

/// Minutes, counted from 1970, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Span {
    pub(super) fn of(findings: &Findings) -> Self {
        let mut minutes: Vec<(i64, u64)> = findings
            .quotas
            .iter()
            .flat_map(|quota| &quota.minutes)
            .map(|minute| (number(minute), minute.calls + minute.throttled))
            .collect();
        minutes.sort_unstable();
        let all: u64 = minutes.iter().map(|(_, calls)| calls).sum();
        let whole = Self::between(&minutes, 0, all);
        // One in a thousand at either end is left out, if that makes the rest ten times as wide.
        let middle = Self::between(&minutes, all / 1_000, all - all / 1_000);
        if middle.minutes() * 10 < whole.minutes() { middle } else { whole }
    }

    /// From where so many calls came before to where so many did.
    fn between(minutes: &[(i64, u64)], from: u64, to: u64) -> Self {
        let mut before = 0;
        let mut span = Self { first: 0, last: 0 };
        let mut is_begun = false;
        for (minute, calls) in minutes {
            if !is_begun && from < before + calls {
                span = Self { first: *minute, last: *minute };
                is_begun = true;
            }
            if is_begun && before < to {
                span.last = *minute;
            }
            before += calls;
        }
        span
    }

    pub(super) const fn minutes(self) -> i64 {
        self.last - self.first + 1
    }

    /// Minutes divided into at most so many columns: the greatest number in each.
    pub(super) fn columns(
        self,
        minutes: &[MinuteFinding],
        most: usize,
        of: impl Fn(&MinuteFinding) -> u64,
    ) -> Vec<Option<u64>> {
        let width = usize::try_from(self.minutes()).unwrap_or(1).clamp(1, most);
        let mut columns = vec![None; width];
        for minute in minutes {
            let at = number(minute);
            if at < self.first || self.last < at {
                continue;
            }
            let column =
                i128::from(at - self.first) * i128::try_from(width).unwrap_or(1) / i128::from(self.minutes());
            if let Some(cell) = usize::try_from(column).ok().and_then(|column| columns.get_mut(column)) {
                *cell = (*cell).max(Some(of(minute)));
            }
        }
        columns
    }
}

fn number(minute: &MinuteFinding) -> i64 {
    Moment::read(&minute.at).map_or(0, Moment::minute)
}
