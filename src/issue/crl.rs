//! Issues certificate revocation lists (RFC 5280, 5).

use rcgen::{
    CertificateRevocationListParams, KeyIdMethod, RevocationReason, RevokedCertParams, SerialNumber,
};

use super::certificate::{IssueError, Unsigned};
use super::key::PrivateKey;
use super::splice::splice;
use crate::specification::{Crl, Reason, Revoked};

/// Places among the fields of a TBSCertList (RFC 5280, 5.1) with what is written always: version, algorithm, issuer,
/// `thisUpdate`, `nextUpdate`, `[0]` extensions; before these what is revoked, where something is.
const ISSUER: usize = 2;
const FIELDS: usize = 6;

/// The one who issues a list, as the certificate of its key has it.
#[derive(Clone, Copy)]
pub struct CrlIssuer<'a> {
    /// Its Name in DER, to the byte.
    pub name: &'a [u8],
    /// Its subject key identifier where that was not made here; none: the identifier of the key.
    pub key_identifier: Option<&'a [u8]>,
    /// Its key.
    pub key: &'a PrivateKey,
}

/// Issues a list: the same bytes for the same input, always.
///
/// # Errors
/// When the parts contradict RFC 5280, or the issuer's name is not DER.
pub fn issue(crl: &Crl, issuer: CrlIssuer<'_>) -> Result<Vec<u8>, IssueError> {
    let own = issuer.key.public().key_identifier();
    let parameters = CertificateRevocationListParams {
        this_update: crl.issued.date_time(),
        next_update: crl.expires.date_time(),
        crl_number: SerialNumber::from(crl.number),
        issuing_distribution_point: None,
        revoked_certs: crl.revoked.iter().map(revoked).collect(),
        key_identifier_method: KeyIdMethod::PreSpecified(issuer.key_identifier.unwrap_or(&own).to_vec()),
    };
    let template = rcgen::Issuer::new(rcgen::CertificateParams::default(), Unsigned(issuer.key.public()));
    let template =
        parameters.signed_by(&template).map_err(|error| IssueError::Encoding(error.to_string()))?;
    let fields = FIELDS + usize::from(!crl.revoked.is_empty());
    splice(template.der(), fields, &[(ISSUER, issuer.name)], |tbs| issuer.key.sign(tbs))
        .ok_or_else(|| IssueError::Encoding("the issuer's name is not DER".to_owned()))
}

fn revoked(revoked: &Revoked) -> RevokedCertParams {
    RevokedCertParams {
        serial_number: SerialNumber::from_slice(revoked.serial.as_bytes()),
        revocation_time: revoked.at.date_time(),
        reason_code: revoked.reason.map(reason),
        invalidity_date: None,
    }
}

fn reason(reason: Reason) -> RevocationReason {
    match reason {
        Reason::AffiliationChanged => RevocationReason::AffiliationChanged,
        Reason::CaCompromise => RevocationReason::CaCompromise,
        Reason::CertificateHold => RevocationReason::CertificateHold,
        Reason::CessationOfOperation => RevocationReason::CessationOfOperation,
        Reason::KeyCompromise => RevocationReason::KeyCompromise,
        Reason::PrivilegeWithdrawn => RevocationReason::PrivilegeWithdrawn,
        Reason::Superseded => RevocationReason::Superseded,
    }
}
