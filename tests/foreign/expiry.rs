//! When certificates end, what stops then, and how they get new dates: through the front door.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::metrics::parse;
use crate::support::snapshot::compare;
use crate::support::{AT, Lab, Run};

/// A plan of one authority, a person and a service's certificate.
const SMALL: &str = r#"format = 1

[cluster]
name = "a"
version = "1.36"
layout = "kubeadm"

[authority.root]
validity = { own = "2y", issued = "1y" }

[certificate.metrics]
authority = "root"
usage = "client"

[certificate.web]
authority = "root"
usage = "server"
dns = ["web.example.com"]
validity = "90d"
"#;

fn small() -> Lab {
    let lab = Lab::written(SMALL);
    lab.build();
    lab
}

/// `not-after` of every certificate of the lock.
fn ends(lab: &Lab) -> BTreeMap<String, String> {
    fields(lab, "not-after = \"")
}

fn keys(lab: &Lab) -> BTreeMap<String, String> {
    fields(lab, "key = \"")
}

fn fields(lab: &Lab, prefix: &str) -> BTreeMap<String, String> {
    let lock = lab.read("cluster.lock");
    let mut found = BTreeMap::new();
    let mut id = None;
    for line in lock.lines() {
        if line.starts_with('[') {
            id = line.strip_prefix("[certificate.\"").and_then(|rest| rest.strip_suffix("\"]"));
        } else if let (Some(id), Some(value)) = (id, line.strip_prefix(prefix)) {
            found.insert(id.to_owned(), value.trim_end_matches('"').to_owned());
        }
    }
    found
}

fn status(lab: &Lab, more: &[&str]) -> Run {
    lab.run(&[&["status", "cluster.toml"], more].concat())
}

fn renew(lab: &Lab, more: &[&str]) -> Run {
    lab.run(&[&["renew", "cluster.toml"], more].concat())
}

