//! The digests of private values that a repository's locks record: identities of secrets, and public keys.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::index::Index;
use crate::inspect;
use crate::issue::secret::Secret;
use crate::lock::{self, Lock};
use crate::source::Sources;
use crate::values::hex;

/// By which bytes are known that say nothing of themselves.
#[derive(Default)]
pub(super) struct Known {
    secrets: BTreeSet<String>,
    /// Names of keys by the digests of their public halves.
    keys: BTreeMap<String, String>,
}

impl Known {
    /// From all locks of the index.
    pub(super) fn read(index: &Index<'_>) -> Self {
        let mut known = Self::default();
        for path in index.paths().filter(|path| path.extension().is_some_and(|end| end == "lock")) {
            let text = index.content(path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            if let Some(text) = text.filter(|text| lock::is_lock(text)) {
                known.take(path, &text);
            }
        }
        known
    }

    /// What is wrong with a lock is reported where its plan is checked.
    fn take(&mut self, path: &Path, text: &str) {
        let source = Sources::default().add(path.to_string_lossy(), text);
        let Ok(lock) = Lock::parse(text, source) else { return };
        self.secrets.extend(lock.secrets.values().map(|record| record.identity.clone()));
        for (id, record) in &lock.keys {
            for (generation, sha256) in &record.sha256 {
                self.keys.insert(hex(sha256), format!("{id}/{generation} of {}", path.display()));
            }
        }
    }

    pub(super) fn is_secret(&self, bytes: &[u8; 32]) -> bool {
        !self.secrets.is_empty() && self.secrets.contains(&Secret::from_bytes(*bytes).identity())
    }

    /// `service-account/1 of cluster.lock`
    pub(super) fn key(&self, der: &[u8]) -> Option<&str> {
        self.keys.get(&inspect::public_sha256(der)?).map(String::as_str)
    }
}
