//! Texts that must hold nothing private.

use std::io;
use std::path::Path;

use super::refusal::Refusal;
use super::world::World;
use crate::leaks;

/// The text of a file that is a plan, a definition or a template, or of one that a plan puts on hosts.
///
/// # Errors
/// As the world says; [`Refusal::Private`] where it holds a secret or a private key.
pub(crate) fn text(world: &dyn World, path: &Path) -> io::Result<String> {
    let text = world.read(path)?;
    match leaks::holds(&text) {
        Some(what) => Err(Refusal::Private(what).into()),
        None => Ok(text),
    }
}
