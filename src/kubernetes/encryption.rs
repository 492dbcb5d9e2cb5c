//! Keys that encrypt what the API server stores.

use base64ct::{Base64, Encoding};
use serde_json::Value;
use zeroize::Zeroizing;

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

/// The kind of document that holds encryption keys.
const KIND: &str = "EncryptionConfiguration";

/// Why an API server would not start with an EncryptionConfiguration, beside fields that it does not know; each is the
/// rest of a sentence (validation_encryption.go). It holds nothing of a key.
/// Of documents of another kind it says nothing.
#[must_use]
pub fn encryption_faults(document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if document["kind"] != KIND {
        return faults;
    }
    let resources = document["resources"].as_array().map(Vec::as_slice).unwrap_or_default();
    if resources.is_empty() {
        faults.push("it names no resources".to_owned());
    }
    for providers in resources.iter().map(|resource| resource["providers"].as_array()) {
        match providers {
            Some(providers) if !providers.is_empty() => {
                providers.iter().for_each(|provider| provider_faults(provider, &mut faults));
            }
            _ => faults.push("it has resources without providers".to_owned()),
        }
    }
    faults
}

fn provider_faults(provider: &Value, faults: &mut Vec<String>) {
    for (name, body) in provider.as_object().into_iter().flatten() {
        if !ENCRYPTION_PROVIDERS.contains(&name.as_str()) {
            continue;
        }
        let keys = body["keys"].as_array().map(Vec::as_slice).unwrap_or_default();
        if keys.is_empty() {
            faults.push(format!("the provider `{name}` has no keys"));
        }
        for key in keys {
            let secret = Zeroizing::new(key["secret"].as_str().unwrap_or_default().to_owned());
            let called = key["name"].as_str().unwrap_or_default();
            match Base64::decode_vec(&secret).map(Zeroizing::new) {
                Err(_) => faults.push(format!("the key `{called}` of `{name}` is no base64")),
                Ok(bytes) => {
                    if let Some(sizes) = encryption_key_sizes(name, bytes.len()) {
                        let has = bytes.len();
                        faults.push(format!(
                            "the key `{called}` of `{name}` has {has} bytes, and it takes {sizes}"
                        ));
                    }
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
        let of = |provider: Value| {
            let resource = serde_json::json!({ "resources": ["secrets"], "providers": [provider] });
            encryption_faults(&serde_json::json!({ "kind": KIND, "resources": [resource] }))
        };
        let key =
            |secret: &str| serde_json::json!({ "aescbc": { "keys": [{ "name": "k", "secret": secret }] } });
        assert_eq!(of(key("AAAAAAAAAAAAAAAAAAAAAA==")), Vec::<String>::new());
        assert_eq!(of(key("AAAA")), ["the key `k` of `aescbc` has 3 bytes, and it takes 16, 24 or 32"]);
        assert_eq!(of(key("!")), ["the key `k` of `aescbc` is no base64"]);
        assert_eq!(
            of(serde_json::json!({ "aescbc": { "keys": [] } })),
            ["the provider `aescbc` has no keys"]
        );
        assert_eq!(of(serde_json::json!({ "identity": {} })), Vec::<String>::new());
        assert_eq!(encryption_faults(&serde_json::json!({ "kind": KIND })), ["it names no resources"]);
        assert_eq!(encryption_faults(&serde_json::json!({ "kind": "Pod" })), Vec::<String>::new());
    }
}
