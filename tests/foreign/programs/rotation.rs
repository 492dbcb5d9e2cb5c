//! Keys are rotated in three builds, each rolled out host by host: what is old and what is new accept one
//! another at every moment, and where a step is left out they do not.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::chains::{openssl, shown};
use super::etcd::{self, MASTERS, etcdctl};
use super::kubeconfigs::kubeconfigs;
use super::process::{Daemon, ask, find, until};
use super::site::{SMALL, Site, name};
use super::unit::CommandLine;

/// The generation in use and those that are trusted: before, and after each build of a rotation.
const STEPS: [&str; 4] = [
    "{ use = 1, trust = [1] }",
    "{ use = 1, trust = [1, 2] }",
    "{ use = 2, trust = [1, 2] }",
    "{ use = 2, trust = [2] }",
];

/// A plan whose keys are rotated, with the trees of each step.
struct Rotation {
    site: Site,
    steps: [PathBuf; 4],
}

impl Rotation {
    /// `GENERATIONS` in the plan is what each step says.
    fn of(plan: &str) -> Self {
        let at = |step: usize| plan.replace("GENERATIONS", &format!("generations = {}", STEPS[step]));
        let site = Site::build(&at(0));
        let steps = [0, 1, 2, 3].map(|step| {
            site.rebuild(&at(step));
            site.keep(&format!("step-{step}"))
        });
        Self { site, steps }
    }

    fn host(&self, step: usize, host: &str) -> PathBuf {
        self.steps[step].join("hosts").join(host)
    }

    fn pki(&self, step: usize, file: &str) -> PathBuf {
        self.host(step, "master01").join("etc/kubernetes/pki").join(file)
    }

    /// How many of the certificates that hosts of one step show are refused by hosts of another, and how
    /// many there are.
    fn refused(&self, shows: usize, judges: usize) -> (usize, usize) {
        let (mut refused, mut all) = (0, 0);
        for host in ["master01", "node01"] {
            let (tree, other) = (self.host(shows, host), self.host(judges, "master01"));
            for mut shown in shown(&tree, self.site.folder()) {
                let roots = shown.roots.strip_prefix(&tree).unwrap_or(Path::new("etc/kubernetes/pki/ca.crt"));
                shown.roots = other.join(roots);
                all += 1;
                refused +=
                    usize::from(!openssl(&shown, if shown.server { "sslserver" } else { "sslclient" }).well);
            }
            // A kubeconfig carries what it trusts within itself.
            let mut server = shown(&self.host(shows, "master01"), self.site.folder());
            server.retain(|shown| name(&shown.file) == "apiserver.crt");
            for embedded in kubeconfigs(&self.host(judges, host)) {
                server[0].roots = self.site.folder().join("embedded.roots");
                fs::write(&server[0].roots, embedded.roots).unwrap();
                all += 1;
                refused += usize::from(!openssl(&server[0], "sslserver").well);
            }
        }
        (refused, all)
    }

    /// Neighbouring steps accept all of one another, and those that leave one out do not.
    fn is_smooth(&self) {
        for (shows, judges) in [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2)] {
            let (refused, all) = self.refused(shows, judges);
            assert!(refused == 0 && all > 15, "{shows} {judges}: {refused} of {all}");
        }
        for (shows, judges) in [(2, 0), (1, 3)] {
            let (refused, all) = self.refused(shows, judges);
            assert!(refused * 2 > all, "{shows} {judges}: {refused} of {all}");
        }
    }
}

fn certificates(file: &Path) -> usize {
    fs::read_to_string(file).map_or(0, |text| text.matches("BEGIN CERTIFICATE").count())
}

/// What a flag of a unit on the control-plane host names, as a file of the tree.
fn flag(tree: &Path, unit: &str, flag: &str) -> PathBuf {
    let start = format!("--{flag}=");
    let arguments = CommandLine::read(tree, unit).arguments();
    let values: Vec<&str> = arguments.iter().filter_map(|argument| argument.strip_prefix(&start)).collect();
    assert_eq!(values.len(), 1, "{flag}");
    PathBuf::from(values[0])
}

