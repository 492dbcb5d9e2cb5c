//! The catalog for lookups: that of a plan, or the built-in one.

use std::path::Path;

use super::definitions::{BUILT_IN, definitions, one};
use crate::catalog::{self, Catalog};
use crate::diagnostics::Diagnostics;
use crate::read::{self, CatalogDocuments, Document, World};
use crate::source::Sources;

/// The catalog that a plan has, or the one that is built in.
pub struct AtHand {
    /// What definitions say, but for the profiles.
    pub documents: CatalogDocuments,
    /// The same, compiled.
    pub catalog: Catalog,
    /// The plan as it was written, if there is one.
    pub plan: Option<Document>,
    /// What files of the plan's own folder of definitions are called before their paths.
    pub own_folder: Option<String>,
    /// All texts.
    pub sources: Sources,
}

impl AtHand {
    /// The names of the catalog's files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.sources.names().filter(|name| self.is_of_the_catalog(name))
    }

    /// Whether a text of that name is one of the catalog's.
    #[must_use]
    pub fn is_of_the_catalog(&self, name: &str) -> bool {
        name.starts_with(BUILT_IN) || self.own_folder.as_ref().is_some_and(|own| name.starts_with(own))
    }
}

/// Reads the catalog of a plan, or without one the built-in catalog alone. What is wrong with the rest of the plan
/// does not matter.
///
/// # Errors
/// What is wrong with the catalog, or why the plan cannot be read at all, with the texts.
pub fn at_hand(world: &dyn World, plan: Option<&Path>) -> Result<AtHand, (Diagnostics, Sources)> {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let mut document = None;
    if let Some(path) = plan {
        match read::plan(world, path, None, &mut sources, &mut diagnostics) {
            Some((_, read)) => document = Some(read),
            None => return Err((diagnostics, sources)),
        }
    }
    let mut diagnostics = Diagnostics::default();
    let folder = document.as_ref().and_then(|document| document.catalog.as_ref());
    let root = folder
        .zip(plan)
        .map(|(folder, plan)| one(&plan.parent().unwrap_or(Path::new("")).join(&folder.value)));
    let mut documents = definitions(world, folder.zip(root.as_deref()), &mut sources, &mut diagnostics);
    let catalog = catalog::load(&mut documents, &sources, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err((diagnostics, sources));
    }
    let own_folder = root.map(|root| format!("{}/", world.name(&root)));
    Ok(AtHand { documents, catalog, plan: document, own_folder, sources })
}
