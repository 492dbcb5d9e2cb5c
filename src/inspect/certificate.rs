//! Describes certificates (RFC 5280).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use pkcs8::ObjectIdentifier;
use serde::Serialize;
use x509_parser::extensions::{
    ExtendedKeyUsage, GeneralName, GeneralSubtree, KeyUsage, ParsedExtension, SubjectAlternativeName,
};
use x509_parser::oid_registry::Oid;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::time::ASN1Time;

use super::Key;
use super::digest::sha256;
use crate::values::{DistinguishedName, Instant, hex, oid};

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateDescription {
    /// Whom it names (RFC 4514), in the order of its encoding.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Serial number in hexadecimal digits, behind a minus where it is negative.
    pub serial: String,
    /// First second of its validity.
    pub not_before: String,
    /// Last second of its validity.
    pub not_after: String,
    /// Whether it is valid now.
    pub state: State,
    /// Whole days until its end; negative after it.
    pub days_left: i64,
    /// Alternative names.
    pub names: Vec<String>,
    /// Extended key usages.
    pub usages: Vec<String>,
    /// Key usages.
    pub key_usages: Vec<&'static str>,
    /// Whether it may issue certificates.
    pub authority: bool,
    /// How many authorities may stand below it.
    pub path_length: Option<u32>,
    /// Subject key identifier.
    pub subject_key_identifier: Option<String>,
    /// Authority key identifier.
    pub authority_key_identifier: Option<String>,
    /// Names that it permits to certify.
    pub permitted: Vec<String>,
    /// Names that it excludes.
    pub excluded: Vec<String>,
    /// Extensions that must be understood and are not described here, by OID.
    pub other_critical: Vec<String>,
    /// How it is signed.
    pub signature: String,
    /// The key.
    pub key: Key,
    /// SHA-256 of the certificate.
    pub sha256: String,
}

/// Whether a certificate is valid at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It begins later.
    NotYetValid,
    /// It is valid.
    Valid,
    /// It has ended.
    Expired,
}

pub(super) fn describe(der: &[u8], now: Instant) -> Option<CertificateDescription> {
    let ([], parsed) = X509Certificate::from_der(der).ok()? else { return None };
    let (issuer, subject) = DistinguishedName::of_certificate(der)?;
    let (not_before, not_after) = (parsed.validity().not_before, parsed.validity().not_after);
    let mut described = CertificateDescription {
        subject: DistinguishedName::shown(subject),
        issuer: DistinguishedName::shown(issuer),
        serial: serial(parsed.raw_serial()),
        not_before: time(not_before),
        not_after: time(not_after),
        state: match now.unix() {
            now if now < not_before.timestamp() => State::NotYetValid,
            now if now > not_after.timestamp() => State::Expired,
            _ => State::Valid,
        },
        days_left: (not_after.timestamp() - now.unix()).div_euclid(86400),
        names: Vec::new(),
        usages: Vec::new(),
        key_usages: Vec::new(),
        authority: false,
        path_length: None,
        subject_key_identifier: None,
        authority_key_identifier: None,
        permitted: Vec::new(),
        excluded: Vec::new(),
        other_critical: Vec::new(),
        signature: signature(&parsed.signature_algorithm.algorithm),
        key: super::key::public(parsed.public_key().raw)?,
        sha256: sha256(der),
    };
    for extension in parsed.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => {
                described.names = alternative_names(names, extension.value);
            }
            ParsedExtension::ExtendedKeyUsage(usages) => described.usages = extended_key_usages(usages),
            ParsedExtension::KeyUsage(usages) => described.key_usages = key_usages(usages),
            ParsedExtension::BasicConstraints(constraints) => {
                described.authority = constraints.ca;
                described.path_length = constraints.path_len_constraint;
            }
            ParsedExtension::SubjectKeyIdentifier(id) => described.subject_key_identifier = Some(hex(id.0)),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                described.authority_key_identifier = id.key_identifier.as_ref().map(|id| hex(id.0));
            }
            ParsedExtension::NameConstraints(constraints) => {
                described.permitted = subtrees(constraints.permitted_subtrees.as_ref());
                described.excluded = subtrees(constraints.excluded_subtrees.as_ref());
            }
            _ if extension.critical => described.other_critical.push(extension.oid.to_id_string()),
            _ => {}
        }
    }
    Some(described)
}

pub(super) fn time(time: ASN1Time) -> String {
    Instant::from_unix(time.timestamp()).map_or_else(|| time.to_string(), |instant| instant.to_string())
}

/// A serial number in hexadecimal digits, with its sign (X.690, 8.3).
pub(super) fn serial(bytes: &[u8]) -> String {
    let digits = match bytes {
        [0, rest @ ..] if !rest.is_empty() => return hex(rest),
        [0x80..=0xff, ..] => {
            // Two's complement: all bits turned, and one more.
            let mut carry = true;
            let mut digits: Vec<u8> = bytes
                .iter()
                .rev()
                .map(|byte| {
                    let (digit, more) = (!byte).overflowing_add(u8::from(carry));
                    carry = more;
                    digit
                })
                .collect();
            digits.reverse();
            digits
        }
        digits => return hex(digits),
    };
    let digits = hex(&digits);
    let digits = digits.trim_start_matches('0');
    format!("-{digits}")
}

