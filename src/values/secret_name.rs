//! Names and epochs of secrets.

use std::fmt;
use std::str::FromStr;

use super::Invalid;

/// The longest name of a secret, in bytes.
const LONGEST: usize = 31;

/// A secret's name: lower-case letters, digits and `-`. It is held in place, so that the identity of a key
/// is copied like a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName {
    /// Filled up with zeros, so that names compare as their texts do.
    bytes: [u8; LONGEST],
    length: u8,
}

/// A secret with the count of its replacements: what keys derive from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretEpoch {
    /// Its name.
    pub name: SecretName,
    /// 1, 2, ...: a replacement adds one.
    pub epoch: u32,
}

impl SecretName {
    /// The name of the secret from which everything derives unless the plan says otherwise.
    pub const DEFAULT: &str = "default";

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }

    /// Whether it is the one that is meant where none is named.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.as_str() == Self::DEFAULT
    }

    fn held(text: &str) -> Option<Self> {
        let mut bytes = [0; LONGEST];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        Some(Self { bytes, length: u8::try_from(text.len()).ok()? })
    }
}

impl Default for SecretName {
    fn default() -> Self {
        Self::held(Self::DEFAULT).expect("it is short")
    }
}

impl FromStr for SecretName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let good = text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text.chars().all(letters);
        // Files of earlier epochs are called like that.
        let reserved = text.starts_with("epoch-");
        Self::held(text).filter(|_| good && !reserved).ok_or_else(|| {
            Invalid::new(format!("`{text}` is not the name of a secret")).help(format!(
                "start with a lower-case letter, then use letters, digits and `-`, at most {LONGEST} characters; the name cannot start with `epoch-`"
            ))
        })
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Default for SecretEpoch {
    fn default() -> Self {
        Self { name: SecretName::default(), epoch: 1 }
    }
}

impl SecretEpoch {
    /// Reads the words of `Display`.
    #[must_use]
    pub fn from_words(words: &[&str]) -> Option<Self> {
        let (name, rest) = match words {
            ["secret", name, rest @ ..] => (name.parse().ok()?, rest),
            rest => (SecretName::default(), rest),
        };
        match rest {
            [] => Some(Self { name, epoch: 1 }),
            ["epoch", epoch] => Some(Self { name, epoch: epoch.parse().ok().filter(|epoch| *epoch > 0)? }),
            _ => None,
        }
    }
}

impl fmt::Display for SecretEpoch {
    /// `secret offline epoch 2`: what is the default is left out, so the default is no text at all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = !self.name.is_default();
        if named {
            write!(f, "secret {}", self.name)?;
        }
        match self.epoch {
            1 => Ok(()),
            epoch => write!(f, "{}epoch {epoch}", if named { " " } else { "" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_are_read_back() {
        for text in ["", "secret offline", "epoch 2", "secret offline epoch 12"] {
            let words: Vec<&str> = text.split_whitespace().collect();
            assert_eq!(SecretEpoch::from_words(&words).unwrap().to_string(), text);
        }
        for bad in [&["secret"][..], &["epoch", "0"], &["epoch", "2", "3"], &["offline"]] {
            assert!(SecretEpoch::from_words(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn names_are_read_and_compared() {
        assert!(SecretName::default().is_default());
        let name = |text: &str| text.parse::<SecretName>().unwrap();
        let longest = "a".repeat(LONGEST);
        assert_eq!(name(&longest).as_str(), longest);
        assert!(name("a") < name("a-b") && name("a-b") < name("b"));
        assert_eq!(format!("{:?}", name("offline")), "\"offline\"");
        for bad in ["", "1a", "a-", "A", "a.b", "a b", "epoch-1", &"a".repeat(LONGEST + 1), "é"] {
            assert!(bad.parse::<SecretName>().is_err(), "{bad}");
        }
    }
}
