//! The secret from which the keys of a plan derive.

use std::fmt::Write as _;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use super::stack::wiped;
use crate::values::Invalid;

/// The salt of the extraction and the first field of every expansion (see `derivation`).
pub(super) const VERSION: &str = "pkiplan derivation 1";

const FORMAT: &str = "pkiplan-secret-1";

/// What stands before a lock's id in a comment of a secret's file: the secret belongs to that lock.
const OF_LOCK: &str = "# lock ";
/// Hexadecimal digits of a lock's id.
const ID: usize = 32;

/// 32 bytes: all keys of a plan follow from them and from public names.
///
/// It has no `Debug`, `Clone` or `Serialize`, so that it cannot reach a log by accident.
pub struct Secret(Box<Material>);

/// It stays where it is when the secret is moved.
#[derive(ZeroizeOnDrop)]
struct Material {
    bytes: [u8; 32],
    /// The HKDF pseudorandom key, extracted once: every derivation expands it.
    prk: [u8; 32],
}

impl Secret {
    /// From 32 bytes that somebody drew at random.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        let bytes = Zeroizing::new(bytes);
        wiped(|| {
            let mut secret = Self(Box::new(Material { bytes: [0; 32], prk: [0; 32] }));
            secret.0.bytes.copy_from_slice(&*bytes);
            let (mut extracted, _) = Hkdf::<Sha256>::extract(Some(VERSION.as_bytes()), &*bytes);
            secret.0.prk.copy_from_slice(&extracted);
            extracted.as_mut_slice().zeroize();
            secret
        })
    }

    /// Reads what [`Self::to_text`] writes. Comments and empty lines may be anywhere.
    ///
    /// # Errors
    /// When there is not exactly one line with a secret. The message holds nothing of the text, which may be
    /// almost a secret.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        wiped(|| Self::read(text))
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        let invalid = |message: &str| {
            Invalid::new(message)
                .help(format!("a secret file contains one line: `{FORMAT}` and 64 hexadecimal digits"))
        };
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (Some(line), None) = (lines.next(), lines.next()) else {
            return Err(invalid("the text is not one secret"));
        };
        let (format, digits) =
            line.split_once([' ', '\t']).ok_or_else(|| invalid("the text is not a secret"))?;
        if format != FORMAT {
            return Err(invalid("the text is not a secret of a known format"));
        }
        let digits = digits.trim_start().as_bytes();
        let mut bytes = Zeroizing::new([0; 32]);
        if digits.len() != 2 * bytes.len() {
            return Err(invalid("the secret does not have 64 hexadecimal digits"));
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            for &digit in pair {
                let value = char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
                let value = value.ok_or_else(|| {
                    invalid("the secret contains a character that is not a hexadecimal digit")
                })?;
                *byte = (*byte << 4) | value;
            }
        }
        Ok(Self::from_bytes(*bytes))
    }

    /// The text of a file of this secret: a warning, then the line that [`Self::parse`] reads.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        // The capacity is enough for all of it: a text that grows leaves copies of its beginning in memory.
        let mut text = Zeroizing::new(String::with_capacity(512));
        text.push_str("# The secret of a pkiplan plan: every private key follows from it.\n");
        text.push_str("# Do not commit it. Keep a copy offline: without it, nothing can be issued again.\n");
        text.push_str(FORMAT);
        text.push(' ');
        for byte in self.0.bytes {
            write!(text, "{byte:02x}").expect("writing to a text cannot fail");
        }
        text.push('\n');
        text
    }

    /// The ids of the locks that a secret's text says it belongs to; none if it was not built with yet.
    #[must_use]
    pub fn locks(text: &str) -> Vec<String> {
        let is_id = |id: &&str| id.len() == ID && id.bytes().all(|b| b.is_ascii_hexdigit());
        let ids = text.lines().filter_map(|line| line.trim().strip_prefix(OF_LOCK));
        ids.map(str::trim).filter(is_id).map(str::to_owned).collect()
    }

    /// The text with lines that say which locks it belongs to, before the line of the secret: that stays the last one.
    #[must_use]
    pub fn with_locks<'l>(text: &str, ids: impl IntoIterator<Item = &'l str>) -> Zeroizing<String> {
        let notes: String = ids.into_iter().map(|id| format!("{OF_LOCK}{id}\n")).collect();
        let mut lines = text.split_inclusive('\n');
        let is_comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        let before: usize = lines.by_ref().take_while(|line| is_comment(line)).map(str::len).sum();
        let mut noted = Zeroizing::new(String::with_capacity(text.len() + notes.len()));
        [&text[..before], &notes, &text[before..]].into_iter().for_each(|part| noted.push_str(part));
        noted
    }

    /// The pseudorandom key of derivation.
    pub(super) fn prk(&self) -> &[u8; 32] {
        &self.0.prk
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_reads_back() {
        let secret = Secret::from_bytes(std::array::from_fn(|i| i as u8));
        let text = secret.to_text();
        assert!(text.capacity() == 512, "the text grew");
        let again = Secret::parse(&text.replace('\n', "\r\n")).ok().unwrap();
        assert_eq!(again.0.bytes, secret.0.bytes);
        assert_eq!(again.identity(), secret.identity());
        assert_ne!(Secret::from_bytes([1; 32]).identity(), secret.identity());
    }

    #[test]
    fn a_text_says_which_locks_it_is_for() {
        let (one, two) = ("00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100");
        let secret = Secret::from_bytes([7; 32]);
        let text = secret.to_text();
        assert!(Secret::locks(&text).is_empty());
        let line = text.lines().last().unwrap();
        for text in [&text[..], line, &format!("\r\n# lock the safe\r\n# lock 0011\n{line}\n#\n")] {
            let noted = Secret::with_locks(&Secret::with_locks(text, [one]), [two]);
            assert_eq!(Secret::locks(&noted), [one, two], "{text}");
            assert_eq!(noted.capacity(), noted.len(), "the text grew");
            assert_eq!(Secret::parse(&noted).ok().unwrap().identity(), secret.identity());
            assert!(noted.contains(&format!("# lock {two}\n{line}")), "{text}");
        }
    }

    #[test]
    fn refuses_without_repeating_the_text() {
        let good = format!("{FORMAT} {}", "ab".repeat(32));
        assert!(Secret::parse(&good).is_ok());
        let bad = [
            String::new(),
            "# only a comment\n".into(),
            format!("{good}\n{good}\n"),
            good.replace("-1", "-2"),
            good.replace(' ', ""),
            good[..good.len() - 1].into(),
            format!("{good}0"),
            good.replace("ab", "ag"),
            good.replace("ab", "+b"),
            good.replace("abab", "é"),
        ];
        for text in bad {
            let invalid = Secret::parse(&text).err().expect(&text);
            assert!(!invalid.message.contains("ab"), "{invalid}");
        }
    }
}
