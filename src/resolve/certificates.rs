//! Resolves `[certificate.NAME]`: standalone certificates.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::authorities::Authorities;
use super::host_owner;
use super::inventory::Nodes;
use super::lookup::Lookup;
use super::model::{AuthorityIndex, CertificateFiles, FreeCertificate, NodeIndex, User};
use super::parse::{address, identity, parsed, parsed_all, valid};
use super::paths::{check_path, path_escapes};
use super::purposes::Purposes;
use super::roles::KnownRoles;
use super::secrets::Secrets;
use super::selection::{self, Selection};
use super::written::Written;
use super::{imported_leaves, keys, lifetimes, subjects};
use crate::catalog::PairPart;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::index::List;
use crate::read::plan::{FreeCertificateTable as Table, Text};
use crate::source::Spanned;
use crate::stored::Stored;
use crate::values::{AlternativeName, Attribute, DnsName, Name, Subject, Usage};

/// What issues certificates.
#[derive(Clone, Copy)]
pub(super) struct Issuing<'a> {
    pub(super) authorities: &'a Authorities<'a>,
    pub(super) purposes: &'a Purposes,
}

/// What keys derive from, and the certificates that others made.
type Beside<'a> = (&'a Secrets<'a>, &'a BTreeMap<String, Arc<Stored>>);

pub(super) fn certificates(
    written: Written<'_>,
    issuing: Issuing<'_>,
    (roles, nodes): (&KnownRoles<'_>, &Nodes<'_>),
    beside: Beside<'_>,
    diagnostics: &mut Diagnostics,
) -> List<FreeCertificate> {
    let mut certificates = List::default();
    for (name, table) in &written.document.certificates {
        if table.nodes.is_none() {
            without_nodes(name, table, diagnostics);
        }
        let selection = table.nodes.as_ref().map(|texts| {
            let selection = selection::written(texts, written, roles, nodes, diagnostics);
            on_nodes(name, table, texts, &selection, nodes, diagnostics);
            selection.nodes
        });
        let nodes = selection.unwrap_or_default();
        certificates.extend(certificate(name, table, nodes, issuing, beside, diagnostics));
    }
    certificates
}

/// Users and certificates that go to no node lie side by side, in folders of their names.
pub(super) fn shared_folders(
    certificates: &List<FreeCertificate>,
    users: &List<User>,
    diagnostics: &mut Diagnostics,
) {
    for certificate in certificates.iter().filter(|certificate| certificate.nodes.is_empty()) {
        let Some(user) = users.iter().find(|user| user.name == certificate.name) else { continue };
        let message =
            format!("user `{0}` and certificate `{0}` would share the directory users/{0}", user.name);
        let diagnostic = Diagnostic::new(Code::DuplicateName, message).at(certificate.origin, "this one");
        let diagnostic = diagnostic.at(user.origin, "and this one");
        diagnostics.push(diagnostic.help("rename one of them, or give the certificate `nodes`"));
    }
}

