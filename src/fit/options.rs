//! What a caller may say of a fit besides what holds for a check.

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    ByName, Error, ErrorKind, Note, Options, Tokens,
    json::Json,
    prompt::{Content, Prompt},
};

/// The settings of a fit: those of a check, and what may be given up in which order.
///
/// On the wire all of them stand side by side in one object. `max_tokens` of the check's settings is
/// an upper bound here: a smaller limit of the request stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FitOptions {
    /// The model, the limits and the rules.
    pub check: Options,
    /// What to give up.
    pub how: FitRules,
}

/// What a fit may give up, and in which order.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a caller sets by its name")]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct FitRules {
    /// The most the input may come to, at the high end of its range.
    pub target_input: Option<u64>,
    /// The shortest limit on the answer to go down to; unless given, the expected answer or 256.
    pub min_output: Option<u64>,
    /// Whether the answer or the history gives way first.
    pub prefer: Prefer,
    /// What of the history goes first.
    pub policy: Policy,
    /// Whether texts may be shortened, or only whole units go.
    pub shorten: bool,
    /// Where texts are cut, instead of each kind's own way.
    pub cut: Option<CutAt>,
    /// What stands in the place of a text's missing part.
    pub marker: String,
    /// Keeps the first exchange.
    pub keep_first: bool,
    /// Keeps so many exchanges at the end, word for word.
    pub keep_last: u64,
    /// Keeps what stands at these JSON pointers, word for word.
    pub pin: Vec<String>,
    /// Keeps everything before the last cache point.
    pub keep_cached_prefix: bool,
    /// What stands at a pointer goes later the higher its number is; elsewhere it is 0.
    pub priorities: ByName<i64>,
    /// Whether definitions of tools may go that neither the history nor the tool choice names.
    pub drop_unused_tools: bool,
}

/// What gives way first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prefer {
    /// The limit on the answer goes down to its floor before anything is trimmed.
    #[default]
    Cap,
    /// The history is trimmed before the limit on the answer goes down.
    Trim,
    /// Both give way by the same share of what they can give.
    Balanced,
}

/// What of the history goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// The oldest exchange, then the next.
    #[default]
    OldestFirst,
    /// Tool results are shortened before anything is dropped, the oldest first.
    ToolResultsFirst,
    /// The middle of the history, then outwards.
    MiddleOut,
}

/// Where a text is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CutAt {
    /// Its beginning goes.
    Head,
    /// Its middle goes.
    Middle,
    /// Its end goes.
    Tail,
}

/// What stands in the place of a missing part unless the caller says otherwise.
const MARKER: &str = "[...]";

/// The least limit on the answer unless the caller says otherwise.
const MIN_OUTPUT: u64 = 256;

impl Default for FitRules {
    fn default() -> Self {
        Self {
            target_input: None,
            min_output: None,
            prefer: Prefer::default(),
            policy: Policy::default(),
            shorten: true,
            cut: None,
            marker: MARKER.to_owned(),
            keep_first: false,
            keep_last: 0,
            pin: Vec::new(),
            keep_cached_prefix: false,
            priorities: ByName::default(),
            drop_unused_tools: false,
        }
    }
}

impl FitOptions {
    /// The least limit on the answer to go down to, thinking aside.
    pub(super) fn min_output(&self) -> u64 {
        self.how.min_output.or(self.check.expected_output).unwrap_or(MIN_OUTPUT).max(1)
    }

    /// What was asked for and cannot be had. `asked` is the largest limit on the answer.
    pub(super) fn unheard(&self, prompt: &Prompt<'_>, asked: Option<u64>) -> Vec<Note> {
        let mut notes = Vec::new();
        if let (Some(least), Some(most)) = (self.how.min_output, asked)
            && most < least
        {
            let message =
                format!("at least {least} tokens are to be left for the answer, and its limit is {most}");
            notes.push(Note::new("min-output-above-max-tokens", message));
        }
        let mut blocks =
            prompt.system.iter().chain(prompt.messages.iter().flat_map(|message| &message.blocks));
        let cached = prompt.tools.iter().any(|tool| tool.cache_point.is_some())
            || blocks.any(|block| matches!(block.content, Content::CachePoint(_)));
        if self.how.keep_cached_prefix && !cached {
            let message =
                "no cache point ends a prefix of the request, so none of its history is kept for one";
            notes.push(Note::new("no-cached-prefix", message));
        }
        notes
    }

    /// Refuses numbers that are no token counts and a marker that nobody would see.
    pub(super) fn validate(&self) -> Result<(), Error> {
        self.check.validate()?;
        for (name, number) in [("targetInput", self.how.target_input), ("minOutput", self.how.min_output)] {
            if number.is_some_and(|number| Tokens::from_outside(number).is_none()) {
                let message = format!("{name} is larger than {}", Tokens::MAX);
                return Err(Error::new(ErrorKind::OutOfRange, message));
            }
        }
        if self.how.marker.chars().all(|character| character.is_whitespace() || character.is_control()) {
            let message = "the marker must be text that can be seen: what is missing has to show";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        Ok(())
    }
}

/// The fields that are rules; the others are what a check takes.
const RULES: [&str; 13] = [
    "targetInput",
    "minOutput",
    "prefer",
    "policy",
    "shorten",
    "cut",
    "marker",
    "keepFirst",
    "keepLast",
    "pin",
    "keepCachedPrefix",
    "priorities",
    "dropUnusedTools",
];

impl FitOptions {
    /// Options from their JSON: the fields of [`Options`] and of [`FitRules`] in one object.
    ///
    /// Errors: not JSON, a field that is unknown or of the wrong type, each with its place.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let json = Json::parse(text)?;
        let kind = ErrorKind::InvalidArgument;
        Ok(Self {
            check: json.root().read_fields(kind, |field| !RULES.contains(&field))?,
            how: json.root().read_fields(kind, |field| RULES.contains(&field))?,
        })
    }
}

impl<'de> Deserialize<'de> for FitOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = serde_json::Value::deserialize(deserializer)?;
        Self::from_json(&fields.to_string()).map_err(D::Error::custom)
    }
}
