//! Certificates of authorities: one for each trusted generation.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::artefacts::{Certificate, Holder};
use crate::catalog::{PairPart, Reference};
use crate::index::List;
use crate::resolve::{Authority, AuthorityIndex, Foreign, Model};
use crate::source::Spanned;
use crate::specification::{AuthorityConstraints, CertificateIndex, Issuer, Specification};
use crate::stored::Stored;
use crate::values::{KeyAlgorithm, NameConstraint, SecretEpoch, Sorted};

/// The certificates of one authority.
#[derive(Debug)]
pub struct Generated {
    /// Generation and certificate, ascending.
    pub trusted: Vec<(u32, CertificateIndex)>,
    /// The certificate whose key signs.
    pub signer: CertificateIndex,
    /// Whether some host signs with it.
    pub signs_on_hosts: bool,
}

impl Generated {
    /// The certificates in the order of bundles. Where a host signs, the one that signs comes first: kubeadm takes the
    /// first certificate of `ca.crt` for that of `ca.key` (cmd/kubeadm/app/util/pkiutil). Elsewhere another one in use is
    /// no other bundle, and nothing that reads it has to restart.
    pub fn in_bundles(&self) -> impl Iterator<Item = CertificateIndex> {
        let first = Some(self.signer).filter(|_| self.signs_on_hosts);
        let all = self.trusted.iter().map(|(_, certificate)| *certificate);
        first.into_iter().chain(all.filter(move |certificate| Some(*certificate) != first))
    }
}

/// Authorities with whose keys programs of the plan sign.
fn signing_on_hosts(model: &Model) -> BTreeSet<AuthorityIndex> {
    let placed = model.components.iter().filter(|component| !component.instances.is_empty());
    let signing = placed.flat_map(|component| {
        let definition = &component.definition;
        definition.reads.artefacts().filter_map(|artefact| match artefact {
            Reference::Authority(purpose, PairPart::Key) => {
                model.authority_for(&definition.purposes[purpose])
            }
            _ => None,
        })
    });
    signing.collect()
}

pub(super) fn certificates(
    model: &Model,
    certificates: &mut List<Specification, Certificate>,
) -> List<Authority, Generated> {
    let mut generated: List<Authority, Generated> = List::default();
    let signing = signing_on_hosts(model);
    for (index, authority) in model.authorities.enumerate() {
        let issuer = authority.issuer.map(|above| generated[above].signer);
        let mut make =
            |generation| certificates.push(certificate(index, authority, generation, issuer, model));
        let generations = &authority.generations;
        let trusted: Vec<_> = generations.trust.iter().map(|&number| (number, make(number))).collect();
        let signer = trusted.iter().find(|(generation, _)| *generation == generations.used);
        let signer = signer.map_or_else(|| make(generations.used), |(_, certificate)| *certificate);
        generated.push(Generated { trusted, signer, signs_on_hosts: signing.contains(&index) });
    }
    generated
}

fn certificate(
    index: AuthorityIndex,
    authority: &Authority,
    generation: u32,
    issuer: Option<CertificateIndex>,
    model: &Model,
) -> Certificate {
    let issuer_is = authority.issuer.map_or(Issuer::Own, |above| issued_by(&model.authorities[above]));
    let stored = authority.imported.get(&generation).map(|imported| &imported.certificate);
    let own = |constraints: &[Spanned<NameConstraint>]| {
        constraints.iter().map(|constraint| constraint.value.clone()).collect()
    };
    let specification = stored.map_or_else(
        || Specification {
            subject: authority.subject.clone(),
            names: Sorted::default(),
            usages: Sorted::default(),
            authority: Some(Box::new(AuthorityConstraints {
                path_length: authority.path_length,
                permitted: own(&authority.constraints.permitted),
                excluded: own(&authority.constraints.excluded),
            })),
            issuer: issuer_is.clone(),
            key: authority.key,
            validity: authority.own.value,
        },
        |stored| of_stored(stored, issuer_is.clone(), authority.key),
    );
    Certificate {
        id: format!("{}/{generation}", authority.id).into(),
        key_id: authority.id.clone(),
        secret: authority.secret,
        specification,
        issuer,
        stored: stored.cloned(),
        generation: Some(generation),
        spread: None,
        rotated: false,
        holder: Holder::Authority(index),
        origin: authority.imported.get(&generation).map_or(authority.origin, |imported| imported.origin),
    }
}

/// The certificates of other plans' authorities, by authority.
pub(super) fn foreign(
    model: &Model,
    certificates: &mut List<Specification, Certificate>,
) -> List<Foreign, Vec<CertificateIndex>> {
    let mut all = List::default();
    for (index, foreign) in model.foreign.enumerate() {
        let made = foreign.certificates.iter().map(|(generation, stored)| Certificate {
            id: format!("{}/{generation}", foreign.id).into(),
            key_id: foreign.id.clone(),
            secret: SecretEpoch::default(),
            specification: of_stored(stored, Issuer::Own, KeyAlgorithm::EcdsaP256),
            issuer: None,
            stored: Some(Arc::clone(stored)),
            generation: Some(*generation),
            spread: None,
            rotated: false,
            holder: Holder::Foreign(index),
            origin: foreign.asked,
        });
        all.push(made.map(|made| certificates.push(made)).collect());
    }
    all
}

/// What was made elsewhere says what it says.
fn of_stored(stored: &Stored, issuer: Issuer, otherwise: KeyAlgorithm) -> Specification {
    let path_length = stored.path_length.map(|length| u8::try_from(length).unwrap_or(u8::MAX));
    Specification {
        subject: stored.plain_subject.clone(),
        names: Sorted::default(),
        usages: Sorted::default(),
        authority: Some(Box::new(AuthorityConstraints {
            path_length,
            permitted: stored.permitted.iter().cloned().collect(),
            excluded: stored.excluded.iter().cloned().collect(),
        })),
        issuer,
        key: stored.key.unwrap_or(otherwise),
        validity: stored.not_before.until(stored.not_after),
    }
}

/// The issuer's identity, as children hold it: a new key reaches them, a renewal with the same key
/// does not.
pub(super) fn issued_by(authority: &Authority) -> Issuer {
    Issuer::Authority { id: authority.id.clone(), key: authority.key_identity(authority.generations.used) }
}
