//! What was built: every path of every unit with what the manifest says of it, and the certificates and keys
//! that the lock names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64ct::{Base64, Encoding as _};
use serde::Deserialize;

use crate::support::certificate::{self, Certificate, data};
use crate::support::{Lab, State, secrecy};

/// The trees and the lock of one state.
pub(crate) struct Trees {
    /// The cluster's.
    pub(crate) version: String,
    /// `hosts/NAME`, `users/NAME`, `cluster`.
    pub(crate) units: BTreeMap<String, Unit>,
    /// By their ids in the lock.
    pub(crate) certificates: BTreeMap<String, Held>,
    /// The lines of the lock about keys that are no certificate's.
    pub(crate) keys: BTreeMap<String, BTreeMap<String, String>>,
}

/// One folder of the trees, by path.
pub(crate) type Unit = BTreeMap<String, Entry>;

/// A line of a manifest, and what lies there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Entry {
    path: String,
    class: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    mode: String,
    owner: String,
    group: String,
    #[serde(skip)]
    pub(crate) bytes: Option<Vec<u8>>,
    #[serde(default)]
    pub(crate) restart: Vec<String>,
    #[serde(default)]
    pub(crate) reload: Vec<String>,
}

/// A certificate, and the units in which it lies.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) certificate: Certificate,
    pub(crate) units: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Manifest {
    entries: Vec<Entry>,
}

impl Trees {
    pub(crate) fn read(lab: &Lab) -> Self {
        let state = lab.state("cluster.trees");
        let units: BTreeMap<String, Unit> =
            lab.units().into_iter().map(|name| (name.clone(), unit(&state, &name))).collect();
        let lock = lab.read("cluster.lock");
        let certificates = held(&lock, &units, &lab.path("cluster.certs"));
        let plan = lab.read("cluster.toml");
        let version = data(&plan.replace(" = ", ": "), "version").unwrap().trim_matches('"').to_owned();
        Self { version, units, certificates, keys: sections(&lock, "key") }
    }
}

impl Entry {
    /// Whether it lies there as before: the words of who reads it anew do not count.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let seen = |entry: &Self| Self { restart: Vec::new(), reload: Vec::new(), ..entry.clone() };
        seen(self) == seen(other)
    }

    /// Its text, as far as it is one.
    pub(crate) fn text(&self) -> String {
        self.bytes.as_deref().map(secrecy::latin).unwrap_or_default()
    }
}

fn unit(state: &State, name: &str) -> Unit {
    let bytes = |path: &str| state.get(path).and_then(|(_, bytes)| bytes.clone());
    let manifest: Manifest = serde_json::from_slice(&bytes(&format!("{name}.json")).unwrap()).unwrap();
    let filled = manifest.entries.into_iter().map(|mut entry| {
        entry.bytes = bytes(&format!("{name}/{}", entry.path));
        assert_eq!(entry.bytes.is_some(), entry.kind.as_deref() == Some("file"), "{name}: {}", entry.path);
        (entry.path.clone(), entry)
    });
    filled.collect()
}

/// The lines of the lock's sections of one kind, by id and key.
fn sections(lock: &str, kind: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let head = format!("{kind}.\"");
    let texts = lock.split("\n[").filter_map(|text| text.strip_prefix(&head)?.split_once("\"]\n"));
    let line = |line: &str| line.split_once(" = ").map(|(key, value)| (key.to_owned(), value.to_owned()));
    texts.map(|(id, lines)| (id.to_owned(), lines.lines().filter_map(line).collect())).collect()
}

/// The certificates of the lock, found by their serials.
fn held(lock: &str, units: &BTreeMap<String, Unit>, stored: &Path) -> BTreeMap<String, Held> {
    let mut found: BTreeMap<String, Held> = BTreeMap::new();
    let mut find = |certificate: Certificate, unit: Option<&String>| {
        let serial = certificate.serial.replace(':', "");
        let held = found.entry(serial).or_insert_with(|| Held { certificate, units: BTreeSet::new() });
        held.units.extend(unit.cloned());
    };
    for (name, unit) in units {
        for entry in unit.values() {
            certificates(&entry.text()).into_iter().for_each(|certificate| find(certificate, Some(name)));
        }
    }
    for (path, (_, bytes)) in crate::support::state(stored) {
        let bytes = bytes.unwrap_or_else(|| panic!("{path}: no file"));
        certificate::all(&bytes).into_iter().for_each(|certificate| find(certificate, None));
    }
    let take = |(id, lines): (String, BTreeMap<String, String>)| {
        let serial = lines["serial"].trim_matches('"');
        let held = found.remove(serial).unwrap_or_else(|| panic!("{id}: in no file"));
        (id, held)
    };
    sections(lock, "certificate").into_iter().map(take).collect()
}

/// The certificates of a text: in PEM, and embedded in a kubeconfig.
fn certificates(text: &str) -> Vec<Certificate> {
    // `-----BEGIN CERTIFICATE`
    let is_embedded = |word: &&str| word.starts_with("LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS");
    let embedded = text.split_whitespace().map(|word| word.trim_matches('"')).filter(is_embedded);
    let embedded = embedded.flat_map(|word| certificate::all(&Base64::decode_vec(word).unwrap()));
    certificate::all(text.as_bytes()).into_iter().chain(embedded).collect()
}
