//! What is in a file: certificates, requests, keys, kubeconfigs. Tells nothing of a private key but its
//! kind and the digest of its public half.

mod certificate;
mod key;
mod kubeconfig;
mod request;
mod text;
mod textconv;

use base64ct::{Base64, Encoding};
use serde::Serialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::issue::pem;
use crate::issue::stack::wiped;
use crate::values::{Instant, hex};

pub use certificate::{Certificate, State};
pub use key::Key;
pub use kubeconfig::{Cluster, Context, Credential, Kubeconfig, User};
pub use request::Request;
pub use textconv::textconv;

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Description {
    /// An X.509 certificate.
    Certificate(Box<Certificate>),
    /// A PKCS#10 certificate request.
    Request(Request),
    /// A private key.
    PrivateKey(Key),
    /// A private key that only a password opens.
    EncryptedKey {
        /// Its encoding.
        format: &'static str,
    },
    /// A public key.
    PublicKey(Key),
    /// A kubeconfig.
    Kubeconfig(Kubeconfig),
    /// A PEM block that is not read here, or that does not hold what it says.
    Other {
        /// The block's label.
        label: String,
        /// What is the matter with it.
        problem: &'static str,
    },
}

/// Nothing that is known here was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is neither PEM, nor a certificate, request or key in DER, nor a kubeconfig")]
pub struct NotRecognised;

/// Describes all that a file holds, in its order. Days are counted from `now`.
///
/// # Errors
/// When nothing is recognised.
pub fn describe(bytes: &[u8], now: Instant) -> Result<Vec<Description>, NotRecognised> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Text around PEM blocks may have any encoding; the blocks are ASCII.
    let text = Zeroizing::new(String::from_utf8_lossy(bytes).into_owned());
    let blocks = pem::blocks(&text);
    if !blocks.is_empty() {
        let described: Vec<Description> =
            blocks.iter().filter_map(|block| describe_block(&block.label, &block.der, now)).collect();
        return if described.is_empty() { Err(NotRecognised) } else { Ok(described) };
    }
    if let Some(config) = kubeconfig::describe(&text, now) {
        return Ok(vec![Description::Kubeconfig(config)]);
    }
    describe_der(bytes, now).map(|description| vec![description]).ok_or(NotRecognised)
}

/// The certificates of a text, in its order: PEM, also within base64 as kubeconfigs have it.
#[must_use]
pub fn certificates(text: &str) -> Vec<Certificate> {
    let inner = Base64::decode_vec(text.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = inner.as_deref().unwrap_or(text);
    // Nobody asks how many days are left.
    let Some(now) = Instant::from_unix(0) else { return Vec::new() };
    let blocks = pem::blocks(text);
    let found = blocks.iter().filter_map(|block| describe_block(&block.label, &block.der, now));
    let certificates = found.filter_map(|description| match description {
        Description::Certificate(certificate) => Some(*certificate),
        _ => None,
    });
    certificates.collect()
}

/// The digest of the public half of a private key in DER, as [`Key::public_sha256`] has it.
#[must_use]
pub fn public_sha256(der: &[u8]) -> Option<String> {
    private_key(der)?.public_sha256
}

fn private_key(der: &[u8]) -> Option<Key> {
    wiped(|| key::pkcs8(der).or_else(|| key::pkcs1(der)).or_else(|| key::sec1(der)))
}

/// The labels of RFC 7468, and those that OpenSSL wrote before it.
fn describe_block(label: &str, der: &[u8], now: Instant) -> Option<Description> {
    let found = match label {
        // OpenSSL writes the curve before a key that names it again (RFC 5915, 4).
        "EC PARAMETERS" => return None,
        "CERTIFICATE" | "X509 CERTIFICATE" => {
            certificate::describe(der, now).map(Box::new).map(Description::Certificate)
        }
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => request::describe(der).map(Description::Request),
        "PRIVATE KEY" => wiped(|| key::pkcs8(der)).map(Description::PrivateKey),
        "RSA PRIVATE KEY" => key::pkcs1(der).map(Description::PrivateKey),
        "EC PRIVATE KEY" => wiped(|| key::sec1(der)).map(Description::PrivateKey),
        "ENCRYPTED PRIVATE KEY" => encrypted(der),
        "PUBLIC KEY" => key::public(der).map(Description::PublicKey),
        "RSA PUBLIC KEY" => key::pkcs1_public(der).map(Description::PublicKey),
        _ => {
            let problem = "it is of a kind that is not read here";
            return Some(Description::Other { label: label.to_owned(), problem });
        }
    };
    Some(found.unwrap_or_else(|| Description::Other {
        label: label.to_owned(),
        problem: match label {
            // RFC 1421, 4.6: the header that says so is outside of the content.
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" => "it is damaged, or encrypted in the way of old OpenSSL",
            _ => "its content is not what the label says",
        },
    }))
}

fn describe_der(der: &[u8], now: Instant) -> Option<Description> {
    let certificate = || certificate::describe(der, now).map(Box::new).map(Description::Certificate);
    let request = || request::describe(der).map(Description::Request);
    let public = || key::public(der).or_else(|| key::pkcs1_public(der));
    certificate()
        .or_else(request)
        .or_else(|| private_key(der).map(Description::PrivateKey))
        .or_else(|| public().map(Description::PublicKey))
        .or_else(|| encrypted(der))
}

fn encrypted(der: &[u8]) -> Option<Description> {
    key::is_encrypted(der).then_some(Description::EncryptedKey { format: "PKCS#8" })
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests;
