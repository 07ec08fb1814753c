//! How long inputs and answers are, in a small space whatever the number of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Every power of two is divided into so many buckets, so a percentile is at most 1/128 too high;
/// numbers below 256 are exact.
const DIVISIONS_LOG2: u32 = 7;

/// How often numbers occurred. Two can be added in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Histogram {
    greatest: u64,
    /// By bucket: how many numbers, and their sum.
    buckets: BTreeMap<u32, (u64, u64)>,
}

impl Histogram {
    pub(super) fn add(&mut self, number: u64) {
        self.greatest = self.greatest.max(number);
        let (count, sum) = self.buckets.entry(bucket(number)).or_default();
        *count += 1;
        *sum = sum.saturating_add(number);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.greatest = self.greatest.max(other.greatest);
        for (bucket, (count, sum)) in &other.buckets {
            let (own, own_sum) = self.buckets.entry(*bucket).or_default();
            *own += count;
            *own_sum = own_sum.saturating_add(*sum);
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.buckets.values().map(|(count, _)| count).sum()
    }

    pub(super) fn sum(&self) -> u64 {
        self.buckets.values().fold(0, |all, (_, sum)| all.saturating_add(*sum))
    }

    /// The mean, rounded up.
    pub(super) fn mean(&self) -> u64 {
        self.sum().div_ceil(self.count().max(1))
    }

    /// A number that `per_mille` of a thousand do not exceed, at most 1/128 too high.
    pub(super) fn percentile(&self, per_mille: u64) -> u64 {
        let wanted = (u128::from(self.count()) * u128::from(per_mille)).div_ceil(1_000);
        let mut before = 0_u128;
        for (bucket, (count, sum)) in &self.buckets {
            before += u128::from(*count);
            if wanted <= before {
                return if *count == 1 { *sum } else { last_of(*bucket).min(self.greatest) };
            }
        }
        0
    }

    /// The number that is most often there, as the mean of its bucket.
    pub(super) fn usual(&self) -> u64 {
        let most = self.buckets.iter().max_by_key(|(bucket, (count, _))| (*count, *bucket));
        most.map_or(0, |(_, (count, sum))| sum.div_ceil((*count).max(1)))
    }

    /// By how much all numbers together exceed `limit`.
    pub(super) fn above(&self, limit: u64) -> u64 {
        let excess = |(count, sum): &(u64, u64)| sum.saturating_sub(count.saturating_mul(limit));
        self.buckets.values().map(excess).fold(0, u64::saturating_add)
    }
}

/// The bucket of a number.
fn bucket(number: u64) -> u32 {
    let bits = u64::BITS - number.leading_zeros();
    let coarse = bits.saturating_sub(DIVISIONS_LOG2 + 1);
    // Below 2^8 the number itself; above, the octave and the seven bits after its first.
    let fine = u32::try_from(number >> coarse).unwrap_or(u32::MAX);
    (coarse << DIVISIONS_LOG2) + fine
}

/// The greatest number of a bucket.
fn last_of(bucket: u32) -> u64 {
    let coarse = (bucket >> DIVISIONS_LOG2).saturating_sub(1);
    let fine = u64::from(bucket - (coarse << DIVISIONS_LOG2));
    ((fine + 1) << coarse).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_narrow_and_in_order() {
        let mut numbers: Vec<u64> = (0..5_000).collect();
        numbers.extend((13..40).flat_map(|power| {
            let octave = 1_u64 << power;
            [octave - 1, octave, octave + 1, octave + octave / 3, octave + octave / 2]
        }));
        for pair in numbers.windows(2) {
            let [number, next] = pair else { continue };
            assert!(bucket(*number) <= bucket(*next), "{number} {next}");
            let last = last_of(bucket(*number));
            assert!(*number <= last && last - number <= number / 128, "{number} {last}");
            assert_eq!(bucket(last), bucket(*number));
            assert_ne!(bucket(last + 1), bucket(*number));
        }
    }

    #[test]
    fn percentiles_of_known_numbers() {
        let mut histogram = Histogram::default();
        for number in 1..=200 {
            histogram.add(number);
        }
        for (per_mille, number) in [(0, 1), (500, 100), (950, 190), (990, 198), (1_000, 200)] {
            assert_eq!(histogram.percentile(per_mille), number);
        }
        assert_eq!((histogram.count(), histogram.sum(), histogram.mean()), (200, 20_100, 101));
        assert_eq!(histogram.above(198), 1 + 2);
        assert_eq!(Histogram::default().percentile(500), 0);
    }
}
