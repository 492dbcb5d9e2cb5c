//! Hosts that others made, with all their programs: whether they work together.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use super::builtin::builtin;
use crate::catalog::{Catalog, load, usual_paths};
use crate::host::{Files, copied};
use crate::observe::{HostFiles, Unplanned, observe};
use crate::values::Instant;
use crate::verify::{Doors, Names, Proof, Request, grants, prove};
use crate::wiring::Wiring;

/// A host as the command line names it: `NAME=DIR` or `NAME=DIR@ADDRESS`.
pub(super) struct Named<'h> {
    pub(super) name: &'h str,
    pub(super) folder: &'h str,
    pub(super) address: Option<IpAddr>,
}

impl<'h> Named<'h> {
    pub(super) fn parse(text: &'h str) -> Result<Self, String> {
        let wrong = || format!("--host: `{text}` is not NAME=DIR or NAME=DIR@ADDRESS");
        let (name, rest) = text.split_once('=').ok_or_else(wrong)?;
        let (folder, address) = match rest.rsplit_once('@').map(|(folder, address)| (folder, address.parse()))
        {
            Some((folder, Ok(address))) => (folder, Some(address)),
            _ => (rest, None),
        };
        if name.is_empty() || folder.is_empty() { Err(wrong()) } else { Ok(Self { name, folder, address }) }
    }
}

/// What the programs of hosts do, and whether that works.
pub(super) fn together(hosts: &[Named<'_>], now: Instant) -> Result<(Wiring, Proof), String> {
    let (catalog, known) = catalog();
    let mut opened: Vec<(&Named<'_>, Box<dyn Files + Send>)> = Vec::new();
    for host in hosts {
        opened.push((host, copied(Path::new(host.folder), &known)?.0));
    }
    let seen: Vec<HostFiles<'_>> = opened
        .iter()
        .map(|(host, files)| HostFiles {
            name: Arc::from(host.name),
            addresses: host.address.into_iter().collect(),
            files: &**files,
        })
        .collect();
    let wiring = observe(&seen, &catalog, &Unplanned);
    let (names, doors, grants) = (Names::new(), Doors::new(), grants(&catalog, &[]));
    let (names, doors, moving, grants) = (&names, &doors, &BTreeSet::new(), &grants);
    let request = Request { now, names, doors, moving, grants, authorities: None };
    let proof = prove(&wiring, &request);
    Ok((wiring, proof))
}

/// The built-in catalog, and where its programs look for files.
fn catalog() -> (Catalog, Vec<String>) {
    let (documents, sources, mut diagnostics) = builtin();
    let catalog = load(documents, &sources, &mut diagnostics);
    let known = usual_paths(&catalog, &sources);
    (catalog, known)
}
