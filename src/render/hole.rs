//! Holes, and the markers that stand for them while text is rendered.

use std::sync::Arc;

use super::Piece;

/// Every marker begins so. Plain letters and digits, so that no encoder quotes or breaks it.
const PREFIX: &str = "PKIPLANHOLE";
const DIGITS: usize = 6;

/// What is filled in after issuing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hole {
    /// The base64 text of another hole's bytes.
    Base64(Box<Hole>),
    /// Certificates in PEM.
    Certificates(Vec<usize>),
    /// A digest of public words about artefacts, each with its pieces: no byte of a secret goes into it.
    Digest(Vec<(String, Vec<Piece>)>),
    /// An encryption key of a keyring, in base64.
    EncryptionKey(Arc<str>, u32),
    /// The key of a certificate in PEM.
    Key(usize),
    /// The password of a keyring.
    Password(Arc<str>),
    /// The private key of a keyring that is in use, in PEM.
    PrivateKey(Arc<str>),
    /// The public keys of a keyring that are trusted, in PEM.
    PublicKeys(Arc<str>),
    /// A token of a keyring, or a part of it.
    Token(Arc<str>, u32, TokenPart),
    /// Until when a generation of a keyring is valid, in RFC 3339.
    NotAfter(Arc<str>, u32),
}

/// What of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenPart {
    /// What a bootstrap token is known by, before the dot. It is public.
    Id,
    /// What follows the dot.
    Secret,
    /// All of it.
    Whole,
}

impl Hole {
    /// Whether it is filled with private bytes.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        match self {
            Hole::Base64(inner) => inner.is_secret(),
            Hole::Certificates(_)
            | Hole::Digest(_)
            | Hole::NotAfter(..)
            | Hole::PublicKeys(_)
            | Hole::Token(_, _, TokenPart::Id) => false,
            Hole::EncryptionKey(..)
            | Hole::Key(_)
            | Hole::Password(_)
            | Hole::PrivateKey(_)
            | Hole::Token(_, _, TokenPart::Secret | TokenPart::Whole) => true,
        }
    }

    /// Whether the private bytes are few enough to be guessed.
    #[must_use]
    pub fn is_short(&self) -> bool {
        match self {
            Hole::Base64(inner) => inner.is_short(),
            Hole::Password(_) | Hole::Token(..) => true,
            _ => false,
        }
    }
}

/// The holes of one text.
#[derive(Debug, Default)]
pub(super) struct Holes {
    holes: Vec<Hole>,
}

impl Holes {
    /// The marker for a hole.
    pub(super) fn marker(&mut self, hole: Hole) -> String {
        let index = self.holes.iter().position(|known| *known == hole).unwrap_or_else(|| {
            self.holes.push(hole);
            self.holes.len() - 1
        });
        format!("{PREFIX}{index:0DIGITS$}{}", check(index))
    }

    /// Text and holes in turn; none if something changed a marker on its way.
    pub(super) fn split(&self, text: &str) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find(PREFIX) {
            if start > 0 {
                pieces.push(Piece::Text(rest[..start].to_owned()));
            }
            let after = &rest[start + PREFIX.len()..];
            let index: usize = after.get(..DIGITS)?.parse().ok()?;
            let end = after.get(DIGITS..=DIGITS)?;
            let hole = self.holes.get(index).filter(|_| end.starts_with(check(index)))?;
            pieces.push(Piece::Hole(hole.clone()));
            rest = &after[DIGITS + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Some(pieces)
    }
}

/// A letter that tells a marker from one that a filter has cut or changed.
fn check(index: usize) -> char {
    char::from(b'A' + u8::try_from((index * 7 + 3) % 23).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_become_holes_again() {
        let mut holes = Holes::default();
        let (key, password) = (Hole::Key(7), Hole::Password("vrrp".into()));
        let text = format!("a {}\n{} b", holes.marker(key.clone()), holes.marker(password.clone()));
        let pieces = holes.split(&text).unwrap();
        let expected = [
            Piece::Text("a ".into()),
            Piece::Hole(key),
            Piece::Text("\n".into()),
            Piece::Hole(password),
            Piece::Text(" b".into()),
        ];
        assert_eq!(pieces, expected);
        assert!(holes.split(&text.replace("000001", "000000")).is_none());
        assert!(holes.split(&text[..text.len() - 4]).is_none());
        assert!(holes.split("PKIPLANHOLE").is_none());
    }
}
