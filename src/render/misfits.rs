//! Reports fields and values that a program does not accept in its configuration file, located in the catalog.

use serde_json::Value as Json;

use crate::catalog::{Definition, FieldPath, FieldStep, Misfit, Tree};
use crate::diagnostics::{Code, Diagnostic};
use crate::expand::Blueprint;
use crate::source::Span;
use crate::values::Version;

/// What of a file's documents a version of the component does not take.
pub(super) fn misfits<'d>(
    blueprint: &Blueprint<'_>,
    definition: &Definition,
    version: &Version,
    documents: impl Iterator<Item = (&'d Tree, &'d Option<Json>)>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (tree, filled) in documents {
        let Some(document) = filled else { continue };
        let misfits = blueprint.catalog.fields.misfits(document, Some(version));
        let kind = document.get("kind").and_then(Json::as_str).unwrap_or_default();
        let of = format!("`{kind}` of {} {version}", definition.name);
        found.extend(misfits.into_iter().map(|misfit| {
            let place = place(tree, &misfit.path).unwrap_or(definition.span);
            diagnostic(&of, &definition.name, misfit).at(place, "")
        }));
    }
    found
}

fn diagnostic(of: &str, program: &str, misfit: Misfit) -> Diagnostic {
    let code = if misfit.wrong_type { Code::FieldType } else { Code::UnknownField };
    let then = if misfit.stops { "does not start with it" } else { "ignores it" };
    let help = misfit.help.map_or(format!("{program} {then}"), |help| format!("{program} {then}; {help}"));
    Diagnostic::new(code, format!("{of} {}", misfit.says)).help(help)
}

/// The key of the last step, or the nearest above it whose place is known.
fn place(tree: &Tree, path: &FieldPath) -> Option<Span> {
    let (mut tree, mut found) = (tree, None);
    for step in &path.0 {
        while let Tree::When(inner, _) = tree {
            tree = inner;
        }
        let next = match (tree, step) {
            (Tree::Table(entries), FieldStep::Key(key)) => {
                entries.iter().find(|(name, _)| *name.value == **key)
            }
            // What flattens moves the others.
            (Tree::List(items), FieldStep::Item(at))
                if !items.iter().any(|item| matches!(item, Tree::Text(_))) =>
            {
                let Some(item) = items.get(*at) else { break };
                tree = item;
                continue;
            }
            (Tree::Text(template), _) => {
                found = Some(template.span());
                None
            }
            _ => None,
        };
        let Some((key, value)) = next else { break };
        (tree, found) = (value, Some(key.span));
    }
    found
}
