//! Resolves `[external.COMPONENT]`: components that run outside the plan.

use super::authorities::Authorities;
use super::inventory::Nodes;
use super::lookup::Lookup;
use super::model::External;
use super::parse::{parsed_all, unknown};
use super::placed::Placed;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{ExternalTable as Table, Text};
use crate::values::HttpsUrl;

pub(super) fn externals(
    written: Written<'_>,
    components: &[Placed],
    nodes: &Nodes<'_>,
    authorities: &Authorities<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<External> {
    let mut externals = Vec::new();
    for (name, table) in &written.document.externals {
        let runs_elsewhere = runs_elsewhere(name, written, components, nodes, diagnostics);
        let external = external(name, table, authorities, diagnostics);
        externals.extend(external.filter(|_| runs_elsewhere));
    }
    externals
}

/// Whether the plan has such a component, and runs it nowhere itself.
fn runs_elsewhere(
    name: &Text,
    written: Written<'_>,
    components: &[Placed],
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let found = components.iter().find(|placed| *placed.component.definition.name == *name.value);
    let Some(placed) = found else {
        if !written.profile.is_poisoned() {
            let known = components.iter().map(|placed| &*placed.component.definition.name);
            unknown(Code::UnknownComponent, "component", name, known, diagnostics);
        }
        return false;
    };
    let Some(instance) = placed.component.instances.first() else { return true };
    let node = &nodes.list[instance.node];
    let message = format!(
        "`{}` is on node `{}`, but `[external]` says that it runs outside of this plan",
        name.value, node.name
    );
    let help = "remove the role from the node, or remove this table";
    let diagnostic = Diagnostic::new(Code::BadValue, message).at(name.span, "says that it runs outside");
    diagnostics.push(diagnostic.at(node.origin, "this node").help(help));
    false
}

fn external(
    name: &Text,
    table: &Table,
    authorities: &Authorities<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<External> {
    let urls: Vec<HttpsUrl> = parsed_all(table.urls.as_ref(), Code::BadValue, diagnostics);
    if table.urls.as_ref().is_some_and(Vec::is_empty) {
        let message = format!("`{}` needs at least one URL", name.value);
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(name.span, ""));
    }
    let clients = match table.clients.as_ref().map(|text| (text, authorities.named(&text.value))) {
        None if table.unread.holds("clients") => return None,
        None => None,
        Some((_, Lookup::Found(authority))) => Some(authority),
        Some((_, Lookup::Poisoned)) => return None,
        Some((text, Lookup::Unknown)) => {
            authorities.unknown(text, diagnostics);
            return None;
        }
    };
    Some(External { component: name.value.as_str().into(), urls, clients, origin: name.span })
}
