//! Checks of flags that need their evaluated values.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Content, Sheet, flags, flags_of};
use crate::catalog::{Class, OF_SYSTEM, Reference, SeenSame, Source, Tree};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::expand::Blueprint;
use crate::resolve::{ComponentIndex, InstanceIndex, NodeIndex};

/// Flags that must be the same wherever a component runs, and are not.
///
/// # Errors
/// What is wrong with an expression, at its place.
pub fn differing_flags(blueprint: &Blueprint<'_>) -> Result<Vec<Diagnostic>, Diagnostic> {
    let mut found = Vec::new();
    for (c, component) in blueprint.model.components.enumerate() {
        let definition = &component.definition;
        let mut same: BTreeSet<&str> =
            definition.flags.iter().filter(|flag| flag.same).map(|flag| &*flag.name).collect();
        same.extend(definition.seen.iter().flat_map(|seen| &seen.same).filter_map(flag_of));
        let instances = if same.is_empty() { Vec::new() } else { of_each_config(blueprint, c) };
        let Some((first, others)) = instances.split_first() else { continue };
        let expected = flags_of(blueprint, c, *first)?;
        for other in others {
            let flags = flags_of(blueprint, c, *other)?;
            for name in &same {
                if of_name(&flags, name) != of_name(&expected, name) {
                    found.push(differing(blueprint, (c, name), *first, *other));
                }
            }
        }
    }
    Ok(found)
}

/// The flag whose value has to be the same wherever the program runs, whatever else it is given.
fn flag_of(same: &SeenSame) -> Option<&str> {
    match same.slot.sources.as_slice() {
        [Source::Flag(name)] if !same.file && same.only.is_none() => Some(&**name),
        _ => None,
    }
}

/// One instance for each configuration that the plan gives a component.
fn of_each_config(blueprint: &Blueprint<'_>, component: ComponentIndex) -> Vec<InstanceIndex> {
    let mut seen = BTreeSet::new();
    let instances = blueprint.model.components[component].instances.enumerate();
    let new = instances.filter(|(_, instance)| seen.insert(Arc::as_ptr(&instance.config) as usize));
    new.map(|(index, _)| index).collect()
}

fn of_name<'f>(flags: &'f [String], name: &str) -> Vec<&'f str> {
    let value = |flag: &'f String| flag.strip_prefix("--")?.strip_prefix(name)?.strip_prefix('=');
    flags.iter().filter_map(value).collect()
}

fn differing(
    blueprint: &Blueprint<'_>,
    flag: (ComponentIndex, &str),
    first: InstanceIndex,
    other: InstanceIndex,
) -> Diagnostic {
    let (c, name) = flag;
    let component = &blueprint.model.components[c];
    let node = |instance: InstanceIndex| &blueprint.model.nodes[component.instances[instance].node].name;
    let message = format!(
        "`--{name}` of `{}` differs between `{}` and `{}`, but must be the same everywhere",
        component.definition.name,
        node(first),
        node(other)
    );
    let help = format!("set it in `[component.{}]`, for all nodes", component.definition.name);
    let diagnostic = Diagnostic::new(Code::DifferingFlag, message).help(help);
    let places = [first, other].into_iter().filter_map(|instance| {
        let changes = component.instances[instance].config.flags.iter().rev();
        changes.map(|change| &change.name).find(|written| written.value == name)
    });
    places.fold(diagnostic, |diagnostic, place| diagnostic.at(place.span, "said here"))
}

/// Flags of the plan that name a file which another program writes while it runs: at its first start, this one
/// would look for it in vain.
pub fn early_files(blueprint: &Blueprint<'_>, node: NodeIndex, sheets: &[Sheet]) -> Vec<Diagnostic> {
    let runtime: BTreeSet<&str> = sheets
        .iter()
        .filter(|sheet| sheet.class == Class::Runtime && matches!(sheet.content, Content::None))
        .map(|sheet| sheet.path.as_str())
        .collect();
    let mut found = Vec::new();
    for &(c, i) in &blueprint.hosts[node] {
        let definition = blueprint.definition(c);
        let config = &blueprint.model.components[c].instances[i].config;
        let paths = &blueprint.paths[c];
        let own = paths.files.iter().chain(&paths.kubeconfigs).flatten();
        let own: BTreeSet<&str> = own.map(|path| path.value.trim_start_matches('/')).collect();
        for flags::WrittenPath { path, flag, .. } in flags::written_paths(definition, config) {
            let inner = path.trim_start_matches('/');
            if runtime.contains(inner) && !own.contains(inner) {
                let message = format!(
                    "`{}` reads {path}, which another program writes only once it runs",
                    definition.name
                );
                let help = "use a file of its own, or one that is in the tree";
                found.push(Diagnostic::new(Code::EarlyFile, message).at(flag.span, "").help(help));
            }
        }
    }
    found
}

/// Flags of the plan that name a file to be read, where the host's tree has none.
pub fn absent_files(blueprint: &Blueprint<'_>, node: NodeIndex, sheets: &[Sheet]) -> Vec<Diagnostic> {
    let lying: BTreeSet<&str> = sheets.iter().map(|sheet| sheet.path.as_str()).collect();
    let mut found = Vec::new();
    for &(c, i) in &blueprint.hosts[node] {
        let definition = blueprint.definition(c);
        let config = &blueprint.model.components[c].instances[i].config;
        let absent = flags::written_paths(definition, config).filter(|written| {
            let known = lying.contains(written.path.trim_start_matches('/'));
            written.read && !known && !OF_SYSTEM.iter().any(|folder| written.path.starts_with(folder))
        });
        for flags::WrittenPath { path, flag, .. } in absent {
            let message = format!(
                "`{}` reads {path}, which the tree of `{}` does not have",
                definition.name, blueprint.model.nodes[node].name
            );
            let help = "put the file next to the plan and add `[file.NAME]` with `source`, this `path` and the component";
            found.push(Diagnostic::new(Code::AbsentFile, message).at(flag.span, "").help(help));
        }
    }
    found
}

/// Flags of the plan that name another kubeconfig than the derived one, where the host's tree has none.
pub fn absent_kubeconfigs(blueprint: &Blueprint<'_>, node: NodeIndex, sheets: &[Sheet]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for &(c, i) in &blueprint.hosts[node] {
        let definition = blueprint.definition(c);
        let config = &blueprint.model.components[c].instances[i].config;
        let names = definition.flags.iter().filter(|flag| is_kubeconfig(&flag.value)).map(|flag| &*flag.name);
        let names: BTreeSet<&str> = names.collect();
        let changes = config.flags.iter().filter(|change| names.contains(change.name.value.as_str()));
        for (path, span) in flags::places(changes) {
            let inner = path.trim_start_matches('/');
            if sheets.iter().any(|sheet| sheet.path == inner) {
                continue;
            }
            let message = format!(
                "`{}` reads the kubeconfig {path}, which the tree of `{}` does not have",
                definition.name, blueprint.model.nodes[node].name
            );
            let lying: Vec<String> = sheets.iter().map(|sheet| format!("/{}", sheet.path)).collect();
            let near = did_you_mean(path, lying.iter().map(String::as_str));
            let help =
                near.unwrap_or_else(|| "remove the flag from the plan, or install the file".to_owned());
            found.push(Diagnostic::new(Code::AbsentKubeconfig, message).at(span, "").help(help));
        }
    }
    found
}

fn is_kubeconfig(value: &Tree) -> bool {
    match value {
        Tree::Reference(Reference::Kubeconfig(_)) => true,
        Tree::When(value, _) => is_kubeconfig(value),
        _ => false,
    }
}
