//! The identity of the running program: its version, its file, and its options for finding files.

use std::os::unix::fs::MetadataExt as _;

use crate::read::Bounds;

/// The program, with the options by which it finds files.
pub(super) fn with_bounds(bounds: &Bounds) -> String {
    format!("{} {:?} {:?}", identity(), bounds.root, bounds.allow)
}

/// Its version and, since not every build of it has a version of its own, its file. Two programs with the same
/// identity make the same of the same.
pub(super) fn identity() -> String {
    let file = std::env::current_exe().and_then(|path| path.metadata());
    let file = file.map(|file| {
        let (mtime, ctime) = ((file.mtime(), file.mtime_nsec()), (file.ctime(), file.ctime_nsec()));
        format!("{} {} {} {mtime:?} {ctime:?}", file.dev(), file.ino(), file.size())
    });
    format!("pkiplan {} {}", env!("CARGO_PKG_VERSION"), file.unwrap_or_default())
}
