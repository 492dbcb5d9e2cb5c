//! `pkiplan verify`: what is planned works, and what was broken is named.

mod called;
mod codes;
mod fix;
mod mutations;
mod plans;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::Lab;

/// When all plans are proven.
const AT: &str = "2027-01-01T00:00:00Z";

fn verified(lab: &Lab, arguments: &[&str]) -> Value {
    let run = lab.run(&[&["verify", "cluster.toml", "--at", AT, "--format", "json"], arguments].concat());
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"))
}

/// Every connection of every plan holds, and of each one it is known.
#[test]
fn every_plan_holds() {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    let mut proven = 0;
    for entry in fs::read_dir(plans).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // Ten thousand nodes are for the benchmark.
        if path.extension().is_none_or(|extension| extension != "toml") || name == "ten-thousand" {
            continue;
        }
        let report = verified(&Lab::bare(&name), &[]);
        assert_eq!(report["findings"], serde_json::json!([]), "{name}");
        assert_eq!(report["unread"], serde_json::json!([]), "{name}");
        let matrix = report["matrix"].as_array().unwrap();
        let unknown: Vec<&Value> = matrix.iter().filter(|row| row["unknown"] != 0).collect();
        assert_eq!(unknown, Vec::<&Value>::new(), "{name}");
        let connections = report["connections"].as_u64().unwrap();
        assert!(connections > 0, "{name}");
        proven += connections;
    }
    assert!(proven > 1000, "{proven}");
}

/// Whoever adopts a cluster proves its plan without the keys that were imported.
#[test]
fn a_plan_of_imported_authorities_is_proven_without_their_keys() {
    let made = Lab::bare("one-authority");
    let built = made.run(&["build", "cluster.toml", "--at", AT]);
    assert_eq!(built.code, 0, "{built:#?}");
    let lab = Lab::bare("one-authority");
    let pki = made.path("cluster.trees/hosts/master01/etc/kubernetes/pki").display().to_string();
    let imported = lab.run(&["import", "--plan", "cluster.toml", &pki]);
    assert_eq!(imported.code, 0, "{imported:#?}");
    assert!(lab.read("cluster.toml").contains("imported"), "{imported:#?}");
    fs::remove_dir_all(lab.path("cluster.keys")).unwrap();
    let report = verified(&lab, &[]);
    assert_eq!(report["findings"], serde_json::json!([]), "{report:#}");
    assert!(report["connections"].as_u64().unwrap() > 15, "{report:#}");
    assert_eq!(report["rehearsed"], true);
}

/// What has no tree is not passed over.
#[test]
fn a_host_without_a_tree_is_named() {
    let lab = Lab::built("ha");
    fs::remove_dir_all(lab.path("cluster.trees/hosts/node01")).unwrap();
    let report = verified(&lab, &["--trees", "cluster.trees"]);
    let findings = report["findings"].as_array().unwrap();
    let of_host = findings.iter().filter(|finding| finding["subject"]["host"] == "node01");
    let components: Vec<&str> = of_host.map(|one| one["subject"]["component"].as_str().unwrap()).collect();
    assert!(components.contains(&"kubelet") && components.contains(&"kube-proxy"), "{report:#}");
}

/// Whoever reaches one host alone is cut off with it, and of two members none decides.
#[test]
fn the_loss_of_a_host_names_who_is_cut_off() {
    let lost = |plan: &str| {
        let report = verified(&Lab::bare(plan), &["--any-host-down"]);
        let all = report["lost"].as_array().unwrap().iter();
        let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
        all.map(|one| format!("{} {} {}", text(one, "without"), text(one, "component"), text(one, "dial")))
            .collect::<Vec<_>>()
    };
    assert_eq!(lost("ha-vip"), Vec::<String>::new());
    let cut_off = lost("kubeadm");
    assert!(cut_off.contains(&"master1 kubelet api".to_owned()), "{cut_off:?}");
    assert!(cut_off.contains(&"master1 etcd quorum".to_owned()), "{cut_off:?}");
    assert!(cut_off.iter().all(|one| one.starts_with("master1 ")), "{cut_off:?}");
}
