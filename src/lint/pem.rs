//! PEM blocks with their lines, and the problems that loaders would have with them.

use zeroize::Zeroizing;

use super::certificate::Certificate;
use crate::inspect::{Description, Key, Request, describe};
use crate::issue::pem;
use crate::values::Instant;

/// One thing of a file.
pub(super) struct Piece {
    /// The line at which it begins, from 1.
    pub(super) line: u32,
    pub(super) what: What,
}

/// What it is.
pub(super) enum What {
    Certificate(Box<Certificate>),
    /// A certificate that cannot be read: why, as far as it is known.
    Unreadable(String),
    Request(Box<Request>),
    PrivateKey(Key),
    /// Only a password opens it.
    Encrypted,
    PublicKey(Key),
    /// Something that no program of a cluster reads.
    Other,
}

/// The pieces of a text in their order; none where it has no PEM.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut open: Option<(u32, Zeroizing<String>)> = None;
    for (at, line) in text.lines().enumerate() {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let trimmed = line.trim();
        if trimmed.starts_with("-----BEGIN ") {
            if let Some((line, _)) = open.take() {
                found.push(Piece { line, what: What::Unreadable("it does not end".to_owned()) });
            }
            open = Some((number, Zeroizing::new(String::new())));
        }
        if let Some((_, block)) = &mut open {
            block.push_str(line);
            block.push('\n');
        }
        if trimmed.starts_with("-----END ")
            && let Some((line, block)) = open.take()
            && let Some(what) = piece(&block)
        {
            found.push(Piece { line, what });
        }
    }
    if let Some((line, _)) = open {
        found.push(Piece { line, what: What::Unreadable("it does not end".to_owned()) });
    }
    found
}

/// None for what says nothing by itself, as a curve's parameters.
fn piece(block: &str) -> Option<What> {
    let Some(read) = pem::blocks(block).into_iter().next() else {
        return Some(What::Unreadable("it is not base64, or has a different end line".to_owned()));
    };
    if read.label == "CERTIFICATE" {
        let read = Certificate::read(&read.der).map(Box::new);
        let unreadable = || What::Unreadable("it is not a certificate".to_owned());
        return Some(read.map_or_else(unreadable, What::Certificate));
    }
    described(block.as_bytes())
}

/// What bytes are that are no certificate; none where nothing is recognised.
fn described(bytes: &[u8]) -> Option<What> {
    let described = describe(bytes, Instant::from_unix(0)?).ok()?.into_iter().next()?;
    Some(match described {
        Description::Request(request) => What::Request(Box::new(request)),
        Description::PrivateKey(key) => What::PrivateKey(key),
        Description::EncryptedKey { .. } => What::Encrypted,
        Description::PublicKey(key) => What::PublicKey(key),
        // Old OpenSSL encrypts under the plain label (RFC 1421, 4.6).
        Description::Other { problem, .. } if problem.contains("encrypted") => What::Encrypted,
        Description::Other { .. }
        | Description::Certificate(_)
        | Description::Crl(_)
        | Description::Kubeconfig(_) => What::Other,
    })
}

/// What a file in DER is; none where it is nothing that is known.
pub(super) fn der(bytes: &[u8]) -> Option<Piece> {
    let certificate = Certificate::read(bytes).map(|read| What::Certificate(Box::new(read)));
    certificate.or_else(|| described(bytes)).map(|what| Piece { line: 1, what })
}
