//! The tables `[grant.NAME]`: what users and groups may do.

use super::shape::Text;
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::Span;

/// `[grant.NAME]`
#[derive(Debug)]
pub struct GrantTable {
    /// The header.
    pub span: Span,
    /// The role that they have.
    pub role: Option<Text>,
    /// Groups that have it.
    pub groups: Option<Vec<Text>>,
    /// Users that have it.
    pub users: Option<Vec<Text>>,
    /// Where they have it; everywhere if absent.
    pub namespaces: Option<Vec<Text>>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl GrantTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "role");
        let mut grant = GrantTable {
            span: t.span,
            role: t.text(reader, "role"),
            groups: t.one_or_more(reader, "groups"),
            users: t.one_or_more(reader, "users"),
            namespaces: t.one_or_more(reader, "namespaces"),
            unread: Unread::default(),
        };
        grant.unread = t.finish(reader);
        grant
    }
}
