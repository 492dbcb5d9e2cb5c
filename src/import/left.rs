//! What is left out, and why.

use super::find::Finder;
use super::piece::Piece;
use super::{AdoptedKey, Left};
use crate::stored::Stored;

impl Finder<'_> {
    /// Says of every other file why it is left.
    pub(super) fn leave(&mut self) {
        for piece in self.pieces.iter().filter(|piece| !self.taken.contains(piece.path.as_path())) {
            if let Some(why) = self.why_left(piece) {
                self.found.left.push(Left { path: piece.path.clone(), why });
            }
        }
    }

    fn why_left(&self, piece: &Piece) -> Option<String> {
        let imported = |stored: &Stored| {
            self.found.adopted.iter().any(|adopted| {
                matches!(&adopted.key, AdoptedKey::Authority(known, _) if known.key_sha256() == stored.key_sha256())
            })
        };
        match (&piece.certificates[..], &piece.key) {
            ([], None) if piece.public_keys > 0 => Some(self.why_public(piece)),
            ([], None) => None,
            ([], Some(Err(why))) => Some(why.to_string()),
            ([], Some(Ok(_))) => Some(match self.whose(piece) {
                Some(stored) if stored.authority => "an authority's key, and nothing says which: give it with its certificate and `--as authority.NAME`",
                Some(_) => "the key of an end entity, which is made anew",
                None => "a key that no certificate here has; `--as keyring.NAME` imports a key pair",
            }.to_owned()),
            ([Some(first), ..], _) if imported(first) => Some("the certificate of an authority that is imported".to_owned()),
            ([Some(first), ..], _) if first.authority => Some(format!(
                "an authority ({}), and nothing says which: give it with its key and `--as authority.NAME`",
                first.subject_text
            )),
            ([Some(first), ..], _) => Some(format!("an end entity ({}), which is issued anew", first.subject_text)),
            ([None, ..], _) => Some("a certificate that cannot be read".to_owned()),
        }
    }

    fn why_public(&self, piece: &Piece) -> String {
        match piece.public_keys {
            1 => "a public key, which is written anew".to_owned(),
            count => format!(
                "{count} public keys: only those are trusted from now on whose private keys are imported"
            ),
        }
    }
}
