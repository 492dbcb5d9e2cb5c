//! Collects the keys that a build would use, for commands that write nothing.

use super::unlock::SecretArguments;
use crate::fill::KeyMaterial;
use crate::workspace::{Decided, Failure, Keychain, imported_keys, secrets, stored_certificates};

/// The secrets, imported keys and certificates that are there.
///
/// # Errors
/// No secret, another one, or what a build would refuse.
pub(super) fn key_material(
    given: &SecretArguments,
    decided: &mut Decided<'_>,
) -> Result<KeyMaterial, Failure> {
    let keychain = Keychain::new(given.unlock.opener(), given.given()?, decided.files());
    let none = || Err("there is no secret: this plan has never been built".to_owned());
    let secrets = secrets(&keychain, decided, none)?;
    let imported = imported_keys(&mut decided.expanded, keychain.opener())?;
    let certificates = stored_certificates(decided, &secrets);
    Ok(KeyMaterial { secrets: secrets.found, imported, certificates, throw_away: false })
}
