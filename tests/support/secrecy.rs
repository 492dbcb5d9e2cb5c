//! What must never be said: every private key, password and secret in a folder, in all the ways it could look.

use std::collections::BTreeSet;
use std::path::Path;

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

use super::certificate::data;
use super::walk;

/// How private bytes could look in a text.
pub(crate) struct Secrets {
    looks: BTreeSet<String>,
    keys: usize,
}

impl Secrets {
    /// All that lie below a folder.
    pub(crate) fn below(folder: &Path) -> Self {
        let mut secrets = Self { looks: BTreeSet::new(), keys: 0 };
        walk(folder, "", &mut |path, at| {
            if let Some(bytes) = at.is_file().then(|| std::fs::read(at).unwrap()) {
                secrets.take(path, &latin(&bytes));
            }
        });
        secrets
    }

    /// How many private keys are among them.
    pub(crate) fn keys(&self) -> usize {
        self.keys
    }

    /// All looks, to be planted.
    pub(crate) fn looks(&self) -> impl Iterator<Item = &str> {
        self.looks.iter().map(String::as_str)
    }

    /// The first one that stands in a text.
    pub(crate) fn found_in(&self, text: &str) -> Option<&str> {
        self.looks().find(|look| text.contains(look))
    }

    fn take(&mut self, path: &str, text: &str) {
        for digits in text.lines().filter_map(|line| line.strip_prefix("pkiplan-secret-1 ")) {
            self.add(&unhex(digits.trim_end()).unwrap_or_else(|| digits.as_bytes().to_vec()));
        }
        for (label, key) in keys(text) {
            self.keys += 1;
            self.add(&key);
            self.add(private_part(&label, &key));
            // The second line of a PEM.
            self.looks.extend(Base64::encode_string(&key).get(64..128).map(str::to_owned));
        }
        for line in text.lines().map(str::trim_start).filter(|_| path.contains(".trees/")) {
            if let Some(short) = short_secret(path, line) {
                self.add(short.as_bytes());
                // So short that its digest would give it away.
                self.add(&Sha256::digest(short));
            }
            if let Some(key) = line.trim_start_matches("- ").strip_prefix("secret: ") {
                self.add(&Base64::decode_vec(key.trim_matches('"')).unwrap());
            }
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.looks.extend([latin(bytes), hex.to_uppercase(), hex, Base64::encode_string(bytes)]);
    }
}

/// A password, or what is secret of a token, on a line of a file.
fn short_secret<'l>(path: &str, line: &'l str) -> Option<&'l str> {
    let value = |key: &str| line.strip_prefix(key).map(|value| value.trim_matches('"'));
    let whole = value("auth_pass ").or_else(|| value("token-secret: "));
    let row = || path.ends_with("token.csv").then(|| line.split(',').next()).flatten();
    whole.or_else(|| value("token: ")?.rsplit('.').next()).or_else(row).filter(|secret| !secret.is_empty())
}

/// Numbers of private keys as arithmetic has them, in both orders of their bytes: 32 bytes of each, and a name.
pub(crate) fn numbers(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut numbers = Vec::new();
    walk(folder, "", &mut |path, at| {
        let bytes = if at.is_file() { std::fs::read(at).unwrap() } else { Vec::new() };
        for (label, der) in keys(&latin(&bytes)) {
            for (name, number) in numbers_of(&label, &der) {
                let reversed: Vec<u8> = number.iter().rev().copied().collect();
                numbers.push((format!("{path}: {name}"), number));
                numbers.push((format!("{path}: {name}, reversed"), reversed));
            }
        }
    });
    numbers
}

fn numbers_of(label: &str, der: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let inner = pkcs8::PrivateKeyInfoRef::try_from(der).map(|info| info.private_key.as_bytes());
    let Ok(key) = rsa::pkcs1::RsaPrivateKeyRef::try_from(inner.unwrap_or(der)) else {
        return vec![("scalar", private_part(label, der).to_vec())];
    };
    let parts = [
        ("exponent", key.private_exponent),
        ("first prime", key.prime1),
        ("second prime", key.prime2),
        ("first exponent", key.exponent1),
        ("second exponent", key.exponent2),
        ("coefficient", key.coefficient),
    ];
    parts.map(|(name, number)| (name, number.as_bytes()[40..72].to_vec())).into()
}

/// Bytes as text, one character for each, so that a search of texts finds them.
pub(crate) fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// Whether a file of a folder is made for what is private.
pub(crate) fn is_private(path: &str, text: &str) -> bool {
    path.contains("secret")
        || path.contains(".keys/")
        || !keys(text).is_empty()
        || text.lines().any(|line| short_secret(path, line.trim_start()).is_some())
        || text.contains("kind: EncryptionConfiguration")
}

/// Labels and contents of the private keys that a text holds, also within a kubeconfig.
fn keys(text: &str) -> Vec<(String, Vec<u8>)> {
    let pem = match data(text, "client-key-data") {
        Some(encoded) => latin(&Base64::decode_vec(encoded).unwrap()),
        None => text.to_owned(),
    };
    let mut found = Vec::new();
    for block in pem.split("-----BEGIN ").skip(1) {
        let Some((label, rest)) = block.split_once("-----\n") else { continue };
        let plain = label.ends_with("PRIVATE KEY")
            && !label.starts_with("ENCRYPTED")
            && !label.starts_with("OPENSSH");
        let body: String = rest.split("-----END").next().unwrap_or_default().lines().collect();
        // What is not base64 has headers of its own, and is encrypted.
        if let (true, Ok(key)) = (plain, Base64::decode_vec(&body)) {
            found.push((label.to_owned(), key));
        }
    }
    found
}

/// 32 bytes of a key that are in no public one: of a scalar or seed, or of a prime.
fn private_part<'k>(label: &str, key: &'k [u8]) -> &'k [u8] {
    let start = match (label, key.len()) {
        ("EC PRIVATE KEY", _) => 7,
        (_, ..64) => 16,
        (_, ..300) => 36,
        (_, length) => length * 3 / 5,
    };
    &key[start..start + 32]
}

/// None where a test has torn the secret.
fn unhex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}
