//! Secrets that are given on the command line: `FILE`, or `NAME=FILE`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use super::bytes;
use crate::values::SecretName;

/// A secret by its name, and the epoch where an earlier one is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Which {
    /// Its name in the plan.
    pub name: SecretName,
    /// None: the one that is in use now.
    pub epoch: Option<u32>,
}

/// One option: which secret, and from where.
#[derive(Debug, Clone)]
pub struct Given {
    /// Which secret it is.
    pub which: Which,
    pub(super) source: Source,
}

/// Where a secret comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    File(PathBuf),
    Descriptor(u32),
    Command(String),
}

impl Given {
    /// From `FILE` or `NAME=FILE`.
    #[must_use]
    pub fn file(text: &str) -> Self {
        let (which, rest) = split(text);
        Self { which, source: Source::File(rest.into()) }
    }

    /// From `COMMAND` or `NAME=COMMAND`; the shell runs it.
    #[must_use]
    pub fn command(text: &str) -> Self {
        let (which, rest) = split(text);
        Self { which, source: Source::Command(rest.to_owned()) }
    }

    /// From `N` or `NAME=N`.
    ///
    /// # Errors
    /// It is no number.
    pub fn descriptor(text: &str) -> Result<Self, String> {
        let (which, rest) = split(text);
        let number = rest.parse().map_err(|_| format!("--secret-fd: `{rest}` is not a number"))?;
        Ok(Self { which, source: Source::Descriptor(number) })
    }
}

/// Takes `NAME=` off: only what can be the name of a secret is one, so a path or a command that has a `=` of
/// its own behind something like a name is given behind a name, or as `./NAME=...`.
fn split(text: &str) -> (Which, &str) {
    let named = text.split_once('=').and_then(|(name, rest)| Some((Which::parse(name)?, rest)));
    named.unwrap_or((Which::default(), text))
}

impl Which {
    /// `NAME` or `NAME.epoch-N`.
    fn parse(text: &str) -> Option<Self> {
        match text.split_once(".epoch-") {
            Some((name, epoch)) => {
                Some(Self { name: name.parse().ok()?, epoch: Some(epoch.parse().ok().filter(|n| *n > 0)?) })
            }
            None => Some(Self { name: text.parse().ok()?, epoch: None }),
        }
    }
}

impl fmt::Display for Which {
    /// As messages name it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.epoch {
            Some(epoch) => write!(f, "the secret `{}` of epoch {epoch}", self.name),
            None => write!(f, "the secret `{}`", self.name),
        }
    }
}

impl Source {
    /// How messages call it. A command's text may hold a secret, so it is not repeated.
    pub(super) fn shown(&self, which: Which) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Descriptor(number) => format!("file descriptor {number}"),
            Self::Command(_) => format!("what the command for {which} printed"),
        }
    }

    /// The file, if it is one; what a descriptor gives has no place where it could be changed.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) if !bytes::is_descriptor(path) => Some(path),
            _ => None,
        }
    }

    pub(super) fn read(&self, which: Which) -> Result<Zeroizing<Vec<u8>>, String> {
        match self {
            Self::File(path) => bytes::of_file(path),
            Self::Descriptor(number) => bytes::of_descriptor(*number),
            Self::Command(command) => run(command, which),
        }
    }
}

/// Runs a command through the shell; it has our terminal and standard error, for questions.
fn run(command: &str, which: Which) -> Result<Zeroizing<Vec<u8>>, String> {
    let failed = |why: String| format!("the command for {which} {why}");
    let mut shell = Command::new("sh");
    let mut child = shell
        .args(["-c", command])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(format!("cannot run: {error}")))?;
    let printed = match child.stdout.take() {
        Some(out) => bytes::whole(out).map_err(|error| failed(format!("cannot be read: {error}")))?,
        None => Zeroizing::default(),
    };
    let status = child.wait().map_err(|error| failed(format!("cannot be waited for: {error}")))?;
    if !status.success() {
        return Err(failed(format!("failed ({status})")));
    }
    if printed.trim_ascii().is_empty() {
        return Err(failed("printed nothing".to_owned()));
    }
    Ok(printed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinguished_from_what_they_name() {
        let name = |text: &str| text.parse::<SecretName>().unwrap();
        let of = |name, epoch| Which { name, epoch };
        let cases = [
            ("cluster.secret", of(SecretName::default(), None), "cluster.secret"),
            ("offline=/media/key", of(name("offline"), None), "/media/key"),
            ("offline.epoch-2=old", of(name("offline"), Some(2)), "old"),
            ("offline=a=b", of(name("offline"), None), "a=b"),
            ("./offline=a", Which::default(), "./offline=a"),
            ("PASSWORD_STORE_DIR=x pass show pki", Which::default(), "PASSWORD_STORE_DIR=x pass show pki"),
            ("pass show --name=pki", Which::default(), "pass show --name=pki"),
            ("offline.epoch-0=a", Which::default(), "offline.epoch-0=a"),
        ];
        for (text, which, rest) in cases {
            assert_eq!(split(text), (which, rest), "{text}");
        }
    }
}
