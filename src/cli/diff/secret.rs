//! Prepares credentials, so that `pkiplan diff --with-secret` can compare every byte of trees.

use super::sides::{NO_LOCK, Side};
use crate::build;
use crate::cli::key_material::key_material;
use crate::cli::unlock::SecretArguments;
use crate::decide::Request;
use crate::fill::Credentials;
use crate::workspace::Failure;

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
    let key_material = key_material(given, &mut decided)?;
    let credentials = build::issue(decided.blueprint(), &decided.draft, &key_material);
    let credentials = credentials.map_err(|why| decided.expanded.stopped(why))?;
    Ok(go_on(&credentials))
}
