//! Resolves on which hosts the kubeconfigs of users are installed.

use super::host_owner;
use super::inventory::Nodes;
use super::merged::Merged;
use super::model::OnHosts;
use super::paths::{check_path, path_escapes};
use super::roles::KnownRoles;
use super::selection;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{Text, UserTable as Table};

/// Where a user's kubeconfig lies; the outer `None` means that something of it is wrong.
pub(super) fn on_hosts(
    merged: &Merged<'_, Table>,
    written: Written<'_>,
    (roles, nodes): (&KnownRoles<'_>, &Nodes<'_>),
    diagnostics: &mut Diagnostics,
) -> Option<Option<OnHosts>> {
    let (selectors, file) = (merged.get(|u| u.nodes.as_ref()), merged.get(|u| u.kubeconfig_file.as_ref()));
    let owner = merged.get(|u| u.owner.as_ref());
    let unread = |key: &str| merged.plan.is_some_and(|user| user.unread.may_hold(key));
    let owner_name = host_owner::owner(owner, diagnostics);
    let Some(selectors) = selectors else {
        if let Some(text) = file.or(owner).filter(|_| !unread("nodes")) {
            diagnostics.push(missing(merged.name, "nodes", text));
        }
        return Some(None);
    };
    let selection = selection::written(selectors, written, roles, nodes, diagnostics);
    if selection.nodes.is_empty() && selection.whole {
        let message = format!("the kubeconfig of `user.{}` is on no node", merged.name.value);
        let help = "name nodes, or leave `nodes` out: it then goes to users/ only";
        diagnostics.push(Diagnostic::new(Code::BadSelector, message).at(merged.name.span, "").help(help));
    }
    let Some(file) = file else {
        if !unread("kubeconfig-file") {
            diagnostics.push(missing(merged.name, "kubeconfig-file", merged.name));
        }
        return None;
    };
    if let Err(why) = check_path(&file.value) {
        diagnostics.push(path_escapes(&file.value, why, file.span));
        return None;
    }
    Some(Some(OnHosts { nodes: selection.nodes, file: file.clone(), owner: owner_name? }))
}

fn missing(name: &Text, key: &str, at: &Text) -> Diagnostic {
    let message = format!("`user.{}` needs the key `{key}`", name.value);
    let help = "write `nodes` with selectors and `kubeconfig-file` with the path on these hosts";
    Diagnostic::new(Code::MissingKey, message).at(at.span, "").help(help)
}
