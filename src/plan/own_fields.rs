//! Checks `[file.NAME]` files for fields that their programs do not accept.

use std::collections::BTreeSet;

use crate::diagnostics::{Code, Diagnostic};
use crate::expand::Blueprint;
use crate::observe::{json, line_of};
use crate::resolve::{Beside, Format, NodeIndex};
use crate::values::Version;
use crate::yaml;

/// What the files of one's own on a node have that the programs which read them do not take. Nothing of a file is shown
/// but the names of such fields.
pub(super) fn misfits(blueprint: &Blueprint<'_>, node: NodeIndex) -> Vec<Diagnostic> {
    let model = blueprint.model;
    let files = model.extras_on(node).files.into_iter().map(|index| &model.files[index]);
    let mut found = Vec::new();
    let beside = files.filter_map(|file| Some((file, file.beside()?)));
    for (file, beside) in beside.filter(|(_, beside)| beside.format == Format::Yaml) {
        let mut seen = BTreeSet::new();
        for &(component, instance) in &blueprint.hosts[node] {
            let of = &model.components[component];
            let config = &of.instances[instance].config;
            let (name, version) = (&of.definition.name, &config.version.value);
            let reads = file.readers.contains(name) || config.flags_naming(&file.path.value).next().is_some();
            if reads && seen.insert((name, version)) {
                found.extend(of_reader(blueprint, beside, (name, version)));
            }
        }
    }
    found
}

fn of_reader(
    blueprint: &Blueprint<'_>,
    file: &Beside,
    (program, version): (&str, &Version),
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for document in yaml::documents(&file.text).unwrap_or_default() {
        let json = json(&document.root);
        let kind = json.get("kind").and_then(|kind| kind.as_str()).unwrap_or_default();
        for misfit in blueprint.catalog.fields.misfits(&json, Some(version)) {
            let line = line_of(&document.root, &misfit.path);
            let code = if misfit.wrong_type { Code::FieldType } else { Code::UnknownField };
            let then = if misfit.stops { "does not start with it" } else { "ignores it" };
            let help =
                misfit.help.map_or(format!("{program} {then}"), |help| format!("{program} {then}; {help}"));
            let message =
                format!("{}:{line}: `{kind}` of {program} {version} {}", file.source.value, misfit.says);
            found.push(Diagnostic::new(code, message).at(file.source.span, "named here").help(help));
        }
    }
    found
}
