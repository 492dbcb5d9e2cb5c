//! The effect of a container's mounts on its program.

use super::command::{Command, Located, Source};
use super::inputs::Inputs;
use crate::catalog::Slot;
use crate::host::{Files, Kind, Place, joined};
use crate::wiring::{Gap, Held, Missing};

/// The words of `type` below `hostPath` (k8s.io/api/core/v1, `HostPathType`), and whether a folder or a file is wanted.
const KINDS: [(&str, Option<Kind>); 8] = [
    ("", None),
    ("BlockDevice", None),
    ("CharDevice", None),
    ("Directory", Some(Kind::Folder)),
    ("DirectoryOrCreate", Some(Kind::Folder)),
    ("File", Some(Kind::File)),
    ("FileOrCreate", Some(Kind::File)),
    ("Socket", None),
];

impl Inputs<'_> {
    /// Where a program keeps what it stores: for a container only a folder of the host outlives it.
    pub(super) fn kept(&self, slot: &Slot) -> Option<Held<()>> {
        let said = self.said(slot)?;
        let input = said.values.first().filter(|input| input.unknown.is_none())?;
        let at = input.at.clone()?;
        let path = match &self.command.folder {
            Some(folder) => joined(folder, &input.text),
            None => joined("/", &input.text),
        };
        let mounts = self.command.paths.mounts.as_deref()?;
        let why = match self.command.paths.locate(&path) {
            Located::Image => "is not mounted into the container: its data is lost with the container",
            Located::Other(what) if &*what == "emptyDir" => {
                "comes from an `emptyDir`: its data is lost with the pod"
            }
            Located::Host { mount: Some(mount), .. } if mounts.get(mount).is_some_and(|m| m.read_only) => {
                "is mounted read-only"
            }
            _ => return None,
        };
        let content = Err(Missing::Wrong(format!("{path} {why}")));
        Some(Held { slot: said.slot, at, access: None, content })
    }
}

/// Why a kubelet does not start a container with such mounts.
pub(super) fn refused(command: &Command, files: &dyn Files) -> Vec<Gap> {
    let mounts = command.paths.mounts.iter().flatten();
    let gap = |place: &Place, why| Gap { at: place.clone(), why };
    let refused = mounts.filter_map(|mount| {
        let Source::Host { path, kind } = &mount.source else { return None };
        let Some((_, wanted)) = KINDS.iter().find(|(name, _)| **name == **kind) else {
            return Some(gap(&mount.place, format!("the `hostPath` at {path} has an unknown type")));
        };
        let there = files.status(path).ok()??.kind;
        let is_other = match wanted {
            Some(Kind::File) => there == Kind::Folder,
            Some(Kind::Folder) => there == Kind::File,
            _ => false,
        };
        is_other
            .then(|| gap(&mount.place, format!("its mount expects a `{kind}` at {path}, which it is not")))
    });
    refused.collect()
}
