//! What pictures, documents, films and recordings cost, by the providers' published rules.

use unicode_segmentation::UnicodeSegmentation;

use crate::{
    catalog::ImageRule,
    prompt::{Kind, Media},
};

/// The side of the square that is one Claude picture token.
const CLAUDE_PATCH: u64 = 28;
/// What stands around a picture on Claude: measured on 27 single pictures of known size.
const CLAUDE_AROUND_IMAGE: u64 = 3;
/// A PDF page on Claude: its picture, 1,568 tokens on every model that was measured, and a little
/// text. Anthropic publishes 1,500 to 3,000 tokens of text for a full page besides.
const CLAUDE_PAGE: u64 = 1_568 + 250;
/// What stands around a document that is text, beside its tags: measured on 11 such documents.
const AROUND_TEXT: u64 = 31;
/// What stands around a document's title, and around that of one to be cited: on 9 and 5 documents.
const AROUND_TITLE: u64 = 6;
const AROUND_CITED_TITLE: u64 = 11;
/// What stands around the source of a search result: measured on 4 of one sort.
const AROUND_SOURCE: u64 = 17;
/// A sentence that may be cited: documents are cut into them. Measured on 6 documents.
const CITED_SENTENCE: u64 = 16;
/// The tokens of one page on Nova 2.
const NOVA_2_PAGE: u64 = 2_560;
/// The side of the square that is one Nova 2 picture token.
const NOVA_2_PATCH: u64 = 28;
/// The tokens of one page on Nova 1: the larger of two that were measured.
const NOVA_1_PAGE: u64 = 1_744;
/// The largest published picture on Nova 1.
const NOVA_1_IMAGE_MAX: u64 = 2_600;
/// The largest published film on Nova: sixteen minutes at a frame a second.
const NOVA_VIDEO_MAX: u64 = 276_480;
/// Bytes of a PDF that are taken for a page where its pages cannot be counted.
const BYTES_PER_PAGE: usize = 50_000;
/// Bytes of a document or recording of unknown kind that are taken for a token.
const BYTES_PER_TOKEN: usize = 4;

/// The text of a full PDF page on Claude, which is published and rarely met.
const CLAUDE_PAGE_TEXT: u64 = 3_000;

/// What one item costs.
pub(super) struct Cost {
    /// The expected tokens.
    pub(super) tokens: u64,
    /// How many more it may be.
    pub(super) slack: u64,
    /// A sentence where something had to be assumed.
    pub(super) assumed: Option<String>,
}

/// Whether a rule is one of Claude's.
pub(super) const fn is_claude(rule: ImageRule) -> bool {
    matches!(rule, ImageRule::ClaudeStandard | ImageRule::ClaudeEven | ImageRule::ClaudeHigh)
}

/// What one item costs.
pub(super) fn cost(rule: ImageRule, kind: Kind, media: &Media) -> Cost {
    let (tokens, assumed) = tokens(rule, kind, media);
    let pages = tokens.div_ceil(CLAUDE_PAGE);
    let slack = match kind {
        Kind::Document if is_claude(rule) => pages.saturating_mul(CLAUDE_PAGE_TEXT),
        // What is in no request can be of any length.
        _ if kind != Kind::Image && media.bytes.is_none() => tokens,
        _ => 0,
    };
    Cost { tokens, slack, assumed }
}

/// What stands around the text of a document, beside its title and source.
pub(super) fn around_text(media: &Media) -> u64 {
    let text = media.text.as_deref().unwrap_or_default();
    let sentences = if media.cited { text.unicode_sentences().count() } else { 0 };
    let sentences = u64::try_from(sentences).unwrap_or(u64::MAX);
    let source = if media.source.is_some() { AROUND_SOURCE } else { 0 };
    AROUND_TEXT + around_title(media) + source + CITED_SENTENCE.saturating_mul(sentences)
}

fn around_title(media: &Media) -> u64 {
    match (media.title.is_some(), media.cited) {
        (false, _) => 0,
        (true, false) => AROUND_TITLE,
        (true, true) => AROUND_CITED_TITLE,
    }
}

fn tokens(rule: ImageRule, kind: Kind, media: &Media) -> (u64, Option<String>) {
    match kind {
        Kind::Image => image(rule, media),
        Kind::Video | Kind::Audio if is_claude(rule) => {
            (0, Some("Claude takes no films and no recordings: this is not counted".to_owned()))
        }
        Kind::Video => {
            let message = "the length of the film is not known; it counts as the longest that is published";
            (NOVA_VIDEO_MAX, Some(message.to_owned()))
        }
        _ => document(rule, media),
    }
}

