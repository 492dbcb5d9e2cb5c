//! Reads encryption keys from an `EncryptionConfiguration` (kubernetes.io/docs/tasks/administer-cluster/encrypt-data).

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding as _};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::kubernetes::{Kms, encryption_key_sizes};
use crate::values::{Invalid, PlainText};

/// What is read of a file.
pub(super) struct Encryption {
    /// The one that writes first.
    pub(super) keys: Vec<Found>,
    /// What becomes of plain text.
    pub(super) plain_text: PlainText,
    /// What it encrypts.
    pub(super) resources: Vec<String>,
    /// What of it the trees will not have.
    pub(super) notes: Vec<String>,
}

/// What encrypts.
pub(super) enum Found {
    /// A key that is in the file.
    Key(NamedKey),
    /// A plugin with a key of its own.
    Plugin(Kms),
}

/// A key, and what the data that it has encrypted says of it.
pub(super) struct NamedKey {
    pub(super) provider: String,
    pub(super) name: String,
    pub(super) key: Zeroizing<Vec<u8>>,
}

/// Text that is secret; it is overwritten when it is no longer needed.
struct Hidden(Zeroizing<String>);

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

#[derive(Deserialize)]
struct Document {
    kind: String,
    #[serde(default)]
    resources: Vec<Resources>,
}

#[derive(Deserialize)]
struct Resources {
    resources: Vec<String>,
    providers: Vec<BTreeMap<String, Option<Provider>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    #[serde(default)]
    keys: Option<Vec<Key>>,
    #[serde(default)]
    api_version: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    endpoint: Option<String>,
    #[serde(default)]
    timeout: Option<String>,
}

#[derive(Deserialize)]
struct Key {
    name: String,
    secret: Hidden,
}

/// The keys of a file; none where it is something else.
pub(super) fn read(text: &str) -> Option<Result<Encryption, String>> {
    // Most files are none, and YAML takes nearly anything.
    if !text.contains("EncryptionConfig") {
        return None;
    }
    let document: Document = match serde_saphyr::from_str(text) {
        Ok(document) => document,
        // What the reader says may repeat what it has read.
        Err(_) => return Some(Err("it is not an EncryptionConfiguration that can be read".to_owned())),
    };
    ["EncryptionConfiguration", "EncryptionConfig"].contains(&document.kind.as_str()).then(|| keys(document))
}

fn keys(document: Document) -> Result<Encryption, String> {
    let mut found = Encryption {
        keys: Vec::new(),
        plain_text: PlainText::Refused,
        resources: Vec::new(),
        notes: Vec::new(),
    };
    let several = document.resources.len() > 1;
    for resources in document.resources {
        found.resources.extend(resources.resources);
        for (position, provider) in resources.providers.into_iter().enumerate() {
            for (name, provider) in provider {
                provider_keys(&mut found, position, &name, provider)?;
            }
        }
    }
    if found.keys.is_empty() && found.plain_text == PlainText::Refused {
        return Err("it holds no keys".to_owned());
    }
    found.resources.sort();
    found.resources.dedup();
    if several {
        found.notes.push(
            "it encrypts resources in different ways; in the built file, all resources have all \
             the keys, and the first key writes"
                .to_owned(),
        );
    }
    Ok(found)
}

fn provider_keys(
    found: &mut Encryption,
    position: usize,
    name: &str,
    provider: Option<Provider>,
) -> Result<(), String> {
    if name == Kms::WORD {
        let kms = provider.ok_or_else(|| "its KMS plugin has no name".to_owned()).and_then(plugin)?;
        let known =
            found.keys.iter().any(|known| matches!(known, Found::Plugin(known) if known.name == kms.name));
        if !known {
            found.keys.push(Found::Plugin(kms));
        }
        return Ok(());
    }
    let Some(keys) = provider.and_then(|provider| provider.keys) else {
        if name != "identity" {
            return Err(format!(
                "its provider `{name}` has no keys, so data that it has encrypted could no longer be read"
            ));
        }
        found.plain_text = if position == 0 { PlainText::Written } else { PlainText::Read };
        return Ok(());
    };
    for key in keys {
        let bytes = Base64::decode_vec(key.secret.0.trim()).map(Zeroizing::new);
        let bytes =
            bytes.map_err(|_| format!("the key `{}` of provider `{name}` is not base64", key.name))?;
        if let Some(sizes) = encryption_key_sizes(name, bytes.len()) {
            let (key, bytes) = (&key.name, bytes.len());
            return Err(format!("the key `{key}` of provider `{name}` has {bytes} bytes, but needs {sizes}"));
        }
        let keys = found.keys.iter().filter_map(|known| match known {
            Found::Key(known) => Some(known),
            Found::Plugin(_) => None,
        });
        let mut same = keys.filter(|known| known.provider == name && known.name == key.name);
        match same.next() {
            Some(known) if known.key == bytes => {}
            Some(_) => return Err(format!("provider `{name}` has two keys with the name `{}`", key.name)),
            None => {
                let key = NamedKey { provider: name.to_owned(), name: key.name, key: bytes };
                found.keys.push(Found::Key(key));
            }
        }
    }
    Ok(())
}

