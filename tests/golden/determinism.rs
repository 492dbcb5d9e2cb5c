//! Same inputs, same bytes; and a change of the plan changes what it is about and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;

use crate::support::{AT, Lab, State, plans};
use sha2::{Digest as _, Sha256};

/// What the trees hash to. They change where the catalog, derivation or a certificate's encoding does, and
/// then existing clusters change, too: be sure that it is meant. Debug and release must agree.
const GOLDEN: [(&str, &str); 2] = [
    ("ha", "11d681a20cb04aa27f64433cca28f206406c7258c2bbb43094c8546e08a12a6b"),
    ("intermediate", "b17661e798027f6d5af1e5ec3a495c0f584144e269c9db98ef8addca24aefae3"),
];

/// The same of the plan that has every kind of key. Both back ends of ECDSA must agree, too.
const ALGORITHMS: &str = include_str!("../plans/algorithms.toml");
const GOLDEN_ALGORITHMS: &str = "1d7e6890a8c2c41cc4630b44ea49fe4d7748b73e178393f6e183bf54d1d9a7f8";

const NODE_02: &str = "[node.node02]\naddresses = [\"10.111.0.105\"]\nroles = [\"worker\"]";

fn hash(state: &State) -> String {
    let mut hash = Sha256::new();
    for (path, (mode, bytes)) in state {
        let length = bytes.as_ref().map_or(0, Vec::len);
        hash.update(format!("{path}\0{mode:o}\0{}\0{length}\0", bytes.is_some()));
        hash.update(bytes.as_deref().unwrap_or_default());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn golden() {
    let found = GOLDEN.map(|(plan, _)| (plan, hash(&Lab::built(plan).state("cluster.trees"))));
    let expected = GOLDEN.map(|(plan, hash)| (plan, hash.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn golden_of_every_algorithm() {
    let states = ["1", "7"].map(|threads| {
        let lab = Lab::written(ALGORITHMS);
        let run = lab.run_with(&["build", "cluster.toml", "--at", AT], &[("RAYON_NUM_THREADS", threads)]);
        assert_eq!(run.code, 0, "{run:#?}");
        let again = lab.run(&["build", "cluster.toml", "--locked"]);
        assert_eq!((again.code, again.err.as_str()), (0, ""), "{again:#?}");
        lab.state("cluster.trees")
    });
    assert!(states[0] == states[1]);
    assert_eq!(hash(&states[0]), GOLDEN_ALGORITHMS);
}

/// The number of threads, the folder and the user's environment are nothing to the bytes.
#[test]
fn any_folder_and_any_number_of_threads() {
    let labs: Vec<Lab> = ["1", "2", "7"]
        .into_iter()
        .map(|threads| {
            let lab = Lab::of("dual-stack");
            let variables = [("RAYON_NUM_THREADS", threads), ("TZ", "Asia/Tokyo"), ("LANG", "tr_TR.UTF-8")];
            let run = lab.run_with(&["build", "cluster.toml", "--at", AT], &variables);
            assert_eq!(run.code, 0, "{run:#?}");
            lab
        })
        .collect();
    assert!(labs.iter().all(|lab| lab.state(".") == labs[0].state(".")));
}

/// The order in which a plan says things is nothing to the trees, either.
#[test]
fn order_in_the_plan() {
    let (one, other) = (Lab::built("ha"), Lab::of("ha"));
    other.edit(NODE_02, "");
    let text = other.read("cluster.toml");
    other.write("cluster.toml", &text.replace("[node.master01]", &format!("{NODE_02}\n\n[node.master01]")));
    other.build();
    let files = |lab: &Lab| {
        let mut state = lab.state("cluster.trees");
        state.retain(|path, _| !path.starts_with('.'));
        state
    };
    assert_eq!(files(&one), files(&other));
    assert_eq!(one.read("cluster.lock"), other.read("cluster.lock"));
}

fn times(lab: &Lab) -> BTreeMap<String, (i64, i64, u64)> {
    let mut times = BTreeMap::new();
    crate::support::walk(&lab.path("."), "", &mut |path, at| {
        let metadata = fs::symlink_metadata(at).unwrap();
        times.insert(path.to_owned(), (metadata.mtime(), metadata.mtime_nsec(), metadata.ino()));
    });
    times
}

/// A second build of any plan writes nothing and decides nothing, also a year later: the clock is read for
/// decisions alone.
#[test]
fn a_second_build_touches_nothing() {
    for plan in plans() {
        let lab = Lab::of(&plan);
        let built = lab.run(&["build", "cluster.toml", "--at", AT]);
        assert_eq!(built.code, 0, "{plan}: {built:#?}");
        let (state, before) = (lab.state("."), times(&lab));
        let later = &["--at", "2026-12-01T00:00:00Z", "--allow-expired"];
        for more in [&["--at", AT][..], &["--at", AT, "--locked"], later] {
            let again = lab.run(&[&["build", "cluster.toml"], more].concat());
            assert_eq!(again.code, 0, "{plan}: {again:#?}");
            assert!(
                again.out.contains(" 0 issued, ") && again.out.contains(" 0 written, "),
                "{plan}: {again:#?}"
            );
            assert!(state == lab.state("."), "{plan}");
            assert_eq!(times(&lab), before, "{plan}");
        }
    }
}

/// Trees that were lost come back as they were, from plan, lock and secret.
#[test]
fn lost_trees_come_back() {
    let lab = Lab::built("intermediate");
    let before = lab.state(".");
    lab.remove("cluster.trees");
    lab.remove("cluster.certs");
    assert_eq!(lab.run(&["build", "cluster.toml", "--at", "2026-01-06T00:00:00Z"]).code, 0);
    assert!(lab.state(".") == before);
}

/// The files whose bytes or modes are others, or that came or went.
fn changes(lab: &Lab, before: &State) -> Vec<String> {
    let after = lab.state("cluster.trees");
    let keys = before.keys().chain(after.keys());
    let mut changed: Vec<String> =
        keys.filter(|path| before.get(*path) != after.get(*path)).cloned().collect();
    changed.sort();
    changed.dedup();
    changed
}

/// A worker more is its own tree; nothing else names it.
#[test]
fn one_worker_more() {
    let lab = Lab::built("ha");
    let (before, lock) = (lab.state("cluster.trees"), lab.read("cluster.lock"));
    lab.append("\n[node.node03]\naddresses = [\"10.111.0.106\"]\nroles = [\"worker\"]\n");
    lab.build();
    let changed = changes(&lab, &before);
    assert!(changed.iter().all(|path| path.starts_with("hosts/node03")), "{changed:#?}");
    let now = lab.read("cluster.lock");
    let added: Vec<&str> = now.lines().filter(|line| !lock.contains(line)).collect();
    assert!(lock.lines().all(|line| now.contains(line)));
    assert_eq!(added.iter().filter(|line| line.starts_with('[')).count(), 3, "{added:#?}");
}

/// A control-plane host more is named by the others' etcd, API server, haproxy and keepalived.
#[test]
fn one_master_more() {
    let lab = Lab::built("ha");
    let (before, lock) = (lab.state("cluster.trees"), lab.read("cluster.lock"));
    lab.append("\n[node.master04]\naddresses = [\"10.111.0.107\"]\nroles = [\"control-plane\", \"etcd\"]\n");
    // It warns: four vote.
    assert_eq!(lab.run(&["build", "cluster.toml", "--at", AT]).code, 0);
    let mut expected = Vec::new();
    for master in ["master01", "master02", "master03"] {
        for path in [
            ".json",
            ".sha256",
            "/etc/haproxy/haproxy.cfg",
            "/etc/keepalived/keepalived.conf",
            "/etc/systemd/system/etcd.service",
            "/etc/systemd/system/kube-apiserver.service",
        ] {
            expected.push(format!("hosts/{master}{path}"));
        }
    }
    let mut changed = changes(&lab, &before);
    changed.retain(|path| !path.starts_with("hosts/master04"));
    assert_eq!(changed, expected);
    // No certificate of the others names it: all of them stay, and its own are new.
    let now = lab.read("cluster.lock");
    assert!(lock.lines().all(|line| now.contains(line)));
    let added = now.lines().filter(|line| line.starts_with('[') && !lock.contains(line));
    assert!(added.clone().all(|line| line.starts_with("[certificate.\"node.master04/")), "{now}");
    assert!(added.count() > 8);
}

fn kubelet_key(lab: &Lab, node: &str) -> String {
    lab.read(&format!("cluster.trees/hosts/{node}/var/lib/kubelet/pki/kubelet.key"))
}

/// A host that was given up and comes back gets other keys: somebody may have the old ones.
#[test]
fn a_node_that_returns_has_new_keys() {
    let lab = Lab::built("ha");
    let (before, key) = (lab.state("cluster.trees"), kubelet_key(&lab, "node02"));
    lab.edit(NODE_02, "");
    lab.build();
    assert!(!lab.path("cluster.trees/hosts/node02").exists());
    assert!(!lab.path("cluster.trees/hosts/node02.json").exists());
    lab.append(NODE_02);
    lab.build();
    assert_ne!(kubelet_key(&lab, "node02"), key);
    assert!(changes(&lab, &before).iter().all(|path| path.starts_with("hosts/node02")));
}

/// A new name is another node, unless the plan says which it was.
#[test]
fn was_keeps_keys() {
    let lab = Lab::built("ha");
    let key = kubelet_key(&lab, "node02");
    lab.edit("[node.node02]", "[node.worker02]\nwas = \"node02\"");
    lab.build();
    assert_eq!(kubelet_key(&lab, "worker02"), key);
    assert!(!lab.path("cluster.trees/hosts/node02").exists());
    lab.edit("was = \"node02\"\n", "");
    lab.build();
    assert_ne!(kubelet_key(&lab, "worker02"), key);
}
