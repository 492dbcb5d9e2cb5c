//! Files of one's own on hosts: where they lie, who reads them, and what a change of them costs.

use pkiplan::issue::pem;
use pkiplan::{observe, yaml};
use serde_json::Value;

use crate::support::{Lab, forge};

const PLAN: &str = r#"
format = 1

[cluster]
name = "kubernetes"
profile = "high-availability"
run = "RUN"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]

[node.m1]
addresses = ["10.0.0.1"]
roles = ["control-plane", "etcd"]

[node.w1]
addresses = ["10.0.0.2"]
roles = ["worker"]

[file.audit-policy]
source = "files/audit.yaml"
path = "/etc/kubernetes/audit/policy.yaml"
component = "kube-apiserver"

[file.authentication]
source = "files/authentication.yaml"
path = "/etc/kubernetes/apiserver/authentication.yaml"
nodes = "role:control-plane"
mode = "0600"

[file.motd]
source = "files/motd"
path = "/etc/motd"
nodes = "all"
owner = "daemon"

[component.kube-apiserver.flags.set]
audit-policy-file = "/etc/kubernetes/audit/policy.yaml"
audit-log-path = "/var/log/kubernetes/audit.log"
authentication-config = "/etc/kubernetes/apiserver/authentication.yaml"
"#;

const AUDIT: &str = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n";

const AUTHENTICATION: &str = "apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
anonymous:
  enabled: true
  conditions:
  - path: /livez
  - path: /readyz
  - path: /healthz
";

fn lab(run: &str) -> Lab {
    let lab = Lab::written(&PLAN.replace("RUN", run));
    std::fs::create_dir(lab.path("files")).unwrap();
    lab.write("files/audit.yaml", AUDIT);
    lab.write("files/authentication.yaml", AUTHENTICATION);
    lab.write("files/motd", "be careful\n");
    lab.build();
    lab
}

/// The entry of a path in a host's manifest.
fn entry(lab: &Lab, host: &str, path: &str) -> Option<Value> {
    let manifest: Value =
        serde_json::from_str(&lab.read(&format!("cluster.trees/hosts/{host}.json"))).unwrap();
    let files = manifest["entries"].as_array().unwrap();
    files.iter().find(|file| file["path"] == path).cloned()
}

#[test]
fn they_lie_where_the_plan_says_with_who_reads_them() {
    let lab = lab("systemd");
    assert_eq!(lab.read("cluster.trees/hosts/m1/etc/kubernetes/audit/policy.yaml"), AUDIT);
    let audit = entry(&lab, "m1", "etc/kubernetes/audit/policy.yaml").unwrap();
    assert_eq!(audit["mode"], "0644");
    assert_eq!(audit["restart"], serde_json::json!(["kube-apiserver.service"]));
    assert_eq!(entry(&lab, "w1", "etc/kubernetes/audit/policy.yaml"), None);
    // Watched since 1.30: nothing has to be done for it.
    let authentication = entry(&lab, "m1", "etc/kubernetes/apiserver/authentication.yaml").unwrap();
    assert_eq!(authentication["mode"], "0600");
    assert!(
        authentication.get("restart").is_none_or(|units| units == &serde_json::json!([])),
        "{authentication}"
    );
    let motd = entry(&lab, "w1", "etc/motd").unwrap();
    assert_eq!((&motd["owner"], &motd["group"]), (&"daemon".into(), &"daemon".into()));
}

#[test]
fn pods_see_them_for_reading() {
    let lab = lab("static-pod");
    let manifest = lab.read("cluster.trees/hosts/m1/etc/kubernetes/manifests/kube-apiserver.yaml");
    let pod = observe::json(&yaml::documents(&manifest).unwrap_or_default()[0].root);
    let mounts = pod["spec"]["containers"][0]["volumeMounts"].as_array().unwrap();
    let mount = |path: &str| mounts.iter().find(|mount| mount["mountPath"] == *path);
    let read_only =
        |path: &str| mount(path).unwrap_or_else(|| panic!("{path}: {manifest}"))["readOnly"] == true;
    // It is read once, so the pod starts anew with it, and the file is enough.
    assert!(read_only("/etc/kubernetes/audit/policy.yaml"));
    // It is watched: another one is renamed over it, which only its folder shows.
    assert!(read_only("/etc/kubernetes/apiserver"));
    // The log is written.
    assert!(mount("/var/log/kubernetes").unwrap().get("readOnly").is_none());
    let digest = |lab: &Lab| {
        let manifest = lab.read("cluster.trees/hosts/m1/etc/kubernetes/manifests/kube-apiserver.yaml");
        manifest.lines().find(|line| line.contains("start-digest")).unwrap().to_owned()
    };
    let before = digest(&lab);
    lab.write("files/authentication.yaml", &AUTHENTICATION.replace("  - path: /healthz\n", ""));
    lab.build();
    assert_eq!(digest(&lab), before);
    lab.write("files/audit.yaml", &AUDIT.replace("Metadata", "Request"));
    lab.build();
    assert_ne!(digest(&lab), before);
}

