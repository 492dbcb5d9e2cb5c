//! The tables `[user.NAME]`.

use super::shape::Text;
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::{Span, Spanned};

/// `[user.NAME]`
#[derive(Debug)]
pub struct UserTable {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// The user name; the table's name if absent.
    pub common_name: Option<Text>,
    /// The groups.
    pub organizations: Option<Vec<Text>>,
    /// How long the certificate is valid.
    pub validity: Option<Text>,
    /// Its kind of key.
    pub key: Option<Text>,
    /// The nodes on which its kubeconfig lies, too.
    pub nodes: Option<Vec<Text>>,
    /// Where it lies there.
    pub kubeconfig_file: Option<Text>,
    /// Who owns it there.
    pub owner: Option<Text>,
    /// `false` takes a user of the profile away.
    pub enabled: Option<Spanned<bool>>,
    /// The name whose key it keeps.
    pub was: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl UserTable {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut user = UserTable {
            span: t.span,
            secret: t.text(reader, "secret"),
            common_name: t.text(reader, "common-name"),
            organizations: t.texts(reader, "organizations"),
            validity: t.text(reader, "validity"),
            key: t.text(reader, "key"),
            nodes: t.one_or_more(reader, "nodes"),
            kubeconfig_file: t.text(reader, "kubeconfig-file"),
            owner: t.text(reader, "owner"),
            enabled: t.boolean(reader, "enabled"),
            was: t.text(reader, "was"),
            unread: Unread::default(),
        };
        user.unread = t.finish(reader);
        user
    }
}
