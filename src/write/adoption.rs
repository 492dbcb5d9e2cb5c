//! Writes an import: new keys and certificates, then the plan that names them.

use super::disk::Disk;
use super::error::WriteError;
use super::folder::Folder;
use super::lock_file::LockFile;
use super::secret::{open_parent, write_with};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What an import writes.
pub struct Adoption<'a> {
    /// The folder of imported keys.
    pub keys: &'a Path,
    /// Names and contents of keys that do not lie there.
    pub new_keys: Vec<(String, &'a [u8])>,
    /// The folder of certificates.
    pub certificates: &'a Path,
    /// Names and contents of certificates that do not lie there.
    pub new_certificates: Vec<(String, &'a [u8])>,
    /// The plan.
    pub plan: PathBuf,
    /// Its new text.
    pub text: &'a [u8],
}

/// Writes all of it; nothing is replaced but the plan, and that last and at once. Whatever ends this before has
/// written files that no plan names, and the same import again goes on from there.
///
/// # Errors
/// What the disk refuses, and what lies already where something belongs.
pub fn adopt(adoption: &Adoption<'_>) -> Result<(), WriteError> {
    adopt_with(&Disk::default(), adoption)
}

fn adopt_with(disk: &Disk, adoption: &Adoption<'_>) -> Result<(), WriteError> {
    let (parent, name) = open_parent(disk, adoption.keys)?;
    if !adoption.new_keys.is_empty() {
        parent.open_or_make(name, 0o700)?;
        parent.sync()?;
    }
    clean(&parent, name)?;
    for (name, bytes) in &adoption.new_keys {
        write_with(disk, &adoption.keys.join(name), bytes, 0o600)?;
    }
    if !adoption.new_certificates.is_empty() {
        let (parent, name) = open_parent(disk, adoption.certificates)?;
        if parent.open(name)?.is_none() {
            parent.make_public(name)?;
            parent.sync()?;
        }
    }
    for (name, bytes) in &adoption.new_certificates {
        write_with(disk, &adoption.certificates.join(name), bytes, 0o644)?;
    }
    let plan = LockFile::open(disk, &adoption.plan)?;
    plan.clean()?;
    plan.stage(&|each| each(adoption.text))?;
    plan.publish()
}

/// Removes what an import that was ended left of keys that it was about to put in place.
fn clean(parent: &Folder, name: &OsStr) -> Result<(), WriteError> {
    let Some(keys) = parent.open(name)? else { return Ok(()) };
    for there in keys.names()? {
        let bytes = there.name.as_encoded_bytes();
        if bytes.starts_with(b".") && bytes.ends_with(b".new") {
            keys.remove_file(&there.name)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::disk::{Failure, Fault};
    use super::*;
    use std::fs;
    use std::os::unix::fs::MetadataExt as _;

    fn adoption<'a>(folder: &Path, keys: &'a Path, certificates: &'a Path) -> Adoption<'a> {
        let missing = |at: &Path| !at.exists();
        let new = |at: &Path, name: &str, bytes: &'a [u8]| {
            if missing(&at.join(name)) { vec![(name.to_owned(), bytes)] } else { Vec::new() }
        };
        Adoption {
            keys,
            new_keys: new(keys, "a.key", b"key"),
            certificates,
            new_certificates: new(certificates, "a.crt", b"certificate"),
            plan: folder.join("plan.toml"),
            text: b"new",
        }
    }

    #[test]
    fn the_plan_names_what_is_there_and_a_second_try_ends_it() {
        for failure in [Failure::Killed, Failure::Full, Failure::Denied] {
            for step in 0.. {
                let folder = tempfile::tempdir().unwrap();
                let (keys, certificates) =
                    (folder.path().join("plan.keys"), folder.path().join("plan.certs"));
                let plan = folder.path().join("plan.toml");
                fs::write(&plan, "old").unwrap();
                let fault = Fault::at(step, failure);
                let first = adoption(folder.path(), &keys, &certificates);
                let done = adopt_with(&Disk::new(Some(fault.clone())), &first);
                if fs::read(&plan).unwrap() != b"old" {
                    assert_eq!(fs::read(keys.join("a.key")).unwrap(), b"key");
                    assert_eq!(fs::read(certificates.join("a.crt")).unwrap(), b"certificate");
                }
                if keys.exists() {
                    assert_eq!(fs::metadata(&keys).unwrap().mode() & 0o077, 0);
                }
                if !fault.happened() {
                    done.unwrap();
                    assert!(step > 15);
                    break;
                }
                adopt(&adoption(folder.path(), &keys, &certificates)).unwrap();
                assert_eq!(fs::read(&plan).unwrap(), b"new");
                assert_eq!(fs::metadata(keys.join("a.key")).unwrap().mode() & 0o777, 0o600);
                assert_eq!(fs::read_dir(&keys).unwrap().count(), 1, "{failure:?} at {step}");
            }
        }
    }

    #[test]
    fn nothing_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, certificates) = (folder.path().join("plan.keys"), folder.path().join("plan.certs"));
        fs::write(folder.path().join("plan.toml"), "old").unwrap();
        let wanted = adoption(folder.path(), &keys, &certificates);
        fs::create_dir(&keys).unwrap();
        fs::write(keys.join("a.key"), "another").unwrap();
        assert!(matches!(adopt(&wanted), Err(WriteError::Exists { .. })));
        assert_eq!(fs::read(folder.path().join("plan.toml")).unwrap(), b"old");
        assert_eq!(fs::read(keys.join("a.key")).unwrap(), b"another");
    }
}
