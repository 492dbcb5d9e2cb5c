//! The tables `[vip.NAME]` and `[external.COMPONENT]`.

use super::shape::Text;
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::{Span, Spanned};

/// `[vip.NAME]`
#[derive(Debug)]
pub struct VipTable {
    /// The header.
    pub span: Span,
    /// Its addresses, at most one of each family.
    pub addresses: Option<Vec<Text>>,
    /// Its DNS name.
    pub host: Option<Text>,
    /// The port that it takes.
    pub port: Option<Spanned<i64>>,
    /// `external`, or a word that a component of the catalog selects.
    pub served_by: Option<Text>,
    /// Which nodes carry it.
    pub nodes: Option<Vec<Text>>,
    /// `COMPONENT.LISTEN` that stands behind it.
    pub to: Option<Text>,
    /// The interface on its nodes.
    pub interface: Option<Text>,
    /// The VRRP router of the first family; the second takes the next.
    pub router_id: Option<Spanned<i64>>,
    /// The keys that could not be read.
    pub unread: Unread,
}

/// `[external.COMPONENT]`
#[derive(Debug)]
pub struct ExternalTable {
    /// Where it is dialled.
    pub urls: Option<Vec<Text>>,
    /// The authority of what its clients present.
    pub clients: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl VipTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "port");
        let mut vip = VipTable {
            span: t.span,
            addresses: t.texts(reader, "addresses"),
            host: t.text(reader, "host"),
            port: t.integer(reader, "port"),
            served_by: t.text(reader, "served-by"),
            nodes: t.one_or_more(reader, "nodes"),
            to: t.text(reader, "to"),
            interface: t.text(reader, "interface"),
            router_id: t.integer(reader, "router-id"),
            unread: Unread::default(),
        };
        vip.unread = t.finish(reader);
        vip
    }
}

impl ExternalTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "urls");
        let mut external = ExternalTable {
            urls: t.texts(reader, "urls"),
            clients: t.text(reader, "clients"),
            unread: Unread::default(),
        };
        external.unread = t.finish(reader);
        external
    }
}
