//! Resolves the roles that nodes may have, and warns about roles that no selector uses.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::inventory::Roles;
use super::lookup::Lookup;
use super::parse::unknown;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, resembles};
use crate::read::Unread;
use crate::read::plan::Text;
use crate::values::Selector;

/// Roles of a plan: each node is looked up under each of its roles.
const MOST: usize = 256;
const NONE: &str = "none; name them in `cluster.roles`";

/// The roles that nodes may have.
pub(super) struct KnownRoles<'a> {
    names: BTreeSet<&'a str>,
    /// Whether there may be more, which could not be read.
    open: bool,
}

impl<'a> KnownRoles<'a> {
    /// Those of the profile and of `cluster.roles`.
    pub(super) fn new(written: Written<'a>) -> Self {
        let of_profile = written.profile.known().into_iter().flat_map(|profile| &profile.roles);
        let names = of_profile.chain(of_plan(written)).map(|role| role.value.as_str()).collect();
        let cluster = written.document.cluster.as_ref();
        let unread = cluster.is_some_and(|cluster| cluster.unread.may_hold("roles"));
        Self { names, open: unread || written.profile.is_poisoned() }
    }

    /// Reports once that there are no roles at all, where nodes have some: most likely the plan lacks its profile.
    pub(super) fn exist(&mut self, written: Written<'_>, diagnostics: &mut Diagnostics) {
        let document = written.document;
        let of_nodes = document.nodes.iter().map(|(_, node)| &node.roles);
        let all = of_nodes.chain(document.pools.iter().map(|(_, pool)| &pool.roles)).flatten().flatten();
        let Some(first) = all.into_iter().next() else { return };
        if self.open || !self.names.is_empty() {
            return;
        }
        let profiles: Vec<String> =
            written.catalog.profiles.keys().map(|name| format!("`profile = \"{name}\"`")).collect();
        let message = "nodes have roles, but the plan has neither a profile nor `cluster.roles`";
        let help = format!(
            "write {} below `[cluster]`; for components of your own, list their roles in `cluster.roles`",
            profiles.join(" or ")
        );
        diagnostics.push(Diagnostic::new(Code::UnknownRole, message).at(first.span, "a role").help(help));
        self.open = true;
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.names.iter().copied()
    }

    pub(super) fn find(&self, name: &str) -> Lookup<()> {
        match self.names.contains(name) {
            true => Lookup::Found(()),
            false if self.open => Lookup::Poisoned,
            false => Lookup::Unknown,
        }
    }

    /// The roles of a node or of a pool.
    pub(super) fn of_node(
        &self,
        texts: Option<&Vec<Text>>,
        unread: &Unread,
        diagnostics: &mut Diagnostics,
    ) -> Roles {
        let mut roles: Vec<Arc<str>> = Vec::new();
        let mut in_doubt = unread.may_hold("roles");
        for text in texts.into_iter().flatten().take(MOST) {
            if self.find(&text.value) == Lookup::Unknown {
                let known = self.names().chain(self.names.is_empty().then_some(NONE));
                unknown(Code::UnknownRole, "role", text, known, diagnostics);
                in_doubt = true;
            } else if !roles.iter().any(|role| **role == text.value) {
                roles.push(text.value.as_str().into());
            }
        }
        Roles { known: roles.into(), in_doubt }
    }
}

fn of_plan(written: Written<'_>) -> impl Iterator<Item = &Text> {
    written.document.cluster.iter().filter_map(|cluster| cluster.roles.as_ref()).flatten()
}

/// Warns of roles of `cluster.roles` that nothing selects, unless there are too many.
pub(super) fn unused(written: Written<'_>, known: &KnownRoles<'_>, diagnostics: &mut Diagnostics) {
    if let Some(beyond) = of_plan(written).nth(MOST) {
        let message = format!("a cluster has at most {MOST} roles");
        diagnostics.push(Diagnostic::new(Code::TooMany, message).at(beyond.span, "one too many"));
        return;
    }
    let document = written.document;
    let nodes = document.nodes.iter().flat_map(|(_, node)| &node.components);
    let pools = document.pools.iter().flat_map(|(_, pool)| &pool.components);
    let places = document.components.iter().chain(nodes).chain(pools).map(|(_, table)| table);
    let of_places = places.map(|table| (&table.place, table.unread.may_hold("place")));
    let of_vips = document.vips.iter().map(|(_, table)| (&table.nodes, table.unread.may_hold("nodes")));
    let of_certificates =
        document.certificates.iter().map(|(_, table)| (&table.nodes, table.unread.may_hold("nodes")));
    let mut selected = BTreeSet::new();
    for (selectors, unread) in of_places.chain(of_vips).chain(of_certificates) {
        if unread {
            return;
        }
        selected.extend(selectors.iter().flatten().map(|text| text.value.as_str()));
    }
    let of_catalog = written.catalog.components.values().flat_map(|definition| &definition.place);
    let by_catalog = |role: &str| {
        of_catalog.clone().any(|place| matches!(place, Selector::Role(name) if name.as_str() == role))
    };
    let wrong = |name: &str, role: &str| known.find(name) != Lookup::Found(()) && resembles(name, role);
    // A selector that is wrong has been reported, and may mean a role that it resembles.
    let meant = |selector: &str, role: &str| match selector.parse() {
        Ok(Selector::Role(name)) => name.as_str() == role || wrong(name.as_str(), role),
        Ok(_) => false,
        Err(_) => wrong(selector, role),
    };
    for role in of_plan(written) {
        if by_catalog(&role.value) || selected.iter().any(|selector| meant(selector, &role.value)) {
            continue;
        }
        let message = format!("nothing selects the role `{}`", role.value);
        let help = format!("select it, for example with `place = \"role:{}\"`, or remove it", role.value);
        diagnostics.push(Diagnostic::new(Code::UnusedRole, message).at(role.span, "").help(help));
    }
}
