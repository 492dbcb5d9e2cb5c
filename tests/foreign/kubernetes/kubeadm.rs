//! `plans/kubeadm.toml` against kubeadm 1.36.2, field by field: files, certificates, kubeconfigs, flags, pods,
//! bindings. What differs on purpose stands with its reason in `kubeadm/differences.txt`: a difference that is not
//! listed fails, and so does a listed one that is not there.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::support::certificate::{self, Certificate};
use crate::support::{Lab, workload};

const FACTS: &str = include_str!("kubeadm/facts-1.36.txt");
const DIFFERENCES: &str = include_str!("kubeadm/differences.txt");
const HOST: &str = "cluster.trees/hosts/master1";
const PODS: [&str; 4] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
/// Kubeconfigs by kubeadm's names, and where they lie here.
const KUBECONFIGS: [(&str, &str); 5] = [
    ("admin.conf", "cluster.trees/users/admin/kubeconfig"),
    ("super-admin.conf", "cluster.trees/users/super-admin/kubeconfig"),
    ("controller-manager.conf", "cluster.trees/hosts/master1/etc/kubernetes/controller-manager.conf"),
    ("scheduler.conf", "cluster.trees/hosts/master1/etc/kubernetes/scheduler.conf"),
    ("kubelet.conf", "cluster.trees/hosts/master1/etc/kubernetes/kubelet.conf"),
];

/// What is said of what.
type Facts = BTreeMap<String, String>;

/// A difference that is meant: of what (`*` stands for anything), kubeadm's value, ours; `-` is none.
#[derive(Debug)]
struct Difference {
    what: &'static str,
    kubeadm: &'static str,
    ours: &'static str,
}

#[test]
fn what_differs_from_kubeadm_is_meant() {
    let lab = Lab::built("kubeadm");
    let (kubeadm, ours) = (facts(), measured(&lab));
    let listed = differences();
    let mut used = vec![false; listed.len()];
    let mut unlisted = Vec::new();
    let whats = kubeadm.keys().chain(ours.keys().filter(|what| !kubeadm.contains_key(*what)));
    for what in whats {
        let value = |facts: &Facts| facts.get(what).map_or("-", String::as_str).to_owned();
        let (theirs, here) = (value(&kubeadm), value(&ours));
        if theirs == here {
            continue;
        }
        let matches = |d: &Difference| fits(d.what, what) && d.kubeadm == theirs && fits(d.ours, &here);
        match listed.iter().position(matches) {
            Some(i) => used[i] = true,
            None => unlisted.push(format!("{what}: {theirs} -> {here}")),
        }
    }
    assert!(unlisted.is_empty(), "differences that nobody meant:\n{}", unlisted.join("\n"));
    let gone: Vec<_> = listed.iter().zip(&used).filter(|(_, used)| !**used).map(|(d, _)| d).collect();
    assert!(gone.is_empty(), "differences that are not there: {gone:#?}");
}

fn facts() -> Facts {
    let lines = FACTS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let facts: Facts = lines
        .map(|line| line.split_once(" = ").unwrap_or_else(|| panic!("{line}")))
        .map(|(what, value)| (what.to_owned(), value.to_owned()))
        .collect();
    assert!(facts.len() > 250);
    facts
}

/// Blocks of a reason (`#`) and the differences that have it.
fn differences() -> Vec<Difference> {
    let mut all = Vec::new();
    for block in DIFFERENCES.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        assert!(block.starts_with("# "), "no reason: {block}");
        for line in block.lines().filter(|line| !line.starts_with('#')) {
            let (what, values) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
            let (kubeadm, ours) = values.split_once(" -> ").unwrap_or_else(|| panic!("{line}"));
            all.push(Difference { what, kubeadm, ours });
        }
    }
    all
}

/// Whether a text is what a pattern means.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.len() >= after.len()
                && (0..=rest.len()).any(|i| rest.is_char_boundary(i) && fits(after, &rest[i..]))
        }),
    }
}

fn measured(lab: &Lab) -> Facts {
    let mut facts = Facts::new();
    for (path, (mode, _)) in lab.state(HOST) {
        facts.insert(format!("file {path}"), format!("{mode:04o}"));
        if path.ends_with(".crt") {
            let found = certificate::all(lab.read(&format!("{HOST}/{path}")).as_bytes());
            assert_eq!(found.len(), 1, "{path}");
            of_certificate(path.strip_prefix("etc/kubernetes/").unwrap_or(&path), &found[0], &mut facts);
        }
    }
    for (name, path) in KUBECONFIGS {
        let found = certificate::embedded(&lab.read(path), "client-certificate-data");
        of_certificate(name, &found[0], &mut facts);
        of_kubeconfig(name, lab, path, &mut facts);
    }
    for name in PODS {
        of_pod(
            name,
            &workload::read(&lab.path(&format!("{HOST}/etc/kubernetes/manifests/{name}.yaml"))),
            &mut facts,
        );
    }
    for file in ["coredns-objects", "kube-apiserver-access", "kube-proxy-daemon-set-objects"] {
        for object in workload::objects(&lab.path(&format!("cluster.trees/cluster/{file}.yaml"))) {
            if object["kind"] == "ClusterRoleBinding" {
                let (role, subject) = (text(&object, "/roleRef/name"), &object["subjects"][0]);
                let subject = format!("{} {}", text(subject, "/kind"), text(subject, "/name"));
                facts.insert(
                    format!("binding {}", text(&object, "/metadata/name")),
                    format!("{role} for {subject}"),
                );
            }
        }
    }
    facts
}

