//! Parses references `@NAME.PART` to the artefacts of a component.

use std::sync::Arc;

use super::artefact::{KeyringPart, PairPart, Reference};
use crate::read::catalog::ComponentDocument;

/// What a component's references may name, collected before anything refers.
pub(super) struct Names<'a> {
    pub(super) document: &'a ComponentDocument,
    pub(super) purposes: Vec<Arc<str>>,
    pub(super) keyrings: Vec<Arc<str>>,
}

impl Names<'_> {
    pub(super) fn find(&mut self, written: &str) -> Option<Reference> {
        let document = self.document;
        let position = |names: Vec<&str>, name: &str| names.iter().position(|known| *known == name);
        if let Some(rest) = written.strip_prefix("authority.") {
            let (purpose, part) = rest.rsplit_once('.')?;
            return Some(Reference::Authority(intern(&mut self.purposes, purpose), pair(part)?));
        }
        if let Some(i) = position(document.bundles.iter().map(|(n, _)| n.value.as_str()).collect(), written) {
            return Some(Reference::Bundle(i));
        }
        if let Some(i) =
            position(document.kubeconfigs.iter().map(|(n, _)| n.value.as_str()).collect(), written)
        {
            return Some(Reference::Kubeconfig(i));
        }
        if let Some(i) = position(document.files.iter().map(|(n, _)| n.value.as_str()).collect(), written) {
            return Some(Reference::File(i));
        }
        let (name, part) = written.rsplit_once('.')?;
        if let Some(i) = position(document.certificates.iter().map(|(n, _)| n.value.as_str()).collect(), name)
        {
            return Some(Reference::Certificate(i, pair(part)?));
        }
        let part = match part {
            "private-key" => KeyringPart::PrivateKey,
            "public-keys" => KeyringPart::PublicKeys,
            _ => return None,
        };
        Some(Reference::Keyring(intern(&mut self.keyrings, name), part))
    }

    /// A keyring by its name, for those that are named without a reference.
    pub(super) fn keyring(&mut self, name: &str) -> Arc<str> {
        let index = intern(&mut self.keyrings, name);
        Arc::clone(&self.keyrings[index])
    }

    pub(super) fn known(&self) -> Vec<String> {
        let document = self.document;
        let single =
            document.bundles.iter().map(|(n, _)| n).chain(document.kubeconfigs.iter().map(|(n, _)| n));
        let single = single.chain(document.files.iter().map(|(n, _)| n)).map(|n| n.value.clone());
        let pairs = document
            .certificates
            .iter()
            .flat_map(|(n, _)| [format!("{}.certificate", n.value), format!("{}.key", n.value)]);
        single.chain(pairs).collect()
    }
}

fn pair(part: &str) -> Option<PairPart> {
    match part {
        "certificate" => Some(PairPart::Certificate),
        "key" => Some(PairPart::Key),
        _ => None,
    }
}

fn intern(known: &mut Vec<Arc<str>>, name: &str) -> usize {
    known.iter().position(|k| &**k == name).unwrap_or_else(|| {
        known.push(name.into());
        known.len() - 1
    })
}
