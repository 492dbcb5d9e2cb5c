//! Encrypts secrets at rest in the age format (<https://age-encryption.org/v1>), which other programs support, too.
//!
//! Sealing uses randomness, so a plan never determines the bytes of a sealed file. A build without the feature `age`
//! only recognises sealed files.

mod ask;
mod error;
#[cfg(not(feature = "age"))]
#[path = "absent.rs"]
mod format;
#[cfg(feature = "age")]
mod format;
mod header;
#[cfg(feature = "age")]
mod ssh_work;

use std::str::FromStr;

use zeroize::Zeroizing;

use crate::values::Invalid;

pub use ask::Ask;
pub use error::SealError;
pub use header::SealedFile;

/// Whether a file is sealed; whether it is whole shows when it is opened.
#[must_use]
pub fn is_sealed(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    text.starts_with(b"age-encryption.org/") || text.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

/// A public key to which a file is sealed.
pub struct Recipient(format::Recipient);

impl FromStr for Recipient {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        format::recipient(text.trim()).map(Self)
    }
}

/// The recipients of a text with one on each line.
///
/// # Errors
/// The number of the line that is none, and why not.
pub fn recipients(text: &str) -> Result<Vec<Recipient>, Invalid> {
    let lines = text.lines().map(str::trim).enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(number, line)| {
            line.parse().map_err(|invalid: Invalid| Invalid {
                message: format!("line {}: {}", number + 1, invalid.message),
                help: invalid.help,
            })
        })
        .collect()
}

/// Whom a file is sealed to.
pub enum Lock {
    /// Whoever knows it.
    Passphrase(Zeroizing<String>),
    /// Whoever has one of the private keys.
    Recipients(Vec<Recipient>),
}

/// Private keys that open files.
#[derive(Default)]
pub struct Identities(Vec<format::Identity>);

impl Identities {
    /// Adds the keys of a file: an age identity file or an SSH private key. `ask` gives the passphrase of an
    /// encrypted SSH key.
    ///
    /// # Errors
    /// What is wrong with the file, without a word of its content.
    pub fn add(&mut self, text: &str, ask: Ask<'_>) -> Result<(), String> {
        self.0.extend(format::identities(text, ask)?);
        Ok(())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Seals into armoured text.
///
/// # Errors
/// As [`SealError`] says.
pub fn seal(plain: &[u8], lock: &Lock) -> Result<String, SealError> {
    match lock {
        Lock::Passphrase(passphrase) => format::seal_with_passphrase(plain, passphrase),
        Lock::Recipients(recipients) => format::seal(plain, recipients.iter().map(|recipient| &recipient.0)),
    }
}

/// Whether a sealed file wants a passphrase and not keys.
///
/// # Errors
/// When it is torn.
pub fn wants_passphrase(sealed: &[u8]) -> Result<bool, SealError> {
    format::wants_passphrase(sealed)
}

/// Opens with private keys.
///
/// # Errors
/// As [`SealError`] says.
pub fn open(sealed: &[u8], identities: &Identities) -> Result<Zeroizing<Vec<u8>>, SealError> {
    format::open(sealed, &identities.0)
}

/// Opens with a passphrase.
///
/// # Errors
/// As [`SealError`] says.
pub fn open_with_passphrase(
    sealed: &[u8],
    passphrase: Zeroizing<String>,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    format::open_with_passphrase(sealed, passphrase)
}
