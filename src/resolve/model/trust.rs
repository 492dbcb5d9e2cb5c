//! Authorities that are trusted besides those of the catalog, and imported leaf certificates.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::authority::AuthorityIndex;
use crate::index::Index;
use crate::source::Span;
use crate::stored::Stored;

/// Which authority of another plan.
pub type ForeignIndex = Index<Foreign>;

/// An authority of another plan that this one trusts.
#[derive(Debug)]
pub struct Foreign {
    /// `IMPORT.AUTHORITY`
    pub name: Arc<str>,
    /// `import.IMPORT/` and its id there: it has no keys here.
    pub id: Arc<str>,
    /// The plan, as people call it.
    pub plan: Arc<str>,
    /// The certificates of all generations that are trusted there.
    pub certificates: BTreeMap<u32, Arc<Stored>>,
    /// What it certifies there.
    pub reach: Reach,
    /// Its table in that plan.
    pub origin: Span,
    /// Where this plan asks for it first.
    pub asked: Span,
}

/// Who is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trusted {
    /// One of another plan.
    Foreign(ForeignIndex),
    /// One of the plan's own authorities.
    Own(AuthorityIndex),
}

/// An authority that a bundle holds beside those that the catalog gives it.
#[derive(Debug, Clone, Copy)]
pub struct Addition {
    /// The bundle, by its position in the definition.
    pub bundle: usize,
    /// The authority that is named, or in a bundle of roots the one above it.
    pub authority: Trusted,
    /// Where the plan says it.
    pub span: Span,
}

/// A certificate of a host or a client that others made.
#[derive(Debug, Clone)]
pub struct ImportedCertificate {
    /// What its files are called beside the plan, without their ends.
    pub name: Arc<str>,
    /// What `import --as` calls its place: `component.kube-apiserver.etcd-client`.
    pub target: Arc<str>,
    /// The certificate, which is used as it is.
    pub certificate: Arc<Stored>,
    /// Where the plan says which it is.
    pub origin: Span,
}

/// What an authority of a plan certifies, beside its own.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// The authorities that it issues.
    pub below: Vec<Arc<str>>,
    /// Whatever else it issues: `certificate.NAME`, `user.NAME`, components.
    pub others: Vec<String>,
}
