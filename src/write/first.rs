//! Writes a public file that did not exist.

use std::path::Path;

use super::disk::Disk;
use super::error::WriteError;
use super::secret::write_with;

/// Writes a file that did not exist, with its folder where that is not there either; what lies there already stays and
/// is an error.
///
/// # Errors
/// What the disk refuses; then the file is not there.
pub fn write_new_public(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|source| WriteError::Io {
            action: "make",
            path: folder.to_owned(),
            source,
        })?;
    }
    write_with(&Disk::default(), path, bytes, 0o644)
}
