//! What `diff --format json` announces, read by somebody who knows its schema and accepts nothing else.

#![allow(dead_code, reason = "what is not judged is told in the snapshots")]

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Announced {
    format: u32,
    before: String,
    after: String,
    plan: Vec<Table>,
    /// `suite/rollout.rs` is about it.
    proof: Option<serde_json::Value>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) trust: Vec<Trust>,
    pub(crate) keys: Vec<Key>,
    pub(crate) units: Vec<Units>,
    pub(crate) waves: Vec<Wave>,
    risks: Vec<Risk>,
    /// Of built trees alone.
    #[serde(default)]
    unproven: Vec<Unproven>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unproven {
    unit: String,
    paths: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    table: String,
    change: String,
    place: String,
    lines: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Certificate {
    pub(crate) change: String,
    pub(crate) id: String,
    pub(crate) unit: Option<String>,
    pub(crate) differences: Vec<Difference>,
    pub(crate) dates: Dates,
    because_of: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dates {
    pub(crate) before: Option<Period>,
    pub(crate) after: Option<Period>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Period {
    pub(crate) not_before: String,
    pub(crate) not_after: String,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    pub(crate) difference: String,
    because_of: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trust {
    pub(crate) change: String,
    pub(crate) certificate: String,
    pub(crate) units: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) change: String,
    pub(crate) id: String,
    pub(crate) differences: Vec<String>,
}

/// Units that change alike.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Units {
    pub(crate) names: Vec<String>,
    pub(crate) change: String,
    /// What they were called.
    #[serde(default)]
    pub(crate) were: Vec<String>,
    pub(crate) files: Vec<File>,
    pub(crate) services: BTreeSet<Service>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) change: String,
    artefact: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) services: BTreeSet<Service>,
    trust: Option<String>,
    because_of: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind", deny_unknown_fields)]
pub(crate) enum Line {
    Value { name: String, before: Option<String>, after: Option<String> },
    Items { name: String, added: Vec<String>, removed: Vec<String> },
    Added { text: String },
    Removed { text: String },
    Same { text: String },
    Gap,
    Note { text: String },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    pub(crate) service: String,
    pub(crate) action: String,
    /// Of a program that is exchanged.
    pub(crate) version: Option<String>,
    /// Why it starts, stops or is exchanged.
    #[serde(default)]
    pub(crate) because_of: Vec<String>,
}

/// What a service does; why is another matter.
impl PartialEq for Service {
    fn eq(&self, other: &Self) -> bool {
        self.what() == other.what()
    }
}

impl Eq for Service {}

impl PartialOrd for Service {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Service {
    fn cmp(&self, other: &Self) -> Ordering {
        self.what().cmp(&other.what())
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wave {
    pub(crate) kind: String,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) hosts: Vec<String>,
    pub(crate) one_by_one: bool,
    pub(crate) services: BTreeSet<Service>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Risk {
    severity: String,
    risk: String,
    message: String,
    help: Option<String>,
    #[serde(default)]
    checks: Vec<String>,
}

/// What is announced of one unit.
#[derive(Debug)]
pub(crate) struct Unit<'a> {
    pub(crate) change: &'a str,
    /// What it was called.
    pub(crate) was: &'a str,
    /// By path.
    pub(crate) files: BTreeMap<String, &'a File>,
    pub(crate) services: &'a BTreeSet<Service>,
}

impl Announced {
    /// A host that is there before and after.
    pub(crate) fn first_host(&self) -> Option<&str> {
        let changed = self.units.iter().filter(|units| units.change == "changed");
        changed.flat_map(|units| &units.names).find_map(|name| name.strip_prefix("hosts/"))
    }

    /// Each unit for itself; what is told twice is an error.
    pub(crate) fn units(&self) -> BTreeMap<&str, Unit<'_>> {
        let mut units = BTreeMap::new();
        for alike in &self.units {
            for (position, name) in alike.names.iter().enumerate() {
                let was = alike.were.get(position).unwrap_or(name);
                let files = alike.files_of(name);
                let unit = Unit { change: &alike.change, was, files, services: &alike.services };
                assert!(units.insert(name.as_str(), unit).is_none(), "{name} is told twice");
            }
        }
        units
    }
}

impl Units {
    /// The files of one of them. Where there are several, `*` stands for its own name.
    fn files_of(&self, name: &str) -> BTreeMap<String, &File> {
        let base = name.rsplit('/').next().unwrap();
        let path = |file: &File| match self.names.len() {
            1 => file.path.clone(),
            _ => file.path.replace('*', base),
        };
        let files: BTreeMap<String, &File> = self.files.iter().map(|file| (path(file), file)).collect();
        assert_eq!(files.len(), self.files.len(), "{name}: a file is told twice");
        files
    }
}

impl Service {
    fn what(&self) -> (&str, &str, Option<&str>) {
        (&self.service, &self.action, self.version.as_deref())
    }

    pub(crate) fn new(service: &str, action: &str) -> Self {
        Self { service: service.to_owned(), action: action.to_owned(), version: None, because_of: Vec::new() }
    }
}
