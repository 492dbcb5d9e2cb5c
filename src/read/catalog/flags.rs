//! The documents of flag tables: `flags/NAME.toml`.

use crate::read::plan::{Literals, Text};
use crate::read::table::{Reader, Table};
use crate::source::{SourceId, Spanned};

/// `flags/NAME.toml`
#[derive(Debug)]
pub struct FlagsDocument {
    /// The program.
    pub name: String,
    /// The file.
    pub source: SourceId,
    /// The versions that the table knows.
    pub covers: Option<Text>,
    /// Whether there is nothing that it does not list; there is not, where it says nothing.
    pub complete: Option<Spanned<bool>>,
    /// Each flag's type, and where it came or went.
    pub flags: Literals,
}

impl FlagsDocument {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let flags = FlagsDocument {
            name: t.required_text(reader, "program").map(|p| p.value).unwrap_or_default(),
            source: reader.source,
            covers: t.text(reader, "covers"),
            complete: t.boolean(reader, "complete"),
            flags: t.literals(reader, "flags"),
        };
        t.finish(reader);
        flags
    }
}
