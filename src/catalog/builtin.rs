//! The built-in definitions.

use std::path::PathBuf;

use super::load::{Catalog, load};
use super::usual_paths::usual_paths;
use crate::diagnostics::Diagnostics;
use crate::read::{Builtin, CatalogDocuments, Folder, definitions};
use crate::source::Sources;

/// The documents of the built-in catalog, the texts that they come from, and what there is to say of them: nothing.
#[must_use]
pub fn builtin_documents() -> (CatalogDocuments, Sources, Diagnostics) {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let folder = Folder { world: &Builtin, root: PathBuf::new(), shown: "catalog:".to_owned(), named: None };
    let documents = definitions(&[folder], &mut sources, &mut diagnostics);
    (documents, sources, diagnostics)
}

/// The built-in catalog, and where its programs look for files.
#[must_use]
pub fn builtin() -> (Catalog, Vec<String>) {
    let (mut documents, sources, mut diagnostics) = builtin_documents();
    let catalog = load(&mut documents, &sources, &mut diagnostics);
    let paths = usual_paths(&catalog, &sources);
    (catalog, paths)
}
