//! Groups units that change in the same way, so that they are reported once.

use std::collections::{BTreeMap, BTreeSet};

use super::comparison::{FileChange, ServiceChange, UnitChange, own_table, own_tables};
use super::done::Done;
use super::line::Line;
use super::mask::{Mask, for_all};
use super::unit::Unit;
use crate::read::TableName;
use crate::values::UnitId;

/// What units that change alike have in common; what only stands beside a difference may differ, and what caused it.
type Alike = (Done, bool, Vec<FileChange>, Vec<ServiceChange>);

/// Units that change alike.
struct Group {
    first: Unit,
    /// Their names, and those that they had.
    names: Vec<(UnitId, Option<UnitId>)>,
    files: Vec<FileChange>,
}

/// Those that change alike together, in the order of the first of each. Users are reported one by one.
pub(super) fn alike(units: Vec<Unit>) -> Vec<UnitChange> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: BTreeMap<Alike, usize> = BTreeMap::new();
    for mut unit in units {
        let files = std::mem::take(&mut unit.files).into_iter().map(|file| file.change);
        let mut files: Vec<FileChange> = files.collect();
        if let Some(own) = own_table(&unit.name) {
            rename(&mut files, &mut unit.services, &own, &own_tables());
        }
        files.iter_mut().flat_map(|file| &mut file.lines).for_each(|line| name_all(line, &unit.mask));
        let alike = (unit.change, unit.was.is_some(), bare(&files), without_causes(&unit.services));
        let name = (unit.name.clone(), unit.was.clone());
        match known.get(&alike).filter(|_| unit.node.is_some()) {
            Some(&at) => groups[at].add(name, &files, &unit.services),
            None => {
                if unit.node.is_some() {
                    known.insert(alike, groups.len());
                }
                groups.push(Group { first: unit, names: vec![name], files });
            }
        }
    }
    groups.into_iter().map(Group::reported).collect()
}

/// Files without the lines that may differ: those that are the same before and after, and all of a file that comes or
/// goes as a whole.
fn bare(files: &[FileChange]) -> Vec<FileChange> {
    let differing = |file: &FileChange| match file.change {
        Done::Changed => file.lines.iter().filter(|line| line.differs()).cloned().collect(),
        Done::Added | Done::Removed => Vec::new(),
    };
    let bare = |file| FileChange {
        lines: differing(file),
        because_of: Vec::new(),
        certificates: BTreeSet::new(),
        ..file.clone()
    };
    files.iter().map(bare).collect()
}

fn without_causes(services: &[ServiceChange]) -> Vec<ServiceChange> {
    services.iter().map(|service| ServiceChange { because_of: Vec::new(), ..service.clone() }).collect()
}

/// Several hosts in one list are all reported by their names, one's own among them.
fn name_all(line: &mut Line, mask: &Mask) {
    if let Line::Items { added, removed, .. } = line
        && added.len() + removed.len() > 1
    {
        added.iter_mut().chain(removed).for_each(|item| *item = mask.take_off(item));
    }
}

/// Calls a table otherwise in all causes.
fn rename(files: &mut [FileChange], services: &mut [ServiceChange], from: &TableName, to: &TableName) {
    let of_files = files.iter_mut().map(|file| &mut file.because_of);
    let of_services = services.iter_mut().map(|service| &mut service.because_of);
    for table in of_files.chain(of_services).flatten().filter(|table| **table == *from) {
        to.clone_into(table);
    }
}

/// Takes in what others are caused by.
fn join(causes: &mut Vec<TableName>, others: &[TableName]) {
    for cause in others {
        if !causes.contains(cause) {
            causes.push(cause.clone());
        }
    }
}

impl Group {
    fn add(&mut self, name: (UnitId, Option<UnitId>), files: &[FileChange], services: &[ServiceChange]) {
        self.names.push(name);
        for (shown, other) in self.first.services.iter_mut().zip(services) {
            join(&mut shown.because_of, &other.because_of);
        }
        for (shown, other) in self.files.iter_mut().zip(files) {
            join(&mut shown.because_of, &other.because_of);
            shown.certificates.extend(other.certificates.iter().cloned());
            if shown.lines != other.lines {
                let changed = shown.change == Done::Changed;
                shown.lines.retain(|line| changed && line.differs());
            }
        }
    }

    fn reported(self) -> UnitChange {
        let Group { mut first, names, mut files } = self;
        if let ([_], Some(own)) = (&names[..], own_table(&first.name)) {
            rename(&mut files, &mut first.services, &own_tables(), &own);
        }
        let shown = |text: &str| if names.len() > 1 { for_all(text) } else { first.mask.take_off(text) };
        let files = files.into_iter().map(|file| FileChange {
            path: shown(&file.path),
            artefact: shown(&file.artefact),
            lines: file.lines.into_iter().map(|line| line.map(shown)).collect(),
            ..file
        });
        let files = files.collect();
        let (names, were): (Vec<_>, Vec<_>) = names.into_iter().unzip();
        let were = were.into_iter().flatten().collect();
        UnitChange { names, change: first.change, were, files, services: first.services }
    }
}
