//! Token counts and the ranges estimates come in.
//!
//! Every number that enters the library is at most [`Tokens::MAX`], so sums and
//! burndown-weighted products stay exact in a `u64` and in a JavaScript number.

use std::{fmt, iter::Sum, ops::Add};

use serde::{Deserialize, Serialize};

/// A number of tokens.
///
/// Addition saturates; a value that came from outside is at most [`Tokens::MAX`], so no real
/// request reaches the end of the type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tokens(u64);

impl Tokens {
    /// No tokens.
    pub const ZERO: Self = Self(0);

    /// The largest count accepted from outside: a million million.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// A count the library made itself.
    pub const fn new(count: u64) -> Self {
        Self(count)
    }

    /// A count from outside, or `None` above [`Tokens::MAX`].
    pub const fn from_outside(count: u64) -> Option<Self> {
        if count <= Self::MAX.0 { Some(Self(count)) } else { None }
    }

    /// The plain number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// What is left after `other`, at least zero.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The count weighted by a whole factor, such as a burndown rate.
    #[must_use]
    pub const fn times(self, factor: u64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Add for Tokens {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Tokens {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Tokens {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, out)
    }
}

/// What an estimate promises: the count lies between `low` and `high`.
///
/// `low <= expected <= high` always holds, and an exact count has all three equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    low: Tokens,
    expected: Tokens,
    high: Tokens,
}

impl Range {
    /// A count that is known.
    pub const fn exact(count: Tokens) -> Self {
        Self { low: count, expected: count, high: count }
    }

    /// A range around `expected`; ends on the wrong side of it are moved to it.
    pub fn around(low: Tokens, expected: Tokens, high: Tokens) -> Self {
        Self { low: low.min(expected), expected, high: high.max(expected) }
    }

    /// The same range with its high end moved up by `slack`.
    #[must_use]
    pub fn stretched(self, slack: Tokens) -> Self {
        Self { high: self.high + slack, ..self }
    }

    /// The same range moved by a signed number of tokens.
    #[must_use]
    pub fn shifted(self, tokens: i64) -> Self {
        let moved = |end: Tokens| Tokens(end.0.saturating_add_signed(tokens));
        Self { low: moved(self.low), expected: moved(self.expected), high: moved(self.high) }
    }

    /// The smallest count to expect.
    pub const fn low(self) -> Tokens {
        self.low
    }

    /// The most likely count.
    pub const fn expected(self) -> Tokens {
        self.expected
    }

    /// The count that limits are judged by.
    pub const fn high(self) -> Tokens {
        self.high
    }

    /// Whether the range is a single number.
    pub fn is_exact(self) -> bool {
        self.low == self.high
    }
}

impl Add for Range {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            expected: self.expected + other.expected,
            high: self.high + other.high,
        }
    }
}

impl Sum for Range {
    fn sum<I: Iterator<Item = Self>>(ranges: I) -> Self {
        ranges.fold(Self::default(), Add::add)
    }
}
