//! A warning if the next git commit would include private files.

use super::output::Output;
use crate::git::is_exposed;
use crate::workspace::PlanFiles;

/// Warns where git would take the secret, the imported keys or the trees into a commit.
pub(super) fn warn_of_git(files: &PlanFiles, output: &Output) {
    let exposed: Vec<String> = [&files.secret, &files.trees, &files.keys]
        .into_iter()
        .filter(|path| path.exists() && is_exposed(path))
        .map(|path| path.display().to_string())
        .collect();
    if !exposed.is_empty() {
        let message = format!(
            "git does not ignore {}: private keys would be committed; `pkiplan git set-up` adds `*.secret`, `*.keys/` and `*.trees/` to .gitignore",
            exposed.join(" and ")
        );
        output.warn(&message);
    }
}
