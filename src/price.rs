//! Exact money: whole micro-dollars, from prices in micro-dollars per million tokens.

use crate::Tokens;

/// Prices are given for this many tokens.
const PER_TOKENS: u128 = 1_000_000;

/// What `tokens` cost at a price, as millionths of a micro-dollar so that sums stay exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money {
    micro_usd_millionths: u128,
}

impl Money {
    /// The price of `tokens` at `micro_usd_per_mtok` micro-dollars per million tokens.
    pub const fn of(tokens: Tokens, micro_usd_per_mtok: u64) -> Self {
        // Both factors are u64, so their product fits.
        Self { micro_usd_millionths: tokens.get() as u128 * micro_usd_per_mtok as u128 }
    }

    /// The sum of two amounts.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { micro_usd_millionths: self.micro_usd_millionths.saturating_add(other.micro_usd_millionths) }
    }

    /// Whole micro-dollars, a fraction rounded up: nothing costs less than it is said to.
    pub fn micro_usd(self) -> u64 {
        u64::try_from(self.micro_usd_millionths.div_ceil(PER_TOKENS)).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_round_up() {
        for (tokens, price, micro_usd) in [
            (1_234, 3_000_000, 3_702),
            (1_000, 15_000_000, 15_000),
            (1, 8_750, 1),
            (1_000_000, 8_750, 8_750),
            (0, 75_000_000, 0),
            (1_000_000_000_000, 75_000_000, 75_000_000_000_000),
        ] {
            assert_eq!(Money::of(Tokens::new(tokens), price).micro_usd(), micro_usd);
        }
        let third = Money::of(Tokens::new(1), 333_333);
        assert_eq!(third.plus(third).plus(third).micro_usd(), 1);
    }
}
