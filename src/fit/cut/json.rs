//! Cuts that leave JSON JSON: elements go, or a part of the one string that makes up the text.

use std::ops::Range;

use super::{CutAt, Shortened, cut_between, prefix_within, suffix_within};
use crate::{
    count::Counter,
    json::{
        Json, Value,
        edit::{Edit, quoted},
        python::{Style, dumps},
    },
};

/// A JSON document and the value in it that is cut.
pub(super) struct JsonCut {
    json: Json,
    /// The bytes of the value that is cut.
    target: Range<usize>,
    /// The model sees the value written out anew, and not this text.
    rewritten: bool,
    /// The tokens of what stands around the value that is cut.
    around: u64,
}

impl JsonCut {
    /// Finds the value that holds most of the document: the deepest with more than half of the text.
    pub(super) fn new(json: Json, rewritten: bool, counter: Counter) -> Option<Self> {
        let half = json.root().raw().len() / 2;
        let mut target = json.root();
        loop {
            let members = target.entries().map(|(_, value)| value);
            let Some(larger) = target.items().chain(members).find(|child| half < child.raw().len()) else {
                break;
            };
            target = larger;
        }
        let whole = counter.count(&shown(json.root(), rewritten));
        let around = whole.saturating_sub(counter.count(&shown(target, rewritten)));
        let cuttable = target.is_array() || target.is_object() || target.as_str().is_some();
        let target = target.span();
        cuttable.then_some(Self { json, target, rewritten, around })
    }

    /// The tokens of a text of this document's form.
    pub(super) fn tokens_of(&self, text: &str, counter: Counter) -> u64 {
        let json = if self.rewritten { Json::parse(text).ok() } else { None };
        json.map_or_else(|| counter.count(text), |json| counter.count(&shown(json.root(), true)))
    }

    /// The fewest tokens that something can be left within.
    pub(super) fn least(&self, counter: Counter, marker: &str) -> u64 {
        let target = find(self.json.root(), &self.target);
        let marker = target
            .and_then(|target| Marker::of(target, marker))
            .map_or_else(|| quoted(marker), |marker| marker.text);
        self.around + counter.count(&marker) + SEAMS
    }

    pub(super) fn within(&self, at: CutAt, tokens: u64, counter: Counter, marker: &str) -> Option<Shortened> {
        let target = find(self.json.root(), &self.target)?;
        if let Some(string) = target.as_str() {
            let kept = tokens.checked_sub(self.around + counter.count(&quoted(marker)) + SEAMS)?;
            let (head, tail) = at.share(kept);
            // The model reads the escapes, so they are what is counted.
            let escaped = quoted(&string);
            let inner = escaped.get(1..escaped.len().checked_sub(1)?)?;
            let head = plain_offset(&string, prefix_within(inner, head, counter), false);
            let tail = plain_offset(&string, suffix_within(inner, tail, counter), true);
            let short = cut_between(&string, head, tail, marker)?;
            let text = self.json.edited(vec![Json::replacing(target, quoted(&short.text))]);
            return Some(Shortened { text, removed: short.removed });
        }
        let marker = Marker::of(target, marker)?;
        let kept = tokens.checked_sub(self.around + counter.count(&marker.text) + SEAMS)?;
        let gone =
            elements_gone(target, at.share(kept), |child| counter.count(&shown(child, self.rewritten)))?;
        let spans = target.children();
        let removed = spans.get(gone.start)?.start..spans.get(gone.end.checked_sub(1)?)?.end;
        let edit = Edit { span: removed.clone(), text: marker.text };
        Some(Shortened { text: self.json.edited(vec![edit]), removed })
    }
}

/// Tokens that quotes and brackets may add where they meet something else than before.
const SEAMS: u64 = 2;

