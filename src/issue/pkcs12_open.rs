//! Reads PKCS#12 files (RFC 7292) as pkiplan, OpenSSL 3 and Java 17 or later write them: PBES2 and HMAC-SHA-256.

use hmac::{Hmac, KeyInit as _, Mac as _};
use pkcs8::der::Decode as _;
use pkcs8::pkcs5::EncryptionScheme;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::der::{OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use super::imported::MOST_ROUNDS;
use super::pkcs12::digest_key;
use super::stack::wiped;
use crate::values::der::{Element, only};
use crate::values::oid;

/// INTEGER
const INTEGER: u8 = 0x02;
/// `[0]`, explicit.
const EXPLICIT: u8 = 0xa0;
/// `[0]`, implicit, of an OCTET STRING.
const IMPLICIT: u8 = 0x80;
/// How many encrypted parts are opened: each costs as much as its iterations say.
const MOST_ENCRYPTED: usize = 16;

/// What a file holds, in its order.
pub enum Entry {
    /// A certificate in DER.
    Certificate(Vec<u8>),
    /// A private key in PKCS#8.
    Key(Zeroizing<Vec<u8>>),
    /// A private key that only the password opens, which is not at hand.
    SealedKey,
    /// Other entries that only the password opens, which is not at hand.
    Sealed,
    /// Something else.
    Other,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// It is not what it should be.
    #[error("it is damaged, or not encoded in DER")]
    Damaged,
    /// Nobody uses it any more.
    #[error(
        "it uses the old encryption of PKCS#12 (3DES, RC2), which pkiplan does not support; convert it to PEM with `openssl pkcs12 -legacy -in FILE -nodes -out NEW`"
    )]
    Legacy,
    /// The password is another one.
    #[error("the password does not open it")]
    Password,
    /// Opening it would take minutes.
    #[error("it asks for more than {MOST_ROUNDS} rounds of hashing, or has too many encrypted parts")]
    Work,
}

/// All that a file holds. Without a password, what is encrypted stays closed.
///
/// # Errors
/// Why it cannot be read. The message holds nothing of its content.
pub fn entries(der: &[u8], password: Option<&str>) -> Result<Vec<Entry>, StoreError> {
    let whole = only(der).ok_or(StoreError::Damaged)?;
    let parts = sequence(&whole)?;
    let [version, safe, digest @ ..] = &parts[..] else { return Err(StoreError::Damaged) };
    if version.tag != INTEGER || version.content != [3] {
        return Err(StoreError::Damaged);
    }
    let authenticated = data(safe).ok_or(StoreError::Damaged)?;
    if let (Some(password), [digest]) = (password, digest) {
        wiped(|| verify(digest, authenticated, password))?;
    }
    let mut opener = Opener { password, left: MOST_ENCRYPTED, found: Vec::new() };
    for part in sequence(&only(authenticated).ok_or(StoreError::Damaged)?)? {
        opener.part(&part)?;
    }
    Ok(opener.found)
}

struct Opener<'p> {
    password: Option<&'p str>,
    left: usize,
    found: Vec<Entry>,
}

