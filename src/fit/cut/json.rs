//! Cuts that leave JSON JSON: elements go, or a part of the one string that makes up the text.

use std::ops::Range;

use super::{CutAt, Shortened, shorten};
use crate::{
    count::Counter,
    json::{
        Json, Value,
        edit::{Edit, quoted},
    },
};

/// A JSON document and the value in it that is cut.
pub(in crate::fit) struct JsonCut {
    json: Json,
    /// The bytes of the value that is cut.
    target: Range<usize>,
}

impl JsonCut {
    /// Finds the value that holds most of the document: the deepest with more than half of the text.
    pub(in crate::fit) fn new(json: Json) -> Self {
        let half = json.root().raw().len() / 2;
        let mut target = json.root();
        loop {
            let members = target.entries().map(|(_, value)| value);
            let Some(larger) = target.items().chain(members).find(|child| half < child.raw().len()) else {
                break;
            };
            target = larger;
        }
        let target = target.span();
        Self { json, target }
    }

    /// The fewest tokens that something can be left within.
    pub(in crate::fit) fn least(&self, counter: Counter, marker: &str) -> Option<u64> {
        let target = find(self.json.root(), &self.target)?;
        let marker =
            if target.as_str().is_some() { quoted(marker) } else { Marker::of(target, marker)?.text };
        Some(self.around(counter)? + counter.count(&marker) + 2)
    }

    /// The tokens of what stands around the value that is cut.
    fn around(&self, counter: Counter) -> Option<u64> {
        let text = self.json.text();
        Some(counter.count(text.get(..self.target.start)?) + counter.count(text.get(self.target.end..)?))
    }

    pub(in crate::fit) fn within(
        &self,
        at: CutAt,
        tokens: u64,
        counter: Counter,
        marker: &str,
    ) -> Option<Shortened> {
        let target = find(self.json.root(), &self.target)?;
        let around = self.around(counter)?;
        if let Some(string) = target.as_str() {
            // The quotes, and what escapes may cost, are found by the recount.
            let kept = tokens.checked_sub(around + counter.count(&quoted(marker)) + 2)?;
            let short = shorten(&string, at, kept, counter, marker)?;
            let text = self.json.edited(vec![Json::replacing(target, quoted(&short.text))]);
            return Some(Shortened { text, removed: self.target.clone() });
        }
        let marker = Marker::of(target, marker)?;
        let kept = tokens.checked_sub(around + counter.count(&marker.text) + 2)?;
        let gone = elements_gone(target, at, kept, counter)?;
        let spans = target.children();
        let removed = spans.get(gone.start)?.start..spans.get(gone.end.checked_sub(1)?)?.end;
        let edit = Edit { span: removed.clone(), text: marker.text };
        Some(Shortened { text: self.json.edited(vec![edit]), removed })
    }
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

/// The elements that go so that the others take at most so many tokens.
fn elements_gone(target: Value<'_>, at: CutAt, tokens: u64, counter: Counter) -> Option<Range<usize>> {
    let text = |span: &Range<usize>| target.document().get(span.clone()).unwrap_or_default();
    let spans = target.children();
    let (head, tail) = match at {
        CutAt::Head => (0, tokens),
        CutAt::Tail => (tokens, 0),
        CutAt::Middle => (tokens - tokens / 2, tokens / 2),
    };
    let fit = |spans: &mut dyn Iterator<Item = &Range<usize>>, most: u64| {
        let mut sum = 0;
        spans
            .take_while(|span| {
                // A comma and a space stand beside each.
                sum += counter.count(text(span)) + 1;
                sum <= most
            })
            .count()
    };
    let from = fit(&mut spans.iter(), head);
    let to = spans.len() - fit(&mut spans.iter().rev(), tail);
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
        let rows: String =
            (0..200).map(|row| format!("{{\"id\": {row}, \"name\": \"row {row}\"}}, ")).collect();
        let rows = rows.trim_end_matches(", ");
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
            let cut = JsonCut::new(Json::parse(text.as_str()).unwrap());
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
