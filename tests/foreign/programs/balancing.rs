//! haproxy and keepalived read the configuration of every host that carries a VIP, and haproxy balances over servers
//! that show API servers' certificates.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Daemon, Said, ask, find, free_ports, run, tell, until};
use super::site::{HA_VIP, Site, name};

const LOAD_BALANCERS: &str = include_str!("../../../plans/load-balancers.toml");
const NODE_PROXY: &str = include_str!("../../../plans/node-proxy.toml");

#[test]
fn haproxy_takes_every_configuration() {
    for (plan, hosts) in [
        (HA_VIP.to_owned(), &MASTERS[..]),
        (dual_stack(), &MASTERS[..]),
        (LOAD_BALANCERS.to_owned(), &["balancer01", "balancer02"][..]),
        (NODE_PROXY.to_owned(), &["node01", "node02"][..]),
    ] {
        let site = Site::build(&plan);
        for tree in balancers(&site, hosts) {
            let said = haproxy(&tree, |text| text);
            assert!(said.well && !said.all().contains("WARNING"), "{}: {}", name(&tree), said.all());
        }
    }
}

#[test]
fn haproxy_would_miss_the_roots() {
    let site = Site::build(HA_VIP);
    let said = haproxy(&site.host("master01"), |text| text.replace("/ca.crt", "/elsewhere.crt"));
    assert!(!said.well && said.all().contains("elsewhere.crt"), "{}", said.all());
}

#[test]
fn keepalived_takes_every_configuration() {
    for (plan, hosts) in [
        (HA_VIP.to_owned(), &MASTERS[..]),
        (dual_stack(), &MASTERS[..]),
        (LOAD_BALANCERS.to_owned(), &["balancer01", "balancer02"][..]),
    ] {
        let (plan, interface) = on_an_interface(&plan);
        let site = Site::build(&plan);
        for tree in balancers(&site, hosts) {
            let said = keepalived(&tree.join("etc/keepalived/keepalived.conf"));
            // A machine with nothing but loopback still has the rest of the file read.
            let missing = |line: &str| interface.is_none() && line.ends_with("Unknown interface!");
            let faults: Vec<_> = said.error.lines().filter(|line| !missing(line)).collect();
            assert!(faults.is_empty() && (said.well || interface.is_none()), "{}: {said:?}", name(&tree));
        }
    }
}

#[test]
fn keepalived_would_name_a_fault() {
    let site = Site::build(&on_an_interface(HA_VIP).0);
    let file = site.host("master01").join("etc/keepalived/keepalived.conf");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("advert_int", "advert_interval")).unwrap();
    let said = keepalived(&file);
    assert!(!said.well && said.all().contains("advert_interval"), "{}", said.all());
}

/// A worker's kubelet reaches every API server through the haproxy of its own host, none that has gone, and nobody
/// who only has the address of one; a control-plane host's reaches its own.
#[test]
fn a_node_proxy_balances() {
    let [door, port] = free_ports();
    let (ours, theirs) = (Site::build(&on_loopback(door, port)), Site::build(&on_loopback(door, port)));
    let mut servers: Vec<Daemon> = MASTERS.iter().map(|master| serve(&ours, master, port)).collect();
    let worker = ours.host("node01");
    servers.push(balance(&worker, &ours));
    let roots = worker.join("etc/kubernetes/pki/ca.crt");
    // Two rounds at least, and each question is one connection.
    let who = || -> Result<BTreeSet<String>, String> { (0..6).map(|_| answer_at(door, &roots)).collect() };
    let exactly = |names: &[&str]| {
        let names: BTreeSet<String> = names.iter().map(ToString::to_string).collect();
        move || match who() {
            Ok(found) if found == names => Ok(()),
            other => Err(format!("{other:?}")),
        }
    };
    until("all three", &mut servers, exactly(&MASTERS));
    let by_kubelet = who_answers(&worker.join("etc/kubernetes/kubelet.conf"));
    assert!(by_kubelet.as_ref().is_ok_and(|who| MASTERS.contains(&who.as_str())), "{by_kubelet:?}");
    for master in MASTERS {
        let own = ours.host(master).join("etc/kubernetes/kubelet.conf");
        assert_eq!(who_answers(&own).as_deref(), Ok(master));
    }
    drop(servers.remove(1));
    until("those that are left", &mut servers, exactly(&["master01", "master03"]));
    // Another cluster's server at that address is no way out, and one of ours that comes back is.
    let stranger = serve(&theirs, "master02", port);
    std::thread::sleep(std::time::Duration::from_secs(6));
    assert_eq!(exactly(&["master01", "master03"])(), Ok(()));
    drop(stranger);
    servers.push(serve(&ours, "master02", port));
    until("all three again", &mut servers, exactly(&MASTERS));
}

/// Whose answer somebody gets who has that kubeconfig.
fn who_answers(kubeconfig: &Path) -> Result<String, String> {
    let mut kubectl = Command::new(find("kubectl"));
    kubectl.arg("--kubeconfig").arg(kubeconfig).args(["get", "--raw", "/who"]);
    let said = ask(&mut kubectl);
    if said.well { Ok(said.out.trim().to_owned()) } else { Err(said.all()) }
}

