//! The command that comes next.

use std::net::IpAddr;
use std::path::Path;

use crate::workspace::PlanFiles;

/// A command of pkiplan, its words as a shell takes them.
pub(super) fn pkiplan<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    let words = words.into_iter().map(|word| format!(" {}", quoted(word)));
    format!("pkiplan{}", words.collect::<String>())
}

/// `pkiplan COMMAND PLAN`
pub(super) fn of_plan(command: &str, plan: &Path) -> String {
    pkiplan([command, &plan.to_string_lossy()])
}

/// The proof of what was built.
pub(super) fn proof_of_trees(files: &PlanFiles) -> String {
    pkiplan(["verify", &*files.plan.to_string_lossy(), "--trees", &*files.trees.to_string_lossy()])
}

/// Brings a host's tree to it.
pub(super) fn copy(trees: &Path, host: &str, address: &IpAddr) -> String {
    let folder = quoted(&format!("{}/", trees.join("hosts").join(host).display()));
    let address = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
    format!("rsync -rlpc --itemize-changes {folder} root@{address}:/")
}

/// `git add FILE ...`
pub(super) fn add<'p>(files: impl IntoIterator<Item = &'p str>) -> String {
    let files = files.into_iter().map(|file| format!(" {}", quoted(file)));
    format!("git add{}", files.collect::<String>())
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
