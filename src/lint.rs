//! What a provider would refuse a request for, as far as its structure tells.
//!
//! Each finding is a [`Note`] with a stable code and a pointer. A rule stands here because a
//! provider's own validation says so; requests that a provider took have no findings.

mod cache;
mod content;
mod pairing;
mod tools;

use crate::{
    Dialect, Error, Note, Prompt, Request,
    prompt::{MaxTokens, Role, Thinking},
};

/// The least thinking budget that Claude takes.
const LEAST_THINKING: u64 = 1_024;

/// Finds what the request's provider would refuse it for.
///
/// Errors: those of [`Request::prompt`].
pub fn lint(request: &Request) -> Result<Vec<Note>, Error> {
    Ok(of(&request.prompt()?, request.dialect()))
}

/// The findings for a prompt in a dialect.
pub(crate) fn of(prompt: &Prompt<'_>, dialect: Dialect) -> Vec<Note> {
    let rules = Rules::of(dialect);
    let mut notes = Vec::new();
    if dialect == Dialect::Text {
        return notes;
    }
    content::check(prompt, rules, &mut notes);
    turns(prompt, rules, &mut notes);
    pairing::check(prompt, rules, &mut notes);
    tools::check(prompt, rules, &mut notes);
    cache::check(prompt, rules, &mut notes);
    thinking(prompt, &mut notes);
    if let Some(MaxTokens { again: Some(again), .. }) = &prompt.max_tokens {
        let message = "two fields set the limit on the answer, where one is taken";
        notes.push(Note::new("max-tokens-twice", message).at(again.clone()));
    }
    notes
}

/// What differs between dialects.
#[expect(clippy::struct_excessive_bools, reason = "each is a rule that a dialect has or has not")]
#[derive(Clone, Copy, Debug)]
struct Rules {
    /// The conversation starts with the user: Nova says so. Claude took one that did not.
    user_first: bool,
    /// The model does not speak twice in a row: Bedrock's own validation.
    ///
    /// Two messages of the user in a row were taken in 20 of 801 recorded `Converse` requests, so
    /// they are no finding.
    alternates: bool,
    /// Messages must hold something.
    refuses_empty: bool,
    /// Texts must hold something; `Converse` took one that did not.
    refuses_blank: bool,
    /// Calls and results need the definitions of tools beside them.
    needs_tools: bool,
    /// Cache points are blocks of their own.
    cache_blocks: bool,
}

impl Rules {
    const fn of(dialect: Dialect) -> Self {
        let bedrock = matches!(dialect, Dialect::Converse | Dialect::Nova);
        Self {
            user_first: matches!(dialect, Dialect::Nova),
            alternates: bedrock,
            refuses_empty: bedrock || matches!(dialect, Dialect::Messages),
            refuses_blank: matches!(dialect, Dialect::Messages),
            needs_tools: bedrock,
            cache_blocks: bedrock,
        }
    }
}

fn turns(prompt: &Prompt<'_>, rules: Rules, notes: &mut Vec<Note>) {
    let mut said = prompt.messages.iter().filter(|message| message.role != Role::System).peekable();
    let Some(first) = said.peek() else {
        if rules.refuses_empty {
            let message = "the conversation is empty: at least one message must ask something";
            notes.push(Note::new("no-messages", message));
        }
        return;
    };
    if rules.user_first && first.role == Role::Assistant {
        let message = "the conversation must start with a message of the user";
        notes.push(Note::new("first-not-user", message).at(first.pointer.clone()));
    }
    if !rules.alternates {
        return;
    }
    let mut before = None;
    for message in said {
        if before.replace(message.role) == Some(message.role) && message.role == Role::Assistant {
            let text = "two messages of the model in a row: the roles must alternate";
            notes.push(Note::new("roles-not-alternating", text).at(message.pointer.clone()));
        }
    }
}

fn thinking(prompt: &Prompt<'_>, notes: &mut Vec<Note>) {
    let Some(Thinking::Budget(budget)) = prompt.thinking else { return };
    if budget.get() < LEAST_THINKING {
        let message = format!("a thinking budget of {budget} is below the least, {LEAST_THINKING}");
        notes.push(Note::new("thinking-budget-too-small", message));
    }
    if let Some(MaxTokens { tokens, pointer, .. }) = &prompt.max_tokens
        && *tokens <= budget
    {
        let message = format!("max_tokens ({tokens}) must be larger than the thinking budget ({budget})");
        notes.push(Note::new("thinking-over-max-tokens", message).at(pointer.clone()));
    }
}
