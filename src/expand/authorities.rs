//! Certificates of authorities: one for each generation that is trusted.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::artefacts::{Certificate, Holder};
use crate::resolve::{Authority, Model};
use crate::source::Spanned;
use crate::specification::{AuthorityConstraints, Issuer, Specification};
use crate::stored::Stored;
use crate::values::{Duration, NameConstraint};

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
    let stored = authority.imported.get(&generation).map(|imported| &imported.certificate);
    let own_length =
        |stored: &Arc<Stored>| stored.path_length.map(|length| u8::try_from(length).unwrap_or(u8::MAX));
    let path_length = stored.map_or(authority.path_length, own_length);
    let own = |constraints: &[Spanned<NameConstraint>]| match stored {
        // What was imported says what it says.
        Some(_) => BTreeSet::new(),
        None => constraints.iter().map(|constraint| constraint.value.clone()).collect(),
    };
    let specification = Specification {
        subject: stored.map_or(&authority.subject, |stored| &stored.plain_subject).clone(),
        names: BTreeSet::new(),
        usages: BTreeSet::new(),
        authority: Some(AuthorityConstraints {
            path_length,
            permitted: own(&authority.constraints.permitted),
            excluded: own(&authority.constraints.excluded),
        }),
        issuer: authority.issuer.map_or(Issuer::Own, |above| issued_by(&model.authorities[above])),
        key: stored.and_then(|stored| stored.key).unwrap_or(authority.key),
        validity: stored.map_or(authority.own.value, |s| Duration::between(s.not_before, s.not_after)),
    };
    Certificate {
        id: format!("{}/{generation}", authority.id).into(),
        key_id: authority.id.clone(),
        secret: authority.secret,
        specification,
        issuer,
        stored: stored.cloned(),
        generation: Some(generation),
        spread: None,
        holder: Holder::Authority(index),
        origin: authority.imported.get(&generation).map_or(authority.origin, |imported| imported.origin),
    }
}

/// The issuer's identity, as children hold it: a new key reaches them, a renewal with the same key
/// does not.
pub(super) fn issued_by(authority: &Authority) -> Issuer {
    Issuer::Authority { id: authority.id.clone(), key: authority.key_identity(authority.generations.used) }
}
