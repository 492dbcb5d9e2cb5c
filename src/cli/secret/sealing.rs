//! The recipients to whom a file is sealed, and the check that the sealed file opens.

use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use crate::cli::unlock::Unlock;
use crate::seal::{self, Lock, Recipient};
use crate::workspace::{Opener, of_file};

/// Whom to seal to.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Recipients {
    /// Seal to this public key: `age1...`, `ssh-ed25519 ...` or `ssh-rsa ...`. Repeatable.
    #[arg(long, value_name = "KEY")]
    recipient: Vec<String>,
    /// Seal to the public keys in this file, one on each line.
    #[arg(long, value_name = "FILE")]
    recipients_file: Vec<PathBuf>,
    /// Seal with a passphrase, from the terminal or from `--passphrase-fd`.
    #[arg(long, conflicts_with_all = ["recipient", "recipients_file"])]
    passphrase: bool,
}

/// What seals, and what opens again.
pub(super) struct Sealing<'a> {
    lock: Lock,
    opener: Opener<'a>,
}

impl Recipients {
    /// Whether anything is to be sealed.
    pub(super) fn is_empty(&self) -> bool {
        self.recipient.is_empty() && self.recipients_file.is_empty() && !self.passphrase
    }

    fn read(&self) -> Result<Vec<Recipient>, String> {
        let reported = |what: &str, invalid: crate::values::Invalid| {
            let help = invalid.help.map(|help| format!("; {help}")).unwrap_or_default();
            format!("{what}: {}{help}", invalid.message)
        };
        let mut recipients = Vec::new();
        for text in &self.recipient {
            recipients.push(text.parse().map_err(|invalid| reported("--recipient", invalid))?);
        }
        for path in &self.recipients_file {
            let shown = path.display().to_string();
            let bytes = of_file(path)?;
            let text = std::str::from_utf8(&bytes).map_err(|_| format!("{shown} is not a text"))?;
            let found = seal::recipients(text).map_err(|invalid| reported(&shown, invalid))?;
            if found.is_empty() {
                return Err(format!("{shown} contains no recipient"));
            }
            recipients.extend(found);
        }
        Ok(recipients)
    }
}

impl<'a> Sealing<'a> {
    /// # Errors
    /// What is wrong with the recipients or the passphrase.
    pub(super) fn new(recipients: &Recipients, unlock: &'a Unlock) -> Result<Self, String> {
        let opener = unlock.opener();
        let lock = match recipients.passphrase {
            true => Lock::Passphrase(opener.new_passphrase()?),
            false => Lock::Recipients(recipients.read()?),
        };
        Ok(Self { lock, opener })
    }

    /// Whether what is sealed can be opened here, too.
    pub(super) fn opens(&self) -> bool {
        matches!(self.lock, Lock::Passphrase(_)) || self.opener.is_equipped()
    }

    /// What is in a file that is sealed to keys at hand, or with the same passphrase.
    pub(super) fn open(&self, sealed: Zeroizing<Vec<u8>>, shown: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        self.opener.open(sealed, shown)
    }

    /// Seals, and opens again if that is possible.
    pub(super) fn seal(&self, plain: &[u8], shown: &Path) -> Result<String, String> {
        let sealed =
            seal::seal(plain, &self.lock).map_err(|error| format!("{}: {error}", shown.display()))?;
        if self.opens() {
            let bytes = Zeroizing::new(sealed.clone().into_bytes());
            let opened = self.opener.open(bytes, &format!("what was sealed of {}", shown.display()))?;
            if *opened != plain {
                return Err(format!(
                    "the sealed form of {} does not open to the same contents",
                    shown.display()
                ));
            }
        }
        Ok(sealed)
    }
}
