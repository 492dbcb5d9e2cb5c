//! No component is known to the program: what it is stands in the catalog.
//!
//! One test looks for the catalog's words in the sources, another builds a plan with a component that
//! exists nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::de::{DeTable, DeValue};

/// Names of flags and components that are ordinary words, too.
const ORDINARY: &[&str] = &[
    // A setting of a program, a command line's word, or both.
    "config",
    "help",
    "name",
    "version",
    "v",
    // Keys of plans for certificates of their own.
    "key-file",
    // The word of plans for what a component's file holds: `Literal`, `Sheet` and so on use it as a noun.
    "kubeconfig",
    "port",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder whose name ends so.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path, end));
        } else if path.to_str().unwrap().ends_with(end) {
            all.push(path);
        }
    }
    all.sort();
    all
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Every string below a value that is a path.
fn paths(value: &DeValue<'_>, found: &mut BTreeSet<String>) {
    match value {
        DeValue::Array(items) => items.iter().for_each(|item| paths(item.get_ref(), found)),
        DeValue::String(text) if text.starts_with('/') && !text.contains("{{") => {
            found.insert(text.to_string());
        }
        DeValue::Table(table) => {
            for (key, inner) in table.iter() {
                if key.get_ref().starts_with('/') {
                    found.insert(key.get_ref().to_string());
                }
                paths(inner.get_ref(), found);
            }
        }
        _ => {}
    }
}

/// Components, flags and paths of the built-in catalog, each with what it is.
fn words() -> BTreeMap<String, &'static str> {
    let templates = root().join("templates");
    let mut words = BTreeMap::new();
    for path in files(&templates.join("components"), "component.toml") {
        let text = read(&path);
        let file = DeTable::parse(&text).unwrap().into_inner();
        let DeValue::Table(head) = file["component"].get_ref() else { panic!("{}", path.display()) };
        let DeValue::String(name) = head["name"].get_ref() else { panic!("{}", path.display()) };
        words.insert(name.to_string(), "component");
        if let Some(DeValue::Table(flags)) = file.get("flags").map(|flags| flags.get_ref()) {
            for (flag, _) in flags.iter() {
                words.entry(flag.get_ref().to_string()).or_insert("flag");
            }
        }
    }
    for path in files(&templates.join("layouts"), ".toml") {
        let text = read(&path);
        let mut found = BTreeSet::new();
        paths(&DeValue::Table(DeTable::parse(&text).unwrap().into_inner()), &mut found);
        words.extend(found.into_iter().map(|path| (path, "path")));
    }
    assert!(words.len() > 100, "the catalog is not where it is looked for");
    words.retain(|word, _| !ORDINARY.contains(&word.as_str()));
    words
}

/// The code of a file: no tests, no comments (which give examples), no explanations of codes (which are documentation).
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = before_tests.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(without_explanation).collect::<Vec<_>>().join("\n")
}

/// A row of a table of codes, `Variant, "module::code", Severity, "explanation";`, without the explanation.
fn without_explanation(line: &str) -> &str {
    let parts: Vec<&str> = line.splitn(4, ", ").collect();
    match parts[..] {
        [_, name, "Error" | "Warning", explanation] if name.contains("::") => {
            &line[..line.len() - explanation.len()]
        }
        _ => line,
    }
}

