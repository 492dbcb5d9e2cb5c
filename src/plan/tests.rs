//! Tests of plans with their own catalogs, and of imports.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diagnostics::{Code, Diagnostics, Style, render};
use crate::read::{Memory, World};
use crate::source::Sources;

const PLAN: &str = r#"format = 1
catalog = "catalog"
[cluster]
name = "a"
profile = "high-availability"
service-cidrs = ["10.96.0.0/16"]
[node.m1]
addresses = ["10.0.0.1"]
roles = ["control-plane", "etcd"]
[component.own]
"#;
const MINIMAL: &str = "format = 1\n[cluster]\nname = \"a\"\nprofile = \"high-availability\"\n\
    [node.m1]\naddresses = [\"10.0.0.1\"]\nroles = [\"control-plane\", \"etcd\"]\n";
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
        super::dry_render(&blueprint, &mut diagnostics);
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

#[test]
fn a_plan_that_is_imported_several_times_is_read_once() {
    struct Counting(Memory, AtomicUsize);
    impl World for Counting {
        fn bytes(&self, path: &Path) -> std::io::Result<Vec<u8>> {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.bytes(path)
        }
        fn list(&self, folder: &Path) -> std::io::Result<Vec<String>> {
            self.0.list(folder)
        }
    }
    let level = |next: usize| -> String {
        (0..4).map(|i| format!("[import.y{i}]\nplan = \"b{next}.toml\"\n")).collect()
    };
    let mut world = Memory::default().with("plan.toml", format!("{MINIMAL}{}", level(0)));
    for at in 0..12 {
        world = world.with(format!("b{at}.toml"), format!("{MINIMAL}{}", level(at + 1)));
    }
    let world = Counting(world.with("b12.toml", MINIMAL), AtomicUsize::new(0));
    let mut diagnostics = Diagnostics::default();
    let plan = super::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics);
    assert!(plan.is_ok() && !diagnostics.has_errors());
    // The plans, and perhaps a few files beside each.
    let read = world.1.load(Ordering::Relaxed);
    assert!(read < 100, "{read} files were read");
}

#[test]
fn at_most_a_hundred_plans_are_imported() {
    let imports: String = (0..200).map(|i| format!("[import.y{i}]\nplan = \"b{i}.toml\"\n")).collect();
    let world = Memory::default().with("plan.toml", format!("{MINIMAL}{imports}"));
    let world = (0..200).fold(world, |world, i| world.with(format!("b{i}.toml"), MINIMAL));
    let mut diagnostics = Diagnostics::default();
    _ = super::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics);
    assert!(diagnostics.sorted().iter().any(|diagnostic| diagnostic.code == Code::TooMany));
}

/// Whether a plan with more files is refused as too much.
fn is_too_much(world: Memory) -> bool {
    let mut diagnostics = Diagnostics::default();
    _ = super::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics);
    diagnostics.sorted().iter().any(|diagnostic| diagnostic.code == Code::TooMany)
}

/// A plan that imports as many as there are, each with its own text.
fn importing(count: usize, imported: impl Fn(usize) -> String) -> Memory {
    let imports: String = (0..count).map(|i| format!("[import.y{i}]\nplan = \"b{i}.toml\"\n")).collect();
    let world = Memory::default().with("plan.toml", format!("{MINIMAL}{imports}"));
    (0..count).fold(world, |world, i| world.with(format!("b{i}.toml"), imported(i)))
}

#[test]
fn plans_and_their_imports_have_a_bounded_number_of_catalogs() {
    let with_catalog = |i: usize| {
        let plan = MINIMAL.replacen("format = 1\n", &format!("format = 1\ncatalog = \"c{i}\"\n"), 1);
        assert_ne!(plan, MINIMAL);
        plan
    };
    let world = |count: usize| {
        let folders = (0..count).map(|i| format!("c{i}/a.j2"));
        folders.fold(importing(count, with_catalog), |world, path| world.with(path, "a"))
    };
    assert!(!is_too_much(world(15)) && is_too_much(world(16)));
}

#[test]
fn plans_and_their_imports_have_a_bounded_text() {
    let of_bytes = |mebibytes: usize| format!("{MINIMAL}# {}\n", "x".repeat(mebibytes << 20));
    assert!(!is_too_much(Memory::default().with("plan.toml", of_bytes(7))));
    assert!(is_too_much(Memory::default().with("plan.toml", of_bytes(8))));
    assert!(!is_too_much(importing(4, |_| of_bytes(7))) && is_too_much(importing(5, |_| of_bytes(7))));
}
