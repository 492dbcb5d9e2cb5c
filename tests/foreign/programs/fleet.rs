//! `plans/fleet/`: who is a client of which cluster, by real handshakes with the trees' own files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Said, ask, find, run, until};
use super::site::Site;
use super::tls::{Side, answered, dial, serve};

const PLANS: [(&str, &str); 3] = [
    ("platform", include_str!("../../../plans/fleet/platform.toml")),
    ("cluster-a", include_str!("../../../plans/fleet/cluster-a.toml")),
    ("cluster-b", include_str!("../../../plans/fleet/cluster-b.toml")),
];

/// A name of every API server.
const NAME: &str = "kubernetes.default.svc";

#[test]
fn each_cluster_takes_its_own_client_of_the_platform_alone() {
    let fleet = fleet();
    let folder = fleet.folder();
    for (cluster, other) in [("a", "b"), ("b", "a")] {
        let known = [manager(folder, cluster), member(folder, cluster)];
        let refused = [manager(folder, other), member(folder, other), operator(folder)];
        judge(folder, cluster, &known, &refused);
    }
}

/// What `check` warns of is true: with the platform's root in the bundle, everybody below it comes in.
#[test]
fn the_platforms_root_would_let_in_whomever_it_certifies() {
    let fleet = fleet();
    let folder = fleet.folder();
    let unsafe_plan = PLANS[1].1.replace("platform.to-cluster-a", "platform.root");
    fs::write(folder.join("cluster-a.toml"), unsafe_plan).unwrap();
    let said = build(folder, "cluster-a");
    assert!(said.well && said.error.contains("resolve::wide-client-trust"), "{}", said.all());
    judge(folder, "a", &[operator(folder), member(folder, "a")], &[manager(folder, "a")]);
}

/// Has the API server of a cluster, and openssl's own judgement, take some and refuse others.
fn judge(folder: &Path, cluster: &str, known: &[Side], refused: &[Side]) {
    let pki = pki(folder, cluster);
    let bundle = pki.join("kube-apiserver-clients.crt");
    let server =
        Side { certificate: pki.join("apiserver.crt"), key: pki.join("apiserver.key"), roots: bundle };
    let (daemon, port) = serve(&server, folder);
    let ca = pki.join("ca.crt");
    let says = |client: &Side, version| dial(port, NAME, &ca, Some(client), version);
    until("an answer", &mut [daemon], || {
        for version in ["-tls1_2", "-tls1_3"] {
            for client in known {
                let said = says(client, version);
                if !answered(&said) {
                    return Err(format!("{}: {}", client.certificate.display(), said.all()));
                }
            }
            for client in refused {
                let said = says(client, version);
                // The server refuses it, not this client.
                if answered(&said) || !said.all().contains("alert unknown ca") {
                    return Err(format!("{}: {}", client.certificate.display(), said.all()));
                }
            }
        }
        Ok(())
    });
    for (clients, wanted) in [(known, true), (refused, false)] {
        for client in clients {
            let said = verify(&server.roots, &client.certificate);
            assert_eq!(said.well, wanted, "{}: {}", client.certificate.display(), said.all());
        }
    }
}

fn verify(bundle: &Path, certificate: &Path) -> Said {
    let path = |path: &Path| path.display().to_string();
    let arguments = ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile"].map(str::to_owned);
    let files = [path(bundle), "-untrusted".to_owned(), path(certificate), path(certificate)];
    run(&find("openssl"), arguments.into_iter().chain(files))
}

fn fleet() -> Site {
    let site = Site::empty();
    for (name, plan) in PLANS {
        fs::write(site.folder().join(format!("{name}.toml")), plan).unwrap();
        let said = build(site.folder(), name);
        assert!(said.well && !said.error.contains("::"), "{}", said.all());
    }
    site
}

fn build(folder: &Path, plan: &str) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
    command.args(["build", &format!("{plan}.toml")]).current_dir(folder).env_remove("SOURCE_DATE_EPOCH");
    ask(&mut command)
}

fn pki(folder: &Path, cluster: &str) -> PathBuf {
    folder.join(format!("cluster-{cluster}.trees/hosts/{cluster}-control/etc/kubernetes/pki"))
}

fn pair(folder: &Path, name: &str) -> Side {
    let file = |end: &str| folder.join(format!("{name}.{end}"));
    Side { certificate: file("crt"), key: file("key"), roots: PathBuf::new() }
}

/// The client with which the platform manages a cluster.
fn manager(folder: &Path, cluster: &str) -> Side {
    pair(&folder.join("platform.trees/hosts/manager/etc/platform/clusters"), &format!("cluster-{cluster}"))
}

/// A client of a cluster's own.
fn member(folder: &Path, cluster: &str) -> Side {
    pair(&pki(folder, cluster), "apiserver-kubelet-client")
}

/// A client that the platform's root has issued, which calls itself as the manager does.
fn operator(folder: &Path) -> Side {
    pair(&folder.join("platform.trees/users/operator"), "tls")
}
