//! `verify` and real programs judge the same trees, each with one fault: what `verify` calls broken fails, and what it
//! calls whole works. The hosts are network namespaces, so that trees are used as they are, with all their addresses.

mod etcd;
mod network;
mod scene;
mod servers;

use scene::{Played, Scene};

use crate::support::mutations::{GUIDE, HARD, PROXIES, UNITS, all, tree::Tree};

/// What some of the programs do with a tree.
type Play = fn(&Scene, &Tree) -> Vec<Played>;

/// Faults by their names, and how many of the connections that are made they break.
type Faults = [(&'static str, usize)];

fn agree(base: &str, server: &str, play: Play, faults: &Faults) {
    let scene = Scene::of(base);
    let mut wrong = judged(&scene, "nothing", |_| {}, server, play, 0);
    let only = std::env::var("FAULT").unwrap_or_default();
    for (name, broken) in faults.iter().filter(|(name, _)| name.contains(&only)) {
        let fault = all().into_iter().find(|fault| fault.name == *name && fault.base == base);
        let fault = fault.unwrap_or_else(|| panic!("there is no fault {name} in {base}"));
        wrong.extend(judged(&scene, name, fault.change, server, play, *broken));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where both say something else, or something else than is known.
fn judged(
    scene: &Scene,
    name: &str,
    change: impl Fn(&Tree),
    server: &str,
    play: Play,
    broken: usize,
) -> Vec<String> {
    let tree = scene.tree();
    change(&tree);
    let report = scene.report(&tree);
    let played = play(scene, &tree);
    let mut wrong: Vec<String> = played
        .iter()
        .filter(|one| report.refuses(one, server) == one.became.is_ok())
        .map(|one| format!("{name}: {one:#?}\nverify: {}", report.whole))
        .collect();
    let found = played.iter().filter(|one| one.became.is_err()).count();
    if found != broken || played.is_empty() {
        let failed: Vec<&Played> = played.iter().filter(|one| one.became.is_err()).collect();
        wrong.push(format!("{name}: {found} of {} fail, not {broken}: {failed:#?}", played.len()));
    }
    wrong
}

#[test]
fn clients_of_etcd() {
    let faults = [
        ("etcd's own address is missing", 3),
        ("etcd's loopback address is missing", 1),
        ("a common name and no other name", 4),
        ("a name that nobody dials is missing", 0),
        ("a server without serverAuth", 4),
        ("etcd's server without clientAuth", 1),
        ("a client without clientAuth", 3),
        ("a server that has expired", 5),
        ("signed with SHA-1", 5),
        ("an authority without keyCertSign", 7),
        ("an authority whose names are constrained", 15),
        ("an RSA key of 1023 bits", 5),
        ("a key is missing", 5),
        ("a certificate's file is empty", 3),
        ("etcd trusts the authority of the cluster", 7),
        ("etcd is dialled at the wrong host", 1),
        ("etcd is dialled at the peers' port", 1),
        ("etcd is dialled without TLS", 1),
        ("an etcd that listens elsewhere", 3),
        ("an etcd without TLS", 5),
        ("an etcd that lets in whoever shows no certificate", 0),
        ("a misspelled flag of etcd", 5),
    ];
    agree(GUIDE, "etcd", etcd::clients, &faults);
}

#[test]
fn members_of_etcd() {
    let faults = [
        ("a peer's own address is missing", 4),
        ("a peer without clientAuth", 2),
        ("a peer without serverAuth", 2),
        ("a trust bundle is missing", 4),
    ];
    agree(GUIDE, "etcd", etcd::peers, &faults);
}

/// Only root starts a program as another user.
#[test]
fn files_that_etcd_may_not_read() {
    if network::is_root() {
        let faults = [("etcd cannot read its key", 3), ("a folder that etcd cannot enter", 3)];
        agree(HARD, "etcd", etcd::clients, &faults);
    }
}

#[test]
fn kubeconfigs_of_programs_and_people() {
    let faults = [
        ("the VIP's address is missing", 3),
        ("the API server's own address is missing", 2),
        ("a serving certificate is missing", 2),
        ("a key is another one's", 2),
        ("a scheduler that has expired", 1),
        ("a person's certificate has expired", 3),
        ("an API server without clients' authorities", 5),
        ("a kubeconfig whose context is gone", 1),
        ("an empty common name", 1),
    ];
    agree(GUIDE, "kube-apiserver", servers::kubeconfigs, &faults);
    let faults = [
        ("a server's port where nothing listens", 3),
        ("a server's address on a host without a server", 3),
        ("a server without TLS", 3),
        ("a server's name that its certificate has not", 3),
        ("a kubeconfig that verifies nothing", 0),
        ("a kubeconfig that verifies nothing and names an authority", 3),
        ("an embedded key is another one's", 3),
        ("a kubeconfig whose certificate is no Base64", 3),
        ("a kubeconfig whose key was damaged", 3),
        ("a kubeconfig whose authority is cut off", 3),
        ("a kubeconfig that trusts the authority of etcd", 3),
        ("a kubeconfig without a certificate", 3),
    ];
    agree(UNITS, "kube-apiserver", servers::kubeconfigs, &faults);
}

#[test]
fn kubelets() {
    let faults = [
        ("a kubelet's address is missing", 3),
        ("a certificate for signing code", 3),
        ("no extended key usage at all", 0),
        ("a critical extension that nobody knows", 3),
        ("PEM that was cut off", 5),
        ("kubelets are not verified", 0),
        ("a kubelet without clients' authorities", 3),
        ("a kubelet at another port", 0),
    ];
    agree(GUIDE, "kubelet", servers::kubelets, &faults);
    let faults = [
        ("signed by somebody else in the authority's name", 3),
        ("a kubelet has the serving pair of another node", 3),
        ("a worker trusts a foreign authority", 3),
    ];
    agree(UNITS, "kubelet", servers::kubelets, &faults);
}

#[test]
fn proxies() {
    let faults = [
        ("haproxy's authority is a foreign one", 3),
        ("loopback is missing that local proxies are dialled at", 0),
        ("a proxy's server has no purpose that serves", 2),
        ("a proxy's server has expired", 2),
        ("a proxy's server is at another address", 1),
        ("a proxy asks in another name than the server has", 3),
        ("a proxy verifies nobody", 0),
    ];
    agree(PROXIES, "kube-apiserver", servers::proxies, &faults);
}
