//! Puts imported leaf certificates in place of derived ones, and checks that each fits its place.

use std::collections::BTreeSet;

use super::artefacts::{Certificate, Holder};
use super::authorities::Generated;
use super::blueprint::Blueprint;
use super::context::push_once;
use crate::catalog::Definition;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::resolve::{Authority, Component, ComponentIndex, ImportedCertificate, InstanceIndex, Model};
use crate::specification::{CertificateIndex, Issuer, Specification};
use crate::stored::Stored;
use crate::values::{AlternativeName, Attribute, Subject, Usage};

/// How many names a message lists.
const LISTED: usize = 5;

/// Puts each in its place, as it is.
pub(super) fn put(
    model: &Model,
    authorities: &List<Authority, Generated>,
    certificates: &mut List<Specification, Certificate>,
    diagnostics: &mut Diagnostics,
) {
    let positions: Vec<CertificateIndex> = certificates.indices().collect();
    let mut found = Vec::new();
    for position in positions {
        let certificate = &certificates[position];
        let Some(imported) = imported(model, certificate.holder) else { continue };
        let authority = certificate.issuer.and_then(|issuer| match certificates[issuer].holder {
            Holder::Authority(authority) => Some(authority),
            _ => None,
        });
        let Some(authority) = authority else { continue };
        let place = Place { model, certificate, imported };
        found.extend(place.unfit());
        let (issuer, generation) = issued_by(imported, &authorities[authority], certificates);
        let issuer_is = Issuer::Authority {
            id: model.authorities[authority].id.clone(),
            key: model.authorities[authority].key_identity(generation),
        };
        take(&mut certificates[position], imported, (issuer, issuer_is));
    }
    push_once(diagnostics, found);
}

impl Blueprint<'_> {
    /// What the plan says of a certificate of a host or a client that others made.
    #[must_use]
    pub fn imported(&self, certificate: CertificateIndex) -> Option<&ImportedCertificate> {
        imported(self.model, self.certificates[certificate].holder)
    }
}

/// What others made for a holder.
fn imported(model: &Model, holder: Holder) -> Option<&ImportedCertificate> {
    let of_instance = |component: ComponentIndex, instance: InstanceIndex, certificate: usize| {
        let component: &Component = &model.components[component];
        component.instances[instance].config.imported.get(&certificate)
    };
    match holder {
        Holder::Authority(_) | Holder::Foreign(_) | Holder::User(_) => None,
        Holder::Component { component, certificate } => {
            let first = model.components[component].instances.indices().next()?;
            of_instance(component, first, certificate)
        }
        Holder::Free { certificate, .. } => model.certificates[certificate].imported.as_ref(),
        Holder::Instance { component, instance, certificate } => {
            of_instance(component, instance, certificate)
        }
    }
}

/// The generation that issued it, and its certificate. Where none says so, the one that signs: who really did is found
/// out where signatures are verified.
fn issued_by(
    imported: &ImportedCertificate,
    authority: &Generated,
    certificates: &List<Specification, Certificate>,
) -> (CertificateIndex, u32) {
    let names = |position: CertificateIndex| {
        certificates[position].stored.as_ref().is_some_and(|above| above.is_named_by(&imported.certificate))
    };
    let trusted = authority.trusted.iter().map(|(_, position)| *position);
    let issuer = [authority.signer].into_iter().chain(trusted).find(|position| names(*position));
    let issuer = issuer.unwrap_or(authority.signer);
    (issuer, certificates[issuer].generation.unwrap_or(1))
}

/// What was made elsewhere says what it says.
fn take(
    certificate: &mut Certificate,
    imported: &ImportedCertificate,
    (position, issuer): (CertificateIndex, Issuer),
) {
    let stored = &imported.certificate;
    let wanted = &certificate.specification;
    certificate.specification = Specification {
        subject: stored.plain_subject.clone(),
        names: stored.names.iter().cloned().collect(),
        usages: stored.purposes.clone().into_iter().flatten().collect(),
        authority: None,
        issuer,
        key: stored.key.unwrap_or(wanted.key),
        validity: stored.not_before.until(stored.not_after),
    };
    certificate.key_id = imported.name.clone();
    certificate.issuer = Some(position);
    certificate.stored = Some(stored.clone());
    certificate.spread = None;
    certificate.origin = imported.origin;
}

/// A certificate that would be made here, and the one that others made.
struct Place<'a> {
    model: &'a Model,
    certificate: &'a Certificate,
    imported: &'a ImportedCertificate,
}

