//! `plans/one-authority.toml`: one authority for everything serves etcd and its peers, and what `check` warns of is
//! true: a worker's kubelet reads what etcd holds.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::etcd::{MASTERS, ask_members, etcdctl, version};
use super::kubeconfigs::{Embedded, kubeconfigs};
use super::process::{Daemon, Said, find, free_ports, until};
use super::site::{Site, files, name};
use super::unit::CommandLine;

const PLAN: &str = include_str!("../../../plans/one-authority.toml");
const SERVES: &str = "serves = [\"kubernetes\", \"etcd\", \"front-proxy\"]\n";

#[test]
fn one_certificate_is_all_that_hosts_trust() {
    let site = Site::build(PLAN);
    let authority = fs::read_to_string(site.authority("kubernetes")).unwrap();
    let master = site.host("master01");
    let pki = |file: &str| master.join("etc/kubernetes/pki").join(file);
    for trusted in ["ca.crt", "etcd/ca.crt", "front-proxy-ca.crt"] {
        assert_eq!(fs::read_to_string(pki(trusted)).unwrap(), authority, "{trusted}");
    }
    // One key, where something signs with it.
    let keys = files(&master).into_iter().filter(|file| name(file).ends_with("ca.key")).collect::<Vec<_>>();
    assert_eq!(keys, [pki("ca.key")]);
    // With one file for clients and for the front proxy, the API server starts with these names only.
    let flags = CommandLine::read(&master, "kube-apiserver.service").arguments();
    assert!(flags.contains(&"--requestheader-allowed-names=front-proxy-client".to_owned()), "{flags:?}");
}

#[test]
fn etcd_takes_a_workers_kubelet_as_the_warning_says() {
    let (said, _) = kubelet_reads(PLAN);
    assert!(said.well && said.out == "a password\n", "{}", said.all());
}

/// The same with authorities apart.
#[test]
fn etcd_with_its_own_authority_refuses_it() {
    assert!(PLAN.contains(SERVES));
    let (said, log) = kubelet_reads(&PLAN.replace(SERVES, ""));
    assert!(!said.well && log.contains("certificate signed by unknown authority"), "{}{log}", said.all());
}

/// Starts etcd on the masters, writes what an API server would, and asks for it as a worker's kubelet; what the
/// member that was asked logged, too.
fn kubelet_reads(plan: &str) -> (Said, String) {
    let (plan, ports) = here(plan);
    let site = Site::build(&plan);
    let start = |master: &str| {
        let arguments = CommandLine::read(&site.host(master), "etcd.service").arguments();
        Daemon::start(&format!("etcd-{master}"), &find("etcd"), &arguments, site.folder())
    };
    let mut members = MASTERS.map(|(master, _)| start(master));
    let endpoint = |n: usize| format!("https://{}:{}", MASTERS[n].1, ports[n]);
    until("healthy", &mut members, || {
        let words = ["endpoint", "health", "--cluster"];
        let said = etcdctl(&site.host("master01"), &endpoint(0), &words);
        let healthy = said.all().matches("is healthy").count() == 3;
        if said.well && healthy { Ok(()) } else { Err(said.all()) }
    });
    let pki = |file: &str| site.host("master02").join("etc/kubernetes/pki").join(file);
    let client = (pki("apiserver-etcd-client.crt"), pki("apiserver-etcd-client.key"));
    let put = ["put", "/registry/secrets/default/database", "a password"];
    let said = ask_members(&pki("etcd/ca.crt"), &client, &endpoint(1), &put);
    assert!(said.well, "{}", said.all());
    let kubelet = files_of(&kubelet(&site), site.folder());
    let get = ["get", "/registry/secrets/default/database", "--print-value-only"];
    (ask_members(&pki("etcd/ca.crt"), &kubelet, &endpoint(2), &get), members[2].log())
}

/// The plan with its masters on this host: each member has ports of its own.
fn here(plan: &str) -> (String, [u16; 3]) {
    let mut plan = plan.replace("10.115.0.", "127.0.0.");
    writeln!(plan, "\n[component.etcd]\nversion = \"{}\"", version(&find("etcd"))).unwrap();
    let ports = MASTERS.map(|(master, _)| {
        let [client, peer, metrics] = free_ports();
        let setting = format!("client-port = {client}, peer-port = {peer}, metrics-port = {metrics}");
        writeln!(plan, "\n[node.{master}.component.etcd]\nsetting = {{ {setting} }}").unwrap();
        client
    });
    (plan, ports)
}

/// What the worker's kubelet shows to API servers.
fn kubelet(site: &Site) -> Embedded {
    let mut all = kubeconfigs(&site.host("node01")).into_iter();
    all.find(|kubeconfig| kubeconfig.user == "system:node:node01").unwrap()
}

fn files_of(client: &Embedded, folder: &Path) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.join("kubelet.crt"), folder.join("kubelet.key"));
    fs::write(&certificate, &client.certificate).unwrap();
    fs::write(&key, &client.key).unwrap();
    (certificate, key)
}
