//! Checks that the components that serve VIPs, and those behind VIPs, run where they have to.

use super::inventory::Nodes;
use super::model::Vip;
use super::placed::Placed;
use super::written::Written;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::index::List;
use crate::values::Selector;

pub(super) fn check(
    written: Written<'_>,
    vips: &List<Vip>,
    components: &[Placed],
    nodes: &Nodes<'_>,
    diagnostics: &mut Diagnostics,
) {
    let has_components = written.document.cluster.is_some() && written.profile.known().is_some();
    for vip in vips {
        diagnostics.extend(unserved(vip, components, nodes));
        let (name, listen) = &vip.to;
        let definitions = components.iter().map(|placed| &placed.component.definition);
        if let Some(definition) = definitions.clone().find(|definition| definition.name == *name) {
            let listens = || definition.listens.iter().map(|known| &*known.name);
            if !listens().any(|known| *known == **listen) {
                let message =
                    format!("VIP `{}` forwards to `{name}.{listen}`, where nothing listens", vip.name);
                let help = did_you_mean(listen, listens());
                let diagnostic = Diagnostic::new(Code::BadValue, message).at(vip.origin, "");
                diagnostics.push(diagnostic.maybe_help(help));
            }
        } else if has_components {
            let message = format!(
                "VIP `{}` forwards to `{name}.{listen}`, which no component of the plan has",
                vip.name
            );
            let help = did_you_mean(name, definitions.map(|definition| &*definition.name));
            let diagnostic = Diagnostic::new(Code::UnknownComponent, message).at(vip.origin, "");
            diagnostics.push(diagnostic.maybe_help(help));
        }
    }
}

/// What serves a VIP must stand on each of its nodes.
fn unserved(vip: &Vip, components: &[Placed], nodes: &Nodes<'_>) -> Option<Diagnostic> {
    let serves = |selector: &Selector| matches!(selector, Selector::Vip(word) if **word == *vip.served_by);
    let serving = components.iter().filter(|one| one.component.definition.place.iter().any(serves));
    for placed in serving.filter(|placed| placed.whole && !placed.misread) {
        let definition = &placed.component.definition;
        let Some(node) = vip.nodes.iter().find(|node| !placed.may_be_on(**node, nodes)) else { continue };
        let node = &nodes.list[*node];
        let message = format!(
            "VIP `{}` is served by `{}`, but `{}` does not run `{}`, which is part of it",
            vip.name, vip.served_by, node.name, definition.name
        );
        let diagnostic = Diagnostic::new(Code::DialNowhere, message).at(vip.origin, "this VIP");
        let help =
            "keep the component there, or write `served-by = \"external\"` if something else serves the VIP";
        return Some(diagnostic.at(node.origin, "this node").help(help));
    }
    None
}
