//! Facts about a certificate that exists or is to be issued.
//!
//! With them, the same rules apply to certificates, requests, and configurations of OpenSSL and cfssl.

use super::certificate::{Certificate, Purposes, shown_address};
use crate::catalog::FileRole;
use crate::inspect::Request;
use crate::source::Span;

/// What is known of it.
pub(super) struct Facts<'r> {
    pub(super) place: Span,
    /// `certificate of ...`, for messages.
    pub(super) what: String,
    pub(super) common_name: Option<String>,
    pub(super) organizations: Vec<String>,
    pub(super) countries: Vec<String>,
    pub(super) dns: Vec<(Span, String)>,
    pub(super) addresses: Vec<String>,
    /// Whether it has alternative names; none where another place decides.
    pub(super) has_names: Option<bool>,
    pub(super) authority: bool,
    /// Extended key usages; none where there are none.
    pub(super) purposes: Option<Purposes>,
    /// Key usages; none where there are none.
    pub(super) key_usages: Option<Vec<String>>,
    /// Whether usages are said here at all, as in a certificate and not in a request of cfssl.
    pub(super) says_usages: bool,
    /// As plans write it.
    pub(super) algorithm: Option<String>,
    pub(super) role: Option<&'r FileRole>,
}

impl<'r> Facts<'r> {
    /// Of a place alone.
    pub(super) fn at(place: Span, what: String) -> Self {
        Self {
            place,
            what,
            common_name: None,
            organizations: Vec::new(),
            countries: Vec::new(),
            dns: Vec::new(),
            addresses: Vec::new(),
            has_names: None,
            authority: false,
            purposes: None,
            key_usages: None,
            says_usages: false,
            algorithm: None,
            role: None,
        }
    }

    pub(super) fn of_certificate(certificate: &Certificate, place: Span, role: Option<&'r FileRole>) -> Self {
        let names = certificate.names.as_ref();
        Self {
            common_name: Some(certificate.common_name.clone()),
            organizations: certificate.organizations.clone(),
            countries: certificate.countries.clone(),
            dns: names.iter().flat_map(|names| &names.dns).map(|dns| (place, dns.clone())).collect(),
            addresses: names.iter().flat_map(|names| &names.ips).map(|ip| shown_address(ip)).collect(),
            has_names: Some(names.is_some_and(|names| names.dns.len() + names.ips.len() + names.others > 0)),
            authority: certificate.is_authority(),
            purposes: certificate.purposes,
            key_usages: certificate
                .key_usages
                .as_ref()
                .map(|usages| usages.iter().map(|usage| (*usage).to_owned()).collect()),
            says_usages: true,
            algorithm: Some(certificate.key.algorithm.clone()),
            role,
            ..Self::at(place, format!("the certificate of {}", certificate.name()))
        }
    }

    pub(super) fn of_request(request: &Request, place: Span, role: Option<&'r FileRole>) -> Self {
        let named = |kind: &'static str| request.names.iter().filter_map(move |name| name.strip_prefix(kind));
        let values = |key: &str| {
            let prefix = format!("{key}=");
            let parts = request.subject.split(", ");
            parts.filter_map(|part| part.strip_prefix(&prefix).map(str::to_owned)).collect::<Vec<_>>()
        };
        Self {
            common_name: Some(values("CN").pop().unwrap_or_default()),
            organizations: values("O"),
            countries: values("C"),
            dns: named("DNS:").map(|dns| (place, dns.to_owned())).collect(),
            addresses: named("IP:").map(str::to_owned).collect(),
            authority: request.authority,
            algorithm: Some(request.key.algorithm.clone()),
            role,
            ..Self::at(place, format!("the request of `{}`", request.subject))
        }
    }

    /// Whether servers show it, as far as it says so: profiles for everything put both usages into clients, too.
    pub(super) fn serves(&self) -> bool {
        let alone = self.purposes.is_some_and(|purposes| purposes.server && !purposes.client);
        !self.authority && (alone || self.role.is_some_and(|role| role.is_server))
    }

    /// Whether it is for clients alone.
    pub(super) fn is_client_alone(&self) -> bool {
        !self.authority && self.purposes.is_some_and(|purposes| purposes.client && !purposes.server)
    }
}
