//! kubectl reads every kubeconfig and every manifest.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64ct::{Base64, Encoding};
use serde_json::Value;

use super::process::{ask, find};
use super::site::{HA_VIP, Site, files, name};

/// A kubeconfig with its embedded files taken out.
pub(crate) struct Embedded {
    pub(crate) file: PathBuf,
    pub(crate) server: String,
    pub(crate) user: String,
    pub(crate) roots: String,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

#[test]
fn kubectl_reads_every_kubeconfig() {
    let site = Site::build(HA_VIP);
    let mut users = Vec::new();
    for tree in site.hosts() {
        let roots = fs::read_to_string(tree.join("etc/kubernetes/pki/ca.crt")).unwrap();
        for embedded in kubeconfigs(&tree) {
            assert_eq!(embedded.roots, roots, "{}", embedded.file.display());
            let local = ["controller-manager.conf", "scheduler.conf"].contains(&&*name(&embedded.file));
            let server = if local { own(&name(&tree)) } else { "https://10.111.0.111:16443".to_owned() };
            assert_eq!(embedded.server, server, "{}", embedded.file.display());
            users.push(embedded.user);
        }
    }
    let roots = fs::read_to_string(site.authority("kubernetes")).unwrap();
    for tree in site.users() {
        for embedded in kubeconfigs(&tree) {
            assert_eq!(embedded.roots, roots, "{}", embedded.file.display());
            assert_eq!(embedded.server, "https://10.111.0.111:16443");
            users.push(embedded.user);
        }
    }
    users.sort();
    users.dedup();
    let nodes = ["master01", "master02", "master03", "node01", "node02"];
    let mut expected: Vec<String> = nodes.iter().map(|node| format!("system:node:{node}")).collect();
    let others = ["kubernetes-admin", "kubernetes-super-admin", "system:kube-controller-manager"];
    expected.extend(others.map(str::to_owned));
    expected.extend(["system:kube-proxy", "system:kube-scheduler"].map(str::to_owned));
    expected.sort();
    assert_eq!(users, expected);
}

#[test]
fn embedded_keys_belong_to_their_certificates() {
    let site = Site::build(HA_VIP);
    let (openssl, folder) = (find("openssl"), site.folder());
    for tree in site.hosts().into_iter().chain(site.users()) {
        for embedded in kubeconfigs(&tree) {
            let (certificate, key) = (folder.join("embedded.crt"), folder.join("embedded.key"));
            fs::write(&certificate, &embedded.certificate).unwrap();
            fs::write(&key, &embedded.key).unwrap();
            let of_certificate = ["x509", "-noout", "-pubkey", "-in"];
            let of_certificate = ask(Command::new(&openssl).args(of_certificate).arg(&certificate));
            let of_key = ask(Command::new(&openssl).args(["pkey", "-pubout", "-in"]).arg(&key));
            assert!(of_key.well && of_certificate.well, "{of_key:?} {of_certificate:?}");
            assert_eq!(of_key.out, of_certificate.out, "{}", embedded.file.display());
            let subject = ["x509", "-noout", "-subject", "-nameopt", "multiline", "-in"];
            let subject = ask(Command::new(&openssl).args(subject).arg(&certificate)).out;
            let user = &embedded.user;
            assert!(subject.lines().any(|line| line.ends_with(&format!("= {user}"))), "{user}: {subject}");
        }
    }
}

#[test]
fn kubectl_reads_every_manifest() {
    let site = Site::build(HA_VIP);
    assert!(!site.cluster().is_empty());
    for file in site.cluster() {
        // `label --local` is the one command that decodes objects and needs no server.
        let mut command = Command::new(find("kubectl"));
        command.args(["label", "--local", "tested=yes", "-o", "json", "-f"]).arg(&file);
        let said = ask(&mut command);
        assert!(said.well, "{}", said.all());
        let objects: Vec<Value> =
            serde_json::Deserializer::from_str(&said.out).into_iter().map(Result::unwrap).collect();
        let documents = fs::read_to_string(&file).unwrap().split("---\n").count();
        assert_eq!(objects.len(), documents);
        for object in objects {
            assert_eq!(object["apiVersion"], "rbac.authorization.k8s.io/v1");
            assert_eq!(object["metadata"]["labels"]["tested"], "yes");
            assert_eq!(object["roleRef"]["kind"], "ClusterRole");
        }
    }
}

/// Every kubeconfig of a tree, as kubectl understands it.
pub(crate) fn kubeconfigs(tree: &Path) -> Vec<Embedded> {
    let found: Vec<Embedded> = files(tree)
        .into_iter()
        .filter(|file| fs::read_to_string(file).is_ok_and(|text| text.contains("\nkind: Config\n")))
        .map(|file| embedded(&file))
        .collect();
    assert!(!found.is_empty(), "no kubeconfig in {}", tree.display());
    found
}

fn embedded(file: &Path) -> Embedded {
    let mut command = Command::new(find("kubectl"));
    command.args(["config", "view", "--raw", "-o", "json", "--kubeconfig"]).arg(file);
    let said = ask(&mut command);
    assert!(said.well && said.error.is_empty(), "{}: {}", file.display(), said.all());
    let config: Value = serde_json::from_str(&said.out).unwrap();
    let text = |pointer: &str| {
        let value = config.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("{}: {pointer}", file.display())).to_owned()
    };
    let data = |pointer: &str| String::from_utf8(Base64::decode_vec(&text(pointer)).unwrap()).unwrap();
    assert_eq!(text("/current-context"), text("/contexts/0/name"));
    assert_eq!(text("/contexts/0/context/user"), text("/users/0/name"));
    assert_eq!(text("/contexts/0/context/cluster"), text("/clusters/0/name"));
    Embedded {
        file: file.to_owned(),
        server: text("/clusters/0/cluster/server"),
        user: text("/users/0/name"),
        roots: data("/clusters/0/cluster/certificate-authority-data"),
        certificate: data("/users/0/user/client-certificate-data"),
        key: data("/users/0/user/client-key-data"),
    }
}

/// Where the API server of a master itself listens.
fn own(master: &str) -> String {
    format!("https://10.111.0.{}:6443", 100 + master.trim_start_matches("master0").parse::<u8>().unwrap())
}
