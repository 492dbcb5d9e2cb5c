//! Documents that flags name: that they are there, of their kind, and what they decide.

use super::tree::Tree;
use super::{Fault, UNITS, fault};

const MASTERS: [&str; 3] = ["master01", "master02", "master03"];
const CONFIG: &str = "hosts/node01/var/lib/kubelet/config.yaml";

const POLICY: &str = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n";
const AUTHENTICATION: &str = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\nanonymous:\n  enabled: true\n  conditions:\n  - path: /livez\n  - path: /readyz\n  - path: /healthz\n";
const AUTHORIZATION: &str = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n- type: Node\n  name: node\n- type: RBAC\n  name: rbac\n";

/// Names a file with a flag of a master's API server; without a text, nothing lies there.
fn named(tree: &Tree, host: &str, flag: &str, text: Option<&str>) {
    let unit = format!("hosts/{host}/etc/systemd/system/kube-apiserver.service");
    let flag = format!("--secure-port=6443 --{flag}=/etc/kubernetes/{flag}.yaml");
    tree.edit(&unit, "--secure-port=6443", &flag);
    if let Some(text) = text {
        let file = flag.rsplit_once('/').unwrap().1;
        tree.write(&format!("hosts/{host}/etc/kubernetes/{file}"), text);
    }
}

fn audited(tree: &Tree, text: Option<&str>) {
    named(tree, "master02", "audit-policy-file", text);
    let unit = "hosts/master02/etc/systemd/system/kube-apiserver.service";
    tree.edit(unit, "--secure-port=6443", "--secure-port=6443 --audit-log-path=-");
}

fn authenticated(tree: &Tree, text: &str) {
    for host in MASTERS {
        named(tree, host, "authentication-config", Some(text));
    }
}

fn authorized(tree: &Tree, text: &str) {
    for host in MASTERS {
        let unit = format!("hosts/{host}/etc/systemd/system/kube-apiserver.service");
        tree.edit(&unit, "--authorization-mode=Node,RBAC", "--v=2");
        named(tree, host, "authorization-config", Some(text));
    }
}

pub(super) const FAULTS: &[Fault] = &[
    fault(UNITS, "an audit policy that fits", |tree| audited(tree, Some(POLICY)), &[], ""),
    fault(
        UNITS,
        "a trust bundle of the distribution",
        |tree| {
            let unit = "hosts/master02/etc/systemd/system/kube-apiserver.service";
            let flag = "--secure-port=6443 --peer-ca-file=/etc/ssl/certs/ca-certificates.crt";
            tree.edit(unit, "--secure-port=6443", flag);
        },
        &[],
        "",
    ),
    fault(
        UNITS,
        "an audit policy that is not there",
        |tree| audited(tree, None),
        &["input kube-apiserver master02"],
        "`--audit-policy-file` of kube-apiserver names",
    ),
    fault(
        UNITS,
        "a field of an audit policy that nobody knows",
        |tree| audited(tree, Some(&(POLICY.to_owned() + "omitStagez: [RequestReceived]\n"))),
        &["ignored kube-apiserver master02"],
        "has no field `omitStagez`",
    ),
    fault(
        UNITS,
        "a document of another kind",
        |tree| authenticated(tree, AUTHORIZATION),
        &["does-not-start kube-apiserver masters"],
        "must be `AuthenticationConfiguration`",
    ),
    fault(
        UNITS,
        "a document of another API",
        |tree| authenticated(tree, &AUTHENTICATION.replace("apiserver.config.k8s.io", "example.org")),
        &["does-not-start kube-apiserver masters"],
        "in this `apiVersion`",
    ),
    fault(
        UNITS,
        "a kubelet's configuration of another kind",
        |tree| tree.edit(CONFIG, "KubeletConfiguration", "KubeletConfig"),
        &["does-not-start kubelet node01"],
        "must be `KubeletConfiguration`",
    ),
    fault(
        UNITS,
        "a kubelet's configuration without its kind",
        |tree| {
            let text = tree.read(CONFIG);
            let line = text.lines().find(|line| line.starts_with("kind: ")).unwrap();
            tree.edit(CONFIG, &format!("{line}\n"), "");
        },
        &["does-not-start kubelet node01"],
        "has no `kind`",
    ),
    fault(UNITS, "authenticators with all paths", |tree| authenticated(tree, AUTHENTICATION), &[], ""),
    fault(
        UNITS,
        "authenticators written in two ways",
        |tree| {
            authenticated(tree, AUTHENTICATION);
            let path = "hosts/master02/etc/kubernetes/authentication-config.yaml";
            tree.edit(path, "path: /livez", "\"path\": \"/livez\"  # the kubelet");
            tree.append(path, "---\n");
        },
        &[],
        "",
    ),
    fault(
        UNITS,
        "authenticators without the path of the check",
        |tree| authenticated(tree, &AUTHENTICATION.replace("  - path: /readyz\n", "")),
        &["rule kube-apiserver masters"],
        "has no condition for that path",
    ),
    fault(
        UNITS,
        "authenticators that differ",
        |tree| {
            authenticated(tree, AUTHENTICATION);
            let path = "hosts/master02/etc/kubernetes/authentication-config.yaml";
            tree.append(path, "jwt: []\n");
        },
        &["differs kube-apiserver master02 -> kube-apiserver master01"],
        "`--authentication-config` of kube-apiserver differs",
    ),
    fault(UNITS, "authorizers as flags have them", |tree| authorized(tree, AUTHORIZATION), &[], ""),
    fault(
        UNITS,
        "authorizers without that of nodes",
        |tree| authorized(tree, &AUTHORIZATION.replace("- type: Node\n  name: node\n", "")),
        &["rule kube-apiserver masters"],
        "without an authorizer of type `Node`",
    ),
    fault(
        UNITS,
        "an authorizer that allows everything",
        |tree| authorized(tree, &(AUTHORIZATION.to_owned() + "- type: AlwaysAllow\n  name: all\n")),
        &["rule kube-apiserver masters"],
        "lets every authenticated user do everything",
    ),
];
