//! Trees that nobody writes: what a proof looks at.

use std::collections::BTreeMap;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::stopped::{Stopped, Unmade};
use super::unit::{Job, fill, jobs, render};
use crate::decide::Draft;
use crate::fill::{Credentials, ImportedKeys, KeyMaterial};
use crate::host::Memory;
use crate::issue::secret::Secret;
use crate::specification::KeyIdentity;
use crate::values::SecretEpoch;
use crate::write::UnitName;

/// All units with their bytes. What lacks a secret is left out and named.
///
/// # Errors
/// What stopped one of them.
pub fn unwritten(credentials: &Credentials<'_>) -> Result<(Vec<(UnitName, Memory)>, Vec<String>), Stopped> {
    let make = |job: Job| match render(credentials.blueprint(), job)? {
        Some(rendered) => fill(credentials, rendered).map(|filled| Some(filled.into_files())),
        None => Ok(None),
    };
    let made: Vec<_> = jobs(credentials.blueprint()).into_par_iter().map(make).collect();
    let (mut units, mut lacking, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    for result in made {
        match result {
            Ok(unit) => units.extend(unit),
            Err(Unmade::Lacks(name, _)) => lacking.push(name.as_str().to_owned()),
            Err(Unmade::Stopped(Stopped::Diagnostics(more))) => failures.extend(more),
            Err(Unmade::Stopped(stopped)) => return Err(stopped),
        }
    }
    if failures.is_empty() { Ok((units, lacking)) } else { Err(Stopped::Diagnostics(failures)) }
}

/// Takes from decisions what was recorded of the real keys, and gives keys that nobody has.
#[must_use]
pub fn rehearse(draft: &mut Draft) -> KeyMaterial {
    let mut secrets: BTreeMap<SecretEpoch, Secret> = BTreeMap::new();
    let mut know = |epoch: SecretEpoch| {
        secrets.entry(epoch).or_insert_with(|| {
            let label =
                format!("pkiplan: a secret that proves and protects nothing: {} {}", epoch.name, epoch.epoch);
            Secret::from_bytes(Sha256::digest(label.as_bytes()).into())
        });
    };
    for decision in draft.certificates.iter_mut() {
        if let KeyIdentity::Derived { secret, .. } = decision.key {
            know(secret);
            decision.recorded_sha256 = None;
        }
    }
    let needed = draft.lock.derives_from();
    needed.into_iter().for_each(&mut know);
    for record in draft.lock.keys.values_mut() {
        record.sha256.clear();
    }
    KeyMaterial { secrets, imported: ImportedKeys::default(), certificates: BTreeMap::new() }
}
