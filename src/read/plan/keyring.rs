//! The tables `[keyring.NAME]`, for keys that belong to no certificate, and `[secret.NAME]`.

use super::generations::GenerationsTable;
use super::shape::{Literals, Text};
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::{Span, Spanned};

/// `[keyring.NAME]`
#[derive(Debug)]
pub struct KeyringTable {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// `bootstrap-token`, `encryption`, `key-pair`, `password` or `static-token`.
    pub kind: Option<Text>,
    /// The kind of key of a key pair.
    pub key: Option<Text>,
    /// The kinds of keys that its users can use; any if absent.
    pub takes: Option<Vec<Text>>,
    /// Characters of a password.
    pub length: Option<Spanned<i64>>,
    /// The user that a static token stands for.
    pub user: Option<Text>,
    /// That user's id.
    pub uid: Option<Text>,
    /// The groups that a token's bearer is in.
    pub groups: Option<Vec<Text>>,
    /// How long a generation of bootstrap tokens is valid.
    pub validity: Option<Text>,
    /// What keys encrypt.
    pub resources: Option<Vec<Text>>,
    /// How a generation encrypts.
    pub providers: Literals,
    /// Which keys are used and trusted.
    pub generations: Option<GenerationsTable>,
    /// Generations whose keys were made elsewhere, as of authorities.
    pub imported: Literals,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[secret.NAME]`
#[derive(Debug)]
pub struct SecretTable {
    /// How often it was replaced.
    pub epoch: Option<Spanned<i64>>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl KeyringTable {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut keyring = KeyringTable {
            span: t.span,
            secret: t.text(reader, "secret"),
            kind: t.text(reader, "kind"),
            key: t.text(reader, "key"),
            takes: t.texts(reader, "takes"),
            length: t.integer(reader, "length"),
            user: t.text(reader, "user"),
            uid: t.text(reader, "uid"),
            groups: t.texts(reader, "groups"),
            validity: t.text(reader, "validity"),
            resources: t.texts(reader, "resources"),
            providers: t.literals(reader, "provider"),
            generations: t.table(reader, "generations").map(|g| GenerationsTable::read(reader, g)),
            imported: t.literals(reader, "imported"),
            unread: Unread::default(),
        };
        keyring.unread = t.finish(reader);
        keyring
    }
}

impl SecretTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut secret = SecretTable { epoch: t.integer(reader, "epoch"), unread: Unread::default() };
        secret.unread = t.finish(reader);
        secret
    }
}
