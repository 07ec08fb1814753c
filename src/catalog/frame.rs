//! What each model's provider adds around the text: dated integers, because they change.

use std::sync::OnceLock;

use serde::Deserialize;

use super::Model;
use crate::{ByName, ErrorKind, json};

/// The frame of a model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FrameRules {
    Claude(ClaudeFrame),
    Nova(NovaFrame),
    Chat(ChatFrame),
    Plain(PlainFrame),
}

/// Claude's template and its constants, in tokens.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a template")]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ClaudeFrame {
    /// Every request.
    pub(crate) request: i64,
    /// The preamble of tools: choice auto or none, any, one tool.
    pub(crate) tools: [i64; 3],
    /// What the preamble says of tools that load when they are looked for.
    #[serde(default)]
    pub(crate) deferred_tools: i64,
    /// Whether the conversation is one string over whose seams tokens merge.
    pub(crate) one_string: bool,
    /// Whether definitions and schemas are escaped to ASCII.
    pub(crate) ascii_tools: bool,
    /// Whether white space at the ends of the system prompt is removed.
    pub(crate) strip_system: bool,
    /// Whether the system prompt stands after a blank line even without tools.
    pub(crate) blank_line_before_system: bool,
    /// Thinking that is on, without the number of its budget.
    pub(crate) thinking: i64,
    /// Whether the thinking of all earlier turns is kept.
    pub(crate) keeps_thinking: bool,
    /// The wrapper of one piece of earlier thinking.
    pub(crate) old_thinking: i64,
    /// The sentence before the schema of the answer.
    pub(crate) output_schema: i64,
    /// Documents or search results that are to be cited.
    #[serde(default)]
    pub(crate) citations: i64,
    /// A thousand characters of encrypted results, such as those of a search in the web.
    #[serde(default)]
    pub(crate) sealed_per_thousand: i64,
    /// A task budget.
    #[serde(default)]
    pub(crate) task_budget: i64,
    /// The end of a request whose last turn is results: choice auto or none.
    pub(crate) after_results_auto: i64,
    /// The same where a call is demanded.
    pub(crate) after_results_forced: i64,
    /// The same where calls are limited to one at a time.
    #[serde(default)]
    pub(crate) after_results_single: i64,
    /// The preamble where calls are limited to one at a time: choice auto.
    #[serde(default)]
    pub(crate) single_call_auto: i64,
    /// The same for a choice of one tool.
    #[serde(default)]
    pub(crate) single_call_tool: i64,
    /// A further message, where the conversation is not one string. So are the rest.
    #[serde(default)]
    pub(crate) turn: i64,
    #[serde(default)]
    pub(crate) joined_message: i64,
    #[serde(default)]
    pub(crate) parameter: i64,
    #[serde(default)]
    pub(crate) first_call: i64,
    #[serde(default)]
    pub(crate) further_call: i64,
    #[serde(default)]
    pub(crate) no_parameters: i64,
    #[serde(default)]
    pub(crate) first_result: i64,
    #[serde(default)]
    pub(crate) further_result: i64,
    #[serde(default)]
    pub(crate) error_result: i64,
}

/// Nova's constants, in tokens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NovaFrame {
    /// Every request.
    pub(crate) request: i64,
    /// Having tools at all.
    pub(crate) tools: i64,
    /// A choice that demands a call.
    pub(crate) forced: i64,
    /// Two further messages.
    pub(crate) further_pair: i64,
    /// A message with results.
    pub(crate) results: i64,
    /// A result and the call it answers.
    pub(crate) result: i64,
}

/// The constants of chat completions, in tokens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChatFrame {
    /// Every request: the opening of the answer.
    pub(crate) request: i64,
    /// A message and its role.
    pub(crate) message: i64,
    /// The channel of what the model said.
    pub(crate) assistant: i64,
    /// Having functions, beside the text of their section, at the end of the system prompt.
    pub(crate) tools: i64,
    /// The same where no system prompt comes first.
    pub(crate) tools_alone: i64,
    /// A message with calls, beside their names and arguments.
    pub(crate) call: i64,
    /// A message with results, beside the name and what was given back.
    pub(crate) result: i64,
    /// Whether the name before a result is that of a function in its name space.
    #[serde(default)]
    pub(crate) namespaced_results: bool,
    /// A choice of one function, beside its name; `None` where it costs nothing.
    #[serde(default)]
    pub(crate) forced: Option<i64>,
    /// The form that the answer is held to, beside its section; `None` where the model is not shown it.
    #[serde(default)]
    pub(crate) output_schema: Option<i64>,
    /// Whether functions, calls and results are JSON, as the templates of most open models write them.
    #[serde(default)]
    pub(crate) json: bool,
}

/// The constants of a counter that is no provider's, in tokens.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlainFrame {
    /// A message.
    pub(crate) message: i64,
    /// A block of a message, beside its text.
    pub(crate) block: i64,
}

/// What holds for a model without a frame of its own: every message a little, tools a lot.
const NO_FRAME: FrameRules = FrameRules::Chat(ChatFrame {
    request: 8,
    message: 5,
    assistant: 0,
    tools: 40,
    tools_alone: 40,
    call: 5,
    result: 5,
    namespaced_results: false,
    forced: None,
    output_schema: Some(0),
    json: true,
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    frames: ByName<FrameRules>,
    #[expect(dead_code, reason = "what stands there is for people who read the data")]
    source: String,
}

impl Model {
    /// The rules for what the provider adds around the text.
    pub(crate) fn frame_rules(&self) -> &'static FrameRules {
        static FRAMES: OnceLock<ByName<FrameRules>> = OnceLock::new();
        static NOTHING: FrameRules = NO_FRAME;
        let frames = FRAMES.get_or_init(|| {
            let table = json::read::<Table>(include_str!("frames.json"), ErrorKind::InvalidCatalog);
            table.map(|table| table.frames).unwrap_or_default()
        });
        frames.get(&self.frame).unwrap_or(&NOTHING)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Catalog;

    #[test]
    fn every_model_has_a_frame() {
        let table: Table = json::read(include_str!("frames.json"), ErrorKind::InvalidCatalog).unwrap();
        for model in Catalog::builtin().models() {
            assert!(table.frames.contains_key(&model.frame) || model.frame == "none", "{}", model.id);
        }
        for (name, rules) in &table.frames {
            // Counters that are no provider's are for models that a caller lays over the catalog.
            let used = matches!(rules, FrameRules::Plain(_))
                || Catalog::builtin().models().any(|model| &model.frame == name);
            assert!(used, "no model has the frame {name}");
        }
    }
}
