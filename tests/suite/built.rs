//! `diff PLAN TREES`: a plan against what was built, told like a plan against the plan that it was built of.

use std::collections::BTreeSet;

use crate::support::{AT, Lab};
use serde_json::Value;

/// When the second side is decided.
const LATER: &str = "2026-02-01T00:00:00Z";

/// A built plan, which is then kept as `before.toml`.
fn lab(plan: &str) -> Lab {
    let lab = Lab::built(plan);
    for end in ["toml", "lock"] {
        lab.write(&format!("before.{end}"), &lab.read(&format!("cluster.{end}")));
    }
    let copied = lab.shell("cp -r cluster.certs before.certs");
    assert_eq!(copied.code, 0, "{copied:#?}");
    lab
}

fn told(lab: &Lab, base: &str) -> Value {
    let run = lab.run(&["diff", "cluster.toml", base, "--format", "json", "--at", LATER]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    serde_json::from_str(&run.out).unwrap()
}

/// Every file that is told, unit by unit.
fn files(told: &Value) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for unit in told["units"].as_array().unwrap() {
        for name in unit["names"].as_array().unwrap() {
            let own = name.as_str().unwrap().rsplit('/').next().unwrap();
            let path = |file: &Value| file["path"].as_str().unwrap().replace('*', own);
            let all = unit["files"].as_array().unwrap().iter();
            files.extend(
                all.map(|file| format!("{} {}/{}", file["change"], name.as_str().unwrap(), path(file))),
            );
        }
    }
    files
}

fn certificates(told: &Value) -> BTreeSet<String> {
    let all = told["certificates"].as_array().unwrap().iter();
    all.filter(|change| change["change"] != "removed")
        .map(|change| format!("{} {}", change["change"], change["id"]))
        .collect()
}

/// What restarts, reloads, starts, host by host. Trees say nothing of hosts that leave.
fn services(told: &Value) -> BTreeSet<String> {
    let waves = told["waves"].as_array().unwrap().iter().filter(|wave| wave["kind"] != "leaving");
    let mut services = BTreeSet::new();
    for step in waves.flat_map(|wave| wave["steps"].as_array().unwrap()) {
        for host in step["hosts"].as_array().unwrap() {
            let all = step["services"].as_array().unwrap().iter();
            services
                .extend(all.map(|service| format!("{host} {} {}", service["action"], service["service"])));
        }
    }
    services
}

/// Both bases give one answer after a change of the plan.
fn agrees(plan: &str, change: impl FnOnce(&Lab)) {
    let lab = lab(plan);
    change(&lab);
    let (by_plan, by_trees) = (told(&lab, "before.toml"), told(&lab, "cluster.trees"));
    assert!(!files(&by_plan).is_empty());
    assert_eq!(files(&by_trees), files(&by_plan));
    assert_eq!(certificates(&by_trees), certificates(&by_plan));
    assert_eq!(services(&by_trees), services(&by_plan));
}

#[test]
fn what_was_built_of_the_plan_is_no_change() {
    for plan in crate::support::PLANS {
        let lab = lab(plan);
        let ask = ["diff", "cluster.toml", "cluster.trees", "--exit-code", "--with-secret", "--at", LATER];
        let run = lab.run(&ask);
        assert_eq!(
            (run.code, run.out.as_str()),
            (0, "cluster.toml: nothing changes against cluster.trees\n"),
            "{plan}"
        );
    }
}

#[test]
fn another_address_of_the_vip() {
    agrees("ha", |lab| lab.edit("addresses = [\"10.111.0.111\"]", "addresses = [\"10.111.0.112\"]"));
}

#[test]
fn one_worker_more_and_one_less() {
    agrees("ha", |lab| {
        lab.edit("[node.node01]\naddresses = [\"10.111.0.104\"]\nroles = [\"worker\"]\n", "");
        lab.append("\n[node.node03]\naddresses = [\"10.111.0.106\"]\nroles = [\"worker\"]\n");
    });
}

#[test]
fn another_network_and_a_name() {
    agrees("ha", |lab| {
        lab.edit("10.96.0.0/16", "10.97.0.0/16");
        lab.append("\n[component.kube-apiserver]\nnames.add = [\"api.example.com\"]\n");
    });
}

