//! What is wanted of the bodies in a record: the limit on the answer, and counts and the time that the
//! record itself lacks. Messages and all else is skipped without being stored.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Counts, Text};

/// What a request's body says of the answer's length.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked {
    /// Whether there is a body: an empty one stands for text that is not logged.
    pub(super) is_there: bool,
    pub(super) max_tokens: Option<u64>,
}

/// What an answer's body says, whole or as a list of events.
#[derive(Clone, Copy, Default)]
pub(super) struct Answer {
    pub(super) metrics: Counts,
    pub(super) usage: Counts,
    pub(super) latency_ms: Option<u64>,
}

/// A body by what is wanted of it.
pub(super) struct Body<T>(pub(super) T);

/// What can be gathered member by member, and event by event.
trait Gather: Default {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;

    /// What a later event says holds before what earlier ones said.
    fn add(&mut self, later: Self);
}

impl Gather for Asked {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        self.is_there = true;
        let most = match name {
            "inferenceConfig" | "textGenerationConfig" => {
                map.next_value::<Lenient<InferenceConfig>>()?.0.and_then(|inner| inner.most)
            }
            "max_tokens" | "max_completion_tokens" | "max_gen_len" => map.next_value::<Lenient<u64>>()?.0,
            _ => {
                map.next_value::<IgnoredAny>()?;
                None
            }
        };
        self.max_tokens = most.or(self.max_tokens);
        Ok(())
    }

    /// No request is a list.
    fn add(&mut self, _: Self) {}
}

#[derive(Deserialize)]
struct InferenceConfig {
    #[serde(rename = "maxTokens", alias = "max_new_tokens", alias = "maxTokenCount")]
    most: Option<u64>,
}

impl Gather for Answer {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "usage" => {
                let usage = map.next_value::<Lenient<Usage>>()?.0.unwrap_or_default();
                self.usage = usage.counts().or(self.usage);
            }
            "metrics" | "amazon-bedrock-invocationMetrics" => {
                let Some(metrics) = map.next_value::<Lenient<InvocationMetrics>>()?.0 else { return Ok(()) };
                self.metrics = metrics.counts().or(self.metrics);
                self.latency_ms = metrics.latency_ms.or(self.latency_ms);
            }
            // The first event of a stream, and the last of a Converse stream.
            "message" | "metadata" => {
                if let Some(Body(inner)) = map.next_value::<Option<Body<Self>>>()? {
                    self.add(inner);
                }
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn add(&mut self, later: Self) {
        self.metrics = later.metrics.or(self.metrics);
        self.usage = later.usage.or(self.usage);
        self.latency_ms = later.latency_ms.or(self.latency_ms);
    }
}

#[derive(Default, Deserialize)]
struct Usage {
    #[serde(alias = "inputTokens", alias = "input_tokens", alias = "prompt_tokens")]
    input: Option<u64>,
    #[serde(alias = "outputTokens", alias = "output_tokens", alias = "completion_tokens")]
    output: Option<u64>,
    #[serde(alias = "cacheReadInputTokens", alias = "cache_read_input_tokens")]
    cache_read: Option<u64>,
    #[serde(alias = "cacheWriteInputTokens", alias = "cache_creation_input_tokens")]
    cache_write: Option<u64>,
}

impl Usage {
    const fn counts(&self) -> Counts {
        let Self { input, output, cache_read, cache_write } = *self;
        Counts { input, cache_read, cache_write, output }
    }
}

#[derive(Deserialize)]
struct InvocationMetrics {
    #[serde(rename = "inputTokenCount")]
    input: Option<u64>,
    #[serde(rename = "outputTokenCount")]
    output: Option<u64>,
    #[serde(rename = "cacheReadInputTokenCount")]
    cache_read: Option<u64>,
    #[serde(rename = "cacheWriteInputTokenCount")]
    cache_write: Option<u64>,
    #[serde(rename = "latencyMs", alias = "invocationLatency")]
    latency_ms: Option<u64>,
}

impl InvocationMetrics {
    const fn counts(&self) -> Counts {
        let Self { input, output, cache_read, cache_write, .. } = *self;
        Counts { input, cache_read, cache_write, output }
    }
}

/// A value of the caller's or the model's making: of another type than expected, it says nothing.
struct Lenient<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(reader)?;
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}

impl<'de, T: Gather> Deserialize<'de> for Body<T> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Reading<T>(std::marker::PhantomData<T>);
        impl<'de, T: Gather> Visitor<'de> for Reading<T> {
            type Value = T;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a body")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
                let mut found = T::default();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    found.member(&name.0, &mut map)?;
                }
                Ok(found)
            }

            /// The events of a stream.
            fn visit_seq<A: SeqAccess<'de>>(self, mut events: A) -> Result<T, A::Error> {
                let mut found = T::default();
                while let Some(Body(event)) = events.next_element::<Body<T>>()? {
                    found.add(event);
                }
                Ok(found)
            }

            /// A body that was logged as a string.
            fn visit_str<E>(self, text: &str) -> Result<T, E> {
                Ok(serde_json::from_str::<Body<T>>(text).map(|body| body.0).unwrap_or_default())
            }

            fn visit_unit<E>(self) -> Result<T, E> {
                Ok(T::default())
            }

            fn visit_bool<E>(self, _: bool) -> Result<T, E> {
                Ok(T::default())
            }

            fn visit_u64<E>(self, _: u64) -> Result<T, E> {
                Ok(T::default())
            }

            fn visit_i64<E>(self, _: i64) -> Result<T, E> {
                Ok(T::default())
            }

            fn visit_f64<E>(self, _: f64) -> Result<T, E> {
                Ok(T::default())
            }
        }
        reader.deserialize_any(Reading(std::marker::PhantomData)).map(Self)
    }
}
