//! Checks that a VIP leads to a running component, and that clients can reach it.

use super::context::{Context, push_once};
use super::dials;
use super::place::Places;
use super::scope;
use crate::catalog::{Dial, FileDefinition, Reach, Root};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::resolve::{Component, ComponentIndex, Model, Vip};

/// Every VIP must lead somewhere on each node that has it, and be had where it is dialled.
pub(super) fn check(context: &Context<'_>, places: &Places, diagnostics: &mut Diagnostics) {
    let model = context.model;
    let mut found = Vec::new();
    for vip in model.vips.iter().filter(|vip| vip.way.is_direct()) {
        found.extend(direct(model, places, vip));
    }
    if let Some(vip) = dials::local_vip(model) {
        let components =
            model.components.enumerate().filter(|(_, component)| !component.instances.is_empty());
        for (index, component) in components {
            found.extend(absent(model, vip, component));
            found.extend(differing(context, places, vip, index));
        }
    }
    push_once(diagnostics, found);
}

/// Where no program takes the port, what stands behind the VIP must have it, on each of its nodes.
fn direct(model: &Model, places: &Places, vip: &Vip) -> Option<Diagnostic> {
    let (component, listen) = (&vip.to.0, &vip.to.1);
    let c = model.components.position(|known| known.definition.name == *component)?;
    let l = model.components[c].definition.listens.iter().position(|known| known.name == *listen)?;
    let instances = &model.components[c].instances;
    for &node in &vip.nodes {
        let on = &model.nodes[node];
        let Some(i) = instances.position(|instance| instance.node == node) else {
            let message = format!(
                "VIP `{}` leads to `{component}.{listen}` of the node that has it, but `{}` does not run `{component}`",
                vip.name, on.name
            );
            let help = "choose nodes that run it, or a `served-by` that forwards connections";
            let diagnostic = Diagnostic::new(Code::DialNowhere, message).at(vip.origin, "this VIP");
            return Some(diagnostic.at(on.origin, "this node").help(help));
        };
        let port = places[c][i].listens[l].port;
        if port != vip.port {
            let message = format!(
                "VIP `{}` has port {}, and `{component}.{listen}` of the node that has it listens at {port}",
                vip.name, vip.port
            );
            let diagnostic = Diagnostic::new(Code::DialNowhere, message).at(vip.origin, "this VIP");
            return Some(diagnostic.help(format!("write `port = {port}`: nothing translates the port")));
        }
    }
    None
}

/// Who dials through a VIP that each node has for itself must be on one of its nodes.
fn absent(model: &Model, vip: &Vip, component: &Component) -> Option<Diagnostic> {
    let dial = component.definition.dials.iter().find(|dial| dial.reach == Reach::Endpoint)?;
    let (goal, _) = dials::goal(model, dial)?;
    let behind = &model.components[goal].instances;
    let without = component.instances.iter().find(|instance| {
        vip.nodes.binary_search(&instance.node).is_err()
            && !behind.iter().any(|other| other.node == instance.node)
    })?;
    let node = &model.nodes[without.node];
    let (name, to) = (&component.definition.name, &dial.component);
    let message = format!(
        "`{name}` on node `{}` connects to `{to}` through VIP `{}`, which does not exist",
        node.name, vip.name
    );
    let diagnostic = Diagnostic::new(Code::DialNowhere, message).at(node.origin, "this node");
    Some(diagnostic.at(vip.origin, "only on other nodes").help("add the node to the VIP's `nodes`"))
}

/// What is applied to the API is one for all nodes, so it can dial one address alone.
fn differing(context: &Context<'_>, places: &Places, vip: &Vip, index: ComponentIndex) -> Option<Diagnostic> {
    let model = context.model;
    let component = &model.components[index];
    let definition = &component.definition;
    let through = |dial: &&Dial| dial.reach == Reach::Endpoint;
    let dials = |manifest: &FileDefinition| {
        let reads = manifest.reads();
        definition.read_dials().filter(through).find(|dial| reads.reads(Root::Dial, &dial.field))
    };
    let dial =
        definition.manifests.iter().filter(|one| is_applied(context, places, index, one)).find_map(dials)?;
    let mut all = component.instances.iter().map(|instance| {
        let url = dials::targets(model, places, dial, Some(instance.node)).first().map(dials::Target::url);
        url.unwrap_or_default()
    });
    let first = all.next()?;
    let other = all.find(|url| *url != first)?;
    let message = format!(
        "`{}` is the same for all nodes, but they connect to `{}.{}` at different addresses: {first} and {other}",
        definition.name, dial.component, dial.listen
    );
    let help = format!("give the VIP the port at which `{}` listens", dial.component);
    Some(Diagnostic::new(Code::NoEndpoint, message).at(vip.origin, "this VIP").help(help))
}

/// Whether a manifest is applied at all. Where its condition reads what is not known yet, it may be.
fn is_applied(
    context: &Context<'_>,
    places: &Places,
    component: ComponentIndex,
    manifest: &FileDefinition,
) -> bool {
    let of = &context.model.components[component];
    let Some(when) = &manifest.when else { return true };
    let Some(first) = of.instances.indices().next() else { return false };
    let settings = &places[component][first].settings;
    let scope = scope::early(context, &of.definition, &of.instances[first], settings);
    let holds = when.evaluate(&context.catalog.engine, &scope, context.sources);
    holds.map_or(true, |holds| holds.is_true())
}