#[test]
fn another_validity() {
    agrees("ha", |lab| {
        lab.append("\n[authority.kubernetes]\nvalidity = { own = \"10y\", issued = \"90d\" }\n");
    });
}

#[test]
fn a_flag_in_a_static_pod() {
    agrees("kubeadm", |lab| lab.append("\n[component.kube-scheduler]\nflags.set = { v = 4 }\n"));
}

#[test]
fn trust_in_one_authority_more() {
    let lab = lab("ha");
    lab.append("\n[authority.kubernetes]\ngenerations = { use = 1, trust = [1, 2] }\n");
    let told = told(&lab, "cluster.trees");
    let trusted = &told["trust"][0];
    assert_eq!(
        (&trusted["change"], &trusted["certificate"]),
        (&"added".into(), &"authority.kubernetes/2".into())
    );
    assert_eq!(trusted["units"].as_array().unwrap().len(), 7, "{trusted}");
    assert_eq!(told["waves"][0]["kind"], "trust-added");
}

/// A public file is told line by line, of a private one only that it differs.
#[test]
fn what_somebody_changed_in_the_trees() {
    let lab = lab("ha");
    let unit = "cluster.trees/hosts/node01/etc/systemd/system/kubelet.service";
    lab.write(unit, &lab.read(unit).replace("\n[Install]", "\nNice=5\n\n[Install]"));
    let kubeconfig = "cluster.trees/hosts/node02/etc/kubernetes/kubelet.conf";
    lab.write(kubeconfig, &lab.read(kubeconfig).replace("10.111.0.111", "10.111.0.9"));
    let run = lab.run(&["diff", "cluster.toml", "cluster.trees", "--at", AT]);
    crate::support::snapshot::compare("built/tampered.txt", &run.transcript());
}

/// A file that somebody took away is one that the plan would add; a manifest that leads elsewhere is none of ours.
#[test]
fn what_is_missing_and_what_leads_elsewhere() {
    let lab = lab("ha");
    let unit = "etc/systemd/system/kubelet.service";
    lab.remove(&format!("cluster.trees/hosts/node01/{unit}"));
    let told = told(&lab, "cluster.trees");
    assert_eq!(files(&told), BTreeSet::from([format!("\"added\" hosts/node01/{unit}")]));
    let manifest = "cluster.trees/hosts/node01.json";
    let whole = lab.read(manifest);
    for (from, to, says) in [
        (unit, "../node02/etc/kubernetes/kubelet.conf", "the manifest of cluster.trees/hosts/node01: "),
        ("\"unit\": \"hosts/node01\"", "\"unit\": \"hosts/node02\"", "it is the manifest of `hosts/node02`"),
        ("\"entries\"", "\"lines\"", "cannot read cluster.trees/hosts/node01.json: missing field `entries`"),
    ] {
        lab.write(manifest, &whole.replacen(from, to, 1));
        let run = lab.run(&["diff", "cluster.toml", "cluster.trees", "--at", LATER]);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{run:#?}");
        assert!(run.err.contains(says), "{}", run.err);
    }
}

/// As many files go as a build removes; folders are none of them.
#[test]
fn folders_are_not_counted_as_files() {
    let lab = lab("ha");
    let plan = lab.read("cluster.toml");
    let (kept, _) = plan.split_once("[node.node02]").unwrap();
    lab.write("cluster.toml", kept);
    let before = |text: &str, word: &str| -> usize {
        let line = text.lines().find(|line| line.contains(word)).unwrap_or_else(|| panic!("{word}: {text}"));
        let number = line.split(word).next().unwrap().rsplit([' ', ',']).find(|part| !part.is_empty());
        number.unwrap().parse().unwrap()
    };
    let run = lab.run(&["diff", "cluster.toml", "cluster.trees", "--at", AT]);
    let gone = run.out.lines().find(|line| line.contains("- node02")).unwrap_or_else(|| panic!("{run:#?}"));
    let built = lab.run(&["build", "cluster.toml", "--at", AT]);
    let files =
        built.out.lines().find(|line| line.starts_with("files ")).unwrap_or_else(|| panic!("{built:#?}"));
    assert_eq!(before(gone, " file"), before(files, " removed"), "{gone}: {built:#?}");
}
