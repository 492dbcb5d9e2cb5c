//! Rules for the keys that encrypt what the API server stores.

use std::fmt;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use crate::yaml::{Node, Scalar};

/// The providers whose keys can be made here: they take 32 bytes, and hold their keys themselves.
pub const ENCRYPTION_PROVIDERS: [&str; 3] = ["secretbox", "aescbc", "aesgcm"];

/// How many bytes a key of a provider may have, as people say it; none where so many are fine
/// (staging/src/k8s.io/apiserver/pkg/apis/apiserver/validation/validation_encryption.go).
#[must_use]
pub fn encryption_key_sizes(provider: &str, bytes: usize) -> Option<&'static str> {
    let (fits, sizes) = match provider {
        "secretbox" => (bytes == 32, "32"),
        _ => ([16, 24, 32].contains(&bytes), "16, 24 or 32"),
    };
    (!fits).then_some(sizes)
}

/// The kinds of documents that hold encryption keys; the second is the one before 1.13.
const KINDS: [&str; 2] = ["EncryptionConfiguration", "EncryptionConfig"];

/// Why an API server does not start with what encrypts its store. It holds nothing of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptionFault {
    /// The line of the document.
    pub line: u32,
    /// What is wrong.
    pub what: EncryptionProblem,
}

/// What is wrong with what encrypts a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EncryptionProblem {
    /// Nothing is encrypted.
    NoResources,
    /// Nothing says how resources are stored.
    NoProviders,
    /// A provider has no keys.
    NoKeys {
        /// The provider.
        provider: String,
    },
    /// A key has no name.
    NoName {
        /// The provider.
        provider: String,
    },
    /// A key is no base64.
    NoBase64 {
        /// The provider.
        provider: String,
        /// The key's name.
        key: String,
    },
    /// A key has another size than its provider takes.
    Size {
        /// The provider.
        provider: String,
        /// The key's name.
        key: String,
        /// How many bytes it has.
        bytes: usize,
        /// How many it may have.
        takes: &'static str,
    },
}

impl fmt::Display for EncryptionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoResources => f.write_str("it lists no resources"),
            Self::NoProviders => f.write_str("it has resources without providers"),
            Self::NoKeys { provider } => write!(f, "the provider `{provider}` has no keys"),
            Self::NoName { provider } => write!(f, "a key of the provider `{provider}` has no name"),
            Self::NoBase64 { provider, key } => write!(f, "the key `{key}` of `{provider}` is not base64"),
            Self::Size { provider, key, bytes, takes } => {
                write!(f, "the key `{key}` of `{provider}` has {bytes} bytes, but needs {takes}")
            }
        }
    }
}

/// Whether a document says how an API server encrypts what it stores.
#[must_use]
pub fn is_encryption(document: &Node) -> bool {
    document.get("kind").and_then(Node::as_str).is_some_and(|kind| KINDS.contains(&kind))
}

/// Why an API server would not start with a document, beside fields that it does not know (validation_encryption.go). Of
/// documents of another kind it says nothing.
#[must_use]
pub fn encryption_faults(document: &Node) -> Vec<EncryptionFault> {
    let mut faults = Vec::new();
    if !is_encryption(document) {
        return faults;
    }
    let resources = document.get("resources").map(Node::items).unwrap_or_default();
    if resources.is_empty() {
        faults.push(EncryptionFault { line: document.line, what: EncryptionProblem::NoResources });
    }
    for resource in resources {
        let providers = resource.get("providers").map(Node::items).unwrap_or_default();
        if providers.is_empty() {
            faults.push(EncryptionFault { line: resource.line, what: EncryptionProblem::NoProviders });
        }
        for (name, body) in providers.iter().flat_map(Node::entries) {
            if ENCRYPTION_PROVIDERS.contains(&&*name.text) {
                provider_faults(&name.text, body, &mut faults);
            }
        }
    }
    faults
}

fn provider_faults(provider: &str, body: &Node, faults: &mut Vec<EncryptionFault>) {
    let provider = || provider.to_owned();
    let keys = body.get("keys").map(Node::items).unwrap_or_default();
    if keys.is_empty() {
        let what = EncryptionProblem::NoKeys { provider: provider() };
        faults.push(EncryptionFault { line: body.line, what });
    }
    for node in keys {
        let text = |field: &str| node.get(field).and_then(Node::scalar).map(Scalar::text).unwrap_or_default();
        let mut push = |what| faults.push(EncryptionFault { line: node.line, what });
        let key = text("name").to_owned();
        if key.is_empty() {
            push(EncryptionProblem::NoName { provider: provider() });
        }
        match Base64::decode_vec(text("secret").trim()).map(Zeroizing::new) {
            Err(_) => push(EncryptionProblem::NoBase64 { provider: provider(), key }),
            Ok(bytes) => {
                if let Some(takes) = encryption_key_sizes(&provider(), bytes.len()) {
                    push(EncryptionProblem::Size { provider: provider(), key, bytes: bytes.len(), takes });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_size_of_their_provider() {
        assert_eq!(encryption_key_sizes("secretbox", 16), Some("32"));
        assert_eq!(encryption_key_sizes("secretbox", 32), None);
        assert_eq!(encryption_key_sizes("aescbc", 16), None);
        assert_eq!(encryption_key_sizes("aesgcm", 20), Some("16, 24 or 32"));
    }

    #[test]
    fn what_an_api_server_does_not_start_with() {
        let said = |text: &str| -> Vec<String> {
            let documents = crate::yaml::documents(text).unwrap();
            let faults = encryption_faults(&documents[0].root);
            faults.iter().map(|fault| format!("{}: {}", fault.line, fault.what)).collect()
        };
        let of = |provider: &str| {
            let head = "kind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n";
            said(&format!("{head}  - {provider}\n"))
        };
        let key = |secret: &str| format!("aescbc: {{ keys: [{{ name: k, secret: \"{secret}\" }}] }}");
        let none: [&str; 0] = [];
        assert_eq!(of(&key("AAAAAAAAAAAAAAAAAAAAAA==")), none);
        assert_eq!(of(&key("AAAA")), ["5: the key `k` of `aescbc` has 3 bytes, but needs 16, 24 or 32"]);
        assert_eq!(of(&key("!")), ["5: the key `k` of `aescbc` is not base64"]);
        assert_eq!(of("aescbc: { keys: [] }"), ["5: the provider `aescbc` has no keys"]);
        assert_eq!(
            of(&format!("aesgcm: {{ keys: [{{ secret: {}== }}] }}", "A".repeat(22))),
            ["5: a key of the provider `aesgcm` has no name"]
        );
        assert_eq!(of("identity: {}"), none);
        assert_eq!(said("kind: EncryptionConfiguration\n"), ["1: it lists no resources"]);
        assert_eq!(
            said("kind: EncryptionConfig\nresources:\n- resources: [secrets]\n"),
            ["3: it has resources without providers"]
        );
        assert_eq!(said("kind: Pod\n"), none);
    }
}
