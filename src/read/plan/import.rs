//! The tables `[import.NAME]`: other plans whose authorities this plan uses.

use super::shape::Text;
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;

/// `[import.NAME]`
#[derive(Debug)]
pub struct ImportTable {
    /// The other plan, by its path from this one's folder.
    pub plan: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl ImportTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut import = ImportTable { plan: t.required_text(reader, "plan"), unread: Unread::default() };
        import.unread = t.finish(reader);
        import
    }
}
