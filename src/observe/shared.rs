//! Reads what programs share with others: keys, values that must be equal, and the authorities with which they sign.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::reader::Reader;
use crate::catalog::{SeenKeys, SeenSame, SeenSigner};
use crate::values::hex;
use crate::wiring::{Goal, Held, Keys, Same, Signer};
use crate::yaml::{self, Node, Typed, Value};

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
            let value = held.get().map(|bytes| vec![meaning(bytes).into()]);
            let Held { slot, at, access, content } = held;
            let file = Held { slot, at, access, content: content.map(|_| ()) };
            // What nobody has to hide is looked at with all files that are named.
            return of(said.slot, (!same.public).then_some(file), value);
        }
        if said.values.iter().any(|value| value.unknown.is_some()) {
            return of(said.slot, None, None);
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

/// A digest of what a text says: of a document whatever its layout, of another text without its comments and empty lines.
#[must_use]
pub fn meaning(bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    match std::str::from_utf8(bytes).ok().and_then(document) {
        Some(document) => weigh(&document, &["apiVersion", "kind"], &mut hash),
        None => lines(bytes, &mut hash),
    }
    hex(&hash.finalize())
}

/// The first document of a text that says what it is; decoders take no other.
fn document(text: &str) -> Option<Node> {
    let first = yaml::documents(text).ok()?.into_iter().next()?.root;
    first.get("kind").is_some().then_some(first)
}

fn lines(bytes: &[u8], hash: &mut Sha256) {
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_end();
        if !line.is_empty() && !line.trim_ascii_start().starts_with(b"#") {
            hash.update(line);
            hash.update(b"\n");
        }
    }
}

/// Takes in what a node says, but for some keys. Keys have no order, nor have the names of `resources`.
fn weigh(node: &Node, skipped: &[&str], hash: &mut Sha256) {
    match &node.value {
        Value::Scalar(scalar) => match scalar.typed() {
            Typed::Null => hash.update(b"null;"),
            Typed::Bool(value) => hash.update(format!("{value};")),
            Typed::Int(value) => hash.update(format!("{value};")),
            Typed::Float(value) => hash.update(format!("{value};")),
            Typed::Text(text) => take(text, hash),
        },
        Value::Sequence(items) => {
            hash.update(format!("[{}", items.len()));
            items.iter().for_each(|item| weigh(item, skipped, hash));
        }
        Value::Mapping(entries) => {
            let entries: BTreeMap<&str, &Node> =
                entries.iter().map(|(key, value)| (key.text.as_str(), value)).collect();
            hash.update(b"{");
            for (key, value) in entries.into_iter().filter(|(key, _)| !skipped.contains(key)) {
                take(key, hash);
                let names: Option<BTreeSet<&str>> = value.items().iter().map(Node::as_str).collect();
                match names.filter(|names| key == "resources" && !names.is_empty()) {
                    Some(names) => names.into_iter().for_each(|name| take(name, hash)),
                    // Authorizers are called by their names in messages alone.
                    None if key == "authorizers" => weigh(value, &["name"], hash),
                    None => weigh(value, &[], hash),
                }
            }
            hash.update(b"}");
        }
    }
}

fn take(text: &str, hash: &mut Sha256) {
    hash.update(format!("\"{}:", text.len()));
    hash.update(text);
}
