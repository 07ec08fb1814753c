//! A plain prompt: one message from the user.

use std::borrow::Cow;

use crate::prompt::{Block, Content, Kind, Message, Prompt, Role};

/// The whole text as one user message.
pub(super) fn prompt(input: &str) -> Prompt<'_> {
    let content = Content::Text(Cow::Borrowed(input));
    let block = Block { pointer: String::new(), kind: Kind::Text, content };
    let message = Message { pointer: String::new(), role: Role::User, name: None, blocks: vec![block] };
    Prompt { messages: vec![message], ..Prompt::default() }
}
