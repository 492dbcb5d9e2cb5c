//! What stands in a file where a sheet has holes.

use crate::render::{Hole, Piece};

/// A hole and what fills it; none where that cannot be told from what fills its neighbour.
pub(super) type Capture<'a> = (&'a Hole, Option<&'a str>);

/// What fills each hole; none where the text around them is another one.
pub(super) fn captures<'a>(pieces: &'a [Piece], text: &'a str) -> Option<Vec<Capture<'a>>> {
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
                    // Where one ends and the other begins nobody can say.
                    Some(Piece::Hole(_)) => 0,
                };
                let is_hole =
                    |at: Option<usize>| matches!(at.and_then(|at| pieces.get(at)), Some(Piece::Hole(_)));
                let alone = !is_hole(at.checked_sub(1)) && !is_hole(at.checked_add(1));
                let (inside, after) = rest.split_at(end);
                // More than one line is another text that only ends alike.
                if alone && !hole.has_lines() && inside.contains('\n') {
                    return None;
                }
                found.push((hole, alone.then_some(inside)));
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
        assert_eq!(found, [(&one, Some("one")), (&two, Some("two"))]);
        assert_eq!(captures(&pieces, "a: one\nc: two"), None);
        let neighbours = [text("a: "), Piece::Hole(one.clone()), Piece::Hole(two.clone())];
        assert_eq!(captures(&neighbours, "a: onetwo").unwrap(), [(&one, None), (&two, None)]);
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
