//! The errors of Go's parser in a certificate, whatever the certificate is used for.

use std::fmt;

/// A part of a certificate that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the parts of RFC 5280, 4.1 and 4.2")]
pub enum Malformed {
    /// Not a SEQUENCE of DER.
    Certificate,
    /// Something follows it.
    Trailing,
    Version,
    SerialNumber,
    /// RFC 5280, 4.1.2.2: it is positive.
    NegativeSerialNumber,
    SignatureAlgorithm,
    /// RFC 5280, 4.1.1.2: the algorithm outside of what is signed is the one inside.
    AlgorithmsDiffer,
    Issuer,
    Validity,
    Subject,
    PublicKey,
    UniqueId,
    Extensions,
    /// RFC 5280, 4.2: one of a kind.
    DuplicateExtension,
    /// RFC 5280, 4.2.1.1, 4.2.1.2 and 4.2.2.1 say of it that it is never critical.
    CriticalExtension,
    AuthorityKeyIdentifier,
    SubjectKeyIdentifier,
    KeyUsage,
    CertificatePolicies,
    PolicyMappings,
    AlternativeName,
    BasicConstraints,
    NameConstraints,
    PolicyConstraints,
    ExtendedKeyUsage,
    DistributionPoints,
    InhibitAnyPolicy,
    InformationAccess,
    Signature,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "it is not a certificate in DER",
            Self::Trailing => "something follows it",
            Self::Version => "its version is not 1, 2 or 3",
            Self::SerialNumber => "its serial number is malformed",
            Self::NegativeSerialNumber => "its serial number is negative",
            Self::SignatureAlgorithm => "its signature algorithm is malformed",
            Self::AlgorithmsDiffer => "its two signature algorithms differ",
            Self::Issuer => "its issuer is malformed",
            Self::Validity => "its validity is malformed",
            Self::Subject => "its subject is malformed",
            Self::PublicKey => "its public key is malformed",
            Self::UniqueId => "a unique identifier in it is malformed",
            Self::Extensions => "its extensions are malformed",
            Self::DuplicateExtension => "it has an extension twice",
            Self::CriticalExtension => "an extension is critical that must not be",
            Self::AuthorityKeyIdentifier => "its authority key identifier is malformed",
            Self::SubjectKeyIdentifier => "its subject key identifier is malformed",
            Self::KeyUsage => "its key usage is malformed",
            Self::CertificatePolicies => "its certificate policies are malformed",
            Self::PolicyMappings => "its policy mappings are malformed",
            Self::AlternativeName => "a subject alternative name is malformed",
            Self::BasicConstraints => "its basic constraints are malformed",
            Self::NameConstraints => "its name constraints are malformed",
            Self::PolicyConstraints => "its policy constraints are malformed",
            Self::ExtendedKeyUsage => "its extended key usage is malformed",
            Self::DistributionPoints => "its CRL distribution points are malformed",
            Self::InhibitAnyPolicy => "its inhibit anyPolicy is malformed",
            Self::InformationAccess => "its authority information access is malformed",
            Self::Signature => "its signature is malformed",
        })
    }
}
