//! The schema that an answer must have.

use std::borrow::Cow;

use super::Tally;
use crate::{
    json::python::{Style, dumps},
    prompt::{Kind, OutputSchema, Role, SchemaForm},
};

/// The schema of the answer, written with an indent of two, its keys in order, escaped to ASCII.
pub(in super::super) fn output_schema_text(schema: &OutputSchema<'_>, tally: &mut Tally) {
    let owner = tally.part(&schema.pointer, Role::System, Kind::OutputSchema);
    let shown = |value| without_braces(&dumps(value, Style { ascii: true, indented: true, sorted: false }));
    match &schema.schema {
        SchemaForm::Json(value) => tally.text(owner, &shown(*value)),
        SchemaForm::Text(text) => match crate::json::Json::parse(text.as_ref()) {
            Ok(json) => tally.text(owner, &shown(json.root())),
            Err(_) => tally.text(owner, text),
        },
    }
    tally.seam();
}

/// A description that is nothing but limits in braces, as client libraries write those that the
/// provider does not hold an answer to, is shown without the braces.
fn without_braces(schema: &str) -> String {
    const KEY: &str = "\"description\": \"";
    let bare = |line: &str| {
        let (before, text) = line.split_once(KEY)?;
        let (limits, end) = text.strip_prefix('{')?.rsplit_once("}\"")?;
        let whole = before.trim().is_empty() && end.trim_end_matches(['\n', ',']).is_empty();
        whole.then(|| Cow::Owned(format!("{before}{KEY}{limits}\"{end}")))
    };
    schema.split_inclusive('\n').map(|line| bare(line).unwrap_or(Cow::Borrowed(line))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_in_braces_stand_without_them() {
        for (line, shown) in [
            ("  \"description\": \"{minLength: 3}\",\n", "  \"description\": \"minLength: 3\",\n"),
            ("  \"description\": \"{a: {b}}\"\n", "  \"description\": \"a: {b}\"\n"),
            ("  \"description\": \"{}\"", "  \"description\": \"\""),
            // Text beside them, another key, an object.
            ("  \"description\": \"A name {x}\",\n", "  \"description\": \"A name {x}\",\n"),
            ("  \"title\": \"{x}\",\n", "  \"title\": \"{x}\",\n"),
            ("  \"description\": {\n", "  \"description\": {\n"),
            (
                "  \"const\": \"\\\"description\\\": \\\"{x}\\\"\"\n",
                "  \"const\": \"\\\"description\\\": \\\"{x}\\\"\"\n",
            ),
        ] {
            assert_eq!(without_braces(line), shown);
        }
    }
}
