//! Loads a plan: reads it, loads its catalog and resolves it, so that it can be expanded.

mod at_hand;
mod definitions;
mod loader;
mod own_fields;
mod own_files;
mod stored;
#[cfg(test)]
mod tests;

pub use at_hand::{AtHand, at_hand};
pub use definitions::is_built_in;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use loader::{Loader, Read};
use rayon::prelude::*;

use crate::catalog::Catalog;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::expand::{Blueprint, expand, push_once};
use crate::read::plan::{Named, NodeTable};
use crate::read::{World, WrittenKey, written, written_node};
use crate::render;
use crate::resolve::{Model, NodeIndex};
use crate::source::{SourceId, Sources};

/// A plan that has been read and resolved.
pub struct Plan {
    /// All texts, for messages.
    pub sources: Sources,
    /// What components are.
    pub catalog: Arc<Catalog>,
    /// What is meant; whole only without errors.
    pub model: Model,
    /// Its own text, and those of the files that it includes.
    texts: Vec<SourceId>,
    /// The paths of these.
    files: Vec<PathBuf>,
    /// The nodes that other files list.
    listed: Named<NodeTable>,
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
    let began = sources.bytes();
    let mut loader = Loader {
        world,
        began,
        sources: &mut sources,
        above: Vec::new(),
        imported: BTreeMap::new(),
        catalogs: BTreeMap::new(),
    };
    match loader.load(path, None, diagnostics) {
        Some(Read { catalog, model, texts, listed }) => {
            let (files, texts) = texts.into_iter().unzip();
            Ok(Plan { sources, catalog, model, texts, files, listed })
        }
        None => Err(sources),
    }
}

impl Plan {
    /// The files that it includes.
    #[must_use]
    pub fn included(&self) -> &[PathBuf] {
        self.files.get(1..).unwrap_or_default()
    }

    /// What it says key by key, also in the files that it includes, and in those that list nodes.
    #[must_use]
    pub fn written(&self) -> Vec<WrittenKey> {
        let texts = self.texts.iter();
        let mut keys: Vec<WrittenKey> =
            texts.flat_map(|source| written(&self.sources.get(*source).text, *source)).collect();
        keys.extend(self.listed.iter().flat_map(|(name, node)| written_node(name, node)));
        keys.sort_by_key(|key| key.span);
        keys
    }

    /// Expands the plan; `None` if anything up to here was an error.
    pub fn expand(&self, diagnostics: &mut Diagnostics) -> Option<Blueprint<'_>> {
        if diagnostics.has_errors() {
            return None;
        }
        expand(&self.model, &self.catalog, &self.sources, diagnostics)
    }
}

/// Renders one host of every kind, so that mistakes of flags and files are found without building.
pub fn dry_render(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    let kinds = blueprint.hosts.indices().filter(|node| seen.insert(blueprint.likeness(*node)));
    let kinds: Vec<NodeIndex> = kinds.collect();
    let (hosts, (differing, broken)) = rayon::join(
        || kinds.par_iter().map(|node| of_host(blueprint, *node)).collect::<Vec<_>>(),
        || (render::differing_flags(blueprint), render::broken_rules(blueprint)),
    );
    let (mut found, mut absent) = (Vec::new(), Vec::new());
    for (wrong, missing) in hosts {
        found.extend(wrong);
        absent.extend(missing);
    }
    match differing {
        Ok(differing) => found.extend(differing),
        Err(failure) => found.push(failure),
    }
    let broken = broken.unwrap_or_else(|failure| {
        found.push(failure);
        Vec::new()
    });
    if let Err(failures) = render::cluster(blueprint) {
        found.extend(failures);
    }
    found.extend(absent);
    push_once(diagnostics, found);
    // Several rules may be broken at one place.
    broken.into_iter().for_each(|broken| diagnostics.push(broken));
}

/// What is wrong with the files of a host, and what it lacks.
fn of_host(blueprint: &Blueprint<'_>, node: NodeIndex) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let sheets = match render::host(blueprint, node) {
        Ok(sheets) => sheets,
        Err(failures) => return (failures, Vec::new()),
    };
    let mut wrong = render::unknown_fields(blueprint, node);
    wrong.extend(own_fields::misfits(blueprint, node));
    wrong.extend(render::early_files(blueprint, node, &sheets));
    let mut missing = render::absent_kubeconfigs(blueprint, node, &sheets);
    missing.extend(render::absent_files(blueprint, node, &sheets));
    (wrong, missing)
}
