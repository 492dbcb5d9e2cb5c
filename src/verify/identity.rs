//! The identity that a server sees, and what that identity may do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::catalog::Catalog;
use crate::kubernetes::{AUTHENTICATED, OF_ALL, Subject, bindings, bootstrap_tokens};
use crate::values::Instant;
use crate::wiring::{Needs, Tokens};

/// Who has which role, by the catalog and by objects.
#[must_use]
pub fn grants(catalog: &Catalog, objects: &[Value]) -> Grants {
    let mut grants = Grants { complete: !objects.is_empty(), ..Grants::default() };
    let seen = catalog.components.values().filter_map(|definition| definition.seen.as_ref());
    for role in seen.flat_map(|seen| &seen.roles) {
        let texts = |list: &[Arc<str>]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (users, groups) = (texts(&role.users), texts(&role.groups));
        grants.grant(&role.name, users.iter().map(String::as_str), groups.iter().map(String::as_str));
        let meant = role.for_groups.iter().map(|group| (Arc::clone(group), Arc::clone(&role.name)));
        grants.meant.extend(meant);
        if role.all {
            grants.contains_all(&role.name);
        }
    }
    for known in bootstrap_tokens(objects) {
        let digest: [u8; 32] = Sha256::digest(known.token.as_bytes()).into();
        if let Some(end) = known.expires.as_deref().and_then(|end| end.parse().ok()) {
            grants.ends.insert(digest, end);
        }
        grants.tokens.insert(digest, (known.user, known.groups));
    }
    for (role, subjects) in bindings(objects) {
        for subject in subjects {
            match subject {
                Subject::User(name) => grants.grant(role, [name.as_str()], []),
                Subject::Group(name) => grants.grant(role, [], [name.as_str()]),
                Subject::ServiceAccount(_) | Subject::Holders => {}
            }
        }
    }
    grants
}

/// The objects of YAML texts; one that is no YAML has none.
#[must_use]
pub fn documents(texts: &[String]) -> Vec<Value> {
    texts.iter().flat_map(|text| serde_saphyr::from_multiple(text).unwrap_or_default()).collect()
}

/// Who has a role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Binding {
    /// Users.
    pub users: BTreeSet<Arc<str>>,
    /// Groups.
    pub groups: BTreeSet<Arc<str>>,
}

/// Who has which role: what servers grant by themselves, and what objects grant.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    roles: BTreeMap<Arc<str>, Binding>,
    /// The roles that contain all others.
    all: BTreeSet<Arc<str>>,
    /// Groups that are there for a role.
    meant: BTreeMap<Arc<str>, Arc<str>>,
    /// Tokens that are objects of the API.
    pub(super) tokens: Tokens,
    /// When tokens end that do.
    pub(super) ends: BTreeMap<[u8; 32], Instant>,
    /// Whether there were objects to read: without them nothing can be said of what they grant.
    pub complete: bool,
}

impl Grants {
    /// The roles that contain all others, with groups that have one of them and in which is whoever asks, or every pod.
    pub(super) fn given_to_all(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<str>)> {
        let of_all = self.all.iter().filter_map(|role| Some((role, self.roles.get(role)?)));
        of_all.flat_map(|(role, binding)| {
            let groups = binding.groups.iter().filter(|group| OF_ALL.contains(&&***group));
            groups.map(move |group| (role, group))
        })
    }

    /// Gives a role to users and groups.
    pub fn grant<'s>(
        &mut self,
        role: &str,
        users: impl IntoIterator<Item = &'s str>,
        groups: impl IntoIterator<Item = &'s str>,
    ) {
        let binding = self.roles.entry(role.into()).or_default();
        binding.users.extend(users.into_iter().map(Arc::from));
        binding.groups.extend(groups.into_iter().map(Arc::from));
    }

    /// The groups that have a role.
    pub fn groups_of(&self, role: &str) -> impl Iterator<Item = &Arc<str>> {
        self.roles.get(role).into_iter().flat_map(|binding| &binding.groups)
    }

    /// Says that a role contains all others.
    pub fn contains_all(&mut self, role: &str) {
        self.all.insert(role.into());
    }

    /// A role that one of a user's groups is there for, and that nothing gives to the user.
    #[must_use]
    pub fn without(&self, user: &str, groups: &[String]) -> Option<Arc<str>> {
        let meant = groups.iter().filter_map(|group| self.meant.get(group.as_str()));
        let needs = |role: &Arc<str>| Needs { roles: vec![Arc::clone(role)], ..Needs::default() };
        meant.into_iter().find(|role| !self.allow(user, groups, &needs(role))).cloned()
    }

    /// Whether a user of these groups may do what is needed.
    #[must_use]
    pub fn allow(&self, user: &str, groups: &[String], needs: &Needs) -> bool {
        let has = |role: &Arc<str>| {
            self.roles.get(role).is_some_and(|binding| {
                binding.users.contains(user)
                    || binding.groups.contains(AUTHENTICATED)
                    || groups.iter().any(|group| binding.groups.contains(group.as_str()))
            })
        };
        if self.all.iter().any(has) {
            return true;
        }
        let is_user = needs.user.as_deref().is_none_or(|wanted| wanted == user);
        let is_member =
            needs.group.as_deref().is_none_or(|wanted| groups.iter().any(|group| group == wanted));
        is_user && is_member && needs.roles.iter().all(has)
    }
}
