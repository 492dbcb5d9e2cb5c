//! Describes a whole file: PEM, DER or a kubeconfig.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::block::{describe_block, encrypted, private_key};
use super::{CertificateDescription, Description, certificate, crl, key, kubeconfig, request};
use crate::issue::pem;
use crate::values::Instant;

/// Nothing that is read here was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRecognised {
    /// YAML or JSON that has the words of a kubeconfig, and not its shape.
    #[error(
        "it looks like a kubeconfig, but pkiplan cannot read it: its YAML is invalid, or parts are missing"
    )]
    BrokenKubeconfig,
    /// A Java keystore.
    #[error(
        "it is a Java keystore, which pkiplan does not read; convert it to PKCS#12 with `keytool -importkeystore -srckeystore FILE -destkeystore NEW -deststoretype PKCS12`"
    )]
    Java,
    /// A key of OpenSSH without its armour, or another binary file.
    #[error("it is neither PEM, nor a certificate, request, CRL or key in DER, nor a kubeconfig")]
    Other,
    /// PKCS#12.
    #[error(
        "it is PKCS#12, which is not supported here; convert it to PEM with `openssl pkcs12 -in FILE -nodes -out NEW`"
    )]
    Pkcs12,
}

impl NotRecognised {
    fn of(bytes: &[u8], text: &str) -> Self {
        if is_java(bytes) {
            Self::Java
        } else if key::is_pkcs12(bytes) {
            Self::Pkcs12
        } else if ["client-key-data", "client-certificate-data", "current-context:", "kind: Config\n"]
            .iter()
            .any(|word| text.contains(word))
        {
            Self::BrokenKubeconfig
        } else {
            Self::Other
        }
    }
}

/// Whether a file begins like JKS or JCEKS (sun.security.provider.JavaKeyStore).
fn is_java(bytes: &[u8]) -> bool {
    [[0xfe, 0xed, 0xfe, 0xed], [0xce, 0xce, 0xce, 0xce]].iter().any(|magic| bytes.starts_with(magic))
}

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
        return if described.is_empty() { Err(NotRecognised::Other) } else { Ok(described) };
    }
    if let Some(config) = kubeconfig::describe(&text, now) {
        return Ok(vec![Description::Kubeconfig(config)]);
    }
    let described = describe_der(bytes, now).map(|description| vec![description]);
    described.ok_or_else(|| NotRecognised::of(bytes, &text))
}

/// The certificates of a text, in its order: PEM, also within base64 as kubeconfigs have it.
#[must_use]
pub fn certificates(text: &str) -> Vec<CertificateDescription> {
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

/// The certificate that DER holds.
#[must_use]
pub fn one_certificate(der: &[u8]) -> Option<CertificateDescription> {
    // Nobody asks how many days are left.
    certificate::describe(der, Instant::from_unix(0)?)
}

/// The digest of the public half of a private key in DER, as a description of the key has it.
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
        .or_else(|| crl::describe(der, now).map(Description::Crl))
        .or_else(|| private_key(der).map(Description::PrivateKey))
        .or_else(|| public().map(Description::PublicKey))
        .or_else(|| encrypted(der))
}
