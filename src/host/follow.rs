//! Follows symbolic links as the host's kernel would (path_resolution(7)), within the host.

use std::collections::VecDeque;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::file::{Entry, File, Kind, Status};
use super::path::{LONGEST, within};
use super::problem::{Problem, Why};

/// How many links are followed on the way to one file, as Linux does.
const MOST_LINKS: usize = 40;
/// Parts of a path at most, links resolved.
const MOST_PARTS: usize = 1024;

/// Files as they lie: no path given here has a link on its way, nor `.` or `..`.
pub(super) trait Store {
    /// What lies there; none where nothing does.
    fn look(&self, path: &Arc<str>) -> Result<Option<Status>, Problem>;
    /// The bytes of a regular file.
    fn bytes(&self, path: &Arc<str>) -> Result<Zeroizing<Vec<u8>>, Problem>;
    /// What lies in a folder, in any order.
    fn entries(&self, path: &Arc<str>) -> Result<Vec<Entry>, Problem>;
}

/// What lies at a path, behind links.
pub(super) fn status(store: &impl Store, path: &str) -> Result<Option<Status>, Problem> {
    let problem = |why| Problem { path: path.into(), why };
    if path.len() > LONGEST || path.contains('\0') {
        return Err(problem(Why::Path));
    }
    let mut rest: VecDeque<Arc<str>> = parts(path).collect();
    let root: Arc<str> = "/".into();
    let mut above = vec![root];
    let (mut links, mut seen) = (0, 0);
    let mut last = None;
    while let Some(part) = rest.pop_front() {
        last = None;
        if &*part == ".." {
            if above.len() > 1 {
                above.pop();
            }
            continue;
        }
        seen += 1;
        if seen > MOST_PARTS {
            return Err(problem(Why::Path));
        }
        let here = within(above.last().map_or("/", |folder| folder), &part);
        let Some(found) = store.look(&here)? else { return Ok(None) };
        match &found.kind {
            Kind::Link(target) => {
                links += 1;
                if links > MOST_LINKS || target.len() > LONGEST {
                    return Err(problem(Why::Links));
                }
                if target.starts_with('/') {
                    above.truncate(1);
                }
                for part in parts(target).collect::<Vec<_>>().into_iter().rev() {
                    rest.push_front(part);
                }
            }
            Kind::Folder => {
                above.push(here);
                last = Some(found);
            }
            // Nothing lies below what is no folder.
            Kind::File | Kind::Other(_) if rest.is_empty() => return Ok(Some(found)),
            Kind::File | Kind::Other(_) => return Ok(None),
        }
    }
    match (last, above.last()) {
        (Some(found), _) => Ok(Some(found)),
        (None, Some(here)) => store.look(here),
        (None, None) => Ok(None),
    }
}

pub(super) fn read(store: &impl Store, path: &str) -> Result<Option<File>, Problem> {
    let Some(Status { path, kind, mode, owner, group }) = status(store, path)? else { return Ok(None) };
    let kind = match kind {
        Kind::File => None,
        Kind::Folder => Some("a directory"),
        Kind::Link(_) => Some("a link"),
        Kind::Other(kind) => Some(kind),
    };
    if let Some(kind) = kind {
        return Err(Problem { path, why: Why::NotAFile(kind) });
    }
    let bytes = store.bytes(&path)?;
    Ok(Some(File { bytes, mode, owner, group, path }))
}

pub(super) fn list(store: &impl Store, folder: &str) -> Result<Vec<Entry>, Problem> {
    let Some(found) = status(store, folder)? else { return Ok(Vec::new()) };
    if found.kind != Kind::Folder {
        return Err(Problem { path: found.path, why: Why::NotAFolder });
    }
    let mut entries = store.entries(&found.path)?;
    entries.sort_unstable();
    Ok(entries)
}

fn parts(path: &str) -> impl Iterator<Item = Arc<str>> + '_ {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).map(Arc::from)
}
