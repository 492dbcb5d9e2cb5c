//! The certificates of `high-availability` against what kubeadm 1.36 issues, field by field. What differs is ours on
//! purpose: P-256 keys with no key encipherment (RFC 8813), both key ids, path lengths below roots,
//! no DNS name of an authority's own, and kubelet serving certificates, which kubeadm leaves to the kubelet.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::Lab;
use crate::support::certificate::{self, Certificate};

const API: &str = "DNS:kubernetes DNS:kubernetes.default DNS:kubernetes.default.svc \
                   DNS:kubernetes.default.svc.cluster.local DNS:{node} IP:10.96.0.1 IP:{ip} IP:10.111.0.111";
const ETCD: &str = "DNS:localhost DNS:{node} IP:127.0.0.1 IP:::1 IP:{ip}";
const PKI: &str = "etc/kubernetes/pki";

/// Of a control-plane host: path, subject, issuer, usages, names.
const CONTROL_PLANE: [(&str, &str, &str, &str, &str); 9] = [
    ("apiserver.crt", "CN=kube-apiserver", "CN=kubernetes", "server", API),
    ("apiserver-kubelet-client.crt", "CN=kube-apiserver-kubelet-client", "CN=kubernetes", "client", ""),
    ("apiserver-etcd-client.crt", "CN=kube-apiserver-etcd-client", "CN=etcd-ca", "client", ""),
    ("front-proxy-client.crt", "CN=front-proxy-client", "CN=front-proxy-ca", "client", ""),
    ("etcd/server.crt", "CN={node}", "CN=etcd-ca", "server client", ETCD),
    ("etcd/peer.crt", "CN={node}", "CN=etcd-ca", "server client", ETCD),
    ("etcd/healthcheck-client.crt", "CN=kube-etcd-healthcheck-client", "CN=etcd-ca", "client", ""),
    ("../controller-manager.conf", "CN=system:kube-controller-manager", "CN=kubernetes", "client", ""),
    ("../scheduler.conf", "CN=system:kube-scheduler", "CN=kubernetes", "client", ""),
];

/// Of every host.
const EVERY: [(&str, &str, &str, &str, &str); 3] = [
    ("../kubelet.conf", "O=system:nodes, CN=system:node:{node}", "CN=kubernetes", "client", ""),
    ("../kube-proxy.conf", "CN=system:kube-proxy", "CN=kubernetes", "client", ""),
    (
        "../../../var/lib/kubelet/pki/kubelet.crt",
        "O=system:nodes, CN=system:node:{node}",
        "CN=kubernetes",
        "server",
        "DNS:{node} IP:{ip}",
    ),
];

const HOSTS: [(&str, &str, bool); 5] = [
    ("master01", "10.111.0.101", true),
    ("master02", "10.111.0.102", true),
    ("master03", "10.111.0.103", true),
    ("node01", "10.111.0.104", false),
    ("node02", "10.111.0.105", false),
];

/// The only certificate of a file, and the server that a kubeconfig dials.
fn only(lab: &Lab, path: &str) -> (Certificate, Option<String>) {
    let text = lab.read(path);
    let is_kubeconfig = text.starts_with("apiVersion");
    let mut found = if is_kubeconfig {
        certificate::embedded(&text, "client-certificate-data")
    } else {
        certificate::all(text.as_bytes())
    };
    assert_eq!(found.len(), 1, "{path}");
    (found.remove(0), certificate::data(&text, "server").map(str::to_owned))
}

/// The three authorities, by subject.
fn authorities(lab: &Lab) -> BTreeMap<String, Certificate> {
    let mut authorities = BTreeMap::new();
    for name in ["kubernetes", "etcd", "front-proxy"] {
        let (authority, _) = only(lab, &format!("cluster.certs/authority.{name}-1.crt"));
        assert_eq!(
            (authority.authority, authority.subject.as_str()),
            (Some(None), authority.issuer.as_str())
        );
        assert!(authority.names.is_empty() && authority.usage.is_empty());
        assert_eq!((authority.days, authority.algorithm.as_str()), (3650, "ecdsa-p256"));
        assert_eq!(authority.key_usage, "Key Cert Sign, CRL Sign");
        authorities.insert(authority.subject.clone(), authority);
    }
    assert_eq!(authorities.keys().collect::<Vec<_>>(), ["CN=etcd-ca", "CN=front-proxy-ca", "CN=kubernetes"]);
    authorities
}

fn compare(
    place: &str,
    found: &Certificate,
    (subject, issuer, usage, names): (&str, &str, &str, &str),
    authorities: &BTreeMap<String, Certificate>,
) {
    let names: BTreeSet<String> = names.split_whitespace().map(str::to_owned).collect();
    assert_eq!(
        (found.subject.as_str(), found.issuer.as_str(), found.usage.join(" ").as_str(), &found.names),
        (subject, issuer, usage, &names),
        "{place}"
    );
    assert_eq!((found.authority, found.days, found.algorithm.as_str()), (None, 365, "ecdsa-p256"), "{place}");
    assert_eq!(found.key_usage, "Digital Signature", "{place}");
    assert_eq!(found.issuer_key_id, authorities[issuer].key_id, "{place}");
}

