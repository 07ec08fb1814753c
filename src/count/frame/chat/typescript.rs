//! Functions as chat models see them: types in a TypeScript name space, with comments.
//!
//! The form is the one that `OpenAI` published with harmony, its format for gpt-oss, with four differences that
//! recorded counts show: objects without comments stand on one line, a title is followed by a blank
//! comment only before a description, every line of a description is trimmed, and nothing is indented.

use std::borrow::Cow;

use crate::{
    json::{
        Value,
        python::{Style, dumps},
        write_python,
    },
    prompt::Tool,
};

/// Definitions that hold each other are written out this deep.
const DEEPEST_REFERENCE: usize = 8;
/// A definition that is referred to often makes a text much longer than the schema. Beyond this many
/// bytes nothing is written out any more.
const LONGEST: usize = 1 << 20;

/// One function, with a line break at its end.
pub(super) fn function(tool: &Tool<'_>) -> String {
    let mut out = Writer { out: String::new(), root: tool.schema, references: 0 };
    let root = |key: &str| tool.schema.and_then(|schema| schema.get(key)?.as_str());
    let title = root("title").filter(|title| !title.is_empty());
    out.comments(title.as_deref(), Some(&tool.description));
    let description = root("description").filter(|text| !text.trim().is_empty());
    if description.is_some() || (title.is_some() && tool.description.trim().is_empty()) {
        out.push("//\n");
    }
    out.comments(None, description.as_deref());
    out.push("type ");
    out.push(&tool.name);
    match tool.schema.filter(|schema| has_properties(*schema)) {
        Some(schema) => {
            out.push(" = (_: ");
            out.object(schema);
            out.push(") => any;\n");
        }
        None => out.push(" = () => any;\n"),
    }
    out.out
}

fn has_properties(schema: Value<'_>) -> bool {
    schema.get("properties").is_some_and(|properties| properties.entries().len() != 0)
}

struct Writer<'a> {
    out: String,
    /// Where references lead.
    root: Option<Value<'a>>,
    /// How many references deep the writing is.
    references: usize,
}

