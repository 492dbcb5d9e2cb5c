//! A world that records digests of all its answers.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::world::World;

/// Another world, with digests of all its answers: the same digest says that whatever was read is the same.
pub struct Noted<'w> {
    world: &'w dyn World,
    answers: Mutex<BTreeMap<(PathBuf, Asked), [u8; 32]>>,
}

/// What a world was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Asked {
    /// The bytes of a file.
    Bytes,
    /// The names in a folder.
    Names,
}

/// What a world answered, as a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    path: PathBuf,
    asked: Asked,
    digest: [u8; 32],
}

impl Answer {
    /// Whether another world gives the same answer.
    #[must_use]
    pub fn is_given_by(&self, world: &dyn World) -> bool {
        let noted = Noted::new(world);
        match self.asked {
            Asked::Bytes => drop(noted.bytes(&self.path)),
            Asked::Names => drop(noted.list(&self.path)),
        }
        noted.answers().contains(self)
    }
}

impl<'w> Noted<'w> {
    /// Remembers all answers.
    #[must_use]
    pub fn new(world: &'w dyn World) -> Self {
        Self { world, answers: Mutex::default() }
    }

    /// All answers so far, to be asked for again.
    #[must_use]
    pub fn answers(&self) -> Vec<Answer> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let answers = answers.iter();
        answers
            .map(|((path, asked), digest)| Answer { path: path.clone(), asked: *asked, digest: *digest })
            .collect()
    }

    /// A digest of all answers so far, in whatever order they came.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hash = Sha256::new();
        for ((path, asked), answer) in &*answers {
            let path = path.as_os_str().as_encoded_bytes();
            hash.update((path.len() as u64).to_le_bytes());
            hash.update(path);
            hash.update([u8::from(*asked == Asked::Names)]);
            hash.update(answer);
        }
        hash.finalize().into()
    }

    fn note(&self, path: &Path, asked: Asked, answer: impl FnOnce() -> [u8; 32]) {
        let answer = answer();
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert((path.to_owned(), asked), answer);
    }
}

/// The digest of a file.
fn whole(bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(bytes);
    hash.finalize().into()
}

/// The digest of a failure.
fn failed(error: &io::Error) -> [u8; 32] {
    Sha256::digest(format!("{:?}", error.kind())).into()
}

impl World for Noted<'_> {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.world.bytes(path);
        self.note(path, Asked::Bytes, || match &bytes {
            Ok(bytes) => whole(bytes),
            Err(error) => failed(error),
        });
        bytes
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let names = self.world.list(folder);
        self.note(folder, Asked::Names, || match &names {
            Ok(names) => {
                let mut hash = Sha256::new();
                for name in names {
                    hash.update((name.len() as u64).to_le_bytes());
                    hash.update(name);
                }
                hash.finalize().into()
            }
            Err(error) => failed(error),
        });
        names
    }

    fn name(&self, path: &Path) -> String {
        self.world.name(path)
    }

    fn aside(&self) -> Option<&dyn World> {
        Some(self.world)
    }
}
