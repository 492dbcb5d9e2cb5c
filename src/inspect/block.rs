//! Describes one PEM block.

use super::{Description, Key, certificate, crl, key, request};
use crate::issue::stack::wiped;
use crate::stored::without_trust;
use crate::values::Instant;

/// The labels of RFC 7468, and those that OpenSSL wrote before it.
pub(super) fn describe_block(label: &str, der: &[u8], now: Instant) -> Option<Description> {
    let found = match label {
        // OpenSSL writes the curve before a key that names it again (RFC 5915, 4).
        "EC PARAMETERS" => return None,
        "CERTIFICATE" | "X509 CERTIFICATE" => {
            certificate::describe(der, now).map(Box::new).map(Description::Certificate)
        }
        "TRUSTED CERTIFICATE" => {
            certificate::describe(without_trust(der), now).map(Box::new).map(Description::Certificate)
        }
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => request::describe(der).map(Description::Request),
        "X509 CRL" => crl::describe(der, now).map(Description::Crl),
        "PRIVATE KEY" => wiped(|| key::pkcs8(der)).map(Description::PrivateKey),
        "RSA PRIVATE KEY" => key::pkcs1(der).map(Description::PrivateKey),
        "EC PRIVATE KEY" => wiped(|| key::sec1(der)).map(Description::PrivateKey),
        "ENCRYPTED PRIVATE KEY" => encrypted(der),
        "PUBLIC KEY" => key::public(der).map(Description::PublicKey),
        "RSA PUBLIC KEY" => key::pkcs1_public(der).map(Description::PublicKey),
        _ => {
            let problem = "it is of a kind that pkiplan does not read";
            return Some(Description::Other { label: label.to_owned(), problem });
        }
    };
    Some(found.unwrap_or_else(|| Description::Other {
        label: label.to_owned(),
        problem: match label {
            // RFC 1421, 4.6: the header that says so is outside of the content.
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" => "it is damaged, or encrypted in an old OpenSSL format",
            _ => "its content does not match its label",
        },
    }))
}

pub(super) fn private_key(der: &[u8]) -> Option<Key> {
    wiped(|| key::pkcs8(der).or_else(|| key::pkcs1(der)).or_else(|| key::sec1(der)))
}

pub(super) fn encrypted(der: &[u8]) -> Option<Description> {
    key::is_encrypted(der).then_some(Description::EncryptedKey { format: "PKCS#8" })
}
