//! The differences between two certificate revocation lists, as texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::state::State;
use crate::render::{Content, Filling, Piece};
use crate::specification::{CertificateIndex, Crl, CrlEncoding, Revoked};
use crate::values::Serial;

/// The certificates whose keys sign the lists of a file that holds nothing else; none: it holds something else.
pub(super) fn signers(content: &Content) -> Option<(Vec<CertificateIndex>, CrlEncoding)> {
    let (mut signers, mut of) = (Vec::new(), CrlEncoding::Pem);
    for piece in content.pieces() {
        match piece {
            Piece::Hole(hole) => match hole.filling {
                Filling::Crl(position, encoding) => {
                    signers.push(position);
                    of = encoding;
                }
                _ => return None,
            },
            Piece::Text(_) => return None,
        }
    }
    (!signers.is_empty()).then_some((signers, of))
}

/// What differs between two files of lists; none where one is no such file.
pub(super) fn changes(
    (before, was): (&State<'_>, &Content),
    (after, is): (&State<'_>, &Content),
) -> Option<Vec<String>> {
    let ((was, old_encoding), (is, new_encoding)) = (signers(was)?, signers(is)?);
    let (was, is) = (by_id(before, &was), by_id(after, &is));
    let mut lines = Vec::new();
    if old_encoding != new_encoding {
        let word = |encoding| if encoding == CrlEncoding::Der { "DER" } else { "PEM" };
        lines.push(format!("{} -> {}", word(old_encoding), word(new_encoding)));
    }
    lines.extend(was.keys().filter(|id| !is.contains_key(*id)).map(|id| format!("- CRL of {id}")));
    lines.extend(is.keys().filter(|id| !was.contains_key(*id)).map(|id| format!("+ CRL of {id}")));
    // Every generation of an authority signs the same list.
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (id, is) in &is {
        for line in was.get(id).map(|was| differences(was, is)).unwrap_or_default() {
            match places.get(&line) {
                Some(place) => said[*place].1.push(id),
                None => {
                    places.insert(line.clone(), said.len());
                    said.push((line, vec![id]));
                }
            }
        }
    }
    let several = said.iter().any(|(_, ids)| ids.len() < is.len());
    lines.extend(said.into_iter().map(|(line, ids)| match several {
        true => format!("{}: {line}", ids.join(", ")),
        false => line,
    }));
    if lines.is_empty() {
        lines.push("signed by another key, or in another order".to_owned());
    }
    Some(lines)
}

/// What the lists say, by the ids of the certificates whose keys sign them.
fn by_id<'a>(state: &'a State<'_>, signers: &[CertificateIndex]) -> BTreeMap<&'a Arc<str>, &'a Crl> {
    let one = |position: &CertificateIndex| Some((state.id(*position), state.blueprint.crl(*position)?));
    signers.iter().filter_map(one).collect()
}

/// What differs between two lists.
pub(super) fn differences(was: &Crl, is: &Crl) -> Vec<String> {
    let mut lines = Vec::new();
    let mut field = |name: &str, was: &dyn std::fmt::Display, is: &dyn std::fmt::Display| {
        let (was, is) = (was.to_string(), is.to_string());
        lines.extend((was != is).then(|| format!("{name} {was} -> {is}")));
    };
    field("number", &was.number, &is.number);
    field("issued", &was.issued, &is.issued);
    field("expires", &was.expires, &is.expires);
    let by_serial = |crl: &Crl| -> BTreeMap<Serial, Revoked> {
        crl.revoked.iter().map(|revoked| (revoked.serial, *revoked)).collect()
    };
    let (was, is) = (by_serial(was), by_serial(is));
    let said = |revoked: &Revoked| {
        let reason = revoked.reason.map(|reason| format!(", {}", reason.word())).unwrap_or_default();
        format!("revoked {} at {}{reason}", revoked.serial, revoked.at)
    };
    let gone = was.values().filter(|revoked| !is.contains_key(&revoked.serial));
    lines.extend(gone.map(|revoked| format!("- {}: valid again", said(revoked))));
    for revoked in is.values() {
        match was.get(&revoked.serial) {
            Some(known) if known == revoked => {}
            Some(known) => lines.push(format!("{} -> {}", said(known), said(revoked))),
            None => lines.push(format!("+ {}", said(revoked))),
        }
    }
    lines
}
