//! Warnings about members that would found a quorum which, according to the lock, already exists.

use std::collections::BTreeSet;

use super::listed::listed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::lock::Lock;
use crate::source::Span;

/// A member of the plan.
#[derive(Debug)]
pub struct Member<'a> {
    /// The component.
    pub component: &'a str,
    /// Its node.
    pub node: &'a str,
    /// The ids of its certificates.
    pub ids: Vec<&'a str>,
    /// Whether it joins those that are there; else it founds what they vote in.
    pub joins: bool,
    /// The setting that says so, by its name in the plan.
    pub setting: Option<&'a str>,
    /// The node's pool.
    pub pool: Option<&'a str>,
    /// The node's table.
    pub origin: Span,
}

/// Warns of members that would found what others have founded, as the lock knows.
pub fn review_founders(members: &[Member<'_>], previous: &Lock, diagnostics: &mut Diagnostics) {
    let known = |member: &Member<'_>| member.ids.iter().any(|id| previous.certificates.contains_key(*id));
    for member in members.iter().filter(|member| !member.joins && !known(member)) {
        let Member { component, node, pool, setting, .. } = member;
        let kinds: BTreeSet<&str> = member.ids.iter().filter_map(|id| kind(id)).collect();
        let others =
            previous.certificates.keys().filter(|id| kind(id).is_some_and(|kind| kinds.contains(kind)));
        let others: BTreeSet<&str> =
            others.filter_map(|id| id.split_once('/').map(|(node, _)| node)).collect();
        if others.is_empty() {
            continue;
        }
        let others: Vec<&str> = others.into_iter().collect();
        let message = format!(
            "`{component}` on node `{node}` would start a new cluster of its own, but the lock knows its founding members: {}",
            listed(&others)
        );
        let diagnostic = Diagnostic::new(Code::FoundedTwice, message).at(member.origin, "comes later");
        let help = setting.map(|setting| {
            let first = pool.map_or(String::new(), |pool| {
                format!("take `{node}` out of `[pool.{pool}]`, add `[node.{node}]` with its addresses and roles, and ")
            });
            format!(
                "{first}write `setting.{setting} = 1` below `[node.{node}.component.{component}]`, `2` for the next one, and so on: \
                 each one joins those before it; if nothing has been rolled out yet, ignore this warning"
            )
        });
        diagnostics.push(diagnostic.maybe_help(help));
    }
}

/// What a certificate is on every node: `etcd-server` of `node.a/etcd-server`.
fn kind(id: &str) -> Option<&str> {
    id.split_once('/').map(|(_, kind)| kind)
}
