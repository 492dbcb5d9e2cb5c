//! Every diagnostic code has a fixture, and every mistake gives one message.
//!
//! `tests/diagnostics/MODULE/CODE.toml` (or a folder `CODE/` with a `plan.toml`, and further variants
//! `CODE@VARIANT`) is checked by the program, and what it says is compared with the `.txt` beside it.
//! Below `lint/` a file describes others' files (`suite/lint/forged.rs`), which are judged.
//! A folder with a `plan.lock` is built instead, in a copy, unless its `arguments` begin with `check`. `UPDATE_SNAPSHOTS=1` writes the `.txt`.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use pkiplan::diagnostics::{Code, Diagnostics, Severity};
use pkiplan::plan;
use pkiplan::read::Memory;
use pkiplan::source::Sources;

use crate::lint::forged;
use crate::support::EPOCH;
use crate::support::snapshot::difference;

const HA: &str = include_str!("../../plans/ha.toml");

/// A plan that is wrong in a known way.
struct Fixture {
    /// `MODULE/CODE`, perhaps with `@VARIANT`.
    name: String,
    folder: PathBuf,
    plan: String,
    snapshot: PathBuf,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn fixtures() -> Vec<Fixture> {
    let mut all = Vec::new();
    for module in names(&root()).into_iter().filter(|module| root().join(module).is_dir()) {
        let folder = root().join(&module);
        for entry in names(&folder) {
            let path = folder.join(&entry);
            let (name, folder, plan) = match entry.strip_suffix(".toml") {
                Some(name) => (name.to_owned(), folder.clone(), entry.clone()),
                None if path.is_dir() => (entry.clone(), path.clone(), "plan.toml".to_owned()),
                None => continue,
            };
            let snapshot = path.parent().unwrap().join(format!("{name}.txt"));
            all.push(Fixture { name: format!("{module}/{name}"), folder, plan, snapshot });
        }
    }
    all
}

impl Fixture {
    fn code(&self) -> Code {
        let name = self.name.split('@').next().unwrap().replace('/', "::");
        Code::from_name(&name).unwrap_or_else(|| panic!("there is no code {name}"))
    }

    /// What the program says, and its exit code.
    fn run(&self) -> (String, i32) {
        if self.name.starts_with("lint/") {
            return self.lint();
        }
        if !self.folder.join("plan.lock").exists() {
            return pkiplan(&self.folder, &["check", "--quiet", &self.plan]);
        }
        let copy = tempfile::tempdir().unwrap();
        copy_private(&self.folder, copy.path());
        let more = std::fs::read_to_string(self.folder.join("arguments")).unwrap_or_default();
        if more.starts_with("check") {
            return pkiplan(copy.path(), &["check", "--quiet", "plan.toml"]);
        }
        // They are given to `build`, unless they begin with the name of another command.
        let (command, more) = match more.strip_prefix("renew ") {
            Some(more) => ("renew", more),
            None => ("build", more.as_str()),
        };
        let mut arguments = vec![command, "--quiet", "plan.toml"];
        if !more.contains("--at") {
            arguments.extend(["--at", "2026-01-01T00:00:00Z"]);
        }
        arguments.extend(more.split_whitespace());
        pkiplan(copy.path(), &arguments)
    }
}

impl Fixture {
    /// The files that a description gives, judged.
    fn lint(&self) -> (String, i32) {
        let text = std::fs::read_to_string(self.folder.join(&self.plan)).unwrap();
        let description: toml::Table = text.parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        forged::write(&description, folder.path());
        let none = vec![toml::Value::String(".".to_owned())];
        let given = description.get("arguments").map_or(&none, |given| given.as_array().unwrap());
        let given: Vec<&str> = given.iter().map(|argument| argument.as_str().unwrap()).collect();
        pkiplan(folder.path(), &[&["lint", "--quiet"], given.as_slice()].concat())
    }

    /// What a file of others cannot be without, where it has this fault.
    fn also(&self) -> Vec<Code> {
        if !self.name.starts_with("lint/") {
            return Vec::new();
        }
        let text = std::fs::read_to_string(self.folder.join(&self.plan)).unwrap();
        let description: toml::Table = text.parse().unwrap();
        let also = description.get("also").map(|also| also.as_array().unwrap().clone()).unwrap_or_default();
        also.iter().map(|code| Code::from_name(code.as_str().unwrap()).unwrap()).collect()
    }