fn image(rule: ImageRule, media: &Media) -> (u64, Option<String>) {
    let largest = largest_image(rule);
    let Some((width, height)) = media.pixels else {
        let message = format!(
            "the size of the picture is not known; it counts as the model's largest, {largest} tokens"
        );
        return (largest, Some(message));
    };
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let tokens = match rule {
        ImageRule::ClaudeStandard => claude_image(width, height, 1_568, 1_568, 1) + CLAUDE_AROUND_IMAGE,
        ImageRule::ClaudeEven => claude_image(width, height, 1_568, 1_568, 2) + CLAUDE_AROUND_IMAGE,
        ImageRule::ClaudeHigh => claude_image(width, height, 2_576, 4_784, 1) + CLAUDE_AROUND_IMAGE,
        ImageRule::Nova1 => nova_1_image(width, height),
        ImageRule::Nova2 => nova_2_image(width, height),
        ImageRule::Unknown => {
            let message =
                "no published rule says what a picture costs this model; it counts as Claude's largest";
            return (largest, Some(message.to_owned()));
        }
    };
    (tokens, None)
}

fn largest_image(rule: ImageRule) -> u64 {
    match rule {
        ImageRule::ClaudeStandard | ImageRule::ClaudeEven => 1_568 + CLAUDE_AROUND_IMAGE,
        ImageRule::ClaudeHigh | ImageRule::Unknown => 4_784 + CLAUDE_AROUND_IMAGE,
        ImageRule::Nova1 => NOVA_1_IMAGE_MAX,
        ImageRule::Nova2 => NOVA_2_PAGE,
    }
}

/// Claude shrinks a picture to `long_edge` and `max_tokens`, then counts squares of 28 pixels, a
/// multiple of `step` each way.
fn claude_image(width: u64, height: u64, long_edge: u64, max_tokens: u64, step: u64) -> u64 {
    let longest = width.max(height).max(long_edge);
    let squares = |side: u64| (side.saturating_mul(long_edge) / longest).max(1).div_ceil(CLAUDE_PATCH);
    let scaled = |side: u64| squares(side).next_multiple_of(step);
    scaled(width).saturating_mul(scaled(height)).min(max_tokens)
}

/// Nova 1 rescales to one of a few shapes; the published sizes lie near one token for 640 pixels.
fn nova_1_image(width: u64, height: u64) -> u64 {
    let shortest = width.min(height).max(1);
    let scale = |side: u64| side.saturating_mul(896).div_ceil(shortest);
    let (width, height) = if shortest < 896 { (scale(width), scale(height)) } else { (width, height) };
    width.saturating_mul(height).div_ceil(640).min(NOVA_1_IMAGE_MAX)
}

/// Nova 2 counts squares of 28 pixels: two sizes were measured, within 5 tokens. The 230 for a picture of
/// any size that AWS publishes was met with neither.
fn nova_2_image(width: u64, height: u64) -> u64 {
    (width / NOVA_2_PATCH).max(1).saturating_mul((height / NOVA_2_PATCH).max(1)).min(NOVA_2_PAGE)
}

fn document(rule: ImageRule, media: &Media) -> (u64, Option<String>) {
    let page = match rule {
        ImageRule::Nova1 => NOVA_1_PAGE,
        ImageRule::Nova2 => NOVA_2_PAGE,
        _ => CLAUDE_PAGE,
    };
    let whole = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    match (media.pages, media.bytes) {
        (Some(pages), _) => {
            let message =
                format!("{pages} pages at {page} tokens each; a page full of text takes up to 3,000 more");
            (page.saturating_mul(u64::from(pages)), Some(message))
        }
        (None, Some(bytes)) => {
            let pages = whole(bytes.div_ceil(BYTES_PER_PAGE)).max(1);
            let tokens = page.saturating_mul(pages).min(whole(bytes.div_ceil(BYTES_PER_TOKEN)).max(page));
            (
                tokens,
                Some(format!("the pages cannot be counted; {bytes} bytes are taken for {tokens} tokens")),
            )
        }
        (None, None) => {
            let message = format!("the content is not in the request; it counts as one page, {page} tokens");
            (page, Some(message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_pictures() {
        let standard = ImageRule::ClaudeStandard;
        let high = ImageRule::ClaudeHigh;
        for (rule, size, tokens) in [
            // Source: Anthropic's vision page as quoted in facts of November 2026.
            (standard, Some((1000, 1000)), 1_296 + 3),
            (high, Some((1000, 1000)), 1_296 + 3),
            (high, Some((1920, 1080)), 2_691 + 3),
            (standard, Some((8000, 8000)), 1_568 + 3),
            (standard, Some((1, 1)), 1 + 3),
            (standard, None, 1_568 + 3),
            (high, None, 4_784 + 3),
            // Measured: 22.9 by 17.1 squares, and 4.6 by 4.6.
            (ImageRule::ClaudeEven, Some((640, 480)), 24 * 18 + 3),
            (ImageRule::ClaudeEven, Some((128, 128)), 6 * 6 + 3),
            (ImageRule::Nova2, Some((597, 566)), 420),
            (ImageRule::Nova2, Some((400, 301)), 140),
            (ImageRule::Nova1, Some((900, 900)), 1_266),
        ] {
            let media = Media { pixels: size, ..Media::default() };
            assert_eq!(image(rule, &media).0, tokens, "{rule:?} {size:?}");
        }
    }
}
