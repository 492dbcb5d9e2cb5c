//! What must be equal on all hosts, and what one signs and another one verifies.

use super::{Fault, GUIDE, PODS, TOKENS, UNITS, fault};

const ENCRYPTION: &str = "hosts/master02/etc/kubernetes/encryption-configuration.yaml";
const API: &str = "hosts/master02/etc/systemd/system/kube-apiserver.service";
const MANAGER: &str = "hosts/master02/etc/systemd/system/kube-controller-manager.service";
const CSV: &str = "hosts/master2/etc/kubernetes/token.csv";

fn secret(text: &str) -> &str {
    text.lines().find_map(|line| line.trim_start().strip_prefix("secret: ")).unwrap()
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        GUIDE,
        "one master has other service account keys",
        |tree| {
            let pki = "hosts/master02/etc/kubernetes/pki";
            tree.copy(&format!("{pki}/apiserver-key.pem"), &format!("{pki}/sa.key"));
            tree.copy(&format!("{pki}/apiserver.pem"), &format!("{pki}/sa.pub"));
        },
        &[
            "not-verifiable kube-apiserver master01,master03 -> kube-apiserver master02",
            "not-verifiable kube-apiserver master02 -> kube-apiserver master01,master03",
            "not-verifiable kube-controller-manager master01,master03 -> kube-apiserver master02",
            "not-verifiable kube-controller-manager master02 -> kube-apiserver master01,master03",
        ],
        "do not include the key of",
    ),
    fault(
        GUIDE,
        "a controller manager signs tokens with another key",
        |tree| {
            tree.edit(
                MANAGER,
                "--service-account-private-key-file=/etc/kubernetes/pki/sa.key",
                "--service-account-private-key-file=/etc/kubernetes/pki/ca-key.pem",
            );
        },
        &["not-verifiable kube-controller-manager master02 -> kube-apiserver masters"],
        "do not include the key of",
    ),
    fault(
        UNITS,
        "a public key is missing",
        |tree| tree.remove("hosts/master02/etc/kubernetes/pki/sa.pub"),
        &["input kube-apiserver master02"],
        "sa.pub, which does not exist",
    ),
    fault(
        UNITS,
        "a public key belongs to no one who signs",
        |tree| {
            let pki = "hosts/master02/etc/kubernetes/pki";
            tree.copy(&format!("{pki}/front-proxy-client.crt"), &format!("{pki}/sa.pub"));
        },
        &[
            "not-verifiable kube-apiserver masters -> kube-apiserver master02",
            "not-verifiable kube-controller-manager masters -> kube-apiserver master02",
        ],
        "do not include the key of",
    ),
    fault(
        GUIDE,
        "an encryption key differs",
        |tree| {
            let other = "A".repeat(43) + "=";
            let text = tree.read(ENCRYPTION);
            tree.edit(ENCRYPTION, secret(&text), &format!("\"{other}\""));
        },
        &["differs kube-apiserver master02 -> kube-apiserver master01"],
        "differs between hosts",
    ),
    fault(
        GUIDE,
        "providers in another order",
        |tree| {
            let text = tree.read(ENCRYPTION);
            let moved = text
                .replace("  - identity: {}\n", "")
                .replace("  providers:\n", "  providers:\n  - identity: {}\n");
            tree.write(ENCRYPTION, &moved);
        },
        &["differs kube-apiserver master02 -> kube-apiserver master01", "rule kube-apiserver master02"],
        "differs between hosts",
    ),
    fault(
        GUIDE,
        "plain text first on all hosts",
        |tree| {
            for host in ["master01", "master02", "master03"] {
                let path = format!("hosts/{host}/etc/kubernetes/encryption-configuration.yaml");
                let text = tree.read(&path);
                let moved = text
                    .replace("  - identity: {}\n", "")
                    .replace("  providers:\n", "  providers:\n  - identity: {}\n");
                tree.write(&path, &moved);
            }
        },
        &["rule kube-apiserver masters"],
        "stores `secrets` as plain text",
    ),
    fault(
        GUIDE,
        "encryption keys written in another way",
        |tree| {
            tree.edit(ENCRYPTION, "name: key1", "\"name\": 'key1'  # the first one");
            tree.append(ENCRYPTION, "---\n");
        },
        &[],
        "",
    ),
    fault(
        GUIDE,
        "an encryption key of the wrong length",
        |tree| {
            for host in ["master01", "master02", "master03"] {
                let path = format!("hosts/{host}/etc/kubernetes/encryption-configuration.yaml");
                let text = tree.read(&path);
                tree.edit(&path, secret(&text), "dG9vIHNob3J0");
            }
        },
        &["does-not-start kube-apiserver masters"],
        "32",
    ),
    fault(
        GUIDE,
        "an encryption key that is no Base64",
        |tree| {
            for host in ["master01", "master02", "master03"] {
                let path = format!("hosts/{host}/etc/kubernetes/encryption-configuration.yaml");
                let text = tree.read(&path);
                tree.edit(&path, secret(&text), "\"%%%\"");
            }
        },
        &["does-not-start kube-apiserver masters"],
        "x",
    ),
    fault(
        PODS,
        "the encryption configuration is missing",
        |tree| tree.remove("hosts/master03/etc/kubernetes/encryption-configuration.yaml"),
        &["input kube-apiserver master03"],
        "encryption-configuration.yaml, which does not exist",
    ),
    fault(
        GUIDE,
        "an issuer differs",
        |tree| tree.edit(API, "https://kubernetes.default.svc.cluster.local", "https://example.com"),
        &["differs kube-apiserver master02 -> kube-apiserver master01"],
        "`--service-account-issuer`",
    ),
    fault(
        GUIDE,
        "a prefix of the store differs",
        |tree| tree.edit(API, "--secure-port=6443", "--secure-port=6443 --etcd-prefix=/other"),
        &["differs kube-apiserver master02 -> kube-apiserver master01"],
        "`--etcd-prefix`",
    ),
    fault(
        GUIDE,
        "a token that only the running host knows",
        |tree| {
            let path = "hosts/master02/etc/systemd/system/etcd.service";
            tree.edit(path, "--initial-cluster-token=kubernetes", "--initial-cluster-token=%m");
        },
        &[],
        "",
    ),
    fault(
        GUIDE,
        "a lease differs",
        |tree| {
            tree.edit(MANAGER, "--leader-elect=true", "--leader-elect=true --leader-elect-resource-name=own")
        },
        &["differs kube-controller-manager master02 -> kube-controller-manager master01"],
        "`--leader-elect-resource-name`",
    ),
    fault(
        GUIDE,
        "a service network differs",
        |tree| {
            tree.edit(
                MANAGER,
                "--service-cluster-ip-range=10.96.0.0/16",
                "--service-cluster-ip-range=10.97.0.0/16",
            )
        },
        &[
            "differs kube-controller-manager master02 -> kube-controller-manager master01",
            "name-missing kube-controller-manager.pods master02 -> kube-apiserver masters",
        ],
        "as 10.97.0.1",
    ),
    fault(
        GUIDE,
        "a pod network differs",
        |tree| tree.edit(MANAGER, "--cluster-cidr=10.244.0.0/16", "--cluster-cidr=10.245.0.0/16"),
        &["differs kube-controller-manager master02 -> kube-controller-manager master01"],
        "`--cluster-cidr`",
    ),
    fault(
        GUIDE,
        "a member has another token",
        |tree| {
            let path = "hosts/master02/etc/systemd/system/etcd.service";
            tree.edit(path, "--initial-cluster-token=kubernetes", "--initial-cluster-token=other");
        },
        &["differs etcd master02 -> etcd master01"],
        "`--initial-cluster-token`",
    ),
    fault(
        TOKENS,
        "a file of tokens differs",
        |tree| {
            let text = tree.read(CSV);
            tree.edit(CSV, text.split(',').next().unwrap(), "0123456789abcdef0123456789abcdef");
        },
        &[
            "differs kube-apiserver master2 -> kube-apiserver master",
            "unknown-token kubelet.bootstrap nodes -> kube-apiserver master2",
        ],
        "`--token-auth-file` of kube-apiserver differs",
    ),
    fault(
        TOKENS,
        "a token's group differs from the binding",
        |tree| {
            for host in ["master", "master2"] {
                tree.edit(
                    &format!("hosts/{host}/etc/kubernetes/token.csv"),
                    "system:kubelet-bootstrap",
                    "other",
                );
            }
        },
        &["rights-missing kubelet.bootstrap nodes -> kube-apiserver masters"],
        "with the groups other",
    ),
];
