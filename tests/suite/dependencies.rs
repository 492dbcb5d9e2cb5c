//! What is built into the program: the rules of `.cargo/deny.toml` as far as they need no network, since not everybody
//! has cargo-deny. Advisories are its own matter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use toml::Table;

/// Where all crates come from.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What Cargo resolves for Linux, as `cargo metadata` prints it (format 1).
fn resolved() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    cargo.args(["metadata", "--format-version=1", "--offline", "--locked", "--all-features"]);
    cargo.arg("--filter-platform=x86_64-unknown-linux-gnu");
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn rules() -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cargo/deny.toml");
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

/// A list of exceptions: each with its reason.
fn exceptions<'r>(rules: &'r Table, section: &str, list: &str, name: &str) -> BTreeSet<&'r str> {
    let named = |entry: &'r toml::Value| {
        assert!(entry["reason"].as_str().is_some_and(|reason| reason.len() > 10), "no reason: {entry:?}");
        entry[name].as_str().unwrap()
    };
    rules[section][list].as_array().unwrap().iter().map(named).collect()
}

/// Crates that are built, by the ids of `cargo metadata`.
struct Crates<'m> {
    packages: BTreeMap<&'m str, &'m Value>,
    uses: BTreeMap<&'m str, Vec<&'m str>>,
    root: &'m str,
}

impl<'m> Crates<'m> {
    fn new(resolved: &'m Value) -> Self {
        let text = |value: &'m Value| value.as_str().unwrap();
        let list = |value: &'m Value| value.as_array().unwrap().iter();
        let packages = list(&resolved["packages"]).map(|package| (text(&package["id"]), package));
        let uses = list(&resolved["resolve"]["nodes"]).map(|node| {
            let built =
                list(&node["deps"]).filter(|used| list(&used["dep_kinds"]).any(|kind| kind["kind"] != "dev"));
            (text(&node["id"]), built.map(|used| text(&used["pkg"])).collect())
        });
        let root = text(&resolved["resolve"]["root"]);
        Self { packages: packages.collect(), uses: uses.collect(), root }
    }

    fn text(&self, id: &str, field: &str) -> &'m str {
        self.packages[id][field].as_str().unwrap_or_default()
    }

    /// What is built, without what only crates named `without` bring.
    fn built(&self, without: &BTreeSet<&str>) -> BTreeSet<&'m str> {
        let (mut built, mut rest) = (BTreeSet::new(), vec![self.root]);
        while let Some(id) = rest.pop() {
            if !without.contains(self.text(id, "name")) && built.insert(id) {
                rest.extend(&self.uses[id]);
            }
        }
        built
    }

    /// The names of crates with several versions, with these.
    fn several(&self, without: &BTreeSet<&str>) -> BTreeMap<&'m str, BTreeSet<&'m str>> {
        let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for id in self.built(without) {
            versions.entry(self.text(id, "name")).or_default().insert(self.text(id, "version"));
        }
        versions.retain(|_, versions| versions.len() > 1);
        versions
    }
}

/// Whether an SPDX expression can be kept with the licences that are allowed. `/` is an old spelling of `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let kept = any(&mut rest, allowed);
    assert!(rest.is_empty(), "`{expression}` is no expression of licences");
    kept
}

fn any(rest: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let mut kept = all(rest, allowed);
    while let ["OR", more @ ..] = rest {
        *rest = more;
        kept |= all(rest, allowed);
    }
    kept
}

fn all(rest: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    let mut kept = one(rest, allowed);
    while let ["AND", more @ ..] = rest {
        *rest = more;
        kept &= one(rest, allowed);
    }
    kept
}

fn one(rest: &mut &[&str], allowed: &BTreeSet<&str>) -> bool {
    match rest {
        ["(", more @ ..] => {
            *rest = more;
            let kept = any(rest, allowed);
            assert_eq!(rest.first(), Some(&")"), "a bracket stays open");
            *rest = &rest[1..];
            kept
        }
        // An exception only permits more than the licence does.
        [licence, "WITH", _, more @ ..] | [licence, more @ ..] => {
            *rest = more;
            allowed.contains(licence)
        }
        [] => false,
    }
}

#[test]
fn licences_let_the_program_be_given_on() {
    let (resolved, rules) = (resolved(), rules());
    let crates = Crates::new(&resolved);
    let allow = rules["licenses"]["allow"].as_array().unwrap();
    let allowed = allow.iter().map(|licence| licence.as_str().unwrap()).collect();
    let refused: Vec<&str> = crates
        .built(&BTreeSet::new())
        .into_iter()
        .filter(|id| !is_allowed(crates.text(id, "license"), &allowed))
        .collect();
    assert!(refused.is_empty(), "their licences are not in `allow`: {refused:#?}");
}

#[test]
fn expressions_of_licences_are_read() {
    let allowed = BTreeSet::from(["MIT", "ISC"]);
    for (expression, kept) in [
        ("MIT", true),
        ("GPL-2.0-only", false),
        ("GPL-2.0-only/MIT", true),
        ("ISC AND (GPL-2.0-only OR MIT)", true),
        ("ISC AND GPL-2.0-only OR MIT", true),
        ("ISC AND (GPL-2.0-only OR Zlib)", false),
        ("MIT WITH LLVM-exception AND ISC", true),
    ] {
        assert_eq!(is_allowed(expression, &allowed), kept, "{expression}");
    }
}

#[test]
fn a_crate_is_there_once_or_for_a_reason() {
    let (resolved, rules) = (resolved(), rules());
    let crates = Crates::new(&resolved);
    let apart = exceptions(&rules, "bans", "skip-tree", "crate");
    let known = exceptions(&rules, "bans", "skip", "crate");
    let several = crates.several(&apart);
    let names: BTreeSet<&str> = several.keys().copied().collect();
    let new: BTreeMap<_, _> = several.iter().filter(|(name, _)| !known.contains(*name)).collect();
    assert!(new.is_empty(), "there are several versions of a crate and no reason in `skip`: {new:#?}");
    let left: Vec<_> = known.difference(&names).collect();
    assert!(left.is_empty(), "there is one version of each: take them out of `skip`: {left:?}");
    for tree in apart {
        let others = crates.several(&BTreeSet::from([tree])).len();
        assert!(others < crates.several(&BTreeSet::new()).len(), "nothing is there twice for `{tree}`");
    }
}

#[test]
fn every_crate_comes_from_crates_io() {
    let resolved = resolved();
    let crates = Crates::new(&resolved);
    let foreign: Vec<&str> = crates
        .packages
        .keys()
        .filter(|id| **id != crates.root && crates.text(id, "source") != REGISTRY)
        .copied()
        .collect();
    assert!(foreign.is_empty(), "{foreign:#?}");
}

#[test]
fn an_advisory_that_is_ignored_has_a_reason() {
    let rules = rules();
    let ignored = exceptions(&rules, "advisories", "ignore", "id");
    assert!(ignored.iter().all(|id| id.starts_with("RUSTSEC-")), "{ignored:?}");
}
