//! Finds the plans in a repository.

use std::path::PathBuf;

use super::repository::{Repository, path};

/// Where plans are looked for.
#[derive(Clone, Copy)]
pub enum Place {
    /// In the index.
    Index,
    /// In the folder: also what was not added yet, but nothing that is ignored.
    Folder,
}

/// TOML files that say the format of a plan before their first table, sorted.
///
/// # Errors
/// What git says when it fails.
pub fn plans(repository: &Repository, place: Place) -> Result<Vec<PathBuf>, String> {
    let place = match place {
        Place::Index => "--cached",
        Place::Folder => "--untracked",
    };
    let mut arguments = vec!["grep", place, "--full-name", "--no-color", "--no-recurse-submodules"];
    arguments.extend(["-n", "-z", "-E", "-e", "^(format[[:space:]]*=|\\[)", "--", "*.toml"]);
    let found = repository.ask(&arguments)?.unwrap_or_default();
    let mut plans: Vec<PathBuf> = Vec::new();
    let mut seen: Option<&[u8]> = None;
    // `PATH<nul>NUMBER<nul>LINE<newline>`, the lines of a file in a row: its first one says it.
    let mut rest = &found[..];
    while let Some((name, numbered)) = split(rest, 0) {
        let Some((_, line)) = split(numbered, 0) else { break };
        let (line, next) = split(line, b'\n').unwrap_or((line, &[]));
        if seen != Some(name) && line.starts_with(b"format") {
            plans.push(path(name));
        }
        (seen, rest) = (Some(name), next);
    }
    plans.sort();
    Ok(plans)
}

fn split(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == at)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}
