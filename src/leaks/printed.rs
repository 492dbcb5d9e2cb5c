//! Finds private keys in the output formats of other programs: `openssl pkey -text`, PuTTY, JSON Web Keys.

use super::escape::characters;
use super::leak::{Hit, What};
use super::text::{begins_word, contains, entropy, places, value};

/// Pairs of digits that a number has before it counts as a key: an Ed25519 key has 32.
const PAIRS: usize = 24;
/// More characters than the private exponent of an RSA key of 16 384 bits has, its indents included.
const LONGEST: usize = 16 << 10;
/// Characters of base64url that a private number has at least: 32 bytes are 43.
const DIGITS: usize = 40;

pub(super) fn find(bytes: &[u8]) -> Vec<Hit> {
    [openssl(bytes), putty(bytes), web_keys(bytes)].into_iter().flatten().collect()
}

/// `priv:` or `privateExponent:`, and pairs of digits with colons.
fn openssl(bytes: &[u8]) -> Vec<Hit> {
    let names = [&b"priv:"[..], b"privateExponent:"];
    let numbers = names.into_iter().flat_map(|name| places(bytes, name).map(move |at| (at, at + name.len())));
    let found = numbers.filter_map(|(start, number)| {
        let (mut colons, mut end) = (0, number);
        for (character, behind) in characters(bytes, number).take(LONGEST) {
            match character {
                b':' => colons += 1,
                b' ' | b'\t' | b'\n' | b'\r' => {}
                _ if character.is_ascii_hexdigit() => {}
                _ => break,
            }
            end = behind;
        }
        (colons + 1 >= PAIRS && begins_word(bytes, start)).then(|| Hit::new(What::PrivateKey, start..end))
    });
    found.collect()
}

/// `Encryption: none` in the header of a key, and below it `Private-Lines: 1`.
fn putty(bytes: &[u8]) -> Vec<Hit> {
    if !contains(bytes, b"PuTTY-User-Key-File-") {
        return Vec::new();
    }
    let what = if contains(bytes, b"Encryption: none") { What::PrivateKey } else { What::EncryptedKey };
    let found = places(bytes, b"Private-Lines: ").filter_map(|start| {
        let text = &bytes[start..bytes.len().min(start + LONGEST)];
        let line = text.iter().position(|byte| *byte == b'\n')? + 1;
        let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(byte);
        let body = text[line..].iter().take_while(|byte| is_digit(byte)).count();
        (body >= DIGITS).then(|| Hit::new(what, start..start + line + body))
    });
    found.collect()
}

/// `"d"` in a text with `"kty"` (RFC 7518, 6.2.2 and 6.3.2).
fn web_keys(bytes: &[u8]) -> Vec<Hit> {
    if !contains(bytes, b"\"kty\"") {
        return Vec::new();
    }
    let part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let found = places(bytes, b"\"d\"").filter_map(|start| {
        let value = value(bytes, start + 3, part)?;
        let drawn = value.len() >= DIGITS && entropy(&bytes[value.clone()]) > 4.0;
        drawn.then(|| Hit::new(What::PrivateKey, value))
    });
    found.collect()
}
