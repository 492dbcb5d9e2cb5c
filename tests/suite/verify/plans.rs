//! `pkiplan verify --with`: plans that need one another are proven as one.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::forge::SERVER;
use crate::support::mutations::tree::Tree;
use crate::support::{Lab, SECRET};

const AT: &str = "2026-01-01T01:00:00Z";

const CLUSTER: &str = r#"
format = 1

[cluster]
name = "a"
profile = "high-availability"
version = "1.36.2"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]
endpoint = "node.c1"

[external.etcd]
urls = ["https://10.9.0.1:2379", "https://10.9.0.2:2379"]
clients = "etcd-clients"

[authority.etcd-clients]
common-name = "etcd clients of this cluster"

[node.c1]
addresses = ["10.9.1.1"]
roles = ["control-plane"]

[node.w1]
addresses = ["10.9.1.2"]
roles = ["worker"]
"#;

const STORE: &str = r#"
format = 1

[cluster]
name = "store"
profile = "high-availability"
version = "1.36.2"

[node.s1]
addresses = ["10.9.0.1"]
roles = ["etcd"]

[node.s2]
addresses = ["10.9.0.2"]
roles = ["etcd"]
"#;

/// The store believes clients that the cluster's plan makes.
const BELIEVES: &str =
    "\n[import.a]\nplan = \"cluster.toml\"\n\n[component.etcd]\nbundle.trust.add = [\"a.etcd-clients\"]\n";

/// Both plans, built; `store` is what the store's begins with.
fn both(store: &str) -> Lab {
    let lab = Lab::written(CLUSTER);
    lab.write("store.toml", store);
    // Another secret than the cluster's.
    lab.write("store.secret", &format!("pkiplan-secret-1 {}\n", SECRET.chars().rev().collect::<String>()));
    let run = |arguments: &[&str]| {
        let run = lab.run(arguments);
        assert_eq!(run.code, 0, "{arguments:?} {run:#?}");
    };
    lab.shell("chmod 600 store.secret");
    run(&["build", "store.toml", "--at", "2026-01-01T00:00:00Z"]);
    let authority = ["--as", "authority.etcd", "store.certs/authority.etcd-1.crt"];
    run(&[&["import", "--plan", "cluster.toml"], &authority[..]].concat());
    run(&["build", "cluster.toml", "--at", "2026-01-01T00:00:00Z"]);
    lab.write("store.toml", &format!("{store}{BELIEVES}"));
    run(&["build", "store.toml", "--at", "2026-01-01T00:00:00Z"]);
    lab
}

fn verified(lab: &Lab, arguments: &[&str]) -> (Value, i32) {
    let run = lab.run(&[&["verify", "cluster.toml", "--at", AT, "--format", "json"], arguments].concat());
    (serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}")), run.code)
}

/// `code HOST of PLAN -> HOST of PLAN`
fn found(report: &Value) -> BTreeSet<String> {
    let end = |end: &Value| format!("{} of {}", end["host"].as_str().unwrap(), end["of"].as_str().unwrap());
    let all = report["findings"].as_array().unwrap().iter();
    let line = |one: &Value| {
        let other =
            if one["other"].is_null() { String::new() } else { format!(" -> {}", end(&one["other"])) };
        format!("{} {}{other}", one["code"].as_str().unwrap(), end(&one["subject"]))
    };
    all.map(line).collect()
}

/// How many connections of API servers to the store hold, are broken, and are not known.
fn to_the_store(report: &Value) -> [u64; 3] {
    let rows = report["matrix"].as_array().unwrap().iter();
    let mut rows = rows.filter(|row| row["client"] == "kube-apiserver" && row["server"] == "etcd");
    let row = rows.next().unwrap();
    ["holds", "broken", "unknown"].map(|key| row[key].as_u64().unwrap())
}

const TO_THE_STORE: [&str; 2] =
    ["c1 of cluster.toml -> s1 of store.toml", "c1 of cluster.toml -> s2 of store.toml"];

