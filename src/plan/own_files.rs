//! The files of one's own that a plan puts on hosts.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path};
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::Text;
use crate::read::{Document, FROM_THE_PLAN, Refusal, World, normal, text};

/// Bytes of one file: the largest that the API server itself reads from a ConfigMap.
const LARGEST: usize = 1 << 20;

/// Bytes of all files of a plan.
const MOST_TEXT: usize = 16 << 20;

/// The texts of files, by the names of their tables. One that cannot be read is reported and left out.
pub(super) fn read(
    world: &dyn World,
    plan: &Path,
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Arc<str>> {
    let folder = plan.parent().unwrap_or(Path::new(""));
    let mut found: BTreeMap<String, Arc<str>> = BTreeMap::new();
    let mut left = MOST_TEXT;
    for (name, file) in &document.files {
        let Some(source) = &file.source else { continue };
        let path = normal(&folder.join(&source.value));
        match of(world, &path, source) {
            Ok(text) if text.len() > LARGEST.min(left) => diagnostics.push(too_large(&text, source)),
            Ok(text) => {
                left -= text.len();
                found.insert(name.value.clone(), text.into());
            }
            Err(error) => diagnostics.push(unreadable(world, &path, source, &error)),
        }
    }
    found
}

fn of(world: &dyn World, path: &Path, source: &Text) -> io::Result<String> {
    let parts = Path::new(&source.value).components();
    let hidden = |part: Component<'_>| match part {
        Component::Normal(name) => name.as_encoded_bytes().starts_with(b"."),
        _ => false,
    };
    if parts.into_iter().any(hidden) {
        // Such as `.env`: a pull request would put it into a tree, and `diff` would show it.
        return Err(io::Error::other("a name that begins with a dot hides it, and no hidden file is taken"));
    }
    text(world, path)
}

fn unreadable(world: &dyn World, path: &Path, source: &Text, error: &io::Error) -> Diagnostic {
    let message = match error.kind() {
        io::ErrorKind::NotFound => format!("there is no file {}", world.name(path)),
        io::ErrorKind::InvalidData => format!("{} is no text in UTF-8", world.name(path)),
        _ => format!("cannot use {}: {error}", world.name(path)),
    };
    let diagnostic = Diagnostic::new(Code::UnreadableFile, message).at(source.span, "named here");
    match Refusal::of(error).and_then(Refusal::help) {
        Some(help) => diagnostic.help(help),
        None => diagnostic.help(FROM_THE_PLAN),
    }
}

fn too_large(text: &str, source: &Text) -> Diagnostic {
    let message = match text.len() > LARGEST {
        true => format!("`{}` has more than {} KiB", source.value, LARGEST >> 10),
        false => format!("the plan's files have more than {} MiB together", MOST_TEXT >> 20),
    };
    Diagnostic::new(Code::TooMany, message).at(source.span, "named here")
}
