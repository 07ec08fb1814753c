//! What one observed usage teaches about later counts.
//!
//! Providers add a preamble to requests with tools and change it without notice, so the difference
//! between a count and a real `usage` is the same for every later request of the same model with
//! the same tools. In 1,930 recorded Claude requests with tools that another request with the same
//! tools stood beside, the shift of one raised the exact counts of the others from 98.1 % to 99.4 %
//! (`calibration/accuracy.py` prints it). Without tools there is nothing to learn (1,087 records:
//! 96.5 % became 93.3 %), so no shift is applied then. Nothing is stored here: the caller keeps the
//! small JSON.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};

use crate::{
    Catalog, Error, ErrorKind, Note, Options, Prompt, Request, Tokens,
    json::{
        self,
        python::{Style, dumps},
    },
    prompt::ToolMode,
};

/// The token counts of a real answer, read from its `usage` in any provider's spelling, or from the
/// whole answer around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Counts")]
pub struct Observed {
    /// Input tokens that were neither read from the cache nor written to it.
    pub input: u64,
    /// Output tokens, thinking included.
    pub output: u64,
    /// Input tokens read from the cache.
    pub cache_read: u64,
    /// Input tokens written to the cache.
    pub cache_write: u64,
}

impl Observed {
    /// All input tokens.
    pub fn input_total(self) -> Tokens {
        Tokens::new(self.input) + Tokens::new(self.cache_read) + Tokens::new(self.cache_write)
    }

    /// Reads the JSON of a `usage` or of an answer that holds one.
    ///
    /// Errors: no JSON, or no count of input tokens.
    pub fn read(text: &str) -> Result<Self, Error> {
        json::read(text, ErrorKind::InvalidArgument)
            .map_err(|error| error.within(ErrorKind::InvalidArgument, "the observed usage"))
    }
}

/// What the counts are called by Converse, Anthropic, `OpenAI` and invocation logs.
const NAMES: [&[&str]; 4] = [
    &["input", "inputTokens", "input_tokens", "prompt_tokens", "inputTokenCount"],
    &["output", "outputTokens", "output_tokens", "completion_tokens", "outputTokenCount"],
    &["cache_read", "cacheReadInputTokens", "cache_read_input_tokens", "cacheReadInputTokenCount"],
    &["cache_write", "cacheWriteInputTokens", "cache_creation_input_tokens", "cacheWriteInputTokenCount"],
];

/// The counts of a usage in the order of [`NAMES`], or of an answer with one inside.
#[derive(Default)]
struct Counts {
    usage: Option<Box<Counts>>,
    numbers: [Option<u64>; 4],
}

impl<'de> Deserialize<'de> for Counts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Usage)
    }
}

/// Reads [`Counts`] and passes over all that stands beside them.
struct Usage;

impl<'de> Visitor<'de> for Usage {
    type Value = Counts;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a usage")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Counts, A::Error> {
        let mut counts = Counts::default();
        while let Some(name) = fields.next_key::<String>()? {
            let place = NAMES.iter().position(|names| names.contains(&name.as_str()));
            match place.and_then(|place| counts.numbers.get_mut(place)) {
                Some(Some(_)) => {
                    return Err(A::Error::custom(format!("{name} is there by another name too")));
                }
                Some(number) => *number = fields.next_value()?,
                None if name == "usage" => counts.usage = fields.next_value()?,
                None => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(counts)
    }
}

impl TryFrom<Counts> for Observed {
    type Error = String;

    fn try_from(mut counts: Counts) -> Result<Self, String> {
        counts = counts.usage.take().map_or(counts, |usage| *usage);
        let [Some(input), output, cache_read, cache_write] = counts.numbers else {
            return Err("no inputTokens, input_tokens or prompt_tokens".to_owned());
        };
        let numbers = [Some(input), output, cache_read, cache_write];
        match numbers.map(|number| Tokens::from_outside(number.unwrap_or(0)).map(Tokens::get)) {
            [Some(input), Some(output), Some(cache_read), Some(cache_write)] => {
                Ok(Self { input, output, cache_read, cache_write })
            }
            _ => Err(format!("a count is larger than {}", Tokens::MAX)),
        }
    }
}

/// The difference that one observation showed, for later requests of the same model and tools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Correction {
    /// The base model id it was observed on.
    pub model: String,
    /// A fingerprint of the tools and of the freedom to call them; empty without tools.
    pub tools: String,
    /// The input tokens that were expected.
    pub expected: u64,
    /// The input tokens that the provider counted.
    pub observed: u64,
}

impl Correction {
    /// What an observation of this prompt shows.
    pub(crate) fn of(prompt: &Prompt<'_>, model: &str, expected: Tokens, observed: Observed) -> Self {
        Self {
            model: model.to_owned(),
            tools: fingerprint(prompt),
            expected: expected.get(),
            observed: observed.input_total().get(),
        }
    }

    /// The tokens to add to a later count.
    pub fn shift(&self) -> i64 {
        let signed = |count| i64::try_from(count).unwrap_or(i64::MAX);
        signed(self.observed).saturating_sub(signed(self.expected))
    }

    /// The shift for a prompt, or why there is none.
    pub(crate) fn shift_for(&self, prompt: &Prompt<'_>, model: &str) -> Result<i64, Note> {
        let why = if self.model != model {
            format!("was observed on {}", self.model)
        } else if self.tools.is_empty() {
            "was observed without tools, where one request teaches nothing about the next".to_owned()
        } else if self.tools == fingerprint(prompt) {
            return Ok(self.shift());
        } else {
            "was observed with other tools".to_owned()
        };
        Err(Note::new("correction-not-applied", format!("the correction {why}; it is not applied")))
    }
}

/// FNV-1a over the tools as the provider shows them, whatever their white space and order of keys.
fn fingerprint(prompt: &Prompt<'_>) -> String {
    if prompt.tools.is_empty() {
        return String::new();
    }
    let mode = match &prompt.tool_choice.mode {
        ToolMode::Auto | ToolMode::None => "auto",
        ToolMode::Any => "any",
        ToolMode::Tool(name) => name,
    };
    let style = Style { sorted: true, ..Style::default() };
    let definitions = prompt.tools.iter().map(|tool| dumps(tool.definition, style));
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for text in definitions.chain([mode.to_owned(), prompt.tool_choice.one_at_a_time.to_string()]) {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

/// What a real usage of a request teaches about later requests of its model with its tools.
///
/// Errors: those of [`check`](crate::check).
pub fn calibrate(
    request: &Request,
    observed: Observed,
    options: &Options,
    catalog: &Catalog,
) -> Result<Correction, Error> {
    let options = Options { observed: Some(observed), correction: None, ..options.clone() };
    let report = crate::check(request, &options, catalog)?;
    report.correction.ok_or_else(|| Error::new(ErrorKind::InvalidArgument, "nothing was observed"))
}
