//! What certificates say: names, purposes, dates, constraints, algorithms.

use super::draft::Draft;
use super::{FAMILIES, Fault, GUIDE, PROXIES, fault};
use crate::support::forge::{CLIENT, CODE, SERVER, rsa_spki, unknown};

const API1: &str = "hosts/master01/etc/kubernetes/pki/apiserver.pem";
const API2: &str = "hosts/master02/etc/kubernetes/pki/apiserver.pem";
const API3: &str = "hosts/master03/etc/kubernetes/pki/apiserver.pem";
const PROXIED: &str = "hosts/master02/etc/kubernetes/pki/apiserver.crt";
const ETCD2: &str = "hosts/master02/etc/etcd/ssl/etcd.pem";
const PEER2: &str = "hosts/master02/etc/etcd/ssl/etcd-peer.pem";

pub(super) const FAULTS: &[Fault] = &[
    fault(
        GUIDE,
        "the service address is missing",
        |tree| tree.certificate(API1, "kubernetes", |of| of.without_name(&[10, 96, 0, 1])),
        &["name-missing kube-controller-manager.pods masters -> kube-apiserver master01"],
        "as 10.96.0.1",
    ),
    fault(
        GUIDE,
        "the service's name is missing",
        |tree| tree.certificate(API2, "kubernetes", |of| of.without_name(b"kubernetes.default.svc")),
        &["name-missing kube-controller-manager.pods masters -> kube-apiserver master02"],
        "as kubernetes.default.svc",
    ),
    fault(
        GUIDE,
        "the VIP's address is missing",
        |tree| tree.certificate(API3, "kubernetes", |of| of.without_name(&[10, 111, 0, 111])),
        &[
            "name-missing kube-proxy.api all -> kube-apiserver master03",
            "name-missing kubelet.api all -> kube-apiserver master03",
            "name-missing kubelet.bootstrap nodes -> kube-apiserver master03",
            "name-missing user.kubeconfig admin,super-admin -> kube-apiserver master03",
        ],
        "as 10.111.0.111",
    ),
    fault(
        GUIDE,
        "the API server's own address is missing",
        |tree| tree.certificate(API1, "kubernetes", |of| of.without_name(&[10, 111, 0, 101])),
        &[
            "name-missing kube-controller-manager.api master01 -> kube-apiserver master01",
            "name-missing kube-controller-manager.authentication master01 -> kube-apiserver master01",
            "name-missing kube-controller-manager.authorization master01 -> kube-apiserver master01",
            "name-missing kube-scheduler.api master01 -> kube-apiserver master01",
            "name-missing kube-scheduler.authentication master01 -> kube-apiserver master01",
            "name-missing kube-scheduler.authorization master01 -> kube-apiserver master01",
        ],
        "as 10.111.0.101",
    ),
    fault(
        GUIDE,
        "a common name and no other name",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.without(17)),
        &[
            "name-missing etcd.health master02 -> etcd master02",
            "name-missing kube-apiserver.etcd masters -> etcd master02",
        ],
        "clients ignore the common name",
    ),
    fault(
        FAMILIES,
        "the VIP's name is missing",
        |tree| {
            let path = "hosts/master02/etc/kubernetes/pki/apiserver.crt";
            tree.certificate(path, "kubernetes", |of| of.without_name(b"api.dual-stack.example"));
        },
        &[
            "name-missing kube-proxy.api all -> kube-apiserver master02",
            "name-missing kubelet.api all -> kube-apiserver master02",
            "name-missing user.kubeconfig admin,super-admin -> kube-apiserver master02",
        ],
        "as api.dual-stack.example",
    ),
    fault(
        PROXIES,
        "loopback is missing that local proxies are dialled at",
        |tree| {
            let path = "hosts/master02/etc/kubernetes/pki/apiserver.crt";
            tree.certificate(path, "kubernetes", |of| of.without_name(&[127, 0, 0, 1]));
        },
        &[
            "name-missing kube-proxy.api nodes -> kube-apiserver master02",
            "name-missing kubelet.api nodes -> kube-apiserver master02",
        ],
        "as 127.0.0.1",
    ),
    fault(
        PROXIES,
        "a proxy's server has no purpose that serves",
        |tree| tree.certificate(PROXIED, "kubernetes", |of| of.purposes(&[CLIENT])),
        &[
            "server-refused haproxy.backends nodes -> kube-apiserver master02",
            "server-refused kube-controller-manager.api master02 -> kube-apiserver master02",
            "server-refused kube-controller-manager.authentication master02 -> kube-apiserver master02",
            "server-refused kube-controller-manager.authorization master02 -> kube-apiserver master02",
            "server-refused kube-controller-manager.pods masters -> kube-apiserver master02",
            "server-refused kube-proxy.api master02 -> kube-apiserver master02",
            "server-refused kube-scheduler.api master02 -> kube-apiserver master02",
            "server-refused kube-scheduler.authentication master02 -> kube-apiserver master02",
            "server-refused kube-scheduler.authorization master02 -> kube-apiserver master02",
            "server-refused kubelet.api master02 -> kube-apiserver master02",
        ],
        "haproxy refuses the server certificate of kube-apiserver: its extended key usage",
    ),
    fault(
        PROXIES,
        "a proxy's server has expired",
        |tree| tree.certificate(PROXIED, "kubernetes", |of| of.dates("250101000000Z", "251231000000Z")),
        &[
            "server-refused haproxy.backends nodes -> kube-apiserver master02",
            "server-refused kube-controller-manager.api master02 -> kube-apiserver master02",
            "server-refused kube-controller-manager.authentication master02 -> kube-apiserver master02",
            "server-refused kube-controller-manager.authorization master02 -> kube-apiserver master02",
            "server-refused kube-controller-manager.pods masters -> kube-apiserver master02",
            "server-refused kube-proxy.api master02 -> kube-apiserver master02",
            "server-refused kube-scheduler.api master02 -> kube-apiserver master02",
            "server-refused kube-scheduler.authentication master02 -> kube-apiserver master02",
            "server-refused kube-scheduler.authorization master02 -> kube-apiserver master02",
            "server-refused kubelet.api master02 -> kube-apiserver master02",
        ],
        "haproxy refuses the server certificate of kube-apiserver: it expired",
    ),
    fault(
        GUIDE,
        "etcd's own address is missing",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.without_name(&[10, 111, 0, 102])),
        &["name-missing kube-apiserver.etcd masters -> etcd master02"],
        "as 10.111.0.102",
    ),
    fault(
        GUIDE,
        "etcd's loopback address is missing",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.without_name(&[127, 0, 0, 1])),
        &["name-missing etcd.health master02 -> etcd master02"],
        "as 127.0.0.1",
    ),
    fault(
        GUIDE,
        "a name that nobody dials is missing",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.without_name(b"localhost")),
        &[],
        "",
    ),
    fault(
        GUIDE,
        "a peer's own address is missing",
        |tree| tree.certificate(PEER2, "etcd", |of| of.without_name(&[10, 111, 0, 102])),
        &[
            "name-missing etcd.peers master01,master03 -> etcd master02",
            "source-address etcd.peers master02 -> etcd master01,master03",
        ],
        "connects from 10.111.0.102",
    ),
    fault(
        GUIDE,
        "a kubelet's address is missing",
        |tree| {
            let path = "hosts/node02/etc/kubernetes/pki/kubelet.pem";
            tree.certificate(path, "kubernetes", |of| of.without_name(&[10, 111, 0, 105]));
        },
        &["name-missing kube-apiserver.kubelet masters -> kubelet node02"],
        "as 10.111.0.105",
    ),
    fault(
        GUIDE,
        "a server without serverAuth",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.purposes(&[CLIENT])),
        &[
            "server-refused etcd.health master02 -> etcd master02",
            "server-refused kube-apiserver.etcd masters -> etcd master02",
        ],
        "does not allow serverAuth",
    ),
    fault(
        GUIDE,
        "etcd's server without clientAuth",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.purposes(&[SERVER])),
        &["client-refused etcd.gateway master02 -> etcd master02"],
        "does not allow clientAuth",
    ),
    fault(
        GUIDE,
        "a peer without clientAuth",
        |tree| tree.certificate(PEER2, "etcd", |of| of.purposes(&[SERVER])),
        &["client-refused etcd.peers master02 -> etcd master01,master03"],
        "does not allow clientAuth",
    ),
    fault(
        GUIDE,
        "a peer without serverAuth",
        |tree| tree.certificate(PEER2, "etcd", |of| of.purposes(&[CLIENT])),
        &["server-refused etcd.peers master01,master03 -> etcd master02"],
        "does not allow serverAuth",
    ),
    fault(
        GUIDE,
        "a client without clientAuth",
        |tree| {
            let path = "hosts/master01/etc/kubernetes/pki/apiserver-etcd-client.pem";
            tree.certificate(path, "etcd", |of| of.purposes(&[SERVER]));
        },
        &["client-refused kube-apiserver.etcd master01 -> etcd masters"],
        "does not allow clientAuth",
    ),
    fault(
        GUIDE,
        "a certificate for signing code",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/pki/kubelet.pem";
            tree.certificate(path, "kubernetes", |of| of.purposes(&[CODE]));
        },
        &["server-refused kube-apiserver.kubelet masters -> kubelet node01"],
        "does not allow serverAuth",
    ),
    fault(
        GUIDE,
        "no extended key usage at all",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.without(37)),
        &[],
        "",
    ),
    fault(
        GUIDE,
        "a server that has expired",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.dates("250101000000Z", "251231000000Z")),
        &[
            "client-refused etcd.gateway master02 -> etcd master02",
            "server-refused etcd.health master02 -> etcd master02",
            "server-refused kube-apiserver.etcd masters -> etcd master02",
        ],
        "it expired at 2025-12-31T00:00:00Z",
    ),
    fault(
        GUIDE,
        "a client that is not valid yet",
        |tree| {
            let path = "hosts/master03/etc/kubernetes/pki/apiserver-kubelet-client.pem";
            tree.certificate(path, "kubernetes", |of| of.dates("260601000000Z", "270601000000Z"));
        },
        &["client-refused kube-apiserver.kubelet master03 -> kubelet all"],
        "it is not valid before 2026-06-01T00:00:00Z",
    ),
    fault(
        GUIDE,
        "a scheduler that has expired",
        |tree| {
            let path = "hosts/master02/etc/kubernetes/scheduler.kubeconfig";
            let expired = |of: Draft| of.dates("250101000000Z", "251231000000Z");
            tree.embedded(path, "client-certificate-data", "kubernetes", expired);
        },
        &[
            "client-refused kube-scheduler.api master02 -> kube-apiserver master02",
            "client-refused kube-scheduler.authentication master02 -> kube-apiserver master02",
            "client-refused kube-scheduler.authorization master02 -> kube-apiserver master02",
        ],
        "it expired at",
    ),
    fault(
        GUIDE,
        "a person's certificate has expired",
        |tree| {
            let expired = |of: Draft| of.dates("250101000000Z", "251231000000Z");
            tree.embedded("users/admin/kubeconfig", "client-certificate-data", "kubernetes", expired);
        },
        &["client-refused user.kubeconfig admin -> kube-apiserver masters"],
        "it expired at",
    ),
    fault(
        GUIDE,
        "an RSA key of 1023 bits",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.key(rsa_spki(1023))),
        &[
            "broken etcd.gateway master02 -> etcd master02",
            "broken etcd.health master02 -> etcd master02",
            "broken kube-apiserver.etcd masters -> etcd master02",
            "other-key etcd master02",
        ],
        "is not the key of its certificate",
    ),
    fault(
        GUIDE,
        "a critical extension that nobody knows",
        |tree| {
            let path = "hosts/node02/etc/kubernetes/pki/kubelet.pem";
            tree.certificate(path, "kubernetes", |of| of.extension(unknown(true)));
        },
        &["server-refused kube-apiserver.kubelet masters -> kubelet node02"],
        "critical",
    ),
];