impl Opener<'_> {
    /// A ContentInfo with SafeContents.
    fn part(&mut self, part: &Element<'_>) -> Result<(), StoreError> {
        if let Some(content) = data(part) {
            return self.bags(content);
        }
        let (kind, value) = typed(part).ok_or(StoreError::Damaged)?;
        if kind != oid::ENCRYPTED_DATA.as_bytes() {
            self.found.push(Entry::Other);
            return Ok(());
        }
        let fields = sequence(&value)?;
        let [_, content, ..] = &fields[..] else { return Err(StoreError::Damaged) };
        let content = sequence(content)?;
        let [_, algorithm, encrypted] = &content[..] else { return Err(StoreError::Damaged) };
        if encrypted.tag != IMPLICIT {
            return Err(StoreError::Damaged);
        }
        match self.open(algorithm, encrypted.content)? {
            Some(opened) => self.bags(&opened),
            None => {
                self.found.push(Entry::Sealed);
                Ok(())
            }
        }
    }

    fn bags(&mut self, content: &[u8]) -> Result<(), StoreError> {
        for bag in sequence(&only(content).ok_or(StoreError::Damaged)?)? {
            let (kind, value) = typed(&bag).ok_or(StoreError::Damaged)?;
            let entry = if kind == oid::CERTIFICATE_BAG.as_bytes() {
                certificate(&value).map_or(Entry::Other, |der| Entry::Certificate(der.to_vec()))
            } else if kind == oid::SHROUDED_KEY_BAG.as_bytes() {
                let fields = sequence(&value)?;
                let [algorithm, encrypted] = &fields[..] else { return Err(StoreError::Damaged) };
                self.open(algorithm, encrypted.content)?.map_or(Entry::SealedKey, Entry::Key)
            } else if kind == oid::KEY_BAG.as_bytes() {
                Entry::Key(Zeroizing::new(value.whole.to_vec()))
            } else {
                Entry::Other
            };
            self.found.push(entry);
        }
        Ok(())
    }

    /// What is encrypted; none without a password.
    fn open(
        &mut self,
        algorithm: &Element<'_>,
        encrypted: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let fields = sequence(algorithm)?;
        let kind = fields.first().filter(|kind| kind.tag == OBJECT_IDENTIFIER).ok_or(StoreError::Damaged)?;
        if kind.content != oid::PBES2.as_bytes() {
            return Err(StoreError::Legacy);
        }
        let scheme = EncryptionScheme::from_der(algorithm.whole).map_err(|_| StoreError::Legacy)?;
        let rounds = scheme.pbes2().and_then(|scheme| scheme.kdf.pbkdf2()).map(|work| work.iteration_count);
        let Some(password) = self.password else { return Ok(None) };
        self.left = self.left.checked_sub(1).ok_or(StoreError::Work)?;
        match rounds {
            Some(rounds) if rounds <= MOST_ROUNDS => {}
            // scrypt, too, is nothing that these programs write.
            _ => return Err(StoreError::Work),
        }
        let opened = wiped(|| scheme.decrypt(password, encrypted)).map_err(|_| StoreError::Password)?;
        Ok(Some(Zeroizing::new(opened)))
    }
}

/// MacData (RFC 7292, 4). What is not HMAC-SHA-256 is not verified, for nothing is trusted by it here.
fn verify(digest: &Element<'_>, authenticated: &[u8], password: &str) -> Result<(), StoreError> {
    let parts = sequence(digest)?;
    let [info, salt, rounds @ ..] = &parts[..] else { return Err(StoreError::Damaged) };
    let info = sequence(info)?;
    let [algorithm, expected] = &info[..] else { return Err(StoreError::Damaged) };
    let algorithm = sequence(algorithm)?;
    if algorithm.first().is_none_or(|kind| kind.content != oid::SHA256.as_bytes()) {
        return Ok(());
    }
    let rounds = match rounds {
        [] => 1,
        [rounds] => number(rounds.content).ok_or(StoreError::Damaged)?,
        _ => return Err(StoreError::Damaged),
    };
    if rounds > MOST_ROUNDS {
        return Err(StoreError::Work);
    }
    let key = digest_key(password, salt.content, rounds);
    let mut digest = Hmac::<Sha256>::new_from_slice(&*key).map_err(|_| StoreError::Damaged)?;
    digest.update(authenticated);
    digest.verify_slice(expected.content).map_err(|_| StoreError::Password)
}

fn number(digits: &[u8]) -> Option<u32> {
    let digits = if let [0, rest @ ..] = digits { rest } else { digits };
    (digits.len() <= 4).then(|| digits.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

fn sequence<'a>(element: &Element<'a>) -> Result<Vec<Element<'a>>, StoreError> {
    element.parts(SEQUENCE).ok_or(StoreError::Damaged)
}

/// An object identifier and the value behind it: a ContentInfo (RFC 5652, 3) or a SafeBag (RFC 7292, 4.2).
fn typed<'a>(element: &Element<'a>) -> Option<(&'a [u8], Element<'a>)> {
    let parts = element.parts(SEQUENCE)?;
    let [kind, value, ..] = &parts[..] else { return None };
    let inner = value.parts(EXPLICIT)?;
    let [inner] = inner[..] else { return None };
    (kind.tag == OBJECT_IDENTIFIER).then_some((kind.content, inner))
}

