//! Finds files on a host that are not in the plan.

use std::collections::BTreeSet;

use crate::host::{Files, joined};
use crate::render::{Content, Sheet};

/// Folders that belong to the system: what lies there is everybody's.
const SHARED: [&str; 14] = [
    "/",
    "/etc",
    "/etc/default",
    "/etc/sysconfig",
    "/etc/systemd",
    "/etc/systemd/system",
    "/lib/systemd/system",
    "/opt",
    "/root",
    "/usr/lib/systemd/system",
    "/usr/local/bin",
    "/usr/local/lib/systemd/system",
    "/var",
    "/var/lib",
];
/// Paths that are told of one host.
const MOST: usize = 2_000;
/// How units end; what adds to one lies in a folder of its name and `.d`.
const UNIT: &str = ".service";

/// Absolute paths that nobody planned, sorted: in folders of planned files, and what adds to planned units. A folder
/// ends in `/`.
pub(in crate::compare) fn unplanned(files: &dyn Files, sheets: &[Sheet]) -> Vec<String> {
    let paths: BTreeSet<String> = sheets.iter().map(|sheet| format!("/{}", sheet.path)).collect();
    let mut folders = BTreeSet::new();
    for sheet in sheets {
        let path = format!("/{}", sheet.path);
        match &sheet.content {
            Content::Folder => _ = folders.insert(path),
            Content::Pieces(_) => {
                if let Some((folder, _)) = path.rsplit_once('/') {
                    folders.insert(folder.to_owned());
                }
                if path.ends_with(UNIT) {
                    folders.insert(format!("{path}.d"));
                }
            }
            Content::None => {}
        }
    }
    let is_above = |path: &str| {
        let within = format!("{path}/");
        paths.range(within.clone()..).next().is_some_and(|next| next.starts_with(&within))
    };
    let mut found = Vec::new();
    for folder in folders.iter().filter(|folder| !SHARED.contains(&folder.as_str()) && !folder.is_empty()) {
        for entry in files.list(folder).unwrap_or_default() {
            let path = joined(folder, &format!("./{}", entry.name));
            let is_folder = folders.contains(&path) || (entry.folder && is_above(&path));
            if paths.contains(&path) || is_folder || found.len() >= MOST {
                continue;
            }
            found.push(if entry.folder { format!("{path}/") } else { path });
        }
    }
    found
}
