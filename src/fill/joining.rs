//! Fills the kubeconfig of a joining node, in which only the token is private.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use crate::issue::pem;
use crate::render::{Filling, Form, Hole, KeyringItem, Piece};
use crate::specification::CertificateIndex;
use crate::stored::Stored;

/// Room for a kubeconfig, so that no token is left behind where a buffer grew.
const ROOM: usize = 1 << 20;

/// Fills in a token of no generation, and authorities.
///
/// # Errors
/// Those of `certificate`, which gives an authority's.
pub fn joining<E>(
    pieces: &[Piece],
    token: &str,
    certificate: impl Fn(CertificateIndex) -> Result<Stored, E>,
) -> Result<Zeroizing<String>, E> {
    let mut text = Zeroizing::new(String::with_capacity(ROOM));
    for piece in pieces {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Hole(Hole { filling, form }) => {
                let filled = match filling {
                    Filling::Keyring { item: KeyringItem::Token, .. } => Zeroizing::new(token.to_owned()),
                    Filling::Certificates(positions) => {
                        let ders: Result<Vec<Stored>, E> =
                            positions.iter().map(|&i| certificate(i)).collect();
                        Zeroizing::new(ders?.iter().map(|one| pem::encode("CERTIFICATE", &one.der)).collect())
                    }
                    // A kubeconfig with a token has no key.
                    Filling::Crl(..)
                    | Filling::Digest(_)
                    | Filling::Key(_)
                    | Filling::Keyring { .. }
                    | Filling::Store(_) => Zeroizing::default(),
                };
                match form {
                    Form::Text => text.push_str(&filled),
                    Form::Base64 => text.push_str(&Base64::encode_string(filled.as_bytes())),
                }
            }
        }
    }
    Ok(text)
}
