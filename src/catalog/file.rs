//! The definition of a file of a component.

use std::sync::Arc;

use super::reads::Reads;
use super::run::Run;
use super::tree::{Template, Tree};
use crate::source::Span;

/// What a host does with a file (design: classes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Was ours; to be removed.
    Absent,
    /// Always ours.
    Managed,
    /// The cluster writes it.
    Runtime,
    /// Written only if absent.
    Seed,
}

impl Class {
    /// Every class with its word.
    pub const WORDS: [(&str, Class); 4] = [
        ("absent", Class::Absent),
        ("managed", Class::Managed),
        ("runtime", Class::Runtime),
        ("seed", Class::Seed),
    ];

    /// The class of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, class)| class)
    }
}

/// A file of a component.
#[derive(Debug)]
pub struct FileDefinition {
    /// Its name within the component.
    pub name: Arc<str>,
    /// The table's header.
    pub span: Span,
    /// What it holds.
    pub content: FileContent,
    /// What a manifest's name ends in.
    pub extension: Arc<str>,
    /// Its permission bits; where absent, 0755 for folders, 0600 for what holds a secret, 0644 for the rest.
    pub mode: Option<u32>,
    /// Its owner, where it is not the component's.
    pub owner: Option<Template>,
    /// What the host does with it.
    pub class: Class,
    /// Only for this way of running.
    pub run: Option<Run>,
    /// Only if this holds.
    pub when: Option<Template>,
    /// More values for the template.
    pub with: Vec<(Arc<str>, Tree)>,
}

/// What a file holds.
#[derive(Debug)]
pub enum FileContent {
    /// It is a folder.
    Folder,
    /// Nothing of ours (class runtime or absent).
    None,
    /// A text template.
    Text(Template),
    /// A PKCS#12 file.
    Store(StoreDefinition),
    /// YAML documents.
    Yaml(Vec<Tree>),
}

/// A PKCS#12 file.
#[derive(Debug)]
pub struct StoreDefinition {
    /// What stands in it.
    pub holds: StoreHolds,
    /// Its password.
    pub password: Template,
}

/// What stands in a PKCS#12 file.
#[derive(Debug)]
pub enum StoreHolds {
    /// A bundle, an index.
    Bundle(usize),
    /// A certificate with its chain and its key.
    Certificate {
        /// Which, an index.
        certificate: usize,
        /// What the entry is called.
        alias: Arc<str>,
    },
}

impl FileDefinition {
    /// What its content, its owner, its condition and its `with` read. What reads `flags` reads what the
    /// flags do, besides ([`super::FlagDefinition::reads`]).
    #[must_use]
    pub fn reads(&self) -> Reads {
        let content = match &self.content {
            FileContent::Folder | FileContent::None => Reads::default(),
            FileContent::Store(store) => store.password.reads(),
            FileContent::Text(template) => template.reads(),
            FileContent::Yaml(documents) => documents.iter().map(Tree::reads).collect(),
        };
        let around = [&self.owner, &self.when].into_iter().flatten().map(Template::reads);
        around.chain(self.with.iter().map(|(_, value)| value.reads())).chain([content]).collect()
    }
}
