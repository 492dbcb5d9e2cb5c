//! Parses certificates that were issued earlier or imported, as far as their fields are needed.

use std::net::IpAddr;

use pkcs8::ObjectIdentifier;
use sha2::{Digest, Sha256};
use x509_parser::extensions::{GeneralName, GeneralSubtree, ParsedExtension, X509Extension};
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;
use zeroize::Zeroizing;

use crate::values::{
    AlternativeName, DistinguishedName, Instant, KeyAlgorithm, NameConstraint, Serial, Subject,
    TextConstraint, Usage, hex, oid,
};

/// Fields of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The whole certificate.
    pub der: Vec<u8>,
    /// The subject's Name in DER.
    pub subject: Vec<u8>,
    /// The subject as people read it.
    pub subject_text: String,
    /// What a [`Subject`] can say of the subject: attributes of other kinds and the grouping are left out.
    pub plain_subject: Subject,
    /// The issuer's Name in DER.
    pub issuer: Vec<u8>,
    /// The serial number.
    pub serial: Serial,
    /// The first second of its validity.
    pub not_before: Instant,
    /// The last second of its validity.
    pub not_after: Instant,
    /// Its alternative names, as far as plans know their kinds.
    pub names: Vec<AlternativeName>,
    /// SubjectPublicKeyInfo in DER.
    pub spki: Vec<u8>,
    /// The content of the BIT STRING in it.
    pub public_key: Vec<u8>,
    /// The kind of its key, if it is one that pkiplan has.
    pub key: Option<KeyAlgorithm>,
    /// The subject key identifier, which becomes the authority key identifier of what it issues.
    pub subject_key_identifier: Option<Vec<u8>>,
    /// The identifier of the issuer's key, where it names one.
    pub authority_key_identifier: Option<Vec<u8>>,
    /// Whether it may issue certificates: it says that it is an authority, and does not keep its key from
    /// signing certificates.
    pub authority: bool,
    /// Whether its key usage lets it sign handshakes.
    pub signs_handshakes: bool,
    /// Whether its key usage lets it sign revocation lists.
    pub signs_crls: bool,
    /// How many authorities may follow below it.
    pub path_length: Option<u32>,
    /// Names that it permits to certify, as far as plans know their kinds.
    pub permitted: Vec<NameConstraint>,
    /// Names that it excludes, likewise.
    pub excluded: Vec<NameConstraint>,
    /// URIs and mail addresses that it permits to certify.
    pub permitted_texts: Vec<TextConstraint>,
    /// Those that it excludes.
    pub excluded_texts: Vec<TextConstraint>,
    /// What it may be used for, and of an authority what alone may be issued below it; none: everything. Go and OpenSSL
    /// both look at the extended key usage of authorities.
    pub purposes: Option<Vec<Usage>>,
    /// Critical extensions that verifiers do not know, by OID, or critical name constraints of other kinds: whoever meets one refuses the chain (RFC 5280, 4.2).
    pub unknown_critical: Vec<String>,
}

/// Extensions that Go (crypto/x509) and OpenSSL both process, where they are critical.
const PROCESSED: [ObjectIdentifier; 12] = [
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::KEY_USAGE,
    oid::SUBJECT_ALTERNATIVE_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::POLICY_CONSTRAINTS,
    oid::EXTENDED_KEY_USAGE,
    oid::INHIBIT_ANY_POLICY,
];

/// Why a text or its bytes are not one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// There is no certificate.
    #[error("it contains no certificate")]
    None,
    /// There is more than one.
    #[error("it contains {0} certificates, but must contain one")]
    Several(usize),
    /// Not a certificate, or something follows it.
    #[error("it is not one X.509 certificate in DER")]
    Unreadable,
    /// A validity before 1970 or after 9999.
    #[error("its validity cannot be represented")]
    Validity,
    /// RFC 5280, 4.1.2.2; Go does not read such certificates.
    #[error("its serial number is negative")]
    Negative,
    /// RFC 5280, 4.1.2.2.
    #[error("its serial number has more than 20 bytes")]
    Serial,
}

