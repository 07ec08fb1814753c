//! Types read out of a document, by what `serde` derives for them.
//!
//! `serde_json` reads every struct from an object and from an array, and compiles both for each: a
//! quarter of the code that browsers load. This reader knows one form of each thing, and an error
//! has the JSON pointer of the value it is about.

mod parts;

use std::{cell::Cell, fmt::Display, str::FromStr};

use serde::{
    Deserializer,
    de::{self, DeserializeOwned, Visitor},
};

use parts::{Fields, Items, Key, Struct, Variant};

use super::{Json, Node, Shape, Value, string};
use crate::{Error, ErrorKind};

/// Reads a whole text.
///
/// Errors: as for [`Json::parse`], and what [`Value::read`] says.
pub(crate) fn read<T: DeserializeOwned>(text: &str, kind: ErrorKind) -> Result<T, Error> {
    Json::parse(text)?.root().read(kind)
}

impl Value<'_> {
    /// Reads this value as a type.
    ///
    /// Errors: a value that is none of that type, a field it does not have or one that is missing, of
    /// the `kind` given and with the place.
    pub(crate) fn read<T: DeserializeOwned>(self, kind: ErrorKind) -> Result<T, Error> {
        self.read_fields(kind, |_| true)
    }

    /// Reads this value as a type, and of its own fields only those that are to be kept.
    ///
    /// Errors: as for [`Value::read`].
    pub(crate) fn read_fields<T: DeserializeOwned>(
        self,
        kind: ErrorKind,
        keep: fn(&str) -> bool,
    ) -> Result<T, Error> {
        let place = Cell::new(self);
        let reader = Reader { value: self, place: &place, keep };
        T::deserialize(reader).map_err(|Fault(message)| place.get().error(kind, message))
    }
}

/// What is wrong; where it is wrong, the reader knows.
#[derive(Debug)]
struct Fault(String);

impl Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// One value, and the value that is being read while something goes wrong.
#[derive(Clone, Copy)]
struct Reader<'a, 'p> {
    value: Value<'a>,
    place: &'p Cell<Value<'a>>,
    keep: fn(&str) -> bool,
}

impl<'a> Reader<'a, '_> {
    /// The reader of a value within this one.
    fn inner(self, node: &'a Node) -> Self {
        let value = Value { node, ..self.value };
        self.place.set(value);
        Self { value, keep: |_| true, ..self }
    }

    fn wanted(self, what: &str) -> Fault {
        Fault(format!("expected {what}, found {}", self.value.kind_name()))
    }

    fn number<T: FromStr>(self) -> Result<T, Fault> {
        let Some(number) = self.value.as_number() else { return Err(self.wanted("a number")) };
        number.parse().map_err(|_| Fault(format!("expected a whole number in range, found {number}")))
    }

    fn fields<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value.node.shape {
            Shape::Object(nodes) => {
                visitor.visit_map(Fields { object: self, left: nodes.iter(), next: None })
            }
            _ => Err(self.wanted("an object")),
        }
    }

    /// Refuses what is no object, and fields that a struct does not have.
    fn refuse_strangers(self, names: &'static [&'static str]) -> Result<(), Fault> {
        let Shape::Object(nodes) = &self.value.node.shape else { return Err(self.wanted("an object")) };
        for (key, node) in nodes {
            let token = self.value.json.slice(key);
            if names.iter().any(|name| string::means(token, name)) {
                continue;
            }
            let key = string::decode(token);
            if (self.keep)(&key) {
                self.place.set(Value { node, ..self.value });
                return Err(de::Error::unknown_field(&key, names));
            }
        }
        Ok(())
    }

    fn missing(self, name: &'static str) -> Fault {
        self.place.set(self.value);
        de::Error::missing_field(name)
    }

    fn items<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value.node.shape {
            Shape::Array(nodes) => visitor.visit_seq(Items { array: self, left: nodes.iter() }),
            _ => Err(self.wanted("an array")),
        }
    }

    fn text<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.value.as_str().map_or_else(|| Err(self.wanted("a string")), |text| visitor.visit_str(&text))
    }
}

