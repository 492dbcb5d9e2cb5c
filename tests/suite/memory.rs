//! No key is left in memory: not where it was freed, not on any stack.

use crate::support::secrecy::numbers;
use crate::support::{Lab, SECRET};

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// The names of what is found.
fn found<'p>(memory: &[u8], patterns: &'p [(String, Vec<u8>)]) -> Vec<&'p str> {
    let holds = |pattern: &[u8]| memory.windows(pattern.len()).any(|window| window == pattern);
    patterns.iter().filter(|(_, pattern)| holds(pattern)).map(|(name, _)| name.as_str()).collect()
}

#[track_caller]
fn leaves_nothing(lab: &Lab, arguments: &[&str], public: &str) {
    let mut patterns = numbers(&lab.path("cluster.trees"));
    assert!(patterns.len() > 8, "there are keys to look for");
    patterns.push(("the secret".to_owned(), unhex(SECRET)));
    patterns.push(("the secret's digits".to_owned(), SECRET.into()));
    let memory = lab.memory_at_the_end(arguments);
    // What is no secret shows that the memory is looked through.
    assert_eq!(found(&memory, &[("public".to_owned(), public.into())]), ["public"]);
    assert_eq!(found(&memory, &patterns), Vec::<&str>::new(), "{arguments:?}");
}

#[test]
fn builds_leave_no_keys() {
    let lab = Lab::built("single");
    // Without it the build reads everything again.
    lab.remove("cluster.trees/.pkiplan.last");
    leaves_nothing(&lab, &["build", "cluster.toml"], "[cluster]");
    leaves_nothing(&lab, &["build", "cluster.toml", "--out", "again.trees"], "[cluster]");
    let rsa = Lab::of("single");
    rsa.append("\n[authority.kubernetes]\nkey = \"rsa-2048\"\n");
    rsa.build();
    leaves_nothing(&rsa, &["build", "cluster.toml", "--out", "again.trees"], "[cluster]");
}

#[test]
fn inspection_leaves_no_keys() {
    let lab = Lab::of("single");
    lab.append("\n[authority.kubernetes]\nkey = \"rsa-2048\"\n");
    lab.build();
    let pki = "cluster.trees/hosts/solo/etc/kubernetes/pki";
    for key in ["ca.key", "etcd/server.key"] {
        leaves_nothing(&lab, &["inspect", &format!("{pki}/{key}")], "PKCS#8");
    }
    leaves_nothing(&lab, &["inspect", "cluster.trees/users/admin/kubeconfig"], "kubernetes-admin");
    leaves_nothing(
        &lab,
        &["inspect", "--textconv", "cluster.trees/users/admin/kubeconfig"],
        "kubernetes-admin",
    );
    leaves_nothing(
        &lab,
        &["secret", "check", "cluster.secret", "--plan", "cluster.toml"],
        "(secret `default`)",
    );
}
