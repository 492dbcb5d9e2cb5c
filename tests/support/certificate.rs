//! Certificates as somebody else reads them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use base64ct::{Base64, Encoding as _};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// `DNS:...`, `IP:...`
    pub(crate) names: BTreeSet<String>,
    /// `client`, `server`
    pub(crate) usage: Vec<&'static str>,
    /// `digital-signature` and so on, in the standard's order.
    pub(crate) key_usage: String,
    /// Whether it is an authority's, and how many may follow it.
    pub(crate) authority: Option<Option<u32>>,
    pub(crate) algorithm: String,
    pub(crate) days: i64,
    /// From when to when it is valid, in seconds since 1970.
    pub(crate) dates: (i64, i64),
    pub(crate) public_key: Vec<u8>,
    pub(crate) key_id: Option<Vec<u8>>,
    pub(crate) issuer_key_id: Option<Vec<u8>>,
    pub(crate) serial: String,
}

/// All certificates of a PEM text.
pub(crate) fn all(pem: &[u8]) -> Vec<Certificate> {
    let pems = Pem::iter_from_buffer(pem).map(|pem| pem.expect("PEM"));
    pems.filter(|pem| pem.label == "CERTIFICATE").map(|pem| read(&pem.contents)).collect()
}

/// The certificates that stand as base64 after a key of a kubeconfig.
pub(crate) fn embedded(kubeconfig: &str, key: &str) -> Vec<Certificate> {
    all(&Base64::decode_vec(data(kubeconfig, key).expect(key)).unwrap())
}

/// What stands after a key, in its line.
pub(crate) fn data<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.trim_start().strip_prefix(key)?.strip_prefix(": "))
}

fn read(der: &[u8]) -> Certificate {
    let (rest, certificate) = X509Certificate::from_der(der).expect("a certificate");
    assert!(rest.is_empty());
    let mut names = BTreeSet::new();
    let (mut usage, mut key_usage, mut authority) = (Vec::new(), String::new(), None);
    let (mut key_id, mut issuer_key_id) = (None, None);
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(found) => {
                names.extend(found.general_names.iter().map(name));
            }
            ParsedExtension::ExtendedKeyUsage(found) => {
                assert!(!found.any && found.other.is_empty());
                usage.extend(found.server_auth.then_some("server"));
                usage.extend(found.client_auth.then_some("client"));
            }
            ParsedExtension::KeyUsage(found) => {
                assert!(extension.critical);
                key_usage = found.to_string();
            }
            ParsedExtension::BasicConstraints(found) => {
                assert!(extension.critical);
                authority = found.ca.then_some(found.path_len_constraint);
            }
            ParsedExtension::SubjectKeyIdentifier(found) => key_id = Some(found.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(found) => {
                issuer_key_id = found.key_identifier.as_ref().map(|id| id.0.to_vec());
            }
            other => panic!("an extension that nobody asked for: {other:?}"),
        }
    }
    let validity = certificate.validity();
    let key = certificate.public_key();
    Certificate {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        names,
        usage,
        key_usage,
        authority,
        algorithm: match key.parsed().unwrap().key_size() {
            256 => "ecdsa-p256".to_owned(),
            bits => format!("rsa-{bits}"),
        },
        dates: (validity.not_before.timestamp(), validity.not_after.timestamp()),
        days: (validity.not_after.timestamp() - validity.not_before.timestamp()) / 86400,
        public_key: key.raw.to_vec(),
        key_id,
        issuer_key_id,
        serial: certificate.raw_serial_as_string(),
    }
}

fn name(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) => format!("DNS:{name}"),
        GeneralName::IPAddress([a, b, c, d]) => format!("IP:{}", IpAddr::from([*a, *b, *c, *d])),
        GeneralName::IPAddress(bytes) => {
            format!("IP:{}", IpAddr::from(<[u8; 16]>::try_from(*bytes).expect("an address")))
        }
        GeneralName::RFC822Name(name) => format!("email:{name}"),
        GeneralName::URI(name) => format!("URI:{name}"),
        other => panic!("a name that nobody asked for: {other:?}"),
    }
}

impl Certificate {
    /// One line, without anything that hangs on a key.
    pub(crate) fn line(&self) -> String {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let what = match self.authority {
            Some(None) => "authority".to_owned(),
            Some(Some(length)) => format!("authority, path length {length}"),
            None => self.usage.join("+"),
        };
        let mut line =
            format!("{} <- {}; {what}; {}; {} days", self.subject, self.issuer, self.algorithm, self.days);
        if !names.is_empty() {
            line.push_str(&format!("; {}", names.join(" ")));
        }
        line
    }
}
