//! One quota over time: what counts now, and when there is room for more.
//!
//! A sliding window keeps sums of slots, not requests, so its memory is the same at any rate. It is cut
//! into 240 slots (a quarter of a second each for a minute, six minutes for a day), and an amount counts
//! until its whole slot is a window old: never shorter than the window, and at most one slot longer. The
//! error is on the safe side: under full load at most 1/241 of the quota stays unused.

use super::WindowShape;

/// How many slots make a window; one more is the slot that is being filled.
const SLOTS: u64 = 240;

/// The slots that are kept.
const KEPT: usize = 241;

/// One quota over time. Every call but [`Window::new`] expects `now_ms` not to go back, and `advance`
/// to have been called with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// The quota.
    pub(super) of: u64,
    period_ms: u64,
    counted: Counted,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Counted {
    /// The sums of the slots, the one of number n at n modulo `KEPT`, and what they make together.
    Sliding { slot_ms: u64, newest_start_ms: u64, newest: usize, slots: Vec<u64>, sum: u64 },
    /// What was taken since the beginning of the minute.
    Fixed { start_ms: u64, taken: u64 },
    /// What is missing in the bucket, and what flowed into it of the next token, in 1/`period_ms`.
    Bucket { at_ms: u64, missing: u64, part: u64 },
}

impl Window {
    /// A quota of which nothing is taken.
    pub(super) fn new(of: u64, period_ms: u64, shape: WindowShape, now_ms: u64) -> Self {
        let counted = match shape {
            WindowShape::Sliding => Counted::Sliding {
                slot_ms: period_ms / SLOTS,
                newest_start_ms: 0,
                newest: 0,
                slots: vec![0; KEPT],
                sum: 0,
            },
            WindowShape::FixedMinute => Counted::Fixed { start_ms: 0, taken: 0 },
            WindowShape::TokenBucket => Counted::Bucket { at_ms: 0, missing: 0, part: 0 },
        };
        let mut window = Self { of, period_ms, counted };
        window.advance(now_ms);
        window
    }

    /// Lets time pass: what is too old counts no more.
    pub(super) fn advance(&mut self, now_ms: u64) {
        let period_ms = self.period_ms;
        match &mut self.counted {
            Counted::Sliding { slot_ms, newest_start_ms, newest, slots, sum } => {
                let passed = now_ms.saturating_sub(*newest_start_ms) / *slot_ms;
                if passed == 0 {
                    return;
                }
                *newest_start_ms += passed * *slot_ms;
                for _ in 0..passed.min(SLOTS + 1) {
                    *newest = if *newest == KEPT - 1 { 0 } else { *newest + 1 };
                    if let Some(slot) = slots.get_mut(*newest) {
                        *sum -= std::mem::take(slot);
                    }
                }
                *newest = place(*newest_start_ms / *slot_ms);
            }
            Counted::Fixed { start_ms, taken } => {
                if period_ms <= now_ms.saturating_sub(*start_ms) {
                    *start_ms = now_ms - now_ms % period_ms;
                    *taken = 0;
                }
            }
            Counted::Bucket { at_ms, missing, part } => {
                let elapsed = now_ms.saturating_sub(*at_ms);
                *at_ms = now_ms;
                if *missing == 0 || elapsed == 0 {
                    return;
                }
                let flowed = u128::from(elapsed) * u128::from(self.of) + u128::from(*part);
                let whole = u64::try_from(flowed / u128::from(period_ms)).unwrap_or(u64::MAX);
                let rest = u64::try_from(flowed % u128::from(period_ms)).unwrap_or_default();
                (*missing, *part) = if *missing <= whole { (0, 0) } else { (*missing - whole, rest) };
            }
        }
    }

    /// What counts now. It can be more than the quota: a settlement may exceed its reservation.
    pub(super) const fn used(&self) -> u64 {
        match &self.counted {
            Counted::Sliding { sum, .. } => *sum,
            Counted::Fixed { taken, .. } => *taken,
            Counted::Bucket { missing, .. } => *missing,
        }
    }

    /// Counts an amount now, whether there is room or not.
    pub(super) fn take(&mut self, amount: u64) {
        match &mut self.counted {
            Counted::Sliding { newest, slots, sum, .. } => {
                // Saturation would break the sum, so what does not fit into a u64 is not counted at all.
                let amount = amount.min(u64::MAX - *sum);
                if let Some(slot) = slots.get_mut(*newest) {
                    *slot += amount;
                    *sum += amount;
                }
            }
            Counted::Fixed { taken, .. } => *taken = taken.saturating_add(amount),
            Counted::Bucket { missing, .. } => *missing = missing.saturating_add(amount),
        }
    }

