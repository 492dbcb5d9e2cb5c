//! The definitions that the program brings along.

use std::path::PathBuf;

use crate::diagnostics::Diagnostics;
use crate::read::{Builtin, CatalogDocuments, Folder, definitions};
use crate::source::Sources;

/// The documents of the built-in catalog, the texts that they come from, and what there is to say of them: nothing.
pub(super) fn builtin() -> (CatalogDocuments, Sources, Diagnostics) {
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let folder = Folder { world: &Builtin, root: PathBuf::new(), shown: "catalog:".to_owned(), named: None };
    let documents = definitions(&[folder], &mut sources, &mut diagnostics);
    (documents, sources, diagnostics)
}
