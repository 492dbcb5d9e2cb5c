//! Functions on absolute paths of a host.

use std::sync::Arc;

/// Bytes of a path at most (`PATH_MAX`).
pub(super) const LONGEST: usize = 4096;

/// The absolute path without `.`, `..` and doubled slashes; `..` at the root stays there. Links are not known here.
#[must_use]
pub fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let mut text = String::with_capacity(path.len() + 1);
    for part in &parts {
        text.push('/');
        text.push_str(part);
    }
    if text.is_empty() { "/".to_owned() } else { text }
}

/// A path as it is meant within a folder: an absolute one stands for itself.
#[must_use]
pub fn joined(folder: &str, path: &str) -> String {
    if path.starts_with('/') { normal(path) } else { normal(&format!("{folder}/{path}")) }
}

/// The way from a folder to what lies beneath it, empty for the folder itself; none for what does not.
#[must_use]
pub fn beneath<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// The path of something in a folder.
pub(super) fn within(folder: &str, name: &str) -> Arc<str> {
    let slash = if folder.ends_with('/') { "" } else { "/" };
    format!("{folder}{slash}{name}").into()
}
