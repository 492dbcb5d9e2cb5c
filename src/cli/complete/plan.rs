//! The plan that a command line names.

use std::path::{Path, PathBuf};

use crate::cli::plan_argument::NAMES;
use crate::plan::AtHand;
use crate::read::{Bounds, Disk};
use crate::workspace::{Opened, PlanFiles};

/// What a plan gives; nothing where the command line names none, or one that cannot be read.
pub(super) fn opened<T: Default>(take: impl FnOnce(&Opened<'_>) -> T) -> T {
    let found = named().and_then(|path| {
        let disk = Disk::around(&path, &bounds()).ok()?;
        let opened = Opened::plan_alone(&disk, PlanFiles::of(&path)).ok()?;
        Some(take(&opened))
    });
    found.unwrap_or_default()
}

/// What the catalog at hand gives: that of a plan which the command line names, else what is built in.
pub(super) fn at_hand<T: Default>(take: impl FnOnce(&AtHand) -> T) -> T {
    let own = named().and_then(|path| {
        let disk = Disk::around(&path, &bounds()).ok()?;
        crate::plan::at_hand(&disk, Some(&path)).ok()
    });
    let found = own.or_else(|| crate::plan::at_hand(&crate::read::Builtin, None).ok());
    found.map(|at_hand| take(&at_hand)).unwrap_or_default()
}

fn bounds() -> Bounds {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    Bounds { root: None, allow: Vec::new(), home }
}

/// The first word of the command line that is a file of TOML, else the plan of the current folder. The words stand
/// behind `--`.
fn named() -> Option<PathBuf> {
    let words = std::env::args_os().skip_while(|word| word != "--").skip(2).map(PathBuf::from);
    words.chain(NAMES.map(PathBuf::from)).find(|path| is_toml(path) && path.is_file())
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "toml")
}
