//! Reads a host's files from a tar stream.

use std::io::Read;
use std::sync::Arc;

use tar::{Archive, EntryType};
use zeroize::Zeroizing;

use super::file::LARGEST;
use super::memory::{Access, Memory};
use super::path::normal;
use crate::printable;

/// Bytes of all files at most.
const LARGEST_SUM: u64 = 256 << 20;
/// Entries at most.
const MOST: usize = 200_000;

/// Reads a tar stream, `tar c -C / etc/kubernetes` for example. Files that are larger than any that programs read
/// for their connections are left out. Of what lies outside of the folders and files that it names nothing is known.
///
/// # Errors
/// It is no tar stream, or larger than what is read; in words.
pub fn archive(stream: impl Read) -> Result<Memory, String> {
    let mut memory = Memory::part();
    let mut archive = Archive::new(stream);
    let wrong =
        |error: std::io::Error| format!("it is not a tar stream: {}", printable::line(&error.to_string()));
    let mut left = LARGEST_SUM;
    for (number, entry) in archive.entries().map_err(wrong)?.enumerate() {
        if number >= MOST {
            return Err(format!("it holds more than {MOST} entries"));
        }
        let mut entry = entry.map_err(wrong)?;
        let Ok(path) = String::from_utf8(entry.path_bytes().into_owned()) else { continue };
        let path = normal(&path);
        let access = access(entry.header());
        memory.covers(&path);
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => {
                let size = entry.size();
                if size > LARGEST {
                    continue;
                }
                left = left.checked_sub(size).ok_or_else(too_large)?;
                let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or_default()));
                entry.read_to_end(&mut bytes).map_err(wrong)?;
                memory.file(&path, bytes, access);
            }
            EntryType::Directory => memory.folder(&path, access),
            EntryType::Symlink => {
                let target =
                    entry.link_name_bytes().and_then(|target| String::from_utf8(target.into_owned()).ok());
                target.into_iter().for_each(|target| memory.link(&path, &target));
            }
            EntryType::Link => {
                let target =
                    entry.link_name_bytes().and_then(|target| String::from_utf8(target.into_owned()).ok());
                let copied = target.and_then(|target| memory.copy(&normal(&target), &path));
                left = left.checked_sub(copied.unwrap_or_default()).ok_or_else(too_large)?;
            }
            _ => {}
        }
    }
    Ok(memory)
}

fn too_large() -> String {
    format!("its files have more than {} MiB", LARGEST_SUM >> 20)
}

/// Who may read an entry; names count before numbers.
fn access(header: &tar::Header) -> Access {
    let name =
        |name: Result<Option<&str>, std::str::Utf8Error>, number: std::io::Result<u64>| -> Option<Arc<str>> {
            let name = name.ok().flatten().filter(|name| !name.is_empty()).map(Arc::from);
            name.or_else(|| number.ok().map(|number| number.to_string().into()))
        };
    Access {
        mode: header.mode().ok().map(|mode| mode & 0o7777),
        owner: name(header.username(), header.uid()),
        group: name(header.groupname(), header.gid()),
    }
}
