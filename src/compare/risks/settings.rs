//! Changes of flags and fields that decide who may do what, or what runs as root.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::done::Done;
use super::super::line::Line;
use super::super::mask::{Mask, for_all};
use super::super::unit::{File, Unit};
use super::risk::{Risk, RiskKind};
use super::sides::Sides;
use crate::catalog::{Definition, Root, Sensitive, Tree};
use crate::kubernetes;
use crate::resolve::{Change, Config};
use crate::values::UnitId;

/// A message with its help, and where it holds.
type Found = BTreeMap<(RiskKind, String, String), BTreeSet<UnitId>>;

/// What is a host's own in its message, by the host.
type Masks<'u> = BTreeMap<&'u UnitId, &'u Mask>;

/// Everything of this kind that differs, hosts that change alike on one line.
pub(super) fn changes(sides: &Sides<'_>, units: &[Unit]) -> Vec<Risk> {
    let mut found = Found::new();
    for unit in units.iter().filter(|unit| unit.change == Done::Changed) {
        let moved = gone(unit);
        for file in unit.files.iter() {
            for line in file.change.lines.iter().filter(|line| !is_moved(&moved, file, line)) {
                if let Some((kind, message, help)) = of_line(sides, file, line) {
                    found.entry((kind, message, help)).or_default().insert(unit.name.clone());
                }
            }
        }
    }
    found.extend(on_new_hosts(sides));
    let masks: Masks<'_> = units.iter().map(|unit| (&unit.name, &unit.mask)).collect();
    let reported = found.into_iter().map(|((kind, message, help), units)| {
        let message = shown(&message, &units, &masks);
        let units: Vec<String> = units.iter().map(short).collect();
        kind.of(format!("{message}, on {}", units.join(", ")), &help)
    });
    reported.collect()
}

/// Flags with their values that some file of a component has no more.
fn gone(unit: &Unit) -> BTreeSet<(&Arc<str>, &str, &str)> {
    let mut found = BTreeSet::new();
    for file in &unit.files {
        let Some(component) = &file.component else { continue };
        for line in &file.change.lines {
            if let Line::Value { name, before: Some(before), after: None } = line {
                found.insert((component, &**name, &**before));
            }
        }
    }
    found
}

/// Whether a component has a flag with its value in another file than before, which changes nothing: it runs in another way.
fn is_moved(gone: &BTreeSet<(&Arc<str>, &str, &str)>, file: &File, line: &Line) -> bool {
    match (&file.component, line) {
        (Some(component), Line::Value { name, before: None, after: Some(after) }) => {
            gone.contains(&(component, &**name, &**after))
        }
        _ => false,
    }
}

/// A message of one host has the host's own words; of several, signs for those.
fn shown(message: &str, units: &BTreeSet<UnitId>, masks: &Masks<'_>) -> String {
    let one = units.first().filter(|_| units.len() == 1).and_then(|unit| masks.get(unit));
    one.map_or_else(|| for_all(message), |mask| mask.take_off(message))
}

/// A host's name alone; of another unit all of it.
pub(super) fn short(unit: &UnitId) -> String {
    unit.host().map_or_else(|| unit.to_string(), ToOwned::to_owned)
}

fn of_line(sides: &Sides<'_>, file: &File, line: &Line) -> Option<(RiskKind, String, String)> {
    let definition = file.component.as_ref().and_then(|name| definition(sides, name));
    if let Some(definition) = &definition
        && let Some(sensitive) = definition.sensitive.iter().find(|sensitive| gives_away(sensitive, line))
        && !(is_derived(sides, definition, line))
    {
        let message = format!("{}: {line}", definition.name);
        return Some((RiskKind::Sensitive, message, format!("it {}", sensitive.because)));
    }
    let code = kubernetes::runs_code(name(line)) && !same_image(line)
        || in_unit(&file.change.path) && executes(line);
    code.then(|| {
        let message = format!("{}: {line}", file.change.path);
        (
            RiskKind::Code,
            message,
            "it decides what runs there, as root or with the credentials in the file".to_owned(),
        )
    })
}

fn definition<'a>(sides: &Sides<'a>, name: &str) -> Option<&'a Definition> {
    let of = |model: &'a crate::resolve::Model| model.component(name).map(|component| &*component.definition);
    of(sides.after.blueprint.model).or_else(|| of(sides.before.blueprint.model))
}

fn gives_away(sensitive: &Sensitive, line: &Line) -> bool {
    let own = match name(line).strip_prefix("--") {
        Some(flag) => sensitive.has_flag(flag),
        None => sensitive.has_field(name(line)),
    };
    own && match line {
        Line::Value { before, after, .. } => sensitive.guard.gives_away(before.as_deref(), after.as_deref()),
        Line::Items { added, removed, .. } => {
            sensitive.guard.gives_away(Some(&removed.join(",")), Some(&added.join(",")))
        }
        Line::Added { .. } | Line::Removed { .. } | Line::Same { .. } | Line::Gap | Line::Note { .. } => {
            false
        }
    }
}

