//! Whether a lock is whole: cut off between two tables it is still well-formed, and what it forgot would be
//! decided anew, in silence.

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