/// Whether the word stands in the text by itself.
fn holds(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || "-_/".contains(c);
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[test]
fn the_program_knows_no_word_of_the_catalog() {
    let words = words();
    let mut found = Vec::new();
    for path in files(&root().join("src"), ".rs") {
        if path.file_name().unwrap() == "tests.rs" {
            continue;
        }
        let code = code(&read(&path));
        for (word, what) in words.iter().filter(|(word, _)| holds(&code, word)) {
            found.push(format!("{}: the {what} `{word}`", path.strip_prefix(root()).unwrap().display()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

const PLAN: &str = r#"
format = 1
catalog = "catalog"

[cluster]
name = "events"
version = "1.36"
layout = "kubeadm"

[authority.events]
serves = ["events", "etcd"]

[node.a]
addresses = ["10.0.0.1"]

[node.b]
addresses = ["10.0.0.2", "fd00::2"]

[node.c]
addresses = ["10.0.0.3"]

[component.kafka]
place = "all"

[component.etcd]
place = "all"
"#;

const COMPONENT: &str = r#"
[component]
name = "kafka"
title = "Kafka broker"
unit = "kafka.service"
quorum = true

[setting]
port = { type = "port", default = 9094 }

[certificate.broker]
authority = "events"
usage = ["server", "client"]
common-name = "{{ node.name }}"
organizations = ["brokers"]

[bundle]
brokers = { authorities = ["events"] }

[listen.broker]
addresses = "{{ node.addresses }}"
port = "{{ setting.port }}"
certificate = "broker"
clients = "brokers"
clients-required = true

[dial]
others = { to = "kafka.broker", reach = "others", by = "name", certificate = "broker", trusts = "brokers" }
store = { to = "etcd.client", reach = "every", certificate = "broker", trusts = "brokers" }

[flags]
listen = "{{ listen.broker.urls }}"
certificate = "@broker.certificate"
configuration = "@configuration"

[file.configuration]
template = "components/kafka/kafka.conf.j2"
mode = "0640"

[file.unit]
template = "units/service.j2"
with = { documentation = "https://example.com", type = "simple", after = [], user = "root" }

[layout.kubeadm]
file.configuration = "/etc/kafka/kafka.conf"
"#;

const TEMPLATE: &str = "store = {{ dial.store.urls | join(\" \") }}
{% for peer in peers %}
peer {{ peer.name }} = {{ peer.listen.broker.urls | first }}
{% endfor %}
";

fn pkiplan(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pkiplan"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The only file below a folder that ends so.
fn one(folder: &Path, end: &str) -> PathBuf {
    let found = files(folder, end);
    assert_eq!(found.len(), 1, "{end} in {found:?}");
    found[0].clone()
}

#[test]
fn a_component_that_only_this_test_has() {
    let folder = tempfile::tempdir().unwrap();
    let component = folder.path().join("catalog/components/kafka");
    std::fs::create_dir_all(&component).unwrap();
    std::fs::write(component.join("component.toml"), COMPONENT).unwrap();
    std::fs::write(component.join("kafka.conf.j2"), TEMPLATE).unwrap();
    std::fs::write(folder.path().join("plan.toml"), PLAN).unwrap();
    pkiplan(folder.path(), &["build", "plan.toml", "--at", "2026-01-01T00:00:00Z"]);

    let host = folder.path().join("plan.trees/hosts/b");
    let unit = read(&one(&host, "/kafka.service"));
    let configuration = read(&one(&host, "/etc/kafka/kafka.conf"));
    let certificate = one(&host, "kafka-broker.crt");
    let inspected = pkiplan(folder.path(), &["inspect", certificate.to_str().unwrap()]);

    assert!(unit.contains("Description=Kafka broker"), "{unit}");
    assert!(unit.contains("--configuration=/etc/kafka/kafka.conf"), "{unit}");
    assert!(unit.contains("--listen=https://10.0.0.2:9094,https://[fd00::2]:9094"), "{unit}");
    assert!(configuration.contains("store = https://10.0.0.1:2379 https://10.0.0.2:2379"), "{configuration}");
    assert!(configuration.contains("peer c = https://10.0.0.3:9094"), "{configuration}");
    // It lists no names: the others dial it by the node's name.
    assert!(inspected.contains("O=brokers, CN=b"), "{inspected}");
    // The certificate's table has no names: they follow from how the others dial.
    let names = inspected.lines().find_map(|line| line.trim().strip_prefix("names")).unwrap();
    assert_eq!(names.trim(), "DNS:b");
}
