//! `OpenAI` chat completions.

use std::borrow::Cow;

use super::{field, media};
use crate::{
    Error, Note,
    json::Value,
    prompt::{
        Arguments, Block, Content, Kind, Message, OutputSchema, Prompt, Role, SchemaForm, Tool, ToolChoice,
        ToolMode, ToolRuns,
    },
};

const FIELDS: [&str; 36] = [
    "model",
    "modelId",
    "messages",
    "max_tokens",
    "max_completion_tokens",
    "tools",
    "tool_choice",
    "functions",
    "function_call",
    "response_format",
    "parallel_tool_calls",
    "temperature",
    "top_p",
    "top_k",
    "n",
    "stop",
    "stream",
    "stream_options",
    "seed",
    "user",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "presence_penalty",
    "frequency_penalty",
    "reasoning_effort",
    "verbosity",
    "service_tier",
    "store",
    "metadata",
    "modalities",
    "audio",
    "prediction",
    "prompt_cache_key",
    "safety_identifier",
    "web_search_options",
];

const ROLES: [(&str, Role); 6] = [
    ("user", Role::User),
    ("assistant", Role::Assistant),
    ("system", Role::System),
    ("developer", Role::System),
    ("tool", Role::Tool),
    ("function", Role::Tool),
];

/// Where a limit on the answer may stand, the first where none does.
pub(super) const LIMITS: [&[&str]; 2] = [&["max_completion_tokens"], &["max_tokens"]];

pub(super) fn prompt(body: Value<'_>) -> Result<Prompt<'_>, Error> {
    let mut prompt = Prompt { max_tokens: field::max_tokens(body, &LIMITS)?, ..Prompt::default() };
    let notes = &mut prompt.notes;
    field::note_unknown(body, &FIELDS, notes);
    for message in field::messages(body).into_iter().flat_map(Value::items) {
        prompt.messages.push(self::message(message, notes)?);
    }
    for tool in field::list(body, "tools")? {
        prompt.tools.push(self::tool(tool, tool.get_some("function"), notes)?);
    }
    for function in field::list(body, "functions")? {
        prompt.tools.push(tool(function, Some(function), notes)?);
    }
    prompt.tool_choice = tool_choice(body)?;
    let format = body.at(&["response_format", "json_schema"]);
    prompt.output_schema = format.and_then(|format| {
        let schema = format.get_some("schema")?;
        let name = format.get_some("name").and_then(Value::as_str);
        Some(OutputSchema { pointer: schema.pointer(), name, schema: SchemaForm::Json(schema) })
    });
    Ok(prompt)
}

fn message<'a>(message: Value<'a>, notes: &mut Vec<Note>) -> Result<Message<'a>, Error> {
    let role = field::role(message, &ROLES)?;
    let mut blocks = message.get_some("content").map_or(Ok(Vec::new()), |value| content(value, notes))?;
    if role == Role::Tool {
        let id = field::text_or_empty(message, "tool_call_id")?;
        let content = Content::ToolResult { id, error: false, blocks };
        blocks = vec![Block { pointer: message.pointer(), kind: Kind::ToolResult, content }];
    }
    for call in field::list(message, "tool_calls")? {
        blocks.push(self::call(call, call.get_some("function").unwrap_or(call))?);
    }
    if let Some(function) = message.get_some("function_call") {
        blocks.push(call(function, function)?);
    }
    let name = message.get_some("name").and_then(Value::as_str);
    Ok(Message { pointer: message.pointer(), role, name, blocks })
}

/// A string, or a list of content parts.
fn content<'a>(value: Value<'a>, notes: &mut Vec<Note>) -> Result<Vec<Block<'a>>, Error> {
    field::content(value, |item, blocks| {
        blocks.push(part(item, notes)?);
        Ok(())
    })
}

fn part<'a>(item: Value<'a>, notes: &mut Vec<Note>) -> Result<Block<'a>, Error> {
    let block = |kind, media| Block { pointer: item.pointer(), kind, content: Content::Media(media) };
    Ok(match item.get("type").and_then(Value::as_str).as_deref() {
        Some("text") | None if item.get("text").is_some() => {
            let text = field::text(item, "text")?;
            field::text_block(item.get("text").unwrap_or(item), Kind::Text, text)
        }
        Some("refusal") => field::text_block(item, Kind::Text, field::text(item, "refusal")?),
        Some("image_url") => block(Kind::Image, media::from_data_url(item.at(&["image_url", "url"]))),
        Some("input_audio") => block(Kind::Audio, media::from_base64(item.at(&["input_audio", "data"]))),
        Some("file") => block(Kind::Document, media::from_data_url(item.at(&["file", "file_data"]))),
        other => field::unknown_block(item, other.unwrap_or_default(), notes),
    })
}

fn call<'a>(call: Value<'a>, function: Value<'a>) -> Result<Block<'a>, Error> {
    let input = match function.get_some("arguments") {
        None => Arguments::None,
        Some(arguments) => arguments.as_str().map_or(Arguments::Json(arguments), Arguments::Text),
    };
    let id = field::text_or_empty(call, "id")?;
    let content = Content::ToolUse { id, name: field::text_or_empty(function, "name")?, input };
    Ok(Block { pointer: call.pointer(), kind: Kind::ToolUse, content })
}

fn tool<'a>(tool: Value<'a>, function: Option<Value<'a>>, notes: &mut Vec<Note>) -> Result<Tool<'a>, Error> {
    let pointer = tool.pointer();
    let runs = if function.is_some() { ToolRuns::Caller } else { ToolRuns::Provider };
    if runs == ToolRuns::Provider {
        let message =
            "what the model is told of this tool is not in the request; it is estimated by its JSON text";
        notes.push(Note::new("server-tool", message).at(pointer.clone()));
    }
    let definition = function.unwrap_or(tool);
    Ok(Tool {
        pointer,
        name: field::text_or_empty(definition, "name")?,
        description: field::text_or_empty(definition, "description")?,
        schema: definition.get_some("parameters"),
        definition,
        runs,
        provider_kind: Cow::Borrowed(""),
        max_uses: None,
        cache_point: None,
    })
}

fn tool_choice(body: Value<'_>) -> Result<ToolChoice<'_>, Error> {
    let choice = body.get_some("tool_choice").or_else(|| body.get_some("function_call"));
    // A choice among some of the tools says how free it is one level further in.
    let among = choice.and_then(|choice| choice.get_some("allowed_tools"));
    let mode = match among.map_or(choice, |among| among.get_some("mode")) {
        None => ToolMode::Auto,
        Some(choice) => match choice.as_str().as_deref() {
            Some("none") => ToolMode::None,
            Some("required") => ToolMode::Any,
            Some(_) => ToolMode::Auto,
            None => {
                ToolMode::Tool(field::text_or_empty(choice.get_some("function").unwrap_or(choice), "name")?)
            }
        },
    };
    let one_at_a_time = body.get("parallel_tool_calls").and_then(Value::as_bool) == Some(false);
    Ok(ToolChoice { mode, one_at_a_time })
}