pub(super) fn signature(oid: &Oid<'_>) -> String {
    let word = match ObjectIdentifier::from_bytes(oid.as_bytes()) {
        Ok(oid::ECDSA_SHA256) => "ecdsa-sha256",
        Ok(oid::ECDSA_SHA384) => "ecdsa-sha384",
        Ok(oid::ECDSA_SHA512) => "ecdsa-sha512",
        Ok(oid::RSA_SHA1) => "rsa-sha1",
        Ok(oid::RSA_PSS) => "rsa-pss",
        Ok(oid::RSA_SHA256) => "rsa-sha256",
        Ok(oid::RSA_SHA384) => "rsa-sha384",
        Ok(oid::RSA_SHA512) => "rsa-sha512",
        Ok(oid::ED25519) => "ed25519",
        _ => return oid.to_id_string(),
    };
    word.to_owned()
}

/// `encoded` is where they come from: the parser does not keep all of a directory's name.
pub(super) fn alternative_names(names: &SubjectAlternativeName<'_>, encoded: &[u8]) -> Vec<String> {
    let mut directories = DistinguishedName::of_alternative_names(encoded).into_iter();
    let text = |one: &GeneralName<'_>| match one {
        GeneralName::DNSName(dns) => format!("DNS:{dns}"),
        GeneralName::IPAddress(bytes) => {
            address(bytes).map_or_else(|| format!("IP:#{}", hex(bytes)), |address| format!("IP:{address}"))
        }
        GeneralName::URI(uri) => format!("URI:{uri}"),
        GeneralName::RFC822Name(email) => format!("email:{email}"),
        GeneralName::DirectoryName(_) => {
            let directory = directories.next().map(DistinguishedName::shown);
            format!("directory:{}", directory.unwrap_or_default())
        }
        GeneralName::RegisteredID(oid) => format!("OID:{}", oid.to_id_string()),
        GeneralName::OtherName(oid, value) => format!("other:{}:#{}", oid.to_id_string(), hex(value)),
        GeneralName::X400Address(_) => "x400".to_owned(),
        GeneralName::EDIPartyName(_) => "edi".to_owned(),
        GeneralName::Invalid(_, bytes) => format!("invalid:#{}", hex(bytes)),
    };
    names.general_names.iter().map(text).collect()
}

/// What constraints are about: of addresses there are networks.
fn subtrees(trees: Option<&Vec<GeneralSubtree<'_>>>) -> Vec<String> {
    let text = |tree: &GeneralSubtree<'_>| match &tree.base {
        GeneralName::DNSName(dns) => format!("DNS:{dns}"),
        GeneralName::IPAddress(bytes) => {
            network(bytes).map_or_else(|| format!("IP:#{}", hex(bytes)), |network| format!("IP:{network}"))
        }
        GeneralName::URI(uri) => format!("URI:{uri}"),
        GeneralName::RFC822Name(email) => format!("email:{email}"),
        _ => "names of another kind".to_owned(),
    };
    trees.into_iter().flatten().map(text).collect()
}

/// An address and its mask.
fn network(bytes: &[u8]) -> Option<String> {
    let (of, mask) = bytes.split_at(bytes.len() / 2);
    let ones: u32 = mask.iter().map(|byte| byte.count_ones()).sum();
    let leading: u32 = mask.iter().map(|byte| byte.leading_ones()).take_while(|ones| *ones > 0).sum();
    (ones == leading).then_some(format!("{}/{ones}", address(of)?))
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|octets| Ipv4Addr::from(octets).into());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|octets| Ipv6Addr::from(octets).into())).ok()
}

pub(super) fn extended_key_usages(usages: &ExtendedKeyUsage<'_>) -> Vec<String> {
    let known = [
        (usages.client_auth, "client"),
        (usages.server_auth, "server"),
        (usages.any, "any"),
        (usages.code_signing, "code-signing"),
        (usages.email_protection, "email"),
        (usages.time_stamping, "time-stamping"),
        (usages.ocsp_signing, "ocsp-signing"),
    ];
    let known = known.into_iter().filter(|(set, _)| *set).map(|(_, word)| word.to_owned());
    known.chain(usages.other.iter().map(Oid::to_id_string)).collect()
}

/// As RFC 5280, 4.2.1.3, names the bits.
pub(super) fn key_usages(usages: &KeyUsage) -> Vec<&'static str> {
    let bits = [
        (usages.digital_signature(), "digitalSignature"),
        (usages.non_repudiation(), "nonRepudiation"),
        (usages.key_encipherment(), "keyEncipherment"),
        (usages.data_encipherment(), "dataEncipherment"),
        (usages.key_agreement(), "keyAgreement"),
        (usages.key_cert_sign(), "keyCertSign"),
        (usages.crl_sign(), "cRLSign"),
        (usages.encipher_only(), "encipherOnly"),
        (usages.decipher_only(), "decipherOnly"),
    ];
    bits.into_iter().filter(|(set, _)| *set).map(|(_, word)| word).collect()
}
