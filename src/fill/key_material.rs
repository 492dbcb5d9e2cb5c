//! The secrets, imported keys and certificates from which credentials are made.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ImportedKeys;
use crate::issue::secret::Secret;
use crate::stored::Stored;
use crate::values::SecretEpoch;

/// Secrets, imported keys, and certificates that were issued before. Whatever is not here is missed only where
/// something needs it.
#[derive(Default)]
pub struct KeyMaterial {
    /// The secrets that keys derive from.
    pub secrets: BTreeMap<SecretEpoch, Secret>,
    /// Keys that were made elsewhere.
    pub imported: ImportedKeys,
    /// Certificates of authorities beside the lock, by id.
    pub certificates: BTreeMap<Arc<str>, Stored>,
    /// Whether all secrets are throw-away ones: a wrong signature would betray a key that protects nothing.
    pub throw_away: bool,
}