/// Builds from the lock alone and wants nothing to be said.
fn locked(lab: &Lab, at: &str) {
    let run = lab.run(&["build", "cluster.toml", "--locked", "--at", at]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
}

/// Verifies with openssl, at an instant.
fn verify(root: &std::path::Path, chain: Option<&std::path::Path>, leaf: &std::path::Path, at: &str) {
    let at: pkiplan::values::Instant = at.parse().unwrap();
    let mut command = Command::new("openssl");
    command.args(["verify", "-x509_strict", "-attime", &at.unix().to_string(), "-CAfile"]).arg(root);
    if let Some(chain) = chain {
        command.arg("-untrusted").arg(chain);
    }
    let output = command.arg(leaf).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What openssl says of a certificate.
fn told(certificate: &std::path::Path, what: &[&str]) -> String {
    let output = Command::new("openssl").args(["x509", "-noout", "-in"]).arg(certificate).args(what).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_table_says_what_stops() {
    let lab = Lab::built("ha");
    compare("expiry/valid.txt", &status(&lab, &["--at", "2026-06-01T00:00:00Z"]).transcript());
    compare("expiry/due.txt", &status(&lab, &["--at", "2026-12-15T00:00:00Z"]).transcript());
    compare("expiry/expired.txt", &status(&lab, &["--at", "2036-01-01T00:00:00Z"]).transcript());
    let all = status(&lab, &["--at", "2026-06-01T00:00:00Z", "--all"]);
    assert_eq!(all.out.lines().filter(|line| line.starts_with("20")).count(), ends(&lab).len());
    // The window counts its last second, and an end its own.
    let code = |at: &str, within: &str| status(&lab, &["--at", at, "--within", within]).code;
    assert_eq!(code("2026-12-01T23:59:59Z", "30d"), 0);
    assert_eq!(code("2026-12-02T00:00:00Z", "30d"), 2);
    assert_eq!(code("2026-12-02T00:00:00Z", "29d"), 0);
    assert_eq!(code("2027-01-01T00:00:00Z", "1s"), 2);
    assert_eq!(code("2027-01-01T00:00:01Z", "1s"), 3);
    assert_eq!(status(&lab, &["--within", "soon"]).code, 1);
}

/// One host dials itself, and nobody else's etcd.
#[test]
fn one_host() {
    let lab = Lab::built("single");
    compare("expiry/minimal.txt", &status(&lab, &["--at", "2026-06-01T00:00:00Z"]).transcript());
}

/// What somebody else runs is dialled, too.
#[test]
fn dials_to_somebody_else() {
    let lab = Lab::of("single");
    lab.edit("roles = [\"control-plane\", \"etcd\", \"worker\"]", "roles = [\"control-plane\", \"worker\"]");
    lab.append("\n[external.etcd]\nurls = [\"https://etcd.example.com:2379\"]\n");
    lab.append(
        "\n[certificate.theirs]\nauthority = \"etcd\"\nusage = \"server\"\ndns = [\"etcd.example.com\"]\n",
    );
    let run = status(&lab, &["--at", AT]);
    let line = run.out.lines().find(|line| line.contains("kube-apiserver-etcd-client")).unwrap();
    let dial = "kube-apiserver (etcd) of solo to etcd of somebody else";
    assert!(line.ends_with(dial), "{}", run.out);
    // Once for what is shown, and once for whom its servers are trusted by: here the same authority's.
    assert_eq!(run.out.matches(dial).count(), 2, "{}", run.out);
    let authority = "\n[authority.mine]\n\n[external.etcd]\nclients = \"mine\"";
    lab.edit("\n[external.etcd]", authority);
    let run = status(&lab, &["--at", AT]);
    assert_eq!(run.out.matches(dial).count(), 3, "{}", run.out);
}

/// An intermediate's death stops what is below it alone.
/// Who reads the kubeconfig of another component of the host stops with its certificate.
#[test]
fn whoever_borrows_a_certificate_stops_with_it() {
    let lab = Lab::of("mutual-tls");
    assert_eq!(lab.run(&["lock", "cluster.toml", "--at", AT]).code, 0);
    let said = status(&lab, &["--within", "400d"]).out;
    let (_, row) = said.split_once("node.*/kubelet-client (3 of them)").unwrap();
    let stops: Vec<&str> = row.lines().take(2).map(str::trim).collect();
    assert_eq!(
        stops,
        [
            "kubelet (api) of 3 hosts to kube-apiserver of k8s-master",
            "kube-proxy (api) of 3 hosts to kube-apiserver of k8s-master"
        ]
    );
}

#[test]
fn below_an_intermediate() {
    let lab = Lab::built("intermediate");
    compare("expiry/intermediate.txt", &status(&lab, &["--at", "2026-06-01T00:00:00Z"]).transcript());
}

#[test]
fn what_is_not_issued_yet_and_what_is_gone() {
    let lab = Lab::written(SMALL);
    lab.remove("cluster.secret");
    compare("expiry/not-issued.txt", &status(&lab, &["--at", AT]).transcript());
    lab.secret(crate::support::SECRET);
    lab.build();
    lab.edit("[certificate.metrics]", "[certificate.numbers]");
    compare("expiry/renamed.txt", &status(&lab, &["--at", AT]).transcript());
    lab.remove("cluster.lock");
    assert!(status(&lab, &["--at", AT]).out.contains("3 not issued yet"));
    lab.write("cluster.lock", "<<<<<<< ours\n");
    let run = status(&lab, &["--at", AT]);
    assert!(run.code == 1 && run.err.contains("lock::"), "{run:#?}");
}

#[test]
fn for_machines() {
    let lab = small();
    let at = ["--at", "2026-03-15T00:00:00Z"];
    compare("expiry/status.json", &status(&lab, &[&at[..], &["--format", "json"]].concat()).transcript());
    let run = status(&lab, &[&at[..], &["--openmetrics"]].concat());
    compare("expiry/openmetrics.txt", &run.transcript());
    parse(&run.out);
    let lab = Lab::built("ha");
    let at = ["--at", "2026-06-01T00:00:00Z"];
    let run = status(&lab, &[&at[..], &["--openmetrics"]].concat());
    let rows = parse(&run.out);
    assert_eq!(rows["pkiplan_certificate_not_after_timestamp_seconds"].len(), ends(&lab).len());
    let run = status(&lab, &[&at[..], &["--format", "json"]].concat());
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let certificates = answer["certificates"].as_array().unwrap();
    let serving =
        certificates.iter().find(|one| one["id"] == "node.master01/kube-apiserver-serving").unwrap();
    let dials = serving["stops"]["dials"].as_array().unwrap();
    let kubelets = dials.iter().find(|dial| dial["component"] == "kubelet").unwrap();
    assert_eq!(
        (&kubelets["to"], &kubelets["from_hosts"]["count"]),
        (&"kube-apiserver.https".into(), &5.into())
    );
    assert_eq!(kubelets["to_hosts"]["names"], serde_json::json!(["master01"]));
    assert_eq!(serving["stops"]["users"], serde_json::json!(["admin", "super-admin"]));
}

/// The same certificate of several hosts with the same dates is one line.
#[test]
fn what_is_renewed_alike_is_one_line() {
    let lab = Lab::built("ha");
    let run = renew(&lab, &["--at", "2026-12-15T00:00:00Z"]);
    assert!(run.out.contains("node.master01/etcd-server and 2 more  "), "{run:#?}");
    assert!(run.out.contains("44 renewed") && run.out.lines().count() < 20, "{run:#?}");
}

#[test]
fn what_is_due_is_renewed() {
    let lab = small();
    let before = keys(&lab);
    let at = "2026-03-15T00:00:00Z";
    // Without any secret, as on the machine of who reviews it.
    lab.remove("cluster.secret");
    assert_eq!(status(&lab, &["--at", at]).code, 2);
    compare("expiry/renew-due.txt", &renew(&lab, &["--at", at]).transcript());
    lab.secret(crate::support::SECRET);
    assert_eq!(keys(&lab), before);
    assert_eq!(ends(&lab)["certificate.web"], "2026-06-13T00:00:00Z");
    // The lock alone was written; now the certificates are made, and nothing is left to decide.
    let old = lab.read("cluster.trees/users/web/tls.crt");
    let key = lab.read("cluster.trees/users/web/tls.key");
    locked(&lab, at);
    assert_ne!(lab.read("cluster.trees/users/web/tls.crt"), old);
    assert_eq!(lab.read("cluster.trees/users/web/tls.key"), key);
    compare("expiry/renew-nothing.txt", &renew(&lab, &["--at", at]).transcript());
    assert_eq!(status(&lab, &["--at", at]).code, 0);
}

#[test]
fn what_is_named_is_renewed() {
    let lab = small();
    let at = ["--at", "2026-02-01T00:00:00Z"];
    let run = renew(&lab, &[&at[..], &["certificate.*", "--rekey", "--format", "json"]].concat());
    compare("expiry/renew-named.json", &run.transcript());
    assert_eq!(keys(&lab)["certificate.web"], "derived ecdsa-p256 2");
    assert_eq!(keys(&lab)["authority.root/1"], "derived ecdsa-p256 1");
    locked(&lab, at[1]);
    compare(
        "expiry/renew-rekey.txt",
        &renew(&lab, &[&at[..], &["certificate.web", "--rekey"]].concat()).transcript(),
    );
    compare(
        "expiry/renew-refused.txt",
        &renew(&lab, &[&at[..], &["authority.root", "certificate.wep", "node.*", "--rekey"]].concat())
            .transcript(),
    );
    lab.remove("cluster.lock");
    lab.remove("cluster.trees");
    compare("expiry/renew-no-lock.txt", &renew(&lab, &at).transcript());
}

/// What was imported is not pkiplan's to renew, however soon it ends.
#[test]
fn what_was_imported_is_left_alone() {
    let from =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/decide/renewed-import");
    let lab = Lab::written("");
    for (file, to) in [("plan.toml", "cluster.toml"), ("plan.lock", "cluster.lock")] {
        lab.write(to, &std::fs::read_to_string(from.join(file)).unwrap());
    }
    std::fs::create_dir(lab.path("cluster.certs")).unwrap();
    let root = "authority.root-1.crt";
    let certificate = std::fs::read_to_string(from.join("plan.certs").join(root)).unwrap();
    lab.write(&format!("cluster.certs/{root}"), &certificate);
    lab.append("\n[certificate.web]\nauthority = \"root\"\nusage = \"server\"\ndns = [\"web\"]\n");
    let run = renew(&lab, &["--at", AT, "--within", "99y"]);
    assert!(run.code == 0 && run.out.contains("1 issued, 1 kept"), "{run:#?}");
    let run = renew(&lab, &["--at", AT, "--within", "99y"]);
    assert!(run.code == 0 && run.out.contains("0 issued, 1 renewed, 1 kept"), "{run:#?}");
}

/// A renewal does not ignore the plan.
#[test]
fn what_the_plan_changes_goes_along() {
    let lab = small();
    lab.edit("web.example.com", "www.example.com");
    let run = renew(&lab, &["--at", "2026-02-01T00:00:00Z", "certificate.metrics"]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.out.contains("certificates 0 issued, 1 reissued, 1 renewed, 1 kept"), "{}", run.out);
    locked(&lab, "2026-02-01T00:00:00Z");
}

/// `--locked` tells a lock that a renewal left behind from one that the plan does; `lock` does, too.
#[test]
fn another_validity_reissues_with_the_same_key() {
    let lab = small();
    let key = lab.read("cluster.trees/users/web/tls.key");
    lab.edit("validity = \"90d\"", "validity = \"30d\"");
    let run = lab.run(&["lock", "cluster.toml", "--check", "--at", "2026-02-01T00:00:00Z"]);
    assert!(run.out.contains("reissue certificate.web: validity 90d -> 30d"), "{run:#?}");
    assert_eq!(lab.run(&["build", "cluster.toml", "--at", "2026-02-01T00:00:00Z"]).code, 0);
    assert_eq!(ends(&lab)["certificate.web"], "2026-03-03T00:00:00Z");
    assert_eq!(lab.read("cluster.trees/users/web/tls.key"), key);
}

/// Old certificates verify with the renewed authority, and new ones with the old: name and key are the same.
#[test]
fn an_authority_is_renewed_with_its_key() {
    let lab = Lab::built("intermediate");
    let pki = "cluster.trees/hosts/control01/etc/kubernetes/pki";
    let keep = |from: &str, to: &str| lab.write(to, &lab.read(&format!("{pki}/{from}")));
    let files = ["apiserver.crt", "ca.crt", "ca.key", "etcd/ca.crt", "etcd/peer.crt", "sa.key"];
    files.iter().for_each(|file| keep(file, &format!("old-{}", file.replace('/', "-"))));
    let at = "2026-01-05T00:00:00Z";
    let run = renew(&lab, &["authority.*", "--at", at]);
    compare("expiry/renew-authorities.txt", &run.transcript());
    locked(&lab, at);
    // Renewed authorities reissue nothing; only the chain behind a certificate is another one.
    let serial = |path: &str| told(&lab.path(path), &["-serial"]);
    assert_eq!(serial(&format!("{pki}/apiserver.crt")), serial("old-apiserver.crt"));
    let run = renew(&lab, &["node.*", "--at", at]);
    assert_eq!(run.code, 0, "{run:#?}");
    locked(&lab, at);
    let new = |file: &str| lab.path(&format!("{pki}/{file}"));
    let old = |file: &str| lab.path(&format!("old-{}", file.replace('/', "-")));
    for (root, leaf) in [("ca.crt", "apiserver.crt"), ("etcd/ca.crt", "etcd/peer.crt")] {
        assert_ne!(std::fs::read(old(root)).unwrap(), std::fs::read(new(root)).unwrap());
        assert_ne!(std::fs::read(old(leaf)).unwrap(), std::fs::read(new(leaf)).unwrap());
        for same in [&["-subject"][..], &["-pubkey"], &["-ext", "subjectKeyIdentifier"]] {
            assert_eq!(told(&old(root), same), told(&new(root), same));
        }
        assert_ne!(told(&old(root), &["-serial"]), told(&new(root), &["-serial"]));
        for (root, leaf) in [(old(root), new(leaf)), (new(root), old(leaf)), (new(root), new(leaf))] {
            // The leaf's file holds its intermediates, too.
            verify(&root, Some(&leaf), &leaf, "2026-03-01T00:00:00Z");
        }
    }
    for key in ["ca.key", "sa.key"] {
        assert_eq!(std::fs::read(old(key)).unwrap(), std::fs::read(new(key)).unwrap());
    }
}

/// The drill of the docs: eleven years later nothing is valid any more, and no cluster is up.
#[test]
fn when_everything_has_expired() {
    let lab = Lab::built("ha");
    let host = "cluster.trees/hosts/master01/etc/kubernetes/pki";
    let files = ["ca.key", "sa.key", "sa.pub", "apiserver.key", "etcd/peer.key"];
    let read = || files.map(|file| lab.read(&format!("{host}/{file}")));
    let (before, at) = (read(), "2037-01-01T00:00:00Z");
    assert_eq!(status(&lab, &["--at", at]).code, 3);
    assert_eq!(lab.run(&["build", "cluster.toml", "--at", at]).code, 3);
    lab.write("before.toml", &lab.read("cluster.toml"));
    lab.write("before.lock", &lab.read("cluster.lock"));
    let trees = lab.state("cluster.trees");
    let run = renew(&lab, &["--at", at]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    let count = ends(&lab).len();
    assert!(run.out.contains(&format!("0 issued, {count} renewed, 0 kept")), "{}", run.out);
    locked(&lab, at);
    let run = status(&lab, &["--at", at]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert_eq!(read(), before);
    let path = |file: &str| lab.path(&format!("{host}/{file}"));
    for (root, leaf) in [("ca.crt", "apiserver.crt"), ("etcd/ca.crt", "etcd/peer.crt")] {
        verify(&path(root), None, &path(leaf), "2037-06-01T00:00:00Z");
    }
    assert!(!ends(&lab).values().any(|end| end.as_str() < "2038"));
    let told = told_by_diff(&lab, at);
    assert!(told.contains(&("master01".to_owned(), "haproxy.service".to_owned())), "{told:?}");
    assert_eq!(told, wanted_by_files(&lab, &trees));
    // The page names all of them, in an order that works: each after what it dials.
    let page = include_str!("../../docs/how-to/recover-from-expiry.md");
    let steps = page.split("Restart what").nth(1).unwrap();
    let mut last = 0;
    let order = [
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "haproxy",
        "kubelet and",
        "kube-proxy on",
    ];
    for name in order {
        let at = steps.find(name).unwrap_or_else(|| panic!("{name}"));
        assert!(at > last, "{name}");
        last = at;
    }
    for (host, unit) in told {
        let name = unit.trim_end_matches(".service");
        assert!(order.iter().any(|step| step.split(' ').next() == Some(name)), "{unit} of {host}");
    }
}

/// The services that a difference takes up, host by host.
fn told_by_diff(lab: &Lab, at: &str) -> BTreeSet<(String, String)> {
    let run = lab.run(&["diff", "cluster.toml", "before.toml", "--at", at, "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"));
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let steps = list(&answer["waves"]).iter().flat_map(|wave| list(&wave["steps"])).collect::<Vec<_>>();
    let of_step = |step: &serde_json::Value| -> Vec<(String, String)> {
        let services: Vec<String> = list(&step["services"]).iter().map(|one| text(&one["service"])).collect();
        let hosts = list(&step["hosts"]);
        hosts.iter().flat_map(|host| services.iter().map(|service| (text(host), service.clone()))).collect()
    };
    steps.iter().flat_map(of_step).collect()
}

/// The units that the manifests name at files whose bytes are others now.
fn wanted_by_files(lab: &Lab, before: &crate::support::State) -> BTreeSet<(String, String)> {
    let (after, mut units) = (lab.state("cluster.trees"), BTreeSet::new());
    for unit in lab.units().iter().filter_map(|unit| unit.strip_prefix("hosts/")) {
        let manifest = lab.manifest(&format!("hosts/{unit}"));
        for entry in manifest["entries"].as_array().unwrap() {
            let path = format!("hosts/{unit}/{}", entry["path"].as_str().unwrap());
            if before.get(&path) == after.get(&path) {
                continue;
            }
            for reaction in ["restart", "reload"] {
                let named = entry[reaction].as_array().into_iter().flatten();
                units.extend(named.map(|name| (unit.to_owned(), name.as_str().unwrap().to_owned())));
            }
        }
    }
    units
}

/// A thousand kubelets do not end on one day; without `spread` they all do, to the second.
#[test]
fn ends_are_spread() {
    let plan = |spread: &str| {
        format!(
            "format = 1\n\n[cluster]\nname = \"a\"\nprofile = \"high-availability\"\nversion = \"1.36.2\"\n\
             endpoint = \"node.m1\"\nservice-cidrs = [\"10.96.0.0/16\"]\npod-cidrs = [\"10.244.0.0/14\"]\n\n\
             [node.m1]\naddresses = [\"10.0.0.1\"]\nroles = [\"control-plane\", \"etcd\"]\n\n\
             [pool.workers]\nnames = \"w{{0001..1000}}\"\nfirst-address = \"10.128.0.1\"\nroles = [\"worker\"]\n\n\
             [authority.kubernetes]\nvalidity = {{ own = \"10y\", issued = \"1y\"{spread} }}\n\n\
             [user.alice]\nvalidity = \"90d\"\n"
        )
    };
    let lock = |spread: &str| {
        let lab = Lab::written(&plan(spread));
        let run = lab.run(&["lock", "cluster.toml", "--at", AT]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
        lab
    };
    let clients = |lab: &Lab| -> Vec<String> {
        let ends = ends(lab).into_iter();
        ends.filter(|(id, _)| id.starts_with("node.w") && id.ends_with("kubelet-client"))
            .map(|(_, end)| end)
            .collect()
    };
    let spread = lock(", spread = \"30d\"");
    let days: BTreeMap<String, usize> = clients(&spread).iter().fold(BTreeMap::new(), |mut days, end| {
        *days.entry(end[..10].to_owned()).or_default() += 1;
        days
    });
    assert_eq!(days.values().sum::<usize>(), 1000);
    assert!(days.keys().all(|day| ("2026-12-02".."2027-01-01").contains(&day.as_str())), "{days:?}");
    assert!(days.len() == 30 && days.values().all(|count| (12..=60).contains(count)), "{days:?}");
    // Whoever has a validity of their own has it to the second.
    assert_eq!(ends(&spread)["user.alice"], "2026-04-01T00:00:00Z");
    assert_eq!(lock(", spread = \"30d\"").read("cluster.lock"), spread.read("cluster.lock"));
    let plain = lock("");
    assert!(clients(&plain).iter().all(|end| end == "2027-01-01T00:00:00Z"));
    // The words do not know of it: neither way reissues anything.
    for (lab, other) in [(&spread, ""), (&plain, ", spread = \"1d\"")] {
        lab.write("cluster.toml", &plan(other));
        let run = lab.run(&["lock", "cluster.toml", "--check", "--at", "2026-03-01T00:00:00Z"]);
        assert_eq!(run.code, 0, "{run:#?}");
    }
    // A thousand alike are one row, which says when the last of them ends.
    spread.write("cluster.toml", &plan(", spread = \"30d\""));
    let shown = spread.run(&["show", "cluster.toml", "certificate", "node.w0001/kubelet-client"]);
    assert!(shown.out.contains("expires earlier by less than 30d"), "{}", shown.out);
    let run = status(&spread, &["--at", AT]);
    assert!(run.out.contains("node.*/kubelet-client (1001 of them, last one "), "{}", run.out);
    assert!(run.out.lines().count() < 60, "{}", run.out);
}
