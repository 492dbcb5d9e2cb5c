//! The tables `[authority.NAME]`.

use super::crl::CrlTable;
use super::generations::GenerationsTable;
use super::shape::{Literals, Text};
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::{Span, Spanned};

/// `[authority.NAME]`
#[derive(Debug)]
pub struct AuthorityTable {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// The purposes it serves; its own name if absent.
    pub serves: Option<Vec<Text>>,
    /// The authority above it; none for a root.
    pub issuer: Option<Text>,
    /// Its common name.
    pub common_name: Option<Text>,
    /// Its organizations.
    pub organizations: Option<Vec<Text>>,
    /// Its kind of key.
    pub key: Option<Text>,
    /// The kind of key of what it issues.
    pub issued_key: Option<Text>,
    /// How long it is valid itself.
    pub own: Option<Text>,
    /// How long what it issues is valid.
    pub issued: Option<Text>,
    /// `validity.spread`
    pub spread: Option<Text>,
    /// How many authorities may follow below it.
    pub path_length: Option<Spanned<i64>>,
    /// What names it may certify.
    pub name_constraints: Option<NameConstraintsTable>,
    /// What its revocation lists say.
    pub crl: Option<CrlTable>,
    /// Which keys are used and trusted.
    pub generations: Option<GenerationsTable>,
    /// Generations whose keys were made elsewhere: by their numbers, what shows which key it is.
    pub imported: Literals,
    /// The name whose keys it keeps.
    pub was: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[authority.NAME.name-constraints]`
#[derive(Debug)]
pub struct NameConstraintsTable {
    /// DNS names that it may certify, with all below them.
    pub permitted_dns: Option<Vec<Text>>,
    /// Networks whose addresses it may certify.
    pub permitted_ip: Option<Vec<Text>>,
    /// DNS names that it may not certify.
    pub excluded_dns: Option<Vec<Text>>,
    /// Networks whose addresses it may not certify.
    pub excluded_ip: Option<Vec<Text>>,
}

impl AuthorityTable {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut validity = t.table(reader, "validity");
        let mut authority = AuthorityTable {
            span: t.span,
            secret: t.text(reader, "secret"),
            serves: t.texts(reader, "serves"),
            issuer: t.text(reader, "issuer"),
            common_name: t.text(reader, "common-name"),
            organizations: t.texts(reader, "organizations"),
            key: t.text(reader, "key"),
            issued_key: t.text(reader, "issued-key"),
            own: validity.as_mut().and_then(|v| v.text(reader, "own")),
            issued: validity.as_mut().and_then(|v| v.text(reader, "issued")),
            spread: validity.as_mut().and_then(|v| v.text(reader, "spread")),
            path_length: t.integer(reader, "path-length"),
            name_constraints: t
                .table(reader, "name-constraints")
                .map(|table| NameConstraintsTable::read(reader, table)),
            crl: t.table(reader, "crl").map(|crl| CrlTable::read(reader, crl)),
            generations: t.table(reader, "generations").map(|g| GenerationsTable::read(reader, g)),
            imported: t.literals(reader, "imported"),
            was: t.text(reader, "was"),
            unread: Unread::default(),
        };
        if let Some(validity) = validity {
            validity.finish(reader);
        }
        authority.unread = t.finish(reader);
        authority
    }
}

impl NameConstraintsTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let constraints = NameConstraintsTable {
            permitted_dns: t.texts(reader, "permitted-dns"),
            permitted_ip: t.texts(reader, "permitted-ip"),
            excluded_dns: t.texts(reader, "excluded-dns"),
            excluded_ip: t.texts(reader, "excluded-ip"),
        };
        t.finish(reader);
        constraints
    }
}
