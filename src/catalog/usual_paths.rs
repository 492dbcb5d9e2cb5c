//! The paths at which the catalog's programs look for files, in any layout.
//!
//! They show where a directory that was copied from a host belongs.

use std::collections::BTreeSet;

use super::definition::Definition;
use super::load::Catalog;
use crate::source::Sources;

/// Where a distribution keeps files that programs may read, and no plan knows.
pub const OF_SYSTEM: [&str; 4] = ["/etc/pki/", "/etc/ssl/", "/opt/", "/usr/"];

/// The absolute paths of all artefacts of all components under all layouts of a catalog.
#[must_use]
pub fn usual_paths(catalog: &Catalog, sources: &Sources) -> Vec<String> {
    let mut paths = BTreeSet::new();
    for layout in catalog.layouts.values() {
        for definition in catalog.components.values() {
            let own = definition.layouts.get(&layout.name);
            for (kind, name, part) in artefacts(definition) {
                let artefact = (&*definition.name, kind, name, part);
                let placed = layout.component(&catalog.engine, sources, own, artefact);
                paths.extend(placed.map(|placed| placed.value));
            }
        }
    }
    paths.into_iter().filter(|path| path.starts_with('/')).collect()
}

/// Kind, name and part of a component's artefacts.
fn artefacts(definition: &Definition) -> Vec<(&'static str, &str, Option<&'static str>)> {
    let certificates = definition.certificates.iter().flat_map(|certificate| {
        ["certificate", "key"].map(|part| ("certificate", &*certificate.name, Some(part)))
    });
    let bundles = definition.bundles.iter().map(|bundle| ("bundle", &*bundle.name, None));
    let kubeconfigs = definition.kubeconfigs.iter().map(|kubeconfig| ("kubeconfig", &*kubeconfig.name, None));
    let files = definition.files.iter().map(|file| ("file", &*file.name, None));
    certificates.chain(bundles).chain(kubeconfigs).chain(files).collect()
}
