//! A parsed certificate, as far as rules need it.

use std::sync::Arc;

use pkcs8::ObjectIdentifier;
use x509_parser::extensions::{GeneralName, GeneralSubtree, KeyUsage, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::inspect::{Description, Key, describe};
use crate::issue::key::PublicKey;
use crate::issue::verify::VerifyError;
use crate::judge::{Fault, Purpose, Question, Refusal, Roots, SignatureFault, verify};
use crate::stored::Stored;
use crate::values::{Attribute, DistinguishedName, Instant, hex, oid};

/// A certificate (RFC 5280).
pub(super) struct Certificate {
    pub(super) der: Arc<[u8]>,
    /// Name in DER.
    pub(super) subject: Vec<u8>,
    /// Name in DER.
    pub(super) issuer: Vec<u8>,
    /// The subject as people read it.
    pub(super) shown: String,
    pub(super) common_name: String,
    pub(super) organizations: Vec<String>,
    pub(super) countries: Vec<String>,
    /// From 1.
    pub(super) version: u32,
    /// As it is encoded.
    pub(super) serial: Vec<u8>,
    /// Seconds since 1970, the first and the last of its validity.
    pub(super) validity: (i64, i64),
    /// Whether each of both is written as GeneralizedTime.
    pub(super) generalized: (bool, bool),
    pub(super) basic: Option<Basic>,
    pub(super) key_usages: Option<Vec<&'static str>>,
    pub(super) key_usage_critical: bool,
    pub(super) purposes: Option<Purposes>,
    pub(super) has_subject_key_identifier: bool,
    pub(super) has_authority_key_identifier: bool,
    pub(super) names: Option<Names>,
    pub(super) constraints: Option<Constraints>,
    pub(super) weak_signature: bool,
    /// Of one that names itself as its issuer: whether it has signed itself, as far as that can be seen.
    signs_itself: bool,
    pub(super) key: Key,
}

/// RFC 5280, 4.2.1.9
pub(super) struct Basic {
    pub(super) authority: bool,
    pub(super) critical: bool,
}

/// RFC 5280, 4.2.1.12
#[derive(Clone, Copy)]
pub(super) struct Purposes {
    pub(super) client: bool,
    pub(super) server: bool,
}

/// RFC 5280, 4.2.1.6
#[derive(Default)]
pub(super) struct Names {
    pub(super) dns: Vec<String>,
    /// 4 or 16 bytes each, or what is wrong.
    pub(super) ips: Vec<Vec<u8>>,
    pub(super) others: usize,
}

/// RFC 5280, 4.2.1.10
pub(super) struct Constraints {
    /// Permitted DNS names; none where there is no such constraint.
    pub(super) permitted: Option<Vec<String>>,
    pub(super) excluded: Vec<String>,
    /// Whether a kind is limited that Go does not know, in an extension that it must understand.
    pub(super) not_understood: bool,
}

/// Whether one has signed another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signed {
    Yes,
    No,
    /// What else is wrong keeps that from being seen.
    Unknown,
}

