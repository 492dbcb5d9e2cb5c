//! `pkiplan init` from what a cluster of kubeadm says of itself.

use crate::support::snapshot::compare;
use crate::support::{AT, EPOCH, Lab, Run};

const FILES: [(&str, &str); 5] = [
    ("v1beta4.yaml", include_str!("kubeadm/v1beta4.yaml")),
    ("configmap.yaml", include_str!("kubeadm/configmap.yaml")),
    ("external-etcd.yaml", include_str!("kubeadm/external-etcd.yaml")),
    ("nodes.json", include_str!("kubeadm/nodes.json")),
    ("nodes.yaml", include_str!("kubeadm/nodes.yaml")),
];

fn lab() -> Lab {
    let lab = Lab::empty();
    for (name, text) in FILES {
        lab.write(name, text);
    }
    lab
}

fn init(lab: &Lab, configuration: &str, nodes: &str) -> Run {
    lab.run(&["init", "--from", "kubeadm-config", configuration, "--nodes", nodes])
}

/// What a plan of it makes works.
fn works(lab: &Lab) {
    let check = lab.run(&["check"]);
    assert!(check.code == 0, "{check:#?}");
    let build = lab.run(&["build", "--at", AT]);
    assert!(build.code == 0, "{build:#?}");
    let verify = lab.run_with(&["verify"], &[("SOURCE_DATE_EPOCH", EPOCH)]);
    assert!(verify.code == 0, "{verify:#?}");
}

/// Flags that the plan derives itself, or that do not exist, are left with their reason; the rest arrives.
#[test]
fn a_configuration_and_nodes() {
    let lab = lab();
    compare("init/kubeadm.txt", &init(&lab, "v1beta4.yaml", "nodes.json").transcript());
    compare("init/kubeadm.toml", &lab.read("cluster.toml"));
    works(&lab);
    let manifest = lab.read("cluster.trees/hosts/master01/etc/kubernetes/manifests/kube-apiserver.yaml");
    for part in
        ["--audit-log-maxage=30", "--profiling=false", "mirror.example.com/k8s/kube-apiserver:v1.36.1"]
    {
        assert!(manifest.contains(part), "{part}: {manifest}");
    }
    let shown = lab.run(&["show", "certificate", "node.master01/kube-apiserver-serving"]).out;
    assert!(shown.contains("DNS:k8s.example.com") && shown.contains("IP:192.0.2.7"), "{shown}");
}

/// The form of the API, and flags as a mapping.
#[test]
fn a_config_map() {
    let lab = lab();
    let run = init(&lab, "configmap.yaml", "nodes.yaml");
    assert!(run.code == 0 && !run.err.contains("not taken over"), "{run:#?}");
    compare("init/config-map.toml", &lab.read("cluster.toml"));
    works(&lab);
}

/// Its authority is imported before anything can be built.
#[test]
fn members_that_others_run() {
    let lab = lab();
    compare("init/external-etcd.txt", &init(&lab, "external-etcd.yaml", "nodes.json").transcript());
    let plan = lab.read("cluster.toml");
    assert!(
        plan.contains("[external.etcd]\nurls = [\"https://10.9.0.1:2379\", \"https://10.9.0.2:2379\"]\n"),
        "{plan}"
    );
    assert!(!plan.contains("roles = [\"control-plane\", \"etcd\"]"), "{plan}");
    let check = lab.run(&["check"]);
    assert_eq!(check.err.matches("resolve::").count(), 1, "{check:#?}");
    assert!(check.err.contains("resolve::external-authority"), "{check:#?}");
}

#[test]
fn options_come_before_files() {
    let lab = lab();
    let from = ["init", "--from", "kubeadm-config", "v1beta4.yaml"];
    let missing = lab.run(&from);
    assert!(missing.code == 1 && missing.err.contains("--control-plane NAME=ADDRESS"), "{missing:#?}");
    let more = [
        "--control-plane",
        "a=10.1.0.1",
        "--name",
        "other",
        "--kubernetes-version",
        "1.36.2",
        "--pod-cidr",
        "10.200.0.0/16",
    ];
    let run = lab.run(&[&from[..], &more].concat());
    assert_eq!(run.code, 0, "{run:#?}");
    let plan = lab.read("cluster.toml");
    for line in [
        "name = \"other\"",
        "version = \"1.36.2\"",
        "pod-cidrs = [\"10.200.0.0/16\"]",
        "host = \"k8s.example.com\"",
    ] {
        assert!(plan.contains(line), "{line}: {plan}");
    }
}

#[test]
fn other_files() {
    let lab = lab();
    lab.write("kubelet.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n");
    lab.write("old.yaml", "apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\n");
    lab.write("broken.yaml", "a: [\n");
    for (configuration, nodes, said) in [
        ("kubelet.yaml", "nodes.json", "kubelet.yaml has no document of kind ClusterConfiguration"),
        ("old.yaml", "nodes.json", "update the file with `kubeadm config migrate`"),
        ("broken.yaml", "nodes.json", "broken.yaml, line "),
        (
            "v1beta4.yaml",
            "kubelet.yaml",
            "kubelet.yaml has no nodes: it should be what `kubectl get nodes -o json` prints",
        ),
    ] {
        let run = init(&lab, configuration, nodes);
        assert!(
            run.code == 1 && run.out.is_empty() && run.err.contains(said),
            "{configuration}, {nodes}: {run:#?}"
        );
    }
    assert!(!lab.path("cluster.toml").exists() && !lab.path(".gitignore").exists());
}
