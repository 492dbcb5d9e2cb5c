//! Reads imported private keys, encryption keys, tokens and passwords.
//!
//! Private keys are accepted as PKCS#8 (RFC 5958), plain or encrypted with a passphrase (RFC 8018), as PKCS#1 (RFC
//! 8017) or as SEC 1 (RFC 5915). They are stored as PKCS#8, as [`PrivateKey::to_pkcs8_pem`] writes it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use pkcs8::der::asn1::{AnyRef, BitStringRef, ContextSpecific, ObjectIdentifier, OctetStringRef};
use pkcs8::der::{Decode as _, Tag, TagNumber, Tagged as _};
use pkcs8::pkcs5::Error as SchemeError;
use pkcs8::spki::AlgorithmIdentifierRef;
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use rsa::pkcs1::RsaPrivateKeyRef;
use sec1::EcPrivateKey;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::key::PrivateKey;
use super::key_error::KeyError;
use super::pem::{self, Block};
use super::stack::wiped;
use crate::values::{KeyAlgorithm, hex, oid};

/// The only public exponent that is in use.
const EXPONENT: &[u8] = &[1, 0, 1];

/// How often a passphrase may be hashed (PBKDF2), as RFC 8018, 4.2 suggests for critical keys: some seconds.
pub(super) const MOST_ROUNDS: u32 = 10_000_000;
/// Bytes that scrypt may fill: 128 * N * r (RFC 7914, 2), as much as age's program takes.
const MOST_MEMORY: u64 = 4 << 30;
/// How often scrypt may fill them.
const MOST_PASSES: u64 = 16;

/// The blocks that hold private keys.
const LABELS: [&str; 5] =
    ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"];

/// Whether a text holds a private key, readable or not.
#[must_use]
pub fn holds_key(text: &str) -> bool {
    pem::blocks(text).iter().any(|block| LABELS.contains(&block.label.as_str()))
        || LABELS.iter().any(|label| text.contains(&format!("-----BEGIN {label}-----")))
}

/// The one private key of a PEM text. `passphrase` is asked only if the key is encrypted.
///
/// # Errors
/// When there is none that can be used. The message holds nothing of the text.
pub fn private_key(
    text: &str,
    passphrase: impl FnOnce() -> Option<Zeroizing<Vec<u8>>>,
) -> Result<PrivateKey, KeyError> {
    if text.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(KeyError::Legacy("`Proc-Type: 4,ENCRYPTED`"));
    }
    let blocks = pem::blocks(text);
    let mut keys = blocks.iter().filter(|block| LABELS.contains(&block.label.as_str()));
    let key = match (keys.next(), keys.next()) {
        (Some(key), None) => key,
        (Some(_), Some(_)) => return Err(KeyError::Several),
        (None, _) => return Err(KeyError::None),
    };
    let parameters = parameters(&blocks);
    wiped(|| match key.label.as_str() {
        "PRIVATE KEY" => pkcs8(&key.der),
        "ENCRYPTED PRIVATE KEY" => encrypted(&key.der, passphrase),
        "RSA PRIVATE KEY" => rsa_key(&key.der),
        "EC PRIVATE KEY" => sec1_key(&key.der, parameters?),
        _ => Err(KeyError::Kind("it is a DSA key".to_owned())),
    })
}

fn encrypted(
    der: &[u8],
    passphrase: impl FnOnce() -> Option<Zeroizing<Vec<u8>>>,
) -> Result<PrivateKey, KeyError> {
    if let Some(way) = old_way(der) {
        return Err(KeyError::Legacy(way));
    }
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(der)
        .map_err(|_| if parts(der).is_some() { KeyError::Scheme } else { KeyError::Damaged })?;
    if is_too_much_work(&encrypted) {
        return Err(KeyError::Work);
    }
    let passphrase = passphrase().ok_or(KeyError::Encrypted)?;
    let opened = encrypted.decrypt(&*passphrase).map_err(|error| match error {
        pkcs8::Error::EncryptedPrivateKey(
            SchemeError::UnsupportedAlgorithm { .. } | SchemeError::AlgorithmParametersInvalid { .. },
        ) => KeyError::Scheme,
        _ => KeyError::Passphrase,
    })?;
    pkcs8(opened.as_bytes())
}

