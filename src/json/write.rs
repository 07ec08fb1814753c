//! Answers written as JSON, by what `serde` derives for them.
//!
//! It writes what `serde_json` writes, which is the oracle in the tests, with half its code: nothing but
//! texts, whole numbers and shares. So browsers do not load what it takes to write any number.

use std::fmt::{Display, Write as _};

use serde::{
    Serialize, Serializer,
    ser::{
        self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
        SerializeTupleStruct, SerializeTupleVariant,
    },
};

use super::write_python;

/// A value on one line.
pub(crate) fn line<T: Serialize + ?Sized>(value: &T) -> String {
    write(value, false)
}

/// A value with every item on a line of its own, indented by two spaces.
pub(crate) fn lines<T: Serialize + ?Sized>(value: &T) -> String {
    write(value, true)
}

/// What is not JSON is written as nothing: no type of this crate is.
fn write<T: Serialize + ?Sized>(value: &T, indented: bool) -> String {
    let mut writer = Writer { out: String::new(), indented, depth: 0 };
    if value.serialize(&mut writer).is_ok() { writer.out } else { String::new() }
}

/// The text so far.
struct Writer {
    out: String,
    indented: bool,
    depth: usize,
}

impl Writer {
    fn open(&mut self, [open, close]: [char; 2]) -> Open<'_> {
        self.out.push(open);
        self.depth += 1;
        Open { writer: self, empty: true, close, outer: false }
    }

    /// What a variant holds, in an object whose key is the variant's name.
    fn open_variant(&mut self, name: &str, brackets: [char; 2]) -> Open<'_> {
        let mut outer = self.open(['{', '}']);
        outer.key(name);
        let Open { writer, .. } = outer;
        Open { outer: true, ..writer.open(brackets) }
    }

    fn new_line(&mut self) {
        if self.indented {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", self.depth));
        }
    }

    fn colon(&mut self) {
        self.out.push_str(if self.indented { ": " } else { ":" });
    }

    fn number(&mut self, number: impl Display) -> Result<(), Fault> {
        write!(self.out, "{number}").map_err(|_| Fault)
    }
}

/// An array or object that is not closed yet.
struct Open<'a> {
    writer: &'a mut Writer,
    empty: bool,
    close: char,
    /// Whether an object around it closes with it.
    outer: bool,
}

impl Open<'_> {
    fn next(&mut self) {
        if !self.empty {
            self.writer.out.push(',');
        }
        self.empty = false;
        self.writer.new_line();
    }

    fn key(&mut self, key: &str) {
        self.next();
        write_python(key, false, &mut self.writer.out);
        self.writer.colon();
    }

    fn shut(self) {
        self.writer.depth -= 1;
        if !self.empty {
            self.writer.new_line();
        }
        self.writer.out.push(self.close);
        if self.outer {
            Open { writer: self.writer, empty: false, close: '}', outer: false }.shut();
        }
    }
}

/// What cannot be written.
#[derive(Debug)]
struct Fault;

impl Display for Fault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("this is not JSON")
    }
}

impl std::error::Error for Fault {}

impl ser::Error for Fault {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Fault;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeTupleVariant = Open<'a>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Open<'a>;

