//! A request with the provider taken out: who says what, in order, as plain data.
//!
//! The walkers in `request` make it and know every provider's field names; everything after reads
//! it and knows none. Each piece keeps the JSON pointer it came from, so a count, a note or a cut
//! can be shown where the caller wrote it. Text is borrowed from the request.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Note, Tokens, json::Value};

/// All that a request sends to a model, and what it asks of the answer.
#[derive(Clone, Debug, Default)]
pub struct Prompt<'a> {
    /// The system prompt, a block each.
    pub system: Vec<Block<'a>>,
    /// Tools the model may call.
    pub tools: Vec<Tool<'a>>,
    /// Which tool the model is told to call.
    pub tool_choice: ToolChoice<'a>,
    /// The conversation.
    pub messages: Vec<Message<'a>>,
    /// The thinking setting, where one is on.
    pub thinking: Option<Thinking>,
    /// The form the answer is held to.
    pub output_schema: Option<OutputSchema<'a>>,
    /// Whether documents or search results are to be cited.
    pub cites: bool,
    /// Whether the model is told how many tokens it may spend on the whole task.
    pub task_budget: bool,
    /// The request's own limit on the answer.
    pub max_tokens: Option<MaxTokens>,
    /// What was odd while reading.
    pub notes: Vec<Note>,
}

/// A request's limit on the answer, thinking included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaxTokens {
    /// The limit.
    pub tokens: Tokens,
    /// Where the request says so.
    pub pointer: String,
    /// Where it says so a second time, in another field.
    pub again: Option<String>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Standing instructions, tool definitions included.
    System,
    /// The person or program that asks.
    User,
    /// The model.
    Assistant,
    /// A tool's answer, where the dialect has a role of its own for it.
    Tool,
}

/// One message of the conversation.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Where it stands in the request.
    pub pointer: String,
    /// Who says it.
    pub role: Role,
    /// The author's name, where the dialect has one.
    pub name: Option<Cow<'a, str>>,
    /// What is said.
    pub blocks: Vec<Block<'a>>,
}

/// One piece of content.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// Where it stands in the request.
    pub pointer: String,
    /// What a person would call it.
    pub kind: Kind,
    /// What it holds.
    pub content: Content<'a>,
}

/// What a part of a prompt is, as reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Kind {
    /// Plain text.
    Text,
    /// A picture.
    Image,
    /// A document, such as a PDF.
    Document,
    /// A film.
    Video,
    /// A sound recording.
    Audio,
    /// The definition of a tool.
    ToolDefinition,
    /// A call the model made.
    ToolUse,
    /// What a call gave back.
    ToolResult,
    /// Thinking the model did in an earlier turn.
    Reasoning,
    /// Text that a guardrail looks at.
    GuardContent,
    /// Text with the sources it came from.
    Citations,
    /// A search result given to the model.
    SearchResult,
    /// The schema the answer must follow.
    OutputSchema,
    /// The mark that ends a cacheable prefix.
    CachePoint,
    /// Content of a kind this version does not know.
    Unknown,
}