/// Whether opening it would take minutes or hours: an attack on whoever imports it.
fn is_too_much_work(encrypted: &EncryptedPrivateKeyInfoRef<'_>) -> bool {
    let Some(scheme) = encrypted.encryption_algorithm.pbes2() else { return false };
    let too_many = scheme.kdf.pbkdf2().is_some_and(|work| work.iteration_count > MOST_ROUNDS);
    let too_large = scheme.kdf.scrypt().is_some_and(|work| {
        let memory = 128_u64.saturating_mul(work.cost_parameter).saturating_mul(work.block_size.into());
        memory > MOST_MEMORY || u64::from(work.parallelization) > MOST_PASSES
    });
    too_many || too_large
}

/// The algorithm of an EncryptedPrivateKeyInfo (RFC 5958, 3), whatever it is.
fn parts(der: &[u8]) -> Option<AlgorithmIdentifierRef<'_>> {
    let parts = AnyRef::from_der(der).and_then(|whole| {
        whole.sequence(|fields| {
            let algorithm = AlgorithmIdentifierRef::decode(fields)?;
            <&OctetStringRef>::decode(fields)?;
            Ok::<_, pkcs8::der::Error>(algorithm)
        })
    });
    parts.ok()
}

/// How a key is encrypted, where it is by DES, 3DES or RC2: PBES1 (RFC 8018, 6.1) and the schemes of PKCS#12
/// (RFC 7292, appendix C) name them in one, PBES2 (RFC 8018, 6.2) in its parameters.
fn old_way(der: &[u8]) -> Option<&'static str> {
    let algorithm = parts(der)?;
    let scheme = algorithm.oid.to_string();
    if scheme.starts_with("1.2.840.113549.1.12.1.") {
        return Some("PKCS#12's scheme of 3DES, RC2 or RC4");
    }
    if scheme == "1.2.840.113549.1.5.13" {
        // A function that derives the key, then the scheme that encrypts.
        let inner = algorithm.parameters?.sequence(|fields| {
            AlgorithmIdentifierRef::decode(fields)?;
            AlgorithmIdentifierRef::decode(fields)
        });
        return match inner.ok()?.oid.to_string().as_str() {
            "1.2.840.113549.3.7" => Some("PBES2 with 3DES"),
            "1.2.840.113549.3.2" => Some("PBES2 with RC2"),
            "1.3.14.3.2.7" => Some("PBES2 with DES"),
            _ => None,
        };
    }
    scheme.starts_with("1.2.840.113549.1.5.").then_some("PBES1 with DES or RC2")
}

/// The curve that a block before the key names, as OpenSSL writes it.
fn parameters(blocks: &[Block]) -> Result<Option<ObjectIdentifier>, KeyError> {
    let Some(block) = blocks.iter().find(|block| block.label == "EC PARAMETERS") else { return Ok(None) };
    ObjectIdentifier::from_der(&block.der).map(Some).map_err(|_| explicit())
}

fn pkcs8(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let info = PrivateKeyInfoRef::try_from(der).map_err(|_| KeyError::Damaged)?;
    let content = info.private_key.as_bytes();
    match info.algorithm.oid {
        oid::RSA => rsa_key(content),
        oid::EC => {
            let curve = info.algorithm.parameters_oid();
            sec1_key(content, Some(curve.map_err(|_| explicit())?))
        }
        oid::ED25519 => {
            // RFC 8410, 7: an OCTET STRING in the OCTET STRING.
            let seed = AnyRef::from_der(content).ok().filter(|any| any.tag() == Tag::OctetString);
            let seed = seed.map(|any| any.value()).ok_or(KeyError::Damaged)?;
            PrivateKey::from_scalar(KeyAlgorithm::Ed25519, seed)
        }
        oid::DSA => Err(KeyError::Kind("it is a DSA key".to_owned())),
        other => Err(KeyError::Kind(format!("it is of the kind {other}"))),
    }
}

fn explicit() -> KeyError {
    KeyError::Kind("its curve is given by parameters, not by name".to_owned())
}

