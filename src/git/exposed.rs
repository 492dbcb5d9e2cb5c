//! Checks whether git would commit a file that must stay private.

use std::path::Path;
use std::process::{Command, Stdio};

/// Whether a path lies in a git work tree that does not ignore it. Without git at hand nobody commits.
#[must_use]
pub fn is_exposed(path: &Path) -> bool {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let Some(folder) = absolute.parent() else { return false };
    let git = |arguments: &[&std::ffi::OsStr]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().ok().and_then(|status| status.code())
    };
    let inside = git(&["rev-parse".as_ref(), "--is-inside-work-tree".as_ref()]) == Some(0);
    // `git check-ignore` answers 1 for a path that is not ignored; a folder's pattern wants the slash.
    let mut named = absolute.clone().into_os_string();
    if absolute.is_dir() {
        named.push("/");
    }
    inside && git(&["check-ignore".as_ref(), "-q".as_ref(), named.as_os_str()]) == Some(1)
}
