//! Getting at what is secret: from files beside the plan or elsewhere, plain or sealed, from file descriptors
//! and commands.

mod arguments;
pub(super) mod bytes;
mod given;
mod keychain;
mod passphrase;

use std::cell::OnceCell;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use zeroize::Zeroizing;

pub(super) use arguments::{SecretArguments, Unlock};
pub(super) use given::Which;
pub(super) use keychain::{Found, Keychain};

use crate::issue::secret::Secret;
use crate::seal::{self, Identities, SealError};

/// Opens files, plain or sealed; what it takes is asked for once, and only if something is sealed.
pub(super) struct Opener<'a> {
    arguments: &'a Unlock,
    identities: OnceCell<Identities>,
    passphrase: OnceCell<Zeroizing<String>>,
}

impl<'a> Opener<'a> {
    pub(super) fn new(arguments: &'a Unlock) -> Self {
        Self { arguments, identities: OnceCell::new(), passphrase: OnceCell::new() }
    }

    /// What is in a file, opened if it is sealed. Any secret or private key is read with this.
    ///
    /// # Errors
    /// Why not, with the path, and without a word of the content.
    pub(super) fn file(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
        self.open(bytes::of_file(path)?, &path.display().to_string())
    }

    /// What bytes hold, opened if they are sealed.
    pub(super) fn open(&self, bytes: Zeroizing<Vec<u8>>, shown: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        if !seal::is_sealed(&bytes) {
            return Ok(bytes);
        }
        let told = |error: SealError| format!("cannot open {shown}: {error}");
        if seal::wants_passphrase(&bytes).map_err(told)? {
            let passphrase = self.passphrase(&format!("the passphrase of {shown}"))?;
            return seal::open_with_passphrase(&bytes, passphrase).map_err(told);
        }
        let identities = self.identities()?;
        if identities.is_empty() {
            return Err(format!("{shown} is sealed to keys: give the private one with `--identity FILE`"));
        }
        seal::open(&bytes, identities).map_err(told)
    }

    /// Whether the command line says how sealed files open.
    pub(super) fn is_equipped(&self) -> bool {
        !self.arguments.identity.is_empty()
    }

    /// The passphrase to seal with, which opens, too.
    pub(super) fn new_passphrase(&self) -> Result<Zeroizing<String>, String> {
        let passphrase = match self.arguments.passphrase_fd {
            Some(number) => passphrase::from_descriptor(number)?,
            None => passphrase::ask_for_new()?,
        };
        Ok(self.passphrase.get_or_init(|| passphrase).clone())
    }

    /// A passphrase that was given, or is asked for as `what`.
    pub(super) fn passphrase(&self, what: &str) -> Result<Zeroizing<String>, String> {
        if let Some(known) = self.passphrase.get() {
            return Ok(known.clone());
        }
        // What is asked for belongs to one file; what a descriptor gives is for all.
        match self.arguments.passphrase_fd {
            None => passphrase::ask(what),
            Some(number) => {
                let given = passphrase::from_descriptor(number)?;
                Ok(self.passphrase.get_or_init(|| given).clone())
            }
        }
    }

    fn identities(&self) -> Result<&Identities, String> {
        if let Some(known) = self.identities.get() {
            return Ok(known);
        }
        let mut identities = Identities::default();
        for path in &self.arguments.identity {
            let told = |why: String| format!("{}: {why}", path.display());
            let bytes = bytes::of_file(path)?;
            if seal::is_sealed(&bytes)
                && !seal::wants_passphrase(&bytes).map_err(|why| told(why.to_string()))?
            {
                return Err(told("it is itself sealed to keys".to_owned()));
            }
            let bytes = self.open(bytes, &path.display().to_string())?;
            let text = std::str::from_utf8(&bytes).map_err(|_| told("it is not a text".to_owned()))?;
            let ask = |what: &str| self.passphrase(&format!("{what} {}", path.display()));
            identities.add(text, &ask).map_err(told)?;
        }
        Ok(self.identities.get_or_init(|| identities))
    }
}

/// Whether anyone but the owner may read a file.
pub(super) fn is_open(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// The secret that bytes hold.
///
/// # Errors
/// What is wrong, without a word of it.
pub(super) fn parse(bytes: &[u8], shown: &str) -> Result<Secret, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| format!("{shown} is not a secret"))?;
    Secret::parse(text).map_err(|invalid| {
        let help = invalid.help.map(|help| format!("; {help}")).unwrap_or_default();
        format!("{shown}: {}{help}", invalid.message)
    })
}
