//! `src/cli/diff/schema.json` says what `--format json` gives, no more and no less.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::{committed, renamed_endpoint};
use crate::support::Lab;
use crate::support::diff_schema::{complaints, path};
use crate::support::installed::installed;
use crate::support::repository::Repository;

const EDIT: &str = include_str!("../../../src/compare/edit.rs");
const COMPARISON: &str = concat!(
    include_str!("../../../src/compare/comparison.rs"),
    include_str!("../../../src/compare/dates.rs"),
    include_str!("../../../src/compare/done.rs"),
    include_str!("../../../src/compare/drifted.rs"),
    include_str!("../../../src/compare/field.rs"),
    include_str!("../../../src/compare/risks/risk.rs"),
);
const LINE: &str = include_str!("../../../src/compare/line.rs");

fn schema() -> Value {
    serde_json::from_str(&std::fs::read_to_string(path()).unwrap()).unwrap()
}

/// Everything that a schema lists under `key`, wherever it stands.
fn listed<'a>(schema: &'a Value, key: &str, found: &mut Vec<&'a Value>) {
    match schema {
        Value::Object(object) => {
            found.extend(object.get(key));
            object.values().for_each(|value| listed(value, key, found));
        }
        Value::Array(items) => items.iter().for_each(|value| listed(value, key, found)),
        _ => {}
    }
}

/// The body of each `struct` or `enum` of a source, with its name.
fn types<'a>(source: &'a str, kind: &str) -> Vec<(&'a str, Vec<&'a str>)> {
    let head = format!("\npub {kind} ");
    source
        .split(&*head)
        .skip(1)
        .map(|block| {
            let (name, rest) = block.split_once(" {").unwrap();
            let lines = rest.split("\n}").next().unwrap().lines();
            // Fields and variants stand at the first level, but for attributes and docs.
            let own = lines.filter(|line| line.starts_with("    ") && !line.starts_with("     "));
            let own = own.map(str::trim).filter(|line| !line.starts_with(['/', '#', '}']));
            (name, own.collect())
        })
        .collect()
}

/// `TrustAdded` as `trust-added`.
fn kebab(word: &str) -> String {
    let mut text = String::new();
    for letter in word.trim_end_matches([',', '{', ' ']).chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

/// Outputs of many kinds, each in a file.
fn outputs() -> (Lab, Vec<PathBuf>) {
    let to = Lab::empty();
    let mut files = Vec::new();
    let mut tell = |repository: &Repository, arguments: &[&str]| {
        let run = repository.diff(&[arguments, &["--format", "json"]].concat());
        let name = format!("{}.json", files.len());
        to.write(&name, &run.out);
        files.push(to.path(&name));
    };
    let repository = renamed_endpoint();
    tell(&repository, &["cluster.toml"]);
    for part in ["certificates", "files", "impact"] {
        tell(&repository, &["cluster.toml", "--only", part]);
    }
    tell(&repository, &["cluster.toml", "--host", "master01"]);
    let lab = &repository.0;
    repository.commit("a name");
    tell(&repository, &["cluster.toml"]);
    lab.edit("run = \"systemd\"\n", "run = \"static-pod\"\n");
    lab.edit("1.36.2", "1.35.4");
    lab.edit("10.96.0.0/16", "10.96.0.0/12");
    tell(&repository, &["cluster.toml"]);
    lab.append("\n[authority.kubernetes]\ngenerations = { use = 2, trust = [2] }\n[user.alice]\norganizations = [\"system:masters\"]\n");
    tell(&repository, &["cluster.toml"]);
    lab.write("cluster.toml", &lab.read("cluster.toml").replace("master01", "control01"));
    tell(&repository, &["cluster.toml"]);
    lab.write("second.toml", include_str!("../../../plans/node-proxy.toml"));
    tell(&repository, &["second.toml"]);
    tell(&repository, &["second.toml", "cluster.toml"]);
    lab.edit("\"vip.api\"", "\"vip.ap\"");
    tell(&repository, &["cluster.toml"]);
    (to, files)
}

#[test]
fn outputs_are_as_it_says() {
    let output =
        Command::new(installed("check-jsonschema")).arg("--check-metaschema").arg(path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let (_lab, files) = outputs();
    let bad: Vec<String> = files
        .iter()
        .filter(|file| std::fs::metadata(file).unwrap().len() < 20)
        .map(|file| file.display().to_string())
        .collect();
    assert_eq!(bad, [""; 0], "nothing was said");
    assert_eq!(complaints(&files), None);
}

/// It refuses what is not so.
#[test]
fn it_is_strict() {
    let repository = committed("minimal");
    repository.0.edit("10.244.0.0/16", "10.245.0.0/16");
    let told = repository.json(&["cluster.toml"], 0);
    let file = repository.0.path("told.json");
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut told = told.clone();
        change(&mut told);
        std::fs::write(&file, told.to_string()).unwrap();
        complaints(std::slice::from_ref(&file)).is_some()
    };
    assert!(!wrong(&|_| {}));
    assert!(wrong(&|told| told["format"] = 2.into()));
    assert!(wrong(&|told| told["more"] = 2.into()));
    assert!(wrong(&|told| told["plan"][0]["change"] = "edited".into()));
    assert!(wrong(&|told| told["units"][0]["names"][0] = "solo".into()));
    assert!(wrong(&|told| told["units"][0]["files"][0]["lines"][0]["kind"] = "words".into()));
    assert!(wrong(&|told| _ = told["waves"][0]["steps"][0].as_object_mut().unwrap().remove("hosts")));
}

/// Every field and every word of the program stands in it, and nothing else.
#[test]
fn it_is_whole() {
    let schema = schema();
    let mut known =
        BTreeSet::from(["format", "before", "after", "diagnostics", "kind"].map(ToOwned::to_owned));
    for (_, fields) in types(COMPARISON, "struct").into_iter().chain(types(EDIT, "struct")) {
        let public = fields.iter().filter_map(|line| line.strip_prefix("pub "));
        known.extend(public.map(|line| line.split(':').next().unwrap().to_owned()));
    }
    for word in ["name", "text", "before", "after", "added", "removed"] {
        assert!(LINE.contains(&format!(" {word}: ")), "{word}");
        known.insert(word.to_owned());
    }
    known.remove("pub(super) at");
    let mut properties = Vec::new();
    let mut own = schema.clone();
    own["$defs"].as_object_mut().unwrap().remove("diagnostic");
    listed(&own, "properties", &mut properties);
    let said: BTreeSet<String> =
        properties.iter().flat_map(|one| one.as_object().unwrap().keys().cloned()).collect();
    assert_eq!(said, known);
    let mut words: BTreeSet<String> = BTreeSet::new();
    for (_, variants) in types(COMPARISON, "enum").into_iter().chain(types(LINE, "enum")) {
        words.extend(variants.iter().map(|variant| kebab(variant)));
    }
    let mut lists = Vec::new();
    listed(&own, "enum", &mut lists);
    let mut single = Vec::new();
    listed(&own, "const", &mut single);
    let of_lists = lists.iter().flat_map(|list| list.as_array().unwrap());
    let said: BTreeSet<String> =
        of_lists.chain(single).filter_map(Value::as_str).map(ToOwned::to_owned).collect();
    assert_eq!(said, words);
}
