//! The whole plan.

use super::authority::Authority;
use super::certificate::Certificate;
use super::cluster::Cluster;
use super::component::Component;
use super::connection::{External, Vip};
use super::import::Import;
use super::keyring::{Keyring, Secret};
use super::node::{Node, Pool};
use super::shape::{Named, Text, each};
use super::user::User;
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::Spanned;

/// A whole plan.
#[derive(Debug, Default)]
pub struct Document {
    /// The tables that could not be read: what they define is not missing.
    pub unread: Unread,
    /// `format = 1`
    pub format: Option<Spanned<i64>>,
    /// `catalog = "folder"`: definitions beside the built-in ones.
    pub catalog: Option<Text>,
    /// `[import.NAME]`
    pub imports: Named<Import>,
    /// `[cluster]`
    pub cluster: Option<Cluster>,
    /// `[node.NAME]`
    pub nodes: Named<Node>,
    /// `[pool.NAME]`
    pub pools: Named<Pool>,
    /// `[vip.NAME]`
    pub vips: Named<Vip>,
    /// `[external.NAME]`
    pub externals: Named<External>,
    /// `[authority.NAME]`
    pub authorities: Named<Authority>,
    /// `[keyring.NAME]`
    pub keyrings: Named<Keyring>,
    /// `[secret.NAME]`
    pub secrets: Named<Secret>,
    /// `[component.NAME]`
    pub components: Named<Component>,
    /// `[user.NAME]`
    pub users: Named<User>,
    /// `[certificate.NAME]`
    pub certificates: Named<Certificate>,
}

impl Document {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut table: Table<'_, '_>) -> Self {
        let mut document = Document {
            unread: Unread::default(),
            format: table.integer(reader, "format"),
            catalog: table.text(reader, "catalog"),
            imports: each(reader, &mut table, "import", Import::read),
            cluster: table.table(reader, "cluster").map(|t| Cluster::read(reader, t)),
            nodes: each(reader, &mut table, "node", Node::read),
            pools: each(reader, &mut table, "pool", Pool::read),
            vips: each(reader, &mut table, "vip", Vip::read),
            externals: each(reader, &mut table, "external", External::read),
            authorities: each(reader, &mut table, "authority", Authority::read),
            keyrings: each(reader, &mut table, "keyring", Keyring::read),
            secrets: each(reader, &mut table, "secret", Secret::read),
            components: each(reader, &mut table, "component", Component::read),
            users: each(reader, &mut table, "user", User::read),
            certificates: each(reader, &mut table, "certificate", Certificate::read),
        };
        table.require(reader, "format");
        let span = table.span;
        document.unread = table.finish(reader);
        // Of a cluster whose table could not be read, what is written elsewhere is resolved all the same.
        if document.cluster.is_none() && document.unread.holds("cluster") {
            document.cluster = Some(Cluster::unread(span));
        }
        document
    }
}
