//! A whole file: PEM, DER or a kubeconfig.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::block::{describe_block, encrypted, private_key};
use super::{Certificate, Description, certificate, key, kubeconfig, request};
use crate::issue::pem;
use crate::values::Instant;

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