/// What a block holds.
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// Text, as the model sees it.
    Text(Cow<'a, str>),
    /// A JSON value that the model sees written out.
    Json(Value<'a>),
    /// A picture, document, film or recording.
    Media(Media),
    /// A call the model made.
    ToolUse {
        /// Pairs the call with its result; free of charge.
        id: Cow<'a, str>,
        /// The tool's name.
        name: Cow<'a, str>,
        /// The arguments.
        input: Arguments<'a>,
    },
    /// What a call gave back.
    ToolResult {
        /// The call it answers.
        id: Cow<'a, str>,
        /// Whether the tool failed.
        error: bool,
        /// The content, a block each.
        blocks: Vec<Block<'a>>,
    },
    /// Earlier thinking.
    Reasoning(Cow<'a, str>),
    /// Earlier thinking that is encrypted, and the characters of it.
    SealedReasoning(usize),
    /// The end of a cacheable prefix.
    CachePoint(CacheTtl),
    /// A call that the provider ran, or what it gave back.
    ProviderRun {
        /// What of it can be read, a block each.
        blocks: Vec<Block<'a>>,
        /// The characters of what is encrypted.
        sealed: usize,
    },
    /// Content that is counted by its JSON text because its kind is not known.
    Unknown(&'a str),
}

/// The arguments of a tool call.
#[derive(Clone, Debug)]
pub enum Arguments<'a> {
    /// None were given.
    None,
    /// A JSON value, an object as a rule.
    Json(Value<'a>),
    /// JSON written into a string, as chat completions do.
    Text(Cow<'a, str>),
}

/// How long a cached prefix is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CacheTtl {
    /// Five minutes, the default.
    #[default]
    #[serde(rename = "5m")]
    FiveMinutes,
    /// One hour.
    #[serde(rename = "1h")]
    OneHour,
}

/// What is known of a picture, document, film or recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// Width and height in pixels.
    pub pixels: Option<(u32, u32)>,
    /// The number of pages.
    pub pages: Option<u32>,
    /// The size of the data in bytes; `None` where it is named by a URL or an S3 object.
    pub bytes: Option<usize>,
    /// The text of a document that is text.
    pub text: Option<String>,
    /// What the request calls a document.
    pub title: Option<String>,
    /// Where a search result was found.
    pub source: Option<String>,
    /// Whether a document is to be cited.
    pub cited: bool,
}

/// A tool the model may call.
#[derive(Clone, Debug)]
pub struct Tool<'a> {
    /// Where it stands in the request.
    pub pointer: String,
    /// Its name.
    pub name: Cow<'a, str>,
    /// What it says of itself; empty where nothing is said.
    pub description: Cow<'a, str>,
    /// The JSON schema of its arguments.
    pub schema: Option<Value<'a>>,
    /// The whole definition as written.
    pub definition: Value<'a>,
    /// Who runs it.
    pub runs: ToolRuns,
    /// What the provider calls it, where the provider runs it; else empty.
    pub provider_kind: Cow<'a, str>,
    /// How often the provider may run it in one request, where that is limited.
    pub max_uses: Option<u64>,
    /// The end of a cacheable prefix behind this tool.
    pub cache_point: Option<CacheTtl>,
}

/// Who runs a tool, and so what its definition costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolRuns {
    /// The caller; the definition is in the request.
    Caller,
    /// The caller, but the model sees the definition only when it looks for it.
    CallerDeferred,
    /// The caller; the model has looked for the definition and seen it.
    CallerFound,
    /// The provider; what the model is told of it is not in the request.
    Provider,
}

/// Which tool the model is told to call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolChoice<'a> {
    /// How free it is.
    pub mode: ToolMode<'a>,
    /// Whether it may make only one call at a time.
    pub one_at_a_time: bool,
}

/// How free the model is to call tools.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ToolMode<'a> {
    /// It decides; the default.
    #[default]
    Auto,
    /// It must not.
    None,
    /// It must call one.
    Any,
    /// It must call this one.
    Tool(Cow<'a, str>),
}

/// The thinking setting of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thinking {
    /// Up to a budget of tokens, which are part of the answer.
    Budget(Tokens),
    /// As much as the model finds fit.
    Adaptive,
}

/// The form the answer is held to.
#[derive(Clone, Debug)]
pub struct OutputSchema<'a> {
    /// Where it stands in the request.
    pub pointer: String,
    /// What the request calls it, where it does.
    pub name: Option<Cow<'a, str>>,
    /// The schema, parsed where it could be.
    pub schema: SchemaForm<'a>,
}

/// A schema as a request gives it.
#[derive(Clone, Debug)]
pub enum SchemaForm<'a> {
    /// A JSON value.
    Json(Value<'a>),
    /// JSON written into a string, as Converse does.
    Text(Cow<'a, str>),
}
