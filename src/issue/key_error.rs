//! The reasons why a private key cannot be used.

/// What is wrong with a private key that was made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text holds none.
    #[error("there is no private key in it")]
    None,
    /// The text holds more than one.
    #[error("it contains several private keys, but must contain one")]
    Several,
    /// It is encrypted, and there is no passphrase.
    #[error("it is encrypted, and there is no passphrase")]
    Encrypted,
    /// The passphrase does not open it.
    #[error("the passphrase does not open it")]
    Passphrase,
    /// Encrypted in a way that should not be used any more; the way.
    #[error(
        "it is encrypted in an old format ({0}); run `openssl pkcs8 -topk8 -in KEY -out NEW` and take NEW"
    )]
    Legacy(&'static str),
    /// Encrypted in a way that is not opened here.
    #[error(
        "it is encrypted in a format that pkiplan does not support; run `openssl pkcs8 -topk8 -in KEY -out NEW` and take NEW"
    )]
    Scheme,
    /// A passphrase that takes minutes or hours of work.
    #[error(
        "decrypting it takes more work than pkiplan allows; run `openssl pkcs8 -topk8 -in KEY -out NEW` and take NEW"
    )]
    Work,
    /// A kind of key that pkiplan does not have.
    #[error("{0}; keys are ECDSA on P-256 or P-384, Ed25519, or RSA of 2048, 3072 or 4096 bits")]
    Kind(String),
    /// It contradicts itself or its format.
    #[error("it is damaged: its parts do not form a key")]
    Damaged,
}
