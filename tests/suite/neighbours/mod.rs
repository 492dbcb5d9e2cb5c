//! Plans that can never work: neighbours of what happened to people, each kind with several of its own. The table in
//! `tests/README.md` says which kind is held where.

mod files;
mod flags;
mod members;
mod parts;
mod settings;
mod values;

use std::path::Path;

use pkiplan::diagnostics::Diagnostics;
use pkiplan::plan;
use pkiplan::read::Memory;
use pkiplan::source::Sources;

const PLAN: &str = r#"
format = 1

[cluster]
name = "a"
profile = "high-availability"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]
endpoint = "vip.api"

[vip.api]
addresses = ["10.0.0.100"]
port = 16443
interface = "eth0"
nodes = "role:control-plane"

[node.m1]
addresses = ["10.0.0.1"]
roles = ["control-plane", "etcd"]

[node.m2]
addresses = ["10.0.0.2"]
roles = ["control-plane", "etcd"]

[node.m3]
addresses = ["10.0.0.3"]
roles = ["control-plane", "etcd"]

[node.w1]
addresses = ["10.0.0.11"]
roles = ["worker"]
"#;

/// What a plan is told, codes and messages.
fn said(text: &str) -> Vec<(&'static str, String)> {
    said_with(text, "")
}

/// The same with a file `f.yaml` beside it.
fn said_with(text: &str, file: &str) -> Vec<(&'static str, String)> {
    said_of(text, &[("f.yaml", file)])
}

/// The same with files beside it.
fn said_of(text: &str, files: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let world = files
        .iter()
        .fold(Memory::default().with("plan.toml", text), |world, (name, file)| world.with(name, *file));
    let mut diagnostics = Diagnostics::default();
    let plan = plan::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics).ok();
    if let Some(blueprint) = plan.as_ref().and_then(|plan| plan.expand(&mut diagnostics)) {
        plan::dry_render(&blueprint, &mut diagnostics);
    }
    diagnostics.sorted().iter().map(|one| (one.code.name(), one.message.clone())).collect()
}

const CANNOT: &str = "expand::cannot-work";
const MAY: &str = "expand::may-not-work";
const BAD: &str = "resolve::bad-value";
const NOWHERE: &str = "expand::dial-nowhere";
const WORD: &str = "expand::unknown-word";
