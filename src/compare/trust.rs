//! Trust in authorities: which files gain or lose it, and whether nothing else in them changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::certificates::Pairing;
use super::comparison::{Trust, TrustChange};
use super::done::Done;
use super::state::State;
use super::unit::{TrustEdit, Unit};
use crate::fill;
use crate::render::{Content, Filling, Hole, Piece, Sheet};
use crate::specification::CertificateIndex;
use crate::values::UnitId;

/// A content without its trust, and its trust.
#[derive(Default)]
struct Apart<'a> {
    rest: Vec<String>,
    bundles: Vec<&'a [CertificateIndex]>,
}

/// Whether a content gains trust, or loses it, and nothing else becomes of it.
pub(super) fn alone(
    (before, old): (&State<'_>, &Content),
    (after, new): (&State<'_>, &Content),
    pairing: &Pairing,
) -> Option<Trust> {
    let (old, new) = (apart(before, old), apart(after, new));
    if old.rest != new.rest || old.bundles.len() != new.bundles.len() {
        return None;
    }
    let (mut gains, mut loses) = (false, false);
    for (old, new) in old.bundles.iter().zip(&new.bundles) {
        let counterparts: Vec<Option<CertificateIndex>> =
            new.iter().map(|&position| pairing.counterpart[position]).collect();
        let kept: Vec<Option<CertificateIndex>> = old
            .iter()
            .map(|&position| Some(position))
            .filter(|position| counterparts.contains(position))
            .collect();
        let stays = |counterpart: Option<CertificateIndex>| {
            counterpart.is_some_and(|counterpart| old.contains(&counterpart))
        };
        let stay = new.iter().zip(&counterparts).filter(|(_, counterpart)| stays(**counterpart));
        let (stay, counterparts): (Vec<CertificateIndex>, Vec<Option<CertificateIndex>>) =
            stay.map(|(&at, &counterpart)| (at, counterpart)).unzip();
        if counterparts != kept || stay.iter().any(|&position| !pairing.same[position]) {
            return None;
        }
        gains |= stay.len() < new.len();
        loses |= kept.len() < old.len();
    }
    match (gains, loses) {
        (true, false) => Some(Trust::Added),
        (false, true) => Some(Trust::Dropped),
        _ => None,
    }
}

/// What becomes of trust in a unit: what its files hold now against then.
pub(super) fn edit((before, old): (&State<'_>, &[Sheet]), (after, new): (&State<'_>, &[Sheet])) -> TrustEdit {
    let (old, new) = (held(before, old), held(after, new));
    TrustEdit {
        added: new.difference(&old).cloned().collect(),
        dropped: old.difference(&new).cloned().collect(),
    }
}

/// The certificates of authorities in files.
fn held(state: &State<'_>, sheets: &[Sheet]) -> BTreeSet<Arc<str>> {
    let mut held = BTreeSet::new();
    for hole in sheets.iter().flat_map(|sheet| sheet.content.holes()) {
        if let Some(positions) = hole.filling.shown()
            && positions.iter().all(|&position| state.blueprint.certificates[position].holder.is_authority())
        {
            held.extend(positions.iter().map(|&position| state.id(position).clone()));
        }
    }
    held
}

fn apart<'a>(state: &State<'_>, content: &'a Content) -> Apart<'a> {
    let mut apart = Apart::default();
    if let Content::Pieces(pieces) = content {
        apart.pieces(state, pieces);
    }
    apart
}

impl<'a> Apart<'a> {
    fn pieces(&mut self, state: &State<'_>, pieces: &'a [Piece]) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.rest.push(text.clone()),
                Piece::Hole(hole) => self.hole(state, hole),
            }
        }
    }

    fn hole(&mut self, state: &State<'_>, hole: &'a Hole) {
        let authority =
            |position: &CertificateIndex| state.blueprint.certificates[*position].holder.is_authority();
        match &hole.filling {
            Filling::Certificates(positions) if positions.iter().all(authority) => {
                self.bundles.push(positions);
            }
            // What follows from trust in other files.
            Filling::Digest(artefacts) => {
                for (artefact, pieces) in artefacts {
                    self.rest.push(artefact.clone());
                    self.pieces(state, pieces);
                }
            }
            _ => self.rest.extend(fill::words(state.blueprint, state.draft, hole)),
        }
    }
}

/// Which authorities' certificates come and go, and where.
pub(super) fn summary(units: &[Unit]) -> Vec<TrustChange> {
    let mut found: BTreeMap<(&Arc<str>, Done), BTreeSet<&UnitId>> = BTreeMap::new();
    for unit in units {
        for id in &unit.trust.added {
            found.entry((id, Done::Added)).or_default().insert(&unit.name);
        }
        for id in &unit.trust.dropped {
            found.entry((id, Done::Removed)).or_default().insert(&unit.name);
        }
    }
    let change = |((id, change), units): ((&Arc<str>, Done), BTreeSet<&UnitId>)| TrustChange {
        change,
        certificate: id.to_string(),
        units: units.into_iter().cloned().collect(),
    };
    found.into_iter().map(change).collect()
}
