//! Certificates of authorities: one for each generation that is trusted.

use std::collections::BTreeSet;

use super::artefacts::{Certificate, Holder};
use crate::resolve::{Authority, Model};
use crate::specification::{AuthorityConstraints, Issuer, KeyIdentity, Specification};
use crate::values::SecretEpoch;

/// The certificates of one authority.
#[derive(Debug)]
pub struct Generated {
    /// Generation and certificate, ascending.
    pub trusted: Vec<(u32, usize)>,
    /// The certificate whose key signs.
    pub signer: usize,
}

impl Generated {
    /// The certificates, the one that signs first.
    pub fn in_use_first(&self) -> impl Iterator<Item = usize> {
        let rest = self.trusted.iter().map(|(_, certificate)| *certificate).filter(|c| *c != self.signer);
        std::iter::once(self.signer).chain(rest)
    }
}

pub(super) fn certificates(model: &Model, certificates: &mut Vec<Certificate>) -> Vec<Generated> {
    let mut generated: Vec<Generated> = Vec::new();
    for (index, authority) in model.authorities.iter().enumerate() {
        let issuer = authority.issuer.map(|above| generated[above].signer);
        let mut trusted = Vec::new();
        for &generation in &authority.generations.trust {
            trusted.push((generation, certificates.len()));
            certificates.push(certificate(index, authority, generation, issuer, model));
        }
        let signer = trusted.iter().find(|(generation, _)| *generation == authority.generations.used);
        let signer = signer.map_or(certificates.len() - 1, |(_, certificate)| *certificate);
        generated.push(Generated { trusted, signer });
    }
    generated
}

fn certificate(
    index: usize,
    authority: &Authority,
    generation: u32,
    issuer: Option<usize>,
    model: &Model,
) -> Certificate {
    let specification = Specification {
        subject: authority.subject.clone(),
        names: BTreeSet::new(),
        usages: BTreeSet::new(),
        authority: Some(AuthorityConstraints { path_length: authority.path_length }),
        issuer: authority.issuer.map_or(Issuer::Own, |above| issued_by(&model.authorities[above])),
        key: authority.key,
        validity: authority.own.value,
    };
    Certificate {
        id: format!("{}/{generation}", authority.id).into(),
        key_id: authority.id.clone(),
        specification,
        issuer,
        generation: Some(generation),
        holder: Holder::Authority(index),
        origin: authority.origin,
    }
}

/// The issuer's identity, as children hold it: a new key reaches them, a renewal with the same key
/// does not.
pub(super) fn issued_by(authority: &Authority) -> Issuer {
    let key = KeyIdentity::Derived {
        algorithm: authority.key,
        generation: authority.generations.used,
        secret: SecretEpoch::default(),
    };
    Issuer::Authority { id: authority.id.clone(), key }
}
