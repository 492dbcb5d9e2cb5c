//! Users and standalone certificates of the model.

use std::sync::Arc;

use super::authority::AuthorityIndex;
use super::node::NodeIndex;
use super::trust::ImportedCertificate;
use crate::catalog::PairPart;
use crate::index::Index;
use crate::source::{Span, Spanned};
use crate::values::{AlternativeName, Duration, KeyAlgorithm, SecretEpoch, Subject, Usage};

/// Which user.
pub type UserIndex = Index<User>;

/// Which of the certificates that belong to no component.
pub type FreeIndex = Index<FreeCertificate>;

/// A person or program with a kubeconfig of its own.
#[derive(Debug)]
pub struct User {
    /// Its name.
    pub name: Arc<str>,
    /// `user.NAME`: what its key derives from.
    pub id: Arc<str>,
    /// The secret.
    pub secret: SecretEpoch,
    /// User name and groups.
    pub subject: Subject,
    /// How long its certificate is valid; the authority's `issued` if absent.
    pub validity: Option<Spanned<Duration>>,
    /// Its kind of key; the authority's `issued-key` if absent.
    pub key: Option<KeyAlgorithm>,
    /// Where its kubeconfig lies beside `users/`; none: on no host.
    pub on_hosts: Option<OnHosts>,
    /// Its table.
    pub origin: Span,
}

/// Where a user's kubeconfig lies on hosts.
#[derive(Debug)]
pub struct OnHosts {
    /// The nodes, ascending.
    pub nodes: Vec<NodeIndex>,
    /// Its path on each.
    pub file: Spanned<String>,
    /// Who owns it there.
    pub owner: Arc<str>,
}

/// A certificate that belongs to no component.
#[derive(Debug)]
pub struct FreeCertificate {
    /// Its name.
    pub name: Arc<str>,
    /// The name that its keys derive from.
    pub id: Arc<str>,
    /// What they derive from; none: what those of its node do.
    pub secret: Option<SecretEpoch>,
    /// Who issues it.
    pub authority: AuthorityIndex,
    /// What it may be used for.
    pub usages: Vec<Usage>,
    /// Its subject.
    pub subject: Subject,
    /// Its names.
    pub names: Vec<Spanned<AlternativeName>>,
    /// The nodes that get one; empty: it lies under `users/`.
    pub nodes: Vec<NodeIndex>,
    /// Whether the node's name and addresses are added.
    pub node_names: bool,
    /// Where certificate, key and roots lie.
    pub files: CertificateFiles,
    /// Who owns the key.
    pub owner: Arc<str>,
    /// How long it is valid; the authority's `issued` if absent.
    pub validity: Option<Spanned<Duration>>,
    /// Its kind of key; the authority's `issued-key` if absent.
    pub key: Option<KeyAlgorithm>,
    /// The certificate itself, where others made it.
    pub imported: Option<ImportedCertificate>,
    /// Whether the plan says what its subject is.
    pub says_subject: bool,
    /// Its table.
    pub origin: Span,
}

/// Where a free-standing certificate lies.
#[derive(Debug)]
pub struct CertificateFiles {
    /// The certificate and what chains it to its root.
    pub certificate: Option<Spanned<String>>,
    /// The key.
    pub key: Option<Spanned<String>>,
    /// What comes first where certificate and key lie in one file.
    pub first: PairPart,
    /// The roots.
    pub roots: Option<Spanned<String>>,
}

impl CertificateFiles {
    /// Whether certificate and key lie in one file.
    #[must_use]
    pub fn is_one_file(&self) -> bool {
        let both = self.certificate.as_ref().zip(self.key.as_ref());
        both.is_some_and(|(certificate, key)| certificate.value == key.value)
    }
}
