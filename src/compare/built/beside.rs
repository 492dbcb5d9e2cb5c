//! Compares a unit's directories, manifest and checksum list with those that a build would write.

use std::collections::{BTreeMap, BTreeSet};

use super::super::comparison::FileChange;
use super::super::done::Done;
use super::super::line::Line;
use super::super::mask::Mask;
use super::super::state::State;
use super::super::unit::File;
use super::trees::{BuiltFile, BuiltUnit};
use crate::build;
use crate::fill::Filled;
use crate::render::{Content, Sheet};
use crate::specification::CertificateIndex;
use crate::values::UnitId;
use crate::write::{self, Unit, UnitName};

const NOT_OF_THESE: &str = "it does not match what a build writes for these files";

/// The fingerprints of the certificates that are made for a unit.
pub(super) type Digests = Vec<(CertificateIndex, [u8; 32])>;

/// What fills the sheets if what lies there is right, as far as that could be told.
pub(super) fn as_they_lie(sheets: &[Sheet], old: &BTreeMap<String, BuiltFile>) -> Vec<Filled> {
    let lying = |sheet: &Sheet| {
        let file = old.get(&sheet.path).filter(|_| matches!(sheet.content, Content::Pieces(_)));
        let held = file.and_then(|file| file.held.as_ref());
        let keyed = file.and_then(|file| file.keyed.clone()).filter(|_| sheet.content.has_short_secret());
        Filled { bytes: held.map(|held| held.bytes().to_vec().into()), keyed }
    };
    sheets.iter().map(lying).collect()
}

/// The fingerprints that the lock records, but for those of authorities; none where one is not recorded yet.
pub(super) fn recorded(after: &State<'_>, sheets: &[Sheet]) -> Option<Digests> {
    let mut positions = BTreeSet::new();
    for hole in sheets.iter().flat_map(|sheet| sheet.content.holes()) {
        positions.extend(hole.filling.certificates());
    }
    let own = positions.into_iter().filter(|&at| !after.blueprint.certificates[at].holder.is_authority());
    own.map(|at| Some((at, after.draft.certificates[at].recorded_sha256?))).collect()
}

/// What differs. The manifest is compared where nothing else does, and where all is known of what it says: it says what
/// the files are.
pub(super) fn differing(
    after: &State<'_>,
    (name, old): (&UnitId, &BuiltUnit),
    (sheets, filled, digests): (Vec<Sheet>, Vec<Filled>, Option<&Digests>),
    (mask, files): (&Mask, &[File]),
) -> Vec<File> {
    let paths: BTreeSet<String> = sheets.iter().map(|sheet| sheet.path.clone()).collect();
    let known = digests.map_or(&[][..], |digests| digests);
    let unit = UnitName::new(&name.to_string())
        .ok()
        .and_then(|name| build::written(after.blueprint, name, (sheets, filled), known).ok());
    let Some(unit) = unit else { return Vec::new() };
    let mut found = folders(&unit, old, &paths, mask);
    if digests.is_some() && files.is_empty() && found.is_empty() {
        let (manifest, checksums) = write::beside(&unit);
        let base = unit.name.base();
        if manifest != old.manifest.as_bytes() {
            found.push(other(&mask.put_on(&format!("../{base}.json")), "manifest", NOT_OF_THESE));
        }
        if checksums.as_deref() != old.checksums.as_ref().map(String::as_bytes) {
            let path = mask.put_on(&format!("../{base}.sha256"));
            found.push(other(&path, "checksum list", NOT_OF_THESE));
        }
    }
    found
}

/// Folders that no sheet declares and that have another mode or are not there.
fn folders(unit: &Unit, old: &BuiltUnit, declared: &BTreeSet<String>, mask: &Mask) -> Vec<File> {
    let folders = write::folders(unit).unwrap_or_default().into_iter();
    let implied = folders.filter(|(path, _)| !declared.contains(path));
    let differing = implied.filter_map(|(path, mode)| {
        let was = *old.folders.get(&path)?;
        let shown = if path.is_empty() { ".".to_owned() } else { mask.put_on(&path) };
        let mut file = other(&shown, "folder", &format!("mode {was:04o} -> {mode:04o}"));
        file.change.is_folder = true;
        (was != mode).then_some(file)
    });
    differing.collect()
}

fn other(path: &str, artefact: &str, says: &str) -> File {
    let change = FileChange {
        path: path.to_owned(),
        is_folder: false,
        change: Done::Changed,
        artefact: artefact.to_owned(),
        lines: vec![Line::Note { text: says.to_owned() }],
        services: Vec::new(),
        trust: None,
        because_of: Vec::new(),
        certificates: BTreeSet::new(),
    };
    File::alone(change, None)
}