/// A value as the model sees it.
fn shown(value: Value<'_>, rewritten: bool) -> std::borrow::Cow<'_, str> {
    if rewritten { dumps(value, Style::default()).into() } else { value.raw().into() }
}

/// The place in a text that a place in its escaped form is, the next one where it is inside an escape.
fn plain_offset(text: &str, escaped: usize, up: bool) -> usize {
    let mut at = 0;
    for (offset, character) in text.char_indices() {
        if escaped <= at {
            return offset;
        }
        at += match character {
            '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
            '\0'..='\u{1f}' => 6,
            other => other.len_utf8(),
        };
        if escaped < at && !up {
            return offset;
        }
    }
    text.len()
}

/// What stands in the place of elements: a string in an array, a member in an object.
struct Marker {
    text: String,
}

impl Marker {
    fn of(target: Value<'_>, marker: &str) -> Option<Self> {
        if target.is_array() {
            return Some(Self { text: quoted(marker) });
        }
        if !target.is_object() {
            return None;
        }
        let mut key = marker.to_owned();
        while target.get(&key).is_some() {
            key.push('.');
        }
        Some(Self { text: format!("{}: {}", quoted(&key), quoted(marker)) })
    }
}

/// The elements that go so that the others take at most so many tokens at either end.
fn elements_gone<'v>(
    target: Value<'v>,
    (head, tail): (u64, u64),
    tokens: impl Fn(Value<'v>) -> u64,
) -> Option<Range<usize>> {
    let keys = target.entries().map(|(key, value)| (Some(key), value));
    let children: Vec<_> = target.items().map(|value| (None, value)).chain(keys).collect();
    let fit = |children: &mut dyn Iterator<Item = &(Option<std::borrow::Cow<'_, str>>, Value<'v>)>,
               most: u64| {
        let mut sum = 0;
        children
            .take_while(|(key, child)| {
                // A comma and a space stand beside each, and about every two bytes of a key are a token.
                let key = key.as_ref().map_or(0, |key| u64::try_from(key.len() / 2 + 3).unwrap_or(u64::MAX));
                sum += tokens(*child) + key + 1;
                sum <= most
            })
            .count()
    };
    let from = fit(&mut children.iter(), head);
    let to = children.len() - fit(&mut children.iter().rev(), tail);
    (from < to).then_some(from..to)
}

fn find<'v>(value: Value<'v>, target: &Range<usize>) -> Option<Value<'v>> {
    if value.span() == *target {
        return Some(value);
    }
    let members = value.entries().map(|(_, value)| value);
    let holds = |child: &Value<'_>| child.span().start <= target.start && target.end <= child.span().end;
    let child = value.items().chain(members).find(holds)?;
    find(child, target)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_json_and_grows_with_the_tokens() {
        let rows: Vec<_> =
            (0..200).map(|row| format!("{{\"id\": {row}, \"name\": \"row {row}\"}}")).collect();
        let rows = rows.join(", ");
        let long = "A line of output.\\n".repeat(300);
        for (text, sign) in [
            (format!("[{rows}]"), "\"[...]\""),
            (format!("{{\"status\": \"ok\", \"rows\": [{rows}], \"more\": null}}"), "\"[...]\""),
            (format!("{{\"output\": \"{long}\"}}"), "[...]"),
            (
                (0..90).map(|key| format!("\"key{key}\": {key}")).collect::<Vec<_>>().join(", "),
                "\"[...]\": \"[...]\"",
            ),
        ] {
            let text = if text.starts_with('"') { format!("{{{text}}}") } else { text };
            let counter = Counter::for_tokenizer("claude-v3");
            let cut = JsonCut::new(Json::parse(text.as_str()).unwrap(), false, counter).unwrap();
            for at in [CutAt::Head, CutAt::Middle, CutAt::Tail] {
                let mut before = 0;
                for tokens in (0..counter.count(&text)).step_by(7) {
                    let Some(short) = cut.within(at, tokens, counter, "[...]") else { continue };
                    assert!(Json::parse(short.text.as_str()).is_ok(), "{}", short.text);
                    assert!(short.text.contains(sign), "{}", short.text);
                    assert!(
                        counter.count(&short.text) <= tokens + tokens / 50 + 4,
                        "{tokens}: {}",
                        short.text
                    );
                    assert!(before <= short.text.len());
                    before = short.text.len();
                }
                assert!(text.len() / 2 < before, "{at:?}");
            }
        }
    }
}
