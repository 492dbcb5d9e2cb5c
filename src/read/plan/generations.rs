//! The table `generations`: which generations of a key are used and trusted.

use crate::read::Literal;
use crate::read::table::{Reader, Table};
use crate::source::{Span, Spanned};
use crate::values::IDENTITY;

/// `generations = { use = 1, trust = [1] }`
#[derive(Debug)]
pub struct GenerationsTable {
    /// The whole table.
    pub span: Span,
    /// The one that signs.
    pub used: Option<Spanned<WrittenGeneration>>,
    /// Those that are accepted.
    pub trust: Option<Vec<Spanned<WrittenGeneration>>>,
}

/// A generation as a plan writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenGeneration {
    /// `"identity"`: plain text.
    Identity,
    /// Its number.
    Number(i64),
}

impl GenerationsTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "use");
        let used = t.literal(reader, "use").and_then(|used| one(reader, "use", used));
        let trust = t.literal(reader, "trust").and_then(|trust| match trust.value {
            Literal::List(items) => {
                Some(items.into_iter().filter_map(|item| one(reader, "trust", item)).collect())
            }
            other => {
                reader.mismatch("trust", "an array of integers", other.kind(), trust.span);
                None
            }
        });
        let generations = GenerationsTable { span: t.span, used, trust };
        t.finish(reader);
        generations
    }
}

fn one(
    reader: &mut Reader<'_>,
    key: &'static str,
    written: Spanned<Literal>,
) -> Option<Spanned<WrittenGeneration>> {
    let generation = match &written.value {
        Literal::Integer(number) => WrittenGeneration::Number(*number),
        Literal::Text(text) if text == IDENTITY => WrittenGeneration::Identity,
        other => {
            reader.mismatch(key, "an integer", other.kind(), written.span);
            return None;
        }
    };
    Some(Spanned::new(generation, written.span))
}
