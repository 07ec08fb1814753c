//! Anthropic Messages, also as the body of `InvokeModel` for Claude.

use std::borrow::Cow;

use super::{field, media, provider_run};
use crate::{
    Error, Note,
    json::Value,
    prompt::{
        Arguments, Block, Content, Kind, Message, OutputSchema, Prompt, Role, SchemaForm, Tool, ToolChoice,
        ToolMode, ToolRuns,
    },
};

const FIELDS: [&str; 25] = [
    "model",
    "modelId",
    "messages",
    "system",
    "max_tokens",
    "tools",
    "tool_choice",
    "thinking",
    "output_config",
    "output_format",
    "anthropic_version",
    "anthropic_beta",
    "betas",
    "cache_control",
    "stop_sequences",
    "stream",
    "temperature",
    "top_k",
    "top_p",
    "metadata",
    "service_tier",
    "container",
    "context_management",
    "inference_geo",
    "mcp_servers",
];

const ROLES: [(&str, Role); 3] =
    [("user", Role::User), ("assistant", Role::Assistant), ("system", Role::System)];

/// Where a limit on the answer stands.
pub(super) const LIMITS: [&[&str]; 1] = [&["max_tokens"]];

pub(super) fn prompt(body: Value<'_>) -> Result<Prompt<'_>, Error> {
    let mut prompt = Prompt { max_tokens: field::max_tokens(body, &LIMITS)?, ..Prompt::default() };
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
    // A mark on the request itself stands behind its last block.
    if let (Some(mark), Some(last)) = (body.get_some("cache_control"), prompt.messages.last_mut()) {
        last.blocks.push(cache_point(mark));
    }
    for tool in field::list(body, "tools")? {
        prompt.tools.push(self::tool(tool, notes)?);
    }
    for server in field::list(body, "mcp_servers")? {
        prompt.tools.push(provider_run::mcp_server(server, notes));
    }
    provider_run::mark_found(field::messages(body), &mut prompt.tools);
    prompt.cites = field::cites(field::messages(body));
    prompt.tool_choice = tool_choice(body.get_some("tool_choice"))?;
    prompt.thinking = body.get_some("thinking").map_or(Ok(None), field::thinking)?;
    prompt.output_schema = output_schema(body);
    prompt.task_budget = body.at(&["output_config", "task_budget"]).is_some();
    Ok(prompt)
}

/// A string, or a list of content blocks.
fn content<'a>(value: Value<'a>, notes: &mut Vec<Note>) -> Result<Vec<Block<'a>>, Error> {
    field::content(value, |item, blocks| {
        blocks.push(block(item, notes)?);
        blocks.extend(item.get_some("cache_control").map(cache_point));
        Ok(())
    })
}

fn cache_point(mark: Value<'_>) -> Block<'_> {
    let content = Content::CachePoint(field::cache_ttl(mark));
    Block { pointer: mark.pointer(), kind: Kind::CachePoint, content }
}

fn block<'a>(item: Value<'a>, notes: &mut Vec<Note>) -> Result<Block<'a>, Error> {
    let block = |kind, content| Block { pointer: item.pointer(), kind, content };
    let named = item.get("type").and_then(Value::as_str);
    let unnamed = if item.get("text").is_some() { "text" } else { "" };
    Ok(match named.as_deref().unwrap_or(unnamed) {
        "text" => {
            let kind = if item.get_some("citations").is_some() { Kind::Citations } else { Kind::Text };
            let text = field::text(item, "text")?;
            field::text_block(item.get("text").unwrap_or(item), kind, text)
        }
        "image" => block(Kind::Image, Content::Media(media::from_messages(item))),
        "document" => block(Kind::Document, Content::Media(media::from_messages(item))),
        "tool_use" => {
            let id = field::text_or_empty(item, "id")?;
            let input = item.get_some("input").map_or(Arguments::None, Arguments::Json);
            block(Kind::ToolUse, Content::ToolUse { id, name: field::text(item, "name")?, input })
        }
        "tool_result" => {
            let id = field::text_or_empty(item, "tool_use_id")?;
            let error = item.get("is_error").and_then(Value::as_bool) == Some(true);
            let blocks = item.get_some("content").map_or(Ok(Vec::new()), |blocks| content(blocks, notes))?;
            block(Kind::ToolResult, Content::ToolResult { id, error, blocks })
        }
        "thinking" => {
            let text = field::text(item, "thinking")?;
            block(Kind::Reasoning, field::reasoning(text, item.get("signature")))
        }
        "redacted_thinking" => block(Kind::Reasoning, field::reasoning("".into(), item.get("data"))),
        "search_result" => block(Kind::SearchResult, Content::Media(media::from_search_result(item))),
        other => match provider_run::block(item, other) {
            Some(block) => block,
            None => field::unknown_block(item, other, notes),
        },
    })
}

fn tool<'a>(tool: Value<'a>, notes: &mut Vec<Note>) -> Result<Tool<'a>, Error> {
    if !tool.is_object() {
        return Err(tool.wrong_shape("a tool definition"));
    }
    let pointer = tool.pointer();
    let deferred = tool.get("defer_loading").and_then(Value::as_bool) == Some(true);
    let kind = tool.get_some("type").and_then(Value::as_str);
    let runs = match kind.as_deref() {
        None | Some("custom") if deferred => ToolRuns::CallerDeferred,
        None | Some("custom") => ToolRuns::Caller,
        Some(kind) => {
            provider_run::note_definition(kind, pointer.clone(), notes);
            ToolRuns::Provider
        }
    };
    Ok(Tool {
        pointer,
        name: field::text_or_empty(tool, "name")?,
        description: field::text_or_empty(tool, "description")?,
        schema: tool.get_some("input_schema"),
        definition: tool,
        runs,
        provider_kind: if runs == ToolRuns::Provider { kind.unwrap_or_default() } else { Cow::Borrowed("") },
        max_uses: tool.get_some("max_uses").map(field::count).transpose()?.map(crate::Tokens::get),
        cache_point: tool.get_some("cache_control").map(field::cache_ttl),
    })
}

fn tool_choice(choice: Option<Value<'_>>) -> Result<ToolChoice<'_>, Error> {
    let Some(choice) = choice else { return Ok(ToolChoice::default()) };
    let mode = match choice.get("type").and_then(Value::as_str).as_deref() {
        Some("any") => ToolMode::Any,
        Some("tool") => ToolMode::Tool(field::text(choice, "name")?),
        Some("none") => ToolMode::None,
        _ => ToolMode::Auto,
    };
    let one_at_a_time = choice.get("disable_parallel_tool_use").and_then(Value::as_bool) == Some(true);
    Ok(ToolChoice { mode, one_at_a_time })
}

fn output_schema(body: Value<'_>) -> Option<OutputSchema<'_>> {
    let format = body.get_some("output_format").or_else(|| body.at(&["output_config", "format"]))?;
    let schema = format.get_some("schema")?;
    Some(OutputSchema { pointer: schema.pointer(), name: None, schema: SchemaForm::Json(schema) })
}
