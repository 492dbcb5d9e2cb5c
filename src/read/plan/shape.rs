//! Types that many tables share.

use crate::read::literal::Literal;
use crate::read::table::{Reader, Table};
use crate::source::Spanned;

/// A text with its place.
pub type Text = Spanned<String>;
/// A named table: its key and what stands in it.
pub type Named<T> = Vec<(Text, T)>;
/// Keys of the user's own with their values.
pub type Literals = Vec<(Text, Spanned<Literal>)>;

/// Reads every `[key.NAME]`.
pub(in crate::read) fn each<'a, 'i, T>(
    reader: &mut Reader<'_>,
    table: &mut Table<'a, 'i>,
    key: &'static str,
    read: impl Fn(&mut Reader<'_>, Table<'a, 'i>) -> T,
) -> Named<T> {
    table.named(reader, key).into_iter().map(|(name, inner)| (name, read(reader, inner))).collect()
}
