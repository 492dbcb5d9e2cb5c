//! Objects with fixed fields that make up a scope.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

/// An object with named fields in a fixed order; cheap to share between scopes.
#[derive(Debug, Clone, Default)]
pub struct Record {
    fields: Vec<(Arc<str>, Value)>,
    /// Where each field stands; empty as long as there are [`FEW`].
    places: BTreeMap<Arc<str>, usize>,
}

/// So many fields are found sooner without a table of their places.
const FEW: usize = 32;

impl Record {
    /// No fields yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: impl Into<Arc<str>>, value: impl Into<Value>) -> Self {
        self.extend([(name.into(), value.into())]);
        self
    }

    /// The object as a value.
    #[must_use]
    pub fn build(self) -> Value {
        Value::from_object(self)
    }
}

impl FromIterator<(Arc<str>, Value)> for Record {
    fn from_iter<T: IntoIterator<Item = (Arc<str>, Value)>>(iter: T) -> Self {
        let mut record = Self::new();
        record.extend(iter);
        record
    }
}

impl Extend<(Arc<str>, Value)> for Record {
    fn extend<T: IntoIterator<Item = (Arc<str>, Value)>>(&mut self, fields: T) {
        self.fields.extend(fields);
        if self.fields.len() > FEW {
            for (at, (name, _)) in self.fields.iter().enumerate().skip(self.places.len()) {
                // The first field of a name counts.
                self.places.entry(name.clone()).or_insert(at);
            }
        }
    }
}

impl Object for Record {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        let at = match self.places.is_empty() {
            true => self.fields.iter().position(|(name, _)| **name == *key),
            false => self.places.get(key).copied(),
        };
        at.map(|at| self.fields[at].1.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.fields.iter().map(|(name, _)| Value::from(name.clone())).collect())
    }
}

/// A text value.
pub fn text(text: impl AsRef<str>) -> Value {
    Value::from(text.as_ref())
}

/// A list of texts.
pub fn texts<T: ToString>(items: impl IntoIterator<Item = T>) -> Value {
    items.into_iter().map(|item| Value::from(item.to_string())).collect()
}

/// A list of values.
pub fn list(items: impl IntoIterator<Item = Value>) -> Value {
    items.into_iter().collect()
}
