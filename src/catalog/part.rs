//! A part of a catalog that is read when somebody asks for it.
//!
//! A count needs one model of many and no Region, and reading them all takes longer than counting.

use std::{
    fmt::{self, Debug},
    ops::Deref,
    sync::OnceLock,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use super::Model;
use crate::{
    Error, ErrorKind,
    json::{self, Value},
};

/// A value, or where it is written among the compiled-in facts.
pub(super) struct Part<T> {
    written: Written,
    value: OnceLock<T>,
}

#[derive(Clone, Copy)]
enum Written {
    /// A file.
    File(&'static str),
    /// A place in a file.
    Place(Value<'static>),
    /// Nowhere: the value is there.
    Nowhere,
}

impl<T> Part<T> {
    pub(super) const fn file(text: &'static str) -> Self {
        Self { written: Written::File(text), value: OnceLock::new() }
    }

    pub(super) const fn place(value: Value<'static>) -> Self {
        Self { written: Written::Place(value), value: OnceLock::new() }
    }

    pub(super) fn of(value: T) -> Self {
        Self { written: Written::Nowhere, value: OnceLock::from(value) }
    }
}

impl<T: DeserializeOwned + Default> Part<T> {
    /// A test reads all that is compiled in; a part that is empty is better than a panic all the same.
    fn read(&self) -> T {
        self.try_read().unwrap_or_default()
    }

    fn try_read(&self) -> Result<T, Error> {
        match self.written {
            Written::File(text) => json::read(text, ErrorKind::InvalidCatalog),
            Written::Place(value) => value.read(ErrorKind::InvalidCatalog),
            Written::Nowhere => Ok(T::default()),
        }
    }

    /// Reads it unless that was done.
    pub(super) fn have(&self) {
        self.value.get_or_init(|| self.read());
    }

    pub(super) fn change<R>(&mut self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut value = self.value.take().unwrap_or_else(|| self.read());
        let result = change(&mut value);
        *self = Self::of(value);
        result
    }
}

impl Part<Model> {
    pub(super) fn has_id(&self, id: &str) -> bool {
        match self.unread() {
            Some(model) => model.get("id").is_some_and(|own| own.is_text(id)),
            None => self.id == id,
        }
    }

    pub(super) fn has_alias(&self, alias: &str) -> bool {
        match self.unread() {
            Some(model) => {
                model.get("aliases").is_some_and(|aliases| aliases.items().any(|own| own.is_text(alias)))
            }
            None => self.aliases.iter().any(|own| own == alias),
        }
    }

    /// The model as it is written, where that is quicker to look at.
    fn unread(&self) -> Option<Value<'static>> {
        match self.written {
            Written::Place(value) if self.value.get().is_none() => Some(value),
            _ => None,
        }
    }
}

impl<T: DeserializeOwned + Default> Deref for Part<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.get_or_init(|| self.read())
    }
}

impl<T: DeserializeOwned + Default + Debug> Debug for Part<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        T::fmt(self, out)
    }
}

impl<T: Clone> Clone for Part<T> {
    fn clone(&self) -> Self {
        Self { written: self.written, value: self.value.clone() }
    }
}

impl<T: Default> Default for Part<T> {
    fn default() -> Self {
        Self::of(T::default())
    }
}

impl<T: DeserializeOwned + Default + PartialEq> PartialEq for Part<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: DeserializeOwned + Default + Eq> Eq for Part<T> {}

impl<T: DeserializeOwned + Default + Serialize> Serialize for Part<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        T::serialize(self, serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::of)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::Catalog;

    #[test]
    fn all_that_is_compiled_in_can_be_read() {
        let catalog = Catalog::builtin();
        for model in &catalog.models {
            model.try_read().unwrap();
        }
        catalog.regions.try_read().unwrap();
        catalog.profiles.try_read().unwrap();
        catalog.in_region.try_read().unwrap();
        catalog.residencies.try_read().unwrap();
        catalog.facts.try_read().unwrap();
        catalog.sources.try_read().unwrap();
    }
}
