//! Explains why files are not imported.

use std::collections::BTreeSet;
use std::path::Path;

use super::adopted::{Adopted, AdoptedKey};
use super::found::Left;
use super::piece::{Piece, whose};
use crate::stored::Stored;

/// Says of every file that is neither imported nor reported why it is left.
pub(super) fn left(pieces: &[Piece], taken: &BTreeSet<&Path>, adopted: &[Adopted]) -> Vec<Left> {
    let others = pieces.iter().filter(|piece| !taken.contains(piece.path.as_path()));
    let left = |piece: &Piece| Some(Left { path: piece.path.clone(), why: why(piece, pieces, adopted)? });
    others.filter_map(left).collect()
}

fn why(piece: &Piece, pieces: &[Piece], adopted: &[Adopted]) -> Option<String> {
    let imported = |stored: &Stored| {
        adopted.iter().any(|adopted| {
            matches!(&adopted.key, AdoptedKey::Authority(known, _) | AdoptedKey::Certificate(known) if known.key_sha256() == stored.key_sha256())
        })
    };
    match (&piece.certificates[..], &piece.key) {
        ([], None) => public_keys(piece.public_keys).or_else(|| piece.binary.clone()),
        ([], Some(Err(why))) => Some(why.to_string()),
        ([], Some(Ok(_))) => Some(match whose(piece, pieces) {
            Some(stored) if stored.authority => "a CA key, but it is unclear of which CA: import it with its certificate and `--as authority.NAME`",
            Some(_) => "the key of a leaf certificate, which will be replaced",
            None => "a key without a certificate here; import a key pair with `--as keyring.NAME`",
        }.to_owned()),
        ([Some(first), ..], _) if imported(first) => Some("the certificate of an authority that is imported".to_owned()),
        ([Some(first), ..], _) if first.authority => Some(format!(
            "a CA ({}), but it is unclear which: import it with its key and `--as authority.NAME`",
            first.subject_text
        )),
        ([Some(first), ..], _) => Some(format!("a leaf certificate ({}), which will be reissued", first.subject_text)),
        ([None, ..], _) => Some("a certificate that cannot be read".to_owned()),
    }
}

fn public_keys(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("a public key, which will be regenerated".to_owned()),
        count => Some(format!(
            "{count} public keys: from now on, only those are trusted whose private keys are imported"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(path: &str) -> Piece {
        Piece {
            path: path.into(),
            certificates: Vec::new(),
            key: None,
            public_keys: 0,
            encryption: None,
            binary: None,
        }
    }

    #[test]
    fn what_is_neither_taken_nor_empty_is_named() {
        let pieces = [
            piece("empty"),
            Piece { public_keys: 1, ..piece("one.pub") },
            Piece { public_keys: 2, ..piece("taken.pub") },
            Piece { certificates: vec![None], ..piece("broken.crt") },
        ];
        let taken = BTreeSet::from([Path::new("taken.pub")]);
        let left = left(&pieces, &taken, &[]);
        let left: Vec<(&str, &str)> =
            left.iter().map(|left| (left.path.to_str().unwrap(), left.why.as_str())).collect();
        let expected = [
            ("one.pub", "a public key, which will be regenerated"),
            ("broken.crt", "a certificate that cannot be read"),
        ];
        assert_eq!(left, expected);
    }
}
