//! Which generations of a key are used and trusted.

use crate::read::table::{Reader, Table};
use crate::source::{Span, Spanned};

/// `generations = { use = 1, trust = [1] }`
#[derive(Debug)]
pub struct GenerationsTable {
    /// The whole table.
    pub span: Span,
    /// The one that signs.
    pub used: Option<Spanned<i64>>,
    /// Those that are accepted.
    pub trust: Option<Vec<Spanned<i64>>>,
}

impl GenerationsTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "use");
        let generations = GenerationsTable {
            span: t.span,
            used: t.integer(reader, "use"),
            trust: t.integers(reader, "trust"),
        };
        t.finish(reader);
        generations
    }
}
