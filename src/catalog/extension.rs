//! Layouts that extend other layouts: a layout inherits the paths that it does not define itself.

use std::collections::BTreeMap;

use super::layout::Layout;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::catalog::LayoutDocument;

/// The layouts by name, whole. `documents` may hold a name twice; the first counts.
pub(super) fn whole(
    documents: &[LayoutDocument],
    mut own: BTreeMap<String, Layout>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Layout> {
    let chains: Vec<Vec<&LayoutDocument>> =
        documents.iter().map(|document| chain(documents, document, diagnostics)).collect();
    let mut layouts = BTreeMap::new();
    for chain in &chains {
        let Some(mut layout) = chain.first().and_then(|first| own.remove(&first.name)) else { continue };
        for below in &chain[1..] {
            if let Some(base) = own.get(&below.name).or_else(|| layouts.get(&below.name)) {
                layout.extend(base);
            }
        }
        layouts.insert(layout.name.clone(), layout);
    }
    layouts
}

/// A layout, the one that it extends, and so on.
pub(super) fn chain<'a>(
    documents: &'a [LayoutDocument],
    document: &'a LayoutDocument,
    diagnostics: &mut Diagnostics,
) -> Vec<&'a LayoutDocument> {
    let mut chain = vec![document];
    while let Some(extends) = chain.last().and_then(|last| last.extends.as_ref()) {
        let Some(below) = documents.iter().find(|known| known.name == extends.value) else {
            // Reported is whoever says it, not who extends that one.
            if chain.len() == 1 {
                let message = format!("there is no layout `{}`", extends.value);
                let help = did_you_mean(&extends.value, documents.iter().map(|known| known.name.as_str()));
                let diagnostic = Diagnostic::new(Code::CatalogConflict, message).at(extends.span, "");
                diagnostics.push(diagnostic.maybe_help(help));
            }
            break;
        };
        if chain.iter().any(|known| known.name == below.name) {
            // A circle is reported once, beginning with its first name.
            let names: Vec<&str> = chain.iter().map(|known| known.name.as_str()).collect();
            if below.name == document.name && names.iter().all(|name| *name >= document.name.as_str()) {
                let circle = format!("{} -> {}", names.join(" -> "), below.name);
                let message = format!("layouts extend one another in a circle: {circle}");
                let diagnostic =
                    Diagnostic::new(Code::CatalogConflict, message).at(extends.span, "closes it");
                diagnostics.push(diagnostic.help("leave `extends` out of one of them"));
            }
            break;
        }
        chain.push(below);
    }
    chain
}