impl Place<'_> {
    /// Everything that it is not and should be.
    fn unfit(&self) -> Vec<Diagnostic> {
        let stored = &*self.imported.certificate;
        let mut found: Vec<Diagnostic> = self.usages(stored).collect();
        found.extend(self.names(stored));
        found.extend(self.subject(stored));
        found
    }

    /// Of one that is on several hosts, whatever is wrong on all of them is said once.
    fn diagnostic(&self, what: &str, help: String) -> Diagnostic {
        self.of(&self.imported.target, what, help)
    }

    fn of(&self, whose: &str, what: &str, help: String) -> Diagnostic {
        let message = format!("the imported certificate of `{whose}` {what}");
        Diagnostic::new(Code::UnfitCertificate, message).at(self.imported.origin, "imported here").help(help)
    }

    fn usages(&self, stored: &Stored) -> impl Iterator<Item = Diagnostic> {
        let kept = |usage: &&Usage| stored.purposes.as_ref().is_some_and(|allowed| !allowed.contains(usage));
        let kept = self.certificate.specification.usages.iter().filter(kept).map(|usage| {
            let (word, extended) = match usage {
                Usage::Client => ("a client", "clientAuth"),
                Usage::Server => ("a server", "serverAuth"),
            };
            let help = format!("ask its issuer for one with `{extended}` in its extended key usage");
            self.diagnostic(&format!("may not be used by {word}"), help)
        });
        let unsigned = (!stored.signs_handshakes).then(|| {
            let help = "ask its issuer for one with `digitalSignature` in its key usage".to_owned();
            self.diagnostic("may not sign handshakes: its key usage lacks `digitalSignature`", help)
        });
        kept.chain(unsigned)
    }

    fn names(&self, stored: &Stored) -> Option<Diagnostic> {
        let wanted = self.certificate.specification.names.iter();
        let lacking: Vec<String> = wanted
            .filter(|name| !stored.names.iter().any(|known| covers(known, name)))
            .map(|name| format!("`{name}`"))
            .collect();
        let first = lacking.get(..LISTED.min(lacking.len())).filter(|first| !first.is_empty())?;
        let more = match lacking.len() - first.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let help = "ask its issuer for one with all SANs that clients use (`pkiplan show` lists them)";
        // Which names it needs may differ from host to host.
        let what = format!("lacks SANs: {}{more}", first.join(", "));
        Some(self.of(&self.certificate.id, &what, help.to_owned()))
    }

    /// What it is called, where that decides what it may do or the plan says it.
    fn subject(&self, stored: &Stored) -> Option<Diagnostic> {
        let (wanted, is) = (&self.certificate.specification.subject, &stored.plain_subject);
        let says = match self.certificate.holder {
            Holder::Free { certificate, .. } => self.model.certificates[certificate].says_subject,
            Holder::Component { component, certificate }
            | Holder::Instance { component, certificate, .. } => {
                decides(&self.model.components[component].definition, certificate)
            }
            Holder::Authority(_) | Holder::Foreign(_) | Holder::User(_) => false,
        };
        let differs = |attribute: &Attribute| values(wanted, *attribute) != values(is, *attribute);
        let kinds = [Attribute::CommonName, Attribute::Organization, Attribute::OrganizationalUnit];
        // What the place says nothing of, the certificate may have, but for groups.
        let counts = |attribute: &Attribute| {
            *attribute == Attribute::Organization || !values(wanted, *attribute).is_empty()
        };
        if !says || !kinds.iter().filter(|kind| counts(kind)).any(differs) {
            return None;
        }
        let help = format!("ask its issuer for one with the subject `{wanted}`");
        Some(self.diagnostic(&format!("has the subject `{}`, not `{wanted}`", stored.subject_text), help))
    }
}

/// The values of one kind.
fn values(subject: &Subject, wanted: Attribute) -> BTreeSet<&str> {
    let all = subject.attributes().filter(|(attribute, _)| *attribute == wanted);
    all.map(|(_, value)| value).collect()
}

/// Whether common name and organizations of a component's certificate decide what it may do where it is shown.
fn decides(definition: &Definition, certificate: usize) -> bool {
    let needs = |name: &str| {
        let seen = definition.seen.iter().flat_map(|seen| &seen.dials).find(|seen| *seen.name == *name);
        seen.is_some_and(|seen| {
            let needs = &seen.needs;
            !needs.roles.is_empty() || needs.user.is_some() || needs.group.is_some()
        })
    };
    definition.dials.iter().any(|dial| dial.certificate == Some(certificate) && needs(&dial.name))
}

/// Whether whoever looks for a name finds it in another one: a wildcard stands for one label (RFC 9525, 6.3).
fn covers(known: &AlternativeName, wanted: &AlternativeName) -> bool {
    match (known, wanted) {
        (AlternativeName::Dns(known), AlternativeName::Dns(wanted)) if known != wanted => {
            let below = known.as_str().strip_prefix("*.");
            below.is_some_and(|below| {
                wanted.as_str().split_once('.').is_some_and(|(first, rest)| first != "*" && rest == below)
            })
        }
        _ => known == wanted,
    }
}
