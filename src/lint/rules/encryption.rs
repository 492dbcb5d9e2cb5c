//! Rules for encryption at rest (k8s.io/apiserver/pkg/apis/apiserver/validation/validation_encryption.go).

use std::collections::BTreeSet;

use super::keys::mode;
use crate::diagnostics::Code;
use crate::kubernetes::{ENCRYPTION_PROVIDERS, EncryptionProblem, encryption_faults, is_encryption};
use crate::lint::content::Read;
use crate::lint::report::Report;
use crate::yaml::{Node, Scalar};

/// The provider that stores plain text.
const PLAIN: &str = "identity";
const MAKES_ONE: &str = "`head -c 32 /dev/urandom | base64` makes one";

/// Whether a document says how the API server encrypts what it stores.
pub(super) fn is_one(root: &Node) -> bool {
    is_encryption(root)
}

pub(super) fn check(file: &Read<'_>, root: &Node, report: &mut Report) {
    if !is_one(root) {
        return;
    }
    for fault in encryption_faults(root) {
        let help = match fault.what {
            EncryptionProblem::NoResources => "name what is encrypted, such as `secrets`",
            EncryptionProblem::NoProviders | EncryptionProblem::NoKeys { .. } => {
                "the API server does not start without one"
            }
            EncryptionProblem::NoName { .. } => "stored data says which key name encrypted it",
            EncryptionProblem::NoBase64 { .. } | EncryptionProblem::Size { .. } => MAKES_ONE,
        };
        let place = file.at(fault.line, report);
        report.say(Code::LintEncryptionKey, place, fault.what.to_string(), help);
    }
    let mut first_key = None;
    for resources in root.get("resources").map(Node::items).unwrap_or_default() {
        let providers = resources.get("providers").map(Node::items).unwrap_or_default();
        for (position, provider) in providers.iter().enumerate() {
            for (name, body) in provider.entries() {
                if name.text == PLAIN && position == 0 {
                    let place = file.at(name.line, report);
                    let message = "new data is stored as plain text: `identity` is first";
                    let help =
                        "put a provider with keys before it, unless encryption is just being turned off";
                    report.say(Code::LintEncryptionOff, place, message, help);
                }
                if ENCRYPTION_PROVIDERS.contains(&&*name.text) {
                    first_key = first_key.or(same_names(file, &name.text, body, report));
                }
            }
        }
    }
    if let Some(line) = first_key {
        mode(file, line, "encryption key", report);
    }
}

/// Keys of a provider that are called alike, which an API server starts with; the line of the first key.
fn same_names(file: &Read<'_>, provider: &str, body: &Node, report: &mut Report) -> Option<u32> {
    let keys = body.get("keys").map(Node::items).unwrap_or_default();
    let mut names = BTreeSet::new();
    for key in keys {
        let name = key.get("name").and_then(Node::scalar).map(Scalar::text).unwrap_or_default();
        if !name.is_empty() && !names.insert(name) {
            let place = file.at(key.line, report);
            let message = format!("the provider `{provider}` has two keys `{name}`");
            report.say(
                Code::LintEncryptionKey,
                place,
                message,
                "only the first one can read: give each key its own name",
            );
        }
    }
    keys.first().map(|key| key.line)
}
