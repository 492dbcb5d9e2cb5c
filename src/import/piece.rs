//! Reads the given files and parses the certificates and keys in them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::binary::recognise;
use super::encryption::{self, Encryption};
use crate::issue::imported::{holds_key, private_key};
use crate::issue::key::PrivateKey;
use crate::issue::key_error::KeyError;
use crate::issue::pem;
use crate::read::{World, read_named};
use crate::stored::{Stored, certificates};

/// How deep a folder is looked through: no cluster's is deeper.
const DEPTH: usize = 4;

/// Asks for the passphrase of a file; none where there is nobody to ask.
pub type Passphrase<'a> = &'a dyn Fn(&Path) -> Option<Zeroizing<Vec<u8>>>;

/// A file and what is in it.
pub(super) struct Piece {
    pub(super) path: PathBuf,
    /// Its certificates; what is not readable counts, too.
    pub(super) certificates: Vec<Option<Stored>>,
    pub(super) key: Option<Result<Arc<PrivateKey>, KeyError>>,
    /// How many public keys it holds.
    pub(super) public_keys: usize,
    pub(super) encryption: Option<Result<Encryption, String>>,
    /// What it is, where it is no text.
    pub(super) binary: Option<String>,
}

impl Piece {
    /// The certificate, if it is the only one.
    pub(super) fn certificate(&self) -> Option<&Stored> {
        if let [Some(only)] = &self.certificates[..] { Some(only) } else { None }
    }

    fn of_no_text(path: PathBuf, binary: Option<String>) -> Self {
        Self { path, certificates: Vec::new(), key: None, public_keys: 0, encryption: None, binary }
    }
}

/// What a file is that is no text.
fn binary(path: &Path) -> Result<Option<String>, String> {
    let bytes = read_named(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(recognise(&Zeroizing::new(bytes)))
}

/// The certificate among some files that a key belongs to.
pub(super) fn whose<'a>(key: &Piece, pieces: &'a [Piece]) -> Option<&'a Stored> {
    let digest = key.key.as_ref()?.as_ref().ok()?.public().sha256();
    let mut all = pieces.iter().flat_map(|piece| piece.certificates.iter().flatten());
    all.find(|stored| stored.key_sha256() == digest)
}

/// Every file at the paths, folders looked through, in order.
///
/// # Errors
/// A path that cannot be read.
pub(super) fn read_all(
    world: &dyn World,
    paths: &[PathBuf],
    passphrase: Passphrase<'_>,
) -> Result<Vec<Piece>, String> {
    let mut files = Vec::new();
    for path in paths {
        match world.list(path) {
            Ok(_) => walk(world, path, DEPTH, &mut files),
            Err(_) => files.push(path.clone()),
        }
    }
    let mut pieces = Vec::new();
    for path in files {
        match world.read(&path) {
            Ok(text) => pieces.push(read(path, &Zeroizing::new(text), passphrase)),
            Err(error) if error.kind() == ErrorKind::InvalidData => match binary(&path)? {
                Some(what) if paths.contains(&path) => {
                    return Err(format!("cannot import {}: {what}", path.display()));
                }
                None if paths.contains(&path) => {
                    return Err(format!(
                        "cannot import {}: it is neither PEM nor any other text that `import` reads",
                        path.display()
                    ));
                }
                what => pieces.push(Piece::of_no_text(path, what)),
            },
            // A file that was named must be readable.
            Err(error) if paths.contains(&path) => {
                return Err(format!("cannot read {}: {error}", path.display()));
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return Err(format!("cannot read {}: {error}", path.display()));
            }
            Err(_) => {}
        }
    }
    Ok(pieces)
}

fn walk(world: &dyn World, folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    for name in world.list(folder).unwrap_or_default() {
        match name.strip_suffix('/') {
            Some(inner) if depth > 0 => walk(world, &folder.join(inner), depth - 1, files),
            Some(_) => {}
            None => files.push(folder.join(&name)),
        }
    }
}

fn read(path: PathBuf, text: &str, passphrase: Passphrase<'_>) -> Piece {
    // Editors of Windows write the mark of UTF-8 first.
    let text = text.trim_start_matches('\u{feff}');
    let key = holds_key(text).then(|| private_key(text, || passphrase(&path)).map(Arc::new));
    Piece {
        certificates: certificates(text).iter().map(|der| Stored::from_der(der).ok()).collect(),
        key,
        public_keys: pem::blocks(text).iter().filter(|block| block.label.ends_with("PUBLIC KEY")).count(),
        encryption: encryption::read(text),
        binary: None,
        path,
    }
}
