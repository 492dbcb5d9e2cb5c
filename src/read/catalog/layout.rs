//! The documents of layouts: `layouts/NAME.toml`.

use crate::read::literal::Literal;
use crate::read::plan::{Literals, Named, Text};
use crate::read::table::{Reader, Table};
use crate::source::{SourceId, Span, Spanned};

/// `layouts/NAME.toml`
#[derive(Debug)]
pub struct LayoutDocument {
    /// The file's name.
    pub name: String,
    /// The file.
    pub source: SourceId,
    /// The layout that counts where this one says nothing.
    pub extends: Option<Text>,
    /// Folders with modes of their own.
    pub folders: Literals,
    /// `[authority.PURPOSE]`
    pub authorities: Named<PathsTable>,
    /// `[keyring.NAME]`
    pub keyrings: Named<PathsTable>,
    /// `[component.NAME]`
    pub components: Named<PathsTable>,
    /// `[default]`: patterns for what has no line of its own.
    pub default: Option<PathsTable>,
}

/// Paths by what they are of: `certificate.serving.key` is `["certificate", "serving", "key"]`.
#[derive(Debug)]
pub struct PathsTable {
    /// The header.
    pub span: Span,
    /// As written.
    pub entries: Literals,
}

impl LayoutDocument {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>, name: String) -> Self {
        let default = t.table(reader, "default").map(|inner| inner.span);
        let layout = LayoutDocument {
            name,
            source: reader.source,
            extends: t.text(reader, "extends"),
            folders: t.literals(reader, "folder"),
            authorities: layouts(reader, &mut t, "authority"),
            keyrings: layouts(reader, &mut t, "keyring"),
            components: layouts(reader, &mut t, "component"),
            default: default.map(|span| PathsTable { span, entries: t.literals(reader, "default") }),
        };
        t.finish(reader);
        layout
    }
}

/// `[key.NAME]` tables whose content is paths.
pub(super) fn layouts(
    reader: &mut Reader<'_>,
    t: &mut Table<'_, '_>,
    key: &'static str,
) -> Named<PathsTable> {
    let tables = t.literals(reader, key);
    let paths = |(name, value): (Text, Spanned<Literal>)| match value.value {
        Literal::Table(entries) => Some((name, PathsTable { span: value.span, entries })),
        other => {
            reader.mismatch(&format!("{key}.{}", name.value), "a table", other.kind(), value.span);
            None
        }
    };
    tables.into_iter().filter_map(paths).collect()
}
