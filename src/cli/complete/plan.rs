//! Finds the plan that a partial command line names, for completion.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli::plan_argument::{NAMES, settle_named};
use crate::plan::AtHand;
use crate::read::{Bounds, Builtin, Disk};
use crate::workspace::{Opened, PlanFiles};

/// What a plan gives that stands as a word of its own; nothing where there is none, or one that cannot be read.
pub(super) fn opened<T: Default>(take: impl FnOnce(&Opened<'_>) -> T) -> T {
    let found = positional(words()).and_then(|path| {
        let disk = Disk::around(&path, &bounds()).ok()?;
        let opened = Opened::plan_alone(&disk, PlanFiles::of(&path)).ok()?;
        Some(take(&opened))
    });
    found.unwrap_or_default()
}

/// What the catalog of the plan behind `--plan` gives, and without one what is built in: the command knows no other.
pub(super) fn at_hand<T: Default>(take: impl FnOnce(&AtHand) -> T) -> T {
    let mut plan = option(words());
    let found = match settle_named(&mut plan) {
        Ok(()) => match &plan {
            Some(path) => Disk::around(path, &bounds())
                .ok()
                .and_then(|disk| crate::plan::at_hand(&disk, Some(path)).ok()),
            None => crate::plan::at_hand(&Builtin, None).ok(),
        },
        Err(_) => None,
    };
    found.map(|at_hand| take(&at_hand)).unwrap_or_default()
}

fn bounds() -> Bounds {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    Bounds { root: None, allow: Vec::new(), home }
}

/// The words of the command line behind the program; they stand behind `--`.
fn words() -> impl Iterator<Item = OsString> {
    std::env::args_os().skip_while(|word| word != "--").skip(2)
}

/// The first word that is a file of TOML, else the plan of the current folder.
fn positional(words: impl Iterator<Item = OsString>) -> Option<PathBuf> {
    words.map(PathBuf::from).chain(NAMES.map(PathBuf::from)).find(|path| is_toml(path) && path.is_file())
}

/// What stands behind `--plan`.
fn option(mut words: impl Iterator<Item = OsString>) -> Option<PathBuf> {
    while let Some(word) = words.next() {
        if word == "--plan" {
            return words.next().map(PathBuf::from);
        }
        if let Some(plan) = word.to_str().and_then(|word| word.strip_prefix("--plan=")) {
            return Some(plan.into());
        }
    }
    None
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "toml")
}
