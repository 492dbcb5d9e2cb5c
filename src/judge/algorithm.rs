//! Signature algorithms: `getSignatureAlgorithmFromAI` of Go's crypto/x509 (x509.go).

use pkcs8::ObjectIdentifier;

use super::reader::{Reader, tag};
use crate::issue::algorithm::Hash;
use crate::issue::signature::Scheme;
use crate::values::oid;

/// How a certificate is signed, as far as Go knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// One that is verified.
    Scheme(Scheme),
    /// MD5 or SHA-1.
    Weak,
    /// Go verifies it, we do not.
    MlDsa,
}

impl Algorithm {
    /// Reads an AlgorithmIdentifier (RFC 5280, 4.1.1.2); `Some(None)` is one that Go does not know.
    #[allow(clippy::option_option, reason = "unknown is not malformed")]
    pub(super) fn parse(mut identifier: Reader<'_>) -> Option<Option<Self>> {
        let kind = identifier.oid()?;
        let parameters = if identifier.is_empty() { &[][..] } else { identifier.any()?.whole };
        let absent = parameters.is_empty();
        // RFC 8410, 3 and RFC 9881, 2 want no parameters; Go does not look at those of the others.
        Some(match ObjectIdentifier::from_bytes(kind) {
            Ok(oid::RSA_SHA256) => Some(Self::Scheme(Scheme::RsaPkcs1(Hash::Sha256))),
            Ok(oid::RSA_SHA384) => Some(Self::Scheme(Scheme::RsaPkcs1(Hash::Sha384))),
            Ok(oid::RSA_SHA512) => Some(Self::Scheme(Scheme::RsaPkcs1(Hash::Sha512))),
            Ok(oid::ECDSA_SHA256) => Some(Self::Scheme(Scheme::Ecdsa(Hash::Sha256))),
            Ok(oid::ECDSA_SHA384) => Some(Self::Scheme(Scheme::Ecdsa(Hash::Sha384))),
            Ok(oid::ECDSA_SHA512) => Some(Self::Scheme(Scheme::Ecdsa(Hash::Sha512))),
            Ok(oid::ED25519) if absent => Some(Self::Scheme(Scheme::Ed25519)),
            Ok(oid::RSA_PSS) => pss(parameters).map(|hash| Self::Scheme(Scheme::RsaPss(hash))),
            Ok(oid::RSA_MD5 | oid::RSA_SHA1 | oid::ISO_RSA_SHA1 | oid::ECDSA_SHA1) => Some(Self::Weak),
            Ok(oid::ML_DSA_44 | oid::ML_DSA_65 | oid::ML_DSA_87) if absent => Some(Self::MlDsa),
            _ => None,
        })
    }
}

/// RSASSA-PSS-params (RFC 8017, A.2.3): the same hash twice, and a salt of its length.
fn pss(parameters: &[u8]) -> Option<Hash> {
    let mut fields = Reader(parameters).inside(tag::SEQUENCE)?;
    let mut field = |number| fields.inside(tag::explicit(number));
    let hash = hash(field(0)?.inside(tag::SEQUENCE)?)?;
    let mut generator = field(1)?.inside(tag::SEQUENCE)?;
    if generator.oid()? != oid::MGF1.as_bytes() || self::hash(generator.inside(tag::SEQUENCE)?)? != hash {
        return None;
    }
    let salt = field(2)?.signed(tag::INTEGER)?;
    let trailer =
        fields.optional(tag::explicit(3))?.map_or(Some(1), |mut number| number.signed(tag::INTEGER));
    let length = match hash {
        Hash::Sha256 => 32,
        Hash::Sha384 => 48,
        Hash::Sha512 => 64,
    };
    (salt == length && trailer == Some(1)).then_some(hash)
}

fn hash(mut identifier: Reader<'_>) -> Option<Hash> {
    let kind = identifier.oid()?;
    if !matches!(identifier.0, [] | [tag::NULL, 0]) {
        return None;
    }
    match ObjectIdentifier::from_bytes(kind).ok()? {
        oid::SHA256 => Some(Hash::Sha256),
        oid::SHA384 => Some(Hash::Sha384),
        oid::SHA512 => Some(Hash::Sha512),
        _ => None,
    }
}
