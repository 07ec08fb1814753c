//! A request as the caller wrote it, and the dialect it is written in.
//!
//! The text is kept byte for byte. [`Request::read`] finds the dialect by structure, and
//! [`Request::prompt`] walks it into a provider-free [`Prompt`]. The files below this one are the
//! only places that know a provider's field names: `converse`, `messages`, `nova`, `chat` and
//! `text`, and `dialect` for telling them apart.

mod chat;
mod converse;
mod dialect;
mod edit;
mod field;
mod media;
mod messages;
mod nova;
mod provider_run;
mod text;

use std::borrow::Cow;

pub use dialect::Dialect;
pub use edit::PatchOperation;
pub(crate) use edit::{Changed, Changes};

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::{
    Error, ErrorKind, Prompt,
    json::{Json, Value},
};

/// A request together with its dialect.
#[derive(Clone, Debug)]
pub struct Request {
    source: Source,
    dialect: Dialect,
}

#[derive(Clone, Debug)]
enum Source {
    Text(String),
    Json { document: Json, body: Body },
}

/// Where the request's own JSON stands in the document.
#[derive(Clone, Debug)]
enum Body {
    /// The document is the request.
    Whole,
    /// At a path of keys: `{modelId, body}`, or the input of `CountTokens`.
    Inside(&'static [&'static str]),
    /// Written into a string at such a path.
    Quoted(Json),
}

impl Request {
    /// Reads a request: JSON in any dialect, or plain text.
    ///
    /// Without a `dialect`, text that begins like a JSON object, or an array of objects, is read
    /// as JSON and everything else as a plain prompt.
    ///
    /// Errors: nothing to read, broken JSON (with line and column), or a JSON document that is no
    /// known request form.
    pub fn read(input: &str, dialect: Option<Dialect>) -> Result<Self, Error> {
        let input = input.strip_prefix('\u{feff}').unwrap_or(input);
        if input.trim().is_empty() {
            return Err(Error::new(ErrorKind::Empty, "the request is empty").at_offset(input, 0));
        }
        if dialect == Some(Dialect::Text) || (dialect.is_none() && !dialect::looks_like_json(input)) {
            return Self::text(input);
        }
        let document = Json::parse(input)?;
        let body = find_body(&document)?;
        let mut request =
            Self { source: Source::Json { document, body }, dialect: dialect.unwrap_or(Dialect::Converse) };
        if let (None, Some(body)) = (dialect, request.body()) {
            request.dialect = dialect::recognise(body, request.wrapped_model().as_deref())?;
        }
        Ok(request)
    }

    /// Reads a request from bytes, which must be UTF-8.
    pub fn read_bytes(input: &[u8], dialect: Option<Dialect>) -> Result<Self, Error> {
        match std::str::from_utf8(input) {
            Ok(text) => Self::read(text, dialect),
            Err(fault) => {
                let readable = String::from_utf8_lossy(input.get(..fault.valid_up_to()).unwrap_or_default());
                let message = "this is not UTF-8 text";
                Err(Error::new(ErrorKind::InvalidUtf8, message).at_offset(&readable, readable.len()))
            }
        }
    }

    /// The prompt that holds a text as its only message, whatever the text is.
    pub(crate) fn message(input: &str) -> Prompt<'_> {
        text::prompt(input)
    }

    fn text(input: &str) -> Result<Self, Error> {
        if let Some(offset) = input.find('\0') {
            let message = "a NUL byte: this is a binary or UTF-16 file, not UTF-8 text";
            return Err(Error::new(ErrorKind::InvalidUtf8, message).at_offset(input, offset));
        }
        Ok(Self { source: Source::Text(input.to_owned()), dialect: Dialect::Text })
    }

    /// The dialect the request is written in.
    pub const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The model the request itself names.
    pub fn model_id(&self) -> Option<String> {
        self.wrapped_model().or_else(|| {
            let body = self.body()?;
            ["modelId", "model"].iter().find_map(|key| body.get(key)?.as_str()).map(Cow::into_owned)
        })
    }

    /// What the request sends, with the provider's field names gone.
    ///
    /// Errors: a known field of the wrong type, or a number out of range, with its JSON pointer.
    pub fn prompt(&self) -> Result<Prompt<'_>, Error> {
        let Some(body) = self.body() else {
            return Ok(match &self.source {
                Source::Text(input) => text::prompt(input),
                Source::Json { .. } => Prompt::default(),
            });
        };
        match self.dialect {
            Dialect::Converse => converse::prompt(body),
            Dialect::Nova => nova::prompt(body),
            Dialect::Messages => messages::prompt(body),
            Dialect::Chat => chat::prompt(body),
            Dialect::Text => Ok(Prompt::default()),
        }
    }

    fn body(&self) -> Option<Value<'_>> {
        match &self.source {
            Source::Text(_) => None,
            Source::Json { document, body } => match body {
                Body::Whole => Some(document.root()),
                Body::Inside(path) => document.root().at(path),
                Body::Quoted(inner) => Some(inner.root()),
            },
        }
    }

    fn wrapped_model(&self) -> Option<String> {
        match &self.source {
            Source::Json { document, body: Body::Inside(_) | Body::Quoted(_) } => {
                document.root().get("modelId")?.as_str().map(Cow::into_owned)
            }
            _ => None,
        }
    }
}

/// Finds the request inside what wraps it: an `InvokeModel` call, or the input of `CountTokens`.
fn find_body(document: &Json) -> Result<Body, Error> {
    const WRAPPERS: [&[&str]; 3] = [&["body"], &["input", "invokeModel", "body"], &["input", "converse"]];
    let root = document.root();
    if root.is_array() || root.get("messages").is_some() {
        return Ok(Body::Whole);
    }
    for path in WRAPPERS {
        let Some(inner) = root.at(path) else { continue };
        if inner.is_object() {
            return Ok(Body::Inside(path));
        }
        let Some(text) = inner.as_str() else { return Err(inner.wrong_shape("the request's body")) };
        let text =
            if text.trim_start().starts_with('{') { text.into_owned() } else { from_base64(inner, &text)? };
        return Json::parse_at(text, &inner.pointer())
            .map(Body::Quoted)
            .map_err(|fault| inner.error(fault.kind(), format!("in the body: {fault}")));
    }
    Ok(Body::Whole)
}

/// `CountTokens` takes the body of `InvokeModel` as a blob, which JSON writes in base64.
fn from_base64(inner: Value<'_>, text: &str) -> Result<String, Error> {
    let bytes = BASE64_STANDARD.decode(text).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        inner
            .error(ErrorKind::WrongShape, "expected the body as an object, as JSON in a string, or as base64")
    })
}
