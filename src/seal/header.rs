//! Reads the recipients of a sealed file from its header, which is not encrypted.

use std::collections::BTreeMap;

use base64ct::{Base64, Encoding as _};

const VERSION: &str = "age-encryption.org/v1";
const ARMOUR: [&str; 2] = ["-----BEGIN AGE ENCRYPTED FILE-----", "-----END AGE ENCRYPTED FILE-----"];
/// How many digits of an SSH key's fingerprint its stanza gives away whole: it holds the first four bytes.
const DIGITS: usize = 5;

/// A sealed file as everybody can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile(Vec<u8>);

impl SealedFile {
    /// What the bytes of a file are; whether they are sealed shows in the words.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Whom it is sealed to, in words. A recipient `age1...` cannot be distinguished from another.
    #[must_use]
    pub fn recipients(&self) -> String {
        let stanzas = decoded(&self.0).as_deref().and_then(stanzas);
        let Some(stanzas) = stanzas else { return "nobody: it is not a complete age file".to_owned() };
        let mut counted: BTreeMap<&String, usize> = BTreeMap::new();
        for stanza in &stanzas {
            *counted.entry(stanza).or_default() += 1;
        }
        let words = counted.into_iter().map(|(recipient, count)| match count {
            1 => recipient.clone(),
            _ => format!("{recipient} ({count} times)"),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

/// The bytes of an armoured file, or those of a binary one.
fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let trimmed = bytes.trim_ascii();
    let Some(body) = trimmed.strip_prefix(ARMOUR[0].as_bytes()) else { return Some(bytes.to_vec()) };
    let body = body.strip_suffix(ARMOUR[1].as_bytes())?;
    let digits: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    Base64::decode_vec(std::str::from_utf8(&digits).ok()?).ok()
}

/// The recipient of each stanza: `-> KIND ARGUMENT...` and lines that only who opens it understands.
fn stanzas(file: &[u8]) -> Option<Vec<String>> {
    let mut lines = file.split(|byte| *byte == b'\n');
    (lines.next()? == VERSION.as_bytes()).then_some(())?;
    let mut found = Vec::new();
    for line in lines {
        if line.starts_with(b"---") {
            return Some(found);
        }
        let line = std::str::from_utf8(line).ok()?;
        if let Some(stanza) = line.strip_prefix("-> ") {
            found.extend(recipient(stanza));
        }
    }
    None
}

/// None for what age adds at random so that readers learn to skip what they do not know.
fn recipient(stanza: &str) -> Option<String> {
    let mut words = stanza.split(' ');
    Some(match (words.next().unwrap_or_default(), words.next()) {
        (kind, _) if kind.ends_with("-grease") => return None,
        ("X25519", _) => "a key `age1...`".to_owned(),
        ("scrypt", _) => "a passphrase".to_owned(),
        (kind, Some(tag)) if kind.starts_with("ssh-") => {
            let tag: String = tag.chars().take(DIGITS).collect();
            format!("the {kind} key SHA256:{tag}...")
        }
        (kind, _) => format!("a recipient of the kind {}", kind.chars().take(40).collect::<String>()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "age-encryption.org/v1\n-> X25519 abc\nbody\n-> ssh-ed25519 nBYz7A def\nbody\n-> X25519 ghi\nbody\n--- mac\n";

    #[test]
    fn recipients_are_read_off_the_header() {
        let wanted = "a key `age1...` (2 times), the ssh-ed25519 key SHA256:nBYz7...";
        assert_eq!(SealedFile::new(HEADER.into()).recipients(), wanted);
        let digits = Base64::encode_string(HEADER.as_bytes());
        let (first, second) = digits.split_at(64);
        let armoured = format!("\n{}\n{first}\n{second}\n{}\n", ARMOUR[0], ARMOUR[1]);
        assert_eq!(SealedFile::new(armoured.into()).recipients(), wanted);
    }

    #[test]
    fn what_is_torn_is_said_to_be() {
        let cut = &HEADER[..HEADER.len() - 8];
        for text in ["", "-> X25519 abc\n--- mac\n", cut, "-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n"] {
            let said = SealedFile::new(text.into()).recipients();
            assert!(said.starts_with("nobody"), "{text}: {said}");
        }
    }

    #[test]
    fn kinds_that_are_not_known_are_named() {
        let text = "age-encryption.org/v1\n-> scrypt salt 18\nbody\n-> piv-p256 tag share\nbody\n-> ab%-grease x\nbody\n--- mac\n";
        let wanted = "a passphrase, a recipient of the kind piv-p256";
        assert_eq!(SealedFile::new(text.into()).recipients(), wanted);
    }
}
