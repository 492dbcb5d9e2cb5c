//! What certificates say: names, purposes, dates, constraints, algorithms.

use super::draft::{Draft, authority, stranger};
use super::{BELOW, FAMILIES, Fault, GUIDE, PROXIES, UNITS, fault};
use crate::support::forge::{
    CLIENT, CODE, SERVER, allowed, constraints, ecdsa_with, rsa_spki, unknown, usage,
};

const API1: &str = "hosts/master01/etc/kubernetes/pki/apiserver.pem";
const API2: &str = "hosts/master02/etc/kubernetes/pki/apiserver.pem";
const API3: &str = "hosts/master03/etc/kubernetes/pki/apiserver.pem";
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
        "the common name does not count",
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
        "an authority that has expired",
        |tree| {
            let path = "hosts/master01/etc/kubernetes/pki/front-proxy-ca.pem";
            tree.certificate(path, "front-proxy", |of| of.dates("250101000000Z", "251231000000Z"));
        },
        &[
            "client-refused kube-apiserver.extensions master01 -> kube-apiserver master01",
            "foreign-authority kube-apiserver master01",
        ],
        "certificate 1 of the trust bundle expired at",
    ),
    fault(
        GUIDE,
        "an authority without keyCertSign",
        |tree| {
            let path = "hosts/master01/etc/etcd/ssl/etcd-ca.pem";
            tree.certificate(path, "etcd", |of| of.extension(usage(6)));
        },
        &[
            "client-refused etcd.gateway master01 -> etcd master01",
            "client-refused etcd.peers master02,master03 -> etcd master01",
            "client-refused kube-apiserver.etcd master02,master03 -> etcd master01",
            "foreign-authority etcd master01",
            "foreign-authority kube-apiserver master01",
            "server-refused etcd.health master01 -> etcd master01",
            "server-refused etcd.peers master01 -> etcd master02,master03",
            "server-refused kube-apiserver.etcd master01 -> etcd masters",
        ],
        "may not sign certificates",
    ),
    fault(
        GUIDE,
        "an authority that is none",
        |tree| {
            let path = "hosts/master01/etc/kubernetes/pki/front-proxy-ca.pem";
            tree.certificate(path, "front-proxy", |of| of.extension(constraints(false, None)));
        },
        &[
            "client-refused kube-apiserver.extensions master01 -> kube-apiserver master01",
            "foreign-authority kube-apiserver master01",
        ],
        "is not an authority",
    ),
    fault(
        BELOW,
        "an intermediate is not sent",
        |tree| {
            let path = "hosts/control02/etc/kubernetes/pki/apiserver.crt";
            let text = tree.read(path);
            let end = text.find("-----END").unwrap();
            tree.write(path, &(text[..end].to_owned() + "-----END CERTIFICATE-----\n"));
        },
        &[
            "server-refused kube-controller-manager.api control02 -> kube-apiserver control02",
            "server-refused kube-controller-manager.authentication control02 -> kube-apiserver control02",
            "server-refused kube-controller-manager.authorization control02 -> kube-apiserver control02",
            "server-refused kube-scheduler.api control02 -> kube-apiserver control02",
            "server-refused kube-scheduler.authentication control02 -> kube-apiserver control02",
            "server-refused kube-scheduler.authorization control02 -> kube-apiserver control02",
            "server-refused kube-controller-manager.pods masters -> kube-apiserver control02",
            "server-refused kube-proxy.api all -> kube-apiserver control02",
            "server-refused kubelet.api all -> kube-apiserver control02",
            "server-refused user.kubeconfig admin,alice,super-admin -> kube-apiserver control02",
        ],
        "no certificate of the trust bundle issued it",
    ),
    fault(
        BELOW,
        "intermediates are sent behind the wrong certificate",
        |tree| {
            let path = "hosts/control02/etc/kubernetes/pki/apiserver.crt";
            let text = tree.read(path);
            let second = text.rfind("-----BEGIN").unwrap();
            tree.write(path, &(text[second..].to_owned() + &text[..second]));
        },
        &[
            "broken kube-controller-manager.api control02 -> kube-apiserver control02",
            "broken kube-controller-manager.authentication control02 -> kube-apiserver control02",
            "broken kube-controller-manager.authorization control02 -> kube-apiserver control02",
            "broken kube-scheduler.api control02 -> kube-apiserver control02",
            "broken kube-scheduler.authentication control02 -> kube-apiserver control02",
            "broken kube-scheduler.authorization control02 -> kube-apiserver control02",
            "broken kube-controller-manager.pods masters -> kube-apiserver control02",
            "broken kube-proxy.api all -> kube-apiserver control02",
            "broken kubelet.api all -> kube-apiserver control02",
            "broken user.kubeconfig admin,alice,super-admin -> kube-apiserver control02",
            "other-key kube-apiserver control02",
        ],
        "is not the key of its certificate",
    ),
    fault(
        BELOW,
        "a root that lets nobody below it issue",
        |tree| {
            let path = "hosts/control01/etc/kubernetes/pki/ca.crt";
            tree.certificate(path, "root", |of| of.extension(constraints(true, Some(0))));
        },
        &[
            "foreign-authority kube-apiserver control01",
            "foreign-authority kube-controller-manager control01",
            "server-refused kube-apiserver.kubelet control01 -> kubelet all",
            "server-refused kube-controller-manager.pods control01 -> kube-apiserver masters",
        ],
        "allows 0 authorities below it, and there are 1",
    ),
    fault(
        GUIDE,
        "an authority whose names are constrained",
        |tree| {
            for host in ["master01", "master02", "master03"] {
                let path = format!("hosts/{host}/etc/etcd/ssl/etcd-ca.pem");
                let only = allowed(&[(7, &[10, 111, 0, 0, 255, 255, 255, 0])], &[]);
                tree.certificate(&path, "etcd", |of| of.extension(only));
            }
        },
        &[
            "foreign-authority etcd masters",
            "foreign-authority kube-apiserver masters",
            "server-refused kube-apiserver.etcd masters -> etcd masters",
            "client-refused etcd.gateway master01 -> etcd master01",
            "server-refused etcd.health master01 -> etcd master01",
            "client-refused etcd.gateway master02 -> etcd master02",
            "server-refused etcd.health master02 -> etcd master02",
            "client-refused etcd.gateway master03 -> etcd master03",
            "server-refused etcd.health master03 -> etcd master03",
            "server-refused etcd.peers master01,master02 -> etcd master03",
            "server-refused etcd.peers master01,master03 -> etcd master02",
            "server-refused etcd.peers master02,master03 -> etcd master01",
        ],
        "is not allowed by the name constraints",
    ),
    fault(
        GUIDE,
        "signed with SHA-1",
        |tree| tree.certificate(ETCD2, "etcd", |of| of.algorithm(ecdsa_with(&[1]))),
        &[
            "client-refused etcd.gateway master02 -> etcd master02",
            "server-refused etcd.health master02 -> etcd master02",
            "server-refused kube-apiserver.etcd masters -> etcd master02",
        ],
        "MD5 or SHA-1",
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
    fault(
        UNITS,
        "signed by somebody else in the authority's name",
        |tree| {
            let path = "hosts/node01/var/lib/kubelet/pki/kubelet.crt";
            tree.signed(path, &stranger(), |of| of);
        },
        &["server-refused kube-apiserver.kubelet masters -> kubelet node01"],
        "the signature is another's",
    ),
    fault(
        UNITS,
        "a client issued by another authority",
        |tree| {
            let path = "hosts/master02/etc/kubernetes/pki/apiserver-etcd-client.crt";
            let issuer = Draft::of(&tree.read("hosts/master02/etc/kubernetes/pki/ca.crt"));
            tree.signed(path, &authority("kubernetes"), |of| of.issued_by(&issuer));
        },
        &["client-refused kube-apiserver.etcd master02 -> etcd masters"],
        "no certificate of the trust bundle issued it",
    ),
];
