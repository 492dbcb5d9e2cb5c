//! The tables `[node.NAME]` and `[pool.NAME]`.

use super::component::ComponentTable;
use super::shape::{Literals, Named, Text, each};
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::{Span, Spanned};

/// `[node.NAME]`
#[derive(Debug)]
pub struct NodeTable {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// The first is the one that is dialled.
    pub addresses: Option<Vec<Text>>,
    /// DNS names that it has besides its own.
    pub names: Option<Vec<Text>>,
    /// What it is for.
    pub roles: Option<Vec<Text>>,
    /// Where VIPs stand on it.
    pub interface: Option<Text>,
    /// Its VRRP priority.
    pub priority: Option<Spanned<i64>>,
    /// The name whose keys it keeps.
    pub was: Option<Text>,
    /// Why nothing reaches it for now.
    pub away: Option<Text>,
    /// `[node.NAME.component.NAME]`
    pub components: Named<ComponentTable>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[pool.NAME]`
#[derive(Debug)]
pub struct PoolTable {
    /// The header.
    pub span: Span,
    /// The secret that keys derive from.
    pub secret: Option<Text>,
    /// `worker-{0001..9990}`
    pub names: Option<Text>,
    /// The file that lists its nodes instead.
    pub from: Option<Text>,
    /// What columns of that file are called, by what they are here.
    pub columns: Literals,
    /// Columns of that file that say nothing here.
    pub ignore: Option<Vec<Text>>,
    /// The roles of the nodes in that file's groups, by group.
    pub groups: Literals,
    /// The nodes that the file lists; none until it is read, or where it cannot be.
    pub listed: Option<Listed>,
    /// Ranges out of which nodes without an address get one.
    pub addresses: Option<Vec<Text>>,
    /// The address of the first.
    pub first_address: Option<Text>,
    /// The IPv6 address of the first, beside an IPv4 address.
    pub first_address_v6: Option<Text>,
    /// The IPv4 address of the first, beside an IPv6 address.
    pub first_address_v4: Option<Text>,
    /// What its nodes are for.
    pub roles: Option<Vec<Text>>,
    /// Where VIPs stand on them.
    pub interface: Option<Text>,
    /// `[pool.NAME.component.NAME]`
    pub components: Named<ComponentTable>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// What a file lists.
#[derive(Debug, Default)]
pub struct Listed {
    /// The nodes, as if each had a table.
    pub nodes: Named<NodeTable>,
    /// Whether all of them could be read.
    pub whole: bool,
}

impl NodeTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "addresses");
        let mut node = NodeTable {
            span: t.span,
            secret: t.text(reader, "secret"),
            addresses: t.texts(reader, "addresses"),
            names: t.texts(reader, "names"),
            roles: t.texts(reader, "roles"),
            interface: t.text(reader, "interface"),
            priority: t.integer(reader, "priority"),
            was: t.text(reader, "was"),
            away: t.text(reader, "away"),
            components: each(reader, &mut t, "component", ComponentTable::read),
            unread: Unread::default(),
        };
        node.unread = t.finish(reader);
        node
    }
}

impl PoolTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        if !t.has("from") {
            t.require(reader, "names");
        }
        if !t.has("from") && !t.has("addresses") {
            t.require(reader, "first-address");
        }
        let mut pool = PoolTable {
            span: t.span,
            secret: t.text(reader, "secret"),
            names: t.text(reader, "names"),
            from: t.text(reader, "from"),
            columns: t.literals(reader, "columns"),
            ignore: t.texts(reader, "ignore"),
            groups: t.literals(reader, "groups"),
            listed: None,
            addresses: t.one_or_more(reader, "addresses"),
            first_address: t.text(reader, "first-address"),
            first_address_v6: t.text(reader, "first-address-v6"),
            first_address_v4: t.text(reader, "first-address-v4"),
            roles: t.texts(reader, "roles"),
            interface: t.text(reader, "interface"),
            components: each(reader, &mut t, "component", ComponentTable::read),
            unread: Unread::default(),
        };
        pool.unread = t.finish(reader);
        pool
    }
}
