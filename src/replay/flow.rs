//! What was taken from one quota, second by second.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{terms::Taken, timestamp::Moment};

/// A minute's window, in seconds.
const WINDOW: i64 = 60;

/// Calls of one quota by the second they were made in. Two can be added in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Flow {
    minutes: BTreeMap<i64, Vec<Second>>,
}

/// The calls of a second. Kept small: there is one for every second in which anything happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u8, u32, u32, u64, u64)", into = "(u8, u32, u32, u64, u64)")]
pub(super) struct Second {
    /// Its place in the minute.
    pub(super) place: u8,
    pub(super) calls: u32,
    /// How long the calls took together, in tenths of a second.
    pub(super) tenths: u32,
    pub(super) reservation: u64,
    pub(super) settlement: u64,
}

impl From<(u8, u32, u32, u64, u64)> for Second {
    fn from((place, calls, tenths, reservation, settlement): (u8, u32, u32, u64, u64)) -> Self {
        Self { place, calls, tenths, reservation, settlement }
    }
}

impl From<Second> for (u8, u32, u32, u64, u64) {
    fn from(of: Second) -> Self {
        (of.place, of.calls, of.tenths, of.reservation, of.settlement)
    }
}

/// The greatest sum over sixty seconds, and the second in which the window ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Peak {
    pub(super) tokens: u64,
    pub(super) at: i64,
}

impl Peak {
    /// The larger of two; of equal ones, the earlier.
    pub(super) fn or(self, other: Self) -> Self {
        if self.tokens < other.tokens { other } else { self }
    }
}

/// A minute in which calls were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MinuteOfFlow {
    /// Counted from 1970.
    pub(super) minute: i64,
    pub(super) calls: u64,
    pub(super) reservation: u64,
    pub(super) settlement: u64,
    pub(super) peak_reservation: Peak,
    pub(super) peak_settlement: Peak,
}

impl Flow {
    pub(super) fn add(&mut self, at: Moment, taken: Taken, latency_ms: u64) {
        let tenths = u32::try_from(latency_ms / 100).unwrap_or(u32::MAX);
        let Taken { reservation, settlement, .. } = taken;
        let second = Second { place: at.second(), calls: 1, tenths, reservation, settlement };
        self.add_second(at.minute(), second);
    }

    fn add_second(&mut self, minute: i64, added: Second) {
        let seconds = self.minutes.entry(minute).or_default();
        // Logs are nearly in order, so the place is mostly the last.
        let place = seconds.iter().rposition(|known| known.place <= added.place);
        match place.and_then(|place| seconds.get_mut(place)) {
            Some(known) if known.place == added.place => {
                known.calls = known.calls.saturating_add(added.calls);
                known.tenths = known.tenths.saturating_add(added.tenths);
                known.reservation = known.reservation.saturating_add(added.reservation);
                known.settlement = known.settlement.saturating_add(added.settlement);
            }
            _ => seconds.insert(place.map_or(0, |place| place + 1), added),
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (minute, seconds) in &other.minutes {
            for second in seconds {
                self.add_second(*minute, *second);
            }
        }
    }

    /// Every second with calls, in order, with its number since 1970.
    pub(super) fn seconds(&self) -> impl Iterator<Item = (i64, &Second)> {
        self.minutes.iter().flat_map(|(minute, seconds)| {
            seconds.iter().map(move |second| (minute * WINDOW + i64::from(second.place), second))
        })
    }

    /// How often calls began after a pause of five minutes, the first time included.
    pub(super) fn pauses(&self) -> u64 {
        let mut last = None;
        let mut pauses = 0;
        for (at, _) in self.seconds() {
            pauses += u64::from(is_pause(last, at));
            last = Some(at);
        }
        pauses
    }

    /// Every minute with calls, in order. The peaks of a minute are of windows of sixty seconds
    /// that end in one of its seconds with calls. After a pause of five minutes `after_pause` is
    /// added to what the first second settles.
    pub(super) fn minutes(&self, after_pause: u64) -> Vec<MinuteOfFlow> {
        let mut minutes: Vec<MinuteOfFlow> = Vec::new();
        let mut window = std::collections::VecDeque::new();
        let (mut reserved, mut settled) = (0_u64, 0_u64);
        let mut last = None;
        for (at, second) in self.seconds() {
            let added = if is_pause(last, at) { after_pause } else { 0 };
            let settlement = second.settlement.saturating_add(added);
            last = Some(at);
            while let Some((before, reservation, settlement)) = window.front().copied()
                && before + WINDOW <= at
            {
                reserved = reserved.saturating_sub(reservation);
                settled = settled.saturating_sub(settlement);
                window.pop_front();
            }
            reserved = reserved.saturating_add(second.reservation);
            settled = settled.saturating_add(settlement);
            window.push_back((at, second.reservation, settlement));
            let minute = at.div_euclid(WINDOW);
            if minutes.last().is_none_or(|last| last.minute != minute) {
                minutes.push(MinuteOfFlow { minute, ..MinuteOfFlow::default() });
            }
            let Some(current) = minutes.last_mut() else { continue };
            current.calls += u64::from(second.calls);
            current.reservation = current.reservation.saturating_add(second.reservation);
            current.settlement = current.settlement.saturating_add(settlement);
            current.peak_reservation = current.peak_reservation.or(Peak { tokens: reserved, at });
            current.peak_settlement = current.peak_settlement.or(Peak { tokens: settled, at });
        }
        minutes
    }

    /// The most calls that ran at once and the most tokens reserved for them, each call taken to
    /// last as long as the mean of its second.
    pub(super) fn in_flight(&self) -> (u64, u64) {
        let mut changes: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
        for (at, second) in self.seconds() {
            let mean_seconds = i64::from(second.tenths.div_ceil(second.calls.max(1) * 10)).max(1);
            let calls = i64::from(second.calls);
            let tokens = i64::try_from(second.reservation).unwrap_or(i64::MAX);
            let begin = changes.entry(at).or_default();
            *begin = (begin.0 + calls, begin.1.saturating_add(tokens));
            let end = changes.entry(at + mean_seconds).or_default();
            *end = (end.0 - calls, end.1.saturating_sub(tokens));
        }
        let (mut calls, mut tokens, mut most) = (0, 0_i64, (0, 0));
        for (more_calls, more_tokens) in changes.values() {
            calls += more_calls;
            tokens = tokens.saturating_add(*more_tokens);
            most = (most.0.max(calls), most.1.max(tokens));
        }
        (u64::try_from(most.0).unwrap_or(0), u64::try_from(most.1).unwrap_or(0))
    }
}

/// Whether nothing was called for so long before `at` that a cached prefix is gone.
fn is_pause(last: Option<i64>, at: i64) -> bool {
    last.is_none_or(|last| last + 5 * WINDOW <= at)
}
