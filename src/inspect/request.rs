//! Describes certificate signing requests (PKCS#10, RFC 2986).

use serde::Serialize;
use x509_parser::cri_attributes::ParsedCriAttribute;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer, X509CertificationRequest};

use super::Key;
use super::certificate::{alternative_names, extended_key_usages, key_usages};
use crate::values::DistinguishedName;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Whom it is to name.
    pub subject: String,
    /// The alternative names it asks for.
    pub names: Vec<String>,
    /// The extended key usages it asks for.
    pub usages: Vec<String>,
    /// The key usages it asks for.
    pub key_usages: Vec<&'static str>,
    /// Whether it asks for an authority.
    pub authority: bool,
    /// The key.
    pub key: Key,
}

pub(super) fn describe(der: &[u8]) -> Option<Request> {
    let ([], request) = X509CertificationRequest::from_der(der).ok()? else { return None };
    let info = &request.certification_request_info;
    let mut described = Request {
        subject: DistinguishedName::of_request(der).map(DistinguishedName::shown)?,
        names: Vec::new(),
        usages: Vec::new(),
        key_usages: Vec::new(),
        authority: false,
        key: super::key::public(info.subject_pki.raw)?,
    };
    let asked = info.iter_attributes().filter_map(|attribute| match attribute.parsed_attribute() {
        ParsedCriAttribute::ExtensionRequest(asked) => Some(&asked.extensions),
        _ => None,
    });
    for extension in asked.flatten() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => {
                described.names = alternative_names(names, extension.value);
            }
            ParsedExtension::ExtendedKeyUsage(usages) => described.usages = extended_key_usages(usages),
            ParsedExtension::KeyUsage(usages) => described.key_usages = key_usages(usages),
            ParsedExtension::BasicConstraints(constraints) => described.authority = constraints.ca,
            _ => {}
        }
    }
    Some(described)
}
