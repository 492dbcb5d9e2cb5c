//! The documents of field tables: `fields/NAME.toml`.

use crate::read::plan::{Literals, Text};
use crate::read::table::{Reader, Table};
use crate::source::Spanned;

/// `fields/NAME.toml`
#[derive(Debug)]
pub struct FieldsDocument {
    /// The kind of document, or a name where documents of this kind do not say theirs.
    pub kind: Spanned<String>,
    /// The version of the API that documents say, with its group.
    pub api: Option<Text>,
    /// The type of the whole document, where it is not called as the kind.
    pub root: Option<Text>,
    /// The versions that the table knows.
    pub covers: Option<Text>,
    /// The first version that takes such documents.
    pub since: Option<Text>,
    /// The first version that does not any more.
    pub until: Option<Text>,
    /// Versions that do not start with a field that they do not know.
    pub strict: Option<Text>,
    /// Whether names match in any case, and strings take numbers and booleans.
    pub lax: bool,
    /// The words that a text may be, by `TYPE.FIELD`.
    pub words: Literals,
    /// The fields of each type: what they take, and where they came or went.
    pub types: Literals,
}

impl FieldsDocument {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Option<Self> {
        let kind = t.required_text(reader, "kind");
        // Where the sources are that the table was made from.
        let _ = t.get("source");
        let fields = FieldsDocument {
            kind: kind.clone().unwrap_or_else(|| Spanned::new(String::new(), t.span)),
            api: t.text(reader, "api"),
            root: t.text(reader, "root"),
            covers: t.text(reader, "covers"),
            since: t.text(reader, "since"),
            until: t.text(reader, "until"),
            strict: t.text(reader, "strict"),
            lax: t.boolean(reader, "lax").is_some_and(|lax| lax.value),
            words: t.literals(reader, "words"),
            types: t.literals(reader, "types"),
        };
        t.finish(reader);
        kind.map(|_| fields)
    }
}
