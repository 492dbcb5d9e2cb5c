//! Resolves `[secret.NAME]`, and which secret keys derive from.

use std::collections::{BTreeMap, BTreeSet};

use super::merged::Merged;
use super::model::DeclaredSecret;
use super::parse::{number, parsed};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::plan::{AuthorityTable, Document, KeyringTable, PoolTable, Text, UserTable};
use crate::values::{SecretEpoch, SecretName};

/// The plan's secrets.
pub(super) struct Secrets<'a> {
    declared: BTreeMap<SecretName, DeclaredSecret>,
    /// What things have that name none of their own.
    of_cluster: Option<&'a Text>,
    /// Tables whose name is none for a secret.
    misnamed: BTreeSet<&'a str>,
    /// Whether the plan may have more of them.
    open: bool,
}

impl<'a> Secrets<'a> {
    pub(super) fn declared(document: &'a Document, diagnostics: &mut Diagnostics) -> Self {
        let mut secrets = Self {
            declared: BTreeMap::from([(SecretName::default(), DeclaredSecret { epoch: 1, origin: None })]),
            of_cluster: document.cluster.as_ref().and_then(|cluster| cluster.secret.as_ref()),
            misnamed: BTreeSet::new(),
            open: document.unread.may_hold("secret"),
        };
        for (name, written) in &document.secrets {
            let message = "epochs of a secret start at 1";
            let epoch = written.epoch.as_ref();
            let epoch =
                epoch.and_then(|epoch| number(epoch, 1..=u32::MAX, message, diagnostics)).unwrap_or(1);
            match parsed::<SecretName>(name, Code::BadName, diagnostics) {
                Some(parsed) => {
                    let secret = DeclaredSecret { epoch, origin: Some(name.span) };
                    secrets.declared.insert(parsed, secret);
                }
                None => _ = secrets.misnamed.insert(&name.value),
            }
        }
        secrets
    }

    /// The secret of something: the one that is written for it, or the cluster's, or the default one.
    pub(super) fn of(&self, written: Option<&Text>) -> SecretEpoch {
        let name = written.or(self.of_cluster).and_then(|text| text.value.parse().ok()).unwrap_or_default();
        SecretEpoch { name, epoch: self.declared.get(&name).map_or(1, |secret| secret.epoch) }
    }

    /// Whatever is named must exist, and whatever exists should be named.
    pub(super) fn check(
        &self,
        document: &Document,
        authorities: &[Merged<'_, AuthorityTable>],
        keyrings: &[Merged<'_, KeyringTable>],
        diagnostics: &mut Diagnostics,
    ) {
        let named = named(document, authorities, keyrings);
        for text in named.iter().copied().flatten().chain(self.of_cluster) {
            self.known(text, diagnostics);
        }
        let used: BTreeSet<SecretName> = named.into_iter().map(|text| self.of(text).name).collect();
        let unused = self.declared.iter().filter(|(name, _)| !used.contains(name));
        for (name, span) in unused.filter_map(|(name, secret)| Some((name, secret.origin?))) {
            if key_is_unread(document) {
                continue;
            }
            let message = format!("nothing derives from the secret `{name}`");
            let help = format!("write `secret = \"{name}\"` where you want to use it, or remove the table");
            diagnostics.push(Diagnostic::new(Code::UnusedSecret, message).at(span, "").help(help));
        }
    }

    fn known(&self, text: &Text, diagnostics: &mut Diagnostics) {
        let name = text.value.parse::<SecretName>().ok();
        if name.is_some_and(|name| self.declared.contains_key(&name))
            || self.misnamed.contains(text.value.as_str())
            || self.open
        {
            return;
        }
        let known: Vec<String> = self.declared.keys().map(ToString::to_string).collect();
        let message = format!("there is no secret `{}`", text.value);
        let near = did_you_mean(&text.value, known.iter().map(String::as_str));
        let help = near.unwrap_or_else(|| format!("add `[secret.{}]` to the plan", text.value));
        diagnostics.push(Diagnostic::new(Code::UnknownSecret, message).at(text.span, "").help(help));
    }

    pub(super) fn into_declared(self) -> BTreeMap<SecretName, DeclaredSecret> {
        self.declared
    }
}

/// Of everything that has keys, the secret that is written for it.
fn named<'a>(
    document: &'a Document,
    authorities: &[Merged<'a, AuthorityTable>],
    keyrings: &[Merged<'a, KeyringTable>],
) -> Vec<Option<&'a Text>> {
    let enabled = |user: &UserTable| user.enabled.as_ref().is_none_or(|enabled| enabled.value);
    let nodes = document.nodes.iter().map(|(_, node)| node.secret.as_ref());
    let pools = document.pools.iter().map(|(_, pool)| pool.secret.as_ref());
    let listed = document.pools.iter().flat_map(|(_, pool)| &pool.listed).flat_map(|listed| &listed.nodes);
    let listed = listed.map(|(_, node)| node.secret.as_ref());
    let authorities = authorities.iter().map(|merged| merged.get(|authority| authority.secret.as_ref()));
    let keyrings = keyrings.iter().map(|merged| merged.plan.and_then(|keyring| keyring.secret.as_ref()));
    let users = document.users.iter().filter(|(_, user)| enabled(user)).map(|(_, user)| user.secret.as_ref());
    // One that goes to nodes has the secret of its node unless it names one.
    let certificates = document.certificates.iter().map(|(_, certificate)| certificate);
    let certificates = certificates.filter(|written| written.secret.is_some() || written.nodes.is_none());
    let certificates = certificates.map(|certificate| certificate.secret.as_ref());
    let nodes = nodes.chain(pools).chain(listed);
    nodes.chain(authorities).chain(keyrings).chain(users).chain(certificates).collect()
}

/// Whether some table may name a secret in a way that could not be read.
fn key_is_unread(document: &Document) -> bool {
    let cluster = document.cluster.iter().map(|table| &table.unread);
    let nodes = document.nodes.iter().map(|(_, table)| &table.unread);
    let pools = document.pools.iter().map(|(_, table)| &table.unread);
    let authorities = document.authorities.iter().map(|(_, table)| &table.unread);
    let keyrings = document.keyrings.iter().map(|(_, table)| &table.unread);
    let users = document.users.iter().map(|(_, table)| &table.unread);
    let certificates = document.certificates.iter().map(|(_, table)| &table.unread);
    let tables = cluster.chain(nodes).chain(pools).chain(authorities).chain(keyrings);
    let mut tables = tables.chain(users).chain(certificates).chain([&document.unread]);
    let unlisted =
        |pool: &PoolTable| pool.from.is_some() && !pool.listed.as_ref().is_some_and(|listed| listed.whole);
    tables.any(|unread| unread.may_hold("secret")) || document.pools.iter().any(|(_, pool)| unlisted(pool))
}
