//! Collects what a new plan needs, from options, files of a cluster and answers at the terminal.

use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;

use super::arguments::{Init, KUBEADM};
use super::ask::{ask, is_possible};
use crate::catalog::Run;
use crate::cli::output::Output;
use crate::init::{
    Given, Host, Hosts, Known, MOST_HOSTS, Place, Taken, VipAddress, kubeadm, nodes, pods, services, version,
};
use crate::leaks;
use crate::printable;
use crate::read::{Anywhere, World as _};
use crate::values::{Cidr, Family, Interface, Invalid, Name, Version};

/// What a cluster is called where nobody says it.
const NAME: &str = "kubernetes";
const INTERFACE: &str = "eth0";

/// All that a plan needs.
///
/// # Errors
/// What is missing where nobody can be asked, or which file cannot be read.
pub(super) fn answers(arguments: &Init, output: &Output) -> Result<Given, String> {
    let taken = from(&arguments.from)?;
    let known = arguments.nodes.as_deref().map(of_nodes).transpose()?.unwrap_or_default();
    let Known { control_planes, workers } = known;
    let mut answers = Answers {
        arguments,
        output,
        asks: is_possible(),
        control_planes: each(&arguments.control_plane).chain(control_planes).collect(),
        workers: arguments.worker.iter().cloned().chain(workers.into_iter().map(Hosts::One)).collect(),
        taken,
    };
    if !answers.asks {
        answers.is_complete()?;
    }
    answers.given()
}

fn each(hosts: &[Hosts]) -> impl Iterator<Item = Host> {
    hosts.iter().flat_map(Hosts::each).cloned()
}

fn from(words: &[String]) -> Result<Option<Taken>, String> {
    match words {
        [] => Ok(None),
        [kind, file] if kind == KUBEADM => {
            let text = read(Path::new(file))?;
            let file = printable::line(file);
            // It would end in the plan, or in messages, which others see.
            match leaks::holds(&text) {
                Some(what) => Err(format!("{file} contains {what}: remove it from a copy, and use the copy")),
                None => kubeadm(&text, &file).map(Some),
            }
        }
        [kind, _] => Err(format!("--from {kind}: write `--from {KUBEADM} FILE`")),
        _ => Err(format!("--from: write `--from {KUBEADM} FILE` once")),
    }
}

fn of_nodes(file: &Path) -> Result<Known, String> {
    nodes(&read(file)?, &printable::path(file))
}

fn read(path: &Path) -> Result<String, String> {
    Anywhere.read(path).map_err(|error| format!("cannot read {}: {error}", printable::path(path)))
}

struct Answers<'a> {
    arguments: &'a Init,
    output: &'a Output,
    /// Whether somebody is there to ask.
    asks: bool,
    control_planes: Vec<Host>,
    workers: Vec<Hosts>,
    taken: Option<Taken>,
}

