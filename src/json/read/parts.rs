//! What a value holds, as a visitor asks for it.

use std::{borrow::Cow, cell::Cell, ops::Range, slice::Iter};

use serde::{
    Deserializer,
    de::{DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor},
};

use super::{Fault, Reader};
use crate::json::{Node, Value, string};

/// The fields of a struct in the order it has them, wherever they stand in the object. In this form a struct
/// compiles to a third of what it takes to read fields in any order.
pub(super) struct Struct<'a, 'p> {
    pub(super) object: Reader<'a, 'p>,
    pub(super) names: Iter<'static, &'static str>,
    /// The field that is not there and, if it has no default, what is wrong.
    pub(super) missing: &'p Cell<Option<&'static str>>,
}

impl<'a> SeqAccess<'a> for Struct<'a, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        match self.step() {
            Some(field) => seed.deserialize(field).map(Some),
            None => Ok(seed.deserialize(Absent).ok()),
        }
    }
}

impl<'a, 'p> Struct<'a, 'p> {
    /// The next field, if it is there.
    fn step(&mut self) -> Option<Reader<'a, 'p>> {
        let name = self.names.next()?;
        let value = if (self.object.keep)(name) { self.object.value.get(name) } else { None };
        self.missing.set(if value.is_some() { None } else { Some(name) });
        value.map(|value| self.object.inner(value.node))
    }
}

/// A field that is not there: nothing, for those that need not be.
struct Absent;

impl<'de> Deserializer<'de> for Absent {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        Err(Fault(String::new()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_none()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The keys and values of a map.
pub(super) struct Fields<'a, 'p> {
    pub(super) object: Reader<'a, 'p>,
    pub(super) left: Iter<'a, (Range<usize>, Node)>,
    pub(super) next: Option<&'a Node>,
}

impl<'a> MapAccess<'a> for Fields<'a, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some(key) = self.step() else { return Ok(None) };
        seed.deserialize(Key(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let node = self.next.take().unwrap_or(self.object.value.node);
        seed.deserialize(self.object.inner(node))
    }
}

impl<'a> Fields<'a, '_> {
    fn step(&mut self) -> Option<Cow<'a, str>> {
        let (key, node) = self.left.next()?;
        self.object.place.set(Value { node, ..self.object.value });
        self.next = Some(node);
        Some(string::decode(self.object.value.json.slice(key)))
    }
}

/// The key of a field.
pub(super) struct Key<'a>(pub(super) Cow<'a, str>);

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(&self.0)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The items of an array.
pub(super) struct Items<'a, 'p> {
    pub(super) array: Reader<'a, 'p>,
    pub(super) left: Iter<'a, Node>,
}

impl<'a> SeqAccess<'a> for Items<'a, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(node) = self.left.next() else {
            self.array.place.set(self.array.value);
            return Ok(None);
        };
        seed.deserialize(self.array.inner(node)).map(Some)
    }
}

/// One of a few: a name, or an object whose only key is the name.
pub(super) struct Variant<'a, 'p> {
    pub(super) name: Key<'a>,
    pub(super) of: Reader<'a, 'p>,
}

impl<'a, 'p> EnumAccess<'a> for Variant<'a, 'p> {
    type Error = Fault;
    type Variant = Reader<'a, 'p>;

    fn variant_seed<S: DeserializeSeed<'a>>(self, seed: S) -> Result<(S::Value, Reader<'a, 'p>), Fault> {
        seed.deserialize(self.name).map(|name| (name, self.of))
    }
}

impl<'a> VariantAccess<'a> for Reader<'a, '_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        if self.value.as_str().is_some() { Ok(()) } else { Err(self.wanted("a name")) }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'a>>(self, seed: S) -> Result<S::Value, Fault> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'a>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'a>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.fields(visitor)
    }
}
