//! Certificates and keys as programs find them.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::slot::Slot;
use crate::host::Place;

/// A certificate in DER.
pub type Der = Arc<[u8]>;

/// Certificates as they are shown: the first is that of the key.
pub type Chain = Arc<[Der]>;

/// Certificates that are believed.
pub type Pool = Arc<[Der]>;

/// What an input names, and what was found there.
#[derive(Clone)]
pub struct Held<T> {
    /// The input.
    pub slot: Slot,
    /// Where it was found; what stands in the input itself is found there.
    pub at: Place,
    /// Permission bits and owner of the file, where they are known.
    pub access: Option<(u32, Arc<str>)>,
    /// What it is.
    pub content: Result<T, Missing>,
}

/// Why an input gives nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// There is no such file.
    Absent,
    /// The program, or the cluster, makes it while it runs.
    MadeLater,
    /// It is not what it should be; the rest of a sentence.
    Wrong(String),
    /// It is not known, and why.
    Unknown(String),
}

/// A private key, known by its public half.
#[derive(Clone)]
pub struct Key {
    /// SubjectPublicKeyInfo in DER.
    pub public: Arc<[u8]>,
    /// PKCS#8 in PEM, for handshakes; none where only the public half is there.
    pub private: Option<Arc<Zeroizing<String>>>,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.public == other.public
    }
}

impl Eq for Key {}

impl<T> Held<T> {
    /// What it is, if it is there.
    pub fn get(&self) -> Option<&T> {
        self.content.as_ref().ok()
    }
}
