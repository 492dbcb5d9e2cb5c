//! `[file.NAME]` files of the model.

use std::sync::Arc;

use super::authority::AuthorityIndex;
use super::node::NodeIndex;
use crate::index::Index;
use crate::source::{Span, Spanned};
use crate::specification::CrlEncoding;

/// Which of the files of one's own.
pub type OwnFileIndex = Index<OwnFile>;

/// A file that the plan itself puts on hosts.
#[derive(Debug)]
pub struct OwnFile {
    /// Its name.
    pub name: Arc<str>,
    /// What it holds.
    pub holds: Held,
    /// Where it lies on each of its nodes.
    pub path: Spanned<String>,
    /// The names of the components that the plan says read it.
    pub readers: Vec<Arc<str>>,
    /// The nodes that get it, ascending.
    pub nodes: Vec<NodeIndex>,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner and group.
    pub owner: Arc<str>,
    /// Its table.
    pub origin: Span,
}

/// Whether a path that a flag names is that of a file, or the folder in which it is.
#[must_use]
pub fn leads_to(named: &str, path: &str) -> bool {
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    named == path || folder.is_some_and(|folder| folder == named.trim_end_matches('/'))
}

/// What a file of one's own holds; nothing private.
#[derive(Debug)]
pub enum Held {
    /// The revocation lists of authorities, each of which says what stands in its own.
    Crls(Vec<AuthorityIndex>, CrlEncoding),
    /// A text that lies beside the plan.
    Text(Beside),
}

/// A text beside the plan, which is on hosts as it is.
#[derive(Debug)]
pub struct Beside {
    /// As the plan calls it: its path from the plan's folder.
    pub source: Spanned<String>,
    /// What it is.
    pub text: Arc<str>,
    /// Of which kind.
    pub format: Format,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Anything.
    Text,
    /// Documents of YAML or JSON, whose fields are compared with those that programs know.
    Yaml,
}

impl OwnFile {
    /// The text beside the plan, if it is one.
    #[must_use]
    pub fn beside(&self) -> Option<&Beside> {
        match &self.holds {
            Held::Text(beside) => Some(beside),
            Held::Crls(..) => None,
        }
    }
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
