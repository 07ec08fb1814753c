//! JSON as Python's `json.dumps` writes it, which is how providers show schemas and arguments to
//! a model: `", "` and `": "` between things, numbers normalized, and optionally keys sorted at
//! every depth, everything but ASCII escaped, or lines indented.

use std::borrow::Cow;

use super::{
    Value,
    double::{Decimal, shortest},
    write_python,
};
use crate::sorted;

/// The arguments of `json.dumps`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    /// `sort_keys=True`.
    pub(crate) sorted: bool,
    /// `ensure_ascii=True`.
    pub(crate) ascii: bool,
    /// `indent=2`.
    pub(crate) indented: bool,
}

/// A value, written in a style.
pub(crate) fn dumps(value: Value<'_>, style: Style) -> String {
    let mut out = String::with_capacity(value.raw().len());
    write_value(value, style, 1, &mut out);
    out
}

fn write_value(value: Value<'_>, style: Style, depth: usize, out: &mut String) {
    if let Some(text) = value.as_str() {
        write_python(&text, style.ascii, out);
    } else if let Some(number) = value.as_number() {
        out.push_str(&python_number(number));
    } else if value.is_array() {
        write_list(['[', ']'], value.items(), style, depth, out, |item, out| {
            write_value(item, style, depth + 1, out);
        });
    } else if value.is_object() {
        let mut entries: Vec<_> = value.entries().collect();
        if style.sorted {
            sorted::sort_by(&mut entries, |(left, _), (right, _)| left.cmp(right));
        }
        write_list(['{', '}'], entries.into_iter(), style, depth, out, |(key, item), out| {
            write_python(&key, style.ascii, out);
            out.push_str(": ");
            write_value(item, style, depth + 1, out);
        });
    } else {
        out.push_str(value.raw());
    }
}

fn write_list<T>(
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = T>,
    style: Style,
    depth: usize,
    out: &mut String,
    mut write: impl FnMut(T, &mut String),
) {
    let empty = items.len() == 0;
    let new_line = |depth: usize, out: &mut String| {
        if style.indented && !empty {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    out.push(open);
    for (index, item) in items.enumerate() {
        if index != 0 {
            out.push_str(if style.indented { "," } else { ", " });
        }
        new_line(depth, out);
        write(item, out);
    }
    new_line(depth - 1, out);
    out.push(close);
}

/// A number as Python writes it back after reading it: whole numbers keep their digits, others
/// take the shortest form of their double.
fn python_number(written: &str) -> Cow<'_, str> {
    if !written.contains(['.', 'e', 'E']) {
        return Cow::Borrowed(if written == "-0" { "0" } else { written });
    }
    let (sign, number) = written.strip_prefix('-').map_or(("", written), |number| ("-", number));
    let Decimal::Finite { digits, point } = shortest(number) else {
        return Cow::Owned(format!("{sign}Infinity"));
    };
    let places = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    let (first, rest) = digits.split_at(usize::try_from(point.clamp(0, places)).unwrap_or_default());
    Cow::Owned(if digits.is_empty() {
        format!("{sign}0.0")
    } else if !(-3..=16).contains(&point) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let (power, down) = ((point - 1).unsigned_abs(), if point < 1 { '-' } else { '+' });
        format!("{sign}{first}{dot}{rest}e{down}{power:02}")
    } else if point <= 0 {
        format!("{sign}0.{}{digits}", zeros(-point))
    } else {
        let rest = if rest.is_empty() { "0" } else { rest };
        format!("{sign}{first}{}.{rest}", zeros(point - places))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::json::Json;

    #[test]
    fn rows_from_python() {
        let plain = Style::default();
        let sorted = Style { sorted: true, ..plain };
        let ascii = Style { ascii: true, ..plain };
        let indented = Style { indented: true, ..plain };
        for (input, style, written) in [
            (r#"{"b":1,"a":[1,2,{}],"c":[]}"#, plain, r#"{"b": 1, "a": [1, 2, {}], "c": []}"#),
            (r#"{"b":{"z":1,"y":2},"a":null}"#, sorted, r#"{"a": null, "b": {"y": 2, "z": 1}}"#),
            (r#"["é😀"]"#, ascii, r#"["\u00e9\ud83d\ude00"]"#),
            (
                "{\"a\":[1,{\"b\":[]}]}",
                indented,
                "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ]\n}",
            ),
            (
                "[1.0, 1e3, 0.10, 1e16, 1.5e-5, 1E-4, -0, -0.0, 1e400, 123456789012345678901234567890]",
                plain,
                "[1.0, 1000.0, 0.1, 1e+16, 1.5e-05, 0.0001, 0, -0.0, Infinity, 123456789012345678901234567890]",
            ),
        ] {
            assert_eq!(dumps(Json::parse(input).unwrap().root(), style), written);
        }
    }
}
