//! Decisions without a secret, and what a keyed build makes of them later.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::snapshot::compare;
use crate::support::{AT, Lab, Run, SECRET};

const LATER: &str = "2026-02-01T00:00:00Z";
const LOCK: [&str; 4] = ["lock", "cluster.toml", "--at", AT];
const CHECK: [&str; 3] = ["lock", "cluster.toml", "--check"];
const LOCKED: [&str; 5] = ["build", "cluster.toml", "--locked", "--at", LATER];

/// Runs and wants no complaint.
fn good(lab: &Lab, arguments: &[&str]) -> Run {
    let run = lab.run(arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    run
}

fn without<'a>(lock: &'a str, keys: &[&str]) -> Vec<&'a str> {
    let dropped = |line: &&str| !keys.iter().any(|key| line.starts_with(key));
    lock.lines().filter(dropped).collect()
}

/// A contributor decides, whoever has the secret builds: the same as if one of them had done both.
#[test]
fn a_lock_without_secret_is_made_true_later() {
    let lab = Lab::bare("ha");
    lab.write("cluster.lock", &Lab::of("ha").read("cluster.lock"));
    compare("cli/lock-first.txt", &good(&lab, &LOCK).transcript());
    assert_eq!(lab.state(".").into_keys().collect::<Vec<_>>(), ["cluster.lock", "cluster.toml"]);
    let decided = lab.read("cluster.lock");
    assert!(!decided.contains("[secrets]") && !decided.contains("sha256"));
    compare("cli/lock-again.txt", &good(&lab, &LOCK).transcript());
    compare("cli/lock-check-settled.txt", &good(&lab, &CHECK).transcript());
    compare("cli/lock-no-secret-yet.txt", &lab.run(&["build", "cluster.toml"]).transcript());
    assert_eq!(lab.state(".").into_keys().collect::<Vec<_>>(), ["cluster.lock", "cluster.toml"]);

    lab.secret(SECRET);
    good(&lab, &LOCKED);
    let built = lab.read("cluster.lock");
    // What is added is the secret's identity and fingerprints, and nothing else.
    let added = ["[secrets]", "default = ", "sha256 = ", ""];
    assert_eq!(without(&built, &added[..3]).join("\n").replace("\n\n\n", "\n\n"), decided.trim_end());
    assert_eq!(lab.state("."), Lab::built("ha").state("."));
    good(&lab, &LOCKED);
    assert_eq!(lab.read("cluster.lock"), built);
}

