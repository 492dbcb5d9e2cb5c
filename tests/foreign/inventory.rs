//! Ansible's own reading of inventories against ours: the same hosts, addresses and groups.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use pkiplan::diagnostics::Diagnostics;
use pkiplan::plan;
use pkiplan::read::{Bounds, Disk};
use pkiplan::source::Sources;
use serde_json::Value;

use crate::support::Lab;

/// Hosts with their addresses and groups.
type Hosts = BTreeMap<String, (String, BTreeSet<String>)>;

/// What Ansible finds in a file.
fn ansible(lab: &Lab, file: &str) -> Result<Hosts, String> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ansible/bin/ansible-inventory");
    assert!(program.is_file(), "ansible-inventory is missing: run tests/install");
    let mut command = Command::new(program);
    command.args(["--list", "-i"]).arg(lab.path(file)).current_dir(lab.path("."));
    command.env("HOME", lab.path("home")).env("ANSIBLE_INVENTORY_UNPARSED_FAILED", "true");
    command.env("ANSIBLE_INVENTORY_ENABLED", "ini,yaml").env("LC_ALL", "C.UTF-8");
    let output = command.output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut hosts = Hosts::new();
    for (group, _) in value.as_object().unwrap().iter().filter(|(name, _)| *name != "_meta") {
        for host in members(&value, group) {
            let variables = &value["_meta"]["hostvars"][&host];
            let address = &variables["ansible_host"];
            let address = address.as_str().map(str::to_owned).unwrap_or_default();
            let entry = hosts.entry(host).or_insert_with(|| (address, BTreeSet::new()));
            entry.1.insert(group.clone());
        }
    }
    Ok(hosts)
}

fn members(value: &Value, group: &str) -> BTreeSet<String> {
    let list = |key: &str| value[group][key].as_array().cloned().unwrap_or_default();
    let own = list("hosts").into_iter().map(|host| host.as_str().unwrap().to_owned());
    let below = list("children");
    own.chain(below.iter().flat_map(|child| members(value, child.as_str().unwrap()))).collect()
}

/// What a pool finds in it, each group a role; the messages where it refuses.
fn ours(lab: &Lab, file: &str, groups: &BTreeSet<String>) -> Result<Hosts, String> {
    // The group of all hosts is named, so that every host is a node.
    let roles: Vec<String> = groups.iter().map(|group| format!("{:?}", role(group))).collect();
    let mapped: Vec<String> = groups.iter().map(|group| format!("{group:?} = {:?}", role(group))).collect();
    let plan = format!(
        "format = 1\n[cluster]\nname = \"a\"\nlayout = \"kubeadm\"\nroles = [{}]\n[pool.p]\nfrom = {file:?}\ngroups = {{ {} }}\n",
        roles.join(", "),
        mapped.join(", ")
    );
    lab.write("plan.toml", &plan);
    let at = lab.path("plan.toml");
    let disk = Disk::around(&at, &Bounds::default()).unwrap();
    let mut diagnostics = Diagnostics::default();
    let plan = plan::load(&disk, &at, Sources::default(), &mut diagnostics).ok().unwrap();
    if diagnostics.has_errors() {
        return Err(diagnostics
            .sorted()
            .iter()
            .map(|one| format!("{}: {}\n", one.code, one.message))
            .collect());
    }
    let host = |node: &pkiplan::resolve::Node| {
        let address = node.addresses.first().map(ToString::to_string).unwrap_or_default();
        let named = |role: &str| groups.iter().find(|group| self::role(group) == role).unwrap().clone();
        (node.name.to_string(), (address, node.roles.iter().map(|role| named(role)).collect()))
    };
    Ok(plan.model.nodes.iter().map(host).collect())
}

/// A role has no underscores.
fn role(group: &str) -> String {
    group.replace('_', "-")
}

fn agree(lab: &Lab, file: &str, text: &str) {
    lab.write(file, text);
    let theirs = ansible(lab, file).unwrap_or_else(|said| panic!("{text}\n{said}"));
    let groups: BTreeSet<String> = theirs.values().flat_map(|(_, groups)| groups.clone()).collect();
    let found = ours(lab, file, &groups).unwrap_or_else(|said| panic!("{text}\n{said}"));
    assert_eq!(found, theirs, "{text}");
}

const INI: &str = r#"
; hosts that are in no group
alone ansible_host=10.1.0.1

