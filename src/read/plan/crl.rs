//! The tables `[authority.NAME.crl]`: certificate revocation lists.

use super::shape::{Named, Text, each};
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::{Span, Spanned};

/// `[authority.NAME.crl]`
#[derive(Debug)]
pub struct CrlTable {
    /// The header.
    pub span: Span,
    /// Its number, which grows with every list.
    pub number: Option<Spanned<i64>>,
    /// When it was issued.
    pub issued: Option<Text>,
    /// By when there is another one.
    pub expires: Option<Text>,
    /// What is revoked, by serial numbers.
    pub revoked: Named<RevokedTable>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[authority.NAME.crl.revoked.SERIAL]`
#[derive(Debug)]
pub struct RevokedTable {
    /// The header.
    pub span: Span,
    /// Since when it counts no more.
    pub at: Option<Text>,
    /// Why.
    pub reason: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl CrlTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        for key in ["number", "issued", "expires"] {
            t.require(reader, key);
        }
        let mut crl = CrlTable {
            span: t.span,
            number: t.integer(reader, "number"),
            issued: t.text(reader, "issued"),
            expires: t.text(reader, "expires"),
            revoked: each(reader, &mut t, "revoked", RevokedTable::read),
            unread: Unread::default(),
        };
        crl.unread = t.finish(reader);
        crl
    }
}

impl RevokedTable {
    fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "at");
        let mut revoked = RevokedTable {
            span: t.span,
            at: t.text(reader, "at"),
            reason: t.text(reader, "reason"),
            unread: Unread::default(),
        };
        revoked.unread = t.finish(reader);
        revoked
    }
}
