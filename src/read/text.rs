//! Reads texts that must not contain private data.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::path::FROM_THE_PLAN;
use super::path::normal;
use super::plan::Text;
use super::refusal::Refusal;
use super::world::World;
use crate::diagnostics::{Code, Diagnostic};
use crate::leaks;

/// The text of a file that is a plan, a definition or a template, or of one that a plan puts on hosts.
///
/// # Errors
/// As the world says; [`Refusal::Private`] where it holds a secret or a private key.
pub(crate) fn text(world: &dyn World, path: &Path) -> io::Result<String> {
    let text = world.read(path)?;
    if world.is_of_the_program() {
        return Ok(text);
    }
    match leaks::holds(&text) {
        Some(what) => Err(Refusal::Private(what).into()),
        None => Ok(text),
    }
}

/// A file that the plan at `plan` names by its path from there, with its text.
///
/// # Errors
/// Why it cannot be read, or must not be, with the place that names it.
pub(crate) fn of_plan(
    world: &dyn World,
    plan: &Path,
    named: &Text,
) -> Result<(PathBuf, String), Box<Diagnostic>> {
    let path = normal(&plan.parent().unwrap_or(Path::new("")).join(&named.value));
    match shown(world, &path, &named.value) {
        Ok(text) => Ok((path, text)),
        Err(error) => Err(Box::new(unreadable(world, &path, named, &error))),
    }
}

fn shown(world: &dyn World, path: &Path, named: &str) -> io::Result<String> {
    let hidden = |part: Component<'_>| match part {
        Component::Normal(name) => name.as_encoded_bytes().starts_with(b"."),
        _ => false,
    };
    if Path::new(named).components().any(hidden) {
        // Such as `.env`: a pull request would put it into a tree, and `diff` would show it.
        return Err(io::Error::other("its name starts with a dot, and pkiplan uses no hidden files"));
    }
    text(world, path)
}

fn unreadable(world: &dyn World, path: &Path, named: &Text, error: &io::Error) -> Diagnostic {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file {}", world.name(path)),
        io::ErrorKind::InvalidData => format!("{} is not UTF-8 text", world.name(path)),
        _ => format!("cannot use {}: {error}", world.name(path)),
    };
    let diagnostic = Diagnostic::new(Code::UnreadableFile, message).at(named.span, "named here");
    match Refusal::of(error).and_then(Refusal::help) {
        Some(help) => diagnostic.help(help),
        None => diagnostic.help(FROM_THE_PLAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{Builtin, walk};

    #[test]
    fn nothing_private_is_built_in() {
        let found = walk::files(&Builtin, Path::new(""));
        assert!(found.files.len() > 50 && found.beyond.is_none());
        for path in found.files {
            let text = Builtin.read(Path::new(&path)).unwrap();
            assert!(leaks::holds(&text).is_none(), "{path}");
        }
    }
}
