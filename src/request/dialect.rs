//! Which form a request is written in, told by its structure.

use std::{fmt, str::FromStr};

use serde::Serialize;

use super::field::messages;
use crate::{Error, ErrorKind, json::Value};

/// The form a request is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Bedrock `Converse` and `ConverseStream`.
    Converse,
    /// Anthropic Messages, also as the body of `InvokeModel` for Claude.
    Messages,
    /// The body of `InvokeModel` for Amazon Nova.
    Nova,
    /// `OpenAI` chat completions.
    Chat,
    /// A plain prompt: one user message.
    Text,
}

impl Dialect {
    /// Every dialect, in the order of their documentation.
    pub const ALL: [Self; 5] = [Self::Converse, Self::Messages, Self::Nova, Self::Chat, Self::Text];

    /// The name used in options and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Converse => "converse",
            Self::Messages => "messages",
            Self::Nova => "nova",
            Self::Chat => "chat",
            Self::Text => "text",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Dialect {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name).ok_or_else(|| {
            let message = format!("\"{name}\" is no dialect: use converse, messages, nova, chat or text");
            Error::new(ErrorKind::UnknownDialect, message)
        })
    }
}

/// Whether text begins like a JSON object or an array of objects, and not like a plain prompt.
///
/// `{` alone also opens a template or a piece of code; a JSON object goes on with a key.
pub(super) fn looks_like_json(input: &str) -> bool {
    let start = input.trim_start();
    let object = start.strip_prefix('[').map_or(start, str::trim_start);
    if start.len() != object.len() && object.starts_with(']') {
        return true;
    }
    object.strip_prefix('{').is_some_and(|inside| {
        let inside = inside.trim_start();
        inside.is_empty() || inside.starts_with(['"', '\'', '}'])
    })
}

/// Tells the dialect by what only one of them has.
pub(super) fn recognise(body: Value<'_>, wrapped_model: Option<&str>) -> Result<Dialect, Error> {
    if messages(body).is_none() {
        return Err(unknown(body));
    }
    let named = body.get("model").and_then(Value::as_str);
    let is_for = |part: &str| wrapped_model.or(named.as_deref()).is_some_and(|id| id.contains(part));
    let clues = Clues::of(body);
    let nova =
        body.get("schemaVersion").is_some() || body.at(&["inferenceConfig", "max_new_tokens"]).is_some();
    Ok(if nova {
        Dialect::Nova
    } else if clues.messages {
        Dialect::Messages
    } else if clues.converse {
        Dialect::Converse
    } else if clues.chat {
        Dialect::Chat
    } else if is_for("claude") {
        Dialect::Messages
    } else if named.is_some() || body.is_array() {
        Dialect::Chat
    } else {
        Dialect::Messages
    })
}

fn unknown(body: Value<'_>) -> Error {
    if let Some(messages) = body.get("messages") {
        return messages.wrong_shape("an array of messages");
    }
    let message = if body.get("prompt").is_some() || body.get("inputText").is_some() {
        "no known request form: a text completion body (\"prompt\", \"inputText\") has no messages; \
         give its prompt as plain text (--dialect text)"
    } else {
        "no known request form: expected \"messages\" (Converse, Messages, Nova, chat completions), \
         {modelId, body}, or plain text (--dialect text)"
    };
    body.error(ErrorKind::UnknownDialect, message)
}

/// Signs of each dialect found in a request.
struct Clues {
    converse: bool,
    messages: bool,
    chat: bool,
}

impl Clues {
    fn of(body: Value<'_>) -> Self {
        let has = |keys: &[&str]| keys.iter().any(|key| body.get(key).is_some());
        let mut clues = Self {
            converse: has(&[
                "inferenceConfig",
                "toolConfig",
                "additionalModelRequestFields",
                "guardrailConfig",
            ]) || has(&["modelId", "outputConfig", "performanceConfig", "requestMetadata"]),
            messages: has(&["anthropic_version", "thinking", "output_format", "output_config"])
                || has(&["stop_sequences", "mcp_servers", "context_management"])
                || body.get("system").is_some_and(|system| system.as_str().is_some()),
            chat: has(&["max_completion_tokens", "response_format", "stream_options", "n", "functions"])
                || has(&["parallel_tool_calls", "presence_penalty", "frequency_penalty", "logprobs"]),
        };
        for block in body.get("system").into_iter().flat_map(Value::items) {
            clues.take_block(block);
        }
        for tool in body.get("tools").into_iter().flat_map(Value::items) {
            clues.messages |= tool.get("input_schema").is_some();
            clues.chat |= tool.get("function").is_some();
        }
        for message in messages(body).into_iter().flat_map(Value::items) {
            let role = message.get("role").and_then(Value::as_str);
            clues.chat |= matches!(role.as_deref(), Some("system" | "developer" | "tool" | "function"))
                || message.get("tool_calls").is_some();
            for block in message.get("content").into_iter().flat_map(Value::items) {
                clues.take_block(block);
            }
        }
        clues
    }

    fn take_block(&mut self, block: Value<'_>) {
        match block.get("type").and_then(Value::as_str).as_deref() {
            None => self.converse |= block.is_object(),
            Some("text") => self.messages |= block.get("cache_control").is_some(),
            Some("image_url" | "input_audio" | "refusal" | "file") => self.chat = true,
            Some(_) => self.messages = true,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Request;

    #[test]
    fn dialects_are_told_by_structure() {
        for (input, dialect) in [
            ("Write a haiku.", Dialect::Text),
            ("{{name}}, hello", Dialect::Text),
            ("[link](https://example.org) first", Dialect::Text),
            (r#"{"messages":[{"role":"user","content":[{"text":"hi"}]}]}"#, Dialect::Converse),
            (r#"{"modelId":"amazon.nova-pro-v1:0","messages":[]}"#, Dialect::Converse),
            (r#"[{"role":"user","content":[{"text":"hi"}]}]"#, Dialect::Converse),
            (
                r#"{"schemaVersion":"messages-v1","messages":[{"role":"user","content":[{"text":"hi"}]}]}"#,
                Dialect::Nova,
            ),
            (
                r#"{"modelId":"amazon.nova-lite-v1:0","body":{"messages":[],"inferenceConfig":{"max_new_tokens":9}}}"#,
                Dialect::Nova,
            ),
            (r#"{"anthropic_version":"bedrock-2023-05-31","messages":[]}"#, Dialect::Messages),
            (
                r#"{"model":"claude-sonnet-4-6","messages":[{"role":"user","content":"hi"}]}"#,
                Dialect::Messages,
            ),
            (r#"{"system":"x","messages":[{"role":"user","content":"hi"}]}"#, Dialect::Messages),
            (r#"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#, Dialect::Chat),
            (r#"{"messages":[{"role":"system","content":"hi"}]}"#, Dialect::Chat),
            (
                r#"{"modelId":"m","body":"{\"anthropic_version\":\"bedrock-2023-05-31\",\"messages\":[]}"}"#,
                Dialect::Messages,
            ),
            (
                r#"{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"x"}]}]}}}"#,
                Dialect::Converse,
            ),
        ] {
            assert_eq!(Request::read(input, None).unwrap().dialect(), dialect, "{input}");
        }
    }
}
