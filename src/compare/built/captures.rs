//! What stands in a file where a sheet has holes.

use crate::render::{Hole, Piece};

/// What fills each hole; none where the text around them is another one.
pub(super) fn captures<'a>(pieces: &'a [Piece], text: &'a str) -> Option<Vec<(&'a Hole, &'a str)>> {
    let mut rest = text;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        match piece {
            Piece::Text(text) => rest = rest.strip_prefix(text.as_str())?,
            Piece::Hole(hole) => {
                let end = match pieces.get(at + 1) {
                    None => rest.len(),
                    Some(Piece::Text(next)) => rest.find(next.as_str())?,
                    // Where one ends and the other begins nobody can say; which of them is asked for no matter.
                    Some(Piece::Hole(_)) => 0,
                };
                let (inside, after) = rest.split_at(end);
                // More than one line is another text that only ends alike.
                if !hole.has_lines() && inside.contains('\n') {
                    return None;
                }
                found.push((hole, inside));
                rest = after;
            }
        }
        at += 1;
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Filling, KeyringItem};

    #[test]
    fn holes_are_found_between_texts() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let key = |number| Hole::text(Filling::of_keyring(&"a".into(), KeyringItem::PrivateKey, number));
        let (one, two) = (key(1), key(2));
        let pieces = [text("a: "), Piece::Hole(one.clone()), text("\nb: "), Piece::Hole(two.clone())];
        let found = captures(&pieces, "a: one\nb: two").unwrap();
        assert_eq!(found, [(&one, "one"), (&two, "two")]);
        assert_eq!(captures(&pieces, "a: one\nc: two"), None);
        assert_eq!(captures(&[text("x")], "xy"), None);
    }

    #[test]
    fn a_value_of_one_line_swallows_no_others() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let not_after = Hole::text(Filling::of_keyring(&"tokens".into(), KeyringItem::NotAfter, 2));
        let pieces = [text("end: "), Piece::Hole(not_after), text("\n---\nrole\n")];
        assert!(captures(&pieces, "end: 2026\n---\nrole\n").is_some());
        assert_eq!(captures(&pieces, "end: 2026\n---\nend: 2027\n---\nrole\n"), None);
    }
}
