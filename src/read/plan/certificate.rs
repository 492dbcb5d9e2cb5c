//! The tables `[certificate.NAME]`: standalone certificates.

use super::shape::Text;
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::{Span, Spanned};

/// `[certificate.NAME]`
#[derive(Debug)]
pub struct FreeCertificateTable {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// Who issues it.
    pub authority: Option<Text>,
    /// `client`, `server`.
    pub usage: Option<Vec<Text>>,
    /// Its common name.
    pub common_name: Option<Text>,
    /// Its organizations.
    pub organizations: Option<Vec<Text>>,
    /// Its organizational units.
    pub organizational_units: Option<Vec<Text>>,
    /// DNS names.
    pub dns: Option<Vec<Text>>,
    /// Addresses.
    pub ip: Option<Vec<Text>>,
    /// URIs.
    pub uri: Option<Vec<Text>>,
    /// Mail addresses.
    pub email: Option<Vec<Text>>,
    /// Which nodes get it, each its own; none: it lies under `users/`.
    pub nodes: Option<Vec<Text>>,
    /// Whether the node's name and addresses are added.
    pub node_names: Option<Spanned<bool>>,
    /// Where the certificate lies.
    pub certificate_file: Option<Text>,
    /// Where the key lies.
    pub key_file: Option<Text>,
    /// What comes first where both lie in one file.
    pub first: Option<Text>,
    /// Where the roots that it chains to lie.
    pub roots_file: Option<Text>,
    /// Who owns the key.
    pub owner: Option<Text>,
    /// How long it is valid.
    pub validity: Option<Text>,
    /// Its kind of key.
    pub key: Option<Text>,
    /// What shows which certificate it is, where others made it.
    pub imported: Option<Text>,
    /// The name whose key it keeps.
    pub was: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl FreeCertificateTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "authority");
        t.require(reader, "usage");
        let mut certificate = FreeCertificateTable {
            span: t.span,
            secret: t.text(reader, "secret"),
            authority: t.text(reader, "authority"),
            usage: t.one_or_more(reader, "usage"),
            common_name: t.text(reader, "common-name"),
            organizations: t.texts(reader, "organizations"),
            organizational_units: t.texts(reader, "organizational-units"),
            dns: t.texts(reader, "dns"),
            ip: t.texts(reader, "ip"),
            uri: t.texts(reader, "uri"),
            email: t.texts(reader, "email"),
            nodes: t.one_or_more(reader, "nodes"),
            node_names: t.boolean(reader, "node-names"),
            certificate_file: t.text(reader, "certificate-file"),
            key_file: t.text(reader, "key-file"),
            first: t.text(reader, "first"),
            roots_file: t.text(reader, "roots-file"),
            owner: t.text(reader, "owner"),
            validity: t.text(reader, "validity"),
            key: t.text(reader, "key"),
            imported: t.text(reader, "imported"),
            was: t.text(reader, "was"),
            unread: Unread::default(),
        };
        certificate.unread = t.finish(reader);
        certificate
    }
}
