//! Renders the text of a first plan.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use super::given::Given;
use super::hosts::{Host, Hosts};
use super::kubeadm::{NAMES, Place};
use super::part::{Line, Part, Wrong};
use super::written::{key, list, quoted};
use crate::catalog::builtin_documents;
use crate::expression::{self, Engine, Failure, FailureKind, Record, Schema, Value};
use crate::read::{Builtin, World as _};
use crate::values::{Family, Version, counted};

/// Where the template stands.
const FILE: &str = "init/cluster.toml";
/// The port of a VIP that haproxy serves where nobody says another one.
const PORT: u16 = 16443;

/// The version of Kubernetes that plans have where they say none.
#[must_use]
pub fn version() -> Option<Version> {
    let (documents, _, _) = builtin_documents();
    documents.profiles.iter().find_map(|profile| profile.version.as_ref()?.value.parse().ok())
}

/// A plan that is being made: what turns out not to be taken by the plan language is left out of it, line by line.
pub struct Plan<'g> {
    given: &'g Given,
    parts: Vec<Part>,
    left: Vec<String>,
}

/// Where the API is reached.
struct Endpoint {
    /// `vip.NAME`, `node.NAME`
    place: String,
    by_name: bool,
    vip: Option<Vip>,
}

struct Vip {
    addresses: Vec<IpAddr>,
    host: String,
    port: u16,
    /// Of what the plan's hosts hold.
    interface: Option<String>,
}

impl<'g> Plan<'g> {
    /// With all that is given.
    #[must_use]
    pub fn new(given: &'g Given) -> Self {
        let taken = given.taken.as_ref();
        let left = taken.map(|taken| taken.left.clone()).unwrap_or_default();
        let mut parts = taken.map(|taken| taken.parts.clone()).unwrap_or_default();
        // Clients know the cluster by its old endpoint until they are given the VIP.
        let old = taken.and_then(|taken| Some((&taken.behind_endpoint, &taken.endpoint.as_ref()?.0)));
        if let (Some((vip, _)), Some((table, old))) = (&given.vip, old)
            && !matches!(old, Place::Address(old) if vip.addresses.contains(old))
            && let Some(part) = parts.iter_mut().find(|part| part.table == *table)
        {
            part.add(NAMES, &old.to_string());
        }
        Self { given, parts, left }
    }

    /// What is not taken over, a line for each.
    #[must_use]
    pub fn left(&self) -> &[String] {
        &self.left
    }

