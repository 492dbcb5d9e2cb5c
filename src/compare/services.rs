//! The services of hosts: which ones start, stop, restart or reload.

use std::collections::BTreeMap;

use super::comparison::{Action, ServiceChange};
use super::line::Line;
use super::state::State;
use super::unit::File;
use crate::catalog::{Definition, Effect, Run};
use crate::expand::Blueprint;
use crate::render::Sheet;
use crate::resolve::NodeIndex;
use crate::values::Version;

/// The services of a host with the versions of their programs; none where that is not known.
pub(super) type Services = BTreeMap<String, Option<Version>>;

/// What a static pod is called among services.
#[must_use]
pub fn pod(component: &str) -> String {
    format!("pod {component}")
}

/// The services of a node.
pub(super) fn of(state: &State<'_>, node: NodeIndex) -> Services {
    let model = state.blueprint.model;
    let mut services = Services::new();
    for &(component, instance) in &state.blueprint.hosts[node] {
        let component = &model.components[component];
        let config = &component.instances[instance].config;
        let name = match config.run.value {
            Run::StaticPod => Some(pod(&component.definition.name)),
            Run::Systemd => component.definition.unit.as_ref().map(ToString::to_string),
        };
        services.extend(name.map(|name| (name, Some(config.version.value.clone()))));
    }
    services
}

/// What becomes of a host's services, sorted by name: also of those that take its files. What starts or stops needs
/// no file to say so.
pub(super) fn settled(before: &Services, after: &Services, files: &mut [File]) -> Vec<ServiceChange> {
    let mut changes = changes(before, after);
    for file in files {
        file.change.services.retain(|taken| {
            let known = changes.get(&taken.service).map(|change| change.action);
            !matches!(known, Some(Action::Start | Action::Stop))
        });
        for taken in &file.change.services {
            let known = changes.entry(taken.service.clone()).or_insert_with(|| taken.clone());
            known.action = known.action.max(taken.action);
        }
    }
    changes.into_values().collect()
}

/// What starts, stops, or gets another program.
fn changes(before: &Services, after: &Services) -> BTreeMap<String, ServiceChange> {
    let change = |service: &str, action, version| ServiceChange {
        service: service.to_owned(),
        action,
        version,
        because_of: Vec::new(),
    };
    let mut changes = BTreeMap::new();
    for (name, version) in after {
        let found = match before.get(name) {
            None => change(name, Action::Start, None),
            Some(was) => match (was, version) {
                (Some(was), Some(version)) if was != version => {
                    change(name, Action::Exchange, Some(format!("{was} -> {version}")))
                }
                _ => continue,
            },
        };
        changes.insert(name.clone(), found);
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        changes.insert(name.clone(), change(name, Action::Stop, None));
    }
    changes
}

/// The component that a service runs, of those on a node.
pub(super) fn component<'a>(
    blueprint: &'a Blueprint<'_>,
    node: NodeIndex,
    service: &str,
) -> Option<&'a Definition> {
    let named = |definition: &&Definition| {
        definition.unit.as_deref() == Some(service) || pod(&definition.name) == service
    };
    blueprint.hosts[node].iter().map(|&(component, _)| &**blueprint.definition(component)).find(named)
}

/// What takes a change of a file's content, and how.
pub(super) fn taking(state: &State<'_>, sheet: &Sheet, lines: &[Line]) -> Vec<ServiceChange> {
    let change =
        |service: String, action| ServiceChange { service, action, version: None, because_of: Vec::new() };
    if let (true, Some(component)) = (sheet.pod, &sheet.component) {
        return vec![change(pod(component), Action::Restart)];
    }
    if changes_nothing(state, sheet, lines) {
        return Vec::new();
    }
    let taken = sheet.reactions.iter().filter_map(|reaction| {
        let action = match reaction.effect {
            Effect::ByItself | Effect::FirstStart => return None,
            Effect::Reload => Action::Reload,
            Effect::Restart => Action::Restart,
        };
        Some(change(reaction.unit.to_string(), action))
    });
    taken.collect()
}

/// Whether only comments differ, and flags that matter at the program's very first start.
fn changes_nothing(state: &State<'_>, sheet: &Sheet, lines: &[Line]) -> bool {
    let component = sheet.component.as_ref().and_then(|name| state.blueprint.model.component(name));
    let mut differing = lines.iter().filter(|line| line.differs()).peekable();
    let of_first_start = |line: &Line| match line {
        Line::Items { name, .. } | Line::Value { name, .. } => {
            let flag = name.strip_prefix("--").zip(component);
            flag.is_some_and(|(flag, component)| component.definition.is_for_first_start(flag))
        }
        // In units and in every configuration file of ours; the first line of a script is none.
        Line::Added { text } | Line::Removed { text } => text.starts_with('#') && !text.starts_with("#!"),
        _ => false,
    };
    differing.peek().is_some() && differing.all(of_first_start)
}
