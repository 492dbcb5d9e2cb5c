//! One plan under every layout: paths differ, and nothing else does.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::support::{AT, Lab};

/// The layouts of the catalog, and one of the plan's own.
const LAYOUTS: [&str; 4] = ["kubeadm", "ssl", "the-hard-way", "mine"];

/// A layout of patterns alone, everything in few folders.
const MINE: &str = r#"
[folder]
"/srv/private" = "0700"

[default]
authority = { roots = "/srv/trust/{{ name }}.pem", issuers = "/srv/trust/{{ name }}.issuers.pem", certificate = "/srv/trust/{{ name }}.signer.pem", key = "/srv/private/{{ name }}.ca.pem" }
keyring = { private-key = "/srv/private/{{ name }}.pem", public-keys = "/srv/trust/{{ name }}.pub" }
certificate = { certificate = "/srv/certs/{{ component }}.{{ name }}.pem", key = "/srv/private/{{ component }}.{{ name }}.pem" }
bundle = "/srv/trust/{{ component }}.{{ name }}.pem"
kubeconfig = "/srv/kubeconfigs/{{ component }}.{{ name }}.yaml"
binary = "/usr/local/bin/{{ component }}"
file.configuration = "/srv/config/{{ component }}.yaml"
file.encryption-configuration = "/srv/private/encryption.yaml"
file.static-pods = "/srv/pods"
file.storage = "/srv/storage/{{ component }}"
file.unit = "/etc/systemd/system/{{ component }}.service"
"#;

/// What lies on a host by what it is, each with its facts and its text; paths are what they lead to.
type Things = BTreeMap<String, Vec<(String, String)>>;

/// What lies on every host, with paths replaced by names of what lies there.
fn things(lab: &Lab) -> BTreeMap<String, Things> {
    let hosts = lab.units().into_iter().filter(|unit| unit.starts_with("hosts/"));
    hosts.map(|host| (host.clone(), of_host(lab, &host))).collect()
}

fn of_host(lab: &Lab, host: &str) -> Things {
    let manifest = lab.manifest(host);
    // The folders that a layout gives modes to are its own.
    let entries: Vec<_> = manifest["entries"].as_array().unwrap().iter().collect();
    let entries = entries.into_iter().filter(|entry| entry["artefact"] != "folder");
    let mut named: Vec<(String, String, &serde_json::Value)> = Vec::new();
    for entry in entries {
        let (path, artefact) = (entry["path"].as_str().unwrap(), entry["artefact"].as_str().unwrap());
        // Trust in one purpose may be several files: roots, issuers, and again the one that signs.
        let digest = entry["sha256"].as_str().filter(|_| artefact.starts_with("trust in"));
        named.push((format!("/{path}"), format!("<{artefact} {}>", digest.unwrap_or_default()), entry));
    }
    named.sort_by_key(|(path, ..)| std::cmp::Reverse(path.len()));
    let mut things = Things::new();
    for (path, name, entry) in &named {
        let mut text = if entry["type"] == "file" {
            lab.read(&format!("cluster.trees/{host}{path}"))
        } else {
            String::new()
        };
        for (path, name, _) in &named {
            text = text.replace(path, name);
        }
        let facts = ["class", "type", "mode", "owner", "group", "restart", "reload"];
        let facts: Vec<String> = facts.iter().map(|fact| entry[*fact].to_string()).collect();
        things.entry(name.clone()).or_default().push((facts.join(" "), text));
    }
    things
}

