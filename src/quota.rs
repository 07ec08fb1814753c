//! How Bedrock charges a request to an account's quota.
//!
//! Conventions of this file: a *reservation* is what admission deducts and knows no burndown rate;
//! a *settlement* is what finally counts and weighs output by the rate; a *charge* is what a
//! planner must assume, the larger of the two. Cache reads never settle; whether they are reserved
//! is disputed between AWS's own texts, so [`QuotaRule::reserve_cache_reads`] says. All are whole
//! tokens, nothing is rounded.
//!
//! Source: Amazon Bedrock User Guide, "How tokens are counted" (quotas-token-burndown) in its
//! versions of October 2025 to October 2026, and "Quotas for the bedrock-mantle endpoint".

use serde::{Deserialize, Serialize};

use crate::Tokens;

/// Which of Bedrock's endpoints serves the request: they have quotas and rules of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Endpoint {
    /// `bedrock-runtime`: one quota for input and burndown-weighted output.
    #[default]
    Runtime,
    /// `bedrock-mantle`: an input quota and an output quota, no burndown.
    Mantle,
}

impl Endpoint {
    /// The rate at which output burns quota here, for a model of the given rate: mantle has none.
    pub const fn burndown_rate(self, of_model: u64) -> u64 {
        match self {
            Self::Runtime => of_model,
            Self::Mantle => 1,
        }
    }
}

/// Input tokens by how the cache treats them; their sum is the whole input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputTokens {
    /// Neither read from the cache nor written to it.
    pub uncached: Tokens,
    /// Read from the cache.
    pub cache_read: Tokens,
    /// Written to the cache.
    pub cache_write: Tokens,
}

impl InputTokens {
    /// The whole input.
    pub fn total(self) -> Tokens {
        self.uncached + self.cache_read + self.cache_write
    }

    /// What counts when the request is done: all but cache reads.
    pub fn settled(self) -> Tokens {
        self.uncached + self.cache_write
    }
}

/// The rule by which one model's requests are charged on one endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaRule {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Quota tokens for each output token, on the runtime endpoint.
    pub burndown_rate: u64,
    /// Whether admission deducts cache reads too.
    pub reserve_cache_reads: bool,
}

impl QuotaRule {
    /// What admission deducts from the tokens of the minute: the input and all of `max_tokens`.
    pub fn reservation(self, input: InputTokens, max_tokens: Tokens) -> Tokens {
        let reads = self.endpoint == Endpoint::Runtime && self.reserve_cache_reads;
        let input = if reads { input.total() } else { input.settled() };
        input + max_tokens
    }

    /// What finally counts for an answer of `output` tokens. On mantle this is the input quota;
    /// the output counts to a quota of its own.
    pub fn settlement(self, input: InputTokens, output: Tokens) -> Tokens {
        match self.endpoint {
            Endpoint::Runtime => input.settled() + output.times(self.burndown_rate),
            Endpoint::Mantle => input.settled(),
        }
    }

    /// What a planner must assume: the reservation, or the settlement of the longest answer.
    pub fn charge(self, input: InputTokens, max_tokens: Tokens) -> Tokens {
        self.reservation(input, max_tokens).max(self.settlement(input, max_tokens))
    }

    /// The largest `max_tokens` whose charge is at most `headroom`; `None` if not even 1 fits.
    pub fn max_tokens_within(self, input: InputTokens, headroom: Tokens) -> Option<Tokens> {
        let by_reservation = headroom.minus(self.reservation(input, Tokens::ZERO));
        let most = match self.endpoint {
            Endpoint::Mantle => by_reservation,
            Endpoint::Runtime => {
                let left = headroom.minus(input.settled()).get();
                by_reservation.min(Tokens::new(left.checked_div(self.burndown_rate).unwrap_or(left)))
            }
        };
        (Tokens::ZERO < most).then_some(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// rate, input, cache read, cache write, output, `max_tokens`; then the reservation without and
    /// with cache reads, and the settlement.
    type Row = ([u64; 6], [u64; 3]);

    /// Sources: the guide's example (200 in, 1,000 out on Opus), and the worked examples of
    /// quotas-token-burndown in the texts of October 2025 and September 2026.
    const ROWS: [Row; 8] = [
        ([5, 200, 0, 0, 1_000, 1_000], [1_200, 1_200, 5_200]),
        ([1, 200, 0, 0, 1_000, 1_000], [1_200, 1_200, 1_200]),
        ([5, 1_000, 0, 0, 100, 100], [1_100, 1_100, 1_500]),
        ([5, 3_000, 4_000, 1_000, 1_000, 32_000], [36_000, 40_000, 9_000]),
        ([5, 3_000, 4_000, 1_000, 1_000, 1_250], [5_250, 9_250, 9_000]),
        ([15, 100, 0, 0, 10, 4_096], [4_196, 4_196, 250]),
        ([10, 0, 0, 0, 0, 1], [1, 1, 0]),
        ([5, 0, 10_000, 0, 200, 200], [200, 10_200, 1_000]),
    ];

    #[test]
    fn published_examples() {
        for ([rate, uncached, read, write, output, max], [without, with, settled]) in ROWS {
            let input = InputTokens {
                uncached: Tokens::new(uncached),
                cache_read: Tokens::new(read),
                cache_write: Tokens::new(write),
            };
            for (reserve_cache_reads, reservation) in [(false, without), (true, with)] {
                let rule =
                    QuotaRule { endpoint: Endpoint::Runtime, burndown_rate: rate, reserve_cache_reads };
                let max = Tokens::new(max);
                assert_eq!(rule.reservation(input, max).get(), reservation);
                assert_eq!(rule.settlement(input, Tokens::new(output)).get(), settled);
                let charge = rule.charge(input, max);
                assert_eq!(charge, rule.reservation(input, max).max(rule.settlement(input, max)));
                assert_eq!(rule.max_tokens_within(input, charge), Some(max), "{rule:?} {input:?}");
            }
        }
    }

    #[test]
    fn mantle_has_no_burndown() {
        let rule = QuotaRule { endpoint: Endpoint::Mantle, burndown_rate: 15, reserve_cache_reads: true };
        let input = InputTokens {
            uncached: Tokens::new(3_000),
            cache_read: Tokens::new(4_000),
            cache_write: Tokens::new(1_000),
        };
        assert_eq!(rule.reservation(input, Tokens::new(32_000)).get(), 36_000);
        assert_eq!(rule.settlement(input, Tokens::new(1_000)).get(), 4_000);
        assert_eq!(rule.charge(input, Tokens::new(32_000)).get(), 36_000);
    }
}
