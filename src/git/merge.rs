//! Merges files line by line, as git does without a driver.

use std::path::Path;
use std::process::Command;

/// Merges into `ours`, where conflicts are marked; says whether there are none.
///
/// # Errors
/// Git cannot be run.
pub fn merge_lines(ours: &Path, base: &Path, theirs: &Path) -> Result<bool, String> {
    let mut git = Command::new("git");
    git.args(["merge-file", "-L", "ours", "-L", "base", "-L", "theirs", "--"]);
    git.args([ours, base, theirs]);
    let status = git.status().map_err(|error| format!("cannot run git: {error}"))?;
    Ok(status.success())
}
