//! An edited table of the plan, with its changed keys.

use std::fmt;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::done::Done;
use crate::read::TableName;

/// One table of the plan that was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Edit {
    /// Its name; of what was removed, the old one.
    #[schemars(with = "String")]
    pub table: TableName,
    /// Whether it is new, gone or says something else.
    pub change: Done,
    /// Where, in the new plan; of what was removed, in the old one.
    pub place: String,
    /// Key by key.
    #[schemars(with = "Vec<String>")]
    pub lines: Vec<EditLine>,
}

/// What differs in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditLine {
    /// A definition of the catalog that is another one, `component/etcd`.
    Definition(String),
    /// A key that comes, goes or has another value, each in one spelling.
    Key {
        /// Below the table, dotted.
        key: String,
        /// What it was.
        before: Option<String>,
        /// What it is now; none: it is gone.
        after: Option<String>,
    },
    /// A node that gets another address out of its pool's range.
    Moved {
        /// Its name.
        node: String,
        /// Its addresses as they were.
        before: String,
        /// As they are.
        after: String,
    },
    /// How many more nodes have other addresses.
    MoreMoved(usize),
    /// The order of nodes: the first few names that changed places.
    Order {
        /// As they stood.
        before: String,
        /// As they stand.
        after: String,
    },
    /// The file beside the plan that the table names holds something else.
    Source(String),
    /// The table had this name.
    Was(TableName),
}

impl fmt::Display for EditLine {
    /// `addresses: ["10.0.0.1"] -> ["10.0.0.2"]`, `+ port = 443`, `- port = 443`, `was node.a`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EditLine::Definition(piece) => f.write_str(piece),
            EditLine::Key { key, before: Some(before), after: Some(after) } => {
                write!(f, "{key}: {before} -> {after}")
            }
            EditLine::Key { key, before: Some(before), after: None } => write!(f, "- {key} = {before}"),
            EditLine::Key { key, before: None, after } => {
                write!(f, "+ {key} = {}", after.as_deref().unwrap_or_default())
            }
            EditLine::Moved { node, before, after } => write!(f, "{node}: {before} -> {after}"),
            EditLine::MoreMoved(more) => write!(f, "{more} more nodes have other addresses"),
            EditLine::Order { before, after } => write!(f, "order: {before} -> {after}"),
            EditLine::Source(source) => write!(f, "{source}: different content"),
            EditLine::Was(table) => write!(f, "was {table}"),
        }
    }
}

impl Serialize for EditLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