/// Whoever decides without the secret keeps what builds have recorded.
#[test]
fn deciding_again_keeps_fingerprints() {
    let lab = Lab::built("single");
    let before = lab.state(".");
    good(&lab, &LOCK);
    assert_eq!(lab.state("."), before);
    lab.edit("profile = ", "domain = \"k8s.local\"\nprofile = ");
    compare("cli/lock-check.txt", &lab.run(&CHECK).transcript());
    let json = lab.run(&[&CHECK[..], &["--format", "json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, report["changes"].as_array().map(Vec::len)), (1, Some(1)), "{report:#}");
    let locked = lab.state("cluster.trees");
    good(&lab, &["lock", "cluster.toml", "--at", LATER]);
    assert_eq!(lab.state("cluster.trees"), locked);
    let text = lab.read("cluster.lock");
    let fingerprints = |text: &str| text.matches("\nsha256 = \"").count();
    let built = String::from_utf8(before["cluster.lock"].1.clone().unwrap()).unwrap();
    assert_eq!(fingerprints(&text), fingerprints(&built) - 1);
    good(&lab, &LOCKED);
    let other = Lab::built("single");
    other.edit("profile = ", "domain = \"k8s.local\"\nprofile = ");
    good(&other, &["build", "cluster.toml", "--at", LATER]);
    assert_eq!(lab.state("."), other.state("."));
}

/// The lock is replaced as a whole, keeps its mode, and not while a build is under way.
#[test]
fn the_lock_is_replaced_like_a_build_does() {
    let lab = Lab::built("single");
    fs::set_permissions(lab.path("cluster.lock"), fs::Permissions::from_mode(0o640)).unwrap();
    lab.edit("profile = ", "domain = \"k8s.local\"\nprofile = ");
    let old = lab.read("cluster.lock");
    let marker = fs::File::open(lab.path("cluster.trees/.pkiplan")).unwrap();
    marker.lock().unwrap();
    let run = lab.run(&LOCK);
    assert_eq!((run.code, lab.read("cluster.lock")), (1, old.clone()));
    assert!(run.err.contains("another build is writing"), "{}", run.err);
    // To look on is no harm.
    assert_eq!(lab.run(&CHECK).code, 1);
    marker.unlock().unwrap();
    good(&lab, &LOCK);
    assert_ne!(lab.read("cluster.lock"), old);
    assert_eq!(lab.state(".")["cluster.lock"].0, 0o640);
    assert!(!lab.state(".").keys().any(|path| path.ends_with(".new")));
}

/// Without its lock nothing is decided anew, by `lock` as little as by `build`.
#[test]
fn trees_without_lock() {
    let lab = Lab::built("single");
    lab.remove("cluster.lock");
    for arguments in [&LOCK[..], &CHECK] {
        let run = lab.run(arguments);
        assert_eq!(run.code, 1);
        assert!(run.err.contains("restore the lock from git"), "{}", run.err);
    }
    assert!(!lab.path("cluster.lock").exists());
}

/// `--locked` lets a build add what follows from the rest, and not one decision.
#[test]
fn locked_adds_fingerprints_and_nothing_else() {
    let lab = Lab::built("single");
    let built = lab.read("cluster.lock");
    let bare = without(&built, &["sha256 = \""]).join("\n") + "\n";
    lab.write("cluster.lock", &bare);
    good(&lab, &LOCKED);
    assert_eq!(lab.read("cluster.lock"), built);
    let first = built.split("\nsha256 = \"").nth(1).unwrap().split('"').next().unwrap();
    let damages = [
        ("catalog", without(&bare, &["\"component/etcd\""]).join("\n") + "\n"),
        (
            "tombstone of one that is back",
            format!("{bare}\n[tombstone.\"node.solo/kubelet-client\"]\ngeneration = 1\n"),
        ),
        ("fingerprint", built.replace(first, &"1".repeat(64))),
    ];
    for (what, text) in damages {
        lab.write("cluster.lock", &text);
        let state = lab.state(".");
        assert_eq!(lab.run(&LOCKED).code, 1, "{what}");
        assert_eq!(lab.state("."), state, "{what}");
    }
}

/// Every change says what in the plan is behind it.
#[test]
fn changes_say_why() {
    let table = |text: &str| vec![("[node.node01]", format!("{text}\n\n[node.node01]"))];
    let cases = [
        ("address", vec![("10.111.0.103", "10.111.0.113".to_owned())]),
        ("key", table("[authority.etcd]\nissued-key = \"rsa-2048\"")),
        ("node", table("[node.master04]\naddresses = [\"10.111.0.109\"]\nroles = [\"control-plane\"]")),
        ("name", table("[component.kube-apiserver]\nnames.add = [\"api.internal\", \"10.1.2.3\"]")),
        ("rotation", table("[authority.etcd]\ngenerations = { use = 1, trust = [1, 2] }")),
        ("validity", table("[authority.kubernetes]\nvalidity = { issued = \"90d\" }")),
        (
            "vip",
            vec![
                ("[\"10.111.0.111\"]", "[\"10.111.0.112\"]".to_owned()),
                ("interface", "host = \"k8s.example.com\"\ninterface".to_owned()),
            ],
        ),
    ];
    for (name, edits) in cases {
        let lab = Lab::built("ha");
        edits.iter().for_each(|(from, to)| lab.edit(from, to));
        let run = lab.run(&CHECK);
        compare(&format!("decisions/{name}.txt"), &run.transcript());
        if name == "rotation" {
            lab.build();
            lab.edit("use = 1", "use = 2");
            compare("decisions/rotation-use.txt", &lab.run(&CHECK).transcript());
        }
    }
}
