//! Lists the keys that readers ask for.
//!
//! Each reader is given a file in which every table exists and is empty, and what it asks for is recorded.

use toml::de::DeTable;

use super::asked::{Asked, TakenKey};
use super::catalog::{
    ComponentDocument, FieldsDocument, FlagsDocument, LayoutDocument, ProfileDocument, RolesDocument,
};
use super::plan::Document;
use super::table::{Reader, Table};
use crate::diagnostics::Diagnostics;
use crate::source::Sources;

/// What a file is of the two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// A plan.
    Plan,
    /// `components/NAME/component.toml`
    Component,
    /// `profiles/NAME.toml`
    Profile,
    /// `layouts/NAME.toml`
    Layout,
    /// `flags/NAME.toml`
    Flags,
    /// `fields/NAME.toml`
    Fields,
    /// `roles/NAME.toml`
    Roles,
}

impl FileKind {
    /// All of them, plans first.
    pub const ALL: [FileKind; 7] = [
        FileKind::Plan,
        FileKind::Component,
        FileKind::Profile,
        FileKind::Layout,
        FileKind::Flags,
        FileKind::Fields,
        FileKind::Roles,
    ];

    /// One word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            FileKind::Plan => "plan",
            FileKind::Component => "component",
            FileKind::Profile => "profile",
            FileKind::Layout => "layout",
            FileKind::Flags => "flags",
            FileKind::Fields => "fields",
            FileKind::Roles => "roles",
        }
    }

    /// The path of such a file in a catalog; of a plan, what it is.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FileKind::Plan => "a plan",
            FileKind::Component => "components/NAME/component.toml",
            FileKind::Profile => "profiles/NAME.toml",
            FileKind::Layout => "layouts/NAME.toml",
            FileKind::Flags => "flags/NAME.toml",
            FileKind::Fields => "fields/NAME.toml",
            FileKind::Roles => "roles/NAME.toml",
        }
    }

    /// The keys that such a file may have, as its reader asks for them: a table before what stands in it.
    #[must_use]
    pub fn keys(self) -> Vec<TakenKey> {
        let mut sources = Sources::default();
        let source = sources.add("", "");
        let mut diagnostics = Diagnostics::default();
        let mut reader =
            Reader { source, diagnostics: &mut diagnostics, damaged: false, asked: Some(Asked::default()) };
        let empty = DeTable::new();
        let table = Table::new(&empty, source.span(0..0), String::new());
        let r = &mut reader;
        match self {
            FileKind::Plan => _ = Document::read(r, table),
            FileKind::Component => _ = ComponentDocument::read(r, table, String::new()),
            FileKind::Profile => _ = ProfileDocument::read(r, table, String::new()),
            FileKind::Layout => _ = LayoutDocument::read(r, table, String::new()),
            FileKind::Flags => _ = FlagsDocument::read(r, table),
            FileKind::Fields => _ = FieldsDocument::read(r, table),
            FileKind::Roles => _ = RolesDocument::read(r, table),
        }
        reader.asked.unwrap_or_default().keys()
    }
}
