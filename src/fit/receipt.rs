//! What a fit did: every cut by its pointer, sums that add up, and the way back.

use std::ops::Range;

use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{
    Dialect, Judgement, Kind, LimitName, ModelReport, Note, PatchOperation, Request, Role, json::write,
};

/// A request that was made to fit, or why it cannot be, and what was given up for it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fit {
    /// The date of the data behind the numbers.
    pub catalog_version: String,
    /// The dialect of the request.
    pub dialect: Dialect,
    /// The model.
    pub model: ModelReport,
    /// Whether every limit holds for the request below.
    pub fits: bool,
    /// Whether the request differs from the one that was given.
    pub changed: bool,
    /// The request as it was.
    pub before: FitSize,
    /// The request as it is now.
    pub after: FitSize,
    /// What was given up, in the order of the request.
    pub cuts: Vec<Cut>,
    /// Where the difference of the two sizes went; the three add up to it.
    pub removed: Removed,
    /// How the request stands against each limit now.
    pub limits: Vec<Judgement>,
    /// Why nothing fits, where nothing does.
    pub conflict: Option<Conflict>,
    /// What a broken cache prefix costs on the next call, where a cut stands before a cache point.
    pub cache: Option<CacheBreak>,
    /// Every message and what became of it.
    pub messages: Vec<MessageFate>,
    /// What is odd.
    pub notes: Vec<Note>,
    /// SHA-256 of what was done, in hexadecimal: the same plan has the same hash.
    pub plan_hash: String,
    /// The JSON patches (RFC 6902) from the request as it was to the one it is now, and back.
    pub patch: Patches,
    /// The request itself; unchanged where nothing fits.
    #[serde(skip)]
    pub request: Request,
}

/// How large a request is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FitSize {
    /// The expected input tokens.
    pub tokens: u64,
    /// The high end of their range, by which limits are judged.
    pub high: u64,
    /// Of `tokens`, what the provider adds around the parts.
    pub frame: u64,
    /// The limit on the answer; `None` where none is known.
    pub max_tokens: Option<u64>,
    /// What a planner must assume it takes from the quota.
    pub charge: u64,
}

/// One thing that was given up. Pointers are those of the request as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cut {
    /// Where it stood.
    pub pointer: String,
    /// What was done.
    pub action: CutAction,
    /// Why it was this.
    pub reason: String,
    /// Who said it.
    pub role: Option<Role>,
    /// What it is.
    pub kind: Option<Kind>,
    /// Its tokens before; of a capped answer, the limit.
    pub tokens_before: u64,
    /// Its tokens now.
    pub tokens_after: u64,
    /// The bytes of the text that are gone, where it was shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_bytes: Option<Range<usize>>,
}

/// What was done to a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CutAction {
    /// It is gone.
    Dropped,
    /// A part of it is gone.
    Shortened,
    /// The limit on the answer is lower, or set.
    Capped,
}

/// Where tokens went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    /// With what was dropped and shortened: the sum over the cuts of the input.
    pub parts: i64,
    /// With the frame around it.
    pub frame: i64,
    /// Over the seams of what stays, where tokens merge differently now.
    pub seams: i64,
}

/// Why nothing fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The limits that do not hold even for the smallest request.
    pub limits: Vec<Unmet>,
    /// What must stay, the largest first.
    pub pinned: Vec<PinnedPart>,
    /// The tokens that the provider adds around it.
    pub frame: u64,
    /// The smallest input, in tokens at the high end of its range.
    pub smallest_input: u64,
    /// The limit on the answer it was judged with.
    pub max_tokens: Option<u64>,
}

/// A limit that nothing can meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unmet {
    /// Which limit.
    pub limit: LimitName,
    /// The limit; `None` where it is no number.
    pub of: Option<u64>,
    /// The smallest number that would do, what is used already included.
    pub smallest: Option<u64>,
}

/// Something that must stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PinnedPart {
    /// Where it stands.
    pub pointer: String,
    /// Its tokens.
    pub tokens: u64,
    /// Why it stays.
    pub reason: &'static str,
}

/// What breaking a cached prefix costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CacheBreak {
    /// Tokens of the prefix as it was, which a warm cache would have read.
    pub prefix_before: u64,
    /// Tokens of the prefix as it is now, which the next call writes.
    pub prefix_after: u64,
    /// Quota tokens that writing takes and reading would not have settled.
    pub quota_tokens: u64,
    /// What writing it costs, where prices are published.
    pub write_micro_usd: Option<u64>,
    /// What reading the prefix as it was would have cost.
    pub read_micro_usd: Option<u64>,
}

/// A message and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageFate {
    /// Where it stood.
    pub pointer: String,
    /// Who says it.
    pub role: Role,
    /// Its tokens before.
    pub tokens_before: u64,
    /// Its tokens now.
    pub tokens_after: u64,
    /// Whether it is gone.
    pub dropped: bool,
}

/// The way there and back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Patches {
    /// From the request as it was.
    pub forward: Vec<PatchOperation>,
    /// From the request as it is now.
    pub back: Vec<PatchOperation>,
}

impl Serialize for PatchOperation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut operation = serializer.serialize_struct("PatchOperation", 3)?;
        operation.serialize_field("op", self.op)?;
        operation.serialize_field("path", &self.path)?;
        match &self.value {
            Some(value) => {
                operation.serialize_field("value", &Raw(value))?;
            }
            None => operation.skip_field("value")?,
        }
        operation.end()
    }
}

/// JSON that keeps its own text, numbers of any length included.
struct Raw<'a>(&'a str);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_bytes(self.0.as_bytes());
        }
        let raw: &RawValue = serde_json::from_str(self.0).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl Fit {
    /// The receipt as JSON on one line, without the request.
    pub fn to_json(&self) -> String {
        write::line(self)
    }

    /// The receipt with the request in its field `request`: a string where it is a plain prompt.
    pub fn to_json_with_request(&self) -> String {
        let receipt = self.to_json();
        let request = match self.dialect {
            Dialect::Text => crate::json::edit::quoted(self.request.as_text()),
            _ => self.request.as_text().trim().to_owned(),
        };
        let open = receipt.strip_suffix('}').unwrap_or(&receipt);
        format!("{open},\"request\":{request}}}")
    }
}

/// The hash of what was done.
pub(super) fn plan_hash(cuts: &[Cut]) -> String {
    let mut hash = Sha256::new();
    hash.update("tokenleash fit 1\n");
    for cut in cuts {
        let bytes = cut.removed_bytes.clone().unwrap_or_default();
        let action = match cut.action {
            CutAction::Dropped => "dropped",
            CutAction::Shortened => "shortened",
            CutAction::Capped => "capped",
        };
        let after = if cut.action == CutAction::Capped { cut.tokens_after } else { 0 };
        hash.update(format!("{action}\t{}\t{}\t{}\t{after}\n", cut.pointer, bytes.start, bytes.end));
    }
    hash.finalize().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
