//! Warnings about a plan and its lock, before decisions are made.
//!
//! It finds possible renames without `was`, and definitions of the catalog that changed since the lock was written.

use std::collections::BTreeSet;

use super::listed::LISTED;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, nearest};
use crate::lock::{Change, Lock};
use crate::source::Span;
use crate::values::IdParts;

/// Whom keys belong to.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// `node`, `authority`, `user`, `certificate`
    pub kind: &'static str,
    /// Its name in the plan.
    pub name: &'a str,
    /// The name that its keys derive from.
    pub id: &'a str,
    /// Its table.
    pub origin: Span,
    /// Whether it can say `was`; a pool's nodes cannot.
    pub renames: bool,
}

/// Warns of each owner that is new where one of its kind is gone: without `was` that is no rename.
pub fn review_names(owners: &[Owner<'_>], previous: &Lock, diagnostics: &mut Diagnostics) {
    let known: BTreeSet<(&str, &str)> =
        previous.certificates.keys().chain(previous.tombstones.keys()).map(|id| owner(id)).collect();
    let wanted: BTreeSet<(&str, &str)> = owners.iter().map(|owner| (owner.kind, owner.id)).collect();
    let lives: BTreeSet<_> = previous.certificates.keys().map(|id| owner(id)).collect();
    let mut gone: BTreeSet<_> = lives.into_iter().filter(|owner| !wanted.contains(owner)).collect();
    let new = owners.iter().filter(|owner| owner.renames && !known.contains(&(owner.kind, owner.id)));
    for owner in new.take(LISTED) {
        let alike = gone.iter().filter(|(kind, _)| *kind == owner.kind).map(|(_, id)| *id);
        let Some(old) = nearest(owner.name, alike) else { continue };
        gone.remove(&(owner.kind, old));
        let Owner { kind, name, id, .. } = owner;
        let (message, help) = if old == *name {
            let message = format!(
                "`{kind}.{name}` should take over the keys of `{id}`, which the lock does not know: it would get new keys and lose its own"
            );
            (message, format!("remove `was = \"{id}\"`, and it keeps its keys"))
        } else {
            let message = format!(
                "`{kind}.{name}` is new and `{kind}.{old}` is gone: pkiplan adds one with new keys, and removes the other"
            );
            let help = format!("if you renamed it, write `was = \"{old}\"` here, and it keeps its keys");
            (message, help)
        };
        let diagnostic = Diagnostic::new(Code::RenamedWithoutWas, message);
        diagnostics.push(diagnostic.at(owner.origin, "this one").help(help));
    }
}

/// Warns where the catalog is not the one that the lock pins, which is not to be seen in the plan.
pub fn review_catalog(previous: &Lock, next: &Lock, place: Span, diagnostics: &mut Diagnostics) {
    let changed = previous.catalog_changes(next);
    let changed = changed.iter().filter(|(_, change)| matches!(change, Change::Changed(_)));
    let names: Vec<String> = changed.map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() {
        return;
    }
    let more = match names.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let listed = names[..names.len().min(LISTED)].join(", ");
    let message = format!("the catalog differs from the one in the lock: {listed}{more}");
    let help = "pkiplan or the catalog next to the plan has changed, so files may change although the plan has \
                not; `pkiplan lock PLAN --check` shows which certificates change, `pkiplan lock PLAN` records the new catalog";
    diagnostics.push(Diagnostic::new(Code::CatalogChanged, message).at(place, "this lock").help(help));
}

/// Kind and name of what an id belongs to: `node` and `a` of `node.a/kubelet`.
fn owner(id: &str) -> (&str, &str) {
    let id = IdParts::of(id);
    (id.kind, id.name)
}
