//! Plans, catalogs and locks: text that people write or git merges.

use std::path::Path;

use pkiplan::applied;
use pkiplan::diagnostics::{Diagnostics, Style, render, to_json};
use pkiplan::lock::{Lock, merge};
use pkiplan::plan;
use pkiplan::read::{Memory, World};
use pkiplan::source::Sources;

use super::parts;

/// A plan that takes its catalog from the folder beside it.
const PLAN: &str = "format = 1\ncatalog = \"catalog\"\n[cluster]\nname = \"a\"\nprofile = \"high-availability\"\nservice-cidrs = [\"10.96.0.0/16\"]\n\
    [node.m1]\naddresses = [\"10.0.0.1\"]\nroles = [\"control-plane\", \"etcd\"]\n";

/// What the second part of a catalog's input replaces, by the number of parts before it.
const FILES: [&str; 6] = [
    "components/etcd/component.toml",
    "layouts/kubeadm.toml",
    "profiles/high-availability.toml",
    "flags/etcd.toml",
    "fields/kubelet-v1beta1.toml",
    "roles/cluster.toml",
];

/// Everything that `check` does with a plan, its messages rendered.
pub(super) fn plan(input: &[u8]) {
    check(&Memory::default().with("plan.toml", String::from_utf8_lossy(input)));
}

/// The same with a catalog: the first byte says which file of it the rest is.
pub(super) fn catalog(input: &[u8]) {
    let Some((which, text)) = input.split_first() else { return };
    let path = FILES[usize::from(*which) % FILES.len()];
    let world = Memory::default().with("plan.toml", PLAN);
    check(&world.with(format!("catalog/{path}"), String::from_utf8_lossy(text)));
}

/// A plan whose pool takes its nodes from a file, and a part of a plan.
const INVENTORY: &str =
    "format = 1\ninclude = \"*.part.toml\"\n[cluster]\nname = \"a\"\nroles = [\"r\"]\n[pool.p]\nfrom = \"";

/// The first byte says which form the file has, its first line what else the pool's table says, the rest is the file.
pub(super) fn inventory(input: &[u8]) {
    let Some((which, text)) = input.split_first() else { return };
    let name = ["n.csv", "n.json", "n.ini", "n.yaml", "n.part.toml"][usize::from(*which) % 5];
    let text = String::from_utf8_lossy(text);
    let (keys, text) = text.split_once('\n').unwrap_or_default();
    let plan = format!("{INVENTORY}{name}\"\n{keys}\n");
    let world = Memory::default().with("plan.toml", plan).with("empty.part.toml", "");
    check(&world.with(name, text));
}

fn check(world: &dyn World) {
    let mut diagnostics = Diagnostics::default();
    let plan = plan::load(world, Path::new("plan.toml"), Sources::default(), &mut diagnostics);
    if let Some(blueprint) = plan.as_ref().ok().and_then(|plan| plan.expand(&mut diagnostics)) {
        plan::dry_render(&blueprint, &mut diagnostics);
    }
    shown(&diagnostics, plan.as_ref().map_or_else(|sources| sources, |plan| &plan.sources));
}

/// Renders messages in every form.
fn shown(diagnostics: &Diagnostics, sources: &Sources) {
    for color in [false, true] {
        let text = render(diagnostics, sources, Style { color, width: 100 });
        assert_eq!(text.is_empty(), diagnostics.sorted().is_empty());
    }
    assert!(to_json(diagnostics, sources).is_array());
}

/// Reads what says which hosts have which lock: what was read is written and read again.
pub(super) fn applied(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let read = |text: &str| {
        let mut sources = Sources::default();
        let source = sources.add("plan.applied", text);
        match applied::parse(text, source) {
            Ok(applied) => Some(applied),
            Err(why) => {
                let mut diagnostics = Diagnostics::default();
                diagnostics.push(*why);
                shown(&diagnostics, &sources);
                None
            }
        }
    };
    if let Some(applied) = read(&text) {
        let text = applied.to_text();
        assert_eq!(read(&text).as_ref(), Some(&applied), "{text}");
    }
}

/// Reads a lock, and merges three where there are three: what was read is written and read again.
pub(super) fn lock(input: &[u8]) {
    let locks: Vec<Lock> = parts(input).iter().filter_map(|text| read(text)).collect();
    for lock in &locks {
        let text = lock.to_text();
        assert_eq!(read(&text).as_ref(), Some(lock), "{text}");
    }
    if let [base, ours, theirs, ..] = &locks[..] {
        let _ = (ours.key_changes(theirs), ours.catalog_changes(theirs));
        if let Ok(merged) = merge(base, ours, theirs) {
            assert_eq!(read(&merged.lock.to_text()), Some(merged.lock));
        }
    }
}

fn read(text: &str) -> Option<Lock> {
    let mut sources = Sources::default();
    let source = sources.add("plan.lock", text);
    match Lock::parse(text, source) {
        Ok(lock) => Some(lock),
        Err(diagnostics) => {
            shown(&diagnostics, &sources);
            None
        }
    }
}
