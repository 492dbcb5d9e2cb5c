//! Certificate requests (PKCS#10, RFC 2986).

use serde::Serialize;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer, X509CertificationRequest};

use super::Key;
use super::certificate::{alternative_names, extended_key_usages, key_usages, name};

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
        subject: name(&info.subject),
        names: Vec::new(),
        usages: Vec::new(),
        key_usages: Vec::new(),
        authority: false,
        key: super::key::public(info.subject_pki.raw)?,
    };
    for extension in request.requested_extensions().into_iter().flatten() {
        match extension {
            ParsedExtension::SubjectAlternativeName(names) => described.names = alternative_names(names),
            ParsedExtension::ExtendedKeyUsage(usages) => described.usages = extended_key_usages(usages),
            ParsedExtension::KeyUsage(usages) => described.key_usages = key_usages(usages),
            ParsedExtension::BasicConstraints(constraints) => described.authority = constraints.ca,
            _ => {}
        }
    }
    Some(described)
}