fn certificate(
    name: &Text,
    table: &Table,
    nodes: Vec<NodeIndex>,
    issuing: Issuing<'_>,
    (secrets, stored): Beside<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<FreeCertificate> {
    let parsed = parsed::<Name>(name, Code::BadName, diagnostics);
    let authority = table.authority.as_ref().and_then(|text| issuing.find(text, diagnostics));
    let usages: Vec<Usage> = parsed_all(table.usage.as_ref(), Code::BadValue, diagnostics);
    if let Some([]) = table.usage.as_deref()
        && !table.unread.holds("usage")
    {
        let message = format!("`certificate.{}` has no usage", name.value);
        let help = "write `usage = \"client\"`, `\"server\"`, or a list of both";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(name.span, "").help(help));
    }
    let names = names(table, diagnostics);
    if usages.contains(&Usage::Server) {
        diagnostics.extend(nameless_server(name, table));
    }
    let subject = subject(name, table, diagnostics);
    let files = CertificateFiles {
        certificate: path(table.certificate_file.as_ref(), diagnostics),
        key: path(table.key_file.as_ref(), diagnostics),
        first: first(name, table, diagnostics),
        roots: path(table.roots_file.as_ref(), diagnostics),
    };
    let issuer = authority.map(|index| &issuing.authorities.list[index]);
    let validity = lifetimes::of_issued(table.validity.as_ref(), issuer, &name.value, diagnostics);
    let key = keys::optional(table.key.as_ref(), diagnostics);
    let owner = host_owner::owner(table.owner.as_ref(), diagnostics);
    let id = identity::<Name>(table.was.as_ref(), &name.value, Code::BadName, diagnostics);
    let own_secret = table.secret.is_some() || table.nodes.is_none();
    Some(FreeCertificate {
        name: parsed?.shared(),
        id: id.into(),
        secret: own_secret.then(|| secrets.of(table.secret.as_ref())),
        authority: authority?,
        usages,
        subject: subject?,
        names,
        nodes,
        node_names: table.node_names.as_ref().is_some_and(|flag| flag.value),
        files,
        owner: owner?,
        validity,
        key: key?,
        imported: imported_leaves::of_free(&name.value, table, stored, diagnostics),
        says_subject: [&table.organizations, &table.organizational_units].into_iter().any(Option::is_some)
            || table.common_name.is_some(),
        origin: name.span,
    })
}

/// Keys that say something of nodes, where none gets the certificate.
fn without_nodes(name: &Text, table: &Table, diagnostics: &mut Diagnostics) {
    if table.unread.may_hold("nodes") {
        return;
    }
    // A server that has no other name is reported as such.
    let names = table.node_names.as_ref().filter(|flag| flag.value && nameless_server(name, table).is_none());
    let names = names.map(|flag| flag.span);
    let texts = [
        ("certificate-file", &table.certificate_file),
        ("key-file", &table.key_file),
        ("first", &table.first),
        ("roots-file", &table.roots_file),
        ("owner", &table.owner),
    ];
    let texts = texts.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?.span)));
    let Some((key, span)) = texts.chain(names.map(|span| ("node-names", span))).next() else { return };
    let message = format!("`certificate.{}` is on no node, so `{key}` has no effect", name.value);
    let diagnostic =
        Diagnostic::new(Code::MissingKey, message).at(span, "").at(table.span, "it needs `nodes`");
    let help = "write `nodes = \"node:NAME\"` or another selector; without `nodes` and without this key, it goes to users/";
    diagnostics.push(diagnostic.help(help));
}

/// What goes to nodes needs some, and must lie somewhere on each.
fn on_nodes(
    name: &Text,
    table: &Table,
    texts: &[Text],
    selection: &Selection,
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics,
) {
    if selection.nodes.is_empty() && (texts.is_empty() || nodes.list.is_empty()) {
        if selection.whole && !table.unread.holds("nodes") {
            let message = format!("`certificate.{}` is on no node", name.value);
            let help = "name nodes, or leave `nodes` out: the certificate then goes to users/";
            diagnostics.push(Diagnostic::new(Code::BadSelector, message).at(table.span, "").help(help));
        }
        return;
    }
    for (file, key) in [(&table.certificate_file, "certificate-file"), (&table.key_file, "key-file")] {
        if file.is_none() && !table.unread.may_hold(key) {
            let message = format!("`certificate.{}` is on nodes, so it needs the key `{key}`", name.value);
            let diagnostic = Diagnostic::new(Code::MissingKey, message).at(table.span, "in this table");
            diagnostics.push(diagnostic.help("write the absolute path on the host"));
        }
    }
}

impl Issuing<'_> {
    /// An authority by its name, or by a purpose that it serves.
    fn find(&self, text: &Text, diagnostics: &mut Diagnostics) -> Option<AuthorityIndex> {
        match (self.authorities.named(&text.value), self.purposes.served_by(&text.value)) {
            (Lookup::Found(authority), _) | (_, Lookup::Found(authority)) => Some(authority),
            (Lookup::Unknown, Lookup::Unknown) => {
                self.authorities.unknown(text, diagnostics);
                None
            }
            _ => None,
        }
    }
}

