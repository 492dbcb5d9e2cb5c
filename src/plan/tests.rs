//! Plans with catalogs of their own.

use std::path::Path;

use crate::diagnostics::{Diagnostics, Style, render};
use crate::read::Memory;
use crate::source::Sources;

const PLAN: &str = r#"format = 1
catalog = "catalog"
[cluster]
name = "a"
profile = "high-availability"
[node.m1]
addresses = ["10.0.0.1"]
roles = ["control-plane", "etcd"]
[component.own]
"#;
const COMPONENT: &str = r#"[component]
name = "own"
place = "role:control-plane"
[certificate.server]
authority = "kubernetes"
usage = ["server"]
common-name = "{{ node.name }}"
[file.configuration]
template = "components/own/own.conf.j2"
[layout.kubeadm]
file.configuration = "/etc/own.conf"
"#;

/// What `check` says of a plan whose own component has a template.
fn check(plan: &str, component: &str, template: &str) -> String {
    let world = Memory::default()
        .with("plan.toml", format!("{PLAN}{plan}"))
        .with("catalog/components/own/component.toml", format!("{COMPONENT}{component}"))
        .with("catalog/components/own/own.conf.j2", template);
    let mut diagnostics = Diagnostics::default();
    let plan = super::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics);
    if let Some(blueprint) = plan.as_ref().ok().and_then(|plan| plan.expand(&mut diagnostics)) {
        super::rehearse(&blueprint, &mut diagnostics);
    }
    let sources = plan.as_ref().map_or_else(|sources| sources, |plan| &plan.sources);
    render(&diagnostics, sources, Style { color: false, width: 100 })
}

#[test]
fn a_template_finds_every_keyring_that_it_reads() {
    let keyring = "[keyring.\"my.ring\"]\nkind = \"password\"\n";
    assert_eq!(check(keyring, "", "{{ keyring.my_ring.password }}\n"), "");
    assert_eq!(check(keyring, "", "{{ keyring['my_ring'].password }}\n"), "");
    let by_value = "{% set which = 'my_ring' %}{{ keyring[which].password }}\n";
    assert_eq!(check(keyring, "", by_value), "");
    assert!(check("", "", "{{ keyring.my_ring.password }}\n").contains("undefined"));
}

#[test]
fn a_template_finds_peers_and_dials_however_it_names_them() {
    let dial = "[dial.api]\nto = \"kube-apiserver.https\"\nreach = \"every\"\nby = \"address\"\n";
    for template in ["{{ peers[0:1][0].name }}", "{% set dial = dial.api %}{{ dial.urls[0] }}"] {
        assert_eq!(check("", dial, template), "", "{template}");
    }
}
