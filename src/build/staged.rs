//! All units together: made in parallel, and written at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::stopped::{Stopped, Unmade};
use super::unit::{Job, StagedUnit, jobs};
use crate::decide::Draft;
use crate::diagnostics::{Code, Diagnostic};
use crate::fill::Credentials;
use crate::lock::Lock;
use crate::stored::file_name;
use crate::values::SecretEpoch;
use crate::write::{Inputs, Made, Session, Summary, UnitName};

/// All units, staged, and what the lock records of what was made. No key is in it.
pub struct Staged {
    units: BTreeSet<UnitName>,
    left: Vec<(UnitName, String)>,
    /// What each is made from.
    made_from: BTreeMap<UnitName, [u8; 32]>,
    /// The fingerprints of certificates, by id.
    certificates: Vec<(Arc<str>, [u8; 32])>,
    /// The digests of keys, by id and generation.
    keys: Vec<(Arc<str>, u32, [u8; 32])>,
    /// The identities of the secrets that were there.
    secrets: Vec<(SecretEpoch, String)>,
    /// The authorities' certificates in PEM, by their file names.
    files: BTreeMap<String, String>,
}

/// What a build did.
pub struct Built {
    /// What was written.
    pub summary: Summary,
    /// The lock as it is now.
    pub lock: Lock,
    /// What could not be made and stays as it is, each with a secret that it lacks.
    pub left: Vec<(UnitName, String)>,
}

/// Makes every unit, many at a time, as `make` does one; none where there is nothing to write.
///
/// # Errors
/// What stopped one of them, and where not one of them could be made.
pub fn each_unit(
    credentials: &Credentials<'_>,
    make: impl Fn(Job) -> Result<Option<StagedUnit>, Unmade> + Send + Sync,
) -> Result<Staged, Stopped> {
    let blueprint = credentials.blueprint();
    let made: Vec<_> = jobs(blueprint).into_par_iter().map(make).collect();
    let (mut units, mut left, mut failures) = (BTreeSet::new(), Vec::new(), Vec::new());
    let mut digests: Vec<_> = credentials.authority_digests().collect();
    let mut made_from = BTreeMap::new();
    for result in made {
        match result {
            Ok(Some(staged)) => {
                made_from.extend(staged.made_from.map(|digest| (staged.name.clone(), digest)));
                units.insert(staged.name);
                digests.extend(staged.digests);
            }
            Ok(None) => {}
            Err(Unmade::Lacks(name, secret)) => left.push((name, secret)),
            Err(Unmade::Stopped(Stopped::Diagnostics(more))) => failures.extend(more),
            Err(Unmade::Stopped(stopped)) => return Err(stopped),
        }
    }
    if !failures.is_empty() {
        return Err(Stopped::Diagnostics(failures));
    }
    if units.is_empty() && !left.is_empty() {
        return Err(nothing_made(&left));
    }
    // What cannot be made now stays as it is.
    units.extend(left.iter().map(|(name, _)| name.clone()));
    let id = |(position, digest)| (blueprint.certificates[position].id.clone(), digest);
    Ok(Staged {
        units,
        left,
        made_from,
        certificates: digests.into_iter().map(id).collect(),
        keys: credentials.key_digests().map(|(id, g, digest)| (id.clone(), g, digest)).collect(),
        secrets: credentials.secrets().map(|(name, secret)| (name, secret.identity())).collect(),
        files: credentials.authority_certificates().map(|(id, pem)| (file_name(id), pem)).collect(),
    })
}

/// Replaces the lock, and then the units. `inputs` are what the build is made from, with this lock.
///
/// # Errors
/// The disk's; nothing visible has changed then.
pub fn write(
    draft: Draft,
    staged: Staged,
    session: Session,
    inputs: impl FnOnce(&str) -> Inputs,
) -> Result<Built, Stopped> {
    let mut lock = draft.lock;
    for (id, digest) in staged.certificates {
        lock.record(&id, digest);
    }
    for (id, generation, digest) in staged.keys {
        lock.record_key(&id, generation, digest);
    }
    let needed = lock.derives_from();
    for (name, identity) in staged.secrets.into_iter().filter(|(name, _)| needed.contains(name)) {
        lock.record_secret(name, identity);
    }
    let text = lock.to_text();
    let files: Vec<(&str, &[u8])> =
        staged.files.iter().map(|(name, pem)| (name.as_str(), pem.as_bytes())).collect();
    let made = Made { inputs: inputs(&text), units: staged.made_from };
    let summary = session.commit_made(Some(text.as_bytes()), &files, &staged.units, &made)?;
    Ok(Built { summary, lock, left: staged.left })
}

/// Not one unit could be made.
fn nothing_made(left: &[(UnitName, String)]) -> Stopped {
    let secrets: BTreeSet<&str> = left.iter().map(|(_, secret)| secret.as_str()).collect();
    let list = secrets.into_iter().map(|secret| format!("`{secret}`")).collect::<Vec<_>>().join(", ");
    let message = format!("nothing can be made: every host and user needs a secret that is not here: {list}");
    let help = "put it back, or say where it is (`--secret NAME=FILE`)";
    Stopped::Diagnostics(vec![Diagnostic::new(Code::MissingSecret, message).help(help)])
}
