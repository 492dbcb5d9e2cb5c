//! Paths in messages.

use std::path::Path;

use crate::printable;

/// A path as a message has it.
pub(super) fn shown(path: &Path) -> String {
    printable::line(&path.display().to_string()).into_owned()
}
