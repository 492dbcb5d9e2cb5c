//! The answer about one node.

use super::answer::{Nothing, Sections, joined, origin, unknown};
use crate::catalog::Effect;
use crate::expand::{Blueprint, Holder};
use crate::render::{self, Sheet};
use crate::report::table::Section;
use crate::resolve::NodeIndex;

/// All there is to say of it.
///
/// # Errors
/// The plan has none of that name, or what it holds cannot be rendered.
pub fn sections(blueprint: &Blueprint<'_>, name: &str) -> Sections {
    let model = blueprint.model;
    let index = model.nodes.position(|node| node.name.as_str() == name);
    let index =
        index.ok_or_else(|| unknown("node", name, model.nodes.iter().map(|node| node.name.as_str())))?;
    let node = &model.nodes[index];
    let place = origin(blueprint, Some(node.origin));
    let mut own = Section::new(format!("node {name}"));
    own.row("addresses", joined(node.addresses.iter()), &*place);
    own.row("roles", joined(node.roles.iter()), &*place);
    if let Some(pool) = &node.pool {
        own.row("pool", pool, &*place);
    }
    if *node.id != *name {
        own.row("was", &node.id, &*place);
    }
    let mut components = Section::new("components");
    for &(c, i) in &blueprint.hosts[index] {
        let component = &model.components[c];
        let version = &component.instances[i].config.version;
        components.row(&*component.definition.name, &version.value, origin(blueprint, version.origin));
    }
    let mut certificates = Section::new("certificates");
    for certificate in blueprint.certificates.iter().filter(|c| stands_on(blueprint, c.holder, index)) {
        certificates.row(
            &*certificate.id,
            &certificate.specification.subject,
            origin(blueprint, Some(certificate.origin)),
        );
    }
    let mut files = Section::new("files");
    for sheet in render::host(blueprint, index).map_err(Nothing::Diagnostics)? {
        files.row(format!("/{}", sheet.path), format!("{:04o} {}", sheet.mode, sheet.owner), what(&sheet));
    }
    Ok(vec![own, components, certificates, files])
}

fn stands_on(blueprint: &Blueprint<'_>, holder: Holder, node: NodeIndex) -> bool {
    match holder {
        Holder::Authority(_) | Holder::Component { .. } | Holder::Foreign(_) => false,
        Holder::User(user) => {
            let on = blueprint.model.users[user].on_hosts.as_ref();
            on.is_some_and(|on| on.nodes.binary_search(&node).is_ok())
        }
        Holder::Free { node: on, .. } => on == Some(node),
        Holder::Instance { component, instance, .. } => {
            blueprint.model.components[component].instances[instance].node == node
        }
    }
}

/// What a file is, and which units take a change of it.
fn what(sheet: &Sheet) -> String {
    let taken = sheet.reactions.iter().filter_map(|reaction| match reaction.effect {
        Effect::ByItself | Effect::FirstStart => None,
        Effect::Reload => Some(format!("reload {}", reaction.unit)),
        Effect::Restart => Some(format!("restart {}", reaction.unit)),
    });
    let effects = joined(taken);
    if effects.is_empty() { sheet.artefact.clone() } else { format!("{}; {effects}", sheet.artefact) }
}
