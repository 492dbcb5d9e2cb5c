//! Hosts that are in several plans: the files that each plan puts there.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::host::Files;

/// SHA-256 of files by their paths.
pub type Contents = BTreeMap<String, [u8; 32]>;

/// Folders that are looked into at most.
const MOST: usize = 20_000;

/// All regular files of a host that count; what cannot be read is left out.
#[must_use]
pub fn contents(files: &dyn Files, counts: impl Fn(&[u8]) -> bool) -> Contents {
    let (mut found, mut folders, mut left) = (Contents::new(), vec![String::new()], MOST);
    while let Some(folder) = folders.pop() {
        let Some(rest) = left.checked_sub(1) else { break };
        left = rest;
        let listed = if folder.is_empty() { "/" } else { &folder };
        for entry in files.list(listed).unwrap_or_default() {
            let path = format!("{folder}/{}", entry.name);
            if entry.folder {
                folders.push(path);
            } else if let Ok(Some(file)) = files.read(&path)
                && counts(&file.bytes)
            {
                found.insert(path, Sha256::digest(&*file.bytes).into());
            }
        }
    }
    found
}
