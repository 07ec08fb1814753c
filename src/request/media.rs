//! What can be told of a picture or document without looking at more than its head.

use std::borrow::Cow;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::{json::Value, prompt::Media};

/// The base64 characters that hold the head of nearly every picture; a multiple of four.
const HEAD: usize = 64 * 1024;

/// Converse's formats of documents that are text as they stand.
const TEXT_FORMATS: [&str; 4] = ["txt", "md", "csv", "html"];

/// A media block of Converse: `{format, source: {bytes | text | content | s3Location}}`.
pub(super) fn from_converse(block: Value<'_>) -> Media {
    let Some(source) = block.get_some("source") else { return Media::default() };
    let format = block.get("format").and_then(Value::as_str).unwrap_or_default();
    let media = match source.get_some("bytes") {
        Some(data) if TEXT_FORMATS.contains(&format.as_ref()) => from_base64_text(data),
        Some(data) => from_base64(Some(data)),
        None => from_text(source.get_some("text").or_else(|| source.get_some("content"))),
    };
    titled(block, "name", media)
}

/// A search result: `{source, title, content: [{text}], citations}` in either dialect.
pub(super) fn from_search_result(block: Value<'_>) -> Media {
    let source = block.get("source").and_then(Value::as_str).map(Cow::into_owned);
    titled(block, "title", Media { source, ..from_text(block.get_some("content")) })
}

/// A document's name, and whether it is to be cited.
fn titled(block: Value<'_>, name: &str, media: Media) -> Media {
    let title = block.get(name).and_then(Value::as_str).map(Cow::into_owned);
    Media { title, cited: super::field::asks_for_citations(block), ..media }
}

/// A media block of Messages: `{source: {type, media_type, data | url | file_id | content}}`.
pub(super) fn from_messages(block: Value<'_>) -> Media {
    let Some(source) = block.get_some("source") else { return Media::default() };
    let media = match source.get("type").and_then(Value::as_str).as_deref() {
        Some("base64") | None => from_base64(source.get_some("data")),
        Some("text") => from_text(source.get_some("data")),
        Some("content") => from_text(source.get_some("content")),
        Some(_) => Media::default(),
    };
    titled(block, "title", media)
}

/// A URL, which holds the data itself when it is a `data:` URL.
pub(super) fn from_data_url(url: Option<Value<'_>>) -> Media {
    let url = url.and_then(Value::as_str).unwrap_or_default();
    match url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((_, data)) => read(data),
        None => Media::default(),
    }
}

/// Data in base64.
pub(super) fn from_base64(data: Option<Value<'_>>) -> Media {
    data.and_then(Value::as_str).map_or_else(Media::default, |data| read(&data))
}

/// Data in base64 that is text; what is not UTF-8 in it is replaced.
fn from_base64_text(data: Value<'_>) -> Media {
    let data = data.as_str().unwrap_or_default();
    match BASE64_STANDARD.decode(data.trim()) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Media { bytes: Some(bytes.len()), text: Some(text), ..Media::default() }
        }
        Err(_) => read(&data),
    }
}

fn from_text(value: Option<Value<'_>>) -> Media {
    let joined = |value: Value<'_>| {
        let parts = value.items().filter_map(|part| part.get("text")?.as_str());
        parts.collect::<Vec<Cow<'_, str>>>().join("\n")
    };
    let text = value.map(|value| value.as_str().map_or_else(|| joined(value), Cow::into_owned));
    Media { bytes: text.as_ref().map(String::len), text, ..Media::default() }
}

fn read(data: &str) -> Media {
    let data = data.trim();
    let bytes = data.trim_end_matches('=').len().saturating_mul(3) / 4;
    let pixels = |head: &str| {
        let size = imagesize::blob_size(&BASE64_STANDARD.decode(head).ok()?).ok()?;
        Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?))
    };
    let head = data.get(..HEAD).unwrap_or(data);
    // The size of a JPEG may stand behind a long preview picture.
    let pixels = pixels(head).or_else(|| if head.len() < data.len() { pixels(data) } else { None });
    let pages = if data.starts_with("JVBERi") { pdf_pages(data) } else { None };
    Media { pixels, pages, bytes: Some(bytes), ..Media::default() }
}

/// The number of page objects of a PDF, `None` where they are compressed.
fn pdf_pages(data: &str) -> Option<u32> {
    let bytes = BASE64_STANDARD.decode(data).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut pages = 0;
    for (at, found) in text.match_indices("/Type") {
        let rest = text.get(at + found.len()..).unwrap_or_default().trim_start();
        let page = rest.strip_prefix("/Page");
        pages += u32::from(page.is_some_and(|after| !after.starts_with(|next: char| next.is_alphanumeric())));
    }
    (pages != 0).then_some(pages)
}
