//! Extracts the parts of a built file that fill the holes of its sheet.

use crate::render::{Form, Hole, Piece};

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
            // Blocks of PEM say where one ends and the other begins.
            Piece::Hole(hole) if blocks_until(pieces, at).is_some_and(|count| count > 1) => {
                let (inside, after) = split_blocks(rest, hole.filling.blocks().unwrap_or_default())?;
                found.push((hole, Some(inside)));
                rest = after;
            }
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

/// How many neighbouring holes stand around one, itself among them, where all of them are PEM.
fn blocks_until(pieces: &[Piece], at: usize) -> Option<usize> {
    let is_pem = |piece: &&Piece| match piece {
        Piece::Hole(hole) => Some(hole.form == Form::Text && hole.filling.blocks().is_some()),
        Piece::Text(_) => None,
    };
    let before = pieces[..at].iter().rev().map_while(|piece| is_pem(&piece));
    let after = pieces[at..].iter().map_while(|piece| is_pem(&piece));
    let all: Vec<bool> = before.chain(after).collect();
    all.iter().all(|pem| *pem).then_some(all.len())
}

/// The first blocks of PEM of a text, and what follows.
fn split_blocks(text: &str, count: usize) -> Option<(&str, &str)> {
    let mut end = 0;
    for _ in 0..count {
        let block = text[end..].starts_with("-----BEGIN ").then_some(&text[end..])?;
        let last = block.find("\n-----END ")? + 1;
        end += last + block[last..].find('\n')? + 1;
    }
    Some(text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::List;
    use crate::render::{Filling, KeyringItem};
    use crate::specification::Specification;

    #[test]
    fn holes_are_found_between_texts() {
        let text = |text: &str| Piece::Text(text.to_owned());
        let key = |number| Hole::text(Filling::of_keyring(&"a".into(), KeyringItem::PrivateKey, number));
        let (one, two) = (key(1), key(2));
        let pieces = [text("a: "), Piece::Hole(one.clone()), text("\nb: "), Piece::Hole(two.clone())];
        let found = captures(&pieces, "a: one\nb: two").unwrap();
        assert_eq!(found, [(&one, Some("one")), (&two, Some("two"))]);
        assert_eq!(captures(&pieces, "a: one\nc: two"), None);
        let tokens = |number| Hole::text(Filling::of_keyring(&"a".into(), KeyringItem::Token, number));
        let (one, two) = (tokens(1), tokens(2));
        let neighbours = [text("a: "), Piece::Hole(one.clone()), Piece::Hole(two.clone())];
        assert_eq!(captures(&neighbours, "a: onetwo").unwrap(), [(&one, None), (&two, None)]);
        assert_eq!(captures(&[text("x")], "xy"), None);
    }

    #[test]
    fn neighbours_in_pem_end_with_their_blocks() {
        let block = |name: &str| format!("-----BEGIN {name}-----\nAA==\n-----END {name}-----\n");
        let mut made: List<Specification, ()> = List::default();
        let (one, other) = (made.push(()), made.push(()));
        let certificates = Hole::text(Filling::Certificates(vec![one, other]));
        let key = Hole::text(Filling::Key(one));
        let pieces = [Piece::Hole(certificates), Piece::Hole(key)];
        let (both, private) = (block("CERTIFICATE").repeat(2), block("PRIVATE KEY"));
        let text = both.clone() + &private;
        let found: Vec<_> = captures(&pieces, &text).unwrap().into_iter().map(|(_, inside)| inside).collect();
        assert_eq!(found, [Some(&*both), Some(&*private)]);
        assert_eq!(captures(&pieces, &(text.clone() + "more")), None);
        assert_eq!(captures(&pieces, &text[..text.len() - 5]), None);
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
