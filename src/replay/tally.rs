//! What is remembered of a log: sums by quota and by caller, and no record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    flow::Flow,
    histogram::Histogram,
    record::MaxTokens,
    terms::{Asked, Taken},
};

/// Which quota a call counts to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scope {
    pub(super) account: String,
    /// The source Region.
    pub(super) region: String,
    /// The base id.
    pub(super) model: String,
    /// The prefix of the inference profile; empty without one.
    pub(super) profile: String,
}

/// Tokens as they are paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Volume {
    pub(super) uncached: u64,
    pub(super) cache_read: u64,
    pub(super) cache_write: u64,
    pub(super) output: u64,
}

impl Volume {
    pub(super) fn of(asked: Asked) -> Self {
        Self {
            uncached: asked.input.uncached.get(),
            cache_read: asked.input.cache_read.get(),
            cache_write: asked.input.cache_write.get(),
            output: asked.output.get(),
        }
    }

    fn add(&mut self, other: Self) {
        self.uncached = self.uncached.saturating_add(other.uncached);
        self.cache_read = self.cache_read.saturating_add(other.cache_read);
        self.cache_write = self.cache_write.saturating_add(other.cache_write);
        self.output = self.output.saturating_add(other.output);
    }
}

/// Tokens by whether their prompts are so long that they have prices of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Volumes {
    pub(super) usual: Volume,
    pub(super) long: Volume,
}

impl Volumes {
    pub(super) fn add(&mut self, volume: Volume, is_long: bool) {
        if is_long { self.long.add(volume) } else { self.usual.add(volume) }
    }

    fn merge(&mut self, other: Self) {
        self.usual.add(other.usual);
        self.long.add(other.long);
    }

    pub(super) fn total(self) -> Volume {
        let mut total = self.usual;
        total.add(self.long);
        total
    }
}

/// The calls of one quota.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScopeTally {
    pub(super) calls: u64,
    pub(super) failed: u64,
    /// Throttled calls by minute.
    pub(super) throttled: BTreeMap<i64, u64>,
    /// Calls of which the record has no count of input or output tokens.
    pub(super) uncounted: u64,
    /// Calls without `max_tokens`.
    pub(super) unset: u64,
    /// Calls whose body is not in the record.
    pub(super) unknown_max_tokens: u64,
    /// Calls of which the record does not say how long they took.
    pub(super) untimed: u64,
    pub(super) volumes: Volumes,
    pub(super) what_if_volumes: Volumes,
    pub(super) reservation: u64,
    pub(super) settlement: u64,
    /// What was reserved for answers, and the part of it by calls without `max_tokens`.
    pub(super) reserved_output: u64,
    pub(super) reserved_unset: u64,
    /// Calls that the what-if of a cached prefix applies to.
    pub(super) prefixed: u64,
    /// Answers that the what-if of a smaller `max_tokens` would have cut.
    pub(super) would_be_cut: u64,
    pub(super) flow: Flow,
    pub(super) what_if: Flow,
    /// By the Region a call ran in.
    pub(super) ran_in: BTreeMap<String, u64>,
}

impl ScopeTally {
    pub(super) fn add(&mut self, asked: Asked, taken: Taken, is_long: bool) {
        self.calls += 1;
        match asked.max_tokens {
            MaxTokens::Given(_) => {}
            MaxTokens::Unset => {
                self.unset += 1;
                self.reserved_unset = self.reserved_unset.saturating_add(taken.reserved_output);
            }
            MaxTokens::Unknown => self.unknown_max_tokens += 1,
        }
        self.volumes.add(Volume::of(asked), is_long);
        self.reservation = self.reservation.saturating_add(taken.reservation);
        self.settlement = self.settlement.saturating_add(taken.settlement);
        self.reserved_output = self.reserved_output.saturating_add(taken.reserved_output);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.uncounted += other.uncounted;
        self.unset += other.unset;
        self.unknown_max_tokens += other.unknown_max_tokens;
        self.untimed += other.untimed;
        self.prefixed += other.prefixed;
        self.would_be_cut += other.would_be_cut;
        self.volumes.merge(other.volumes);
        self.what_if_volumes.merge(other.what_if_volumes);
        self.reservation = self.reservation.saturating_add(other.reservation);
        self.settlement = self.settlement.saturating_add(other.settlement);
        self.reserved_output = self.reserved_output.saturating_add(other.reserved_output);
        self.reserved_unset = self.reserved_unset.saturating_add(other.reserved_unset);
        self.flow.merge(&other.flow);
        self.what_if.merge(&other.what_if);
        add_all(&mut self.throttled, &other.throttled);
        add_all(&mut self.ran_in, &other.ran_in);
    }
}

pub(super) fn add_all<K: Ord + Clone>(to: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, count) in from {
        match to.get_mut(key) {
            Some(own) => *own += count,
            None => {
                to.insert(key.clone(), *count);
            }
        }
    }
}

/// Who called which model.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Caller {
    pub(super) name: String,
    /// The base id.
    pub(super) model: String,
}

/// The calls of one caller to one model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallerTally {
    /// The limits on answers, those of the model where none is set; not of unknown ones.
    pub(super) max_tokens: Histogram,
    /// Answers, of calls whose limit is known.
    pub(super) output: Histogram,
    /// Uncached input.
    pub(super) input: Histogram,
    pub(super) unset: u64,
    /// Calls whose body is not in the record.
    pub(super) unknown: u64,
    /// Answers that reached `max_tokens`.
    pub(super) cut: u64,
}

impl CallerTally {
    pub(super) fn add(&mut self, asked: Asked, taken: Taken) {
        self.input.add(asked.input.uncached.get());
        match asked.max_tokens {
            MaxTokens::Unknown => {
                self.unknown += 1;
                return;
            }
            MaxTokens::Unset => self.unset += 1,
            MaxTokens::Given(most) => self.cut += u64::from(most <= asked.output),
        }
        self.output.add(asked.output.get());
        self.max_tokens.add(taken.reserved_output);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.max_tokens.merge(&other.max_tokens);
        self.output.merge(&other.output);
        self.input.merge(&other.input);
        self.unset += other.unset;
        self.unknown += other.unknown;
        self.cut += other.cut;
    }
}
