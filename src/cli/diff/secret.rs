//! The credentials of a build, to compare all bytes of trees.

use super::sides::{NO_LOCK, Side};
use crate::build;
use crate::cli::unlock::SecretArguments;
use crate::decide::Request;
use crate::fill::{Credentials, KeyMaterial};
use crate::workspace::{Failure, Keychain, imported_keys, secrets, stored_certificates};

/// Goes on with what a build would fill sheets with.
///
/// # Errors
/// No secret, another one, or what a build would refuse.
pub(super) fn with_credentials<T>(
    given: &SecretArguments,
    side: &Side<'_>,
    request: &Request,
    go_on: impl FnOnce(&Credentials<'_>) -> T,
) -> Result<T, Failure> {
    let mut decided = side.opened().expand()?.decide(request.clone(), NO_LOCK)?;
    let keychain = Keychain::new(given.unlock.opener(), given.given()?, decided.files());
    let none = || Err("there is no secret: nothing was ever built of this plan".to_owned());
    let secrets = secrets(&keychain, &decided, none)?;
    let imported = imported_keys(&mut decided.expanded, keychain.opener())?;
    let certificates = stored_certificates(&decided, &secrets);
    let key_material = KeyMaterial { secrets: secrets.found, imported, certificates };
    let credentials = build::issue(decided.blueprint(), &decided.draft, &key_material);
    let credentials = credentials.map_err(|why| decided.expanded.stopped(why))?;
    Ok(go_on(&credentials))
}
