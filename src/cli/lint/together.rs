//! Parses the hosts of `pkiplan lint`, and proves the connections between them.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use crate::catalog::builtin;
use crate::host::{Files, copied};
use crate::observe::HostFiles;
use crate::values::Instant;
use crate::verify::{self, Proof};
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
    let (catalog, known) = builtin();
    let mut opened: Vec<(&Named<'_>, Box<dyn Files + Send>)> = Vec::new();
    for host in hosts {
        opened.push((host, copied(Path::new(host.folder), &known)?.0));
    }
    let seen = opened.iter().map(|(host, files)| HostFiles {
        name: Arc::from(host.name),
        addresses: host.address.into_iter().collect(),
        files: &**files,
    });
    Ok(verify::together(&seen.collect::<Vec<_>>(), &catalog, now))
}
