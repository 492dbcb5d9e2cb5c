//! A plan with everything that it needs to be expanded: read, its catalog loaded, resolved.

mod stored;

use std::path::{Path, PathBuf};

use crate::catalog::{self, Catalog};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::expand::{Blueprint, expand, push_once};
use crate::read::{self, Builtin, World};
use crate::render;
use crate::resolve::{Model, resolve};
use crate::source::Sources;

/// A plan that has been read and resolved.
pub struct Plan {
    /// All texts, for messages.
    pub sources: Sources,
    /// What components are.
    pub catalog: Catalog,
    /// What is meant; whole only without errors.
    pub model: Model,
}

/// Reads and resolves the plan at `path`; `sources` may hold other texts already.
///
/// # Errors
/// The sources, for the messages, where the plan could not even be read.
pub fn load(
    world: &dyn World,
    path: &Path,
    sources: Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Plan, Sources> {
    let mut sources = sources;
    let Some((_, document)) = read::plan(world, path, &mut sources, diagnostics) else {
        return Err(sources);
    };
    let mut worlds: Vec<(&dyn World, PathBuf, String)> = Vec::new();
    if let Some(folder) = &document.catalog {
        let root = path.parent().unwrap_or(Path::new("")).join(&folder.value);
        if world.list(&root).is_err() {
            let message = format!("there is no folder {}", world.name(&root));
            diagnostics.push(
                Diagnostic::new(Code::UnreadableFile, message)
                    .at(folder.span, "named here")
                    .help("paths are counted from the plan's folder"),
            );
        }
        let shown = format!("{}/", world.name(&root));
        worlds.push((world, root, shown));
    }
    worlds.push((&Builtin, PathBuf::new(), "catalog:".to_owned()));
    let worlds: Vec<_> =
        worlds.iter().map(|(world, root, shown)| (*world, root.clone(), shown.as_str())).collect();
    let documents = read::catalog::catalog(&worlds, &mut sources, diagnostics);
    let catalog = catalog::load(documents, &sources, diagnostics);
    let stored = stored::read(world, path, &document, diagnostics);
    let model = resolve(&document, &catalog, &stored, diagnostics);
    Ok(Plan { sources, catalog, model })
}

impl Plan {
    /// Expands the plan; `None` if anything up to here was an error.
    pub fn expand(&self, diagnostics: &mut Diagnostics) -> Option<Blueprint<'_>> {
        if diagnostics.has_errors() {
            return None;
        }
        expand(&self.model, &self.catalog, &self.sources, diagnostics)
    }
}

/// Renders one host of every kind, so that mistakes of flags and files are found without building.
/// Hosts are alike if they carry the same components with the same configurations, and the same
/// free-standing certificates.
pub fn rehearse(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    let mut seen = std::collections::BTreeSet::new();
    let mut found = Vec::new();
    for (node, components) in blueprint.hosts.iter().enumerate() {
        let kind: Vec<(usize, usize)> = components
            .iter()
            .map(|&(c, i)| {
                (c, std::sync::Arc::as_ptr(&blueprint.model.components[c].instances[i].config) as usize)
            })
            .collect();
        let free: Vec<usize> = blueprint.free_on(node).into_iter().map(|(index, _)| index).collect();
        if seen.insert((kind, free)) {
            match render::host(blueprint, node) {
                Ok(sheets) => found.extend(render::early_files(blueprint, node, &sheets)),
                Err(failures) => found.extend(failures),
            }
        }
    }
    if found.is_empty() {
        match render::differing_flags(blueprint) {
            Ok(differing) => found.extend(differing),
            Err(failure) => found.push(failure),
        }
    }
    if let Err(failures) = render::cluster(blueprint) {
        found.extend(failures);
    }
    push_once(diagnostics, found);
}
