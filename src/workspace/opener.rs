//! Opens files that may be sealed.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use zeroize::{Zeroize as _, Zeroizing};

use super::bytes;
use crate::issue::secret::Secret;
use crate::seal::{self, Identities, SealError};

/// Asks a person for what opens something, by name.
pub type Ask = fn(&str) -> Result<Zeroizing<String>, String>;

/// Opens files, plain or sealed; what it takes is asked for once, and only if something is sealed.
pub struct Opener<'a> {
    files: &'a [PathBuf],
    descriptor: Option<u32>,
    ask: Ask,
    identities: OnceCell<Identities>,
    passphrase: OnceCell<Zeroizing<String>>,
}

impl<'a> Opener<'a> {
    /// With files of private keys, and a file descriptor that gives a passphrase; else a person is asked.
    #[must_use]
    pub fn new(files: &'a [PathBuf], descriptor: Option<u32>, ask: Ask) -> Self {
        Self { files, descriptor, ask, identities: OnceCell::new(), passphrase: OnceCell::new() }
    }

    /// What is in a file, opened if it is sealed. Any secret or private key is read with this.
    ///
    /// # Errors
    /// Why not, with the path, and without a word of the content.
    pub fn file(&self, path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
        self.open(bytes::of_file(path)?, &path.display().to_string())
    }

    /// What bytes hold, opened if they are sealed.
    ///
    /// # Errors
    /// Why not; `shown` is what they are called.
    pub fn open(&self, bytes: Zeroizing<Vec<u8>>, shown: &str) -> Result<Zeroizing<Vec<u8>>, String> {
        if !seal::is_sealed(&bytes) {
            return Ok(bytes);
        }
        let reported = |error: SealError| format!("cannot open {shown}: {error}");
        if seal::wants_passphrase(&bytes).map_err(reported)? {
            let passphrase = self.passphrase(&format!("the passphrase of {shown}"))?;
            return seal::open_with_passphrase(&bytes, passphrase).map_err(reported);
        }
        let identities = self.identities()?;
        if identities.is_empty() {
            return Err(format!("{shown} is sealed to keys: give the private one with `--identity FILE`"));
        }
        seal::open(&bytes, identities).map_err(reported)
    }

    /// Whether there are files that say how sealed files open.
    #[must_use]
    pub fn is_equipped(&self) -> bool {
        !self.files.is_empty()
    }

    /// The passphrase to seal with, which opens, too.
    ///
    /// # Errors
    /// None was given.
    pub fn new_passphrase(&self) -> Result<Zeroizing<String>, String> {
        let passphrase = match self.descriptor {
            Some(number) => from_descriptor(number)?,
            None => self.ask_for_new()?,
        };
        Ok(self.passphrase.get_or_init(|| passphrase).clone())
    }

    /// A passphrase that was given, or is asked for as `what`.
    ///
    /// # Errors
    /// None was given.
    pub fn passphrase(&self, what: &str) -> Result<Zeroizing<String>, String> {
        if let Some(known) = self.passphrase.get() {
            return Ok(known.clone());
        }
        // What is asked for belongs to one file; what a descriptor gives is for all.
        match self.descriptor {
            None => (self.ask)(what),
            Some(number) => {
                let given = from_descriptor(number)?;
                Ok(self.passphrase.get_or_init(|| given).clone())
            }
        }
    }

    /// Asks twice.
    fn ask_for_new(&self) -> Result<Zeroizing<String>, String> {
        let first = (self.ask)("a passphrase to seal with")?;
        if first.is_empty() {
            return Err("the passphrase is empty".to_owned());
        }
        let mut second = (self.ask)("it again")?;
        let same = *first == *second;
        second.zeroize();
        if same { Ok(first) } else { Err("the two passphrases differ; nothing was sealed".to_owned()) }
    }

    fn identities(&self) -> Result<&Identities, String> {
        if let Some(known) = self.identities.get() {
            return Ok(known);
        }
        let mut identities = Identities::default();
        for path in self.files {
            let reported = |why: String| format!("{}: {why}", path.display());
            let bytes = bytes::of_file(path)?;
            if seal::is_sealed(&bytes)
                && !seal::wants_passphrase(&bytes).map_err(|why| reported(why.to_string()))?
            {
                return Err(reported("it is itself sealed to keys".to_owned()));
            }
            let bytes = self.open(bytes, &path.display().to_string())?;
            let text = std::str::from_utf8(&bytes).map_err(|_| reported("it is not a text".to_owned()))?;
            let ask = |what: &str| self.passphrase(&format!("{what} {}", path.display()));
            identities.add(text, &ask).map_err(reported)?;
        }
        Ok(self.identities.get_or_init(|| identities))
    }
}

/// The first line of what comes from a file descriptor.
fn from_descriptor(number: u32) -> Result<Zeroizing<String>, String> {
    let bytes = bytes::of_descriptor(number)?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| "the passphrase is not UTF-8".to_owned())?;
    if text.is_empty() {
        return Err(format!("file descriptor {number} gives no passphrase"));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

/// The secret that bytes hold.
///
/// # Errors
/// What is wrong, without a word of it.
pub fn parse_secret(bytes: &[u8], shown: &str) -> Result<Secret, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| format!("{shown} is not a secret"))?;
    Secret::parse(text).map_err(|invalid| {
        let help = invalid.help.map(|help| format!("; {help}")).unwrap_or_default();
        format!("{shown}: {}{help}", invalid.message)
    })
}
