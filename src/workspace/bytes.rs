//! Reading what may be secret: into memory that is wiped and does not grow, since a buffer that grows leaves
//! copies behind.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

/// No file of a secret or a key is larger.
const LARGEST: usize = 1 << 20;

/// All of a file.
///
/// # Errors
/// As the system says, with the path.
pub fn of_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    File::open(path).and_then(whole).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// All that comes from a file descriptor that whoever started this program has opened.
///
/// # Errors
/// It is not open, or cannot be read.
pub fn of_descriptor(number: u32) -> Result<Zeroizing<Vec<u8>>, String> {
    File::open(format!("/dev/fd/{number}")).and_then(whole).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => format!("file descriptor {number} is not open"),
        _ => format!("cannot read file descriptor {number}: {error}"),
    })
}

/// All of a stream.
pub(super) fn whole(from: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST + 1));
    from.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is larger than a secret can be"));
    }
    Ok(bytes)
}
