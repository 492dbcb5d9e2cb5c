//! What a server or a client reads from the certificate that the other end presents.

use std::net::IpAddr;

use super::Dialled;
use super::certificate::Certificate;
use super::malformed::Malformed;
use super::reader::{Reader, tag};
use crate::values::{Attribute, Instant};

/// What a certificate says of who shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The last common name of its subject, which Go takes (pkix.Name.FillFromRDNSequence); empty where there is none.
    pub common_name: String,
    /// The organizations of its subject.
    pub organizations: Vec<String>,
    /// DNS names.
    pub dns: Vec<String>,
    /// Addresses.
    pub addresses: Vec<IpAddr>,
    /// SubjectPublicKeyInfo in DER.
    pub public_key: Vec<u8>,
    /// The last instant of its validity; none where that is after the year 9999.
    pub until: Option<Instant>,
    /// Whether it says that it is an authority (RFC 5280, 4.2.1.9).
    pub is_authority: bool,
    /// Whether it names itself as its issuer.
    pub is_self_issued: bool,
    /// Issuer in DER.
    pub issuer: Vec<u8>,
    /// Subject in DER.
    pub subject: Vec<u8>,
}

/// Reads what a certificate says of who shows it.
///
/// # Errors
/// Go cannot read it.
pub fn shown(der: &[u8]) -> Result<Shown, Malformed> {
    let certificate = Certificate::parse(der)?;
    let names = certificate.extensions.alternative_names.as_ref();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let values = |attribute| values(certificate.subject, attribute);
    Ok(Shown {
        common_name: values(Attribute::CommonName).pop().unwrap_or_default(),
        organizations: values(Attribute::Organization),
        dns: names.map(|names| names.dns.iter().map(|name| text(name)).collect()).unwrap_or_default(),
        addresses: names.map(|names| names.addresses().collect()).unwrap_or_default(),
        public_key: certificate.spki.to_vec(),
        until: Instant::from_unix(certificate.validity.1),
        is_authority: certificate.extensions.basic_constraints.is_some_and(|basic| basic.is_authority),
        is_self_issued: certificate.is_self_issued(),
        issuer: certificate.issuer.to_vec(),
        subject: certificate.subject.to_vec(),
    })
}

/// Whether a certificate is for a name; one that Go cannot read is for none.
#[must_use]
pub fn is_for(der: &[u8], dialled: &Dialled) -> bool {
    Certificate::parse(der)
        .is_ok_and(|certificate| dialled.is_among(certificate.extensions.alternative_names.as_ref()))
}

/// The values of one kind of attribute, in their order.
fn values(name: &[u8], wanted: Attribute) -> Vec<String> {
    let mut found = Vec::new();
    let oid = wanted.oid();
    let Some(mut sets) = Reader(name).inside(tag::SEQUENCE) else { return found };
    while let Some(mut attributes) = sets.inside(tag::SET) {
        while let Some(mut attribute) = attributes.inside(tag::SEQUENCE) {
            let kind = attribute.element(tag::OBJECT_IDENTIFIER);
            let value = attribute.any();
            if let (Some(kind), Some(value)) = (kind, value)
                && kind.content == oid.as_bytes()
            {
                found.push(text(value.tag, value.content));
            }
        }
    }
    found
}

fn text(kind: u8, content: &[u8]) -> String {
    if kind == tag::BMP_STRING {
        let units: Vec<u16> =
            content.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        return String::from_utf16_lossy(&units);
    }
    String::from_utf8_lossy(content).into_owned()
}
