//! A key or an authority that is imported.

use std::path::PathBuf;
use std::sync::Arc;

use crate::issue::imported::{EncryptionKey, ImportedText};
use crate::issue::key::PrivateKey;
use crate::kubernetes::Kms;
use crate::lock::Lock;
use crate::specification::KeyIdentity;
use crate::stored::Stored;
use crate::values::PlainText;

/// A generation of an authority or a keyring that is imported.
pub struct Adopted {
    /// `authority` or `keyring`.
    pub table: &'static str,
    /// Its name in the plan.
    pub name: Arc<str>,
    /// What keys derive from: `authority.NAME`, where NAME may be a former name.
    pub id: Arc<str>,
    /// Which generation it becomes.
    pub generation: u32,
    /// All purposes that an authority must serve; none: those that it has in the plan.
    pub serves: Vec<Arc<str>>,
    /// Where its key was found.
    pub from: PathBuf,
    /// The key.
    pub key: AdoptedKey,
}

/// Which generations a keyring that encrypts has, as the cluster had them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encrypting {
    /// The keyring's name in the plan.
    pub keyring: Arc<str>,
    /// How many keys: these are its generations, and the last one writes.
    pub keys: u32,
    /// What becomes of plain text.
    pub plain_text: PlainText,
    /// What they encrypt; nothing says what usually is.
    pub resources: Vec<String>,
}

/// A key that is imported.
pub enum AdoptedKey {
    /// An authority.
    Authority(Box<Stored>, Arc<PrivateKey>),
    /// An authority whose key stays where it is.
    Certificate(Box<Stored>),
    /// A key pair.
    Pair(Arc<PrivateKey>),
    /// A token or a password.
    Text(ImportedText),
    /// A plugin that encrypts with a key of its own.
    Plugin(Kms),
    /// An encryption key.
    Encryption {
        /// The key.
        key: EncryptionKey,
        /// Its method.
        provider: String,
        /// What it is called.
        name: String,
    },
}

impl Adopted {
    /// Whether a lock has another key in its place.
    #[must_use]
    pub fn is_another_in(&self, lock: &Lock) -> bool {
        let other = |known: Option<[u8; 32]>, own: [u8; 32]| known != Some(own);
        let authority = |own: [u8; 32]| {
            let record = lock.certificates.get(&*format!("{}/{}", self.id, self.generation));
            record.is_some_and(|record| match record.key {
                KeyIdentity::Imported { sha256 } => sha256 != own,
                KeyIdentity::Derived { .. } | KeyIdentity::External => true,
            })
        };
        let Some(record) = lock.keys.get(&self.id).filter(|record| record.trust.contains(&self.generation))
        else {
            return false;
        };
        let known = record.sha256.get(&self.generation).copied();
        match &self.key {
            AdoptedKey::Authority(stored, _) | AdoptedKey::Certificate(stored) => {
                authority(stored.key_sha256())
            }
            AdoptedKey::Pair(key) => other(known, key.public().sha256()),
            // Its digest is another one each time; that of one that derives is never noted.
            AdoptedKey::Encryption { .. } | AdoptedKey::Text(_) => known.is_none(),
            AdoptedKey::Plugin(kms) => record.providers.get(&self.generation) != Some(&kms.identity()),
        }
    }
}