#[test]
fn only_paths_differ() {
    for plan in ["ha", "intermediate"] {
        let lab = Lab::of(plan);
        // RSA keys take long, and are nothing to layouts.
        let text = lab.read("cluster.toml").replace("key = \"rsa-2048\"\n", "");
        lab.write("cluster.toml", &text);
        lab.build();
        fs::create_dir_all(lab.path("catalog/layouts")).unwrap();
        lab.write("catalog/layouts/mine.toml", MINE);
        let (first, certificates) = (things(&lab), lab.state("cluster.certs"));
        let text = text.replace("layout = \"kubeadm\"\n", "");
        let mut paths: Vec<BTreeSet<String>> = Vec::new();
        for layout in LAYOUTS {
            let text = text.replace("format = 1", "format = 1\ncatalog = \"catalog\"");
            let named = format!("profile = \"high-availability\"\nlayout = \"{layout}\"");
            lab.write("cluster.toml", &text.replace("profile = \"high-availability\"", &named));
            let run = lab.run(&["build", "cluster.toml", "--at", AT]);
            assert_eq!(run.code, 0, "{plan}, {layout}: {run:#?}");
            assert!(run.out.contains(" 0 issued, "), "{plan}, {layout}: {run:#?}");
            let now = things(&lab);
            for (host, expected) in &first {
                assert_eq!(
                    now[host].keys().collect::<Vec<_>>(),
                    expected.keys().collect::<Vec<_>>(),
                    "{layout}"
                );
                for (name, thing) in expected {
                    assert_eq!(&now[host][name], thing, "{plan}, {layout}, {host}: {name}");
                }
            }
            assert_eq!(now.len(), first.len(), "{plan}, {layout}");
            assert!(lab.state("cluster.certs") == certificates, "{plan}, {layout}");
            let state = lab.state("cluster.trees/hosts");
            paths.push(
                state.into_iter().filter(|(_, (_, bytes))| bytes.is_some()).map(|(path, _)| path).collect(),
            );
        }
        // Otherwise the test would compare a layout with itself.
        let [kubeadm, others @ ..] = &paths[..] else { panic!() };
        for other in others {
            let both = kubeadm.intersection(other).count();
            assert!(both * 2 < kubeadm.len(), "{plan}: {both} of {} paths are the same", kubeadm.len());
        }
    }
}

/// What a host has under a layout, in the words of who follows the guide that it is from.
#[test]
fn as_their_guides_have_it() {
    let expected: [(&str, &[&str]); 2] = [
        (
            "ssl",
            &[
                "master01/etc/kubernetes/ssl/ca.pem",
                "master01/etc/kubernetes/ssl/ca-key.pem",
                "master01/etc/kubernetes/ssl/kube-apiserver.pem",
                "master01/etc/kubernetes/ssl/kube-apiserver-key.pem",
                "master01/etc/kubernetes/ssl/etcd/peer-key.pem",
                "master01/etc/kubernetes/kube-scheduler.kubeconfig",
                "node01/etc/kubernetes/kube-proxy.kubeconfig",
                "node01/etc/kubernetes/ssl/kubelet.pem",
            ],
        ),
        (
            "the-hard-way",
            &[
                "master01/var/lib/kubernetes/ca.crt",
                "master01/var/lib/kubernetes/ca.key",
                "master01/var/lib/kubernetes/kube-api-server.crt",
                "master01/var/lib/kubernetes/service-accounts.key",
                "master01/var/lib/kubernetes/encryption-config.yaml",
                "master01/var/lib/kubernetes/kube-controller-manager.kubeconfig",
                "node01/var/lib/kubelet/kubeconfig",
                "node01/var/lib/kubelet/kubelet-config.yaml",
                "node01/var/lib/kube-proxy/kube-proxy-config.yaml",
            ],
        ),
    ];
    for (layout, paths) in expected {
        let lab = Lab::of("ha");
        lab.edit("layout = \"kubeadm\"", &format!("layout = \"{layout}\""));
        lab.build();
        for path in paths {
            assert!(lab.path(&format!("cluster.trees/hosts/{path}")).is_file(), "{layout}: {path}");
        }
        let state = lab.state("cluster.trees/hosts");
        let kubeadm: Vec<_> = state.keys().filter(|path| path.contains("/etc/kubernetes/pki")).collect();
        assert!(kubeadm.is_empty(), "{layout}: {kubeadm:#?}");
    }
}
