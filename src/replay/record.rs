//! One line of an invocation log: the few fields that say what a call took from the quota.
//!
//! Everything else, the messages above all, is skipped without being stored. Bodies are looked
//! into only for the limit on the answer, and for counts and the time that the record itself lacks.
//!
//! Source: Amazon Bedrock User Guide, "Model invocation logging"; the names of fields it does not
//! list (`cacheReadInputTokenCount`, `errorCode`, `amazon-bedrock-invocationMetrics`) are those of
//! published records. Metric records are in `CloudWatch`'s embedded metric format.

mod body;

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, de::Visitor};
use serde_json::value::RawValue;

use super::timestamp::Moment;
use crate::{Error, ErrorKind, Tokens};
use body::{Answer, Asked, Body};

/// What a line is.
pub(super) enum Line<'a> {
    Call(Box<Call<'a>>),
    Metrics(Metrics<'a>),
    /// JSON, but nothing of Bedrock's.
    Foreign,
}

/// A call of a model.
pub(super) struct Call<'a> {
    pub(super) at: Moment,
    pub(super) account: Cow<'a, str>,
    pub(super) region: Cow<'a, str>,
    pub(super) model_id: Cow<'a, str>,
    pub(super) arn: Cow<'a, str>,
    pub(super) metadata: Option<&'a RawValue>,
    pub(super) inference_region: Option<Cow<'a, str>>,
    pub(super) error_code: Option<Cow<'a, str>>,
    pub(super) counts: Counts,
    pub(super) max_tokens: MaxTokens,
    pub(super) latency_ms: Option<u64>,
}

/// The limit on an answer, as far as a record shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum MaxTokens {
    Given(Tokens),
    Unset,
    /// The body is not in the record: at least the answer was reserved.
    #[default]
    Unknown,
}

/// What a metric record says.
pub(super) struct Metrics<'a> {
    pub(super) at: Moment,
    pub(super) model_id: Cow<'a, str>,
    pub(super) throttles: u64,
}

/// Token counts, where they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) input: Option<u64>,
    pub(super) cache_read: Option<u64>,
    pub(super) cache_write: Option<u64>,
    pub(super) output: Option<u64>,
}

impl Counts {
    /// These, and where they are silent the others.
    fn or(self, other: Self) -> Self {
        Self {
            input: self.input.or(other.input),
            cache_read: self.cache_read.or(other.cache_read),
            cache_write: self.cache_write.or(other.cache_write),
            output: self.output.or(other.output),
        }
    }

    fn within_bounds(self) -> bool {
        let all = [self.input, self.cache_read, self.cache_write, self.output];
        all.into_iter().flatten().all(|count| Tokens::from_outside(count).is_some())
    }
}

