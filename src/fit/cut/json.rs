//! Cuts that leave JSON JSON: elements go, or a part of the one string that makes up the text.

use std::ops::Range;

use super::{CutAt, Reads, Shortened, cut_between, prefix_within, suffix_within};
use crate::{
    count::Counter,
    json::{
        Json, Value,
        edit::{Edit, quoted},
    },
};

/// A JSON document and the value in it that is cut.
pub(super) struct JsonCut {
    json: Json,
    /// The bytes of the value that is cut.
    target: Range<usize>,
    reads: Reads,
    /// The tokens of what stands around the value that is cut.
    around: u64,
}

impl JsonCut {
    /// Finds the value that holds most of the document: the deepest with more than half of the text.
    pub(super) fn new(json: Json, reads: Reads, counter: Counter) -> Option<Self> {
        let half = json.root().raw().len() / 2;
        let mut target = json.root();
        loop {
            let members = target.entries().map(|(_, value)| value);
            let Some(larger) = target.items().chain(members).find(|child| half < child.raw().len()) else {
                break;
            };
            target = larger;
        }
        let whole = counter.count(&reads.value(json.root()));
        let around = whole.saturating_sub(counter.count(&reads.value(target)));
        let cuttable = target.is_array() || target.is_object() || target.as_str().is_some();
        let target = target.span();
        cuttable.then_some(Self { json, target, reads, around })
    }

    /// The fewest tokens that something can be left within, about.
    pub(super) fn least(&self, counter: Counter, marker: &str) -> u64 {
        let target = find(self.json.root(), &self.target);
        let marker = target
            .and_then(|target| Marker::of(target, marker))
            .map_or_else(|| self.reads.string(marker), |marker| marker.read(self.reads));
        self.around + counter.count(&marker) + SEAMS
    }

    /// The cut for about so many tokens.
    pub(super) fn cut(&self, at: CutAt, tokens: u64, counter: Counter, marker: &str) -> Option<Shortened> {
        let target = find(self.json.root(), &self.target)?;
        if let Some(string) = target.as_str() {
            let kept = tokens.checked_sub(self.around + counter.count(&self.reads.string(marker)) + SEAMS)?;
            let (head, tail) = at.share(kept);
            // The model reads the escapes, so they are what is counted.
            let read = self.reads.in_string(&string);
            let head = self.reads.place_in_string(&string, prefix_within(&read, head, counter), false);
            let tail = self.reads.place_in_string(&string, suffix_within(&read, tail, counter), true);
            let short = cut_between(&string, head, tail, marker)?;
            let text = self.json.edited(vec![Json::replacing(target, quoted(&short.text))]);
            return Some(Shortened { text, removed: short.removed });
        }
        let marker = Marker::of(target, marker)?;
        let kept = tokens.checked_sub(self.around + counter.count(&marker.read(self.reads)) + SEAMS)?;
        let gone = elements_gone(target, at.share(kept), |child| counter.count(&self.reads.value(child)))?;
        let spans = target.children();
        let removed = spans.get(gone.start)?.start..spans.get(gone.end.checked_sub(1)?)?.end;
        let edit = Edit { span: removed.clone(), text: marker.written() };
        Some(Shortened { text: self.json.edited(vec![edit]), removed })
    }
}

/// Tokens that quotes and brackets may add where they meet something else than before.
const SEAMS: u64 = 2;

/// What stands in the place of elements: a string in an array, a member in an object.
struct Marker<'m> {
    key: Option<String>,
    text: &'m str,
}

impl<'m> Marker<'m> {
    fn of(target: Value<'_>, text: &'m str) -> Option<Self> {
        if target.is_array() {
            return Some(Self { key: None, text });
        }
        if !target.is_object() {
            return None;
        }
        let mut key = text.to_owned();
        while target.get(&key).is_some() {
            key.push('.');
        }
        Some(Self { key: Some(key), text })
    }

    fn with(&self, string: impl Fn(&str) -> String) -> String {
        let text = string(self.text);
        self.key.as_ref().map_or_else(|| text.clone(), |key| format!("{}: {text}", string(key)))
    }

    fn written(&self) -> String {
        self.with(quoted)
    }

    fn read(&self, reads: Reads) -> String {
        self.with(|text| reads.string(text))
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
    use crate::count::Form;

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
            let cut = JsonCut::new(Json::parse(text.as_str()).unwrap(), Reads::Result(Form::Plain), counter)
                .unwrap();
            for at in [CutAt::Head, CutAt::Middle, CutAt::Tail] {
                let mut before = 0;
                for tokens in (0..counter.count(&text)).step_by(7) {
                    let Some(short) = cut.cut(at, tokens, counter, "[...]") else { continue };
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
