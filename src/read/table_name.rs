//! Names of the plan's tables, as messages print them.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A table of the plan. It prints as in its header: `cluster`, `node.master01`; sorted as it prints.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// What it describes.
    pub kind: TableKind,
    /// Which one of them; none where there is one alone.
    pub name: Option<Arc<str>>,
}

/// What tables describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the reference describes each table")]
pub enum TableKind {
    /// What stands above all tables.
    Top,
    Authority,
    Bootstrap,
    /// No table: the definitions that a plan may bring along, by the key that names their folder.
    Catalog,
    Certificate,
    Cluster,
    Component,
    External,
    File,
    Grant,
    Import,
    Keyring,
    Node,
    Pool,
    Secret,
    User,
    Vip,
}

impl TableKind {
    const WORDS: [(&str, TableKind); 17] = [
        ("", TableKind::Top),
        ("authority", TableKind::Authority),
        ("bootstrap", TableKind::Bootstrap),
        ("catalog", TableKind::Catalog),
        ("certificate", TableKind::Certificate),
        ("cluster", TableKind::Cluster),
        ("component", TableKind::Component),
        ("external", TableKind::External),
        ("file", TableKind::File),
        ("grant", TableKind::Grant),
        ("import", TableKind::Import),
        ("keyring", TableKind::Keyring),
        ("node", TableKind::Node),
        ("pool", TableKind::Pool),
        ("secret", TableKind::Secret),
        ("user", TableKind::User),
        ("vip", TableKind::Vip),
    ];

    /// The kind that a header's first word names.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind)
    }

    /// The table of that name.
    pub fn named(self, name: impl Into<Arc<str>>) -> TableName {
        TableName { kind: self, name: Some(name.into()) }
    }

    /// The table that has no name; of what has names, all of them.
    #[must_use]
    pub fn whole(self) -> TableName {
        TableName { kind: self, name: None }
    }

    /// As headers write it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.word())?;
        self.name.as_ref().map_or(Ok(()), |name| write!(f, ".{name}"))
    }
}

impl Serialize for TableName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