impl<'a> Writer<'a> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// A title and a description, a comment line each.
    fn comments(&mut self, title: Option<&str>, description: Option<&str>) {
        let description = description.map(str::trim).filter(|text| !text.is_empty());
        if let Some(title) = title.filter(|title| !title.is_empty()) {
            self.push("// ");
            self.push(title);
            self.push(if description.is_some() { "\n//\n" } else { "\n" });
        }
        for line in description.into_iter().flat_map(str::lines).map(str::trim) {
            self.push(if line.is_empty() { "//" } else { "// " });
            self.push(line);
            self.push("\n");
        }
    }

    /// What a schema says of itself, or else the definition it refers to.
    fn said(&self, schema: Value<'a>) -> [Option<Cow<'a, str>>; 2] {
        let text = |schema: Value<'a>, key: &str| {
            schema.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
        };
        let there = self.referred(schema);
        ["title", "description"].map(|key| text(schema, key).or_else(|| text(there?, key)))
    }

    fn referred(&self, schema: Value<'a>) -> Option<Value<'a>> {
        let reference = schema.get("$ref")?.as_str()?;
        let mut path = reference.strip_prefix("#/")?.split('/');
        path.try_fold(self.root?, Value::get)
    }

    /// An object: on one line where no property has a comment.
    fn object(&mut self, schema: Value<'a>) {
        let properties: Vec<_> = schema.get("properties").into_iter().flat_map(Value::entries).collect();
        let required: Vec<_> = schema.get("required").into_iter().flat_map(Value::items).collect();
        let required =
            |name: &str| required.iter().any(|item| item.as_str().is_some_and(|item| item == name));
        let commented = properties.iter().any(|(_, property)| {
            property.get("default").is_some() || self.said(*property).iter().any(Option::is_some)
        });
        self.push(if commented { "{\n" } else { "{ " });
        for (index, (name, property)) in properties.into_iter().enumerate() {
            if commented {
                let [title, description] = self.said(property);
                self.comments(title.as_deref(), description.as_deref());
            } else if index != 0 {
                self.push(", ");
            }
            self.push(&name);
            self.push(if required(&name) { ": " } else { "?: " });
            self.kind(property);
            if commented {
                self.push(",");
                if let Some(default) = property.get("default") {
                    self.push(" // default: ");
                    self.push(&dumps(default, Style::default()));
                }
                self.push("\n");
            }
        }
        self.push(if commented { "}" } else { " }" });
    }

    /// The type of a schema.
    fn kind(&mut self, schema: Value<'a>) {
        if schema.get("$ref").is_some() {
            return self.reference(schema);
        }
        if let Some(values) = schema.get("enum") {
            return self.between(values.items(), |writer, value| match value.as_str() {
                Some(text) => write_python(&text, false, &mut writer.out),
                None => writer.push(value.raw()),
            });
        }
        if let Some(variants) = ["anyOf", "oneOf"].into_iter().find_map(|key| schema.get(key)) {
            let variants: Vec<_> = variants.items().map(|variant| (variant, None)).collect();
            return self.union(&variants);
        }
        match schema.get("type") {
            Some(list) if list.is_array() => {
                // What is no name cannot be looked up in the schema, which would lead here again.
                let named = |name: Value<'a>| name.as_str().unwrap_or(Cow::Borrowed("any"));
                let variants: Vec<_> = list.items().map(|name| (schema, Some(named(name)))).collect();
                self.union(&variants);
            }
            name => self.named(schema, name.and_then(Value::as_str).as_deref()),
        }
    }

    fn reference(&mut self, schema: Value<'a>) {
        match self.referred(schema) {
            Some(there) if self.references < DEEPEST_REFERENCE && self.out.len() < LONGEST => {
                self.references += 1;
                self.kind(there);
                self.references -= 1;
            }
            _ => self.push("any"),
        }
    }

    /// Variants, on a line each where one has a comment.
    fn union(&mut self, variants: &[(Value<'a>, Option<Cow<'a, str>>)]) {
        let commented = variants.iter().any(|(schema, _)| self.said(*schema).iter().any(Option::is_some));
        for (index, (schema, name)) in variants.iter().enumerate() {
            if commented {
                self.push(if index == 0 { "" } else { "\n" });
                let [title, description] = self.said(*schema);
                self.comments(title.as_deref(), description.as_deref());
                self.push("| ");
            } else if index != 0 {
                self.push(" | ");
            }
            match name {
                Some(name) => self.named(*schema, Some(name)),
                None => self.kind(*schema),
            }
        }
    }

    fn named(&mut self, schema: Value<'a>, name: Option<&str>) {
        match name {
            Some("number" | "integer") => self.push("number"),
            Some("array") => {
                match schema.get("items").filter(|items| items.entries().len() != 0) {
                    Some(items) => self.kind(items),
                    None => self.push("any"),
                }
                self.push("[]");
            }
            Some("object") if has_properties(schema) => self.object(schema),
            Some(name) => self.push(name),
            None => self.push("any"),
        }
    }

    fn between<T>(&mut self, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut Self, T)) {
        for (index, item) in items.enumerate() {
            if index != 0 {
                self.push(" | ");
            }
            write(self, item);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Dialect, Request};

    /// The text of a function given as JSON.
    fn written(function: &str) -> String {
        let body =
            format!(r#"{{"messages": [], "tools": [{{"type": "function", "function": {function}}}]}}"#);
        let request = Request::read(&body, Some(Dialect::Chat)).unwrap();
        let prompt = request.prompt().unwrap();
        super::function(prompt.tools.first().unwrap())
    }

    #[test]
    fn functions_are_types() {
        for (function, text) in [
            (r#"{"name": "now"}"#, "type now = () => any;\n"),
            (
                r#"{"name": "add", "description": " Adds.\n    Twice. ", "parameters": {"properties":
                    {"a": {"type": "integer"}, "b": {"enum": ["x", 1]}}, "required": ["a"]}}"#,
                "// Adds.\n// Twice.\ntype add = (_: { a: number, b?: \"x\" | 1 }) => any;\n",
            ),
            (
                r##"{"name": "f", "parameters": {"title": "F", "properties": {"a": {"title": "A",
                    "description": "An a.", "type": "array", "items": {"$ref": "#/$defs/B"}},
                    "c": {"type": "boolean", "default": true}}, "$defs": {"B": {"type": "object",
                    "properties": {"b": {"type": "string"}}}}}}"##,
                "// F\n//\ntype f = (_: {\n// A\n//\n// An a.\na?: { b?: string }[],\n\
                 c?: boolean, // default: true\n}) => any;\n",
            ),
            (
                r#"{"name": "f", "parameters": {"properties": {"a": {"type": ["string", null, ["number"]]}}}}"#,
                "type f = (_: { a?: string | any | any }) => any;\n",
            ),
            (
                r#"{"name": "f", "parameters": {"properties": {"tz":
                    {"type": ["string", "null"], "description": "A zone."}}}}"#,
                "type f = (_: {\n// A zone.\ntz?: // A zone.\n| string\n// A zone.\n| null,\n}) => any;\n",
            ),
        ] {
            assert_eq!(written(function), text);
        }
    }

    #[test]
    fn definitions_that_hold_each_other_end() {
        let deep = r##"{"type": "object", "properties": {"a": {"$ref": "#/$defs/N"}, "b": {"$ref": "#/$defs/N"},
            "c": {"$ref": "#/$defs/N"}, "d": {"$ref": "#/$defs/N"}, "e": {"$ref": "#/$defs/N"},
            "f": {"$ref": "#/$defs/N"}, "g": {"$ref": "#/$defs/N"}, "h": {"$ref": "#/$defs/N"}}}"##;
        let function = format!(
            r##"{{"name": "f", "parameters": {{"properties": {{"a": {{"$ref": "#/$defs/N"}}}}, "$defs": {{"N": {deep}}}}}}}"##
        );
        assert!(written(&function).len() < 2 * LONGEST);
    }
}
