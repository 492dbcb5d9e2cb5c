//! What people get and may do, and what is applied for the cluster as a whole, as kubectl reads it.

use serde_json::{Value, json};

use crate::support::Lab;
use crate::support::workload;

/// A plan of one host, whose users' kubeconfigs name the cluster or not.
fn plan(cluster: &str, qualified: bool) -> String {
    format!(
        r#"
format = 1

[cluster]
name = "{cluster}"
profile = "high-availability"
service-cidrs = ["10.96.0.0/16"]
qualified-users = {qualified}

[node.m1]
addresses = ["10.0.0.1"]
roles = ["control-plane", "etcd"]

[user.admin]
nodes = "node:m1"
kubeconfig-file = "/root/.kube/config"

[grant.viewers]
role = "view"
groups = ["platform:viewers", "auditors"]
users = "bob"

[grant.operators]
role = "admin"
groups = "platform:operators"
namespaces = ["shop", "pay"]

[component.coredns]

[component.node-roles]
"#
    )
}

fn built(cluster: &str, qualified: bool) -> Lab {
    let lab = Lab::written(&plan(cluster, qualified));
    lab.build();
    lab
}

fn json_of(lab: &Lab, script: &str) -> Value {
    let run = lab.shell(script);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{script}: {run:#?}");
    serde_json::from_str(&run.out).unwrap()
}

/// What kubectl makes of the kubeconfigs of two clusters: the names of users.
fn merged(qualified: bool) -> Vec<String> {
    let (prod, staging) = (built("prod", qualified), built("staging", qualified));
    let of = |lab: &Lab| lab.path("cluster.trees/users/admin/kubeconfig").display().to_string();
    let view = format!("KUBECONFIG={}:{} kubectl config view --flatten", of(&prod), of(&staging));
    // Names alone: keys stay where they are.
    let run = prod.shell(&format!("{view} -o jsonpath='{{.users[*].name}}'"));
    assert_eq!(run.code, 0, "{run:#?}");
    let clusters = prod.shell(&format!("{view} -o jsonpath='{{.clusters[*].name}}'"));
    assert_eq!(clusters.out, "prod staging", "{clusters:#?}");
    run.out.split(' ').map(str::to_owned).collect()
}

#[test]
fn kubeconfigs_of_several_clusters_can_be_merged() {
    assert_eq!(merged(true), ["kubernetes-admin@prod", "kubernetes-admin@staging"]);
    // What it is for: of two users of one name, one has the other's key.
    assert_eq!(merged(false), ["kubernetes-admin"]);
}

#[test]
fn a_kubeconfig_on_a_host_is_the_one_of_its_user() {
    let lab = built("prod", true);
    let on_host = "cluster.trees/hosts/m1/root/.kube/config";
    assert_eq!(lab.read(on_host), lab.read("cluster.trees/users/admin/kubeconfig"));
    let manifest: Value = serde_json::from_str(&lab.read("cluster.trees/hosts/m1.json")).unwrap();
    let entries = manifest["entries"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["path"] == "root/.kube/config").unwrap();
    assert_eq!((&entry["mode"], &entry["owner"]), (&json!("0600"), &json!("root")));
    let run = lab.shell(&format!("kubectl config current-context --kubeconfig={on_host}"));
    assert_eq!(run.out, "kubernetes-admin@prod\n", "{run:#?}");
}

/// What decides of a binding.
fn binding(object: &Value) -> Value {
    let mut subjects: Vec<Value> = object["subjects"].as_array().unwrap().clone();
    subjects.sort_by_key(ToString::to_string);
    let name = &object["metadata"]["name"];
    let namespace = &object["metadata"]["namespace"];
    json!({ "kind": object["kind"], "name": name, "namespace": namespace, "role": object["roleRef"], "subjects": subjects })
}

#[test]
fn grants_are_what_kubectl_makes() {
    let lab = built("prod", false);
    let ours = workload::objects(&lab.path("cluster.trees/cluster/kube-apiserver-grants.yaml"));
    let ours: Vec<Value> = ours.iter().map(binding).collect();
    let made = [
        "clusterrolebinding viewers --clusterrole=view --group=platform:viewers --group=auditors --user=bob",
        "rolebinding operators -n shop --clusterrole=admin --group=platform:operators",
        "rolebinding operators -n pay --clusterrole=admin --group=platform:operators",
    ];
    // In the order of their names, as tables are.
    let made =
        made.map(|what| binding(&json_of(&lab, &format!("kubectl create {what} --dry-run=client -o json"))));
    let sorted = |mut all: Vec<Value>| {
        all.sort_by_key(ToString::to_string);
        all
    };
    assert_eq!(sorted(ours), sorted(made.to_vec()));
}

#[test]
fn labels_say_what_nodes_are_for() {
    let lab = built("prod", false);
    let script = "cluster.trees/cluster/node-roles-labels.sh";
    // The real kubectl takes the labels, on an object that it does not ask a cluster for.
    lab.write("node.json", r#"{"apiVersion":"v1","kind":"Node","metadata":{"name":"m1"}}"#);
    lab.write("kubectl", "#!/bin/sh\nshift 2\nfor a; do case $a in *=) labels=\"$labels $a\";; esac; done\n\"$REAL\" label --local -f node.json $labels --overwrite -o json > next.json && mv next.json node.json\n");
    let run = lab.shell(&format!(
        "chmod +x kubectl; REAL=$(command -v kubectl) PATH=$PWD:$PATH sh {script} && cat node.json"
    ));
    assert_eq!(run.code, 0, "{run:#?}");
    let node: Value = serde_json::from_str(&lab.read("node.json")).unwrap();
    let labels = json!({
        "node-role.kubernetes.io/control-plane": "",
        "node-role.kubernetes.io/etcd": "",
        "node.kubernetes.io/exclude-from-external-load-balancers": "",
    });
    assert_eq!(node["metadata"]["labels"], labels);
}

#[test]
fn kubectl_reads_every_object_of_the_clusters_dns() {
    let lab = built("prod", false);
    let objects = "cluster.trees/cluster/coredns-objects.yaml";
    let run = lab.shell(&format!("kubectl annotate --local -f {objects} a=b -o name"));
    let names = "serviceaccount/coredns\nclusterrole.rbac.authorization.k8s.io/system:coredns\n\
        clusterrolebinding.rbac.authorization.k8s.io/system:coredns\nconfigmap/coredns\nservice/kube-dns\n\
        deployment.apps/coredns\n";
    assert_eq!((run.code, run.out.as_str()), (0, names), "{run:#?}");
    // Pods ask where the kubelets say.
    let service = &workload::objects(&lab.path(objects))[4];
    let kubelet = lab.read("cluster.trees/hosts/m1/var/lib/kubelet/config.yaml");
    let address = service["spec"]["clusterIP"].as_str().unwrap();
    assert!(kubelet.contains(&format!("clusterDNS:\n- \"{address}\"")), "{kubelet}");
    // Every field of the Deployment is one that kubectl's own type has.
    lab.write("deployment.yaml", lab.read(objects).rsplit("\n---\n").next().unwrap());
    assert_eq!(workload::read(&lab.path("deployment.yaml"))["kind"], "Deployment");
}
