//! The tables `[certificate.NAME]` and `[bundle.NAME]` of a component.

use crate::read::plan::Text;
use crate::read::table::{Reader, Table};
use crate::source::Span;

/// `[certificate.NAME]` of a component.
#[derive(Debug)]
pub struct CertificateTable {
    /// The header.
    pub span: Span,
    /// The purpose whose authority issues it.
    pub authority: Option<Text>,
    /// `instance` or `cluster`: how often it is made.
    pub per: Option<Text>,
    /// `client`, `server`.
    pub usage: Vec<Text>,
    /// Its common name.
    pub common_name: Option<Text>,
    /// Its organizations.
    pub organizations: Vec<Text>,
    /// DNS names.
    pub dns: Vec<Text>,
    /// Addresses.
    pub ip: Vec<Text>,
    /// Whether `names.add` of the plan goes into it.
    pub takes_names: bool,
    /// Where this holds, its program renews it on the host.
    pub rotated: Option<Text>,
    /// Only if this holds.
    pub when: Option<Text>,
}

/// `[bundle.NAME]`
#[derive(Debug)]
pub struct BundleTable {
    /// The header.
    pub span: Span,
    /// The purposes whose authorities it holds.
    pub authorities: Vec<Text>,
    /// `roots` or `issuers`.
    pub holds: Option<Text>,
    /// Whether its program takes nothing but roots for anchors.
    pub strict: bool,
}

impl CertificateTable {
    /// Whether there is one for the cluster, which lies on no host.
    #[must_use]
    pub fn is_per_cluster(&self) -> bool {
        self.per.as_ref().is_some_and(|per| per.value == "cluster")
    }

    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let table = CertificateTable {
            span: t.span,
            authority: t.required_text(reader, "authority"),
            per: t.text(reader, "per"),
            usage: t.one_or_more(reader, "usage").unwrap_or_default(),
            common_name: t.required_text(reader, "common-name"),
            organizations: t.texts(reader, "organizations").unwrap_or_default(),
            dns: t.texts(reader, "dns").unwrap_or_default(),
            ip: t.texts(reader, "ip").unwrap_or_default(),
            takes_names: t.boolean(reader, "takes-names").is_some_and(|b| b.value),
            rotated: t.text(reader, "rotated"),
            when: t.text(reader, "when"),
        };
        t.finish(reader);
        table
    }
}

impl BundleTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let bundle = BundleTable {
            span: t.span,
            authorities: t.texts(reader, "authorities").unwrap_or_default(),
            holds: t.text(reader, "holds"),
            strict: t.boolean(reader, "strict").is_some_and(|b| b.value),
        };
        t.finish(reader);
        bundle
    }
}
