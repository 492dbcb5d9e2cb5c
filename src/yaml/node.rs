//! Nodes of a tree.

use super::scalar::{Scalar, Typed};

/// A value with its line.
#[derive(Clone, PartialEq)]
pub struct Node {
    /// The line at which it begins, from one.
    pub line: u32,
    /// The bytes of a scalar, with its quotes; of a list or a mapping where it begins.
    pub bytes: (u32, u32),
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// A word or a text.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in the order in which they are written; where a key is written twice, both.
    Mapping(Vec<(Key, Node)>),
}

/// A key with its line.
#[derive(Clone, PartialEq)]
pub struct Key {
    /// Its line, from one.
    pub line: u32,
    /// Its bytes, with its quotes.
    pub bytes: (u32, u32),
    /// The key.
    pub text: String,
}

impl Node {
    /// The value of a key; where it is written twice, the last one, as decoders take it that are not strict.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        let found = self.entries().iter().rev().find(|(name, _)| name.text == key);
        found.map(|(_, value)| value).filter(|value| !value.is_null())
    }

    /// The value behind several keys.
    #[must_use]
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The keys and values of a mapping; nothing of what is none.
    #[must_use]
    pub fn entries(&self) -> &[(Key, Node)] {
        if let Value::Mapping(entries) = &self.value { entries } else { &[] }
    }

    /// The members of a list; nothing of what is none.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        if let Value::Sequence(items) = &self.value { items } else { &[] }
    }

    /// The scalar, if it is one.
    #[must_use]
    pub fn scalar(&self) -> Option<&Scalar> {
        if let Value::Scalar(scalar) = &self.value { Some(scalar) } else { None }
    }

    /// A text; a number or a switch is none, as Kubernetes' decoders refuse them for texts.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Typed::Text(text) = self.scalar()?.typed() { Some(text) } else { None }
    }

    /// A switch.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Typed::Bool(value) = self.scalar()?.typed() { Some(value) } else { None }
    }

    /// An integer.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Typed::Int(value) = self.scalar()?.typed() { Some(value) } else { None }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.scalar().is_some_and(|scalar| scalar.typed() == Typed::Null)
    }

    /// What it is, in words: `a list`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a table",
            Value::Scalar(scalar) => match scalar.typed() {
                Typed::Null => "nothing",
                Typed::Bool(_) => "`true` or `false`",
                Typed::Int(_) | Typed::Float(_) => "a number",
                Typed::Text(_) => "a text",
            },
        }
    }
}
