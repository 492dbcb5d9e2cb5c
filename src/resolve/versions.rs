//! Reports versions that the catalog does not support.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Config;
use super::placed::Placed;
use super::written::Written;
use crate::catalog::Definition;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};

/// One message for each place that says a version, with all components that take it from there.
pub(super) fn check(written: Written<'_>, components: &[Placed], diagnostics: &mut Diagnostics) {
    let mut refused: BTreeMap<_, (_, BTreeSet<&str>)> = BTreeMap::new();
    for Placed { component, configs, .. } in components {
        for config in configs {
            // A version without a place stands for one that has been reported.
            let Some(span) = config.version.origin else { continue };
            let Some(code) = why(&component.definition, config) else { continue };
            let (_, names) =
                refused.entry((span, code)).or_insert_with(|| (&config.version.value, BTreeSet::new()));
            names.insert(&component.definition.name);
        }
    }
    for ((span, code), (version, components)) in refused {
        let names: Vec<String> = components.iter().map(|name| format!("`{name}`")).collect();
        let names = names.join(", ");
        let diagnostic = if code == Code::VersionOutOfRange {
            let message = format!("the catalog does not support version {version} of {names}");
            let ranges = components.iter().filter_map(|name| written.catalog.components.get(*name));
            let ranges: BTreeSet<String> = ranges.map(|known| known.versions.to_string()).collect();
            let ranges: Vec<String> = ranges.into_iter().collect();
            Diagnostic::new(code, message).help(format!("it knows {}", ranges.join(" and ")))
        } else {
            let message = format!(
                "the catalog does not know the flags of {names} {version}, so pkiplan does not check them"
            );
            let help =
                "the trees are complete; check the flags in the program's documentation before you use them";
            Diagnostic::new(code, message).help(help)
        };
        diagnostics.push(diagnostic.at(span, ""));
    }
}

fn why(definition: &Definition, config: &Config) -> Option<Code> {
    let version = &config.version.value;
    let flags_unknown = definition.flag_table.as_ref().is_some_and(|table| !table.covers.contains(version));
    match definition.versions.contains(version) {
        false => Some(Code::VersionOutOfRange),
        true if flags_unknown => Some(Code::UnknownVersion),
        true => None,
    }
}