#[test]
fn authorities_rotate_in_three_builds() {
    let authorities =
        [("kubernetes", "ca.crt"), ("etcd", "etcd/ca.crt"), ("front-proxy", "front-proxy-ca.crt")];
    let tables = authorities.map(|(authority, _)| format!("\n[authority.{authority}]\nGENERATIONS\n"));
    let rotation = Rotation::of(&format!("{SMALL}{}", tables.concat()));
    rotation.is_smooth();
    let kept = rotation.site.folder().join("plan.certs");
    for (authority, roots) in authorities {
        assert_eq!([0, 1, 2, 3].map(|step| certificates(&rotation.pki(step, roots))), [1, 2, 2, 1]);
        let retired =
            [1, 2].map(|number| certificates(&kept.join(format!("authority.{authority}-{number}.crt"))));
        assert_eq!(retired, [1, 1]);
    }
}

/// Both above and below a shared root.
#[test]
fn a_root_and_what_it_issues_rotate_too() {
    let below = |root: &str, intermediate: &str| {
        format!(
            "{SMALL}\n[authority.company]\nserves = []\n{root}\n[authority.kubernetes]\nissuer = \"company\"\n{intermediate}\n"
        )
    };
    Rotation::of(&below("GENERATIONS", "")).is_smooth();
    let rotation = Rotation::of(&below("", "GENERATIONS"));
    // Servers are judged by the root, which stays, so that even a step that is left out does no harm.
    assert_eq!(rotation.refused(0, 3).0, 0);
    for step in 0..4 {
        // Clients are judged by the intermediates.
        let clients = flag(&rotation.host(step, "master01"), "kube-apiserver.service", "client-ca-file");
        assert_eq!(certificates(&clients), [1, 2, 2, 1][step]);
    }
}

/// Rule S1: a signer's file is one certificate, and its key signs with it.
#[test]
fn a_signer_has_one_certificate_and_its_key() {
    let rotation = Rotation::of(&format!("{SMALL}\n[authority.kubernetes]\nGENERATIONS\n"));
    let mut keys = Vec::new();
    for step in 0..4 {
        let tree = rotation.host(step, "master01");
        let of = |name: &str| flag(&tree, "kube-controller-manager.service", name);
        let (certificate, key) = (of("cluster-signing-cert-file"), of("cluster-signing-key-file"));
        assert_eq!(certificates(&certificate), 1);
        let public = public_key(&key);
        let said =
            ask(Command::new(find("openssl")).args(["x509", "-noout", "-pubkey", "-in"]).arg(&certificate));
        assert_eq!(said.out, public);
        // The one that signs stands first in what others trust.
        let said = ask(Command::new(find("openssl"))
            .args(["x509", "-noout", "-pubkey", "-in"])
            .arg(of("root-ca-file")));
        assert_eq!(said.out, public);
        keys.push(public);
    }
    assert!(keys[0] == keys[1] && keys[1] != keys[2] && keys[2] == keys[3]);
}

fn public_key(file: &Path) -> String {
    let said = ask(Command::new(find("openssl")).args(["pkey", "-pubout", "-in"]).arg(file));
    assert!(said.well, "{}", said.all());
    said.out
}

/// Whoever signs tokens in one step is believed in that step and in its neighbours.
#[test]
fn the_service_account_key_rotates_in_three_builds() {
    let rotation = Rotation::of(&format!("{SMALL}\n[keyring.service-account]\nGENERATIONS\n"));
    let mut signers = Vec::new();
    let mut believed = Vec::new();
    for step in 0..4 {
        let tree = rotation.host(step, "master01");
        let server = |name| flag(&tree, "kube-apiserver.service", name);
        let signer = public_key(&server("service-account-signing-key-file"));
        let manager = flag(&tree, "kube-controller-manager.service", "service-account-private-key-file");
        assert_eq!(public_key(&manager), signer);
        signers.push(signer);
        believed.push(fs::read_to_string(server("service-account-key-file")).unwrap());
    }
    let count = |step: usize| believed[step].matches("BEGIN PUBLIC KEY").count();
    assert_eq!([0, 1, 2, 3].map(count), [1, 2, 2, 1]);
    for (signs, judges, wanted) in [
        (0, 1, true),
        (1, 0, true),
        (1, 2, true),
        (2, 1, true),
        (2, 3, true),
        (3, 2, true),
        (2, 0, false),
        (1, 3, false),
    ] {
        assert_eq!(believed[judges].contains(&signers[signs]), wanted, "{signs} {judges}");
    }
}

