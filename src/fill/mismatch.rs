//! The reasons why credentials cannot be made.

use std::sync::Arc;

/// What is missing, or is not what it was.
#[derive(Debug, thiserror::Error)]
pub enum Mismatch {
    /// What was made again is not what was recorded.
    #[error("the reproduced certificate `{id}` differs from the one that the lock recorded")]
    Recorded {
        /// The certificate.
        id: Arc<str>,
    },
    /// A certificate cannot be issued.
    #[error("certificate `{id}` cannot be issued: {why}")]
    Issue {
        /// The certificate.
        id: Arc<str>,
        /// Why not.
        why: String,
    },
    /// A revocation list cannot be issued.
    #[error("the CRL of `{id}` cannot be issued: {why}")]
    Crl {
        /// The certificate whose key would sign it.
        id: Arc<str>,
        /// Why not.
        why: String,
    },
    /// The key of a keyring is not what was recorded.
    #[error("the key `{id}/{generation}` differs from the one that the lock recorded")]
    Key {
        /// The keyring.
        id: Arc<str>,
        /// Which of its generations.
        generation: u32,
    },
    /// A secret is not at hand.
    #[error("the secret `{secret}` is missing, but `{id}` needs it")]
    Secret {
        /// What derives from it, or is signed with what does.
        id: Arc<str>,
        /// Which secret, as people call it.
        secret: String,
    },
    /// The key of a certificate of a host or a client that others made is not at hand.
    #[error("the imported key of `{id}` is missing")]
    Leaf {
        /// The certificate.
        id: Arc<str>,
        /// What its file is called, without its end.
        file: Arc<str>,
    },
    /// A key that was made elsewhere is not at hand.
    #[error("the imported key of `{id}/{generation}` is missing")]
    Imported {
        /// Whose it is: an authority or a keyring.
        id: Arc<str>,
        /// Which of its generations.
        generation: u32,
    },
}
