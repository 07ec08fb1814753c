//! How far estimates were from the provider's own counts, by frame and kind of request.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::{Basis, ErrorKind, Range, Tokens, json};

/// What a request holds that decides how surely it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RequestKind {
    Text,
    Tools,
    ToolHistory,
    StructuredOutput,
    Thinking,
    Pictures,
    Media,
    ServerTools,
}

/// The range around a count, as it was measured.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Accuracy {
    /// The frames of the catalog it was measured for.
    frames: Vec<String>,
    /// Whether the models' own vocabulary counted.
    own: bool,
    kinds: Vec<RequestKind>,
    pub(crate) basis: Basis,
    /// How many of a hundred records are within the range; `None` where too few were found.
    confidence_per_cent: Option<u64>,
    /// The true count is at most this many thousandths of the estimate below it,
    below_per_mille: u64,
    /// and this many tokens more;
    below: u64,
    /// at most so many thousandths above it,
    above_per_mille: u64,
    /// and so many tokens more.
    above: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    rows: Vec<Accuracy>,
    /// How the rows were measured, for people who read the data.
    #[expect(dead_code, reason = "no program reads it")]
    source: String,
}

/// What holds where nothing was measured: a third either way.
const UNMEASURED: Accuracy = Accuracy {
    frames: Vec::new(),
    own: false,
    kinds: Vec::new(),
    basis: Basis::Estimated,
    confidence_per_cent: None,
    below_per_mille: 330,
    below: 20,
    above_per_mille: 330,
    above: 60,
};

impl Accuracy {
    /// The row for a frame and a kind of request.
    pub(crate) fn of(frame: &str, own: bool, kind: RequestKind) -> &'static Self {
        static ROWS: OnceLock<Vec<Accuracy>> = OnceLock::new();
        const NOWHERE: &Accuracy = &UNMEASURED;
        let rows = ROWS.get_or_init(|| {
            let table = json::read::<Table>(include_str!("accuracy.json"), ErrorKind::InvalidCatalog);
            table.map(|table| table.rows).unwrap_or_default()
        });
        let fits = |row: &&Self| {
            row.frames.iter().any(|name| name == frame) && row.own == own && row.kinds.contains(&kind)
        };
        rows.iter().find(fits).unwrap_or(NOWHERE)
    }

    /// The share of records within the range; `None` where too few were found.
    #[expect(clippy::float_arithmetic, reason = "a hundredth is no whole number")]
    pub(crate) fn confidence(&self) -> Option<f64> {
        let per_cent = self.confidence_per_cent.and_then(|share| u32::try_from(share).ok());
        per_cent.map(|share| f64::from(share) / 100.0)
    }

    /// The range around an expected count.
    pub(crate) fn range(&self, expected: Tokens) -> Range {
        let part = |per_mille: u64| Tokens::new(expected.get().saturating_mul(per_mille).div_ceil(1000));
        let low = expected.minus(part(self.below_per_mille) + Tokens::new(self.below));
        Range::around(low, expected, expected + part(self.above_per_mille) + Tokens::new(self.above))
    }
}
