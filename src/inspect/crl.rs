//! Describes certificate revocation lists (RFC 5280, 5).

use serde::Serialize;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{CertificateRevocationList, FromDer};
use x509_parser::revocation_list::RevokedCertificate;
use x509_parser::time::ASN1Time;
use x509_parser::x509::ReasonCode;

use super::State;
use super::certificate::{serial, signature, time};
use crate::issue::pem;
use crate::specification::{Crl, Reason, Revoked};
use crate::values::{DistinguishedName, Instant, Serial, hex};

/// A revocation list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrlDescription {
    /// Who issued it (RFC 4514), in the order of its encoding.
    pub issuer: String,
    /// Its number.
    pub number: Option<String>,
    /// When it was issued.
    pub issued: String,
    /// By when there is another one.
    pub expires: Option<String>,
    /// Whether programs take it now.
    pub state: State,
    /// What is revoked, in its order.
    pub revoked: Vec<RevokedDescription>,
    /// The identifier of the key that signed it.
    pub authority_key_identifier: Option<String>,
    /// OIDs of critical extensions that are not described here.
    pub other_critical: Vec<String>,
    /// The algorithm of the signature.
    pub signature: String,
}

/// A certificate that counts no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RevokedDescription {
    /// Its serial number in hexadecimal digits.
    pub serial: String,
    /// Since when.
    pub at: String,
    /// Why, where the list says it.
    pub reason: Option<&'static str>,
}

pub(super) fn describe(der: &[u8], now: Instant) -> Option<CrlDescription> {
    let ([], parsed) = CertificateRevocationList::from_der(der).ok()? else { return None };
    let (issued, expires) = (parsed.last_update(), parsed.next_update());
    let mut described = CrlDescription {
        issuer: DistinguishedName::shown(parsed.issuer().as_raw()),
        number: parsed.crl_number().map(ToString::to_string),
        issued: time(issued),
        expires: expires.map(time),
        state: match now.unix() {
            now if now < issued.timestamp() => State::NotYetValid,
            now if expires.is_some_and(|end| now > end.timestamp()) => State::Expired,
            _ => State::Valid,
        },
        revoked: Vec::new(),
        authority_key_identifier: None,
        other_critical: Vec::new(),
        signature: signature(&parsed.signature_algorithm.algorithm),
    };
    described.revoked.extend(parsed.iter_revoked_certificates().map(|revoked| RevokedDescription {
        serial: serial(revoked.raw_serial()),
        at: time(revoked.revocation_date),
        reason: revoked.reason_code().map(|(_, code)| reason(code).map_or("of another kind", Reason::word)),
    }));
    for extension in parsed.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                described.authority_key_identifier = id.key_identifier.as_ref().map(|id| hex(id.0));
            }
            _ if extension.critical => described.other_critical.push(extension.oid.to_id_string()),
            _ => {}
        }
    }
    Some(described)
}

fn reason(code: ReasonCode) -> Option<Reason> {
    Some(match code {
        ReasonCode::AffiliationChanged => Reason::AffiliationChanged,
        ReasonCode::CACompromise => Reason::CaCompromise,
        ReasonCode::CertificateHold => Reason::CertificateHold,
        ReasonCode::CessationOfOperation => Reason::CessationOfOperation,
        ReasonCode::KeyCompromise => Reason::KeyCompromise,
        ReasonCode::PrivilegeWithdrawn => Reason::PrivilegeWithdrawn,
        ReasonCode::Superseded => Reason::Superseded,
        _ => return None,
    })
}

/// What the revocation lists say that a file consists of, in PEM or DER; none where it is anything else, or where one
/// says what those of a plan cannot say.
#[must_use]
pub fn crls(bytes: &[u8]) -> Option<Vec<Crl>> {
    let text = std::str::from_utf8(bytes).ok();
    let blocks = text.map(pem::blocks).unwrap_or_default();
    if blocks.is_empty() {
        return crl(bytes).map(|one| vec![one]);
    }
    let again: String = blocks.iter().map(|block| pem::encode("X509 CRL", &block.der)).collect();
    let all = blocks.iter().map(|block| crl(&block.der));
    if Some(&*again) == text { all.collect() } else { None }
}

fn crl(der: &[u8]) -> Option<Crl> {
    let ([], parsed) = CertificateRevocationList::from_der(der).ok()? else { return None };
    let instant = |time: ASN1Time| Instant::from_unix(time.timestamp());
    let one = |one: &RevokedCertificate<'_>| {
        let digits = one.raw_serial();
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        let reason = match one.reason_code() {
            Some((_, code)) => Some(reason(code)?),
            None => None,
        };
        Some(Revoked { serial: Serial::new(&digits[zeros..])?, at: instant(one.revocation_date)?, reason })
    };
    Some(Crl {
        number: parsed.crl_number()?.to_string().parse().ok()?,
        issued: instant(parsed.last_update())?,
        expires: instant(parsed.next_update()?)?,
        revoked: parsed.iter_revoked_certificates().map(one).collect::<Option<_>>()?,
    })
}
