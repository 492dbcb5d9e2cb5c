//! Certificate revocation lists: each one is signed once for all hosts.

use std::collections::{BTreeMap, BTreeSet};

use super::Mismatch;
use crate::expand::Blueprint;
use crate::issue::crl::{CrlIssuer, issue};
use crate::issue::verify::verify_crl;
use crate::specification::{CertificateIndex, Crl};

/// The lists that files of the plan hold, in DER, by the certificate whose key signs, as `issuer` has it. Where that key
/// is not at hand there is none, which matters only to hosts that need it.
pub(super) fn signed<'a>(
    blueprint: &Blueprint<'_>,
    issuer: impl Fn(CertificateIndex) -> Option<CrlIssuer<'a>>,
) -> Result<BTreeMap<CertificateIndex, Vec<u8>>, Mismatch> {
    let all = blueprint.model.files.iter().flat_map(|file| blueprint.signers_of_crls(file));
    let once: BTreeSet<CertificateIndex> = all.collect();
    let lists = once.into_iter().filter_map(|position| {
        let der = one(blueprint.crl(position)?, issuer(position)?);
        let id = || blueprint.certificates[position].id.clone();
        Some(der.map(|der| (position, der)).map_err(|why| Mismatch::Crl { id: id(), why }))
    });
    lists.collect()
}

/// Nothing records its digest: each time it is verified, since a wrong signature gives the key away.
fn one(crl: &Crl, issuer: CrlIssuer<'_>) -> Result<Vec<u8>, String> {
    let der = issue(crl, issuer).map_err(|why| why.to_string())?;
    verify_crl(&der, issuer.key.public()).map_err(|why| why.to_string())?;
    Ok(der)
}
