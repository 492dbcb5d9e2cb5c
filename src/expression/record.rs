//! Objects with fixed fields, of which scopes consist.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

/// An object with named fields in a fixed order; cheap to share between scopes.
#[derive(Debug, Clone, Default)]
pub struct Record {
    fields: Vec<(FieldName, Value)>,
    /// Where each field stands; empty as long as there are [`FEW`].
    places: BTreeMap<FieldName, usize>,
}

/// What a field is called.
#[derive(Debug, Clone)]
pub enum FieldName {
    /// By a catalog or a plan.
    Given(Arc<str>),
    /// By the program.
    Known(&'static str),
}

impl FieldName {
    fn as_str(&self) -> &str {
        match self {
            Self::Given(name) => name,
            Self::Known(name) => name,
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Given(name) => Value::from(Arc::clone(name)),
            Self::Known(name) => Value::from(*name),
        }
    }
}

impl From<&'static str> for FieldName {
    fn from(name: &'static str) -> Self {
        Self::Known(name)
    }
}

impl From<Arc<str>> for FieldName {
    fn from(name: Arc<str>) -> Self {
        Self::Given(name)
    }
}

impl From<String> for FieldName {
    fn from(name: String) -> Self {
        Self::Given(name.into())
    }
}

impl Borrow<str> for FieldName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for FieldName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for FieldName {}

impl PartialOrd for FieldName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FieldName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

/// So many fields are found sooner without a table of their places.
const FEW: usize = 32;

impl Record {
    /// No fields yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No fields yet, and room for so many.
    #[must_use]
    pub fn with_capacity(fields: usize) -> Self {
        Self { fields: Vec::with_capacity(fields), places: BTreeMap::new() }
    }

    /// Adds a field.
    #[must_use]
    pub fn with(mut self, name: impl Into<FieldName>, value: impl Into<Value>) -> Self {
        self.extend([(name, value.into())]);
        self
    }

    /// The object as a value.
    #[must_use]
    pub fn build(self) -> Value {
        Value::from_object(self)
    }
}

impl<N: Into<FieldName>> FromIterator<(N, Value)> for Record {
    fn from_iter<T: IntoIterator<Item = (N, Value)>>(iter: T) -> Self {
        let mut record = Self::new();
        record.extend(iter);
        record
    }
}

impl<N: Into<FieldName>> Extend<(N, Value)> for Record {
    fn extend<T: IntoIterator<Item = (N, Value)>>(&mut self, fields: T) {
        self.fields.extend(fields.into_iter().map(|(name, value)| (name.into(), value)));
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
            true => self.fields.iter().position(|(name, _)| name.as_str() == key),
            false => self.places.get(key).copied(),
        };
        at.map(|at| self.fields[at].1.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.fields.iter().map(|(name, _)| name.to_value()).collect())
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
