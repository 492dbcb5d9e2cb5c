//! The stages that need keys, from a blueprint to trees on disk: render, issue, fill, stage and write.
//!
//! It also contains the call of `decide` that makes the draft of decisions. `pkiplan build` runs these stages in order.

mod draft;
mod joining;
mod kept;
mod made_from;
mod piece;
mod shard;
mod staged;
mod stand_ins;
mod stopped;
mod unit;
mod unwritten;

pub use draft::draft;
pub use joining::review_joining;
pub use kept::Kept;
pub use made_from::{base, inputs};
pub use piece::{Assembled, Common, assemble};
pub use shard::{Shard, count};
pub use staged::{Built, Staged, each_unit, write, write_shard};
pub use stand_ins::{Rehearsal, rehearse, rehearse_all};
pub use stopped::{Stopped, Unmade};
pub use unit::{FilledUnit, Job, RenderedUnit, StagedUnit, files, fill, render, stage, written};
pub use unwritten::Unwritten;

use crate::diagnostics::Diagnostic;

use crate::decide::Draft;
use crate::expand::Blueprint;
use crate::fill::{Credentials, KeyMaterial, Mismatch};

/// Issues the certificates of authorities, and derives the key pairs of keyrings: what many units need.
///
/// # Errors
/// One cannot be made, or is not what the lock recorded.
pub fn issue<'a>(
    blueprint: &'a Blueprint<'a>,
    draft: &'a Draft,
    key_material: &'a KeyMaterial,
) -> Result<Credentials<'a>, Stopped> {
    Credentials::prepare(blueprint, draft, key_material).map_err(|error| stopped::mismatch(blueprint, &error))
}

/// Why credentials cannot be made, with its place.
#[must_use]
pub fn mismatch(blueprint: &Blueprint<'_>, why: &Mismatch) -> Vec<Diagnostic> {
    match stopped::mismatch(blueprint, why) {
        Stopped::Diagnostics(diagnostics) => diagnostics,
        Stopped::Write(_) => Vec::new(),
    }
}