fn subject(name: &Text, table: &Table, diagnostics: &mut Diagnostics) -> Option<Subject> {
    let common_name = table.common_name.iter().map(|text| (Attribute::CommonName, text));
    let organizations = table.organizations.iter().flatten().map(|text| (Attribute::Organization, text));
    let units = table.organizational_units.iter().flatten().map(|text| (Attribute::OrganizationalUnit, text));
    let subject = subjects::subject(common_name.chain(organizations).chain(units), diagnostics)?;
    if table.common_name.is_none() && subject.is_empty() {
        return Subject::new(Some(&name.value), []).ok();
    }
    Some(subject)
}

fn names(table: &Table, diagnostics: &mut Diagnostics) -> Vec<Spanned<AlternativeName>> {
    let mut names = Vec::new();
    for text in table.dns.iter().flatten() {
        let name = parsed(text, Code::BadDnsName, diagnostics).map(AlternativeName::Dns);
        names.extend(name.map(|name| Spanned::new(name, text.span)));
    }
    for text in table.ip.iter().flatten() {
        let name = address(text, diagnostics).map(AlternativeName::Ip);
        names.extend(name.map(|name| Spanned::new(name, text.span)));
    }
    let uris = table.uri.iter().flatten().map(|text| (text, AlternativeName::uri(&text.value)));
    let emails = table.email.iter().flatten().map(|text| (text, AlternativeName::email(&text.value)));
    for (text, name) in uris.chain(emails) {
        let name = valid(name, text.span, Code::BadValue, diagnostics);
        names.extend(name.map(|name| Spanned::new(name, text.span)));
    }
    names
}

/// A server needs a name that clients can know it by.
fn nameless_server(name: &Text, table: &Table) -> Option<Diagnostic> {
    let named = [&table.dns, &table.ip, &table.uri].into_iter().flatten().any(|l| !l.is_empty());
    let by_nodes = table.nodes.is_some() && table.node_names.as_ref().is_some_and(|flag| flag.value);
    let unread = ["dns", "ip", "uri", "node-names", "nodes"].iter().any(|key| table.unread.may_hold(key));
    if named || by_nodes || unread {
        return None;
    }
    let common_name = table.common_name.as_ref().unwrap_or(name);
    let message = format!("`certificate.{}` is for a server, but has no SAN", name.value);
    let dns: Result<DnsName, _> = common_name.value.parse();
    let help = match dns {
        Ok(dns) => format!("write the names that clients use for the server, perhaps `dns = [\"{dns}\"]`"),
        Err(_) => "write the names that clients use for the server: `dns`, `ip` or `uri`".to_owned(),
    };
    let diagnostic = Diagnostic::new(Code::NamelessServer, message);
    Some(diagnostic.at(common_name.span, "clients ignore the common name").help(help))
}

/// What comes first in a file that holds both certificate and key.
fn first(name: &Text, table: &Table, diagnostics: &mut Diagnostics) -> PairPart {
    let Some(text) = &table.first else { return PairPart::Certificate };
    let value = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    let apart = value(&table.certificate_file) != value(&table.key_file);
    let found = match text.value.as_str() {
        "certificate" => Some(PairPart::Certificate),
        "key" => Some(PairPart::Key),
        _ => None,
    };
    let problem = match found {
        None => Some("`first` is `certificate` or `key`: what the file begins with".to_owned()),
        Some(_) if apart => Some(format!(
            "certificate and key of `certificate.{}` are in two files, so `first` has no meaning",
            name.value
        )),
        Some(_) => None,
    };
    if let Some(message) = problem {
        let help = "`certificate-file` and `key-file` of one path make one file of both";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
    }
    found.unwrap_or(PairPart::Certificate)
}

fn path(text: Option<&Text>, diagnostics: &mut Diagnostics) -> Option<Spanned<String>> {
    let text = text?;
    if let Err(why) = check_path(&text.value) {
        diagnostics.push(path_escapes(&text.value, why, text.span));
        return None;
    }
    Some(text.clone())
}