/// A plugin of version 2, whose key stays where it is.
fn plugin(provider: Provider) -> Result<Kms, String> {
    let name = provider.name.unwrap_or_default();
    if provider.api_version.as_deref() != Some(Kms::API_VERSION) {
        return Err(format!(
            "its KMS plugin `{name}` uses version 1, which pkiplan does not support: change it to version 2 first"
        ));
    }
    let wrong = |invalid: Invalid| invalid.message;
    let timeout = provider.timeout.map(|timeout| {
        timeout.parse().map_err(|_| {
            format!("the timeout `{timeout}` of its KMS plugin is not a whole number of seconds")
        })
    });
    Ok(Kms {
        name: name.parse().map_err(wrong)?,
        endpoint: provider.endpoint.unwrap_or_default().parse().map_err(wrong)?,
        timeout: timeout.transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(providers: &str) -> Result<(Vec<String>, PlainText), String> {
        let text = format!(
            "kind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n{providers}"
        );
        let found = read(&text).unwrap()?;
        let name = |found| match found {
            Found::Key(key) => key.name,
            Found::Plugin(kms) => kms.identity(),
        };
        Ok((found.keys.into_iter().map(name).collect(), found.plain_text))
    }

    /// A provider with a key of 32 bytes, all the same.
    fn provider(name: &str, key: &str, byte: u8) -> String {
        let secret = Base64::encode_string(&[byte; 32]);
        format!("  - {name}:\n      keys:\n      - name: {key}\n        secret: {secret}\n")
    }

    #[test]
    fn keys_keep_their_order_and_are_distinguished_by_provider() {
        let (one, two) = (provider("aescbc", "one", 1), provider("secretbox", "one", 2));
        assert_eq!(found(&format!("{two}{one}{two}")), Ok((vec!["one".to_owned(); 2], PlainText::Refused)));
        let other = provider("aescbc", "one", 3);
        assert!(found(&format!("{one}{other}")).unwrap_err().contains("two keys with the name `one`"));
    }

    #[test]
    fn plain_text_is_written_where_it_stands_first() {
        let (key, identity) = (provider("aescbc", "one", 1), "  - identity: {}\n");
        assert_eq!(found(&format!("{key}{identity}")).unwrap().1, PlainText::Read);
        assert_eq!(found(&format!("{identity}{key}")).unwrap().1, PlainText::Written);
        assert_eq!(found(identity).unwrap(), (Vec::new(), PlainText::Written));
        assert!(found("").is_err(), "nothing could be read");
        assert!(found(&format!("{key}  - other: {{}}\n")).is_err(), "its keys are elsewhere");
    }

    #[test]
    fn plugins_keep_their_place() {
        let kms = |version: &str, name: &str| {
            format!(
                "  - kms: {{ apiVersion: {version}, name: {name}, endpoint: unix:///run/kms, timeout: 3s }}\n"
            )
        };
        let (one, key) = (kms("v2", "one"), provider("aescbc", "old", 1));
        let names = found(&format!("{one}{key}{}{one}", kms("v2", "two"))).unwrap().0;
        assert_eq!(names, ["kms:one", "old", "kms:two"]);
        assert!(found(&kms("v1", "one")).unwrap_err().contains("version 2"));
        assert!(found("  - kms: {}\n").is_err());
        assert!(found("  - kms: { apiVersion: v2, name: one, endpoint: 'tcp://x' }\n").is_err());
    }

    #[test]
    fn other_documents_are_not_taken_for_one() {
        assert!(read("kind: Secret\n").is_none());
        assert!(read("kind: Secret\nnote: EncryptionConfiguration\n").is_none());
    }
}
