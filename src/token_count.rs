//! The tokens of a plain text, alone or as one message.

use serde::Serialize;

use crate::{
    Basis, Catalog, Error, Estimate, Note, Request, Tokens,
    catalog::{Accuracy, RequestKind},
    count::Counter,
    estimate,
    target::{Target, Wanted},
};

/// The tokens of a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenCount {
    /// The base id of the model that was counted for.
    pub model: String,
    /// The expected count.
    pub tokens: u64,
    /// The low end of the range.
    pub low: u64,
    /// The high end of the range.
    pub high: u64,
    /// How the count came about.
    pub basis: Basis,
    /// What is odd about it, as where the model's own vocabulary is not at hand.
    pub notes: Vec<Note>,
}

/// Counts a text for a model, in any spelling of it: the text alone, or `as_message` with the
/// frame of a request that holds it as its only message.
///
/// Errors: an unknown model.
pub fn count_tokens(
    text: &str,
    model: &str,
    as_message: bool,
    catalog: &Catalog,
) -> Result<TokenCount, Error> {
    let wanted = Wanted { model: Some(model), ..Wanted::default() };
    let target = Target::find(wanted, catalog)?;
    let model = target.model.as_ref();
    let (tokens, basis, notes) = if as_message {
        let estimate = Estimate::of(&Request::message(text), model);
        (estimate.tokens, estimate.basis, estimate.notes)
    } else {
        let counter = Counter::for_tokenizer(&model.tokenizer);
        let accuracy = Accuracy::of(&model.frame, counter.is_own(), RequestKind::Text);
        let tokens = accuracy.range(Tokens::new(counter.count(text)));
        (tokens, accuracy.basis, estimate::left_out(model).into_iter().collect())
    };
    Ok(TokenCount {
        model: model.id.clone(),
        tokens: tokens.expected().get(),
        low: tokens.low().get(),
        high: tokens.high().get(),
        basis,
        notes,
    })
}

/// The byte offset in a text at which each of its tokens ends, in order; `None` where the model's
/// own vocabulary is not at hand. Several tokens end at one offset where a character takes several.
///
/// Errors: an unknown model.
pub fn token_ends(text: &str, model: &str, catalog: &Catalog) -> Result<Option<Vec<usize>>, Error> {
    let wanted = Wanted { model: Some(model), ..Wanted::default() };
    let target = Target::find(wanted, catalog)?;
    Ok(Counter::for_tokenizer(&target.model.tokenizer).token_ends(text))
}
