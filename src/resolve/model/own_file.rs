//! Files of one's own.

use std::sync::Arc;

use super::node::NodeIndex;
use crate::index::Index;
use crate::source::{Span, Spanned};

/// Which of the files of one's own.
pub type OwnFileIndex = Index<OwnFile>;

/// A file that lies beside the plan, and as it is on hosts.
#[derive(Debug)]
pub struct OwnFile {
    /// Its name.
    pub name: Arc<str>,
    /// As the plan calls it: its path from the plan's folder.
    pub source: Spanned<String>,
    /// What it holds; nothing private.
    pub text: Arc<str>,
    /// Where it lies on each of its nodes.
    pub path: Spanned<String>,
    /// The names of the components that the plan says read it.
    pub readers: Vec<Arc<str>>,
    /// The nodes that get it, ascending.
    pub nodes: Vec<NodeIndex>,
    /// What its text is.
    pub format: Format,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner and group.
    pub owner: Arc<str>,
    /// Its table.
    pub origin: Span,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Anything.
    Text,
    /// Documents of YAML or JSON, whose fields are compared with those that programs know.
    Yaml,
}

impl Format {
    /// The words of plans.
    pub const WORDS: [(&str, Format); 2] = [("text", Format::Text), ("yaml", Format::Yaml)];

    /// What the name of a file says of it.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let yaml = [".json", ".yaml", ".yml"].iter().any(|end| name.ends_with(end));
        if yaml { Format::Yaml } else { Format::Text }
    }
}
