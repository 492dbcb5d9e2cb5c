//! The imported keys that are available.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::issue::imported::{EncryptionKey, ImportedText};
use crate::issue::key::PrivateKey;

/// Imported keys: of authorities and keyrings by id and generation.
#[derive(Default)]
pub struct ImportedKeys {
    /// Private keys.
    pub pairs: BTreeMap<(Arc<str>, u32), Arc<PrivateKey>>,
    /// Encryption keys.
    pub encryption: BTreeMap<(Arc<str>, u32), EncryptionKey>,
    /// Private keys of certificates of hosts and clients that others made, by what their files are called.
    pub leaves: BTreeMap<Arc<str>, Arc<PrivateKey>>,
    /// Tokens and passwords.
    pub texts: BTreeMap<(Arc<str>, u32), ImportedText>,
}
