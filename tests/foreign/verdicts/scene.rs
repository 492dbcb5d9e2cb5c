//! Good trees on hosts of their own, and what `verify` and real programs say when one thing in them is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::network::Network;
use crate::programs::etcd::version;
use crate::programs::process::find;
use crate::programs::unit::CommandLine;
use crate::support::Lab;
use crate::support::mutations::{BASES, tree::Tree};

/// A connection that real programs made, or could not make.
#[derive(Debug)]
pub(super) struct Played {
    /// Component and dial.
    pub(super) client: String,
    pub(super) host: String,
    /// The host of the server.
    pub(super) server: String,
    /// Address and port, or URL.
    pub(super) dialled: String,
    pub(super) became: Result<(), String>,
}

/// Trees that hold, and hosts for them.
pub(super) struct Scene {
    lab: Lab,
    pub(super) network: Network,
    addresses: BTreeMap<String, String>,
    /// Where programs may write.
    pub(super) folder: tempfile::TempDir,
}

impl Scene {
    /// Trees of today, for an etcd that is here.
    pub(super) fn of(base: &str) -> Self {
        let lab = BASES.iter().find(|known| known.name == base).unwrap().lab();
        let version = format!("[component.etcd]\nversion = \"{}\"\n", version(&find("etcd")));
        match lab.read("cluster.toml").contains("[component.etcd]\n") {
            true => lab.edit("[component.etcd]\n", &version),
            false => lab.append(&format!("\n{version}")),
        }
        let run = lab.run(&["build", "cluster.toml"]);
        assert_eq!(run.code, 0, "{run:#?}");
        let plan = lab.read("cluster.toml");
        let addresses = addresses(&plan);
        let vip = plan.split("[vip.api]\naddresses = [\"").nth(1).and_then(|rest| rest.split('"').next());
        let hosts: Vec<_> = addresses
            .iter()
            .map(|(name, address)| {
                // Who connects to the VIP is set beside the server that is to answer.
                let vip = vip.filter(|_| is_master(name)).map(|vip| format!(" {vip}/32"));
                (name.clone(), format!("{address}/24{}", vip.unwrap_or_default()))
            })
            .collect();
        Self { network: Network::of(&hosts), lab, addresses, folder: tempfile::tempdir().unwrap() }
    }

    pub(super) fn tree(&self) -> Tree {
        Tree::of(&self.lab.path("cluster.trees"))
    }

    pub(super) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.addresses.keys().map(String::as_str)
    }

    pub(super) fn masters(&self) -> Vec<&str> {
        self.hosts().filter(|name| is_master(name)).collect()
    }

    pub(super) fn address(&self, host: &str) -> &str {
        &self.addresses[host]
    }

    pub(super) fn at(&self, host: &str, program: &str) -> Command {
        self.network.at(host, &find(program))
    }

    /// An empty folder.
    pub(super) fn fresh(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    pub(super) fn report(&self, tree: &Tree) -> Report {
        let trees = tree.path("");
        let arguments = ["verify", "cluster.toml", "--trees", trees.to_str().unwrap(), "--format", "json"];
        let run = self.lab.run(&arguments);
        Report::of(&serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}")))
    }
}

fn is_master(name: &str) -> bool {
    name.starts_with("master")
}

/// The first address of each node of a plan.
fn addresses(plan: &str) -> BTreeMap<String, String> {
    let nodes = plan.split("\n[node.").skip(1).filter_map(|node| {
        let (name, rest) = node.split_once("]\n")?;
        let address = rest.strip_prefix("addresses = [\"")?.split('"').next()?;
        Some((name.to_owned(), address.to_owned()))
    });
    nodes.collect()
}

/// What `verify` said.
pub(super) struct Report {
    /// Client, its host, and the host of the server or what is dialled.
    broken: BTreeSet<(String, String, String)>,
    /// Components and their hosts.
    stopped: BTreeSet<(String, String)>,
    pub(super) whole: String,
}

impl Report {
    fn of(report: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let host = |end: &Value| text(if end["host"].is_string() { &end["host"] } else { &end["name"] });
        let broken = report["not_proven"].as_array().unwrap().iter().map(|connection| {
            assert_eq!(connection["verdict"], "broken", "{connection:#}");
            let client =
                format!("{}.{}", text(&connection["client"]["component"]), text(&connection["dial"]));
            let server = match host(&connection["server"]) {
                none if none.is_empty() => format!("{}:{}", text(&connection["host"]), connection["port"]),
                server => server,
            };
            (client, host(&connection["client"]), server)
        });
        let findings = report["findings"].as_array().unwrap().iter();
        let stopped = findings.filter(|finding| finding["code"] == "verify::does-not-start");
        Self {
            broken: broken.collect(),
            stopped: stopped
                .map(|finding| (text(&finding["subject"]["component"]), host(&finding["subject"])))
                .collect(),
            whole: format!("{:#}", report["findings"]),
        }
    }

    /// Whether it says that this connection does not hold.
    pub(super) fn refuses(&self, played: &Played, server: &str) -> bool {
        let is_broken =
            |to: &str| self.broken.contains(&(played.client.clone(), played.host.clone(), to.to_owned()));
        let client = played.client.split('.').next().unwrap_or_default().to_owned();
        let is_stopped =
            |component: &str, host: &str| self.stopped.contains(&(component.to_owned(), host.to_owned()));
        is_broken(&played.server)
            || is_broken(&played.dialled)
            || is_stopped(&client, &played.host)
            || is_stopped(server, &played.server)
    }
}

/// The flags of a unit, with paths in the tree of its host.
pub(super) struct Flags(Vec<String>);

impl Flags {
    pub(super) fn of(tree: &Path, unit: &str) -> Self {
        Self(CommandLine::read(tree, unit).arguments())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|flag| flag.strip_prefix("--")?.strip_prefix(name)?.strip_prefix('='))
    }

    pub(super) fn all(&self) -> Vec<String> {
        self.0.clone()
    }
}
