//! Warns where a program accepts only root certificates as trust anchors, but an imported certificate is no root.

use std::collections::BTreeSet;

use super::blueprint::Blueprint;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::specification::CertificateIndex;

/// Warns of each imported certificate that is no root where a program takes nothing but roots for anchors.
pub(super) fn check(blueprint: &Blueprint<'_>, diagnostics: &mut Diagnostics) {
    let mut reported: BTreeSet<(CertificateIndex, &str)> = BTreeSet::new();
    for (c, component) in blueprint.model.components.enumerate() {
        let definition = &component.definition;
        let strict = definition.bundles.iter().enumerate().filter(|(_, bundle)| bundle.strict);
        for (b, bundle) in strict {
            let Some(first) = component.instances.indices().next() else { continue };
            let (held, _) = blueprint.held(c, first, b);
            for position in held {
                let certificate = &blueprint.certificates[position];
                let rootless = certificate.stored.as_ref().is_some_and(|stored| !stored.is_root());
                if !rootless || !reported.insert((position, &definition.name)) {
                    continue;
                }
                let message = format!(
                    "`{}` is an intermediate, but `{}` trusts only roots (its bundle `{}`): \
                     it refuses every server below it",
                    certificate.id, definition.name, bundle.name
                );
                let help = "add a table for the root, `[authority.root]`, import its certificate (`pkiplan import --plan PLAN --as \
                            authority.root ROOT.crt`; its key is not needed), and write `issuer = \"root\"` here";
                let diagnostic = Diagnostic::new(Code::NoRoot, message);
                diagnostics.push(diagnostic.at(certificate.origin, "no root").help(help));
            }
        }
    }
}