fn name(line: &Line) -> &str {
    match line {
        Line::Value { name, .. } | Line::Items { name, .. } => name,
        Line::Added { .. } | Line::Removed { .. } | Line::Same { .. } | Line::Gap | Line::Note { .. } => "",
    }
}

/// Whether the flag names an artefact of ours on both sides, or servers of the plan: only its path differs, and what is in it
/// is compared itself, as servers are.
fn is_derived(sides: &Sides<'_>, definition: &Definition, line: &Line) -> bool {
    let Some(flag) = name(line).strip_prefix("--") else { return false };
    let on_both = matches!(line, Line::Value { before: Some(_), after: Some(_), .. });
    let refers = definition.flags.iter().filter(|known| *known.name == *flag).any(|known| {
        on_both && matches!(known.value, Tree::Reference(_)) || known.value.reads().reads_any(Root::Dial)
    });
    let written = [sides.before, sides.after].into_iter().any(|state| {
        let component = state.blueprint.model.component(&definition.name);
        component.is_some_and(|component| {
            component
                .instances
                .iter()
                .any(|one| one.config.flags.iter().any(|change| change.name.value == flag))
        })
    });
    refers && !written
}

/// Whether a file is a unit of systemd, or a drop-in of one.
fn in_unit(path: &str) -> bool {
    path.contains("/systemd/system/")
}

/// Whether a line of a unit decides what it executes, and as whom (systemd.exec(5), systemd.service(5)).
fn executes(line: &Line) -> bool {
    const KEYS: [&str; 8] = [
        "Exec",
        "User=",
        "Group=",
        "DynamicUser=",
        "RootDirectory=",
        "Environment",
        "PassEnvironment=",
        "LoadCredential",
    ];
    match line {
        Line::Added { text } => KEYS.iter().any(|key| text.trim_start().starts_with(key)),
        _ => false,
    }
}

/// Whether an image is the same but for its tag, which the catalog makes of the version.
fn same_image(line: &Line) -> bool {
    let repository = |image: &str| {
        let colon = image.rfind(':').filter(|colon| !image[*colon..].contains('/'));
        image[..colon.unwrap_or(image.len())].to_owned()
    };
    match line {
        Line::Value { before: Some(before), after: Some(after), .. } => {
            repository(before) == repository(after)
        }
        _ => false,
    }
}

/// What the plan changes for hosts that are new and for no host that was there.
fn on_new_hosts(sides: &Sides<'_>) -> Found {
    let mut found = Found::new();
    let (old, new) = (sides.before.blueprint.model, sides.after.blueprint.model);
    let known: BTreeSet<&str> = old.nodes.iter().map(|node| &*node.id).collect();
    for component in &new.components {
        let Some(was) = old.component(&component.definition.name) else { continue };
        let had: BTreeSet<(String, String)> =
            was.instances.iter().flat_map(|one| written(&one.config)).collect();
        for instance in &component.instances {
            let node = &new.nodes[instance.node];
            if known.contains(&*node.id) {
                continue;
            }
            for (flag, value) in written(&instance.config).filter(|one| !had.contains(one)) {
                let after = (!value.is_empty()).then_some(value.as_str());
                let guards = |one: &&Sensitive| one.has_flag(&flag) && one.guard.gives_away(None, after);
                if let Some(sensitive) = component.definition.sensitive.iter().find(guards) {
                    let message = format!("{}: --{flag}={value}", component.definition.name);
                    let help = format!("it {}", sensitive.because);
                    let unit = UnitId::Host(node.name.as_str().into());
                    found.entry((RiskKind::Sensitive, message, help)).or_default().insert(unit);
                }
            }
        }
    }
    found
}

/// The flags that the plan itself writes, with their values.
fn written(config: &Config) -> impl Iterator<Item = (String, String)> + '_ {
    config.flags.iter().map(|change| {
        let value = match &change.change {
            Change::Append(values) | Change::Set(values) => values.join(","),
            Change::Unset => String::new(),
        };
        (change.name.value.clone(), value)
    })
}

/// Definitions of the plan's own catalog that are new or not what they were.
pub(super) fn catalog(sides: &Sides<'_>) -> Option<Risk> {
    let (old, new) = (sides.before.blueprint, sides.after.blueprint);
    let used = new.catalog_digests();
    let differ = used.iter().filter(|(name, digest)| old.catalog.digests.get(*name) != Some(digest));
    let names: Vec<&str> = differ.map(|(name, _)| name.as_str()).collect();
    if names.is_empty() {
        return None;
    }
    let message = format!("the plan's own catalog now defines {}", names.join(", "));
    let help = "its templates write units, manifests and flags: review them like code that runs as root";
    Some(RiskKind::Code.of(message, help))
}
