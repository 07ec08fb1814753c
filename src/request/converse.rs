//! Bedrock `Converse` and `ConverseStream`.

use super::{field, media};
use crate::{
    Error, Note,
    json::Value,
    prompt::{
        Arguments, Block, Content, Kind, Message, OutputSchema, Prompt, Role, SchemaForm, Thinking, Tool,
        ToolChoice, ToolMode, ToolRuns,
    },
};

const FIELDS: [&str; 15] = [
    "modelId",
    "messages",
    "system",
    "inferenceConfig",
    "toolConfig",
    "guardrailConfig",
    "additionalModelRequestFields",
    "additionalModelResponseFieldPaths",
    "promptVariables",
    "requestMetadata",
    "performanceConfig",
    "serviceTier",
    "outputConfig",
    "schemaVersion",
    "stream",
];

const ROLES: [(&str, Role); 3] =
    [("user", Role::User), ("assistant", Role::Assistant), ("system", Role::System)];

/// Where a limit on the answer may stand, the first where none does.
pub(super) const LIMITS: [&[&str]; 2] =
    [&["inferenceConfig", "maxTokens"], &["additionalModelRequestFields", "max_tokens"]];

pub(super) fn prompt(body: Value<'_>) -> Result<Prompt<'_>, Error> {
    walk(body, &LIMITS)
}

/// Walks a request whose messages are Converse's; the limit on the answer stands at one of `limits`.
pub(super) fn walk<'a>(body: Value<'a>, limits: &[&[&str]]) -> Result<Prompt<'a>, Error> {
    let mut prompt = Prompt { max_tokens: field::max_tokens(body, limits)?, ..Prompt::default() };
    let notes = &mut prompt.notes;
    field::note_unknown(body, &FIELDS, notes);
    if let Some(system) = body.get_some("system") {
        prompt.system = content(system, notes)?;
    }
    for message in field::messages(body).into_iter().flat_map(Value::items) {
        let role = field::role(message, &ROLES)?;
        let blocks = message.get_some("content").map_or(Ok(Vec::new()), |blocks| content(blocks, notes))?;
        prompt.messages.push(Message { pointer: message.pointer(), role, name: None, blocks });
    }
    if let Some(config) = body.get_some("toolConfig") {
        for tool in field::list(config, "tools")? {
            add_tool(tool, &mut prompt.tools, notes)?;
        }
        prompt.tool_choice = tool_choice(config.get_some("toolChoice"))?;
    }
    prompt.cites = field::cites(field::messages(body));
    prompt.thinking = thinking(body)?;
    prompt.output_schema = output_schema(body)?;
    Ok(prompt)
}

/// A list of content blocks; a bare string, which Bedrock refuses, is read as one text.
fn content<'a>(value: Value<'a>, notes: &mut Vec<Note>) -> Result<Vec<Block<'a>>, Error> {
    field::content(value, |item, blocks| {
        for (name, inner) in item.entries() {
            blocks.extend(block(item, &name, inner, notes)?);
        }
        Ok(())
    })
}