/// The first key encrypts, all of them decrypt.
#[test]
fn the_encryption_key_rotates_in_three_builds() {
    let rotation = Rotation::of(&format!("{SMALL}\n[keyring.encryption]\nGENERATIONS\n"));
    let keys: Vec<Vec<(String, String)>> = (0..4)
        .map(|step| {
            let file = flag(
                &rotation.host(step, "master01"),
                "kube-apiserver.service",
                "encryption-provider-config",
            );
            let text = fs::read_to_string(file).unwrap();
            let values = |key: &str| -> Vec<String> {
                let lines = text.lines().map(|line| line.trim_start().trim_start_matches("- "));
                lines.filter_map(|line| Some(line.strip_prefix(key)?.trim().to_owned())).collect()
            };
            values("name:").into_iter().zip(values("secret:")).collect()
        })
        .collect();
    let names: Vec<Vec<&str>> =
        keys.iter().map(|keys| keys.iter().map(|(name, _)| name.as_str()).collect()).collect();
    assert_eq!(names, [vec!["key1"], vec!["key1", "key2"], vec!["key2", "key1"], vec!["key2"]]);
    let secrets: BTreeMap<&String, &String> =
        keys.iter().flatten().map(|(name, secret)| (name, secret)).collect();
    assert!(keys.iter().flatten().all(|(name, secret)| secrets[name] == secret));
    assert_ne!(secrets[&"key1".to_owned()], secrets[&"key2".to_owned()]);
}

/// Three members go through a whole rotation one after the other. At every moment a quorum serves clients
/// of the step before and of the next, and each member that comes back finds the others.
#[test]
fn etcd_rotates_member_by_member() {
    let etcd = find("etcd");
    let (plan, ports) = etcd::plan(&etcd::version(&etcd), "kubeadm");
    let rotation = Rotation::of(&format!("{plan}\n[authority.etcd]\nGENERATIONS\n"));
    let folder = rotation.site.folder();
    let start = |step: usize, member: &str| {
        let mut arguments = CommandLine::read(&rotation.host(step, member), "etcd.service").arguments();
        // What a member stores is no part of its tree.
        arguments.push(format!("--data-dir={}", folder.join(member).display()));
        Daemon::start(&format!("etcd-{member}-{step}"), &etcd, &arguments, folder)
    };
    let ask = |step: usize, words: &[&str]| {
        let endpoint = format!("https://{}:{}", MASTERS[0].1, ports[0]);
        etcdctl(&rotation.host(step, "master01"), &endpoint, words)
    };
    let healthy = |step: usize| {
        let said = ask(step, &["endpoint", "health", "--cluster"]);
        if said.well && said.all().matches("is healthy").count() == 3 { Ok(()) } else { Err(said.all()) }
    };
    let mut members: Vec<Daemon> = MASTERS.iter().map(|(member, _)| start(0, member)).collect();
    until("step 0", &mut members, || healthy(0));
    for step in 1..4 {
        for (n, (member, _)) in MASTERS.iter().enumerate() {
            drop(members.remove(n));
            members.insert(n, start(step, member));
            for client in [step - 1, step] {
                until(&format!("{member} at step {step}"), &mut members, || healthy(client));
            }
            let said = ask(step, &["put", "greeting", &format!("{step} {member}")]);
            assert!(said.well, "{}", said.all());
            let said = ask(step - 1, &["get", "greeting", "--print-value-only"]);
            assert_eq!(said.out, format!("{step} {member}\n"), "{}", said.all());
        }
    }
    // The test can fail: who comes from before the rotation is a stranger now, and finds none.
    let said = ask(0, &["endpoint", "health", "--cluster"]);
    assert!(!said.well, "{}", said.all());
}
