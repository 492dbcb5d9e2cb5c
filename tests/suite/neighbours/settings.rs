//! Values of settings.

use super::{BAD, PLAN, said};

/// Settings that a program does not take, or that would write more into a file than a value, and why.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("haproxy", r#"health-path = "/readyz\n  server evil 1.2.3.4:6443""#, "a line break is in"),
    ("haproxy", r#"health-path = "/readyz verbose""#, "is not the path of a URL"),
    ("haproxy", r#"health-path = "readyz""#, "is not the path of a URL"),
    ("haproxy", r##"health-path = "/readyz#x""##, "is not the path of a URL"),
    ("etcd", r#"user = "etcd\nExecStartPre=/bin/x""#, "a line break is in"),
    ("etcd", r#"user = "et cd""#, "is not the name of a user"),
    ("etcd", r#"user = """#, "is not the name of a user"),
    ("etcd", r#"registry = "a b""#, "is not where images come from"),
    ("kube-apiserver", r#"registry = "a\tb""#, "a tab is in"),
    ("kube-apiserver", r#"environment = "MY VAR""#, "is not the name of an environment variable"),
    ("kubelet", r#"environment = "1A""#, "is not the name of an environment variable"),
    ("kubelet", r#"bootstrap-user = "a\u001b[1mb""#, "a control character is in"),
    ("kubelet", r#"cgroup-driver = "cgroup""#, "is not a valid `cgroup-driver`"),
    ("kubelet", r#"container-runtime-endpoint = "run/containerd.sock""#, "is not where a program listens"),
    ("kubelet", r#"container-runtime-endpoint = "unix://run/c.sock""#, "is not where a program listens"),
    ("etcd", r#"registry = "https://registry.k8s.io""#, "is not where images come from"),
    ("etcd", r#"registry = "r/kube-apiserver:v1""#, "is not where images come from"),
    ("etcd", r#"registry = "Registry/K8S""#, "is not where images come from"),
    ("kube-proxy", r#"mode = "iptable""#, "is not a valid `mode`"),
];

#[test]
fn settings_that_are_no_values_are_named() {
    let mut wrong = Vec::new();
    for (component, setting, words) in SETTINGS {
        let found = said(&format!("{PLAN}\n[component.{component}]\nsetting.{setting}\n"));
        if !found.iter().any(|(code, message)| *code == BAD && message.contains(words)) {
            wrong.push(format!("{component} {setting}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Values that are unusual, and that programs take.
#[test]
fn settings_that_are_values_are_left_alone() {
    for (component, setting) in [
        ("haproxy", r#"health-path = "/livez?exclude=etcd&verbose""#),
        ("etcd", r#"user = "etcd-3.6_a""#),
        ("etcd", r#"user = "997""#),
        ("etcd", r#"registry = "[fd00::1]:5000/k8s""#),
        ("kube-apiserver", r#"environment = "KUBE_API_ARGS""#),
        ("kube-apiserver", r#"environment = """#),
        ("kubelet", r#"container-runtime-endpoint = "/run/containerd/containerd.sock""#),
        ("kubelet", r#"cgroup-driver = "cgroupfs""#),
        ("kubelet", r#"context = "system:node@prod ü""#),
        ("kube-proxy", r#"mode = "nftables""#),
    ] {
        let found = said(&format!("{PLAN}\n[component.{component}]\nsetting.{setting}\n"));
        assert_eq!(found, [], "{component} {setting}");
    }
}