/// Whose answer somebody gets at the proxy who trusts the worker's roots.
fn answer_at(door: u16, roots: &Path) -> Result<String, String> {
    let mut client = Command::new(find("openssl"));
    client.args(["s_client", "-quiet", "-verify_return_error", "-verify_ip", "127.0.0.1"]);
    client.args(["-connect", &format!("127.0.0.1:{door}"), "-CAfile"]).arg(roots);
    let said = tell(&mut client, "GET /who HTTP/1.0\r\n\r\n");
    match said.out.split_once("\r\n\r\n") {
        Some((_, who)) => Ok(who.trim().to_owned()),
        None => Err(said.all()),
    }
}

/// An API server as far as TLS goes: it shows the certificate, checks a client's, is ready, and says who it is.
fn serve(site: &Site, host: &str, port: u16) -> Daemon {
    let number = host.trim_start_matches("master0");
    let pki = site.host(host).join("etc/kubernetes/pki");
    let folder = site.folder().join(format!("answers-{host}"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("readyz"), "ok").unwrap();
    fs::write(folder.join("who"), host).unwrap();
    let path = |file: &str| pki.join(file).display().to_string();
    let accept = format!("127.0.1.{number}:{port}");
    let plain = ["s_server", "-WWW", "-verify", "1", "-verify_return_error", "-accept", &accept];
    let arguments = [
        plain.map(str::to_owned).to_vec(),
        vec!["-cert".to_owned(), path("apiserver.crt"), "-key".to_owned(), path("apiserver.key")],
        vec!["-CAfile".to_owned(), path("ca.crt")],
    ];
    Daemon::start(host, &find("openssl"), &arguments.concat(), &folder)
}

/// haproxy of a host, as whoever runs the test, and with as many open files as that one may have.
fn balance(tree: &Path, site: &Site) -> Daemon {
    let text = fs::read_to_string(tree.join("etc/haproxy/haproxy.cfg")).unwrap();
    let text = text.replace(" ca-file /", &format!(" ca-file {}/", tree.display()));
    let text = text.replace("  user haproxy\n  group haproxy\n  maxconn 20000\n", "");
    let moved = site.folder().join("haproxy.cfg");
    fs::write(&moved, text).unwrap();
    let arguments = ["-db".to_owned(), "-f".to_owned(), moved.display().to_string()];
    Daemon::start("haproxy", &find("haproxy"), &arguments, site.folder())
}

/// `plans/node-proxy.toml` with all hosts on this one.
fn on_loopback(door: u16, port: u16) -> String {
    let plan = NODE_PROXY
        .replace("port = 7443", &format!("port = {door}"))
        .replace("10.116.0.1", "127.0.1.")
        .replace("10.116.0.3", "127.0.3.");
    format!("{plan}\n[component.kube-apiserver]\nsetting.port = {port}\n")
}

fn haproxy(tree: &Path, change: impl Fn(String) -> String) -> Said {
    let file = tree.join("etc/haproxy/haproxy.cfg");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(" ca-file /etc/"), "the servers are not verified:\n{text}");
    let text = text.replace(" ca-file /", &format!(" ca-file {}/", tree.display()));
    let moved = tree.join("haproxy-moved.cfg");
    fs::write(&moved, change(text)).unwrap();
    run(&find("haproxy"), [Path::new("-c"), Path::new("-f"), &moved])
}

fn keepalived(file: &Path) -> Said {
    run(&find("keepalived"), [Path::new("--config-test"), Path::new("-f"), file])
}

const MASTERS: [&str; 3] = ["master01", "master02", "master03"];

fn balancers(site: &Site, hosts: &[&str]) -> Vec<PathBuf> {
    let found: Vec<_> =
        site.hosts().into_iter().filter(|tree| tree.join("etc/haproxy/haproxy.cfg").is_file()).collect();
    assert_eq!(found.iter().map(|tree| name(tree)).collect::<Vec<_>>(), hosts);
    found
}

/// keepalived looks the interface up and refuses loopback, so the plan names one that is here.
fn on_an_interface(plan: &str) -> (String, Option<String>) {
    let names = fs::read_dir("/sys/class/net").into_iter().flatten();
    let mut names: Vec<String> =
        names.map(|entry| name(&entry.unwrap().path())).filter(|name| name != "lo").collect();
    names.sort();
    // Debian calls the one that leads out eth0 or en...; tunnels and the like stand after it.
    let interface = names.iter().find(|name| name.starts_with('e')).or_else(|| names.first()).cloned();
    let plan = match &interface {
        Some(interface) => plan.replace("\"eth0\"", &format!("\"{interface}\"")),
        None => plan.to_owned(),
    };
    (plan, interface)
}

/// The plan of the README with an IPv6 address beside every IPv4 address.
fn dual_stack() -> String {
    let mut plan = HA_VIP.to_owned();
    for last in [101, 102, 103, 104, 105, 111] {
        plan = plan.replace(
            &format!("\"10.111.0.{last}\"]"),
            &format!("\"10.111.0.{last}\", \"fd00:10:111::{last}\"]"),
        );
    }
    plan.replace("\"10.96.0.0/16\"]", "\"10.96.0.0/16\", \"fd00:10:96::/112\"]")
        .replace("\"10.244.0.0/16\"]", "\"10.244.0.0/16\", \"fd00:10:244::/56\"]")
}
