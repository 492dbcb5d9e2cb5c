//! Resolves `[bootstrap]`: the policy for joining nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::{Bootstrap, Keyring, KeyringKind};
use super::parse::parsed_all;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::Document;

/// The policy, if the plan has one. A keyring of bootstrap tokens beside it would say the same a second time.
pub(super) fn bootstrap(
    document: &Document,
    keyrings: &BTreeMap<Arc<str>, Keyring>,
    diagnostics: &mut Diagnostics,
) -> Option<Bootstrap> {
    let table = document.bootstrap.as_ref()?;
    let groups = parsed_all(table.groups.as_ref(), Code::BootstrapGroup, diagnostics);
    let is_token = |keyring: &&Keyring| matches!(keyring.kind, KeyringKind::BootstrapToken(_));
    if let Some(keyring) = keyrings.values().find(is_token) {
        let message = format!("`[bootstrap]` and `{}` both set the groups of joining nodes", keyring.id);
        let diagnostic = Diagnostic::new(Code::BadValue, message)
            .at(table.span, "here")
            .at(keyring.origin, "and here")
            .help("remove the keyring: its Secret expires by itself, and `pkiplan join` creates a token when a node joins");
        diagnostics.push(diagnostic);
    }
    Some(Bootstrap { groups, origin: table.span })
}