    /// An error fails a run; `lint` tells both apart.
    fn exit(&self) -> i32 {
        let error = self.code().severity() == Severity::Error;
        if self.name.starts_with("lint/") { 1 + i32::from(error) } else { i32::from(error) }
    }
}

/// Copies a folder. Git keeps no modes but one, and the program warns of secrets that others may read.
fn copy_private(from: &Path, to: &Path) {
    for name in names(from) {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy_private(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
            std::fs::set_permissions(&to, Permissions::from_mode(0o600)).unwrap();
        }
    }
}

fn pkiplan(folder: &Path, arguments: &[&str]) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_pkiplan"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs([("NO_COLOR", "1"), ("COLUMNS", "100"), ("SOURCE_DATE_EPOCH", EPOCH)])
        .output()
        .unwrap();
    (String::from_utf8(output.stderr).unwrap(), output.status.code().unwrap())
}

/// The codes that a rendered report begins its messages with.
fn codes(said: &str) -> Vec<Code> {
    said.lines().filter_map(Code::from_name).collect()
}

#[test]
fn every_code_has_a_fixture_that_gives_it_once() {
    let fixtures = fixtures();
    let covered: BTreeSet<Code> = fixtures.iter().map(Fixture::code).collect();
    let mut wrong: Vec<String> = Code::ALL
        .iter()
        .filter(|code| !covered.contains(code))
        .map(|code| format!("{code} has no fixture"))
        .collect();
    for fixture in &fixtures {
        let (said, exit) = fixture.run();
        let code = fixture.code();
        let wanted = fixture.exit();
        let found: BTreeSet<Code> = codes(&said).into_iter().collect();
        let alone = codes(&said) == [code]
            || (!fixture.also().is_empty()
                && found == [&[code][..], &fixture.also()].concat().into_iter().collect());
        if !alone || exit != wanted {
            wrong.push(format!("{} gives {:?} and exit code {exit}:\n{said}", fixture.name, codes(&said)));
        }
        wrong.extend(difference(&fixture.snapshot, &said));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn ten_mistakes_give_ten_messages() {
    let mut wrong = Vec::new();
    for (plan, count) in [("ten-mistakes", 10), ("several-syntax-errors", 6)] {
        let (said, exit) = pkiplan(&root(), &["check", &format!("{plan}.toml")]);
        if codes(&said).len() != count || exit != 1 {
            wrong.push(format!("{plan} gives {} messages:\n{said}", codes(&said).len()));
        }
        wrong.extend(difference(&root().join(format!("{plan}.txt")), &said));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Plans that say beside each mistake which code it gives.
#[test]
fn independent_mistakes_are_reported_in_one_run() {
    let mut wrong = Vec::new();
    for plan in ["", "@expand", "@profile"].map(|kind| format!("independent-mistakes{kind}")) {
        let text = std::fs::read_to_string(root().join(format!("{plan}.toml"))).unwrap();
        let comments = text.split('#').skip(1).filter_map(|comment| comment.lines().next());
        let words = comments.flat_map(|comment| comment.split([' ', ',']));
        let mut wanted: Vec<Code> = words.filter_map(Code::from_name).collect();
        wanted.extend(text.lines().filter(|line| line.ends_with(", twice")).map(|line| {
            let words = line.split([' ', ',']);
            words.rev().find_map(Code::from_name).unwrap()
        }));
        let (said, exit) = pkiplan(&root(), &["check", &format!("{plan}.toml")]);
        let mut found = codes(&said);
        wanted.sort_unstable();
        found.sort_unstable();
        if found != wanted || exit != 1 {
            wrong.push(format!("{plan} gives {found:?}\nand not {wanted:?}:\n{said}"));
        }
        wrong.extend(difference(&root().join(format!("{plan}.txt")), &said));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The codes of a plan's messages, through the library.
fn check(text: &str) -> Vec<&'static str> {
    let world = Memory::default().with("plan.toml", text);
    let mut diagnostics = Diagnostics::default();
    let plan = plan::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics).ok();
    if let Some(blueprint) = plan.as_ref().and_then(|plan| plan.expand(&mut diagnostics)) {
        plan::dry_render(&blueprint, &mut diagnostics);
    }
    diagnostics.sorted().iter().map(|diagnostic| diagnostic.code.name()).collect()
}

/// Single mistakes: what is replaced by what, and the one code that this must give.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("format = 1", "", "read::missing-key"),
    ("format = 1", "format = \"1\"", "read::wrong-type"),
    ("[cluster]", "[clusetr]", "read::unknown-key"),
    ("name = \"kubernetes\"", "name = 1", "read::wrong-type"),
    ("name = \"kubernetes\"\n", "", "read::missing-key"),
    ("profile = ", "profil = ", "read::unknown-key"),
    ("\"high-availability\"", "[\"high-availability\"]", "read::wrong-type"),
    ("\"high-availability\"", "\"high-availabilty\"", "resolve::unknown-profile"),
    ("\"kubeadm\"", "\"kubeadn\"", "resolve::unknown-layout"),
    ("\"kubeadm\"", "7", "read::wrong-type"),
    ("run = \"systemd\"", "run = \"podman\"", "resolve::bad-value"),
    ("\"1.36.2\"", "\"1.36.2.1\"", "resolve::bad-version"),
    ("\"1.36.2\"", "1.36", "read::wrong-type"),
    ("\"cluster.local\"", "\"cluster_local\"", "resolve::bad-dns-name"),
    ("\"10.96.0.0/16\"", "\"10.96.0.0\"", "resolve::bad-cidr"),
    ("[\"10.96.0.0/16\"]", "\"10.96.0.0/16\"", "read::wrong-type"),
    ("\"10.244.0.0/16\"", "\"10.96.0.0/12\"", "resolve::cidr-overlap"),
    ("endpoint = \"vip.api\"", "endpoint = 5", "read::wrong-type"),
    ("endpoint = \"vip.api\"", "endpont = \"vip.api\"", "read::unknown-key"),
    ("endpoint = \"vip.api\"", "endpoint = \"vip.apis\"", "resolve::unknown-vip"),
    ("endpoint = \"vip.api\"", "endpoint = \"api\"", "resolve::bad-value"),
    ("endpoint = \"vip.api\"", "endpoint = \"node.master04\"", "resolve::unknown-node"),
    ("endpoint = \"vip.api\"", "endpoint = \"node.node01\"", "resolve::no-endpoint"),
    ("endpoint = \"vip.api\"\n", "", "resolve::no-endpoint"),
    ("\"10.111.0.111\"", "\"10.111.0.101\"", "resolve::vip-is-node-address"),
    ("\"10.111.0.111\"", "\"10.111.0\"", "resolve::bad-address"),
    ("port = 16443", "port = \"16443\"", "read::wrong-type"),
    ("port = 16443", "port = 164430", "resolve::bad-value"),
    ("port = 16443", "port = 6443", "expand::port-clash"),
    ("port = 16443\n", "", "read::missing-key"),
    ("[vip.api]", "[vipp.api]", "read::unknown-key"),
    ("\"keepalived-haproxy\"", "\"keepalived\"", "resolve::bad-value"),
    ("\"keepalived-haproxy\"", "true", "read::wrong-type"),
    ("\"role:control-plane\"", "\"role:control-plan\"", "resolve::unknown-role"),
    ("\"role:control-plane\"", "\"control-plane\"", "resolve::bad-selector"),
    ("\"role:control-plane\"", "3", "read::wrong-type"),
    ("nodes = \"role:", "node = \"role:", "read::unknown-key"),
    ("interface = \"eth0\"\n", "", "read::missing-key"),
    ("interface = ", "interfcae = ", "read::unknown-key"),
    ("format = 1", "formt = 1", "read::unknown-key"),
    ("name = \"kubernetes\"", "nam = \"kubernetes\"", "read::unknown-key"),
    ("port = 16443", "prot = 16443", "read::unknown-key"),
    ("addresses = [\"10.111.0.103\"]", "adresses = [\"10.111.0.103\"]", "read::unknown-key"),
    ("router-id = 51", "router-id = 0", "resolve::bad-value"),
    ("router-id = 51", "router-id = \"a\"", "read::wrong-type"),
    ("[\"10.111.0.102\"]", "[\"10.111.0.101\"]", "resolve::duplicate-address"),
    ("[\"10.111.0.102\"]", "[]", "resolve::bad-address"),
    ("[\"10.111.0.102\"]", "[\"10.111.0.256\"]", "resolve::bad-address"),
    ("[\"10.111.0.102\"]", "\"10.111.0.102\"", "read::wrong-type"),
    ("[node.master02]", "[node.master01]", "resolve::duplicate-name"),
    ("[node.master02]", "[node.Master02]", "resolve::bad-node-name"),
    ("[node.master02]", "[nodes.master02]", "read::unknown-key"),
    ("[node.master02]", "[node.master02", "read::syntax"),
    ("addresses = [\"10.111.0.103\"]\n", "", "read::missing-key"),
    ("addresses = [\"10.111.0.104\"]\nroles = [\"worker\"]", "roles = [\"worker\"]", "read::missing-key"),
    ("0.104\"]\nroles = [\"worker\"]", "0.104\"]\nroles = [\"workr\"]", "resolve::unknown-role"),
    ("0.104\"]\nroles = [\"worker\"]", "0.104\"]\nroles = \"worker\"", "read::wrong-type"),
    (
        "[node.node02]",
        "[node.node02.component.kubelt]\nversion = \"1.36\"\n[node.node02]",
        "resolve::unknown-component",
    ),
    ("[node.node02]", "[node.node02.component.etcd]\nversion = \"3.6\"\n[node.node02]", "resolve::bad-value"),
    ("[node.node02]", "[authority.etcd]\nissuer = \"rot\"\n[node.node02]", "resolve::unknown-authority"),
    ("[node.node02]", "[authority.etcd]\nkey = \"rsa-1024\"\n[node.node02]", "resolve::bad-value"),
    (
        "[node.node02]",
        "[authority.etcd]\nvalidity = { own = \"10 y\" }\n[node.node02]",
        "resolve::bad-duration",
    ),
    ("[node.node02]", "[authority.etcd]\nvalidity = \"10y\"\n[node.node02]", "read::wrong-type"),
    ("[node.node02]", "[authority.etcd]\nserves = [\"etdc\"]\n[node.node02]", "resolve::unknown-purpose"),
    ("[node.node02]", "[authority.ETCD]\nserves = [\"etcd\"]\n[node.node02]", "resolve::bad-name"),
    (
        "[node.node02]",
        "[authority.etcd]\ngenerations = { use = 0 }\n[node.node02]",
        "resolve::generation-order",
    ),
    ("[node.node02]", "[authority.etcd]\ngenerations = 2\n[node.node02]", "read::wrong-type"),
    ("[node.node02]", "[authority.etcd]\ngenerations = { use = \"a\" }\n[node.node02]", "read::wrong-type"),
    ("[node.node02]", "[authority.etcd]\npath-length = -1\n[node.node02]", "resolve::bad-value"),
    ("[node.node02]", "[authority.etcd]\nissuer = \"etcd\"\n[node.node02]", "resolve::authority-circle"),
    ("[node.node02]", "[authority.etcd]\ncommon-name = \"\"\n[node.node02]", "resolve::bad-subject"),
    ("[node.node02]", "[keyring.encryption]\nkind = \"encrypt\"\n[node.node02]", "resolve::bad-value"),
    ("[node.node02]", "[keyring.service-account]\nkind = \"password\"\n[node.node02]", "resolve::bad-value"),
    ("[node.node02]", "[keyring.vrrp]\nlength = 2\n[node.node02]", "resolve::bad-value"),
    ("[node.node02]", "[component.kubelet]\nversion = \"new\"\n[node.node02]", "resolve::bad-version"),
    ("[node.node02]", "[component.kubelet]\nenabled = \"no\"\n[node.node02]", "read::wrong-type"),
    ("[node.node02]", "[component.kubelet]\nsetting.port = 0\n[node.node02]", "read::wrong-type"),
    ("[node.node02]", "[component.kubelet]\nsetting = 10250\n[node.node02]", "read::wrong-type"),
    ("[node.node02]", "[component.kubelet]\nflags = { sett = {} }\n[node.node02]", "read::unknown-key"),
    (
        "[node.node02]",
        "[component.kubelet]\nflags.set = { v = \"much\" }\n[node.node02]",
        "expand::flag-type",
    ),
    (
        "[node.node02]",
        "[component.kubelet]\nflags.append = { nod-ip = [] }\n[node.node02]",
        "expand::unknown-flag",
    ),
    ("[node.node02]", "[component.etcd]\nplace = \"node:master04\"\n[node.node02]", "resolve::unknown-node"),
    ("[node.node02]", "[component.etcd]\nenabled = false\n[node.node02]", "expand::dial-nowhere"),
    ("[node.node02]", "[component.kubelet]\nnames.add = [\"A\"]\n[node.node02]", "resolve::bad-dns-name"),
    ("[node.node02]", "[user.admin]\nkey = \"dsa\"\n[node.node02]", "resolve::bad-value"),
    ("[node.node02]", "[user.admin]\nvalidity = 5\n[node.node02]", "read::wrong-type"),
    ("[node.node02]", "[user.admin]\nvalidity = \"20y\"\n[node.node02]", "resolve::outlives-authority"),
    ("[node.node02]", "[certificate.x]\nusage = \"client\"\n[node.node02]", "read::missing-key"),
    (
        "[node.node02]",
        "[certificate.x]\nauthority = 1\nusage = \"client\"\n[node.node02]",
        "read::wrong-type",
    ),
    (
        "[node.node02]",
        "[certificate.x]\nauthority = \"etcd\"\nusage = \"both\"\n[node.node02]",
        "resolve::bad-value",
    ),
    (
        "[node.node02]",
        "[certificate.x]\nauthority = \"etcd\"\nusage = []\n[node.node02]",
        "resolve::bad-value",
    ),
    (
        "[node.node02]",
        "[certificate.x]\nauthority = \"etcd\"\nusage = \"client\"\nip = [\"a\"]\n[node.node02]",
        "resolve::bad-address",
    ),
    (
        "[node.node02]",
        "[certificate.x]\nauthority = \"etcd\"\nusage = \"client\"\nnodes = \"all\"\ncertificate-file = \"/etc/kubernetes/pki/ca.crt\"\nkey-file = \"/x/key\"\n[node.node02]",
        "expand::path-clash",
    ),
    ("[node.node02]", "[pool.p]\nnames = \"p{1..3}\"\n[node.node02]", "read::missing-key"),
    (
        "[node.node02]",
        "[pool.p]\nnames = \"p{1..3}\"\nfirst-address = \"x\"\n[node.node02]",
        "resolve::bad-address",
    ),
    (
        "[node.node02]",
        "[pool.p]\nnames = \"P{1..3}\"\nfirst-address = \"10.9.0.1\"\n[node.node02]",
        "resolve::bad-node-name",
    ),
    (
        "[node.node02]",
        "[pool.p]\nnames = \"p{1..9}\"\nfirst-address = \"10.111.0.99\"\n[node.node02]",
        "resolve::pool-overlap",
    ),
];

/// Three mistakes of tables that none of the others is about.
const WITNESSES: &str = r#"
[user.witness]
validity = "1 year"
[keyring.witness]
kind = "password"
length = 1
[authority.witness]
path-length = 0
generations = { use = 1, trust = [2] }
"#;

/// A mistake does not hide others, but for those that are looked for later: in what a plan would make that
/// cannot be resolved.
#[test]
fn a_mistake_hides_no_other() {
    let witnesses = ["resolve::bad-duration", "resolve::bad-value", "resolve::generation-order"];
    let later = ["expand::port-clash", "expand::dial-nowhere", "expand::path-clash", "resolve::no-endpoint"];
    let mut wrong = Vec::new();
    for (from, to, code) in MISTAKES {
        let mut wanted = witnesses.to_vec();
        wanted.extend(Some(*code).filter(|code| !later.contains(code)));
        wanted.sort_unstable();
        let mut found = check(&(HA.replacen(from, to, 1) + WITNESSES));
        found.sort_unstable();
        if found != wanted {
            wrong.push(format!("`{from}` -> `{to}`: wanted {wanted:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_mistake_gives_one_message() {
    assert_eq!(check(HA), Vec::<&str>::new());
    let mut wrong = Vec::new();
    for (from, to, code) in MISTAKES {
        assert!(HA.contains(from), "{from}");
        let found = check(&HA.replacen(from, to, 1));
        if found != [*code] {
            wrong.push(format!("`{from}` -> `{to}`: wanted {code}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
