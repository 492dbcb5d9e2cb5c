//! Markers that stand for holes while text is rendered, so that a template never sees a secret.

use super::hole::{Hole, Piece};

/// Every marker begins so. Plain letters and digits, so that no encoder quotes or breaks it.
const PREFIX: &str = "PKIPLANHOLE";
const DIGITS: usize = 6;

/// The holes of one text.
#[derive(Debug, Clone, Default)]
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

/// A letter that distinguishes a marker from one that a filter has cut or changed.
fn check(index: usize) -> char {
    char::from(b'A' + u8::try_from((index * 7 + 3) % 23).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Filling, KeyringItem};

    #[test]
    fn markers_become_holes_again() {
        let mut holes = Holes::default();
        let key = Hole::text(Filling::of_keyring(&"a".into(), KeyringItem::PrivateKey, 7));
        let certificates = Hole::base64(Filling::Certificates(Vec::new()));
        let text = format!("a {}\n{} b", holes.marker(key.clone()), holes.marker(certificates.clone()));
        let pieces = holes.split(&text).unwrap();
        let expected = [
            Piece::Text("a ".into()),
            Piece::Hole(key),
            Piece::Text("\n".into()),
            Piece::Hole(certificates),
            Piece::Text(" b".into()),
        ];
        assert_eq!(pieces, expected);
        assert!(holes.split(&text.replace("000001", "000000")).is_none());
        assert!(holes.split(&text[..text.len() - 4]).is_none());
        assert!(holes.split("PKIPLANHOLE").is_none());
    }
}
