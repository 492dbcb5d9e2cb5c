//! The result of a lookup.

use super::glossary::Term;
use super::keys::Key;
use super::settings::KnownSetting;
use crate::catalog::FlagLife;
use crate::read::catalog::ComponentDocument;

/// A code of a message or of a finding.
#[derive(Debug, Clone, Copy)]
pub struct KnownCode {
    /// `module::kebab-name`.
    pub name: &'static str,
    /// How bad it is, in a word.
    pub severity: &'static str,
    /// What it means and what to do.
    pub explanation: &'static str,
}

/// What a word is.
#[derive(Debug)]
pub enum Found<'c> {
    /// A code.
    Code(KnownCode),
    /// A component of the catalog.
    Component(&'c ComponentDocument),
    /// A flag of a component's program.
    Flag(&'c ComponentDocument, FlagLife<'c>),
    /// A key of a file.
    Key(Key),
    /// A setting of a component.
    Setting(&'c ComponentDocument, KnownSetting),
    /// A term of the glossary.
    Term(Term),
}
