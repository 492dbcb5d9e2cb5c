//! The door to files: what a plan names is opened within its root alone, and nothing else is ever printed.

mod foreign_files;
mod long;
mod output;
mod special_files;

use crate::support::Run;

/// A component whose file is made from a template.
const COMPONENT: &str = r#"[component]
name = "x"
place = "role:x"
[certificate.c]
authority = "a"
usage = ["client"]
common-name = "x"
[file.f]
template = "components/x/x.j2"
with = { c = "@c.certificate" }
[layout.kubeadm]
binary = "/usr/bin/x"
certificate.c = { certificate = "/etc/x/c.crt", key = "/etc/x/c.key" }
file.f = "/etc/x/leak.txt"
"#;

/// A plan with that component.
const PLAN: &str = r#"format = 1
catalog = "catalog"
[cluster]
name = "k"
layout = "kubeadm"
version = "1.30"
roles = ["x"]
[authority.a]
[component.x]
[node.m1]
addresses = ["10.0.0.1"]
roles = ["x"]
"#;

/// Fails, and says none of the words.
#[track_caller]
fn refused_without(run: &Run, words: &[&str]) {
    assert_eq!(run.code, 1, "{run:#?}");
    let said = format!("{}{}", run.out, run.err);
    let found: Vec<&&str> = words.iter().filter(|word| said.contains(**word)).collect();
    assert!(found.is_empty() && !said.is_empty(), "{found:?} in {run:#?}");
}
