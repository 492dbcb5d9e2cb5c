//! The keys at hand that were made elsewhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::issue::imported::{EncryptionKey, ImportedText};
use crate::issue::key::PrivateKey;

/// Imported keys by id and generation: of an authority or a keyring.
#[derive(Default)]
pub struct ImportedKeys {
    /// Private keys.
    pub pairs: BTreeMap<(Arc<str>, u32), Arc<PrivateKey>>,
    /// Encryption keys.
    pub encryption: BTreeMap<(Arc<str>, u32), EncryptionKey>,
    /// Tokens and passwords.
    pub texts: BTreeMap<(Arc<str>, u32), ImportedText>,
}
