//! The `bundle` of expressions in files and manifests: markers for the certificates of bundles.

use super::hole::{Filling, Hole};
use super::marker::Holes;
use crate::catalog::Root;
use crate::expand::Blueprint;
use crate::expression::{Record, Value, field};
use crate::resolve::{ComponentIndex, InstanceIndex};

/// The `bundle` of expressions: those that the component reads, in PEM and base64, as kubeconfigs embed them.
pub(super) fn bundles(
    blueprint: &Blueprint<'_>,
    (component, instance): (ComponentIndex, InstanceIndex),
    holes: &mut Holes,
) -> Value {
    let definition = blueprint.definition(component);
    let named = definition.bundles.iter().enumerate().map(|(i, bundle)| (i, field(&bundle.name)));
    named
        .filter(|(_, field)| definition.reads.reads(Root::Bundle, field))
        .map(|(i, field)| {
            let held = blueprint.held(component, instance, i).0;
            (field, holes.marker(Hole::base64(Filling::Certificates(held))).into())
        })
        .collect::<Record>()
        .build()
}