fn on_both(code: &str) -> BTreeSet<String> {
    TO_THE_STORE.iter().map(|ends| format!("{code} {ends}")).collect()
}

#[test]
fn plans_that_need_one_another_hold_as_one() {
    let lab = both(STORE);
    // Alone, nobody can say.
    assert_eq!(to_the_store(&verified(&lab, &[]).0), [0, 0, 2]);
    let trees = ["--trees", "cluster.trees", "--with", "store.toml"];
    let named = ["--trees", "cluster.trees", "--with", "store.toml=store.trees"];
    let secrets = ["--with", "store.toml", "--with-secret"];
    for arguments in [&["--with", "store.toml"][..], &secrets, &trees, &named] {
        for more in [&[][..], &["--exhaustive"]] {
            let (report, code) = verified(&lab, &[arguments, more].concat());
            assert_eq!((found(&report), code), (BTreeSet::new(), 0), "{arguments:?}");
            assert_eq!(to_the_store(&report), [2, 0, 0], "{arguments:?}");
            assert_eq!(report["handshakes"]["failed"], serde_json::json!([]), "{arguments:?}");
        }
    }
    // The other way round, and later.
    let run = lab.run(&["verify", "store.toml", "--with", "cluster.toml", "--at", "2027-06-01T00:00:00Z"]);
    assert!(run.code == 1 && run.out.contains("c1 of cluster.toml"), "{run:#?}");
    for (format, part) in [("html", "s1 of store.toml"), ("markdown", "`etcd of store.toml`")] {
        let run =
            lab.run(&["verify", "cluster.toml", "--with", "store.toml", "--at", AT, "--format", format]);
        assert!(run.code == 0 && run.out.contains(part), "{format} {run:#?}");
    }
}

