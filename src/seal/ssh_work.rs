//! Determines how much work the passphrase of an SSH private key takes.

use base64ct::{Base64, Encoding as _};

const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &str = "-----END OPENSSH PRIVATE KEY-----";
/// What a key of OpenSSH begins with (PROTOCOL.key).
const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The rounds of bcrypt that an encrypted key asks for; none where that cannot be read.
pub(super) fn rounds(text: &str) -> Option<u32> {
    let body = text.split_once(BEGIN)?.1.split_once(END)?.0;
    let digits: String = body.split_ascii_whitespace().collect();
    let bytes = Base64::decode_vec(&digits).ok()?;
    let mut rest = bytes.strip_prefix(MAGIC)?;
    let (_cipher, _derivation) = (string(&mut rest)?, string(&mut rest)?);
    let mut options = string(&mut rest)?;
    let _salt = string(&mut options)?;
    options.first_chunk().map(|rounds| u32::from_be_bytes(*rounds))
}

/// A string with its length in front (RFC 4251, 5).
fn string<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, after) = rest.split_first_chunk()?;
    let (string, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *rest = after;
    Some(string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(options: &[u8]) -> String {
        let mut bytes = MAGIC.to_vec();
        for part in [b"aes256-ctr", &b"bcrypt"[..], options] {
            bytes.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
            bytes.extend(part);
        }
        format!("{BEGIN}\n{}\n{END}\n", Base64::encode_string(&bytes))
    }

    #[test]
    fn rounds_stand_behind_the_salt() {
        assert_eq!(rounds(&key(&[0, 0, 0, 2, 7, 7, 0, 0, 1, 0])), Some(256));
        assert_eq!(rounds(&key(&[0, 0, 0, 2, 7, 7, 255, 255, 255, 255])), Some(u32::MAX));
        for options in [&[][..], &[0, 0, 0, 9, 7], &[0, 0, 0, 2, 7, 7, 0, 0]] {
            assert_eq!(rounds(&key(options)), None, "{options:?}");
        }
        assert_eq!(rounds("no key"), None);
    }
}