impl<'de> Deserializer<'de> for Reader<'de, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value.node.shape {
            Shape::Null => visitor.visit_unit(),
            Shape::Bool(value) => visitor.visit_bool(*value),
            Shape::Number => visitor.visit_i64(self.number()?),
            Shape::String => self.text(visitor),
            Shape::Array(_) => self.items(visitor),
            Shape::Object(_) => self.fields(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.value
            .as_bool()
            .map_or_else(|| Err(self.wanted("true or false")), |value| visitor.visit_bool(value))
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_i64(self.number()?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.items(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        if self.value.is_array() && self.value.items().len() != length {
            return Err(Fault(format!("expected an array of {length}")));
        }
        self.items(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.fields(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.refuse_strangers(names)?;
        let missing = Cell::new(None);
        let read = visitor.visit_seq(Struct { object: self, names: names.iter(), missing: &missing });
        match missing.get() {
            // What the visitor says then is how many fields it wanted.
            Some(name) if read.is_err() => Err(self.missing(name)),
            _ => read,
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.value.node.shape {
            Shape::Object(nodes) if let [(name, node)] = nodes.as_slice() => visitor.visit_enum(Variant {
                name: Key(string::decode(self.value.json.slice(name))),
                of: self.inner(node),
            }),
            _ => match self.value.as_str() {
                Some(name) => visitor.visit_enum(Variant { name: Key(name), of: self }),
                None => Err(self.wanted("a name")),
            },
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.text(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::{Catalog, Load, Options};

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Everything {
        needed: u64,
        may_be: Option<i64>,
        #[serde(default)]
        list: Vec<(u64, u64)>,
        #[serde(default = "seven")]
        seven: u64,
        #[serde(default)]
        one_of: OneOf,
        #[serde(default)]
        inner: Inner,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Inner {
        yes: bool,
        text: String,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum OneOf {
        #[default]
        Plain,
        WithValue(Inner),
    }

    fn seven() -> u64 {
        7
    }

    #[test]
    fn what_serde_json_reads_is_read_the_same() {
        for text in [
            r#"{"needed": 1}"#,
            r#" {"inner": {"text": "a\u00e9\n", "yes": true}, "needed": 18446744073709551615, "mayBe": -5} "#,
            r#"{"needed": 1, "mayBe": null, "list": [[1, 2], [3, 4]], "seven": 8, "inner": {}}"#,
            r#"{"needed": 1, "oneOf": "plain"}"#,
            r#"{"oneOf": {"with-value": {"yes": true}}, "needed": 1}"#,
        ] {
            let ours: Everything = read(text, ErrorKind::InvalidArgument).unwrap();
            assert_eq!(ours, serde_json::from_str(text).unwrap(), "{text}");
        }
        let catalog = Catalog::builtin().to_json();
        assert_eq!(Catalog::from_json(&catalog).unwrap(), serde_json::from_str(&catalog).unwrap());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, pointer, said) in [
            ("[]", "", "expected an object, found an array"),
            ("{}", "", "missing field `needed`"),
            (r#"{"needed": null}"#, "/needed", "expected a number, found null"),
            (r#"{"needed": -1}"#, "/needed", "found -1"),
            (r#"{"needed": 1e3}"#, "/needed", "found 1e3"),
            (
                r#"{"needed": 1, "need": 2}"#,
                "/need",
                "unknown field `need`, expected one of `needed`, `mayBe`",
            ),
            (r#"{"needed": 1, "list": [[1, 2], [3]]}"#, "/list/1", "expected an array of 2"),
            (r#"{"needed": 1, "list": {}}"#, "/list", "expected an array, found an object"),
            (
                r#"{"needed": 1, "inner": {"yes": "no"}}"#,
                "/inner/yes",
                "expected true or false, found a string",
            ),
            (r#"{"inner": {"text": ""}}"#, "", "missing field `needed`"),
            (r#"{"needed": 1, "oneOf": "other"}"#, "/oneOf", "unknown variant `other`, expected `plain` or"),
            (r#"{"needed": 1, "oneOf": 3}"#, "/oneOf", "expected a name, found a number"),
        ] {
            let error = read::<Everything>(text, ErrorKind::InvalidArgument).unwrap_err();
            assert_eq!(error.place().pointer.as_deref(), Some(pointer), "{text}: {error}");
            assert!(error.message().contains(said), "{text}: {error}");
            assert!(serde_json::from_str::<Everything>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn options_are_read_by_both() {
        let text = r#"{"model": "opus", "limits": {"tpm": 5}, "dialect": "converse", "cache": "warm", "expectedOutput": 3}"#;
        let ours: Options = read(text, ErrorKind::InvalidArgument).unwrap();
        assert_eq!(ours, serde_json::from_str(text).unwrap());
        let text = r#"{"model": "opus", "input": 5, "maxTokens": 9, "outputs": [1, 2, 3], "perMinute": 4}"#;
        let ours: Load = read(text, ErrorKind::InvalidArgument).unwrap();
        assert_eq!(ours, serde_json::from_str(text).unwrap());
    }
}
