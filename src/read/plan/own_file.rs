//! The tables `[file.NAME]`: files of the user that are installed on hosts.

use super::shape::Text;
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::Span;

/// `[file.NAME]`
#[derive(Debug)]
pub struct OwnFileTable {
    /// The header.
    pub span: Span,
    /// The file beside the plan.
    pub source: Option<Text>,
    /// In place of that, the authorities whose revocation lists it holds.
    pub crl_of: Option<Vec<Text>>,
    /// Where it lies on hosts.
    pub path: Option<Text>,
    /// The components that read it.
    pub components: Option<Vec<Text>>,
    /// The nodes that get it; those that carry the components if absent.
    pub nodes: Option<Vec<Text>>,
    /// `yaml`, `text`: what the source's name ends in if absent; `pem`, `der` of revocation lists.
    pub format: Option<Text>,
    /// Its permission bits.
    pub mode: Option<Text>,
    /// Who owns it.
    pub owner: Option<Text>,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl OwnFileTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        t.require(reader, "path");
        let mut file = OwnFileTable {
            span: t.span,
            source: t.text(reader, "source"),
            crl_of: t.one_or_more(reader, "crl-of"),
            path: t.text(reader, "path"),
            components: t.one_or_more(reader, "component"),
            nodes: t.one_or_more(reader, "nodes"),
            format: t.text(reader, "format"),
            mode: t.text(reader, "mode"),
            owner: t.text(reader, "owner"),
            unread: Unread::default(),
        };
        file.unread = t.finish(reader);
        file
    }
}