impl Stored {
    /// Reads the one certificate of a PEM text; what stands around it is nothing to it.
    ///
    /// # Errors
    /// When there is none, or another one.
    pub fn from_pem(text: &str) -> Result<Self, StoredError> {
        match &certificates(text)[..] {
            [] => Err(StoredError::None),
            [only] => Self::from_der(only),
            several => Err(StoredError::Several(several.len())),
        }
    }

    /// Reads a certificate. Nothing is said about who signed it.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_der(der: &[u8]) -> Result<Self, StoredError> {
        let Ok(([], parsed)) = X509Certificate::from_der(der) else { return Err(StoredError::Unreadable) };
        // The parser leaves out what follows a set without attributes.
        let (issuer, subject) = DistinguishedName::of_certificate(der).ok_or(StoredError::Unreadable)?;
        let name = DistinguishedName::from_der(subject).ok_or(StoredError::Unreadable)?;
        let instant = |seconds| Instant::from_unix(seconds).ok_or(StoredError::Validity);
        let constraints = parsed.basic_constraints().ok().flatten().map(|found| found.value);
        // RFC 5280, 4.2.1.3: a certificate without key usage may do everything.
        let usage = parsed.key_usage().ok().flatten().map(|usage| usage.value);
        let signs = usage.is_none_or(|usage| usage.key_cert_sign());
        let digits = match parsed.raw_serial() {
            // X.690, 8.3.3
            [0x80..=0xff, ..] => return Err(StoredError::Negative),
            [0, rest @ ..] if !rest.is_empty() => rest,
            digits => digits,
        };
        let names = parsed.name_constraints().ok().flatten().map(|found| found.value);
        let trees = |trees: Option<&Vec<GeneralSubtree<'_>>>| -> Vec<NameConstraint> {
            trees.into_iter().flatten().filter_map(|tree| constraint(&tree.base)).collect()
        };
        let texts = |trees: Option<&Vec<GeneralSubtree<'_>>>| -> Vec<TextConstraint> {
            trees.into_iter().flatten().filter_map(|tree| text_constraint(&tree.base)).collect()
        };
        Ok(Self {
            permitted: trees(names.and_then(|names| names.permitted_subtrees.as_ref())),
            excluded: trees(names.and_then(|names| names.excluded_subtrees.as_ref())),
            permitted_texts: texts(names.and_then(|names| names.permitted_subtrees.as_ref())),
            excluded_texts: texts(names.and_then(|names| names.excluded_subtrees.as_ref())),
            names: alternative_names(&parsed),
            purposes: purposes(&parsed),
            unknown_critical: unknown_critical(&parsed),
            der: der.to_vec(),
            subject: subject.to_vec(),
            subject_text: name.to_string(),
            plain_subject: name.plain(),
            issuer: issuer.to_vec(),
            serial: Serial::new(digits).ok_or(StoredError::Serial)?,
            not_before: instant(parsed.validity().not_before.timestamp())?,
            not_after: instant(parsed.validity().not_after.timestamp())?,
            spki: parsed.public_key().raw.to_vec(),
            public_key: parsed.public_key().subject_public_key.data.to_vec(),
            key: algorithm(parsed.public_key()),
            subject_key_identifier: parsed.extensions().iter().find_map(|extension| {
                match extension.parsed_extension() {
                    ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0.to_vec()),
                    _ => None,
                }
            }),
            authority_key_identifier: parsed.extensions().iter().find_map(|extension| {
                match extension.parsed_extension() {
                    ParsedExtension::AuthorityKeyIdentifier(found) => {
                        found.key_identifier.as_ref().map(|identifier| identifier.0.to_vec())
                    }
                    _ => None,
                }
            }),
            authority: signs && constraints.is_some_and(|constraints| constraints.ca),
            signs_handshakes: usage.is_none_or(|usage| usage.digital_signature()),
            signs_crls: usage.is_none_or(|usage| usage.crl_sign()),
            path_length: constraints.and_then(|constraints| constraints.path_len_constraint),
        })
    }

    /// SHA-256 of the certificate.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// SHA-256 of the public key (SubjectPublicKeyInfo): the identity of an imported key.
    #[must_use]
    pub fn key_sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.spki).into()
    }

    /// SHA-256 of what of it stands in those that it issues: its name to the byte, and the identifier of its key.
    #[must_use]
    pub fn signs_as(&self) -> [u8; 32] {
        let identifier = self.subject_key_identifier.as_deref().unwrap_or_default();
        Sha256::digest([&self.subject, identifier].concat()).into()
    }

    /// Whether it may have issued another one, as far as that says who did. Nothing is said of the signature.
    #[must_use]
    pub fn is_named_by(&self, issued: &Stored) -> bool {
        let identifiers = self.subject_key_identifier.as_ref().zip(issued.authority_key_identifier.as_ref());
        self.subject == issued.issuer && identifiers.is_none_or(|(own, named)| own == named)
    }

    /// Whether it names itself as its issuer.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.subject == self.issuer
    }
}