    /// What is JSON already comes as bytes, which a form for people would not take.
    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Result<(), Fault> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_i8(self, value: i8) -> Result<(), Fault> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<(), Fault> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<(), Fault> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<(), Fault> {
        self.number(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), Fault> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<(), Fault> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<(), Fault> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<(), Fault> {
        self.number(value)
    }

    fn serialize_f32(self, value: f32) -> Result<(), Fault> {
        self.serialize_f64(value.into())
    }

    /// A share of one, in hundredths.
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share is from 0 to 1"
    )]
    fn serialize_f64(self, value: f64) -> Result<(), Fault> {
        let hundredths = (value * 100.0).round() as u8;
        write!(self.out, "{}.{:02}", hundredths / 100, hundredths % 100).map_err(|_| Fault)?;
        if hundredths.is_multiple_of(10) {
            self.out.pop();
        }
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), Fault> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Fault> {
        write_python(value, false, &mut self.out);
        Ok(())
    }

    /// JSON, as it is written.
    fn serialize_bytes(self, value: &[u8]) -> Result<(), Fault> {
        self.out.push_str(std::str::from_utf8(value).map_err(|_| Fault)?);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Fault> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Fault> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Fault> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Fault> {
        let mut object = self.open(['{', '}']);
        SerializeStruct::serialize_field(&mut object, variant, value)?;
        object.shut();
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>, Fault> {
        Ok(self.open(['[', ']']))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a>, Fault> {
        Ok(self.open(['[', ']']))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, Fault> {
        Ok(self.open(['[', ']']))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Fault> {
        Ok(self.open_variant(variant, ['[', ']']))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a>, Fault> {
        Ok(self.open(['{', '}']))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, Fault> {
        Ok(self.open(['{', '}']))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Fault> {
        Ok(self.open_variant(variant, ['{', '}']))
    }
}

impl SerializeSeq for Open<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.next();
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Fault> {
        self.shut();
        Ok(())
    }
}

impl SerializeStruct for Open<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
        self.key(key);
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Fault> {
        self.shut();
        Ok(())
    }
}

impl SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.next();
        let start = self.writer.out.len();
        key.serialize(&mut *self.writer)?;
        // A key that is a number is a text all the same.
        if !self.writer.out.ends_with('"') {
            self.writer.out.insert(start, '"');
            self.writer.out.push('"');
        }
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        self.writer.colon();
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<(), Fault> {
        self.shut();
        Ok(())
    }
}

macro_rules! like_a_list {
    ($($name:ident $method:ident),*) => {$(
        impl $name for Open<'_> {
            type Ok = ();
            type Error = Fault;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
                SerializeSeq::serialize_element(self, value)
            }

            fn end(self) -> Result<(), Fault> {
                SerializeSeq::end(self)
            }
        }
    )*};
}

like_a_list!(SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

impl SerializeStructVariant for Open<'_> {
    type Ok = ();
    type Error = Fault;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Fault> {
        SerializeStruct::serialize_field(self, key, value)
    }

    fn end(self) -> Result<(), Fault> {
        SerializeStruct::end(self)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Serialize)]
    enum OneOf {
        Plain,
        Text(&'static str),
        Pair(u8, bool),
        Fields { a: Option<u8>, b: char },
    }

    #[derive(Serialize)]
    struct Everything {
        texts: [&'static str; 3],
        shares: [f64; 5],
        numbers: (i64, u64, i8, ()),
        empty: (Vec<u8>, BTreeMap<u8, u8>),
        map: BTreeMap<u64, Vec<OneOf>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        nothing: Option<u8>,
    }

    #[test]
    fn as_serde_json_writes_it() {
        let value = Everything {
            texts: ["", "a \"b\" \\ c/\u{0}\n\r\t\u{8}\u{c}\u{1f}\u{7f}", "é😀\u{2028}"],
            shares: [0.0, 0.07, 0.9, 0.98, 1.0],
            numbers: (i64::MIN, u64::MAX, -1, ()),
            empty: (Vec::new(), BTreeMap::new()),
            map: [
                (1, vec![OneOf::Plain, OneOf::Text("x")]),
                (20, vec![OneOf::Pair(1, true), OneOf::Fields { a: None, b: '"' }]),
            ]
            .into(),
            nothing: None,
        };
        assert_eq!(line(&value), serde_json::to_string(&value).unwrap_or_default());
        assert_eq!(lines(&value), serde_json::to_string_pretty(&value).unwrap_or_default());
        let catalog = crate::Catalog::builtin();
        assert_eq!(line(catalog), serde_json::to_string(catalog).unwrap_or_default());
        assert_eq!(lines(catalog), serde_json::to_string_pretty(catalog).unwrap_or_default());
    }
}