#[test]
fn a_change_is_shown_with_its_cause_and_its_risk() {
    let lab = lab("systemd");
    for folder in ["old", "old/files", "old/cluster.certs"] {
        std::fs::create_dir(lab.path(folder)).unwrap();
    }
    let certificates = std::fs::read_dir(lab.path("cluster.certs")).unwrap();
    let certificates =
        certificates.map(|entry| format!("cluster.certs/{}", entry.unwrap().file_name().display()));
    let beside =
        ["cluster.toml", "cluster.lock", "files/audit.yaml", "files/authentication.yaml", "files/motd"];
    for file in beside.map(str::to_owned).into_iter().chain(certificates) {
        lab.write(&format!("old/{file}"), &lab.read(&file));
    }
    lab.write("files/audit.yaml", &AUDIT.replace("Metadata", "Request"));
    lab.write("files/authentication.yaml", &AUTHENTICATION.replace("  - path: /healthz\n", ""));
    let run = lab.run(&["diff", "cluster.toml", "old/cluster.toml"]);
    assert!(run.out.contains("files/audit.yaml: different content"), "{run:#?}");
    assert!(run.out.contains("rules[0].level: Metadata -> Request"), "{run:#?}");
    assert!(run.out.contains("high: kube-apiserver: what --authentication-config names"), "{run:#?}");
    assert!(
        run.out.contains("file.audit-policy -> 1 file in 1 tree -> restart kube-apiserver.service"),
        "{run:#?}"
    );
    assert!(run.out.contains("file.authentication -> 1 file in 1 tree\n"), "{run:#?}");
}

#[test]
fn what_breaks_is_named_at_the_plan() {
    let lab = lab("systemd");
    let said = |lab: &Lab| lab.run(&["check", "cluster.toml"]).err;
    lab.write("files/authentication.yaml", &AUTHENTICATION.replace("conditions", "condition"));
    let misspelt = said(&lab);
    assert!(misspelt.contains("catalog::unknown-field"), "{misspelt}");
    assert!(misspelt.contains("files/authentication.yaml:5"), "{misspelt}");
    lab.write("files/authentication.yaml", AUTHENTICATION);
    let key = pem::encode("EC PRIVATE KEY", &forge::private_key(1));
    lab.write("files/motd", &key);
    let private = said(&lab);
    assert!(private.contains("read::unreadable-file") && private.contains("it holds"), "{private}");
    assert!(!private.contains(key.lines().nth(1).unwrap()), "{private}");
    lab.write("files/motd", &"x".repeat((1 << 20) + 1));
    assert!(said(&lab).contains("read::too-many"));
    lab.remove("files/motd");
    assert!(said(&lab).contains("there is no file files/motd"));
    std::fs::write(lab.path("files/motd"), [0xff, 0xfe]).unwrap();
    assert!(said(&lab).contains("is not UTF-8 text"));
}

#[test]
fn a_file_that_a_flag_names_is_there_or_missed() {
    let lab = lab("systemd");
    lab.edit("path = \"/etc/kubernetes/audit/policy.yaml\"", "path = \"/etc/kubernetes/audit/other.yaml\"");
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.err.contains("expand::absent-file"), "{run:#?}");
    assert!(run.err.contains("/etc/kubernetes/audit/policy.yaml"), "{run:#?}");
}

#[test]
fn verify_takes_a_plan_with_them() {
    let run = lab("static-pod").run(&["verify", "cluster.toml", "--at", crate::support::AT]);
    assert_eq!(run.code, 0, "{run:#?}");
}
