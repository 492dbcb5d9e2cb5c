//! What programs have in common with others: keys, values that must be equal, and what they issue certificates with.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::reader::Reader;
use crate::catalog::{SeenKeys, SeenSame, SeenSigner};
use crate::values::hex;
use crate::wiring::{Goal, Held, Keys, Same, Signer};

impl Reader<'_, '_> {
    pub(super) fn keys(&self, keys: &SeenKeys) -> Keys {
        Keys {
            name: Arc::clone(&keys.name),
            signs: keys.signs.as_ref().and_then(|slot| self.inputs.key(slot)),
            verifies: keys.verifies.as_ref().map(|slot| self.inputs.public_keys(slot)).unwrap_or_default(),
        }
    }

    pub(super) fn same(&mut self, same: &SeenSame) -> Same {
        let counts = same.only.as_ref().is_none_or(|(slot, value)| self.slot_that_is(slot, value).is_some());
        let of = |slot, file, value: Option<Vec<Arc<str>>>| Same {
            name: Arc::clone(&same.name),
            slot,
            file,
            value: value.filter(|_| counts),
            because: Arc::clone(&same.because),
        };
        let Some(said) = self.inputs.list(&same.slot) else {
            return of(self.inputs.absent(&same.slot), None, Some(Vec::new()));
        };
        if let Some(input) = said.values.first().filter(|_| same.file) {
            let held = self.inputs.held(&said.slot, input, |bytes| Ok(Zeroizing::new(bytes.to_vec())));
            let text = held.content.as_ref().ok().and_then(|bytes| std::str::from_utf8(bytes).ok());
            if let Some(text) = text.filter(|text| text.contains("apiVersion")) {
                self.inputs.review(&held.at.path, text);
            }
            let value = held.get().map(|bytes| vec![significant(bytes).into()]);
            let Held { slot, at, access, content } = held;
            let file = Held { slot, at, access, content: content.map(|_| ()) };
            return of(said.slot, Some(file), value);
        }
        let mut values: Vec<Arc<str>> = said.values.into_iter().map(|value| value.text).collect();
        if !same.ordered {
            values.sort();
        }
        of(said.slot, None, Some(values))
    }

    pub(super) fn signer(&self, signer: &SeenSigner) -> Option<Signer> {
        Some(Signer {
            name: Arc::clone(&signer.name),
            certificate: self.inputs.chain(self.store, &signer.certificate)?,
            key: self.inputs.key(&signer.key)?,
            clients_of: signer.clients_of.as_ref().map(|(component, listen)| Goal {
                component: Arc::clone(component),
                listen: Arc::clone(listen),
            }),
        })
    }
}

/// A digest of a text without its comments and empty lines.
fn significant(bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        if !line.is_empty() && !line.trim_ascii_start().starts_with(b"#") {
            hash.update(line);
            hash.update(b"\n");
        }
    }
    hex(&hash.finalize())
}
