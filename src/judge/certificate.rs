//! A certificate as Go's crypto/x509 reads it: `parseCertificate` of parser.go.
//!
//! This parser skips what Go skips: what follows the public key in a certificate of version 1, what follows the
//! extensions, and what follows the signature.

use super::algorithm::Algorithm;
use super::extensions::Extensions;
use super::key::Key;
use super::malformed::Malformed;
use super::reader::{Reader, tag};
use super::text::is_name;
use super::time::time;

/// What counts of a certificate for a path.
#[derive(Debug, Clone)]
pub(super) struct Certificate<'a> {
    pub(super) der: &'a [u8],
    /// What is signed.
    pub(super) signed: &'a [u8],
    pub(super) algorithm: Option<Algorithm>,
    pub(super) signature: Vec<u8>,
    /// From 1.
    pub(super) version: u8,
    /// Name in DER.
    pub(super) issuer: &'a [u8],
    /// Name in DER.
    pub(super) subject: &'a [u8],
    /// Seconds since 1970, the first and the last of its validity.
    pub(super) validity: (i64, i64),
    /// SubjectPublicKeyInfo in DER.
    pub(super) spki: &'a [u8],
    /// None where Go does not know its kind.
    pub(super) key: Option<Key>,
    pub(super) extensions: Extensions<'a>,
    /// All that is signed after the key, as it stands there.
    pub(super) after_the_key: &'a [u8],
}

impl<'a> Certificate<'a> {
    pub(super) fn parse(der: &'a [u8]) -> Result<Self, Malformed> {
        let mut rest = Reader(der);
        let whole = rest.element(tag::SEQUENCE).ok_or(Malformed::Certificate)?;
        let mut outer = Reader(whole.content);
        let signed = outer.element(tag::SEQUENCE).ok_or(Malformed::Certificate)?;
        let mut tbs = Reader(signed.content);
        let version = version(&mut tbs)?;
        serial_number(&mut tbs)?;
        let inner = tbs.element(tag::SEQUENCE).ok_or(Malformed::SignatureAlgorithm)?;
        if outer.element(tag::SEQUENCE).ok_or(Malformed::SignatureAlgorithm)?.content != inner.content {
            return Err(Malformed::AlgorithmsDiffer);
        }
        let algorithm = Algorithm::parse(Reader(inner.content)).ok_or(Malformed::SignatureAlgorithm)?;
        let issuer = name(&mut tbs).ok_or(Malformed::Issuer)?;
        let validity = validity(&mut tbs).ok_or(Malformed::Validity)?;
        let subject = name(&mut tbs).ok_or(Malformed::Subject)?;
        let spki = tbs.element(tag::SEQUENCE).ok_or(Malformed::PublicKey)?;
        let key = Key::parse(Reader(spki.content)).ok_or(Malformed::PublicKey)?;
        let behind = tbs.0;
        let extensions = if version > 1 { after_the_key(&mut tbs, version)? } else { Extensions::default() };
        let signature = outer.bits().ok_or(Malformed::Signature)?.right_aligned();
        if !rest.is_empty() {
            return Err(Malformed::Trailing);
        }
        Ok(Self {
            der,
            signed: signed.whole,
            algorithm,
            signature,
            version,
            issuer,
            subject,
            validity,
            spki: spki.whole,
            key,
            extensions,
            after_the_key: behind,
        })
    }

    /// Whether it names itself as its issuer.
    pub(super) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }
}

/// RFC 5280, 4.1.2.1
fn version(tbs: &mut Reader<'_>) -> Result<u8, Malformed> {
    let Some(mut written) = tbs.optional(tag::explicit(0)).ok_or(Malformed::Version)? else { return Ok(1) };
    match (written.signed(tag::INTEGER), written.is_empty()) {
        (Some(0), true) => Ok(1),
        (Some(1), true) => Ok(2),
        (Some(2), true) => Ok(3),
        _ => Err(Malformed::Version),
    }
}

/// RFC 5280, 4.1.2.2; zero is allowed.
fn serial_number(tbs: &mut Reader<'_>) -> Result<(), Malformed> {
    match tbs.integer(tag::INTEGER).ok_or(Malformed::SerialNumber)? {
        [0x80..=0xff, ..] => Err(Malformed::NegativeSerialNumber),
        _ => Ok(()),
    }
}

/// RFC 5280, 4.1.2.4
fn name<'a>(tbs: &mut Reader<'a>) -> Option<&'a [u8]> {
    tbs.element(tag::SEQUENCE).map(|name| name.whole).filter(|name| is_name(name))
}

/// RFC 5280, 4.1.2.5
fn validity(tbs: &mut Reader<'_>) -> Option<(i64, i64)> {
    let mut times = tbs.inside(tag::SEQUENCE)?;
    Some((time(&mut times)?, time(&mut times)?))
}

/// RFC 5280, 4.1.2.8 and 4.1.2.9
fn after_the_key<'a>(tbs: &mut Reader<'a>, version: u8) -> Result<Extensions<'a>, Malformed> {
    tbs.optional(tag::context(1)).ok_or(Malformed::UniqueId)?;
    tbs.optional(tag::context(2)).ok_or(Malformed::UniqueId)?;
    if version < 3 {
        return Ok(Extensions::default());
    }
    match tbs.optional(tag::explicit(3)).ok_or(Malformed::Extensions)? {
        Some(extensions) => Extensions::parse(extensions),
        None => Ok(Extensions::default()),
    }
}
