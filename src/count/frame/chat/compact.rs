//! JSON without white space, which is how chat models see arguments and schemas.

use crate::json::{Json, Value, write_python};

/// What of a schema the model is not shown.
const NOT_SHOWN: [&str; 2] = ["required", "additionalProperties"];

/// A value without white space.
pub(in crate::count::frame) fn value(value: Value<'_>) -> String {
    let mut out = String::with_capacity(value.raw().len());
    write(value, Keys::All, &mut out);
    out
}

/// The schema of an answer, as far as the model is shown it.
pub(super) fn schema(schema: Value<'_>) -> String {
    let mut out = String::with_capacity(schema.raw().len());
    write(schema, Keys::OfSchema, &mut out);
    out
}

/// JSON in a string without white space; a string that is no JSON stays as it is.
pub(super) fn text(text: &str) -> String {
    Json::parse(text).map_or_else(|_| text.to_owned(), |json| value(json.root()))
}

/// What the keys of an object are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// Data, shown as it is.
    All,
    /// Words of JSON schema, of which some are not shown.
    OfSchema,
    /// Names of properties, each with a schema.
    OfProperties,
}

fn write(value: Value<'_>, keys: Keys, out: &mut String) {
    if value.is_array() {
        for (index, item) in value.items().enumerate() {
            out.push(if index == 0 { '[' } else { ',' });
            write(item, keys, out);
        }
        out.push_str(if value.items().len() == 0 { "[]" } else { "]" });
    } else if value.is_object() {
        let mut separator = '{';
        for (key, item) in value.entries() {
            if keys == Keys::OfSchema && NOT_SHOWN.contains(&key.as_ref()) {
                continue;
            }
            out.push(separator);
            separator = ',';
            write_python(&key, false, out);
            out.push(':');
            let below = match (keys, key.as_ref()) {
                (Keys::OfSchema, "properties" | "$defs" | "definitions") => Keys::OfProperties,
                (Keys::OfSchema, "enum" | "const" | "default" | "examples") | (Keys::All, _) => Keys::All,
                _ => Keys::OfSchema,
            };
            write(item, below, out);
        }
        out.push_str(if separator == '{' { "{}" } else { "}" });
    } else if let Some(text) = value.as_str() {
        write_python(&text, false, out);
    } else {
        out.push_str(value.raw());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_and_order_stays() {
        for (written, expected) in [
            (
                r#"{"b": 1.0, "a": [1, {"é": "x y"}, []], "c": {}}"#,
                r#"{"b":1.0,"a":[1,{"é":"x y"},[]],"c":{}}"#,
            ),
            ("15 * 4", "15 * 4"),
        ] {
            assert_eq!(text(written), expected);
        }
    }

    #[test]
    fn a_schema_is_shown_without_what_is_required() {
        let written = r#"{"type": "object", "required": ["required"], "additionalProperties": false,
            "properties": {"required": {"type": "array", "items": {"type": "object", "required": []}}}}"#;
        let shown =
            r#"{"type":"object","properties":{"required":{"type":"array","items":{"type":"object"}}}}"#;
        assert_eq!(schema(Json::parse(written).unwrap().root()), shown);
    }
}
