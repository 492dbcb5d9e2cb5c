//! The table `[bootstrap]`: nodes that join with tokens of `pkiplan join`.

use super::shape::Text;
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::Span;

/// `[bootstrap]`
#[derive(Debug)]
pub struct BootstrapTable {
    /// The header.
    pub span: Span,
    /// The groups of whoever shows such a token.
    pub groups: Option<Vec<Text>>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl BootstrapTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut bootstrap =
            BootstrapTable { span: t.span, groups: t.texts(reader, "groups"), unread: Unread::default() };
        bootstrap.unread = t.finish(reader);
        bootstrap
    }
}