/// One member of a content block, which is a union: its name says what it is.
fn block<'a>(
    item: Value<'a>,
    name: &str,
    inner: Value<'a>,
    notes: &mut Vec<Note>,
) -> Result<Option<Block<'a>>, Error> {
    let block = |kind, content| Block { pointer: inner.pointer(), kind, content };
    let media = |kind| block(kind, Content::Media(media::from_converse(inner)));
    Ok(Some(match name {
        "text" => {
            let text = inner.as_str().ok_or_else(|| inner.wrong_shape("a string"))?;
            field::text_block(inner, Kind::Text, text)
        }
        "json" => block(Kind::Text, Content::Json(inner)),
        "image" => media(Kind::Image),
        "document" => media(Kind::Document),
        "video" => media(Kind::Video),
        "audio" => media(Kind::Audio),
        "toolUse" => {
            let id = field::text_or_empty(inner, "toolUseId")?;
            let input = inner.get_some("input").map_or(Arguments::None, Arguments::Json);
            block(Kind::ToolUse, Content::ToolUse { id, name: field::text(inner, "name")?, input })
        }
        "toolResult" => {
            let id = field::text_or_empty(inner, "toolUseId")?;
            let error = inner.get("status").and_then(Value::as_str).as_deref() == Some("error");
            let blocks = inner.get_some("content").map_or(Ok(Vec::new()), |blocks| content(blocks, notes))?;
            block(Kind::ToolResult, Content::ToolResult { id, error, blocks })
        }
        "reasoningContent" => {
            let content = match inner.get_some("reasoningText") {
                Some(thought) => field::reasoning(field::text(thought, "text")?, thought.get("signature")),
                None => field::reasoning("".into(), inner.get("redactedContent")),
            };
            block(Kind::Reasoning, content)
        }
        "guardContent" => {
            match (inner.at(&["text", "text"]).and_then(Value::as_str), inner.get_some("image")) {
                (Some(text), _) => field::text_block(inner, Kind::GuardContent, text),
                (None, Some(image)) => block(Kind::Image, Content::Media(media::from_converse(image))),
                (None, None) => field::unknown_block(item, name, notes),
            }
        }
        "citationsContent" => block(Kind::Citations, Content::Text(field::joined_texts(inner))),
        "searchResult" => block(Kind::SearchResult, Content::Media(media::from_search_result(inner))),
        "cachePoint" => block(Kind::CachePoint, Content::CachePoint(field::cache_ttl(inner))),
        // Siblings that belong to Messages and carry no content of their own.
        "type" | "cache_control" => return Ok(None),
        _ => field::unknown_block(item, name, notes),
    }))
}

fn add_tool<'a>(tool: Value<'a>, tools: &mut Vec<Tool<'a>>, notes: &mut Vec<Note>) -> Result<(), Error> {
    if let Some(mark) = tool.get_some("cachePoint") {
        if let Some(last) = tools.last_mut() {
            last.cache_point = Some(field::cache_ttl(mark));
        }
        return Ok(());
    }
    let pointer = tool.pointer();
    let (runs, definition) = match (tool.get_some("toolSpec"), tool.get_some("systemTool")) {
        (Some(spec), _) => (ToolRuns::Caller, spec),
        (None, Some(system)) => {
            let message = "what the model is told of a system tool is not in the request; it is estimated by its JSON text";
            notes.push(Note::new("server-tool", message).at(pointer.clone()));
            (ToolRuns::Provider, system)
        }
        (None, None) => {
            let message = "a tool of an unknown kind; it is estimated by its JSON text";
            notes.push(Note::new("unknown-content", message).at(pointer.clone()));
            (ToolRuns::Provider, tool)
        }
    };
    tools.push(Tool {
        pointer,
        name: field::text_or_empty(definition, "name")?,
        description: field::text_or_empty(definition, "description")?,
        schema: definition.at(&["inputSchema", "json"]),
        definition,
        runs,
        provider_kind: field::text_or_empty(definition, "name")?,
        max_uses: None,
        cache_point: None,
    });
    Ok(())
}

fn tool_choice(choice: Option<Value<'_>>) -> Result<ToolChoice<'_>, Error> {
    let Some(choice) = choice else { return Ok(ToolChoice::default()) };
    let mode = if choice.get("any").is_some() {
        ToolMode::Any
    } else if let Some(tool) = choice.get_some("tool") {
        ToolMode::Tool(field::text(tool, "name")?)
    } else {
        ToolMode::Auto
    };
    Ok(ToolChoice { mode, one_at_a_time: false })
}

fn thinking(body: Value<'_>) -> Result<Option<Thinking>, Error> {
    let extra = body.get_some("additionalModelRequestFields");
    let setting =
        extra.and_then(|extra| extra.get_some("thinking").or_else(|| extra.get_some("reasoning_config")));
    setting.map_or(Ok(None), field::thinking)
}

fn output_schema(body: Value<'_>) -> Result<Option<OutputSchema<'_>>, Error> {
    let Some(format) = body.at(&["outputConfig", "textFormat", "structure", "jsonSchema"]) else {
        return Ok(None);
    };
    let Some(schema) = format.get_some("schema") else { return Ok(None) };
    let form = match schema.as_str() {
        Some(text) => SchemaForm::Text(text),
        None if schema.is_object() => SchemaForm::Json(schema),
        None => return Err(schema.wrong_shape("a JSON schema in a string")),
    };
    Ok(Some(OutputSchema {
        pointer: schema.pointer(),
        name: format.get_some("name").and_then(Value::as_str),
        schema: form,
    }))
}