/// Reads a line.
///
/// Errors: no JSON, a field of the wrong type, no moment, no model, or a count out of range.
pub(super) fn read(line: &[u8]) -> Result<Line<'_>, Error> {
    let fields: Fields<'_> = serde_json::from_slice(line).map_err(|fault| unreadable(line, &fault))?;
    let missing = |what: &str| Error::new(ErrorKind::WrongShape, format!("the record has no {what}"));
    if let Some(embedded) = &fields.embedded {
        let Some(model_id) = fields.metric_model_id else { return Ok(Line::Foreign) };
        let ms = embedded.timestamp.ok_or_else(|| missing("_aws.Timestamp"))?;
        return Ok(Line::Metrics(Metrics {
            at: Moment(i64::try_from(ms / 1_000).unwrap_or(i64::MAX)),
            model_id: model_id.0,
            throttles: fields.throttles.unwrap_or(0),
        }));
    }
    let is_log = fields.schema_type.as_ref().is_some_and(|name| name.0 == "ModelInvocationLog");
    let looks_like_one = fields.schema_type.is_none() && fields.model_id.is_some() && fields.input.is_some();
    if !is_log && !looks_like_one {
        return Ok(Line::Foreign);
    }
    let timestamp = fields.timestamp.ok_or_else(|| missing("timestamp"))?;
    let at = Moment::read(&timestamp.0).ok_or_else(|| {
        let shown: String = timestamp.0.chars().take(40).collect();
        Error::new(ErrorKind::WrongShape, format!("the timestamp {shown:?} is no moment of RFC 3339"))
    })?;
    let input = fields.input.unwrap_or_default();
    let output = fields.output.unwrap_or_default();
    let answer = output.body.map(|body| body.0).unwrap_or_default();
    let logged = Counts {
        input: input.tokens,
        cache_read: input.cache_read,
        cache_write: input.cache_write,
        output: output.tokens,
    };
    let counts = logged.or(answer.metrics).or(answer.usage);
    let max_tokens = match input.body {
        Some(Body(Asked { is_there: true, max_tokens })) => match max_tokens {
            Some(most) => MaxTokens::Given(Tokens::from_outside(most).ok_or_else(too_large)?),
            None => MaxTokens::Unset,
        },
        _ => MaxTokens::Unknown,
    };
    if !counts.within_bounds() {
        return Err(too_large());
    }
    Ok(Line::Call(Box::new(Call {
        at,
        account: fields.account_id.unwrap_or_default().0,
        region: fields.region.unwrap_or_default().0,
        model_id: fields.model_id.ok_or_else(|| missing("modelId"))?.0,
        arn: fields.identity.and_then(|identity| identity.arn).unwrap_or_default().0,
        metadata: fields.request_metadata,
        inference_region: fields.inference_region.map(|region| region.0),
        error_code: fields.error_code.map(|code| code.0),
        counts,
        max_tokens,
        latency_ms: answer.latency_ms,
    })))
}

fn too_large() -> Error {
    Error::new(ErrorKind::OutOfRange, format!("a count of tokens is larger than {}", Tokens::MAX))
}

fn unreadable(line: &[u8], fault: &serde_json::Error) -> Error {
    if fault.is_eof() {
        return Error::new(
            ErrorKind::InvalidJson,
            format!("the JSON ends early, after {} bytes", line.len()),
        );
    }
    let text = fault.to_string();
    let text = text.replace("line 1 column", "column");
    Error::new(if fault.is_data() { ErrorKind::WrongShape } else { ErrorKind::InvalidJson }, text)
}

/// Text that is borrowed from the line unless it has escapes.
#[derive(Default)]
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Borrowing;
        impl<'de> Visitor<'de> for Borrowing {
            type Value = Cow<'de, str>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        reader.deserialize_str(Borrowing).map(Text)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'a> {
    #[serde(borrow)]
    schema_type: Option<Text<'a>>,
    #[serde(borrow)]
    timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    account_id: Option<Text<'a>>,
    #[serde(borrow)]
    region: Option<Text<'a>>,
    #[serde(borrow)]
    model_id: Option<Text<'a>>,
    #[serde(borrow)]
    identity: Option<Identity<'a>>,
    #[serde(borrow)]
    request_metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    inference_region: Option<Text<'a>>,
    #[serde(borrow)]
    error_code: Option<Text<'a>>,
    input: Option<Input>,
    output: Option<Output>,
    #[serde(rename = "_aws")]
    embedded: Option<Embedded>,
    #[serde(borrow, rename = "ModelId")]
    metric_model_id: Option<Text<'a>>,
    #[serde(rename = "InvocationThrottles")]
    throttles: Option<u64>,
}

#[derive(Deserialize)]
struct Identity<'a> {
    #[serde(borrow)]
    arn: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Embedded {
    #[serde(rename = "Timestamp")]
    timestamp: Option<u64>,
}

#[derive(Default, Deserialize)]
struct Input {
    #[serde(rename = "inputTokenCount")]
    tokens: Option<u64>,
    #[serde(rename = "cacheReadInputTokenCount")]
    cache_read: Option<u64>,
    #[serde(rename = "cacheWriteInputTokenCount")]
    cache_write: Option<u64>,
    #[serde(rename = "inputBodyJson")]
    body: Option<Body<Asked>>,
}

#[derive(Default, Deserialize)]
struct Output {
    #[serde(rename = "outputTokenCount")]
    tokens: Option<u64>,
    #[serde(rename = "outputBodyJson")]
    body: Option<Body<Answer>>,
}
