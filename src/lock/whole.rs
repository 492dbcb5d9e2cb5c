//! Detects truncated locks.
//!
//! A lock that was truncated between two tables is still valid TOML, and a build would silently make the lost decisions
//! again.

use std::sync::Arc;

use super::Lock;

impl Lock {
    /// An authority that issued something and whose key, which stands further down, the lock does not know.
    #[must_use]
    pub(super) fn forgotten(&self) -> Option<String> {
        let mut known: Option<Arc<str>> = None;
        for record in self.certificates.values() {
            let Some(issuer) = record.specification.value("issuer ") else { continue };
            if known.as_deref() == Some(issuer) {
                continue;
            }
            let Some((id, _)) = self.keys.get_key_value(issuer) else { return Some(issuer.to_owned()) };
            known = Some(Arc::clone(id));
        }
        None
    }
}
