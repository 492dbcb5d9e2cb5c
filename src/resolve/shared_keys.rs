//! Warns about a key that is imported for several roles.

use std::collections::BTreeMap;

use super::model::{KeyringKind, Model};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::Span;

/// Warns of each key that is imported more than once.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let mut by_key: BTreeMap<[u8; 32], Vec<(String, Span)>> = BTreeMap::new();
    for authority in &model.authorities {
        for (generation, imported) in &authority.imported {
            let id = format!("authority.{}/{generation}", authority.name);
            by_key.entry(imported.certificate.key_sha256()).or_default().push((id, imported.origin));
        }
    }
    let pairs = model.keyrings.values().filter(|keyring| matches!(keyring.kind, KeyringKind::KeyPair(_)));
    for keyring in pairs {
        for (generation, imported) in &keyring.imported {
            let id = format!("keyring.{}/{generation}", keyring.name);
            by_key.entry(imported.digest).or_default().push((id, imported.origin));
        }
    }
    for places in by_key.into_values().filter(|places| places.len() > 1) {
        let names: Vec<String> = places.iter().map(|(id, _)| format!("`{id}`")).collect();
        let message =
            format!("{} are the same key: what it signs for one is valid for all", names.join(", "));
        let authorities = places.iter().filter(|(id, _)| id.starts_with("authority.")).count();
        let help = match authorities == places.len() {
            true => {
                "use one authority that serves all of this (`serves = [...]`), or rotate \
                     each to a derived key"
            }
            false => {
                "give the key pair its own key: rotate it to a derived generation, in three \
                      commits starting with `generations = { use = 1, trust = [1, 2] }`"
            }
        };
        let diagnostic = Diagnostic::new(Code::SharedKey, message).help(help);
        let labelled =
            places.iter().fold(diagnostic, |diagnostic, (_, span)| diagnostic.at(*span, "imported here"));
        diagnostics.push(labelled);
    }
}
