//! The tables `[listen.NAME]` and `[dial.NAME]` of a component.

use crate::read::plan::Text;
use crate::read::table::{Reader, Table};
use crate::source::Span;

/// `[listen.NAME]`
#[derive(Debug)]
pub struct ListenTable {
    /// The header.
    pub span: Span,
    /// Where it is dialled.
    pub addresses: Option<Text>,
    /// The port.
    pub port: Option<Text>,
    /// The certificate it shows; none: no TLS of its own.
    pub certificate: Option<Text>,
    /// The bundle that clients' certificates are checked against.
    pub clients: Option<Text>,
    /// Whether a client must show one.
    pub clients_required: bool,
    /// Whether it also answers on the loopback addresses.
    pub loopback: bool,
}

/// `[dial.NAME]`
#[derive(Debug)]
pub struct DialTable {
    /// The header.
    pub span: Span,
    /// `COMPONENT.LISTEN`
    pub to: Option<Text>,
    /// `every`, `others`, `same-host`, `endpoint`, `behind-vips`.
    pub reach: Option<Text>,
    /// `address`, `name`, `loopback`.
    pub by: Option<Text>,
    /// The certificate it presents.
    pub certificate: Option<Text>,
    /// The bundle it trusts.
    pub trusts: Option<Text>,
}

impl ListenTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let listen = ListenTable {
            span: t.span,
            addresses: t.required_text(reader, "addresses"),
            port: t.required_text(reader, "port"),
            certificate: t.text(reader, "certificate"),
            clients: t.text(reader, "clients"),
            clients_required: t.boolean(reader, "clients-required").is_some_and(|b| b.value),
            loopback: t.boolean(reader, "loopback").is_some_and(|b| b.value),
        };
        t.finish(reader);
        listen
    }
}

impl DialTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let dial = DialTable {
            span: t.span,
            to: t.required_text(reader, "to"),
            reach: t.text(reader, "reach"),
            by: t.text(reader, "by"),
            certificate: t.text(reader, "certificate"),
            trusts: t.text(reader, "trusts"),
        };
        t.finish(reader);
        dial
    }
}
