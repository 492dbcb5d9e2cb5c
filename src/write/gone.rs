//! Removes units that are still in the trees, but no longer in the plan.

use super::disk::Name;
use super::error::WriteError;
use super::folder::{Folder, kind_of};
use super::layout::Layout;
use super::manifest::Ours;
use super::path::UnitName;
use super::session::Session;
use super::staged::Move;
use super::staging::{self, is_hidden};
use super::survey::survey;
use rustix::fs::FileType;
use std::collections::BTreeSet;
use std::ffi::OsStr;

/// A unit to be removed.
pub(super) struct Gone {
    pub(super) name: UnitName,
    pub(super) folder: Move,
    pub(super) removed: usize,
}

type Done<T = ()> = Result<T, WriteError>;

impl Session {
    /// Finds the units that are no more, by their manifests, and stages what of their folders is not ours.
    pub(super) fn stage_gone(&self, units: &BTreeSet<UnitName>) -> Done<Vec<Gone>> {
        let mut gone = Vec::new();
        for name in self.trees.names()? {
            if is_hidden(&name.name) {
                continue;
            }
            match kind(&self.trees, &name)? {
                FileType::RegularFile => self.look_at("", &self.trees, &name.name, units, &mut gone)?,
                FileType::Directory => self.look_into(&name.name, units, &mut gone)?,
                _ => {}
            }
        }
        Ok(gone)
    }

    /// A folder in the trees is a unit or a group of units; manifests lie only in a group.
    fn look_into(&self, group: &OsStr, units: &BTreeSet<UnitName>, gone: &mut Vec<Gone>) -> Done {
        let Some(group) = group.to_str() else { return Ok(()) };
        let is_unit = |name| units.contains(&name);
        if UnitName::new(group).is_ok_and(is_unit) || self.trees.stat(format!("{group}.json"))?.is_some() {
            return Ok(());
        }
        let Some(folder) = self.visible(group)? else { return Ok(()) };
        for name in folder.names()? {
            if !is_hidden(&name.name) && kind(&folder, &name)? == FileType::RegularFile {
                self.look_at(group, &folder, &name.name, units, gone)?;
            }
        }
        Ok(())
    }

    /// A file that may be a manifest.
    fn look_at(
        &self,
        group: &str,
        folder: &Folder,
        file: &OsStr,
        units: &BTreeSet<UnitName>,
        gone: &mut Vec<Gone>,
    ) -> Done {
        let Some(base) = file.to_str().and_then(|file| file.strip_suffix(".json")) else { return Ok(()) };
        let name = if group.is_empty() { base.to_owned() } else { format!("{group}/{base}") };
        let Ok(name) = UnitName::new(&name) else { return Ok(()) };
        if units.contains(&name) {
            return Ok(());
        }
        let Some(text) = folder.read(file)? else { return Ok(()) };
        match Ours::read(&text, name.as_str()) {
            Ok(ours) => gone.push(self.stage_one(folder, name, &ours)?),
            // A manifest of ours that broke has its folder beside it; anything else is not ours to judge.
            Err(reason) if folder.stat(base)?.is_some() => {
                return Err(WriteError::Manifest { path: folder.place(file), reason });
            }
            Err(_) => {}
        }
        Ok(())
    }

    fn stage_one(&self, group: &Folder, name: UnitName, ours: &Ours) -> Done<Gone> {
        let Some(folder) = group.open(name.base())? else {
            return Ok(Gone { name, folder: Move::Stay, removed: 0 });
        };
        let mut nothing = Layout::empty();
        let found = survey(Some(&folder), &mut nothing, Some(ours))?;
        let how = match (found.carried.is_empty(), found.differs) {
            (true, _) => Move::Vanish,
            (false, true) => Move::Exchange,
            (false, false) => Move::Stay,
        };
        if how != Move::Stay {
            let staged = self.staging.group(&self.trees, name.group())?;
            if how == Move::Exchange {
                let modes = &self.staging.modes;
                staging::build(&staged, name.base(), &nothing, &found, Some(&folder), modes)?;
            }
        }
        Ok(Gone { name, folder: how, removed: found.removed })
    }
}

fn kind(folder: &Folder, name: &Name) -> Done<FileType> {
    if name.kind != FileType::Unknown {
        return Ok(name.kind);
    }
    Ok(folder.stat(&name.name)?.map_or(FileType::Unknown, |stat| kind_of(&stat)))
}