impl Certificate {
    /// None where it cannot be read at all.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let ([], parsed) = X509Certificate::from_der(der).ok()? else { return None };
        let (issuer, subject) = DistinguishedName::of_certificate(der)?;
        let key = key(der)?;
        let values =
            |kind| DistinguishedName::from_der(subject).map(|name| name.values(kind)).unwrap_or_default();
        let (from, to) = (parsed.validity().not_before, parsed.validity().not_after);
        let signature = ObjectIdentifier::from_bytes(parsed.signature_algorithm.algorithm.as_bytes()).ok();
        let mut read = Self {
            der: der.into(),
            subject: subject.to_vec(),
            issuer: issuer.to_vec(),
            shown: DistinguishedName::shown(subject),
            common_name: values(Attribute::CommonName).pop().unwrap_or_default(),
            organizations: values(Attribute::Organization),
            countries: values(Attribute::Country),
            version: parsed.version().0 + 1,
            serial: parsed.raw_serial().to_vec(),
            validity: (from.timestamp(), to.timestamp()),
            generalized: (from.is_generalizedtime(), to.is_generalizedtime()),
            basic: None,
            key_usages: None,
            key_usage_critical: false,
            purposes: None,
            has_subject_key_identifier: false,
            has_authority_key_identifier: false,
            names: None,
            constraints: None,
            weak_signature: signature.is_some_and(|oid| WEAK.contains(&oid)),
            signs_itself: issuer == subject && signs_itself(der),
            key,
        };
        for extension in parsed.extensions() {
            read.extension(extension.parsed_extension(), extension.critical);
        }
        Some(read)
    }

    fn extension(&mut self, extension: &ParsedExtension<'_>, critical: bool) {
        match extension {
            ParsedExtension::BasicConstraints(basic) => {
                self.basic = Some(Basic { authority: basic.ca, critical });
            }
            ParsedExtension::KeyUsage(usages) => {
                self.key_usages = Some(key_usages(usages));
                self.key_usage_critical = critical;
            }
            ParsedExtension::ExtendedKeyUsage(usages) => {
                let (client, server) = (usages.client_auth || usages.any, usages.server_auth || usages.any);
                self.purposes = Some(Purposes { client, server });
            }
            ParsedExtension::SubjectKeyIdentifier(_) => self.has_subject_key_identifier = true,
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                self.has_authority_key_identifier = id.key_identifier.is_some();
            }
            ParsedExtension::SubjectAlternativeName(names) => {
                let mut found = Names::default();
                for name in &names.general_names {
                    match name {
                        GeneralName::DNSName(dns) => found.dns.push((*dns).to_owned()),
                        GeneralName::IPAddress(bytes) => found.ips.push(bytes.to_vec()),
                        _ => found.others += 1,
                    }
                }
                self.names = Some(found);
            }
            ParsedExtension::NameConstraints(constraints) => {
                let trees = [&constraints.permitted_subtrees, &constraints.excluded_subtrees];
                let mut kinds = trees.into_iter().flatten().flatten();
                let not_understood = critical && kinds.any(|tree| !is_understood(&tree.base));
                self.constraints = Some(Constraints {
                    permitted: dns(constraints.permitted_subtrees.as_deref()),
                    excluded: dns(constraints.excluded_subtrees.as_deref()).unwrap_or_default(),
                    not_understood,
                });
            }
            _ => {}
        }
    }

    /// Whether it says that it may issue; one of version 1 that names itself is trusted as a root, too.
    pub(super) fn is_authority(&self) -> bool {
        match &self.basic {
            Some(basic) => basic.authority,
            None => self.version < 3 && self.signs_itself,
        }
    }

    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether `issuer` has signed it, as Go sees it.
    pub(super) fn signed_by(&self, issuer: &Certificate) -> Signed {
        if self.issuer != issuer.subject {
            return Signed::No;
        }
        let begins = self.validity.0.max(issuer.validity.0);
        let Some(now) = Instant::from_unix(begins) else { return Signed::Unknown };
        let question = Question { purpose: Purpose::Server, dialled: None, now };
        match verify(&[&self.der], &Roots::new([&*issuer.der]), question) {
            Err(Refusal::UnknownAuthority { because: Some((_, fault)), .. }) => match fault {
                Fault::Signature(SignatureFault::Wrong) => Signed::No,
                Fault::Expired(_) | Fault::NotYetValid(_) | Fault::PathLength { .. } | Fault::Critical(_) => {
                    Signed::Yes
                }
                _ => Signed::Unknown,
            },
            Ok(_) | Err(Refusal::Usage | Refusal::NameConstraint { .. } | Refusal::Policy) => Signed::Yes,
            Err(_) => Signed::Unknown,
        }
    }

    /// `CN=kubernetes`, or what else it has.
    pub(super) fn name(&self) -> String {
        if self.shown.is_empty() {
            "a certificate without a subject".to_owned()
        } else {
            format!("`{}`", self.shown)
        }
    }
}

/// Whether a certificate is signed with its own key; where that cannot be told, it is.
fn signs_itself(der: &[u8]) -> bool {
    let key = Stored::from_der(der).ok().as_ref().and_then(PublicKey::of);
    key.is_none_or(|key| crate::issue::verify::verify(der, &key) != Err(VerifyError::Signature))
}

/// Hashes that Go refuses (x509.go, `InsecureAlgorithmError`).
const WEAK: [ObjectIdentifier; 4] = [oid::RSA_SHA1, oid::ISO_RSA_SHA1, oid::ECDSA_SHA1, oid::RSA_MD5];

fn key(der: &[u8]) -> Option<Key> {
    let found = describe(der, Instant::from_unix(0)?).ok()?;
    found.into_iter().find_map(|description| match description {
        Description::Certificate(certificate) => Some(certificate.key),
        _ => None,
    })
}

/// As RFC 5280, 4.2.1.3, names the bits that rules ask for.
fn key_usages(usages: &KeyUsage) -> Vec<&'static str> {
    let bits = [
        (usages.digital_signature(), "digitalSignature"),
        (usages.key_encipherment(), "keyEncipherment"),
        (usages.key_cert_sign(), "keyCertSign"),
    ];
    bits.into_iter().filter(|(set, _)| *set).map(|(_, word)| word).collect()
}

/// Kinds that Go's crypto/x509 knows (parser.go, `parseNameConstraintsExtension`).
fn is_understood(name: &GeneralName<'_>) -> bool {
    matches!(
        name,
        GeneralName::DNSName(_)
            | GeneralName::IPAddress(_)
            | GeneralName::RFC822Name(_)
            | GeneralName::URI(_)
    )
}

fn dns(trees: Option<&[GeneralSubtree<'_>]>) -> Option<Vec<String>> {
    let names = trees.into_iter().flatten().filter_map(|tree| match &tree.base {
        GeneralName::DNSName(dns) => Some((*dns).to_owned()),
        _ => None,
    });
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then_some(names)
}

/// An address of 4 or 16 bytes in hexadecimal digits, for messages.
pub(super) fn shown_address(bytes: &[u8]) -> String {
    let v4 = <[u8; 4]>::try_from(bytes).map(|octets| std::net::Ipv4Addr::from(octets).to_string());
    let v6 = || <[u8; 16]>::try_from(bytes).map(|octets| std::net::Ipv6Addr::from(octets).to_string());
    v4.or_else(|_| v6()).unwrap_or_else(|_| format!("#{}", hex(bytes)))
}
