//! `pkiplan lint --host`: hosts that others made, with all their programs.

use std::fs;

use serde_json::Value;

use crate::support::{AT, Lab};

const HOSTS: [&str; 5] = ["master01", "master02", "master03", "node01", "node02"];

/// What is said of the hosts of built trees, without any plan.
fn linted(lab: &Lab) -> (i32, Value) {
    let hosts = HOSTS.map(|host| format!("--host={host}=cluster.trees/hosts/{host}"));
    let mut arguments = vec!["lint", "--at", AT, "--format", "json"];
    arguments.extend(hosts.iter().map(String::as_str));
    let run = lab.run(&arguments);
    (run.code, serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}")))
}

fn codes(report: &Value) -> Vec<&str> {
    let findings = report["together"]["findings"].as_array().unwrap().iter();
    findings.map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// The VIP, who has which address, and what a bootstrapped kubelet gets later are found out from the files alone.
#[test]
fn hosts_are_judged_together_without_a_plan() {
    let lab = Lab::built("ha-vip");
    let (_, report) = linted(&lab);
    assert_eq!(codes(&report), Vec::<&str>::new(), "{report:#}");
    let together = &report["together"];
    assert!(together["connections"].as_u64().unwrap() > 150, "{together:#}");

    // A certificate that is right by itself, on the wrong host.
    let pki = |host: &str| lab.path(&format!("cluster.trees/hosts/{host}/etc/kubernetes/pki"));
    for file in ["kubelet.pem", "kubelet-key.pem"] {
        fs::copy(pki("master01").join(file), pki("master02").join(file)).unwrap();
    }
    let (code, report) = linted(&lab);
    assert_eq!((code, codes(&report).contains(&"verify::name-missing")), (2, true), "{report:#}");
    let subjects = report["together"]["not_proven"].as_array().unwrap();
    let broken: Vec<&Value> = subjects.iter().filter(|one| one["verdict"] == "broken").collect();
    assert!(broken.iter().all(|one| one["server"]["host"] == "master02"), "{broken:#?}");
    assert_eq!(broken.len(), 3, "{broken:#?}");
}