impl Answers<'_> {
    /// Whether nothing is missing that has no default.
    fn is_complete(&self) -> Result<(), String> {
        let mut missing: Vec<(&str, &str)> = Vec::new();
        if self.control_planes.is_empty() {
            missing.push(("--control-plane NAME=ADDRESS", "a host with an API server (repeatable)"));
        }
        if self.needs_vip() {
            missing.push(("--vip ADDRESS[:PORT]", "the virtual IP address in front of all API servers"));
        }
        if (self.needs_vip() || self.arguments.vip.is_some()) && self.arguments.interface.is_none() {
            missing.push(("--interface NAME", "the network interface that holds the VIP"));
        }
        if missing.is_empty() {
            return Ok(());
        }
        let lines = missing.iter().map(|(option, what)| format!("\n  {option:<28}  {what}"));
        Err(format!("there is no terminal for questions; add these options:{}", lines.collect::<String>()))
    }

    /// Whether several API servers have nothing in front of them.
    fn needs_vip(&self) -> bool {
        let has_endpoint = self.taken.as_ref().is_some_and(|taken| taken.endpoint.is_some());
        self.control_planes.len() > 1 && self.arguments.vip.is_none() && !has_endpoint
    }

    fn given(&mut self) -> Result<Given, String> {
        let name = self.name()?;
        self.hosts()?;
        self.are_few()?;
        let vip = self.vip()?;
        let hosts = self.addresses(vip.iter().flat_map(|(vip, _)| vip.addresses.iter().copied()));
        let families = self.families();
        let services = self.services(&families, &hosts)?;
        let pods = self.pods(&families, &hosts, &services)?;
        Ok(Given {
            name,
            run: self.run()?,
            version: self.version()?,
            services,
            pods,
            vip,
            control_planes: std::mem::take(&mut self.control_planes),
            workers: std::mem::take(&mut self.workers),
            taken: self.taken.take(),
        })
    }

    /// The answer, or the default where nobody can be asked.
    fn answer<T>(
        &self,
        question: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, String> {
        if self.asks { ask(self.output, question, Some(default), parse) } else { parse(default) }
    }

    fn name(&self) -> Result<String, String> {
        let of_cluster = self.taken.as_ref().and_then(|taken| taken.name.clone());
        match self.arguments.name.clone().or(of_cluster) {
            Some(name) => Ok(name),
            None => self.answer("Cluster name", NAME, parsed::<Name>).map(|name| name.to_string()),
        }
    }

    /// Whether there are no more hosts than a plan may have.
    fn are_few(&self) -> Result<(), String> {
        let workers: usize = self.workers.iter().map(|hosts| hosts.each().len()).sum();
        match self.control_planes.len() + workers {
            ..=MOST_HOSTS => Ok(()),
            count => Err(format!("a plan has at most {MOST_HOSTS} hosts, and you named {count}")),
        }
    }

    /// Asks for hosts where none is known.
    fn hosts(&mut self) -> Result<(), String> {
        if !self.asks || !self.control_planes.is_empty() {
            return Ok(());
        }
        let question = "Control-plane hosts (NAME=ADDRESS, separated by spaces)";
        let hosts = ask(self.output, question, None, |text| match list::<Hosts>(text)? {
            none if none.is_empty() => Err("name at least one, for example master01=10.0.0.11".to_owned()),
            some => Ok(some),
        })?;
        self.control_planes = each(&hosts).collect();
        if self.workers.is_empty() {
            let question = "Workers (same format; leave empty to run pods on the control plane)";
            self.workers = ask(self.output, question, Some("none"), |text| match text {
                "none" => Ok(Vec::new()),
                hosts => list(hosts),
            })?;
        }
        Ok(())
    }

    fn vip(&self) -> Result<Option<(VipAddress, Interface)>, String> {
        let vip = match self.arguments.vip.clone() {
            Some(vip) => vip,
            None if !self.needs_vip() => return Ok(None),
            None => ask(
                self.output,
                "Virtual IP address in front of all API servers (ADDRESS or ADDRESS:PORT, the port is 16443)",
                None,
                parsed,
            )?,
        };
        let interface = match self.arguments.interface.clone() {
            Some(interface) => interface,
            None => self.answer("Network interface for the VIP", INTERFACE, parsed)?,
        };
        Ok(Some((vip, interface)))
    }

    fn services(&self, families: &[Family], hosts: &[IpAddr]) -> Result<Vec<Cidr>, String> {
        let of_cluster = self.taken.as_ref().map(|taken| taken.services.clone());
        match known(&self.arguments.service_cidr, of_cluster) {
            Some(known) => Ok(known),
            None => {
                let others = &self.arguments.pod_cidr;
                let free = services(families, hosts, others);
                self.networks("Service network", free, hosts, others)
            }
        }
    }

    fn pods(&self, families: &[Family], hosts: &[IpAddr], services: &[Cidr]) -> Result<Vec<Cidr>, String> {
        let of_cluster = self.taken.as_ref().map(|taken| taken.pods.clone());
        match known(&self.arguments.pod_cidr, of_cluster) {
            Some(known) => Ok(known),
            None => {
                let free = pods(families, hosts, services);
                self.networks("Pod network", free, hosts, services)
            }
        }
    }

    fn networks(
        &self,
        question: &str,
        free: Vec<Cidr>,
        hosts: &[IpAddr],
        others: &[Cidr],
    ) -> Result<Vec<Cidr>, String> {
        if !self.asks {
            return Ok(free);
        }
        ask(self.output, question, Some(&joined(&free)), |text| free_list(text, hosts, others))
    }

    fn run(&self) -> Result<Run, String> {
        match (self.arguments.run, &self.taken) {
            (Some(run), _) => Ok(run),
            (None, Some(_)) => Ok(Run::StaticPod),
            (None, None) => {
                let words = Run::ALL.map(Run::word).join(" or ");
                let parse = |text: &str| {
                    Run::ALL
                        .into_iter()
                        .find(|run| run.word() == text)
                        .ok_or_else(|| format!("write {words}"))
                };
                self.answer("How to run the components: systemd or static-pod", Run::Systemd.word(), parse)
            }
        }
    }

    fn version(&self) -> Result<Version, String> {
        let of_cluster = self.taken.as_ref().and_then(|taken| taken.version.clone());
        match self.arguments.kubernetes_version.clone().or(of_cluster) {
            Some(version) => Ok(version),
            None => {
                let newest = version().map(|version| version.to_string()).unwrap_or_default();
                self.answer("Kubernetes version", &newest, parsed)
            }
        }
    }

    /// The addresses that no network may hold.
    fn addresses(&self, vip: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
        let endpoint = self.taken.as_ref().and_then(|taken| match &taken.endpoint {
            Some((Place::Address(address), _)) => Some(*address),
            _ => None,
        });
        let workers = self.workers.iter().flat_map(Hosts::each);
        let hosts = self.control_planes.iter().chain(workers).flat_map(|host| host.addresses.iter().copied());
        hosts.chain(vip).chain(endpoint).collect()
    }

    /// The families of the first host, in their order.
    fn families(&self) -> Vec<Family> {
        let mut families = Vec::new();
        for address in self.control_planes.iter().take(1).flat_map(|host| &host.addresses) {
            let family = Family::of(address);
            if !families.contains(&family) {
                families.push(family);
            }
        }
        families
    }
}

