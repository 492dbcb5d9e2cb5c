//! A world that remembers what was read in it.

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
    /// What is not remembered, and nothing beneath it.
    passed_over: Vec<PathBuf>,
    answers: Mutex<BTreeMap<(PathBuf, Asked), [u8; 32]>>,
}

/// What a world was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asked {
    /// The bytes of a file.
    Bytes,
    /// The names in a folder.
    Names,
}

/// What a world answered, as a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What the question was about.
    pub path: PathBuf,
    /// The question.
    pub asked: Asked,
    digest: [u8; 32],
}

impl Answer {
    /// Whether another world gives the same answer.
    #[must_use]
    pub fn is_given_by(&self, world: &dyn World) -> bool {
        let noted = Noted::new(world, Vec::new());
        match self.asked {
            Asked::Bytes => drop(noted.bytes(&self.path)),
            Asked::Names => drop(noted.list(&self.path)),
        }
        noted.answers().contains(self)
    }
}

impl<'w> Noted<'w> {
    /// Remembers all answers but those about `passed_over`.
    #[must_use]
    pub fn new(world: &'w dyn World, passed_over: Vec<PathBuf>) -> Self {
        Self { world, passed_over, answers: Mutex::default() }
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

    fn note(&self, path: &Path, asked: Asked, answer: impl FnOnce(&mut Sha256)) {
        if self.passed_over.iter().any(|passed| path.starts_with(passed)) {
            return;
        }
        let mut hash = Sha256::new();
        answer(&mut hash);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert((path.to_owned(), asked), hash.finalize().into());
    }
}

impl World for Noted<'_> {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.world.bytes(path);
        self.note(path, Asked::Bytes, |hash| match &bytes {
            Ok(bytes) => {
                hash.update([1]);
                hash.update(bytes);
            }
            Err(error) => hash.update(format!("{:?}", error.kind())),
        });
        bytes
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let names = self.world.list(folder);
        self.note(folder, Asked::Names, |hash| match &names {
            Ok(names) => {
                for name in names {
                    hash.update((name.len() as u64).to_le_bytes());
                    hash.update(name);
                }
            }
            Err(error) => hash.update(format!("{:?}", error.kind())),
        });
        names
    }

    fn name(&self, path: &Path) -> String {
        self.world.name(path)
    }
}
