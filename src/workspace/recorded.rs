//! Checks whether the lock records the certificates next to it.
//!
//! A build checks this itself, after it has issued them again.

use std::path::Path;

use super::expanded::Expanded;
use crate::decide::listed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::lock::CertificateRecord;
use crate::read::World;
use crate::specification::KeyIdentity;
use crate::stored::{Stored, file_name};
use crate::values::IdParts;

/// Reports the derived authorities whose certificate is another one than the lock's. What was imported is compared where
/// it is decided.
pub fn review_recorded(expanded: &Expanded<'_>, diagnostics: &mut Diagnostics) {
    let opened = expanded.opened;
    let Some(lock) = opened.lock() else { return };
    let derived = lock.certificates.iter().filter(|(id, record)| {
        IdParts::with_generation(id).is_some() && matches!(record.key, KeyIdentity::Derived { .. })
    });
    let beside = |id: &str| read(opened.world, &opened.files.certificates.join(file_name(id)));
    let other = derived.filter(|(id, record)| beside(id).is_some_and(|there| is_another(record, &there)));
    let ids: Vec<&str> = other.map(|(id, _)| &**id).collect();
    if ids.is_empty() {
        return;
    }
    let message =
        format!("the certificate next to the lock is not the one that the lock records: {}", listed(&ids));
    let help = format!(
        "commit {} together with the lock; if a build ended early, run it again, and if someone edited \
         a file, restore it from git",
        opened.files.certificates.display()
    );
    diagnostics.push(Diagnostic::new(Code::LockRewritten, message).help(help));
}

/// What was decided since a build has no digest yet, and its certificate is still to be made.
fn is_another(record: &CertificateRecord, there: &Stored) -> bool {
    record.sha256.is_some_and(|recorded| recorded != there.sha256())
}

fn read(world: &dyn World, path: &Path) -> Option<Stored> {
    Stored::from_pem(&world.read(path).ok()?).ok()
}