/// Whether a key of SEC 1 has numbers where the curve's name belongs.
fn is_explicit(der: &[u8]) -> bool {
    let parameters = AnyRef::from_der(der).and_then(|whole| {
        whole.sequence(|fields| {
            u8::decode(fields)?;
            <&OctetStringRef>::decode(fields)?;
            let parameters = ContextSpecific::<AnyRef<'_>>::decode_explicit(fields, TagNumber(0))?;
            ContextSpecific::<BitStringRef<'_>>::decode_explicit(fields, TagNumber(1))?;
            Ok::<_, pkcs8::der::Error>(parameters.is_some_and(|found| found.value.tag() == Tag::Sequence))
        })
    });
    parameters.unwrap_or(false)
}

fn sec1_key(der: &[u8], outer: Option<ObjectIdentifier>) -> Result<PrivateKey, KeyError> {
    let key = EcPrivateKey::from_der(der)
        .map_err(|_| if is_explicit(der) { explicit() } else { KeyError::Damaged })?;
    let inner = key.parameters.and_then(|parameters| parameters.named_curve());
    if inner.is_some() && outer.is_some() && inner != outer {
        return Err(KeyError::Damaged);
    }
    let (algorithm, length) = match inner.or(outer) {
        Some(oid::P256) => (KeyAlgorithm::EcdsaP256, 32),
        Some(oid::P384) => (KeyAlgorithm::EcdsaP384, 48),
        Some(oid::P521) => return Err(KeyError::Kind("it is a key on P-521".to_owned())),
        Some(other) => return Err(KeyError::Kind(format!("it is a key on the curve {other}"))),
        None => return Err(KeyError::Kind("its curve is missing".to_owned())),
    };
    // Old programs leave out leading zeros.
    let mut scalar = Zeroizing::new(vec![0; length]);
    let start = length.checked_sub(key.private_key.len()).ok_or(KeyError::Damaged)?;
    scalar[start..].copy_from_slice(key.private_key);
    let made = PrivateKey::from_scalar(algorithm, &scalar)?;
    // What stands beside the scalar must be its own point, if it can be compared.
    match key.public_key {
        Some(point) if point.len() == made.public().raw().len() && point != made.public().raw() => {
            Err(KeyError::Damaged)
        }
        _ => Ok(made),
    }
}

fn rsa_key(der: &[u8]) -> Result<PrivateKey, KeyError> {
    let key = RsaPrivateKeyRef::try_from(der).map_err(|_| KeyError::Damaged)?;
    let modulus = key.modulus.as_bytes();
    let bits = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
    let algorithm = KeyAlgorithm::ALL
        .into_iter()
        .find(|algorithm| algorithm.rsa_bits().is_some_and(|known| known as usize == bits))
        .ok_or_else(|| KeyError::Kind(format!("it is an RSA key of {bits} bits")))?;
    if key.public_exponent.as_bytes() != EXPONENT {
        return Err(KeyError::Kind("its public exponent is not 65537".to_owned()));
    }
    PrivateKey::from_primes(algorithm, modulus, key.prime1.as_bytes(), key.prime2.as_bytes())
        .ok_or(KeyError::Damaged)
}

/// The first word of the file of an imported encryption key.
const FORMAT: &str = "pkiplan-encryption-key-1";

/// An encryption key that was made elsewhere.
///
/// It has no `Debug`, `Clone` or `Serialize`. Its digest is keyed with random bytes that lie beside it, so that
/// even a key that somebody chose badly cannot be guessed from the plan.
pub struct EncryptionKey {
    key: Zeroizing<Vec<u8>>,
    blinding: Zeroizing<[u8; 32]>,
}

impl EncryptionKey {
    /// A key, and random bytes.
    #[must_use]
    pub fn new(key: Zeroizing<Vec<u8>>, blinding: [u8; 32]) -> Self {
        Self { key, blinding: Zeroizing::new(blinding) }
    }

    /// The key.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.key
    }

    /// HMAC-SHA256 of the key.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.blinding).expect("HMAC takes keys of any length");
        mac.update(&self.key);
        mac.finalize().into_bytes().into()
    }

    /// The text of its file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        self.written(FORMAT)
    }

    fn written(&self, format: &str) -> Zeroizing<String> {
        let (key, blinding) = (Zeroizing::new(hex(&self.key)), Zeroizing::new(hex(&*self.blinding)));
        Zeroizing::new([format, " ", &key, " ", &blinding, "\n"].concat())
    }

    /// Reads what [`Self::to_text`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text, FORMAT)
    }

    fn read(text: &str, format: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let [found, key, blinding] = words[..] else { return None };
        let (key, blinding) = (unhex(key)?, unhex(blinding)?);
        (found == format).then_some(Self::new(key, blinding.as_slice().try_into().ok()?))
    }
}

