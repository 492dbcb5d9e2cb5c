//! Reads the certificates of authorities next to the lock.

use super::expanded::Expanded;
use super::failure::Failure;
use crate::specification::CertificateIndex;
use crate::stored::{Stored, file_name};

/// The certificate of an authority that lies beside the lock, whatever the lock has, or that was imported; none where there
/// is none.
#[must_use]
pub fn authority_at_hand(expanded: &Expanded<'_>, position: CertificateIndex) -> Option<Stored> {
    let made = &expanded.blueprint.certificates[position];
    if let Some(stored) = &made.stored {
        return Some(Stored::clone(stored));
    }
    let opened = expanded.opened;
    let text = opened.world.read(&opened.files.certificates.join(file_name(&made.id))).ok()?;
    Stored::from_pem(&text).ok()
}

/// The certificate of an authority, as it lies beside the lock, or where it was imported from.
///
/// # Errors
/// It is not there, or is not the one that the lock has.
pub fn authority_certificate(expanded: &Expanded<'_>, position: CertificateIndex) -> Result<Stored, Failure> {
    let made = &expanded.blueprint.certificates[position];
    if let Some(stored) = &made.stored {
        return Ok(Stored::clone(stored));
    }
    let opened = expanded.opened;
    let path = opened.files.certificates.join(file_name(&made.id));
    let plan = opened.files.plan.display();
    let text = opened.world.read(&path).map_err(|error| {
        format!("cannot read {}: {error}; create it with `pkiplan build {plan}`", opened.world.name(&path))
    })?;
    let stored = Stored::from_pem(&text).ok();
    let recorded =
        opened.lock().and_then(|lock| lock.certificates.get(&made.id)).and_then(|record| record.sha256);
    stored.filter(|stored| recorded == Some(stored.sha256())).ok_or_else(|| {
        let shown = opened.world.name(&path);
        format!("{shown} is not the certificate of `{}` in the lock; restore both from git", made.id).into()
    })
}
