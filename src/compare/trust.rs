//! Trust in authorities: which files gain or lose it, and whether that is all that becomes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::State;
use super::certificates::Pairing;
use super::comparison::{Done, Trust, TrustChange};
use super::units::Unit;
use crate::fill;
use crate::render::{Content, Hole, Piece};

/// What becomes of trust in one file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct TrustEdit {
    /// Certificates of authorities that it holds now.
    pub(super) added: BTreeSet<Arc<str>>,
    /// And those that it does not hold any more.
    pub(super) dropped: BTreeSet<Arc<str>>,
    /// Whether nothing else differs.
    alone: bool,
}

impl TrustEdit {
    /// Whether the file gains trust or loses it, and nothing else becomes of it.
    pub(super) fn alone(&self) -> Option<Trust> {
        match (self.alone, self.added.is_empty(), self.dropped.is_empty()) {
            (true, false, true) => Some(Trust::Added),
            (true, true, false) => Some(Trust::Dropped),
            _ => None,
        }
    }
}

/// A content without its trust, and its trust.
#[derive(Default)]
struct Apart<'a> {
    rest: Vec<String>,
    bundles: Vec<&'a [usize]>,
}

/// What becomes of trust from one content to another.
pub(super) fn edit(
    (before, old): (&State<'_>, &Content),
    (after, new): (&State<'_>, &Content),
    pairing: &Pairing,
) -> TrustEdit {
    let (old, new) = (apart(before, old), apart(after, new));
    let mut edit = TrustEdit { alone: old.rest == new.rest, ..TrustEdit::default() };
    if old.bundles.len() != new.bundles.len() {
        edit.alone = false;
        return edit;
    }
    for (old, new) in old.bundles.iter().zip(&new.bundles) {
        let stays = |position: &usize| pairing.twin[*position].is_some_and(|twin| old.contains(&twin));
        let twins: Vec<usize> = new.iter().filter_map(|&position| pairing.twin[position]).collect();
        let (kept, gone): (Vec<usize>, Vec<usize>) =
            old.iter().partition(|position| twins.contains(position));
        let (stay, come): (Vec<usize>, Vec<usize>) =
            new.iter().copied().partition(|position| stays(position));
        edit.added.extend(come.iter().map(|&position| after.id(position).clone()));
        edit.dropped.extend(gone.iter().map(|&position| before.id(position).clone()));
        let twins = stay.iter().map(|&position| pairing.twin[position]);
        edit.alone &=
            twins.eq(kept.into_iter().map(Some)) && stay.iter().all(|&position| pairing.same[position]);
    }
    edit
}

/// The trust of a content that comes or goes as a whole.
pub(super) fn whole<'s>(state: &'s State<'_>, content: &'s Content) -> impl Iterator<Item = &'s Arc<str>> {
    apart(state, content).bundles.into_iter().flatten().map(|&position| state.id(position))
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
        let authority = |position: &usize| state.blueprint.certificates[*position].holder.is_authority();
        match hole {
            Hole::Base64(inner) => self.hole(state, inner),
            Hole::Certificates(positions) if positions.iter().all(authority) => self.bundles.push(positions),
            // What follows from trust in other files.
            Hole::Digest(artefacts) => {
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
    let mut found: BTreeMap<(&Arc<str>, Done), BTreeSet<&str>> = BTreeMap::new();
    for unit in units {
        for id in &unit.trust.added {
            found.entry((id, Done::Added)).or_default().insert(&unit.name);
        }
        for id in &unit.trust.dropped {
            found.entry((id, Done::Removed)).or_default().insert(&unit.name);
        }
    }
    let change = |((id, change), units): ((&Arc<str>, Done), BTreeSet<&str>)| TrustChange {
        change,
        certificate: id.to_string(),
        units: units.into_iter().map(ToOwned::to_owned).collect(),
    };
    found.into_iter().map(change).collect()
}
