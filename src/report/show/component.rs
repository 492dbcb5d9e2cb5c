//! The answer about one component.

use super::answer::{Nothing, Sections, joined, origin, unknown};
use crate::expand::Blueprint;
use crate::render;
use crate::report::table::Section;
use crate::resolve::{ComponentIndex, InstanceIndex};

/// All there is to say of it.
///
/// # Errors
/// The plan has none of that name, or what it holds cannot be rendered.
pub fn sections(blueprint: &Blueprint<'_>, name: &str) -> Sections {
    let model = blueprint.model;
    let index = model.components.position(|component| &*component.definition.name == name);
    let known = model.components.iter().map(|component| &*component.definition.name);
    let index = index.ok_or_else(|| unknown("component", name, known))?;
    let component = &model.components[index];
    let definition = &component.definition;
    let mut own = Section::new(format!("component {name}"));
    own.row("is", &definition.title, origin(blueprint, Some(definition.span)));
    own.row("place", joined(&definition.place), origin(blueprint, Some(definition.span)));
    let nodes: Vec<_> = component.instances.iter().map(|instance| &model.nodes[instance.node].name).collect();
    let more = nodes.len().saturating_sub(12);
    let shown = joined(nodes.into_iter().take(12));
    own.row("nodes", if more > 0 { format!("{shown} and {more} more") } else { shown }, "");
    let mut sections = vec![own];
    let mut seen = Vec::new();
    for (i, instance) in component.instances.enumerate() {
        let key = std::sync::Arc::as_ptr(&instance.config);
        if !seen.contains(&key) {
            seen.push(key);
            sections.extend(configuration(blueprint, index, i)?);
        }
    }
    Ok(sections)
}

/// Instances with one configuration are shown by the first of them.
fn configuration(blueprint: &Blueprint<'_>, component: ComponentIndex, instance: InstanceIndex) -> Sections {
    let of = &blueprint.model.components[component];
    let (definition, on) = (&of.definition, &of.instances[instance]);
    let node = &blueprint.model.nodes[on.node].name;
    let mut settings = Section::new(format!("on {node}"));
    settings.row("version", &on.config.version.value, origin(blueprint, on.config.version.origin));
    let place = &blueprint.places[component][instance];
    for (setting, written) in definition.settings.iter().zip(&on.config.settings) {
        let value = place.setting(&setting.field);
        let from = written.as_ref().map_or(definition.span, |written| written.span);
        settings.row(format!("setting.{}", setting.name), value, origin(blueprint, Some(from)));
    }
    for name in &on.config.names {
        settings.row("names.add", &name.value, origin(blueprint, Some(name.span)));
    }
    for addition in &on.config.bundles {
        let name = format!("bundle.{}.add", definition.bundles[addition.bundle].name);
        let value = blueprint.model.trusted_name(addition.authority);
        settings.row(name, value, origin(blueprint, Some(addition.span)));
    }
    let mut flags = Section::new(format!("flags on {node}"));
    for flag in render::flags_of(blueprint, component, instance)
        .map_err(|failure| Nothing::Diagnostics(vec![failure]))?
    {
        let name = flag.trim_start_matches('-').split('=').next().unwrap_or_default();
        let changed = on.config.flags.iter().rev().find(|change| change.name.value == name);
        let derived = definition.flags.iter().find(|known| &*known.name == name);
        let place = changed.map(|change| change.name.span).or(derived.map(|known| known.span));
        let remark = if definition.is_for_first_start(name) { "only at the first start" } else { "" };
        let place = origin(blueprint, place);
        flags.row(flag, remark, place);
    }
    let mut dials = Section::new(format!("connections from {node}"));
    for (i, dial) in definition.dials.iter().enumerate() {
        let targets = blueprint.targets(component, instance, i);
        let more = targets.len().saturating_sub(6);
        let mut shown = joined(targets.iter().take(6).map(crate::expand::Target::url));
        if more > 0 {
            shown.push_str(&format!(" and {more} more"));
        }
        dials.row(&*dial.name, shown, origin(blueprint, Some(dial.span)));
    }
    Ok(vec![settings, flags, dials])
}