/// What the file of a certificate is called beside the lock, from its id: `authority.kubernetes-1.crt`.
#[must_use]
pub fn file_name(id: &str) -> String {
    format!("{}.crt", id.replace('/', "-"))
}

/// What the files of a certificate that others made are called beside a plan, without their ends, from its SHA-256.
#[must_use]
pub fn imported_name(sha256: &[u8; 32]) -> String {
    format!("certificate-{}", hex(sha256.get(..8).unwrap_or(sha256)))
}

/// The id in a lock of what another plan calls `id`, by the name of the import: `import.platform/authority.root`.
#[must_use]
pub fn import_id(import: &str, id: &str) -> String {
    format!("{IMPORT}{import}/{id}")
}

/// What another plan calls it; none where it is a plan's own.
#[must_use]
pub fn id_there(id: &str) -> Option<&str> {
    id.strip_prefix(IMPORT)?.split_once('/').map(|(_, id)| id)
}

/// How ids of what other plans have begin.
const IMPORT: &str = "import.";

/// The certificates of a PEM text, in DER, also where its lines are indented or begin with the mark of UTF-8.
#[must_use]
pub fn certificates(text: &str) -> Vec<Vec<u8>> {
    // Beside a certificate its private key may stand.
    let mut plain = Zeroizing::new(String::with_capacity(text.len() + 1));
    for line in text.lines() {
        plain.push_str(line.trim_start_matches('\u{feff}').trim());
        plain.push('\n');
    }
    let blocks = Pem::iter_from_buffer(plain.as_bytes()).filter_map(Result::ok);
    let certificate = |block: Pem| match &*block.label {
        "CERTIFICATE" | "X509 CERTIFICATE" => Some(block.contents),
        "TRUSTED CERTIFICATE" => Some(without_trust(&block.contents).to_vec()),
        _ => None,
    };
    blocks.filter_map(certificate).collect()
}

/// The certificate of what OpenSSL writes as `TRUSTED CERTIFICATE`: what it is trusted for follows it (x509(1),
/// `-trustout`).
#[must_use]
pub fn without_trust(der: &[u8]) -> &[u8] {
    let rest = X509Certificate::from_der(der).map_or(0, |(rest, _)| rest.len());
    &der[..der.len() - rest]
}

/// A constraint of a kind that plans have. A leading dot means the names below, which are what matters here.
fn constraint(base: &GeneralName<'_>) -> Option<NameConstraint> {
    match base {
        GeneralName::DNSName(name) => {
            name.trim_start_matches('.').to_ascii_lowercase().parse().ok().map(NameConstraint::Dns)
        }
        GeneralName::IPAddress(bytes) => {
            let (address, mask) = bytes.split_at(bytes.len() / 2);
            let prefix: u32 = mask.iter().map(|byte| byte.leading_ones()).take_while(|ones| *ones > 0).sum();
            let address: IpAddr = match (<[u8; 4]>::try_from(address), <[u8; 16]>::try_from(address)) {
                (Ok(octets), _) => octets.into(),
                (_, Ok(octets)) => octets.into(),
                _ => return None,
            };
            format!("{address}/{prefix}").parse().ok().map(NameConstraint::Ip)
        }
        _ => None,
    }
}