#[test]
fn single_faults_across_the_border_are_named() {
    let lab = both(STORE);
    let judged = |cluster: &Tree, store: &Tree| {
        let with = format!("store.toml={}", store.path("").display());
        verified(&lab, &["--trees", cluster.path("").to_str().unwrap(), "--with", &with])
    };
    let trees = || (Tree::of(&lab.path("cluster.trees")), Tree::of(&lab.path("store.trees")));
    // The server shows a certificate without the name that the other plan dials.
    let (cluster, store) = trees();
    for file in ["server.crt", "server.key"] {
        let at = |host: &str| format!("hosts/{host}/etc/kubernetes/pki/etcd/{file}");
        store.copy(&at("s2"), &at("s1"));
    }
    let (report, code) = judged(&cluster, &store);
    let name = |ends: &str| format!("verify::name-missing {ends}");
    let found_there = found(&report);
    assert!(code == 1 && found_there.contains(&name(TO_THE_STORE[0])), "{found_there:?}");
    assert!(!found_there.iter().any(|line| line.contains("s2 of store.toml -> s2")), "{found_there:?}");
    assert_eq!(to_the_store(&report), [1, 1, 0]);
    // The bundle of the client holds another authority than that of the servers.
    let (cluster, store) = trees();
    cluster.copy("hosts/c1/etc/kubernetes/pki/ca.crt", "hosts/c1/etc/kubernetes/pki/etcd/ca.crt");
    assert_eq!(found(&judged(&cluster, &store).0), on_both("verify::server-refused"));
    // The bundle of the servers lacks the authority of the client.
    let (cluster, store) = trees();
    let trust = |host: &str| format!("hosts/{host}/etc/kubernetes/pki/etcd-trust.crt");
    for host in ["s1", "s2"] {
        store.copy(&format!("hosts/{host}/etc/kubernetes/pki/etcd/ca.crt"), &trust(host));
    }
    assert_eq!(found(&judged(&cluster, &store).0), on_both("verify::client-refused"));
    // The client's certificate is for servers.
    let (cluster, store) = trees();
    cluster.certificate("hosts/c1/etc/kubernetes/pki/apiserver-etcd-client.crt", "etcd-clients", |of| {
        of.purposes(&[SERVER])
    });
    let (report, _) = judged(&cluster, &store);
    assert_eq!(found(&report), on_both("verify::client-refused"));
    let message = report["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("usage"), "{message}");
}

/// In memory, with the lines of both plans.
#[test]
fn a_store_that_does_not_believe_the_cluster_is_named_with_its_lines() {
    let lab = both(STORE);
    lab.write("store.toml", &lab.read("store.toml").replace("bundle.trust.add", "# bundle.trust.add"));
    let (report, code) = verified(&lab, &["--with", "store.toml"]);
    assert_eq!((found(&report), code), (on_both("verify::client-refused"), 1));
    let files: BTreeSet<&str> = report["findings"].as_array().unwrap()[0]["plan"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| place["file"].as_str().unwrap())
        .collect();
    assert_eq!(files, BTreeSet::from(["cluster.toml", "store.toml"]));
    // Each plan has its own store of which more than half must be there.
    let (report, _) = verified(&lab, &["--with", "store.toml", "--any-host-down"]);
    let lost = report["lost"].as_array().unwrap().iter().map(|one| one["without"].as_str().unwrap());
    assert!(lost.collect::<Vec<_>>().contains(&"s1 of store.toml"), "{report:#}");
}

/// One host in both plans is one, and hosts that only share a name are two.
#[test]
fn hosts_of_several_plans_are_told_apart_by_their_addresses() {
    let shared =
        STORE.replace("[node.s1]\naddresses = [\"10.9.0.1\"]", "[node.c1]\naddresses = [\"10.9.1.1\"]");
    let lab = Lab::written(&CLUSTER.replace("https://10.9.0.1:2379", "https://10.9.1.1:2379"));
    lab.write("store.toml", &shared);
    let run = |more: &[&str]| lab.run(&[&["verify", "store.toml", "--at", AT], more].concat());
    assert_eq!(run(&[]).code, 0);
    let refused = |store: &str, part: &str| {
        lab.write("other.toml", store);
        let run = run(&["--with", "other.toml"]);
        assert!(run.code == 1 && run.err.contains(part), "{store} {run:#?}");
    };
    refused(
        &STORE.replace("10.9.0.1", "10.9.1.1").replace("10.9.0.2", "10.9.7.2"),
        "10.9.1.1 is the address of c1 in store.toml and of s1 in other.toml",
    );
    // Both run etcd there.
    refused(&shared.replace("name = \"store\"", "name = \"store-2\""), "both put");
    // Another machine of that name.
    lab.write("other.toml", &shared.replace("10.9.1.1", "10.9.7.1").replace("10.9.0.2", "10.9.7.2"));
    let apart = run(&["--with", "other.toml"]);
    assert!(apart.code == 0 && apart.out.contains("etcd of other.toml"), "{apart:#?}");
    let twice = run(&["--with", "./store.toml"]);
    assert!(twice.code == 1 && twice.err.contains("named twice"), "{twice:#?}");
    let alone = run(&["--with", "other.toml=other.trees"]);
    assert!(alone.code == 1 && alone.err.contains("give `--trees DIR` for the first plan"), "{alone:#?}");
    let from = run(&["--with", "other.toml", "--base", "HEAD"]);
    assert!(from.code == 1 && from.err.contains("cannot be used with '--base"), "{from:#?}");
}

/// What is on one host stands in both plans' trees.
#[test]
fn a_host_of_two_plans_is_one() {
    let store =
        STORE.replace("[node.s1]\naddresses = [\"10.9.0.1\"]", "[node.c1]\naddresses = [\"10.9.1.1\"]");
    let lab = both(&store);
    lab.write(
        "cluster.toml",
        &lab.read("cluster.toml").replace("https://10.9.0.1:2379", "https://10.9.1.1:2379"),
    );
    let (report, code) = verified(&lab, &["--with", "store.toml"]);
    assert_eq!((found(&report), code), (BTreeSet::new(), 0), "{report:#}");
    assert_eq!(to_the_store(&report), [2, 0, 0]);
}
