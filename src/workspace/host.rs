//! Opens the files of a host that the user names: a copied directory, a tar file, or the host itself.

use std::fs::File;
use std::path::Path;

use crate::host::{self, Files};
use crate::printable;

/// The files of a host, and what they are in words: `a copy of /etc/kubernetes`. `known` are absolute paths at which
/// files of the host are expected; they tell where a folder belongs.
///
/// # Errors
/// It cannot be read, or nothing in it says where on a host it belongs; in words.
pub fn files_of_host(path: &Path, known: &[String]) -> Result<(Box<dyn Files + Send>, String), String> {
    if !path.is_file() {
        let (files, belongs) = host::copied(path, known)?;
        return Ok((files, belongs.to_string()));
    }
    let shown = || printable::path(path);
    let stream = File::open(path).map_err(|error| format!("cannot open {}: {error}", shown()))?;
    let memory = host::archive(stream).map_err(|why| format!("cannot read {}: {why}", shown()))?;
    if !known.iter().any(|path| memory.knows(path)) {
        return Err(format!(
            "{} contains no file that the plan has on this host: create it for example with `tar c -C / etc/kubernetes`",
            shown()
        ));
    }
    Ok((Box::new(memory), "a tar file".to_owned()))
}
