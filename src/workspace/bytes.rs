//! Reads files that may be secret.
//!
//! Their contents are kept in memory that is wiped and does not grow, because a buffer that grows leaves copies behind.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::read::{LARGEST as LARGEST_OF_ALL, open_named, read_named};

/// No file of a secret or a key is larger.
const LARGEST: usize = 1 << 20;

/// All of a regular file, or of a descriptor that is named as a path.
///
/// # Errors
/// As the system says, with the path.
pub fn of_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    match descriptor(path) {
        Some(number) => of_descriptor(number),
        None => open_named(path).and_then(whole).map_err(|error| cannot_read(path, &error)),
    }
}

/// All of a file that a person asks about, which may be as large as any that is read.
///
/// # Errors
/// As the system says, with the path.
pub fn of_any_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    all_of(path).map_err(|error| cannot_read(path, &error))
}

/// The same; errors are the system's alone.
pub(super) fn all_of(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let bytes = match descriptor(path) {
        Some(_) => File::open(path).and_then(|file| {
            let mut bytes = Vec::new();
            file.take(LARGEST_OF_ALL).read_to_end(&mut bytes)?;
            Ok(bytes)
        }),
        None => read_named(path),
    };
    bytes.map(Zeroizing::new)
}

fn cannot_read(path: &Path, error: &io::Error) -> String {
    format!("cannot read {}: {error}", path.display())
}

/// The number in `/dev/fd/N`, by which shells name what they have opened themselves (bash(1), process substitution).
fn descriptor(path: &Path) -> Option<u32> {
    if path == Path::new("/dev/stdin") {
        return Some(0);
    }
    let name = path.strip_prefix("/dev/fd").or_else(|_| path.strip_prefix("/proc/self/fd")).ok()?;
    name.to_str()?.parse().ok()
}

/// Whether a path names what is open already.
pub(super) fn is_descriptor(path: &Path) -> bool {
    descriptor(path).is_some()
}

/// All that comes from a file descriptor that whoever started this program has opened.
///
/// # Errors
/// It is not open, or cannot be read.
pub fn of_descriptor(number: u32) -> Result<Zeroizing<Vec<u8>>, String> {
    File::open(format!("/dev/fd/{number}")).and_then(whole).map_err(|error| match error.kind() {
        // A folder is one of ours, opened where nobody else had opened anything.
        io::ErrorKind::NotFound | io::ErrorKind::IsADirectory => {
            format!("file descriptor {number} is not open")
        }
        _ => format!("cannot read file descriptor {number}: {error}"),
    })
}

/// All of a stream.
pub(super) fn whole(from: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST + 1));
    from.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too large for a secret"));
    }
    Ok(bytes)
}
