//! Finds the commit that hosts have, from the records of `pkiplan applied`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::applied::{self, digest};
use crate::git::Revision;
use crate::read::{Bounds, Disk, World as _};
use crate::source::Sources;
use crate::values::{counted, plural};
use crate::workspace::{Failure, PlanFiles};

/// The oldest commit whose lock some host still has, and who has it; none: nobody has noted it, or no commit has it.
pub(super) fn standing(plan: &Path, bounds: &Bounds) -> Result<Option<(Revision, String)>, Failure> {
    let files = PlanFiles::of(plan);
    let disk = Disk::around(plan, bounds)?;
    let Ok(text) = disk.read(&files.applied) else { return Ok(None) };
    let source = Sources::default().add(disk.name(&files.applied), text.as_str());
    // What is wrong with it is reported where the plan is read.
    let Ok(known) = applied::parse(&text, source) else { return Ok(None) };
    let mut by_lock: BTreeMap<Arc<str>, BTreeSet<Arc<str>>> = BTreeMap::new();
    for (host, on, _) in known.hosts() {
        by_lock.entry(Arc::clone(&on.lock)).or_default().insert(Arc::clone(host));
    }
    let mut wanted: BTreeSet<&str> = by_lock.keys().map(|lock| &**lock).collect();
    let mut oldest = None;
    Revision::each_of(plan, &files.lock, bounds, |revision, lock| {
        let digest = digest(lock);
        if wanted.remove(digest.as_str()) {
            oldest = Some((revision, digest));
        }
        !wanted.is_empty()
    })?;
    // A lock that was never committed may be older than all.
    let Some((revision, lock)) = oldest.filter(|_| wanted.is_empty()) else { return Ok(None) };
    let all: usize = by_lock.values().map(BTreeSet::len).sum();
    let (has, later) = by_lock.get(&*lock).map_or((0, all), |hosts| (hosts.len(), all - hosts.len()));
    let mut who = format!("which {} {}", counted(has, "host"), plural(has, "has", "have"));
    if later > 0 {
        who.push_str(&format!(" ({later} of {all} {} a later one)", plural(later, "has", "have")));
    }
    Ok(Some((revision, who)))
}
