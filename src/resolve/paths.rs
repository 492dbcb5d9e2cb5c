//! Checks paths on hosts in plans and the catalog.

use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;

/// Whether a path stays in its host's tree and away from folders that are links on many systems.
///
/// # Errors
/// Why not.
pub(crate) fn check_path(path: &str) -> Result<(), &'static str> {
    let Some(inner) = path.strip_prefix('/') else { return Err("it is not absolute") };
    if inner.is_empty() || inner.split('/').any(str::is_empty) {
        return Err("it has an empty part");
    }
    if inner.split('/').any(|part| part == ".." || part == ".") {
        return Err("it has a part `.` or `..`");
    }
    if path.chars().any(char::is_control) || inner.split('/').any(|part| part.len() > 255) {
        return Err("it holds control characters or a part of more than 255 bytes");
    }
    let first = inner.split('/').next().unwrap_or_default();
    if inner.contains('/') && ["lib", "lib64", "bin", "sbin"].contains(&first) {
        return Err("`/lib` and `/bin` are links on many systems, and a tree would replace them");
    }
    // What lies there is of the kernel, or of the running system alone.
    if ["dev", "proc", "run", "sys"].contains(&first) {
        return Err("files there are lost at boot, or are not real files");
    }
    if inner.starts_with("var/run/") || inner.starts_with("var/lock/") {
        return Err("`/var/run` and `/var/lock` are links on many systems, and files there are lost at boot");
    }
    Ok(())
}

/// The diagnostic for a path that [`check_path`] refuses.
pub(crate) fn path_escapes(path: &str, why: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::PathEscapes, format!("`{path}` cannot be in a host's tree: {why}"))
        .at(span, "")
        .help("write an absolute path such as `/etc/ssl/metrics.crt`")
}
