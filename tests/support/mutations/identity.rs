//! Whom servers see, and what that one may do.

use super::draft::{Draft, authority};
use super::{Fault, GUIDE, PODS, TOKENS, UNITS, fault};

const ACCESS: &str = "cluster/kube-apiserver-access.yaml";
const BOOTSTRAP: &str = "cluster/kube-apiserver-bootstrap.yaml";
const CERTIFICATE: &str = "client-certificate-data";
const API: &str = "hosts/master02/etc/systemd/system/kube-apiserver.service";

/// Without the document that has this name.
fn without(text: &str, name: &str) -> String {
    let documents: Vec<&str> = text.split("---\n").collect();
    let kept: Vec<&str> =
        documents.iter().copied().filter(|document| !document.contains(&format!("name: {name}\n"))).collect();
    assert_eq!(kept.len() + 1, documents.len());
    kept.join("---\n")
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        GUIDE,
        "API servers have no right to kubelets",
        |tree| tree.write(ACCESS, &without(&tree.read(ACCESS), "kubeadm:apiserver-kubelet-client")),
        &["rights-missing kube-apiserver.kubelet masters -> kubelet all"],
        "system:kubelet-api-admin",
    ),
    fault(
        GUIDE,
        "administrators have no right",
        |tree| tree.write(ACCESS, &without(&tree.read(ACCESS), "kubeadm:cluster-admins")),
        &["rights-missing user.kubeconfig admin -> kube-apiserver masters"],
        "the role cluster-admin",
    ),
    fault(
        GUIDE,
        "everybody is an administrator",
        |tree| {
            let text = tree.read(ACCESS);
            let (before, group) = text.rsplit_once("kubeadm:cluster-admins").unwrap();
            tree.write(ACCESS, &format!("{before}system:authenticated{group}"));
        },
        &["everybody kube-apiserver master01"],
        "to the group `system:authenticated`",
    ),
    fault(
        GUIDE,
        "an administrator without a group",
        |tree| {
            let other = |of: Draft| of.subject("kubernetes-admin", &[]);
            tree.embedded("users/admin/kubeconfig", CERTIFICATE, "kubernetes", other);
        },
        &["rights-missing user.kubeconfig admin -> kube-apiserver masters"],
        "kubeadm:cluster-admins",
    ),
    fault(
        GUIDE,
        "who bootstraps has no right",
        |tree| tree.write(BOOTSTRAP, &without(&tree.read(BOOTSTRAP), "kubelet-bootstrap")),
        &["rights-missing kubelet.bootstrap nodes -> kube-apiserver masters"],
        "system:node-bootstrapper",
    ),
    fault(
        GUIDE,
        "what bootstraps is not approved",
        |tree| tree.write(BOOTSTRAP, &without(&tree.read(BOOTSTRAP), "node-autoapprove-bootstrap")),
        &["rights-missing kubelet.bootstrap nodes -> kube-apiserver masters"],
        "nodeclient",
    ),
    fault(
        GUIDE,
        "a binding to another group",
        |tree| {
            tree.edit(
                BOOTSTRAP,
                "name: \"system:bootstrappers:default-node-token\"",
                "name: \"system:bootstrappers:other\"",
            )
        },
        &["rights-missing kubelet.bootstrap nodes -> kube-apiserver masters"],
        "system:node-bootstrapper",
    ),
    fault(
        GUIDE,
        "a token that no Secret has",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/bootstrap-kubelet.kubeconfig";
            let text = tree.read(path);
            let (head, _) = text.split_once("token: ").unwrap();
            tree.write(path, &format!("{head}token: \"abcdef.0123456789abcdef\"\n"));
        },
        &["unknown-token kubelet.bootstrap node01 -> kube-apiserver masters"],
        "does not know the token",
    ),
    fault(
        GUIDE,
        "a token that has ended",
        |tree| tree.edit(BOOTSTRAP, "2026-01-02T00:00:00Z", "2025-12-31T00:00:00Z"),
        &["token-ended kubelet.bootstrap nodes -> kube-apiserver masters"],
        "expired at 2025-12-31T00:00:00Z",
    ),
    fault(
        GUIDE,
        "a token that is not for authentication",
        |tree| {
            tree.edit(
                BOOTSTRAP,
                "usage-bootstrap-authentication: \"true\"",
                "usage-bootstrap-authentication: \"false\"",
            )
        },
        &["unknown-token kubelet.bootstrap nodes -> kube-apiserver masters"],
        "does not know the token",
    ),
    fault(
        GUIDE,
        "an API server does not take bootstrap tokens",
        |tree| tree.edit(API, "--enable-bootstrap-token-auth=true", "--enable-bootstrap-token-auth=false"),
        &["unknown-token kubelet.bootstrap nodes -> kube-apiserver master02"],
        "does not know the token",
    ),
    fault(
        TOKENS,
        "an API server has no file of tokens",
        |tree| {
            let path = "hosts/master2/etc/systemd/system/kube-apiserver.service";
            tree.edit(path, " \\\n  --token-auth-file=/etc/kubernetes/token.csv", "");
        },
        &[
            "differs kube-apiserver master2 -> kube-apiserver master",
            "unknown-token kubelet.bootstrap nodes -> kube-apiserver master2",
        ],
        "does not know the token",
    ),
    fault(
        GUIDE,
        "a kubelet with the name of another node",
        |tree| {
            let other = |of: Draft| of.subject("system:node:master02", &["system:nodes"]);
            tree.embedded(
                "hosts/master01/etc/kubernetes/kubelet.kubeconfig",
                CERTIFICATE,
                "kubernetes",
                other,
            );
        },
        &["rights-missing kubelet.api master01 -> kube-apiserver masters"],
        "system:node:master02",
    ),
    fault(
        UNITS,
        "a kubelet in no group",
        |tree| {
            let none = |of: Draft| of.subject("system:node:node01", &[]);
            tree.embedded("hosts/node01/etc/kubernetes/kubelet.conf", CERTIFICATE, "kubernetes", none);
        },
        &["rights-missing kubelet.api node01 -> kube-apiserver masters"],
        "no group",
    ),
    fault(
        UNITS,
        "a kubelet registers by another name",
        |tree| {
            let path = "hosts/node01/etc/systemd/system/kubelet.service";
            tree.edit(path, "--hostname-override=node01", "--hostname-override=worker01");
        },
        &["rights-missing kubelet.api node01 -> kube-apiserver masters", "rule kubelet node01"],
        "system:node:worker01",
    ),
    fault(
        PODS,
        "a controller manager by another name",
        |tree| {
            let path = "hosts/master01/etc/kubernetes/controller-manager.conf";
            let other = |of: Draft| of.subject("kube-controller-manager", &[]);
            tree.embedded(path, CERTIFICATE, "kubernetes", other);
        },
        &["rights-missing kube-controller-manager.api master01 -> kube-apiserver master01"],
        "the role system:kube-controller-manager",
    ),
    fault(
        GUIDE,
        "a scheduler by another name",
        |tree| {
            let path = "hosts/master03/etc/kubernetes/scheduler.kubeconfig";
            let other = |of: Draft| of.subject("system:scheduler", &[]);
            tree.embedded(path, CERTIFICATE, "kubernetes", other);
        },
        &["rights-missing kube-scheduler.api master03 -> kube-apiserver master03"],
        "the role system:kube-scheduler",
    ),
    fault(
        GUIDE,
        "a proxy by another name",
        |tree| {
            let path = "hosts/node02/etc/kubernetes/kube-proxy.kubeconfig";
            let other = |of: Draft| of.subject("kube-proxy", &["system:node-proxier"]);
            tree.embedded(path, CERTIFICATE, "kubernetes", other);
        },
        &["rights-missing kube-proxy.api node02 -> kube-apiserver masters"],
        "the role system:node-proxier",
    ),
    fault(
        GUIDE,
        "an API server by another name to kubelets",
        |tree| {
            let path = "hosts/master01/etc/kubernetes/pki/apiserver-kubelet-client.pem";
            tree.certificate(path, "kubernetes", |of| of.subject("kubernetes", &[]));
        },
        &["rights-missing kube-apiserver.kubelet master01 -> kubelet all"],
        "as kubernetes with no group",
    ),
    fault(
        GUIDE,
        "a person by another name",
        |tree| {
            let other = |of: Draft| of.subject("kubernetes-admin", &["admins"]);
            tree.embedded("users/admin/kubeconfig", CERTIFICATE, "kubernetes", other);
        },
        &["rights-missing user.kubeconfig admin -> kube-apiserver masters"],
        "kubeadm:cluster-admins",
    ),
    fault(
        GUIDE,
        "a front proxy by another name",
        |tree| {
            let path = "hosts/master02/etc/kubernetes/pki/front-proxy-client.pem";
            tree.certificate(path, "front-proxy", |of| of.subject("aggregator", &[]));
        },
        &["common-name kube-apiserver.extensions master02 -> kube-apiserver master02"],
        "has aggregator",
    ),
    fault(
        GUIDE,
        "a front proxy of the wrong authority",
        |tree| {
            let path = "hosts/master02/etc/kubernetes/pki/front-proxy-client.pem";
            let issuer = Draft::of(&tree.read("hosts/master02/etc/kubernetes/pki/ca.pem"));
            tree.signed(path, &authority("kubernetes"), |of| of.issued_by(&issuer));
        },
        &["client-refused kube-apiserver.extensions master02 -> kube-apiserver master02"],
        "no certificate of the trust bundle issued it",
    ),
    fault(
        GUIDE,
        "one authority for clients and for the front proxy",
        |tree| {
            tree.edit(
                API,
                "--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.pem",
                "--requestheader-client-ca-file=/etc/kubernetes/pki/ca.pem",
            )
        },
        &["client-refused kube-apiserver.extensions master02 -> kube-apiserver master02"],
        "no certificate of the trust bundle issued it",
    ),
    fault(
        GUIDE,
        "an empty common name",
        |tree| {
            let path = "hosts/master01/etc/kubernetes/scheduler.kubeconfig";
            tree.embedded(path, CERTIFICATE, "kubernetes", |of| of.subject("", &[]));
        },
        &["rights-missing kube-scheduler.api master01 -> kube-apiserver master01"],
        "no common name",
    ),
];
