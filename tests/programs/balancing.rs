//! haproxy and keepalived read the configuration of every host that carries a VIP.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{Said, find, run};
use crate::site::{HA_VIP, Site, name};

#[test]
fn haproxy_takes_every_configuration() {
    for plan in [HA_VIP.to_owned(), dual_stack()] {
        let site = Site::build(&plan);
        for tree in balancers(&site) {
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
    for plan in [HA_VIP.to_owned(), dual_stack()] {
        let (plan, interface) = on_an_interface(&plan);
        let site = Site::build(&plan);
        for tree in balancers(&site) {
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

fn balancers(site: &Site) -> Vec<PathBuf> {
    let found: Vec<_> =
        site.hosts().into_iter().filter(|tree| tree.join("etc/haproxy/haproxy.cfg").is_file()).collect();
    assert_eq!(found.iter().map(|tree| name(tree)).collect::<Vec<_>>(), ["master01", "master02", "master03"]);
    assert!(found.iter().all(|tree| tree.join("etc/keepalived/keepalived.conf").is_file()));
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