    /// Leaves out what is wrong with lines that kubeadm's configuration brought; false where none of them is meant.
    pub fn leave(&mut self, text: &str, all: &[Wrong<'_>]) -> bool {
        // All that is written in these tables is on one line, so nothing else is a line with such a head.
        let heads: BTreeMap<String, usize> =
            self.parts.iter().enumerate().map(|(at, part)| (part.head(), at)).collect();
        let begins: BTreeMap<usize, usize> =
            (1..).zip(text.lines()).filter_map(|(number, line)| Some((number, *heads.get(line)?))).collect();
        let mut meant: Vec<(usize, String, Wrong<'_>)> = Vec::new();
        // What is wrong in two ways is left out once.
        let mut seen = BTreeSet::new();
        for wrong in all.iter().filter(|wrong| seen.insert((wrong.line, wrong.written))) {
            let Some((begin, at)) = begins.range(..wrong.line).next_back() else { continue };
            let part = &self.parts[*at];
            if let Some(line) = part.lines.get(wrong.line - begin - 1).filter(|_| !part.is_whole) {
                meant.push((*at, line.key.clone(), *wrong));
            }
        }
        let before = self.left.len();
        for (at, key, wrong) in meant {
            self.left.extend(self.parts[at].leave(&key, wrong));
        }
        self.left.len() > before
    }

    /// The text.
    ///
    /// # Errors
    /// There is too much to write.
    pub fn text(&self) -> Result<String, String> {
        let template = Builtin.read(Path::new(FILE)).map_err(|error| format!("{FILE}: {error}"))?;
        let scope = self.scope();
        let schema = ROOTS.iter().fold(Schema::default(), |schema, root| schema.with_open(root));
        let engine = Engine::new();
        let text = engine
            .template(&template, &schema)
            .and_then(|compiled| engine.evaluate(&compiled, &scope))
            .map_err(|failure| self.why(&failure))?;
        Ok(expression::to_text(&text))
    }

    /// Why there is no text.
    fn why(&self, failure: &Failure) -> String {
        if failure.kind == FailureKind::Wrong {
            return format!("{FILE}: {}", failure.message);
        }
        let alone = self.given.workers.iter().filter(|hosts| matches!(hosts, Hosts::One(_))).count();
        let hosts = counted(self.given.control_planes.len() + alone, "host");
        let lines: usize = self.parts.iter().map(|part| part.lines.len()).sum();
        let lines = match lines + self.left.len() {
            0 => String::new(),
            lines => format!(" and {} from kubeadm's configuration", counted(lines, "line")),
        };
        format!(
            "{hosts} with an entry of their own{lines} are too many for a first plan; write workers as ranges, \
             such as `--worker 'node{{001..500}}=10.0.0.11'`, or add them afterwards from a file (`from` of `[pool.NAME]`)"
        )
    }

    fn scope(&self) -> Value {
        let given = self.given;
        let Endpoint { place, by_name, vip } = self.endpoint();
        let domain = given.taken.as_ref().and_then(|taken| taken.domain.as_ref());
        // Without workers the control-plane hosts take the pods; where a cluster runs already, it has decided that.
        let shared = given.workers.is_empty() && given.taken.is_none();
        let stacked = given.taken.as_ref().is_none_or(|taken| taken.stacked);
        let endpoint = Record::new().with("place", quoted(&place)).with("by_name", by_name);
        Record::new()
            .with("name", quoted(&given.name))
            .with("run", quoted(given.run.word()))
            .with("version", quoted(&given.version.to_string()))
            .with("domain", domain.map(|domain| quoted(&domain.to_string())).unwrap_or_default())
            .with("service_cidrs", list(&given.services))
            .with("pod_cidrs", list(&given.pods))
            .with("endpoint", endpoint.build())
            .with("vip", vip.map_or(Value::from(false), Vip::scope))
            .with("control_planes", values(given.control_planes.iter().enumerate().map(one)))
            .with("workers", workers(&given.workers))
            .with("shared", shared)
            .with("stacked", stacked)
            .with("taken", given.taken.is_some())
            .with("parts", values(self.parts.iter().filter(|part| part.is_written()).map(Part::scope)))
            .with("left", values(self.left.iter().map(|line| Value::from(line.as_str()))))
            .build()
    }

    fn endpoint(&self) -> Endpoint {
        let given = self.given;
        let vip = |vip| Endpoint { place: "vip.api".to_owned(), by_name: false, vip: Some(vip) };
        let node = |host: &Host| Endpoint { place: format!("node.{}", host.name), by_name: false, vip: None };
        if let Some((at, interface)) = &given.vip {
            let (port, interface) = (at.port.unwrap_or(PORT), Some(interface.to_string()));
            return vip(Vip { addresses: at.addresses.clone(), host: String::new(), port, interface });
        }
        let taken = given.taken.as_ref().and_then(|taken| Some((taken, taken.endpoint.as_ref()?)));
        match taken {
            Some((taken, (Place::Address(address), port))) => {
                let has_it = |host: &&Host| host.addresses.contains(address) && *port == taken.api_port;
                match given.control_planes.iter().find(has_it) {
                    Some(host) => node(host),
                    None => vip(Vip {
                        addresses: vec![*address],
                        host: String::new(),
                        port: *port,
                        interface: None,
                    }),
                }
            }
            Some((_, (Place::Name(name), port))) => Endpoint {
                by_name: true,
                ..vip(Vip { addresses: Vec::new(), host: name.to_string(), port: *port, interface: None })
            },
            None => match given.control_planes.first() {
                Some(host) => node(host),
                None => Endpoint { place: String::new(), by_name: false, vip: None },
            },
        }
    }
}

/// The names that the template may use.
const ROOTS: [&str; 15] = [
    "name",
    "run",
    "version",
    "domain",
    "service_cidrs",
    "pod_cidrs",
    "endpoint",
    "vip",
    "control_planes",
    "workers",
    "shared",
    "stacked",
    "taken",
    "parts",
    "left",
];

fn values(items: impl Iterator<Item = Value>) -> Value {
    expression::list(items)
}

impl Vip {
    fn scope(self) -> Value {
        let addresses = if self.addresses.is_empty() { String::new() } else { list(&self.addresses) };
        let host = if self.host.is_empty() { String::new() } else { quoted(&self.host) };
        Record::new()
            .with("addresses", addresses)
            .with("host", host)
            .with("port", self.port)
            .with("outside", self.interface.is_none())
            .with("interface", self.interface.map(|name| quoted(&name)).unwrap_or_default())
            .build()
    }
}

impl Part {
    fn scope(&self) -> Value {
        Record::new()
            .with("title", self.title.as_str())
            .with("head", self.head())
            .with("lines", values(self.lines.iter().map(Line::text).map(Value::from)))
            .build()
    }
}

fn one((number, host): (usize, &Host)) -> Value {
    // A dot in a name would begin another table.
    Record::new()
        .with("first", number == 0)
        .with("name", key(&host.name.to_string()))
        .with("names", "")
        .with("addresses", list(&host.addresses))
        .build()
}

/// Single hosts as nodes, ranges as pools with names of their own.
fn workers(all: &[Hosts]) -> Value {
    let mut pools = BTreeSet::new();
    let mut scope = Vec::new();
    for (number, hosts) in all.iter().enumerate() {
        let Hosts::Range { names, stem, hosts } = hosts else {
            scope.extend(hosts.each().iter().map(|host| one((number, host))));
            continue;
        };
        let Some(first) = hosts.first() else { continue };
        let stem = if stem.is_empty() { "workers" } else { stem };
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        let pool = std::iter::once(stem.to_owned()).chain(numbered).find(|name| pools.insert(name.clone()));
        let of = |family: Family| first.addresses.iter().skip(1).find(move |one| Family::of(one) == family);
        let second = |family| of(family).map(|address| quoted(&address.to_string())).unwrap_or_default();
        let record = Record::new()
            .with("pool", key(&pool.unwrap_or_default()))
            .with("names", quoted(names))
            .with(
                "first_address",
                first.addresses.first().map(|one| quoted(&one.to_string())).unwrap_or_default(),
            )
            .with("first_address_v6", second(Family::V6))
            .with("first_address_v4", second(Family::V4));
        scope.push(record.build());
    }
    values(scope.into_iter())
}
