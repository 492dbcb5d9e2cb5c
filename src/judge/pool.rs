//! Pools of certificates, in which the search for issuers takes place: `CertPool` of Go's crypto/x509 (cert_pool.go).

use std::collections::{BTreeMap, BTreeSet};

use super::certificate::Certificate;
use super::malformed::Malformed;
use super::refusal::Place;

/// A certificate with its place.
#[derive(Debug, Clone)]
pub(super) struct Member<'a> {
    pub(super) place: Place,
    pub(super) certificate: Certificate<'a>,
}

/// Certificates by their subjects, each once.
#[derive(Debug, Clone, Default)]
pub(super) struct Pool<'a> {
    members: Vec<Member<'a>>,
    by_subject: BTreeMap<&'a [u8], Vec<usize>>,
    whole: BTreeSet<&'a [u8]>,
}

impl<'a> Pool<'a> {
    /// The same certificate is added once.
    pub(super) fn add(&mut self, place: Place, certificate: Certificate<'a>) {
        if self.whole.insert(certificate.der) {
            self.by_subject.entry(certificate.subject).or_default().push(self.members.len());
            self.members.push(Member { place, certificate });
        }
    }

    /// The place of this very certificate.
    pub(super) fn find(&self, certificate: &Certificate<'_>) -> Option<&Member<'a>> {
        self.of_subject(certificate.subject).find(|member| member.certificate.der == certificate.der)
    }

    /// Those whose subject is the issuer, byte for byte, as Go tries them: first those whose key identifiers agree,
    /// then those where one says nothing, then the others. Identifiers never decide.
    pub(super) fn issuers(&self, of: &Certificate<'_>) -> Vec<&Member<'a>> {
        let mut found: Vec<&Member<'a>> = self.of_subject(of.issuer).collect();
        let wanted = of.extensions.authority_key_identifier;
        found.sort_by_key(|member| {
            let identifier = member.certificate.extensions.subject_key_identifier;
            if identifier == wanted { 0 } else { 1 + u8::from(!identifier.is_empty() && !wanted.is_empty()) }
        });
        found
    }

    fn of_subject(&self, subject: &[u8]) -> impl Iterator<Item = &Member<'a>> {
        self.by_subject.get(subject).into_iter().flatten().filter_map(|at| self.members.get(*at))
    }
}

/// The roots that somebody trusts.
#[derive(Debug, Clone, Default)]
pub struct Roots<'a> {
    pub(super) pool: Pool<'a>,
    unreadable: Vec<(Place, Malformed)>,
}

impl<'a> Roots<'a> {
    /// What Go makes of a bundle: certificates that it cannot read are not in it.
    pub fn new(ders: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut roots = Self::default();
        for (at, der) in ders.into_iter().enumerate() {
            match Certificate::parse(der) {
                Ok(certificate) => roots.pool.add(Place::Root(at), certificate),
                Err(what) => roots.unreadable.push((Place::Root(at), what)),
            }
        }
        roots
    }

    /// Those that cannot be read. `AppendCertsFromPEM` skips them; loaders of Kubernetes and etcd refuse the whole file.
    #[must_use]
    pub fn unreadable(&self) -> &[(Place, Malformed)] {
        &self.unreadable
    }
}