    /// Takes back an amount that was counted at `at_ms`, as far as it still counts.
    pub(super) fn give_back(&mut self, at_ms: u64, amount: u64) {
        match &mut self.counted {
            Counted::Sliding { slot_ms, newest_start_ms, newest, slots, sum } => {
                let place = if *newest_start_ms <= at_ms {
                    *newest
                } else if (*newest_start_ms - at_ms).div_ceil(*slot_ms) <= SLOTS {
                    place(at_ms / *slot_ms)
                } else {
                    return;
                };
                if let Some(slot) = slots.get_mut(place) {
                    let amount = amount.min(*slot);
                    *slot -= amount;
                    *sum -= amount;
                }
            }
            Counted::Fixed { start_ms, taken } => {
                if *start_ms <= at_ms {
                    *taken = taken.saturating_sub(amount);
                }
            }
            Counted::Bucket { missing, part, .. } => {
                *missing = missing.saturating_sub(amount);
                if *missing == 0 {
                    *part = 0;
                }
            }
        }
    }

    /// Whether an amount fits now.
    pub(super) fn has_room(&self, amount: u64) -> bool {
        self.used().saturating_add(amount) <= self.of
    }

    /// The first moment from `now_ms` on at which an amount of at most the quota fits, if nothing else
    /// happens until then.
    pub(super) fn room_at(&self, now_ms: u64, amount: u64) -> u64 {
        if self.has_room(amount) {
            return now_ms;
        }
        let mut excess = self.used().saturating_add(amount).saturating_sub(self.of);
        match &self.counted {
            Counted::Sliding { slot_ms, newest_start_ms, newest, slots, .. } => {
                let (young, old) = slots.split_at_checked(newest + 1).unwrap_or((slots, &[]));
                // The oldest slot is the next in the ring; each leaves one slot after the one before.
                for (passed, slot) in (1_u64..).zip(old.iter().chain(young)) {
                    if excess <= *slot {
                        return newest_start_ms.saturating_add(passed.saturating_mul(*slot_ms));
                    }
                    excess -= *slot;
                }
                u64::MAX
            }
            Counted::Fixed { start_ms, .. } => start_ms.saturating_add(self.period_ms),
            Counted::Bucket { part, .. } => {
                let wanted = u128::from(excess) * u128::from(self.period_ms) - u128::from(*part);
                let wait = wanted.checked_add(u128::from(self.of.saturating_sub(1)));
                let wait = wait.and_then(|wanted| wanted.checked_div(u128::from(self.of)));
                now_ms.saturating_add(wait.and_then(|wait| u64::try_from(wait).ok()).unwrap_or(u64::MAX))
            }
        }
    }

    /// What counts, in the few numbers that say it: of a sliding window each slot's beginning and sum,
    /// of a fixed one its own, of a bucket what is missing and flowed in.
    pub(super) fn state(&self) -> Vec<(u64, u64)> {
        match &self.counted {
            Counted::Sliding { slot_ms, newest_start_ms, newest, slots, .. } => {
                let (young, old) = slots.split_at_checked(newest + 1).unwrap_or((slots, &[]));
                let newest_first = young.iter().rev().chain(old.iter().rev());
                let mut starts: Vec<_> = (0_u64..)
                    .zip(newest_first)
                    .filter(|(_, sum)| **sum != 0)
                    .map(|(age, sum)| (newest_start_ms.saturating_sub(age * slot_ms), *sum))
                    .collect();
                starts.reverse();
                starts
            }
            Counted::Fixed { taken: 0, .. } | Counted::Bucket { missing: 0, .. } => Vec::new(),
            Counted::Fixed { start_ms, taken } => vec![(*start_ms, *taken)],
            Counted::Bucket { missing, part, .. } => vec![(*missing, *part)],
        }
    }

    /// Puts a state back into a new window; `None` where it is none of this shape and moment.
    pub(super) fn restored(mut self, state: &[(u64, u64)]) -> Option<Self> {
        let period_ms = self.period_ms;
        match &mut self.counted {
            Counted::Sliding { slot_ms, newest_start_ms, slots, sum, .. } => {
                let mut next_ms = newest_start_ms.saturating_sub(SLOTS * *slot_ms);
                for (start_ms, amount) in state {
                    let here = start_ms % *slot_ms == 0 && (next_ms..=*newest_start_ms).contains(start_ms);
                    let slot = slots.get_mut(place(start_ms / *slot_ms)).filter(|_| here)?;
                    *slot = *amount;
                    *sum = sum.checked_add(*amount)?;
                    next_ms = start_ms + *slot_ms;
                }
            }
            Counted::Fixed { start_ms, taken } => match state {
                [] => {}
                [(start, amount)] if start == start_ms => *taken = *amount,
                _ => return None,
            },
            Counted::Bucket { missing, part, .. } => match state {
                [] => {}
                [(lacks, flowed)] if *lacks != 0 && *flowed < period_ms => {
                    (*missing, *part) = (*lacks, *flowed);
                }
                _ => return None,
            },
        }
        Some(self)
    }
}

/// Where the slot of a number stands.
fn place(slot: u64) -> usize {
    usize::try_from(slot % (SLOTS + 1)).unwrap_or_default()
}
