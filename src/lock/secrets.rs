//! The secrets from which a lock's keys derive, and the identities by which the lock distinguishes them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{KeyRecord, Lock, SecretRecord};
use crate::specification::KeyIdentity;
use crate::values::{SecretEpoch, SecretName};

impl Lock {
    /// The secrets that keys derive from.
    #[must_use]
    pub fn derives_from(&self) -> BTreeSet<SecretEpoch> {
        let of_certificates = self.certificates.values().filter_map(|record| match record.key {
            KeyIdentity::Derived { secret, .. } => Some(secret),
            KeyIdentity::Imported { .. } | KeyIdentity::External => None,
        });
        let of_keys = self.keys.iter().filter(|(id, _)| !self.is_authority(id));
        let of_keys =
            of_keys.flat_map(|(_, record)| record.trust.iter().map(|generation| record.secret(*generation)));
        let mut all = BTreeSet::new();
        let mut last = None;
        for secret in of_certificates.chain(of_keys) {
            // Most are the same as the one before.
            if last.replace(secret) != Some(secret) {
                all.insert(secret);
            }
        }
        all
    }

    /// What the lock knows of a secret; none if nothing was built with it.
    #[must_use]
    pub fn secret(&self, secret: SecretEpoch) -> Option<&SecretRecord> {
        let current = self.secrets.get(secret.name.as_str()).filter(|record| record.epoch == secret.epoch);
        current.or_else(|| self.secrets.get(&*earlier(secret)))
    }

    /// Notes the identity of a secret that keys derive from.
    pub fn record_secret(&mut self, secret: SecretEpoch, identity: String) {
        let newest = self.derives_from().into_iter().filter(|other| other.name == secret.name).max();
        let name = match newest.filter(|newest| newest.epoch > secret.epoch) {
            Some(_) => earlier(secret),
            None => secret.name.to_string(),
        };
        self.secrets.insert(Arc::from(name), SecretRecord { epoch: secret.epoch, identity });
    }

    /// The highest epoch that the lock knows of a secret.
    #[must_use]
    pub fn newest_epoch(&self, name: SecretName) -> Option<u32> {
        self.derives_from().into_iter().filter(|secret| secret.name == name).map(|secret| secret.epoch).max()
    }

    /// Under which name and epoch the lock knows the secret of this identity.
    #[must_use]
    pub fn known_as(&self, identity: &str) -> Option<SecretEpoch> {
        let (label, record) = self.secrets.iter().find(|(_, record)| record.identity == identity)?;
        let name = label.split_once('.').map_or(&**label, |(name, _)| name);
        Some(SecretEpoch { name: name.parse().ok()?, epoch: record.epoch })
    }

    fn is_authority(&self, id: &str) -> bool {
        self.keys.get(id).is_some_and(|record| record.kind == "authority")
    }
}

impl KeyRecord {
    /// What a generation derives from.
    #[must_use]
    pub fn secret(&self, generation: u32) -> SecretEpoch {
        self.derives_from.get(&generation).copied().unwrap_or_default()
    }
}

/// How the secret of an earlier epoch is called.
fn earlier(secret: SecretEpoch) -> String {
    format!("{}.epoch-{}", secret.name, secret.epoch)
}