/// What was given, else what the cluster has.
fn known(given: &[Cidr], of_cluster: Option<Vec<Cidr>>) -> Option<Vec<Cidr>> {
    let given = (!given.is_empty()).then(|| given.to_vec());
    given.or(of_cluster.filter(|networks| !networks.is_empty()))
}

fn joined(networks: &[Cidr]) -> String {
    networks.iter().map(Cidr::to_string).collect::<Vec<_>>().join(" ")
}

fn parsed<T: FromStr<Err = Invalid>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|invalid: Invalid| match invalid.help {
        Some(help) => format!("{}; {help}", invalid.message),
        None => invalid.message,
    })
}

/// Networks that hold no host and have no address in common with others, or with each other.
fn free_list(text: &str, hosts: &[IpAddr], others: &[Cidr]) -> Result<Vec<Cidr>, String> {
    let networks: Vec<Cidr> = list(text)?;
    for (number, network) in networks.iter().enumerate() {
        if let Some(other) = others.iter().chain(&networks[..number]).find(|other| other.overlaps(network)) {
            return Err(format!("the networks {network} and {other} overlap"));
        }
        if let Some(host) = hosts.iter().find(|host| network.contains(host)) {
            return Err(format!("{host}, the address of a host, is in the network {network}"));
        }
    }
    Ok(networks)
}

/// Values with spaces between them.
fn list<T: FromStr<Err = Invalid>>(text: &str) -> Result<Vec<T>, String> {
    text.split_whitespace().map(parsed).collect()
}
