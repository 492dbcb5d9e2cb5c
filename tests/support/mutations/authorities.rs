//! Authorities: what they may sign, and whether what they signed leads to them.

use super::draft::{Draft, authority, stranger};
use super::{BELOW, Fault, GUIDE, UNITS, fault};
use crate::support::forge::{allowed, constraints, ecdsa_with, usage};

const ETCD2: &str = "hosts/master02/etc/etcd/ssl/etcd.pem";

pub(super) const FAULTS: &[Fault] = &[
    fault(
        GUIDE,
        "an authority that has expired",
        |tree| {
            let path = "hosts/master01/etc/kubernetes/pki/front-proxy-ca.pem";
            tree.certificate(path, "front-proxy", |of| of.dates("250101000000Z", "251231000000Z"));
        },
        &[
            "client-refused kube-apiserver.extensions master01 -> kube-apiserver master01",
            "warning former-certificate kube-apiserver master01",
        ],
        "certificate 1 of the trust bundle expired at",
    ),
    fault(
        UNITS,
        "an earlier certificate of an authority that was renewed",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/pki/ca.crt";
            tree.certificate(path, "kubernetes", |of| of.dates("250101000000Z", "350101000000Z"));
        },
        &["warning former-certificate kubelet node01"],
        "is accepted until 2035-01-01T00:00:00Z",
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
        GUIDE,
        "a store that lets in clients of the cluster",
        |tree| {
            let cluster = tree.read("hosts/master01/etc/kubernetes/pki/ca.pem");
            tree.append("hosts/master01/etc/etcd/ssl/etcd-ca.pem", &cluster);
        },
        &["foreign-authority etcd master01"],
        "an authority of the plan that is not meant for them",
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
