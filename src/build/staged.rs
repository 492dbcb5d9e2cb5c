//! Builds all units in parallel, then writes them with the lock in one commit.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::piece::{self, Common};
use super::shard::Shard;
use super::stopped::{Stopped, Unmade};
use super::unit::{Job, StagedUnit, jobs, render, unit_of};
use crate::decide::Draft;
use crate::diagnostics::{Code, Diagnostic};
use crate::expand::Blueprint;
use crate::fill::Credentials;
use crate::lock::Lock;
use crate::stored::file_name;
use crate::values::UnitId;
use crate::write::{Inputs, Made, Session, Summary, Text, UnitName, WriteError};

/// All units, staged, and what the lock records of what was made. No key is in it.
pub struct Staged {
    units: BTreeSet<UnitName>,
    left: Vec<(UnitName, String)>,
    /// What each is made from.
    made_from: BTreeMap<UnitName, [u8; 32]>,
    /// What else was made.
    made: piece::Made,
}

/// What a build did.
pub struct Built {
    /// What was written.
    pub summary: Summary,
    /// The lock as it is now.
    pub lock: Lock,
    /// How many units there are.
    pub units: usize,
    /// What could not be made and stays as it is, each with a secret that it lacks.
    pub left: Vec<(UnitName, String)>,
}

/// Makes every unit of a shard, or all, many at a time, as `make` does one; none where there is nothing to write.
///
/// # Errors
/// What stopped one of them, and where not one of them could be made.
pub fn each_unit(
    credentials: &Credentials<'_>,
    shard: Option<&Shard>,
    make: impl Fn(Job) -> Result<Option<StagedUnit>, Unmade> + Send + Sync,
) -> Result<Staged, Stopped> {
    let blueprint = credentials.blueprint();
    let (own, others): (Vec<Job>, Vec<Job>) =
        jobs(blueprint).into_iter().partition(|job| shard.is_none_or(|shard| shard.makes(blueprint, *job)));
    let made: Vec<_> = own.into_par_iter().map(make).collect();
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
    for job in others {
        units.extend(name_of(blueprint, job)?);
    }
    // What cannot be made now stays as it is.
    units.extend(left.iter().map(|(name, _)| name.clone()));
    let id = |(position, digest)| (blueprint.certificates[position].id.clone(), digest);
    Ok(Staged {
        units,
        left,
        made_from,
        made: piece::Made {
            certificates: digests.into_iter().map(id).collect(),
            keys: credentials.key_digests().map(|(id, g, digest)| (id.clone(), g, digest)).collect(),
            secrets: credentials.secrets().map(|(name, secret)| (name, secret.identity())).collect(),
            files: credentials.authority_certificates().map(|(id, pem)| (file_name(id), pem)).collect(),
        },
    })
}

/// What the unit of a job is called; none where there is nothing to write.
fn name_of(blueprint: &Blueprint<'_>, job: Job) -> Result<Option<UnitName>, Stopped> {
    let name = |unit: &UnitId| UnitName::new(&unit.to_string()).map_err(WriteError::from);
    let unit = match unit_of(blueprint, job) {
        Some(unit) => Some(unit),
        None => match render(blueprint, job) {
            Ok(rendered) => rendered.map(|rendered| rendered.unit().clone()),
            Err(Unmade::Stopped(stopped)) => return Err(stopped),
            Err(Unmade::Lacks(name, _)) => return Ok(Some(name)),
        },
    };
    Ok(unit.as_ref().map(name).transpose()?)
}

/// Writes what a shard has made: its piece of the lock with `leave`, and then its units. The lock stays.
///
/// # Errors
/// The disk's.
pub fn write_shard(
    lock: Lock,
    staged: Staged,
    session: &Session,
    (shard, common): (Shard, Common),
    leave: impl FnOnce(&str) -> Result<(), WriteError>,
) -> Result<Built, Stopped> {
    leave(&piece::piece(shard, common, &lock, staged.made).to_text())?;
    // A record is of whole builds, and the certificates beside the lock come with the lock.
    let summary = session.commit_made(None, &[], &staged.units, &Made::default())?;
    Ok(Built { summary, lock, units: staged.units.len(), left: staged.left })
}

/// Replaces the lock, and then the units. `inputs` are what the build is made from, with this lock.
///
/// # Errors
/// The disk's; nothing visible has changed then.
pub fn write(
    draft: Draft,
    staged: Staged,
    session: &Session,
    inputs: impl FnOnce(&Text<'_>) -> Inputs,
) -> Result<Built, Stopped> {
    let mut lock = draft.lock;
    // What follows needs memory, too.
    drop(draft.certificates);
    for (id, digest) in staged.made.certificates {
        lock.record(&id, digest);
    }
    for (id, generation, digest) in staged.made.keys {
        lock.record_key(&id, generation, digest);
    }
    let needed = lock.derives_from();
    for (name, identity) in staged.made.secrets.into_iter().filter(|(name, _)| needed.contains(name)) {
        lock.record_secret(name, identity);
    }
    let files: Vec<(&str, &[u8])> =
        staged.made.files.iter().map(|(name, pem)| (name.as_str(), pem.as_bytes())).collect();
    let made = Made { inputs: inputs(&|each| lock.pieces(each)), units: staged.made_from };
    let summary = session.commit_made(Some(&|each| lock.pieces(each)), &files, &staged.units, &made)?;
    Ok(Built { summary, lock, units: staged.units.len(), left: staged.left })
}

/// Not one unit could be made.
fn nothing_made(left: &[(UnitName, String)]) -> Stopped {
    let secrets: BTreeSet<&str> = left.iter().map(|(_, secret)| secret.as_str()).collect();
    let list = secrets.into_iter().map(|secret| format!("`{secret}`")).collect::<Vec<_>>().join(", ");
    let message = format!("nothing can be built: every host and user needs a secret that is missing: {list}");
    let help = "restore it, or say where it is (`--secret NAME=FILE`)";
    Stopped::Diagnostics(vec![Diagnostic::new(Code::MissingSecret, message).help(help)])
}
