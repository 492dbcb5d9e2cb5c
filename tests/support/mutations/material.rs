//! Files with certificates and keys: missing, broken, of somebody else.

use super::draft::{Draft, stranger};
use super::{BALANCERS, Fault, GUIDE, PODS, PROXIES, UNITS, fault};

const PKI: &str = "hosts/master02/etc/kubernetes/pki";
/// A PEM block with no certificate in it.
const BROKEN: &str = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

fn pki(file: &str) -> String {
    format!("{PKI}/{file}")
}

/// An authority that nobody knows, in PEM.
fn foreign(text: &str) -> String {
    Draft::of(text).subject("foreign", &[]).signed(&stranger())
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        GUIDE,
        "a serving certificate is missing",
        |tree| tree.remove(&pki("apiserver.pem")),
        &[
            "broken kube-controller-manager.api master02 -> kube-apiserver master02",
            "broken kube-controller-manager.authentication master02 -> kube-apiserver master02",
            "broken kube-controller-manager.authorization master02 -> kube-apiserver master02",
            "broken kube-scheduler.api master02 -> kube-apiserver master02",
            "broken kube-scheduler.authentication master02 -> kube-apiserver master02",
            "broken kube-scheduler.authorization master02 -> kube-apiserver master02",
            "broken haproxy.backends masters -> kube-apiserver master02",
            "broken kube-controller-manager.pods masters -> kube-apiserver master02",
            "input kube-apiserver master02",
        ],
        "`--tls-cert-file` of kube-apiserver names /etc/kubernetes/pki/apiserver.pem, which does not exist",
    ),
    fault(
        GUIDE,
        "a key is missing",
        |tree| tree.remove("hosts/master02/etc/etcd/ssl/etcd-key.pem"),
        &[
            "broken etcd.gateway master02 -> etcd master02",
            "broken etcd.health master02 -> etcd master02",
            "broken kube-apiserver.etcd masters -> etcd master02",
            "input etcd master02",
        ],
        "`--key-file` of etcd names",
    ),
    fault(
        GUIDE,
        "a certificate's file is empty",
        |tree| tree.write(&pki("apiserver-etcd-client.pem"), ""),
        &["broken kube-apiserver.etcd master02 -> etcd masters", "input kube-apiserver master02"],
        "it contains no certificate",
    ),
    fault(
        GUIDE,
        "PEM that was cut off",
        |tree| {
            let text = tree.read(&pki("apiserver-kubelet-client.pem"));
            tree.write(&pki("apiserver-kubelet-client.pem"), &text[..text.len() / 2]);
        },
        &["broken kube-apiserver.kubelet master02 -> kubelet all", "input kube-apiserver master02"],
        "it contains no certificate",
    ),
    fault(
        GUIDE,
        "a key is another one's",
        |tree| tree.copy(&pki("apiserver-kubelet-client-key.pem"), &pki("apiserver-key.pem")),
        &[
            "broken kube-controller-manager.api master02 -> kube-apiserver master02",
            "broken kube-controller-manager.authentication master02 -> kube-apiserver master02",
            "broken kube-controller-manager.authorization master02 -> kube-apiserver master02",
            "broken kube-scheduler.api master02 -> kube-apiserver master02",
            "broken kube-scheduler.authentication master02 -> kube-apiserver master02",
            "broken kube-scheduler.authorization master02 -> kube-apiserver master02",
            "broken haproxy.backends masters -> kube-apiserver master02",
            "broken kube-controller-manager.pods masters -> kube-apiserver master02",
            "other-key kube-apiserver master02",
        ],
        "is not the key of its certificate",
    ),
    fault(
        GUIDE,
        "a certificate where a key belongs",
        |tree| tree.copy(&pki("front-proxy-client.pem"), &pki("front-proxy-client-key.pem")),
        &[
            "broken kube-apiserver.extensions master02 -> kube-apiserver master02",
            "input kube-apiserver master02",
        ],
        "there is no private key in it",
    ),
    fault(
        UNITS,
        "a kubelet has the serving pair of another node",
        |tree| {
            for file in ["kubelet.crt", "kubelet.key"] {
                let at = |host| format!("hosts/{host}/var/lib/kubelet/pki/{file}");
                tree.copy(&at("node02"), &at("node01"));
            }
        },
        &["name-missing kube-apiserver.kubelet masters -> kubelet node01"],
        "as 10.111.0.104, but the certificate is for node02",
    ),
    fault(
        UNITS,
        "a kubelet has the kubeconfig of another node",
        |tree| {
            tree.copy("hosts/node02/etc/kubernetes/kubelet.conf", "hosts/node01/etc/kubernetes/kubelet.conf");
        },
        &["rights-missing kubelet.api node01 -> kube-apiserver masters"],
        "knows kubelet as system:node:node02",
    ),
    fault(
        GUIDE,
        "a trust bundle is missing",
        |tree| tree.remove("hosts/master01/etc/etcd/ssl/etcd-ca.pem"),
        &[
            "broken etcd.gateway master01 -> etcd master01",
            "broken etcd.health master01 -> etcd master01",
            "broken etcd.peers master01 -> etcd master02,master03",
            "broken etcd.peers master02,master03 -> etcd master01",
            "broken kube-apiserver.etcd master01 -> etcd master02,master03",
            "broken kube-apiserver.etcd masters -> etcd master01",
            "input etcd master01",
            "input kube-apiserver master01",
        ],
        "which does not exist",
    ),
    fault(
        GUIDE,
        "a foreign authority more in a bundle of clients",
        |tree| {
            let text = tree.read(&pki("front-proxy-ca.pem"));
            tree.append(&pki("front-proxy-ca.pem"), &foreign(&text));
        },
        &["foreign-authority kube-apiserver master02"],
        "that the plan does not know: foreign",
    ),
    fault(
        GUIDE,
        "a foreign authority in place of that of clients",
        |tree| {
            let text = tree.read(&pki("front-proxy-ca.pem"));
            tree.write(&pki("front-proxy-ca.pem"), &foreign(&text));
        },
        &[
            "foreign-authority kube-apiserver master02",
            "client-refused kube-apiserver.extensions master02 -> kube-apiserver master02",
        ],
        "no certificate of the trust bundle issued it",
    ),
    fault(
        UNITS,
        "a worker trusts a foreign authority",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/pki/ca.crt";
            tree.write(path, &foreign(&tree.read(path)));
        },
        &[
            "foreign-authority kubelet node01",
            "client-refused kube-apiserver.kubelet masters -> kubelet node01",
        ],
        "no certificate of the trust bundle issued it",
    ),
    fault(
        GUIDE,
        "etcd trusts the authority of the cluster",
        |tree| tree.copy(&pki("ca.pem"), "hosts/master02/etc/etcd/ssl/etcd-ca.pem"),
        &[
            "client-refused etcd.gateway master02 -> etcd master02",
            "client-refused etcd.peers master01,master03 -> etcd master02",
            "client-refused kube-apiserver.etcd master01,master03 -> etcd master02",
            "foreign-authority etcd master02",
            "server-refused etcd.health master02 -> etcd master02",
            "server-refused etcd.peers master02 -> etcd master01,master03",
            "server-refused kube-apiserver.etcd master02 -> etcd masters",
        ],
        "no certificate of the trust bundle issued it",
    ),
    fault(
        UNITS,
        "one broken certificate in a bundle",
        |tree| tree.append("hosts/master03/etc/kubernetes/pki/etcd/ca.crt", BROKEN),
        &[
            "broken etcd.gateway master03 -> etcd master03",
            "broken etcd.health master03 -> etcd master03",
            "broken etcd.peers master03 -> etcd master01,master02",
            "broken etcd.peers master01,master02 -> etcd master03",
            "broken kube-apiserver.etcd master03 -> etcd master01,master02",
            "broken kube-apiserver.etcd masters -> etcd master03",
            "input etcd master03",
            "input kube-apiserver master03",
        ],
        "certificate 2 in it cannot be read",
    ),
    fault(
        GUIDE,
        "two certificates in a signer's file",
        |tree| {
            let text = tree.read(&pki("ca.pem"));
            tree.append(&pki("ca.pem"), &foreign(&text));
        },
        &[
            "foreign-authority haproxy master02",
            "foreign-authority kube-apiserver master02",
            "foreign-authority kube-controller-manager master02",
            "foreign-authority kubelet master02",
            "signers kube-controller-manager master02",
        ],
        "contains 2 certificates",
    ),
    fault(
        GUIDE,
        "the signer's key is another one's",
        |tree| tree.copy(&pki("sa.key"), &pki("ca-key.pem")),
        &["other-key kube-controller-manager master02"],
        "is not the key",
    ),
    fault(
        BALANCERS,
        "haproxy's authority is missing",
        |tree| tree.remove("hosts/balancer01/etc/kubernetes/pki/ca.crt"),
        &[
            "broken kube-proxy.api master01,master02,master03,node01 -> 10.114.0.111:6443",
            "broken kubelet.api master01,master02,master03,node01 -> 10.114.0.111:6443",
            "broken user.kubeconfig admin,super-admin -> 10.114.0.111:6443",
            "broken haproxy.backends balancer01 -> kube-apiserver masters",
            "input haproxy balancer01",
        ],
        "which does not exist",
    ),
    fault(
        PROXIES,
        "haproxy's authority is a foreign one",
        |tree| {
            let path = "hosts/node01/etc/kubernetes/pki/ca.crt";
            tree.write(path, &foreign(&tree.read(path)));
        },
        &[
            "foreign-authority haproxy node01",
            "foreign-authority kubelet node01",
            "client-refused kube-apiserver.kubelet masters -> kubelet node01",
            "server-refused haproxy.backends node01 -> kube-apiserver masters",
            "broken kubelet.api node01 -> 127.0.0.1:7443",
            "broken kube-proxy.api node01 -> 127.0.0.1:7443",
        ],
        "haproxy refuses the server certificate",
    ),
    fault(
        PODS,
        "a pod's key is missing",
        |tree| tree.remove("hosts/master01/etc/kubernetes/pki/etcd/peer.key"),
        &[
            "broken etcd.peers master01 -> etcd master02,master03",
            "broken etcd.peers master02,master03 -> etcd master01",
            "input etcd master01",
        ],
        "`--peer-key-file` of etcd names",
    ),
    fault(
        UNITS,
        "an embedded key is another one's",
        |tree| {
            let of = |host: &str| {
                let text = tree.read(&format!("hosts/{host}/etc/kubernetes/kubelet.conf"));
                crate::support::certificate::data(&text, "client-key-data").unwrap().to_owned()
            };
            tree.edit("hosts/node01/etc/kubernetes/kubelet.conf", &of("node01"), &of("node02"));
        },
        &["broken kubelet.api node01 -> kube-apiserver masters", "other-key kubelet node01"],
        "is not the key",
    ),
];
