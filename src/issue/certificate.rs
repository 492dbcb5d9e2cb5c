//! Issues certificates (RFC 5280).

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    KeyIdMethod, KeyUsagePurpose, NameConstraints, SanType,
};

use super::key::{PrivateKey, PublicKey};
use super::name;
use super::splice::splice;
use crate::specification::{Issuer, Specification};
use crate::values::{AlternativeName, Instant, KeyAlgorithm, NameConstraint, Serial, Usage};

/// Places among the fields of a TBSCertificate (RFC 5280, 4.1) whose version is written: `[0]` version,
/// serial, algorithm, issuer, validity, subject, key, `[3]` extensions.
const ISSUER: usize = 3;
const SUBJECT: usize = 5;
const FIELDS: usize = 8;

/// What a certificate is made of.
#[derive(Clone, Copy)]
pub struct ToBeIssued<'a> {
    /// What it is to say.
    pub specification: &'a Specification,
    /// Its serial number, positive.
    pub serial: Serial,
    /// The first second of its validity.
    pub not_before: Instant,
    /// The last second of its validity.
    pub not_after: Instant,
    /// Its own key.
    pub subject_key: &'a PublicKey,
    /// The issuer's Name in DER, to the byte as its certificate has it; the subject's own for a root.
    pub issuer_name: &'a [u8],
    /// The issuer's key.
    pub issuer_key: &'a PublicKey,
    /// The subject key identifier in the issuer's certificate where that was not made here: others
    /// compute it differently, and verifiers compare it with what we write (RFC 5280, 4.2.1.1).
    /// None: the identifier of the issuer's key.
    pub issuer_key_identifier: Option<&'a [u8]>,
}

/// Why no certificate could be issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The key is of another kind than its specification says.
    #[error("the specification asks for a key of kind {specified}, but the key is {actual}")]
    OtherAlgorithm {
        /// What the specification says.
        specified: &'static str,
        /// What the key is.
        actual: &'static str,
    },
    /// The private key at hand is not the issuer's.
    #[error("the key that signs is not the issuer's")]
    NotTheIssuersKey,
    /// A certificate that signs itself, with another's key or name.
    #[error("a self-signed certificate must have its own key and name")]
    NotItself,
    /// It would end before it begins.
    #[error("it would expire at {not_after}, before it becomes valid at {not_before}")]
    EndsBeforeItBegins {
        /// Begin
        not_before: Instant,
        /// End
        not_after: Instant,
    },
    /// The serial number is zero or negative.
    #[error("its serial number is not positive")]
    Serial,
    /// It would name nobody.
    #[error("{0}")]
    Nameless(&'static str),
    /// The encoder refused.
    #[error("it cannot be encoded: {0}")]
    Encoding(String),
}

/// Issues a certificate: the same bytes for the same input, always.
///
/// # Errors
/// When the parts contradict each other or RFC 5280; rcgen itself checks none of this.
pub fn issue(tbs: &ToBeIssued<'_>, signer: &PrivateKey) -> Result<Vec<u8>, IssueError> {
    let subject = name::encode(&tbs.specification.subject);
    check(tbs, &subject, signer)?;
    let issuer = rcgen::Issuer::new(issuer_parameters(tbs), Unsigned(tbs.issuer_key));
    let template = parameters(tbs)?
        .signed_by(&Unsigned(tbs.subject_key), &issuer)
        .map_err(|error| IssueError::Encoding(error.to_string()))?;
    let names = [(ISSUER, tbs.issuer_name), (SUBJECT, &*subject)];
    splice(template.der(), FIELDS, &names, |tbs| signer.sign(tbs))
        .ok_or_else(|| IssueError::Encoding("the issuer's name is not DER".to_owned()))
}

fn check(tbs: &ToBeIssued<'_>, subject: &[u8], signer: &PrivateKey) -> Result<(), IssueError> {
    let ToBeIssued { specification, not_before, not_after, .. } = *tbs;
    if specification.key != tbs.subject_key.algorithm() {
        let (specified, actual) = (specification.key.word(), tbs.subject_key.algorithm().word());
        return Err(IssueError::OtherAlgorithm { specified, actual });
    }
    if signer.public().spki_der() != tbs.issuer_key.spki_der() {
        return Err(IssueError::NotTheIssuersKey);
    }
    let itself = tbs.issuer_name == subject && tbs.issuer_key.spki_der() == tbs.subject_key.spki_der();
    if specification.issuer == Issuer::Own && !itself {
        return Err(IssueError::NotItself);
    }
    if not_after < not_before {
        return Err(IssueError::EndsBeforeItBegins { not_before, not_after });
    }
    // RFC 5280, 4.1.2.2: positive; our own are never zero in the first byte, which also keeps the
    // length at 16.
    if !(1..0x80).contains(&tbs.serial.as_bytes()[0]) {
        return Err(IssueError::Serial);
    }
    // RFC 5280, 4.1.2.6: an authority has a subject, and who has none has an alternative name.
    match (specification.subject.is_empty(), &specification.authority) {
        (true, Some(_)) => Err(IssueError::Nameless("an authority needs a subject")),
        (true, None) if specification.names.is_empty() => {
            Err(IssueError::Nameless("it has neither a subject nor alternative names"))
        }
        _ => Ok(()),
    }
}

