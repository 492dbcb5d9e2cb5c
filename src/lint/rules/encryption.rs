//! Encryption at rest (k8s.io/apiserver/pkg/apis/apiserver/validation/validation_encryption.go).

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::keys::mode;
use crate::diagnostics::Code;
use crate::kubernetes::{ENCRYPTION_PROVIDERS, encryption_key_sizes};
use crate::lint::content::Read;
use crate::lint::report::Report;
use crate::yaml::Node;

const KINDS: [&str; 2] = ["EncryptionConfiguration", "EncryptionConfig"];
/// The provider that stores plain text.
const PLAIN: &str = "identity";

/// Whether a document says how the API server encrypts what it stores.
pub(super) fn is_one(root: &Node) -> bool {
    root.get("kind").and_then(Node::as_str).is_some_and(|kind| KINDS.contains(&kind))
}

pub(super) fn check(file: &Read<'_>, root: &Node, report: &mut Report) {
    if !is_one(root) {
        return;
    }
    let mut first_key = None;
    for resources in root.get("resources").map(Node::items).unwrap_or_default() {
        let providers = resources.get("providers").map(Node::items).unwrap_or_default();
        for (position, provider) in providers.iter().enumerate() {
            for (name, body) in provider.entries() {
                if name.text == PLAIN && position == 0 {
                    let place = file.at(name.line, report);
                    let message =
                        "what is written from now on is stored as plain text: `identity` stands first";
                    let help =
                        "put a provider with keys before it, unless encryption is just being turned off";
                    report.say(Code::LintEncryptionOff, place, message, help);
                }
                first_key = first_key.or(provider_keys(file, &name.text, body, report));
            }
        }
    }
    if let Some(line) = first_key {
        mode(file, line, "encryption key", report);
    }
}

/// The keys of a provider; the line of the first one.
fn provider_keys(file: &Read<'_>, provider: &str, body: &Node, report: &mut Report) -> Option<u32> {
    if !ENCRYPTION_PROVIDERS.contains(&provider) {
        return None;
    }
    let keys = body.get("keys").map(Node::items).unwrap_or_default();
    let mut say = |line: u32, message: String, help: &str| {
        let place = file.at(line, report);
        report.say(Code::LintEncryptionKey, place, message, help);
    };
    if keys.is_empty() {
        say(
            body.line,
            format!("the provider `{provider}` has no keys"),
            "the API server does not start without one",
        );
    }
    let mut names: Vec<&str> = Vec::new();
    for key in keys {
        let name = key.get("name").and_then(|name| name.scalar()).map(|name| name.text()).unwrap_or_default();
        if name.is_empty() {
            say(
                key.line,
                format!("a key of the provider `{provider}` has no name"),
                "what is stored says by which name it was encrypted",
            );
        } else if names.contains(&name) {
            say(
                key.line,
                format!("the provider `{provider}` has two keys `{name}`"),
                "only the first one reads: give each a name of its own",
            );
        }
        names.push(name);
        let secret = key
            .get("secret")
            .and_then(|secret| secret.scalar())
            .map(|secret| secret.text())
            .unwrap_or_default();
        match Base64::decode_vec(secret.trim()).map(Zeroizing::new) {
            Ok(bytes) => {
                if let Some(sizes) = encryption_key_sizes(provider, bytes.len()) {
                    let message = format!(
                        "the key `{name}` of `{provider}` has {} bytes, and it takes {sizes}",
                        bytes.len()
                    );
                    say(key.line, message, "`head -c 32 /dev/urandom | base64` makes one");
                }
            }
            Err(_) => say(
                key.line,
                format!("the key `{name}` of `{provider}` is no base64"),
                "`head -c 32 /dev/urandom | base64` makes one",
            ),
        }
    }
    keys.first().map(|key| key.line)
}
