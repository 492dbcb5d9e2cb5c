//! Users and free-standing certificates.

use std::collections::BTreeMap;

use super::{Certificate, CertificateFiles, Model, Resolver, User};
use crate::diagnostics::{Code, Diagnostic};
use crate::read::plan::{Certificate as WrittenCertificate, Text, User as WrittenUser};
use crate::source::{Span, Spanned};
use crate::values::{AlternativeName, Attribute, DnsName, Duration, KeyAlgorithm, Subject, Usage};

impl Resolver<'_> {
    pub(super) fn users(&mut self, model: &mut Model) {
        let document = self.document;
        let of_profile = self.profile.map(|profile| profile.users.as_slice()).unwrap_or_default();
        let mut users: BTreeMap<&str, (Option<&WrittenUser>, Option<&WrittenUser>, &Text)> = BTreeMap::new();
        for (name, table) in of_profile {
            users.insert(&name.value, (None, Some(table), name));
        }
        for (name, table) in &document.users {
            let profile = users.get(name.value.as_str()).and_then(|(_, profile, _)| *profile);
            users.insert(&name.value, (Some(table), profile, name));
        }
        for (plan, profile, name) in users.into_values() {
            if let Some(user) = self.user(name, plan, profile, model) {
                model.users.push(user);
            }
        }
    }

    fn user(
        &mut self,
        name: &Text,
        plan: Option<&WrittenUser>,
        profile: Option<&WrittenUser>,
        model: &Model,
    ) -> Option<User> {
        if plan.and_then(|user| user.enabled.as_ref()).is_some_and(|enabled| !enabled.value) {
            return None;
        }
        let parsed: crate::values::Name = self.parsed(name, Code::BadName)?;
        let common_name = plan.and_then(|u| u.common_name.as_ref()).or_else(|| profile?.common_name.as_ref());
        let organizations =
            plan.and_then(|u| u.organizations.as_ref()).or_else(|| profile?.organizations.as_ref());
        let subject = Subject::new(
            Some(common_name.map_or(name.value.as_str(), |text| &text.value)),
            organizations.into_iter().flatten().map(|text| text.value.as_str()),
        );
        let subject = match subject {
            Ok(subject) => subject,
            Err(invalid) => {
                self.invalid(&invalid, common_name.map_or(name.span, |text| text.span), Code::BadSubject);
                return None;
            }
        };
        let authority = model.users_purpose.as_deref().and_then(|purpose| model.authority_for(purpose));
        let validity = plan.and_then(|u| u.validity.as_ref()).or_else(|| profile?.validity.as_ref());
        let key = plan.and_then(|u| u.key.as_ref()).or_else(|| profile?.key.as_ref());
        let id = plan.and_then(|u| u.was.as_ref()).map_or(parsed.as_str(), |was| &was.value);
        Some(User {
            name: parsed.shared(),
            id: format!("user.{id}").into(),
            secret: self.secret(&[plan.and_then(|u| u.secret.as_ref())]),
            subject,
            validity: self.validity(validity, authority, &name.value, model),
            key: self.optional_key(key)?,
            origin: name.span,
        })
    }

    fn optional_key(&mut self, text: Option<&Text>) -> Option<Option<KeyAlgorithm>> {
        if text.is_none() { Some(None) } else { self.key(text).map(Some) }
    }

    fn validity(
        &mut self,
        text: Option<&Text>,
        authority: Option<usize>,
        name: &str,
        model: &Model,
    ) -> Option<Spanned<Duration>> {
        let text = text?;
        let validity: Duration = self.parsed(text, Code::BadDuration)?;
        if let Some(authority) = authority.map(|index| &model.authorities[index])
            && validity > authority.own.value
        {
            let own = authority.own.value;
            let message = format!(
                "the certificate of `{name}` ({validity}) would outlive its authority `{}` ({own})",
                authority.name
            );
            self.outlives(message, text.span, authority.own.origin.unwrap_or(authority.origin), own);
            return None;
        }
        Some(Spanned::new(validity, text.span))
    }

    pub(super) fn certificates(&mut self, model: &mut Model) {
        let document = self.document;
        for (name, written) in &document.certificates {
            if let Some(certificate) = self.certificate(name, written, model) {
                if let Some(user) =
                    model.users.iter().find(|user| written.nodes.is_none() && user.name == certificate.name)
                {
                    let message = format!(
                        "user `{0}` and certificate `{0}` would share the folder users/{0}",
                        user.name
                    );
                    let diagnostic = Diagnostic::new(Code::DuplicateName, message).at(name.span, "this one");
                    self.push(
                        diagnostic
                            .at(user.origin, "and this one")
                            .help("rename one of them, or give the certificate `nodes`"),
                    );
                }
                model.certificates.push(certificate);
            }
        }
    }

    fn certificate(
        &mut self,
        name: &Text,
        written: &WrittenCertificate,
        model: &Model,
    ) -> Option<Certificate> {
        let parsed = self.parsed::<crate::values::Name>(name, Code::BadName);
        let authority = written.authority.as_ref().and_then(|text| self.named_authority(text, model));
        let usages: Vec<Usage> = self.parsed_all(written.usage.as_ref(), Code::BadValue);
        if let Some([]) = written.usage.as_deref() {
            let message = format!("`certificate.{}` is for nothing", name.value);
            let help = "write `usage = \"client\"`, `\"server\"`, or a list of both";
            self.push(Diagnostic::new(Code::BadValue, message).at(name.span, "").help(help));
        }
        let names = self.names(written);
        if written.whole && usages.contains(&Usage::Server) {
            self.named_server(name, written);
        }
        let nodes = written.nodes.as_ref().map(|texts| self.select_written(texts, model)).unwrap_or_default();
        let subject = self.subject(name, written);
        let files = CertificateFiles {
            certificate: self.path(written.certificate_file.as_ref()),
            key: self.path(written.key_file.as_ref()),
            roots: self.path(written.roots_file.as_ref()),
        };
        if let (Some(texts), true) = (&written.nodes, nodes.is_empty())
            && (texts.is_empty() || model.nodes.is_empty())
        {
            let message = format!("`certificate.{}` goes to no node", name.value);
            let help = "name nodes, or leave `nodes` out: the certificate then lies under users/";
            self.push(Diagnostic::new(Code::BadSelector, message).at(written.span, "").help(help));
        } else if written.nodes.is_some() {
            for (file, key) in
                [(&written.certificate_file, "certificate-file"), (&written.key_file, "key-file")]
            {
                if file.is_none() {
                    let message =
                        format!("`certificate.{}` goes to nodes and needs the key `{key}`", name.value);
                    let diagnostic =
                        Diagnostic::new(Code::MissingKey, message).at(written.span, "in this table");
                    self.push(diagnostic.help("write the absolute path on the host"));
                }
            }
        }
        let validity = self.validity(written.validity.as_ref(), authority, &name.value, model);
        let key = self.optional_key(written.key.as_ref())?;
        let id = written.was.as_ref().map_or(&name.value, |was| &was.value);
        Some(Certificate {
            name: parsed?.shared(),
            id: id.as_str().into(),
            secret: (written.secret.is_some() || written.nodes.is_none())
                .then(|| self.secret(&[written.secret.as_ref()])),
            authority: authority?,
            usages,
            subject: subject?,
            names,
            nodes,
            node_names: written.node_names.as_ref().is_some_and(|flag| flag.value),
            files,
            owner: written.owner.as_ref().map_or("root", |owner| &owner.value).into(),
            validity,
            key,
            origin: name.span,
        })
    }

    /// An authority by its name, or by a purpose that it serves.
    fn named_authority(&mut self, text: &Text, model: &Model) -> Option<usize> {
        let by_name = model.authorities.iter().position(|authority| *authority.name == *text.value);
        let found = by_name.or_else(|| model.authority_for(&text.value));
        let written = self.document.authorities.iter().any(|(name, _)| name.value == text.value);
        if found.is_none() && !written {
            let known: Vec<&str> = model.authorities.iter().map(|authority| &*authority.name).collect();
            self.unknown(Code::UnknownAuthority, "authority", text, known);
        }
        found
    }

    fn subject(&mut self, name: &Text, written: &WrittenCertificate) -> Option<Subject> {
        let mut subject = Subject::default();
        let common_name = written.common_name.iter().map(|text| (Attribute::CommonName, text));
        let organizations =
            written.organizations.iter().flatten().map(|text| (Attribute::Organization, text));
        let units =
            written.organizational_units.iter().flatten().map(|text| (Attribute::OrganizationalUnit, text));
        for (attribute, text) in common_name.chain(organizations).chain(units) {
            match subject.clone().with(attribute, &text.value) {
                Ok(longer) => subject = longer,
                Err(invalid) => {
                    self.invalid(&invalid, text.span, Code::BadSubject);
                    return None;
                }
            }
        }
        if written.common_name.is_none() && subject.is_empty() {
            return Subject::new(Some(&name.value), []).ok();
        }
        Some(subject)
    }

    fn names(&mut self, written: &WrittenCertificate) -> Vec<Spanned<AlternativeName>> {
        let mut names = Vec::new();
        for text in written.dns.iter().flatten() {
            names.extend(
                self.parsed(text, Code::BadDnsName).map(|n| Spanned::new(AlternativeName::Dns(n), text.span)),
            );
        }
        for text in written.ip.iter().flatten() {
            names.extend(self.address(text).map(|a| Spanned::new(AlternativeName::Ip(a), text.span)));
        }
        let uris = written.uri.iter().flatten().map(|text| (text, AlternativeName::uri(&text.value)));
        let emails = written.email.iter().flatten().map(|text| (text, AlternativeName::email(&text.value)));
        for (text, parsed) in uris.chain(emails) {
            match parsed {
                Ok(name) => names.push(Spanned::new(name, text.span)),
                Err(invalid) => self.invalid(&invalid, text.span, Code::BadValue),
            }
        }
        names
    }

    /// A server needs a name that clients can know it by.
    fn named_server(&mut self, name: &Text, written: &WrittenCertificate) {
        let named = [&written.dns, &written.ip, &written.uri].into_iter().flatten().any(|l| !l.is_empty());
        let by_nodes = written.nodes.is_some() && written.node_names.as_ref().is_some_and(|flag| flag.value);
        if named || by_nodes {
            return;
        }
        let common_name = written.common_name.as_ref().unwrap_or(name);
        let message = format!("`certificate.{}` is a server's and has no name", name.value);
        let dns: Result<DnsName, _> = common_name.value.parse();
        let help = match dns {
            Ok(dns) => format!("write what clients call the server, perhaps `dns = [\"{dns}\"]`"),
            Err(_) => "write what clients call the server: `dns`, `ip` or `uri`".to_owned(),
        };
        let diagnostic = Diagnostic::new(Code::NamelessServer, message);
        self.push(diagnostic.at(common_name.span, "clients do not look at the common name").help(help));
    }

    fn path(&mut self, text: Option<&Text>) -> Option<Spanned<String>> {
        let text = text?;
        if let Err(why) = check_path(&text.value) {
            self.push(path_escapes(&text.value, why, text.span));
            return None;
        }
        Some(text.clone())
    }
}

/// Whether a path stays in its host's tree and away from folders that are links on many systems.
///
/// # Errors
/// Why not.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    let Some(inner) = path.strip_prefix('/') else { return Err("it is not absolute") };
    if inner.is_empty() || inner.split('/').any(str::is_empty) {
        return Err("it has an empty part");
    }
    if inner.split('/').any(|part| part == ".." || part == ".") {
        return Err("it has a part `.` or `..`");
    }
    if path.chars().any(char::is_control) || inner.split('/').any(|part| part.len() > 255) {
        return Err("it holds control characters or a part of more than 255 bytes");
    }
    let first = inner.split('/').next().unwrap_or_default();
    if inner.contains('/') && ["lib", "lib64", "bin", "sbin"].contains(&first) {
        return Err("`/lib` and `/bin` are links on many systems, and a tree would replace them");
    }
    Ok(())
}

/// The diagnostic for a path that [`check_path`] refuses.
pub(crate) fn path_escapes(path: &str, why: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::PathEscapes, format!("`{path}` cannot lie in a host's tree: {why}"))
        .at(span, "")
        .help("write an absolute path such as `/etc/ssl/metrics.crt`")
}