[kube_control_plane]
cp[1:2].example.org
"cp3" ansible_host='10.1.0.13' ansible_password="a b # c" # the third
[etcd:children]
kube_control_plane
late
[kube_control_plane:vars]
ansible_host = "10.1.0.99"
[kube_node]
n[01:05:2]-[a:b]:2222
[kube_node:vars]
ansible_host=10.1.0.98
[late]
cp3
l\ater ansible_host=10.1.0.20
[late:vars]
ansible_host=10.1.0.97
ansible_group_priority=10
[first]
l2
[second]
l2
[first:vars]
ansible_group_priority=3
ansible_host=10.1.0.30
[second:vars]
ansible_host=10.1.0.31
[kube_control_plane]
cp1.example.org ansible_host=10.1.0.11
cp2.example.org ansible_host=10.1.0.12
[kube_node]
n01-a ansible_host=10.1.0.41
n03-a ansible_host=10.1.0.42
n05-a ansible_host=10.1.0.43
n01-b ansible_host=10.1.0.44
n03-b ansible_host=10.1.0.45
"#;

const YAML: &str = r#"
all:
  vars: {ansible_user: deploy}
  hosts:
    alone: {ansible_host: 10.1.0.1}
  children:
    kube_control_plane:
      hosts:
        cp[1:2]:
        cp3: {ansible_host: 10.1.0.13, nested: {a: [1, 2]}}
        cp1: {ansible_host: 10.1.0.11}
      vars: {ansible_host: 10.1.0.12}
    etcd: {children: {kube_control_plane: }}
    kube_node:
      hosts:
        n1: &node
          ansible_host: 10.1.0.41
        n2: {<<: *node, ansible_host: 10.1.0.42}
other:
  hosts: {n1: , o1: {ansible_host: 10.1.0.51}}
"#;

#[test]
fn inventories_say_what_ansible_finds_in_them() {
    let lab = Lab::empty();
    agree(&lab, "hosts.ini", INI);
    agree(&lab, "hosts", INI);
    agree(&lab, "hosts.yaml", YAML);
    agree(&lab, "hosts.yml", YAML);
}

/// Groups and hosts that nobody wrote, in both forms.
#[test]
fn random_inventories_say_what_ansible_finds_in_them() {
    let lab = Lab::empty();
    let count = std::env::var("INVENTORIES").map_or(4, |count| count.parse().unwrap());
    let mut state: u64 = 7;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for _ in 0..count {
        let (mut ini, mut yaml) = (String::new(), String::new());
        for group in 0..6 {
            ini.push_str(&format!("[g{group}]\n"));
            yaml.push_str(&format!(
                "g{group}:\n  hosts:\n    own{group}: {{ansible_host: 10.2.{group}.1}}\n"
            ));
            ini.push_str(&format!("own{group} ansible_host=10.2.{group}.1\n"));
            for host in (0..8).filter(|_| next(3) == 0) {
                // The same host has the same address wherever it is named.
                ini.push_str(&format!("h{host} ansible_host=10.3.0.{host}\n"));
                yaml.push_str(&format!("    h{host}: {{ansible_host: 10.3.0.{host}}}\n"));
            }
            let children: Vec<u64> = (group + 1..6).filter(|_| next(4) == 0).collect();
            if !children.is_empty() {
                ini.push_str(&format!("[g{group}:children]\n"));
                yaml.push_str("  children:\n");
                for child in &children {
                    ini.push_str(&format!("g{child}\n"));
                    yaml.push_str(&format!("    g{child}:\n"));
                }
            }
            // One host of each group has its address from the group alone, or from one above it.
            if next(2) == 0 {
                ini.push_str(&format!(
                    "[g{group}]\nv{group}\n[g{group}:vars]\nansible_host=10.4.0.{group}\n"
                ));
                yaml.push_str(&format!("  vars: {{ansible_host: 10.4.0.{group}}}\n"));
                yaml =
                    yaml.replacen(&format!("    own{group}:"), &format!("    v{group}:\n    own{group}:"), 1);
            }
        }
        agree(&lab, "random.ini", &ini);
        agree(&lab, "random.yaml", &yaml);
    }
}

#[test]
fn what_ansible_refuses_is_refused() {
    let lab = Lab::empty();
    let wrong = [
        ("hosts.ini", "[a]\nh1 word\n"),
        ("hosts.ini", "[a:children]\nb\n"),
        ("hosts.ini", "[b:vars]\nx=1\n"),
        ("hosts.ini", "[a]\nh1 x='y\n"),
        ("hosts.ini", "[a]\nh[01:100]\n"),
        ("hosts.ini", "[a:kinds]\nh1\n"),
        ("hosts.ini", "[a]\nh1\n[b:children]\na\n[a:children]\nb\n"),
        ("hosts.yaml", "- h1\n"),
        ("hosts.yaml", "a: {hosts: [h1]}\n"),
        ("hosts.yaml", "plugin: aws_ec2\n"),
    ];
    for (file, text) in wrong {
        lab.write(file, text);
        assert!(ansible(&lab, file).is_err(), "{text}");
        let said = ours(&lab, file, &BTreeSet::from(["all".to_owned()])).unwrap_err();
        assert!(said.contains("inventory::form"), "{text}: {said}");
    }
}
