//! The staging directory, in which units are built before they become visible.
//!
//! `.pkiplan.staging` is in the trees, is accessible only to its owner, and exists only while something changes:
//!
//! ```text
//! hosts/master01/         the folder to be, after the exchange the one that was
//! hosts/master01.json     the manifest to be
//! hosts/master01.sha256   the checksum list to be
//! hosts/.master01.json    the manifest for the time of the exchange
//! hosts/.master01         the folder that was, where the file system cannot exchange two names
//! ```

use super::error::WriteError;
use super::folder::{Folder, kind_of, mode_of};
use super::layout::{IMPLIED_MODE, Layout, State};
use super::modes::Modes;
use super::survey::Survey;
use rayon::prelude::*;
use rustix::fs::FileType;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Mutex, PoisonError};

const NAME: &str = ".pkiplan.staging";

type Done<T = ()> = Result<T, WriteError>;

/// The staging folder and the groups in it, made when first needed.
#[derive(Default)]
pub(super) struct Staging {
    groups: Mutex<BTreeMap<String, Arc<Folder>>>,
    /// Of what is made in it.
    pub(super) modes: Modes,
}

impl Staging {
    /// The folder in which the units of a group are staged.
    pub(super) fn group(&self, trees: &Folder, group: &str) -> Done<Arc<Folder>> {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(folder) = groups.get(group) {
            return Ok(Arc::clone(folder));
        }
        let root = match groups.get("") {
            Some(root) => Arc::clone(root),
            None => Arc::new(make_root(trees)?),
        };
        groups.insert(String::new(), Arc::clone(&root));
        if group.is_empty() {
            return Ok(root);
        }
        let folder = Arc::new(root.open_or_make(group, 0o700)?);
        groups.insert(group.to_owned(), Arc::clone(&folder));
        Ok(folder)
    }

    /// Whether anything was staged.
    pub(super) fn is_used(&self) -> bool {
        !self.groups.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

fn make_root(trees: &Folder) -> Done<Folder> {
    let root = trees.open_or_make(NAME, 0o700)?;
    let stat = root.disk().stat_open(root.fd());
    let stat = stat.map_err(|error| trees.error("look at", NAME.as_ref(), error))?;
    if mode_of(&stat) & 0o777 != 0o700 {
        return Err(WriteError::NoModes { path: trees.path().to_owned() });
    }
    Ok(root)
}

/// Makes the folder to be: changed files are written, all others linked from the folder that is visible.
pub(super) fn build(
    group: &Folder,
    base: &str,
    layout: &Layout<'_>,
    survey: &Survey,
    old: Option<&Folder>,
    modes: &Modes,
) -> Done {
    let is_whole = modes.make(group, base, IMPLIED_MODE)?;
    let new = group.open_existing(base)?;
    let mut closed = Vec::new();
    for (path, node) in &layout.nodes {
        let name = OsStr::from_bytes(path);
        match (node.bytes(), old) {
            (None, _) if modes.make(&new, name, node.mode)? => {}
            (None, _) => closed.push((name, node.mode)),
            (Some(_), Some(old)) if node.state == State::Same => old.link_to(name, &new, name)?,
            (Some(bytes), _) => modes.create(&new, name, node.mode, bytes)?,
        }
    }
    if let Some(old) = old {
        carry_over(old, &new, survey)?;
    }
    // Deepest first: a folder may forbid even its owner to go through it.
    for (name, mode) in closed.into_iter().rev() {
        new.set_mode(name, mode)?;
    }
    if is_whole { Ok(()) } else { group.set_mode(base, IMPLIED_MODE) }
}

/// What is not ours stays: its files are linked, its folders made again as they are.
fn carry_over(old: &Folder, new: &Folder, survey: &Survey) -> Done {
    for carried in &survey.carried {
        let name = OsStr::from_bytes(&carried.path);
        let Some(folder) = &carried.folder else {
            old.link_to(name, new, name)?;
            continue;
        };
        new.make(name)?;
        let made = new.stat(name)?;
        if made.is_some_and(|made| (made.st_uid, made.st_gid) != (folder.st_uid, folder.st_gid)) {
            new.set_owner(name, folder)?;
        }
    }
    for carried in survey.carried.iter().rev() {
        if let Some(folder) = &carried.folder {
            new.set_mode(OsStr::from_bytes(&carried.path), mode_of(folder))?;
        }
    }
    Ok(())
}

/// Puts a staged folder in the place of the visible one, which is staged afterwards.
pub(super) fn exchange(staged: &Folder, visible: &Folder, base: &str) -> Done {
    if staged.exchange_with(base, visible, base)? {
        return Ok(());
    }
    // Should we end between the two, `clean` puts the old one back.
    visible.rename_to(base, staged, format!(".{base}"))?;
    staged.rename_to(base, visible, base)
}

/// Removes what is staged, by an earlier build or by this one. Nothing is touched if nothing is.
pub(super) fn clean(trees: &Folder) -> Done {
    let Some(root) = trees.open(NAME)? else { return Ok(()) };
    put_back(&root, trees)?;
    for name in root.names()? {
        if !is_hidden(&name.name)
            && let Some(visible) = open_if_folder(trees, &name.name)?
            && let Some(group) = open_if_folder(&root, &name.name)?
        {
            put_back(&group, &visible)?;
        }
    }
    remove_all(&root)?;
    trees.remove_if_empty(NAME)
}

/// Puts each folder back that was moved away for one that never came.
fn put_back(staged: &Folder, visible: &Folder) -> Done {
    for name in staged.names()? {
        let Some(base) = name.name.to_str().and_then(|name| name.strip_prefix('.')) else { continue };
        let is_folder = staged.stat(&name.name)?.is_some_and(|stat| kind_of(&stat) == FileType::Directory);
        if is_folder && visible.stat(base)?.is_none() {
            staged.rename_to(&name.name, visible, base)?;
        }
    }
    Ok(())
}

fn open_if_folder(at: &Folder, name: &OsStr) -> Done<Option<Folder>> {
    match at.stat(name)? {
        Some(stat) if kind_of(&stat) == FileType::Directory => at.open(name),
        _ => Ok(None),
    }
}

/// Removes everything in a folder of the staging, many units at a time.
fn remove_all(folder: &Folder) -> Done {
    folder.names()?.into_par_iter().try_for_each(|name| {
        let stat = match name.kind {
            FileType::Directory | FileType::Unknown => folder.stat(&name.name)?,
            _ => None,
        };
        let Some(stat) = stat.filter(|stat| kind_of(stat) == FileType::Directory) else {
            return folder.remove_file(&name.name).map(drop);
        };
        if mode_of(&stat) & 0o700 != 0o700 {
            // Some folders forbid even their owner to remove what lies in them.
            folder.set_mode(&name.name, 0o700)?;
        }
        remove_all(&folder.open_existing(&name.name)?)?;
        folder.remove_if_empty(&name.name)
    })
}

/// Whether a name is ours and no unit's.
pub(super) fn is_hidden(name: &OsStr) -> bool {
    name.as_bytes().starts_with(b".")
}
