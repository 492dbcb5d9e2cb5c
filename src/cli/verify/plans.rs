//! Reads the plans that are proven: one plan, or several plans as one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::Verify;
use crate::cli::plan_argument::settle_named;
use crate::host::{Beside, Hosts, Others};
use crate::printable;
use crate::verify::{Contents, Wired, contents, wired};
use crate::wiring::{Clash, Wiring, join};
use crate::workspace::{Decided, Failure, PlanFiles};

/// A plan as the command line names it.
pub(super) struct Named {
    /// Its file.
    pub(super) plan: PathBuf,
    /// Its trees, where these are to be proven.
    pub(super) trees: Option<PathBuf>,
}

/// All plans, the one that the command is about first.
///
/// # Errors
/// A plan is named twice, or trees of one where none of the others are proven.
pub(super) fn named(arguments: &Verify) -> Result<Vec<Named>, String> {
    let mut all = vec![Named {
        plan: arguments.plan().to_owned(),
        trees: arguments.trees.as_deref().map(Path::to_owned),
    }];
    for text in &arguments.with {
        let parts = text.rsplit_once('=').filter(|_| !Path::new(text).exists());
        let (plan, trees) = parts.map_or((text.as_str(), None), |(plan, trees)| (plan, Some(trees)));
        let mut settled = Some(PathBuf::from(plan));
        settle_named(&mut settled)?;
        let plan = settled.unwrap_or_default();
        if trees.is_some() && arguments.trees.is_none() {
            return Err(format!(
                "--with {}: trees of one plan alone are not proven, since their keys are real and the others' would not be; give \
                 `--trees DIR` for the first plan, too, or leave `={}` out",
                printable::line(text),
                printable::line(trees.unwrap_or_default())
            ));
        }
        let beside = || PlanFiles::of(&plan).trees;
        let trees = arguments.trees.as_ref().map(|_| trees.map_or_else(beside, PathBuf::from));
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if all.iter().any(|known| real(&known.plan) == real(&plan)) {
            return Err(format!("{} is named twice", printable::path(&plan)));
        }
        all.push(Named { plan, trees });
    }
    Ok(all)
}

impl Named {
    pub(super) fn shown(&self) -> Arc<str> {
        printable::path(&self.plan).into()
    }
}

/// Reads the hosts and people of all plans; on a host that is in several the programs of each see what the others put there.
///
/// # Errors
/// Two plans put another file at one path of a host, or have an address for two hosts.
pub(super) fn read(
    names: &[Arc<str>],
    decided: &[Decided<'_>],
    units: &[(&dyn Hosts, &Others)],
    rehearsed: bool,
) -> Result<(Wiring, Vec<Wired>), Failure> {
    let shared: Vec<Vec<BTreeSet<Arc<str>>>> =
        decided.iter().map(|one| decided.iter().map(|other| both(one, other)).collect()).collect();
    for (at, of) in shared.iter().enumerate() {
        for (other, hosts) in of.iter().enumerate().skip(at + 1) {
            for host in hosts {
                if let Some(path) = clash([units[at].0, units[other].0], host, rehearsed) {
                    return Err(format!(
                        "{} and {} both put {} on host {host}, and not the same: one of them has to put its file elsewhere",
                        names[at],
                        names[other],
                        printable::line(&path)
                    )
                    .into());
                }
            }
        }
    }
    let mut all: Vec<Wired> = Vec::new();
    for (at, (one, (own, people))) in decided.iter().zip(units).enumerate() {
        let beside = units.iter().zip(&shared[at]).enumerate().filter(|(other, _)| *other != at);
        let others = beside.map(|(_, ((hosts, _), shared))| (*hosts, shared)).collect();
        all.push(wired(one.blueprint(), &Beside { own: *own, others }, people));
    }
    let mut wirings: Vec<(Arc<str>, Wiring)> =
        names.iter().cloned().zip(all.iter_mut().map(|wired| std::mem::take(&mut wired.wiring))).collect();
    let wiring = match wirings.len() {
        1 => wirings.pop().map(|(_, wiring)| wiring).unwrap_or_default(),
        _ => {
            vips(names, &all, &wirings)?;
            join(wirings).map_err(|clash| Failure::from(of_addresses(&clash)))?
        }
    };
    Ok((wiring, all))
}

/// The hosts that two plans have both: the same name, and an address in common.
fn both(one: &Decided<'_>, other: &Decided<'_>) -> BTreeSet<Arc<str>> {
    let nodes = |of: &Decided<'_>| {
        let nodes = of.blueprint().model.nodes.iter();
        nodes
            .map(|node| (node.name.shared(), node.addresses.to_vec()))
            .collect::<std::collections::BTreeMap<_, _>>()
    };
    let others = nodes(other);
    let own = nodes(one).into_iter().filter(|(name, addresses)| {
        others.get(name).is_some_and(|known| known.iter().any(|address| addresses.contains(address)))
    });
    own.map(|(name, _)| name).collect()
}

/// A path at which both put a file, and not the same one. Copies of a certificate with a key that stands in for the real one
/// are not the same bytes.
fn clash(sides: [&dyn Hosts; 2], host: &Arc<str>, rehearsed: bool) -> Option<String> {
    let counts = |bytes: &[u8]| !(rehearsed && bytes.starts_with(b"-----BEGIN CERTIFICATE"));
    let [one, other] = sides.map(|hosts| {
        let mut found = Contents::new();
        hosts.open(host, &mut |files| found = contents(files, counts));
        found
    });
    one.into_iter()
        .find(|(path, digest)| other.get(path).is_some_and(|known| known != digest))
        .map(|(path, _)| path)
}

/// An address that moves between the hosts of one plan is nobody's in another one.
fn vips(names: &[Arc<str>], all: &[Wired], wirings: &[(Arc<str>, Wiring)]) -> Result<(), Failure> {
    for (at, wired) in all.iter().enumerate() {
        for (other, beside) in all.iter().enumerate().filter(|(other, _)| *other != at) {
            let is_taken = |address: &&std::net::IpAddr| {
                beside.moving.contains(*address)
                    || wirings[other].1.hosts.iter().any(|host| host.addresses.contains(*address))
            };
            if let Some(address) = wired.moving.iter().find(is_taken) {
                return Err(format!(
                    "{address} is the address of a VIP in {} and is in use in {}, too: plans that are proven as one have to be in one \
                     network",
                    names[at], names[other]
                )
                .into());
            }
        }
    }
    Ok(())
}

fn of_addresses(clash: &Clash) -> String {
    let Clash { address, one: (first, host), other: (second, beside) } = clash;
    format!(
        "{address} is the address of {host} in {first} and of {beside} in {second}: plans that are proven as one have to be in one \
         network, and one host has one name in all of them"
    )
}