/// Of the issuer, rcgen takes the key identifier; its name is spliced in.
fn issuer_parameters(tbs: &ToBeIssued<'_>) -> CertificateParams {
    let own = tbs.issuer_key.key_identifier();
    let mut parameters = CertificateParams::default();
    parameters.key_identifier_method =
        KeyIdMethod::PreSpecified(tbs.issuer_key_identifier.unwrap_or(&own).to_vec());
    parameters
}

fn parameters(tbs: &ToBeIssued<'_>) -> Result<CertificateParams, IssueError> {
    let specification = tbs.specification;
    let mut parameters = CertificateParams::default();
    // Only whether it is empty counts: RFC 5280, 4.2.1.6, makes the alternative names critical then.
    // The name itself is spliced in.
    if specification.subject.is_empty() {
        parameters.distinguished_name = rcgen::DistinguishedName::new();
    }
    parameters.serial_number = Some(rcgen::SerialNumber::from_slice(tbs.serial.as_bytes()));
    parameters.not_before = tbs.not_before.date_time();
    parameters.not_after = tbs.not_after.date_time();
    parameters.subject_alt_names =
        specification.names.iter().map(alternative_name).collect::<Result<_, _>>()?;
    parameters.extended_key_usages = specification.usages.iter().map(extended_key_usage).collect();
    parameters.key_identifier_method = KeyIdMethod::PreSpecified(tbs.subject_key.key_identifier().to_vec());
    parameters.is_ca = match &specification.authority {
        Some(constraints) => IsCa::Ca(
            constraints.path_length.map_or(BasicConstraints::Unconstrained, BasicConstraints::Constrained),
        ),
        // Said explicitly: rcgen writes a subject key identifier only then.
        None => IsCa::ExplicitNoCa,
    };
    parameters.name_constraints = specification.authority.as_ref().map(|constraints| NameConstraints {
        permitted_subtrees: constraints.permitted.iter().map(subtree).collect(),
        excluded_subtrees: constraints.excluded.iter().map(subtree).collect(),
    });
    parameters.key_usages = match (&specification.authority, specification.key.rsa_bits()) {
        (Some(_), _) => vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign],
        // RFC 5246, 7.4.2: key exchange with RSA encrypts to the certificate's key. No other kind can
        // do that, and RFC 8813 forbids the bit for them.
        (None, Some(_)) => vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment],
        (None, None) => vec![KeyUsagePurpose::DigitalSignature],
    };
    // RFC 5280, 4.2.1.1: every certificate has an authority key identifier, except that an authority's
    // self-signed one may omit it. There it would repeat the subject key identifier and say nothing;
    // Go omits it too, so that roots look the same to tools that compare.
    parameters.use_authority_key_identifier_extension =
        !(specification.issuer == Issuer::Own && specification.authority.is_some());
    Ok(parameters)
}

fn alternative_name(name: &AlternativeName) -> Result<SanType, IssueError> {
    let ascii =
        |text: &str| Ia5String::try_from(text).map_err(|error| IssueError::Encoding(error.to_string()));
    Ok(match name {
        AlternativeName::Dns(name) => SanType::DnsName(ascii(name.as_str())?),
        AlternativeName::Ip(address) => SanType::IpAddress(*address),
        AlternativeName::Uri(uri) => SanType::URI(ascii(uri)?),
        AlternativeName::Email(email) => SanType::Rfc822Name(ascii(email)?),
    })
}

fn subtree(constraint: &NameConstraint) -> GeneralSubtree {
    match constraint {
        NameConstraint::Dns(name) => GeneralSubtree::DnsName(name.as_str().to_owned()),
        NameConstraint::Ip(network) => {
            let (address, length) = network.parts();
            GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, length))
        }
    }
}

fn extended_key_usage(usage: &Usage) -> ExtendedKeyUsagePurpose {
    match usage {
        Usage::Client => ExtendedKeyUsagePurpose::ClientAuth,
        Usage::Server => ExtendedKeyUsagePurpose::ServerAuth,
    }
}

/// A key as rcgen wants it, which signs nothing: the signature comes when the names are in place.
pub(super) struct Unsigned<'a>(pub(super) &'a PublicKey);

impl rcgen::PublicKeyData for Unsigned<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.raw()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        match self.0.algorithm() {
            KeyAlgorithm::EcdsaP256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            KeyAlgorithm::EcdsaP384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            KeyAlgorithm::Ed25519 => &rcgen::PKCS_ED25519,
            KeyAlgorithm::Rsa2048 | KeyAlgorithm::Rsa3072 | KeyAlgorithm::Rsa4096 => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

impl rcgen::SigningKey for Unsigned<'_> {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(Vec::new())
    }
}
