//! Parses a TOML text and passes its root table to a reader.

use super::hidden::hidden_in;
use super::syntax;
use super::table::{Reader, Table};
use crate::diagnostics::Diagnostics;
use crate::source::SourceId;

/// What a text says.
pub(super) struct Parsed<T> {
    pub(super) value: T,
    /// Whether it has broken statements, without which it was read.
    broken: bool,
}

impl<T> Parsed<T> {
    /// What it says, if nothing of it is broken.
    pub(super) fn whole(self) -> Option<T> {
        (!self.broken).then_some(self.value)
    }
}

/// Parses a TOML text and hands its root table to `read`.
pub(super) fn parse<T>(
    text: &str,
    source: SourceId,
    diagnostics: &mut Diagnostics,
    read: impl FnOnce(&mut Reader<'_>, Table<'_, '_>) -> T,
) -> Parsed<T> {
    let (mut root, mut errors) = toml::de::DeTable::parse_recoverable(text);
    hidden_in(text, root.get_ref(), source, diagnostics);
    let mended = syntax::is_broken(&errors).then(|| syntax::mend(text, source, diagnostics));
    if let Some(sound) = &mended {
        (root, errors) = toml::de::DeTable::parse_recoverable(sound);
    }
    let lost = syntax::duplicates(mended.as_deref().unwrap_or(text), &errors, source, diagnostics);
    let mut reader = Reader { source, diagnostics, damaged: mended.is_some(), asked: None };
    let table = Table::new(root.get_ref(), source.span(root.span()), "the file".to_owned()).without(lost);
    Parsed { value: read(&mut reader, table), broken: mended.is_some() }
}
