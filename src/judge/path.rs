//! Paths from a leaf to the roots: `buildChains`, `isValid` and `CheckSignatureFrom` of Go's crypto/x509 (verify.go,
//! x509.go).

use super::certificate::Certificate;
use super::pool::{Member, Pool};
use super::refusal::{Fault, Place, Refusal};
use super::signature::check_signature;
use crate::values::Instant;

/// Go's `maxChainSignatureChecks`: candidates that are looked at for one leaf.
const BUDGET: usize = 100;

/// From the leaf to a root.
pub(super) type Path<'p, 'a> = Vec<&'p Member<'a>>;

/// All paths of a leaf, as the pools give them.
pub(super) struct Search<'p, 'a> {
    pub(super) roots: &'p Pool<'a>,
    pub(super) intermediates: &'p Pool<'a>,
    pub(super) now: Instant,
    tried: usize,
    paths: Vec<Path<'p, 'a>>,
    /// The first certificate without an issuer on the way, and why not.
    stopped: Option<Refusal>,
}

impl<'p, 'a> Search<'p, 'a> {
    pub(super) fn new(roots: &'p Pool<'a>, intermediates: &'p Pool<'a>, now: Instant) -> Self {
        Self { roots, intermediates, now, tried: 0, paths: Vec::new(), stopped: None }
    }

    /// All of them; at least one.
    pub(super) fn paths(mut self, leaf: &'p Member<'a>) -> Result<Vec<Path<'p, 'a>>, Refusal> {
        self.extend(&vec![leaf], leaf);
        match self.stopped {
            _ if !self.paths.is_empty() => Ok(self.paths),
            _ if self.tried > BUDGET => Err(Refusal::Budget),
            Some(refusal) => Err(refusal),
            None => Err(Refusal::UnknownAuthority { of: leaf.place, because: None }),
        }
    }

    /// Takes every issuer of `last`, the last one of a path.
    fn extend(&mut self, path: &Path<'p, 'a>, last: &'p Member<'a>) {
        let before = self.paths.len();
        let mut because = None;
        for issuer in self.roots.issuers(&last.certificate) {
            match self.consider(path, last, issuer) {
                Some(Ok(())) => self.paths.push([&path[..], &[issuer]].concat()),
                Some(Err(fault)) => because = because.or(Some((issuer.place, fault))),
                None => {}
            }
        }
        for issuer in self.intermediates.issuers(&last.certificate) {
            match self.consider(path, last, issuer) {
                Some(Ok(())) => self.extend(&[&path[..], &[issuer]].concat(), issuer),
                Some(Err(fault)) => because = because.or(Some((issuer.place, fault))),
                None => {}
            }
        }
        if self.paths.len() == before {
            // The one nearest to a root says most.
            self.stopped.get_or_insert(Refusal::UnknownAuthority { of: last.place, because });
        }
    }

    /// Whether this one may issue; none where it is not even looked at.
    fn consider(
        &mut self,
        path: &Path<'p, 'a>,
        last: &'p Member<'a>,
        issuer: &'p Member<'a>,
    ) -> Option<Result<(), Fault>> {
        if self.tried >= BUDGET {
            self.tried = BUDGET + 1;
            return None;
        }
        self.tried += 1;
        if issuer.certificate.key.is_none() || is_on(&issuer.certificate, path) {
            return None;
        }
        Some(self.may_issue(path, &last.certificate, issuer))
    }

    fn may_issue(
        &self,
        path: &Path<'p, 'a>,
        child: &Certificate<'_>,
        issuer: &'p Member<'a>,
    ) -> Result<(), Fault> {
        let Member { certificate, place } = issuer;
        check_authority(certificate)?;
        check_signature(child, certificate).map_err(Fault::Signature)?;
        check_alone(certificate, self.now)?;
        // A root of version 1 has no extensions, and Go trusts it.
        if matches!(place, Place::Sent(_)) && certificate.extensions.basic_constraints.is_none() {
            return Err(Fault::NotAnAuthority);
        }
        check_path_length(certificate, path.len() - 1)
    }
}

/// RFC 5280, 4.2.1.9 and 4.2.1.3: what a certificate says of its own key.
fn check_authority(certificate: &Certificate<'_>) -> Result<(), Fault> {
    match certificate.extensions.basic_constraints {
        None if certificate.version == 3 => return Err(Fault::NotAnAuthority),
        Some(constraints) if !constraints.is_authority => return Err(Fault::NotAnAuthority),
        _ => {}
    }
    if certificate.extensions.key_usage.signs_certificates() { Ok(()) } else { Err(Fault::KeyUsage) }
}

/// What holds for every certificate, the leaf and the root, too: no critical extension that is unknown (RFC 5280,
/// 4.2), and its validity (4.1.2.5), of which both ends belong to it.
pub(super) fn check_alone(certificate: &Certificate<'_>, now: Instant) -> Result<(), Fault> {
    if let Some(oid) = certificate.extensions.unhandled {
        return Err(Fault::Critical(oid.to_vec()));
    }
    let (first, last) = certificate.validity;
    if now.unix() < first {
        return Err(Fault::NotYetValid(Instant::from_unix(first)));
    }
    if now.unix() > last {
        return Err(Fault::Expired(Instant::from_unix(last)));
    }
    Ok(())
}

/// RFC 5280, 4.2.1.9; Go counts self-issued certificates, too.
fn check_path_length(certificate: &Certificate<'_>, below: usize) -> Result<(), Fault> {
    match certificate.extensions.basic_constraints.and_then(|constraints| constraints.path_length) {
        Some(limit) if u64::try_from(below).is_ok_and(|below| below > limit) => {
            Err(Fault::PathLength { limit, found: below })
        }
        _ => Ok(()),
    }
}

/// `alreadyInChain`: subject, key and alternative names are those of one that stands on the path.
fn is_on(certificate: &Certificate<'_>, path: &Path<'_, '_>) -> bool {
    let names = |certificate: &Certificate<'_>| {
        certificate.extensions.alternative_names.as_ref().map(|names| names.whole.to_vec())
    };
    for member in path {
        let other = &member.certificate;
        if other.subject != certificate.subject || other.spki != certificate.spki {
            continue;
        }
        match (names(certificate), names(other)) {
            (None, None) => return true,
            // As in Go, which looks no further.
            (None, Some(_)) | (Some(_), None) => return false,
            (Some(names), Some(others)) if names == others => return true,
            _ => {}
        }
    }
    false
}
