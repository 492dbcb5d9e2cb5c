//! What `diff --format json` announces, read by somebody who knows its schema and accepts nothing else.

#![allow(dead_code, reason = "what is not judged is told in the snapshots")]

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Announced {
    format: u32,
    before: String,
    after: String,
    pub(crate) plan: Vec<Table>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) trust: Vec<Trust>,
    pub(crate) keys: Vec<Key>,
    pub(crate) units: Vec<Units>,
    pub(crate) waves: Vec<Wave>,
    pub(crate) risks: Vec<Risk>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) table: String,
    pub(crate) change: String,
    pub(crate) place: String,
    pub(crate) lines: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Certificate {
    pub(crate) change: String,
    pub(crate) id: String,
    pub(crate) units: BTreeSet<String>,
    pub(crate) differences: Vec<Difference>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    pub(crate) difference: String,
    because_of: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trust {
    pub(crate) change: String,
    pub(crate) certificate: String,
    pub(crate) units: BTreeSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) change: String,
    pub(crate) id: String,
    pub(crate) differences: Vec<String>,
}

/// Units that change alike.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Units {
    pub(crate) names: Vec<String>,
    pub(crate) change: String,
    pub(crate) files: Vec<File>,
    pub(crate) services: BTreeSet<Service>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) change: String,
    #[serde(default)]
    pub(crate) lines: Vec<String>,
    #[serde(default)]
    pub(crate) services: BTreeSet<Service>,
    #[serde(default)]
    because_of: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Service {
    pub(crate) service: String,
    pub(crate) action: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wave {
    pub(crate) name: String,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) hosts: Vec<String>,
    pub(crate) services: BTreeSet<Service>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Risk {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// What is announced of one unit.
#[derive(Debug)]
pub(crate) struct Unit<'a> {
    pub(crate) change: &'a str,
    /// By path.
    pub(crate) files: BTreeMap<String, &'a File>,
    pub(crate) services: &'a BTreeSet<Service>,
}

impl Announced {
    /// Each unit for itself; what is told twice is an error.
    pub(crate) fn units(&self) -> BTreeMap<&str, Unit<'_>> {
        let mut units = BTreeMap::new();
        for alike in &self.units {
            for name in &alike.names {
                let unit =
                    Unit { change: &alike.change, files: alike.files_of(name), services: &alike.services };
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
