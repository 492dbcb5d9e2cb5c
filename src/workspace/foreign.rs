//! Reads existing files for `pkiplan lint`: single files, or everything below a directory.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::bytes::all_of;
use crate::host::{Files, Folder};
use crate::lint::Given;
use crate::printable;

/// Files below one folder, folders in one another, and bytes of all files.
const MOST: usize = 4_000;
const DEEPEST: usize = 16;
const BYTES: usize = 64 << 20;
/// Folders of a whole host in which nothing lies that people wrote.
const SYSTEM: [&str; 9] = ["bin", "boot", "dev", "lib", "proc", "run", "sbin", "sys", "usr"];

/// A file, or everything below a folder; of a host where one is named.
#[must_use]
pub fn foreign_files(path: &Path, host: Option<&str>) -> Vec<Given> {
    let shown = printable::path(path);
    if !path.is_dir() {
        let mode = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file);
        let mode = mode.map(|metadata| metadata.permissions().mode());
        let bytes = all_of(path).map_err(|error| error.to_string());
        return vec![Given {
            name: shown.clone(),
            path: shown,
            host: host.map(str::to_owned),
            named: true,
            mode,
            bytes,
        }];
    }
    let failed = |why: String| Given {
        name: shown.clone(),
        path: shown.clone(),
        host: host.map(str::to_owned),
        named: true,
        mode: None,
        bytes: Err(why),
    };
    match Folder::open(path, "/") {
        Ok(folder) => {
            let mut walk =
                Walk { folder: &folder, prefix: prefix(&shown, host), host, found: Vec::new(), bytes: 0 };
            let beyond = walk.folder("", 0).err();
            let mut found = walk.found;
            found.extend(beyond.map(failed));
            found
        }
        Err(why) => vec![failed(why)],
    }
}

/// What stands before paths in names.
fn prefix(shown: &str, host: Option<&str>) -> String {
    match host {
        Some(host) => format!("{host}:"),
        None if shown == "." => String::new(),
        None => shown.trim_end_matches('/').to_owned(),
    }
}

/// A folder while it is walked.
struct Walk<'f> {
    folder: &'f Folder,
    prefix: String,
    host: Option<&'f str>,
    found: Vec<Given>,
    bytes: usize,
}

impl Walk<'_> {
    /// Links are left out: what they lead to within the folder is found there.
    fn folder(&mut self, at: &str, depth: usize) -> Result<(), String> {
        let entries = self
            .folder
            .list(if at.is_empty() { "/" } else { at })
            .map_err(|problem| problem.why.to_string())?;
        let is_host = at.is_empty() && entries.iter().any(|entry| &*entry.name == "etc");
        for entry in entries.iter().filter(|entry| entry.link.is_none()) {
            let path = format!("{at}/{}", entry.name);
            if !entry.folder {
                self.file(&path)?;
            } else if depth >= DEEPEST {
                return Err(format!("it has more than {DEEPEST} levels of nested directories"));
            } else if !(is_host && SYSTEM.contains(&&*entry.name)) {
                self.folder(&path, depth + 1)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &str) -> Result<(), String> {
        if self.found.len() >= MOST {
            return Err(format!("it contains more than {MOST} files: name the relevant directories"));
        }
        let (mode, bytes) = match self.folder.read(path) {
            Ok(Some(file)) => (file.mode, Ok(file.bytes)),
            Ok(None) => return Ok(()),
            Err(problem) => (None, Err(problem.why.to_string())),
        };
        self.bytes += bytes.as_ref().map_or(0, |bytes| bytes.len());
        if self.bytes > BYTES {
            return Err(format!("it contains more than {} MiB: name the relevant directories", BYTES >> 20));
        }
        let shown = printable::line(path);
        let shown = if self.prefix.is_empty() { shown.trim_start_matches('/') } else { &shown };
        let name = format!("{}{shown}", self.prefix);
        let host = self.host.map(str::to_owned);
        self.found.push(Given { name, path: path.to_owned(), host, named: false, mode, bytes });
        Ok(())
    }
}
