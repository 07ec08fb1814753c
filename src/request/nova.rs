//! The body of `InvokeModel` for Amazon Nova.
//!
//! Its messages are those of Converse; only the limit on the answer may also be called
//! `max_new_tokens`.

use super::converse;
use crate::{Error, Prompt, json::Value};

/// Where a limit on the answer may stand, the first where none does.
pub(super) const LIMITS: [&[&str]; 2] =
    [&["inferenceConfig", "maxTokens"], &["inferenceConfig", "max_new_tokens"]];

pub(super) fn prompt(body: Value<'_>) -> Result<Prompt<'_>, Error> {
    converse::walk(body, &LIMITS)
}
