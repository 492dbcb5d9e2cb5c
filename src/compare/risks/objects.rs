//! RBAC objects below `cluster/` that grant rights over the whole cluster.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::state::State;
use super::risk::{Risk, RiskKind};
use super::sides::Sides;
use crate::kubernetes::{self, BOOTSTRAPPERS, Grant, Power, Subject};
use crate::render::{self, Content, Piece};

/// Grants that the new side has and the old one has not.
pub(super) fn granted(sides: &Sides<'_>) -> Vec<Risk> {
    let (old, new) = (grants(sides.before), grants(sides.after));
    let gained = new.difference(&old).filter(|grant| !is_of_bootstrap(grant));
    let reported = gained.map(|grant| {
        let message = format!("{} {} ({})", grant.subject, grant.power.sentence(), grant.object);
        RiskKind::Administrator.of(message, "this takes effect as soon as you apply `cluster/`")
    });
    reported.collect()
}

/// Whether it is what bootstrap tokens are for: who else is in their group is reported by itself.
pub(super) fn is_of_bootstrap(grant: &Grant) -> bool {
    let group = matches!(&grant.subject, Subject::Group(name) if name.starts_with(BOOTSTRAPPERS));
    group && grant.power == Power::Join
}

/// All grants of one side.
pub(super) fn grants(state: &State<'_>) -> BTreeSet<Grant> {
    // What cannot be rendered is an error of its own, reported before risks are.
    let sheets = render::cluster(state.blueprint).unwrap_or_default();
    let objects: Vec<Value> = sheets.iter().flat_map(|sheet| documents(&sheet.content)).collect();
    kubernetes::grants(&objects)
}

/// The YAML documents of a manifest; what fills its holes is no RBAC.
fn documents(content: &Content) -> Vec<Value> {
    let Content::Pieces(pieces) = content else { return Vec::new() };
    let text: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Hole(_) => "hole",
        })
        .collect();
    serde_saphyr::from_multiple(&text).unwrap_or_default()
}