#[test]
fn as_kubeadm_issues_them() {
    let lab = Lab::built("ha");
    let authorities = authorities(&lab);
    let mut seen = 0;
    let mut serials = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for (node, ip, control_plane) in HOSTS {
        let rows = CONTROL_PLANE.iter().filter(|_| control_plane).chain(&EVERY);
        for (path, subject, issuer, usage, names) in rows {
            let path = format!("cluster.trees/hosts/{node}/{PKI}/{path}");
            let (found, server) = only(&lab, &path);
            let fill = |text: &str| text.replace("{node}", node).replace("{ip}", ip);
            compare(&path, &found, (&fill(subject), issuer, usage, &fill(names)), &authorities);
            // A control-plane program takes its own host's door, everybody else the endpoint.
            let own = path.ends_with("controller-manager.conf") || path.ends_with("scheduler.conf");
            let own =
                if own { format!("https://{ip}:6443") } else { "https://10.111.0.111:16443".to_owned() };
            assert!(server.is_none_or(|server| server == own), "{path}");
            serials.insert(found.serial);
            keys.insert(found.public_key);
            seen += 1;
        }
    }
    for (user, subject) in [
        ("admin", "O=kubeadm:cluster-admins, CN=kubernetes-admin"),
        ("super-admin", "O=system:masters, CN=kubernetes-super-admin"),
    ] {
        let (found, server) = only(&lab, &format!("cluster.trees/users/{user}/kubeconfig"));
        compare(user, &found, (subject, "CN=kubernetes", "client", ""), &authorities);
        assert_eq!(server.as_deref(), Some("https://10.111.0.111:16443"));
        serials.insert(found.serial);
        keys.insert(found.public_key);
        seen += 1;
    }
    assert_eq!((seen, serials.len(), keys.len()), (44, 44, 44), "every serial and every key is there once");
}

/// What a host trusts, for what.
#[test]
fn trust() {
    let lab = Lab::built("ha");
    let authorities = authorities(&lab);
    for (node, _, control_plane) in HOSTS {
        let tree = format!("cluster.trees/hosts/{node}/etc/kubernetes");
        let rows = [
            ("pki/ca.crt", "CN=kubernetes"),
            ("pki/etcd/ca.crt", "CN=etcd-ca"),
            ("pki/front-proxy-ca.crt", "CN=front-proxy-ca"),
        ];
        for (path, subject) in rows.into_iter().take(if control_plane { 3 } else { 1 }) {
            assert_eq!(only(&lab, &format!("{tree}/{path}")).0, authorities[subject], "{node}: {path}");
        }
        let kubeconfig = lab.read(&format!("{tree}/kubelet.conf"));
        let trusted = certificate::embedded(&kubeconfig, "certificate-authority-data");
        assert_eq!(trusted, [authorities["CN=kubernetes"].clone()]);
    }
}

/// Below an intermediate: chains with the leaf first and no root, servers trusted by the root, clients by
/// the intermediate alone (with the root there, whatever else hangs on it could become an administrator).
#[test]
fn below_an_intermediate() {
    let lab = Lab::built("intermediate");
    let pki = "cluster.trees/hosts/control01/etc/kubernetes/pki";
    let subjects = |path: &str| -> Vec<String> {
        let found = certificate::all(lab.read(&format!("{pki}/{path}")).as_bytes());
        found.into_iter().map(|certificate| certificate.subject).collect()
    };
    let (root, intermediate) = ("O=Payments, CN=Payments Root CA", "O=Payments, CN=Payments Kubernetes CA");
    assert_eq!(subjects("apiserver.crt"), ["CN=kube-apiserver", intermediate]);
    assert_eq!(subjects("ca.crt"), [root]);
    assert_eq!(subjects("ca-issuers.crt"), [intermediate]);
    assert_eq!(subjects("ca-signer.crt"), [intermediate]);
    let unit = lab.read("cluster.trees/hosts/control01/etc/systemd/system/kube-apiserver.service");
    assert!(unit.contains("--client-ca-file=/etc/kubernetes/pki/ca-issuers.crt "));
    assert!(unit.contains("--kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt "));
    let found = certificate::all(lab.read(&format!("{pki}/apiserver.crt")).as_bytes());
    assert_eq!((found[0].algorithm.as_str(), found[0].days), ("rsa-2048", 180));
    assert_eq!(found[0].key_usage, "Digital Signature, Key Encipherment");
    assert_eq!((found[1].authority, found[1].days), (Some(Some(0)), 1825));
    assert_eq!(found[0].issuer_key_id, found[1].key_id);
    assert!(found[0].names.contains("DNS:api.internal") && found[0].names.contains("IP:10.114.9.9"));
}