fn of_certificate(name: &str, found: &Certificate, facts: &mut Facts) {
    let mut say = |field: &str, value: String| {
        if !value.is_empty() {
            facts.insert(format!("certificate {name} {field}"), value);
        }
    };
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let mut subject: Vec<&str> = found.subject.split(", ").collect();
    subject.sort_unstable();
    say("subject", subject.join(","));
    say("issuer", found.issuer.clone());
    say("key", found.algorithm.clone());
    say("names", found.names.iter().cloned().collect::<Vec<_>>().join(" "));
    let word = |usage: &str| usage.trim().to_lowercase().replace(' ', "_");
    say("key-usage", found.key_usage.split(',').map(word).collect::<Vec<_>>().join(" "));
    say("usage", found.usage.iter().map(|usage| format!("{usage}Auth")).collect::<Vec<_>>().join(" "));
    say("authority", yes(found.authority.is_some()));
    say("subject-key-id", yes(found.key_id.is_some()));
    say("authority-key-id", yes(found.issuer_key_id.is_some()));
    say("days", found.days.to_string());
}

/// A kubeconfig as kubectl reads it.
fn of_kubeconfig(name: &str, lab: &Lab, path: &str, facts: &mut Facts) {
    let mut kubectl = Command::new("kubectl");
    kubectl.args(["config", "view", "--raw", "-o", "json", "--kubeconfig"]).arg(lab.path(path));
    let output = kubectl.output().unwrap();
    let config: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (field, pointer) in [
        ("server", "/clusters/0/cluster/server"),
        ("cluster", "/clusters/0/name"),
        ("user", "/users/0/name"),
        ("context", "/current-context"),
    ] {
        facts.insert(format!("kubeconfig {name} {field}"), text(&config, pointer));
    }
}

fn of_pod(name: &str, pod: &Value, facts: &mut Facts) {
    let container = &pod["spec"]["containers"][0];
    for flag in container["command"].as_array().unwrap().iter().skip(1) {
        let (flag, value) = flag.as_str().unwrap().strip_prefix("--").unwrap().split_once('=').unwrap();
        facts.insert(format!("flag {name} {flag}"), value.to_owned());
    }
    let mut say = |field: &str, value: String| facts.insert(format!("pod {name} {field}"), value);
    say("image", text(container, "/image"));
    say("pull-policy", text(container, "/imagePullPolicy"));
    say("namespace", text(pod, "/metadata/namespace"));
    // `tested` is the test's own.
    let labels =
        pod["metadata"]["labels"].as_object().unwrap().iter().filter(|(label, _)| *label != "tested");
    let labels: Vec<String> =
        labels.map(|(label, value)| format!("{label}={}", value.as_str().unwrap())).collect();
    say("labels", labels.join(" "));
    say("host-network", pod["spec"]["hostNetwork"].to_string());
    say("priority", format!("{} {}", pod["spec"]["priority"], text(pod, "/spec/priorityClassName")));
    say("seccomp", text(pod, "/spec/securityContext/seccompProfile/type"));
    for (resource, wanted) in container["resources"]["requests"].as_object().unwrap() {
        say(resource, wanted.as_str().unwrap().to_owned());
    }
    for (annotation, value) in pod["metadata"]["annotations"].as_object().unwrap() {
        say(&format!("annotation {annotation}"), value.as_str().unwrap().to_owned());
    }
    for probe in ["liveness", "readiness", "startup"] {
        let get = &container[format!("{probe}Probe")]["httpGet"];
        if get.is_object() {
            assert_eq!(get["port"], container["ports"][0]["name"]);
            let port = &container["ports"][0]["containerPort"];
            say(
                probe,
                format!("{} {} {port} {}", text(get, "/scheme"), text(get, "/host"), text(get, "/path")),
            );
        }
    }
}

fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{pointer} in {value}")).to_owned()
}

/// What the DaemonSet is, as kubectl's types take it, and what its pods know of the cluster.
#[test]
fn the_proxy_runs_in_the_cluster() {
    let lab = Lab::built("kubeadm");
    let file = "cluster.trees/cluster/kube-proxy-daemon-set-objects.yaml";
    let objects = workload::objects(&lab.path(file));
    let kinds: Vec<String> = objects.iter().map(|object| text(object, "/kind")).collect();
    assert_eq!(kinds, ["ServiceAccount", "ClusterRoleBinding", "ConfigMap", "DaemonSet"]);
    // The last document alone has containers.
    lab.write("daemon-set.yaml", lab.read(file).rsplit("---\n").next().unwrap());
    let daemon_set = workload::read(&lab.path("daemon-set.yaml"));
    let pod = &daemon_set["spec"]["template"]["spec"];
    assert_eq!(text(pod, "/serviceAccountName"), text(&objects[0], "/metadata/name"));
    assert_eq!(text(pod, "/volumes/0/configMap/name"), text(&objects[2], "/metadata/name"));
    lab.write("kubeconfig", &text(&objects[2], "/data/kubeconfig.conf"));
    let mut facts = Facts::new();
    of_kubeconfig("proxy", &lab, "kubeconfig", &mut facts);
    assert_eq!(facts["kubeconfig proxy server"], "https://10.111.0.111:16443");
    // No host holds anything of it.
    let hosts = lab.state("cluster.trees/hosts");
    assert!(hosts.keys().all(|path| !path.contains("kube-proxy")), "{:?}", hosts.keys());
}
