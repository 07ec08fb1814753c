//! How long answers are: observed lengths, or two percentiles.

use serde::Serialize;

use super::Load;
use crate::{Error, ErrorKind, Note, Tokens, sorted::sort_by_key};

/// How many answers stand for a distribution that only percentiles describe.
const SAMPLES: u64 = 1_000;

/// How long answers are, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerLengths {
    /// How many answers were observed; `None` where only percentiles are given.
    pub observed: Option<u64>,
    /// Half of them are at most this long.
    pub p50: u64,
    /// 95 of 100.
    pub p95: u64,
    /// 99 of 100; where only percentiles are given, what follows from them.
    pub p99: u64,
    /// Their average, rounded up.
    pub mean: u64,
    /// The longest that was observed; where only percentiles are given, what follows from them.
    pub longest: u64,
}

/// Answers, the shortest first.
pub(super) struct Outputs {
    sorted: Vec<u64>,
    observed: bool,
}

impl Outputs {
    /// The answers of a load. Between and beyond percentiles, lengths grow evenly: from none to the
    /// median, from there to p95, and on at the same pace. Real answers have a longer tail.
    pub(super) fn read(load: &Load) -> Result<Self, Error> {
        let wrong = |message: &str| Err(Error::new(ErrorKind::InvalidArgument, message));
        match (&load.outputs[..], load.output_p50, load.output_p95) {
            ([], None, None) => wrong("say how long answers are: outputs, or outputP50 and outputP95"),
            ([], Some(p50), Some(p95)) if p50 <= p95 => {
                let at = |permille: u64| match permille {
                    0..=500 => (p50 * permille).div_ceil(500),
                    more => p50 + ((p95 - p50) * (more - 500)).div_ceil(450),
                };
                Ok(Self { sorted: (1..=SAMPLES).map(at).collect(), observed: false })
            }
            ([], ..) => wrong("outputP50 and outputP95 go together, and the first is not the larger"),
            (outputs, None, None) => {
                let mut sorted = outputs.to_vec();
                sort_by_key(&mut sorted, |output| *output);
                Ok(Self { sorted, observed: true })
            }
            _ => wrong("give outputs or the two percentiles, not both"),
        }
    }

    /// The length that so many of a thousand answers do not exceed.
    fn percentile(&self, permille: u64) -> u64 {
        let rank = (self.count() * u128::from(permille)).div_ceil(1_000).max(1);
        let place = usize::try_from(rank - 1).unwrap_or(usize::MAX);
        self.sorted.get(place).or(self.sorted.last()).copied().unwrap_or_default()
    }

    /// The least limit that cuts at most so many of a thousand answers.
    pub(super) fn cut_at(&self, permille: u64) -> u64 {
        self.percentile(1_000_u64.saturating_sub(permille))
    }

    /// How many of a thousand answers a limit cuts, rounded down.
    pub(super) fn cut_permille(&self, max_tokens: u64) -> u64 {
        let whole = self.sorted.partition_point(|output| *output <= max_tokens);
        let cut = (self.sorted.len() - whole) as u128;
        u64::try_from(cut * 1_000 / self.count().max(1)).unwrap_or_default()
    }

    /// The average length with a limit, rounded up.
    pub(super) fn mean(&self, max_tokens: u64) -> Tokens {
        let sum: u128 = self.sorted.iter().map(|output| u128::from((*output).min(max_tokens))).sum();
        Tokens::new(u64::try_from(sum.div_ceil(self.count().max(1))).unwrap_or(u64::MAX))
    }

    pub(super) fn lengths(&self) -> AnswerLengths {
        AnswerLengths {
            observed: self.observed.then_some(self.sorted.len() as u64),
            p50: self.percentile(500),
            p95: self.percentile(950),
            p99: self.percentile(990),
            mean: self.mean(u64::MAX).get(),
            longest: self.sorted.last().copied().unwrap_or_default(),
        }
    }

    /// What the reader should know of the limit that follows.
    pub(super) fn notes(&self, load: &Load, least: u64) -> Option<Note> {
        let message = if !self.observed {
            if 50 <= load.max_cut_permille {
                return None;
            }
            format!(
                "p50 and p95 say little of the longest answers: that {least} is long enough for {} of 1,000 is \
                     extrapolated; observed outputs would show it",
                1_000 - load.max_cut_permille
            )
        } else if self.count() * u128::from(load.max_cut_permille.max(1)) < 1_000 * 5 {
            format!(
                "{} observed answers are few for a limit that may cut {} of 1,000",
                self.sorted.len(),
                load.max_cut_permille
            )
        } else {
            return None;
        };
        Some(Note::new("few-answers", message))
    }

    fn count(&self) -> u128 {
        self.sorted.len() as u128
    }
}