/// The first word of the file of an imported text.
const TEXT_FORMAT: &str = "pkiplan-imported-text-1";

/// A token or password that was made elsewhere, with random bytes as an [`EncryptionKey`] has them.
pub struct ImportedText(EncryptionKey);

impl ImportedText {
    /// A text, and random bytes.
    #[must_use]
    pub fn new(text: &str, blinding: [u8; 32]) -> Self {
        Self(EncryptionKey::new(Zeroizing::new(text.as_bytes().to_vec()), blinding))
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.0.bytes()).unwrap_or_default()
    }

    /// HMAC-SHA256 of the text.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.0.digest()
    }

    /// What its file holds.
    #[must_use]
    pub fn to_file(&self) -> Zeroizing<String> {
        self.0.written(TEXT_FORMAT)
    }

    /// Reads what [`Self::to_file`] writes.
    #[must_use]
    pub fn parse(file: &str) -> Option<Self> {
        EncryptionKey::read(file, TEXT_FORMAT).map(Self)
    }
}

fn unhex(digits: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    if digits.is_empty() || !digits.len().is_multiple_of(2) || !digits.is_ascii() {
        return None;
    }
    for at in (0..digits.len()).step_by(2) {
        bytes.push(u8::from_str_radix(&digits[at..at + 2], 16).ok()?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        [&[tag, u8::try_from(content.len()).unwrap()][..], &content].concat()
    }

    /// The shortest form of a number that is positive.
    fn integer(number: u32) -> Vec<u8> {
        let bytes = number.to_be_bytes();
        let zeros = (0..3).take_while(|at| bytes[*at] == 0 && bytes[at + 1] < 0x80).count();
        tlv(2, &[&bytes[zeros..]])
    }

    /// A key behind a passphrase that is hashed so often, in PBES2 (RFC 8018, A.4) with AES-256 in CBC.
    fn encrypted(kdf: &[u8]) -> String {
        let pbes2 = tlv(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13]]);
        let cipher =
            [&tlv(6, &[&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42]])[..], &tlv(4, &[&[7; 16]])].concat();
        let scheme = tlv(0x30, &[&pbes2, &tlv(0x30, &[kdf, &tlv(0x30, &[&cipher])])]);
        pem::encode("ENCRYPTED PRIVATE KEY", &tlv(0x30, &[&scheme, &tlv(4, &[&[8; 16]])]))
    }

    fn pbkdf2(rounds: u32) -> Vec<u8> {
        let oid = tlv(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12]]);
        let function = tlv(0x30, &[&tlv(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9]]), &[5, 0]]);
        let parameters = tlv(0x30, &[&tlv(4, &[&[1; 8]]), &integer(rounds), &function]);
        tlv(0x30, &[&oid, &parameters])
    }

    fn scrypt(cost: u32, passes: u32) -> Vec<u8> {
        let oid = tlv(6, &[&[0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 11]]);
        let numbers = [integer(cost), integer(8), integer(passes)].concat();
        tlv(0x30, &[&oid, &tlv(0x30, &[&tlv(4, &[&[1; 8]]), &numbers])])
    }

    #[test]
    fn too_much_work_is_refused_before_anybody_is_asked() {
        let asked = || Some(Zeroizing::new(b"sesame".to_vec()));
        let error = |kdf: &[u8], passphrase: fn() -> Option<Zeroizing<Vec<u8>>>| {
            private_key(&encrypted(kdf), passphrase).err()
        };
        for kdf in [pbkdf2(MOST_ROUNDS + 1), pbkdf2(99_999_999), scrypt(1 << 23, 1), scrypt(1 << 24, 17)] {
            assert_eq!(error(&kdf, || panic!("nobody is to be asked")), Some(KeyError::Work));
        }
        // As much as a file of its own kind may want.
        for kdf in [pbkdf2(MOST_ROUNDS), scrypt(1 << 22, 1)] {
            assert_eq!(error(&kdf, || None), Some(KeyError::Encrypted));
        }
        assert_eq!(error(&pbkdf2(1 << 24), asked), Some(KeyError::Work));
    }
}