/// What a ContentInfo of the type data holds.
fn data<'a>(element: &Element<'a>) -> Option<&'a [u8]> {
    let (kind, value) = typed(element)?;
    (kind == oid::DATA.as_bytes() && value.tag == OCTET_STRING).then_some(value.content)
}

/// CertBag (RFC 7292, 4.2.3)
fn certificate<'a>(value: &Element<'a>) -> Option<&'a [u8]> {
    let (kind, value) = typed(value)?;
    (kind == oid::X509_CERTIFICATE.as_bytes() && value.tag == OCTET_STRING).then_some(value.content)
}

#[cfg(test)]
mod tests {
    use pkcs8::der::Encode as _;
    use pkcs8::pkcs5::pbes2;

    use super::*;
    use crate::issue::der::{element, integer};
    use crate::issue::key::PrivateKey;
    use crate::issue::pkcs12::key_store;
    use crate::issue::secret::Secret;
    use crate::values::KeyAlgorithm;

    fn store() -> (PrivateKey, Zeroizing<Vec<u8>>) {
        let secret = Secret::from_bytes([7; 32]);
        let key = PrivateKey::derive(&secret, "node.a/server", KeyAlgorithm::EcdsaP256, 1);
        let store = key_store("server", &key, &[&[0x30, 0x00]], "changeit");
        (key, store)
    }

    #[test]
    fn what_is_written_is_read() {
        let (key, store) = store();
        let opened = entries(&store, Some("changeit")).unwrap();
        assert!(matches!(&opened[0], Entry::Certificate(der) if der == &[0x30, 0x00]));
        assert!(matches!(&opened[1], Entry::Key(der) if **der == *key.to_pkcs8_der()));
        let closed = entries(&store, None).unwrap();
        assert!(matches!(closed[..], [Entry::Certificate(_), Entry::SealedKey]));
        assert_eq!(entries(&store, Some("changeit2")).err(), Some(StoreError::Password));
    }

    /// Whoever writes the file says how often the password is hashed.
    #[test]
    fn work_without_end_is_refused() {
        let parameters =
            pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(MOST_ROUNDS + 1, &[1; 16], [2; 16]);
        let scheme = EncryptionScheme::Pbes2(parameters.unwrap()).to_der().unwrap();
        let mut opener = Opener { password: Some("changeit"), left: 1, found: Vec::new() };
        let opened = opener.open(&only(&scheme).unwrap(), &[3; 16]);
        assert_eq!(opened.err(), Some(StoreError::Work));
        let kind = element(OBJECT_IDENTIFIER, &[oid::SHA256.as_bytes()]);
        let digest = element(OCTET_STRING, &[&[0; 32]]);
        let info = element(SEQUENCE, &[&element(SEQUENCE, &[&kind]), &digest]);
        let rounds = integer(&(MOST_ROUNDS + 1).to_be_bytes());
        let mac = element(SEQUENCE, &[&info, &element(OCTET_STRING, &[&[1; 8]]), &rounds]);
        assert_eq!(verify(&only(&mac).unwrap(), b"", "changeit"), Err(StoreError::Work));
    }

    #[test]
    fn what_is_cut_off_or_changed_is_refused() {
        let (key, store) = store();
        for length in 0..store.len() {
            assert!(entries(&store[..length], None).is_err(), "{length}");
        }
        // The digest covers what is read; beside it stand parameters of algorithms that say nothing.
        for at in (0..store.len()).step_by(53) {
            let mut changed = store.to_vec();
            changed[at] ^= 0x41;
            let Ok(opened) = entries(&changed, Some("changeit")) else { continue };
            assert!(matches!(&opened[0], Entry::Certificate(der) if der == &[0x30, 0x00]), "{at}");
            assert!(matches!(&opened[1], Entry::Key(der) if **der == *key.to_pkcs8_der()), "{at}");
        }
    }
}