fn text_constraint(base: &GeneralName<'_>) -> Option<TextConstraint> {
    match base {
        GeneralName::RFC822Name(text) => Some(TextConstraint::Email((*text).into())),
        GeneralName::URI(text) => Some(TextConstraint::Uri((*text).into())),
        _ => None,
    }
}

/// RFC 5280, 4.2.1.6
fn alternative_names(parsed: &X509Certificate<'_>) -> Vec<AlternativeName> {
    let extension = parsed.subject_alternative_name().ok().flatten();
    let names = extension.into_iter().flat_map(|extension| &extension.value.general_names);
    let known = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => name.to_ascii_lowercase().parse().ok().map(AlternativeName::Dns),
        GeneralName::IPAddress(bytes) => match (<[u8; 4]>::try_from(*bytes), <[u8; 16]>::try_from(*bytes)) {
            (Ok(octets), _) => Some(AlternativeName::Ip(octets.into())),
            (_, Ok(octets)) => Some(AlternativeName::Ip(octets.into())),
            _ => None,
        },
        GeneralName::URI(text) => AlternativeName::uri(text).ok(),
        GeneralName::RFC822Name(text) => AlternativeName::email(text).ok(),
        _ => None,
    };
    names.filter_map(known).collect()
}

/// RFC 5280, 4.2.1.12
fn purposes(parsed: &X509Certificate<'_>) -> Option<Vec<Usage>> {
    let found = parsed.extended_key_usage().ok().flatten()?.value;
    let named = [(found.server_auth, Usage::Server), (found.client_auth, Usage::Client)];
    (!found.any)
        .then(|| named.into_iter().filter(|(is_named, _)| *is_named).map(|(_, usage)| usage).collect())
}

fn unknown_critical(parsed: &X509Certificate<'_>) -> Vec<String> {
    let critical = parsed.extensions().iter().filter(|extension| extension.critical);
    let is_known = |extension: &X509Extension<'_>| match extension.parsed_extension() {
        // crypto/x509, parseNameConstraintsExtension: names of other kinds are not handled.
        ParsedExtension::NameConstraints(names) => {
            let trees = [&names.permitted_subtrees, &names.excluded_subtrees];
            trees.into_iter().flatten().flatten().all(|tree| is_compared(&tree.base))
        }
        _ => PROCESSED.iter().any(|known| known.as_bytes() == extension.oid.as_bytes()),
    };
    let unknown = critical.filter(|extension| !is_known(extension));
    unknown.map(|extension| extension.oid.to_id_string()).collect()
}

/// Whether verifiers compare names of a kind with constraints.
fn is_compared(name: &GeneralName<'_>) -> bool {
    use GeneralName::{DNSName, IPAddress, RFC822Name, URI};
    matches!(name, DNSName(_) | IPAddress(_) | RFC822Name(_) | URI(_))
}

fn algorithm(key: &SubjectPublicKeyInfo<'_>) -> Option<KeyAlgorithm> {
    let curve = || key.algorithm.parameters.as_ref()?.as_oid().ok();
    match ObjectIdentifier::from_bytes(key.algorithm.algorithm.as_bytes()).ok()? {
        oid::EC => match ObjectIdentifier::from_bytes(curve()?.as_bytes()).ok()? {
            oid::P256 => Some(KeyAlgorithm::EcdsaP256),
            oid::P384 => Some(KeyAlgorithm::EcdsaP384),
            _ => None,
        },
        oid::ED25519 => Some(KeyAlgorithm::Ed25519),
        oid::RSA => {
            let Ok(PublicKey::RSA(key)) = key.parsed() else { return None };
            let zeros = key.modulus.iter().take_while(|byte| **byte == 0).count();
            let modulus = key.modulus.get(zeros..)?;
            let bits = u32::try_from(modulus.len()).ok()? * 8 - modulus.first()?.leading_zeros();
            KeyAlgorithm::ALL.into_iter().find(|algorithm| algorithm.rsa_bits() == Some(bits))
        }
        _ => None,
    }
}
