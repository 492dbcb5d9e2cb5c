//! Reads the definitions that a plan may use: the built-in ones, and those of the plan's own directory.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::Text;
use crate::read::{self, Builtin, CatalogDocuments, FROM_THE_PLAN, Folder, Refusal, World, normal};
use crate::source::Sources;

/// What files of the built-in catalog are called before their paths.
pub(super) const BUILT_IN: &str = "catalog:";

/// Whether a text is one that the program brings with it, by its name.
#[must_use]
pub fn is_built_in(name: &str) -> bool {
    name.starts_with(BUILT_IN)
}

/// All of them; those of `own`, a folder with the place that names it, come first.
pub(super) fn definitions(
    world: &dyn World,
    own: Option<(&Text, &Path)>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> CatalogDocuments {
    let mut folders = Vec::new();
    if let Some((folder, root)) = own {
        if let Err(error) = world.list(root) {
            let message = match error.kind() {
                io::ErrorKind::NotFound => format!("there is no directory {}", world.name(root)),
                _ => format!("cannot read the directory {}: {error}", world.name(root)),
            };
            let diagnostic = Diagnostic::new(Code::UnreadableFile, message);
            let help = Refusal::of(&error).and_then(Refusal::help);
            diagnostics.push(diagnostic.at(folder.span, "named here").help(FROM_THE_PLAN).maybe_help(help));
        }
        let shown = format!("{}/", world.name(root));
        folders.push(Folder { world, root: root.to_owned(), shown, named: Some(folder.span) });
    }
    let shown = BUILT_IN.to_owned();
    folders.push(Folder { world: &Builtin, root: PathBuf::new(), shown, named: None });
    read::definitions(&folders, sources, diagnostics)
}

/// A path that every other one to the same plan becomes; a message has to call it something.
pub(super) fn one(path: &Path) -> PathBuf {
    let normal = normal(path);
    if normal.as_os_str().is_empty() { PathBuf::from(".") } else { normal }
}
