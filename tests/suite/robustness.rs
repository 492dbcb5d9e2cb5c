//! Whatever is fed in, the answer is a message and never a panic, and bad input changes nothing on the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use pkiplan::diagnostics::{Diagnostics, Style, render, to_json};
use pkiplan::plan;
use pkiplan::read::Memory;
use pkiplan::source::Sources;

const HA: &str = include_str!("../../plans/ha.toml");
const COMPONENT: &str = include_str!("../../templates/components/etcd/component.toml");
const LAYOUT: &str = include_str!("../../templates/layouts/kubeadm.toml");
const CLUSTER: &str = "format = 1\n[cluster]\nname = \"a\"\nprofile = \"high-availability\"\nservice-cidrs = [\"10.96.0.0/16\"]\n";
const NODE: &str = "[node.m1]\naddresses = [\"10.0.0.1\"]\nroles = [\"control-plane\", \"etcd\"]\n";

/// Everything that `check` does, messages rendered.
fn check(plan: &str, catalog: &[(&str, &str)]) -> usize {
    let mut world = Memory::default().with("plan.toml", plan);
    for (path, text) in catalog {
        world = world.with(format!("catalog/{path}"), *text);
    }
    let mut diagnostics = Diagnostics::default();
    let plan = plan::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics);
    if let Some(blueprint) = plan.as_ref().ok().and_then(|plan| plan.expand(&mut diagnostics)) {
        plan::dry_render(&blueprint, &mut diagnostics);
    }
    let sources = plan.as_ref().map_or_else(|sources| sources, |plan| &plan.sources);
    let text = render(&diagnostics, sources, Style { color: false, width: 100 });
    assert_eq!(text.is_empty(), diagnostics.sorted().is_empty());
    let _ = to_json(&diagnostics, sources).to_string();
    diagnostics.errors()
}

fn prefixes(text: &str) -> impl Iterator<Item = &str> {
    (0..text.len()).step_by(37).filter_map(|end| text.get(..end))
}

#[test]
fn beginnings_of_plans_and_of_catalogs() {
    for plan in prefixes(HA) {
        check(plan, &[]);
    }
    let plan = format!("catalog = \"catalog\"\n{CLUSTER}{NODE}");
    for component in prefixes(COMPONENT) {
        check(&plan, &[("components/etcd/component.toml", component)]);
    }
    for layout in prefixes(LAYOUT) {
        check(&plan, &[("layouts/kubeadm.toml", layout)]);
    }
}

/// Values that nobody means, in TOML.
fn odd_values() -> Vec<String> {
    let mut all: Vec<String> = [
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"\\u202e\"",
        "\"ä\"",
        "\"日本語\"",
        "\"a\\nb\"",
        "\"-\"",
        "\".\"",
        "\"..\"",
        "\"/\"",
        "\"//\"",
        "\"a/../b\"",
        "\"{{ x }}\"",
        "\"{\"",
        "\"}\"",
        "\"{..}\"",
        "\"{1..}\"",
        "\"w{0..99999}\"",
        "\"w{1..18446744073709551615}\"",
        "\"w{00000000000000000000000000001..2}\"",
        "\"ä{1..3}ö\"",
        "\"@\"",
        "\"@a.b\"",
        "\"role:\"",
        "\"vip.\"",
        "\"node.\"",
        "\"all\"",
        "\"0.0.0.0/0\"",
        "\"::/0\"",
        "\"::/128\"",
        "\"255.255.255.255/32\"",
        "\"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\"",
        "\"255.255.255.254\"",
        "\"10.96.0.0/33\"",
        "\"99999999999999999999y\"",
        "\"0s\"",
        "\"100y1s\"",
        "\"1.99999999999\"",
        "\"4294967295.4294967295.4294967295\"",
        "0",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999999",
        "0xffffffffffffffffffff",
        "1.5",
        "inf",
        "nan",
        "1e400",
        "true",
        "[]",
        "[[]]",
        "[[[]]]",
        "{}",
        "{ a = {} }",
        "1979-05-27",
        "[\"\", \"\"]",
        "[1, \"a\"]",
    ]
    .map(str::to_owned)
    .to_vec();
    let long = "x".repeat(100_000);
    all.push(format!("\"{long}\""));
    all.push(format!("[{}]", "\"10.0.0.9\",".repeat(2000)));
    all.push(format!("{}{}", "[".repeat(60), "]".repeat(60)));
    all
}

/// Keys of the plan, each with the table that it stands in.
const KEYS: &[(&str, &str)] = &[
    ("", "format catalog cluster node pool vip authority keyring component user certificate"),
    ("[cluster]", "profile layout run version domain service-cidrs pod-cidrs endpoint endpoint-by roles"),
    ("[node.x]", "addresses roles interface priority was component"),
    ("[pool.x]\nnames = \"w{1..3}\"", "first-address first-address-v6 roles interface component"),
    ("[pool.x]\nfirst-address = \"10.0.0.250\"", "names"),
    ("[vip.x]", "addresses host port served-by nodes to interface router-id"),
    (
        "[authority.etcd]",
        "serves issuer common-name organizations key issued-key path-length generations was",
    ),
    ("[authority.etcd.validity]", "own issued"),
    ("[authority.etcd.generations]", "use trust"),
    ("[keyring.vrrp]", "kind key length generations"),
    ("[component.kubelet]", "version run enabled place names flags setting"),
    ("[component.kubelet.flags]", "set append unset"),
    ("[component.kubelet.flags.set]", "v node-ip made-up"),
    ("[component.kubelet.setting]", "port cgroup-driver"),
    ("[user.x]", "common-name organizations validity key enabled was"),
    (
        "[certificate.x]\nauthority = \"etcd\"\nusage = \"client\"",
        "common-name organizations dns ip uri email nodes node-names owner validity key was",
    ),
    (
        "[certificate.x]\nauthority = \"etcd\"\nusage = \"client\"\nnodes = \"all\"",
        "certificate-file key-file roots-file",
    ),
];

#[test]
fn odd_values_everywhere() {
    for value in odd_values() {
        let mut whole = String::new();
        for (table, keys) in KEYS {
            for key in keys.split(' ') {
                let plan = match *table {
                    "" => format!("{key} = {value}\n{}{NODE}", CLUSTER.trim_start_matches("format = 1\n")),
                    "[cluster]" => format!("{CLUSTER}{key} = {value}\n{NODE}"),
                    _ => format!("{CLUSTER}{NODE}{table}\n{key} = {value}\n"),
                };
                // Most keys are read alike; a fifth of the combinations keeps the test short.
                if (whole.len() + value.len()).is_multiple_of(5) {
                    check(&plan, &[]);
                }
                whole.push('.');
            }
        }
    }
}

#[test]
fn odd_names_everywhere() {
    let long = "n".repeat(5000);
    for name in
        ["\"\"", "\"ä\"", "\"a b\"", "\"..\"", "\"a/b\"", "\"\\u0000\"", "\"-\"", "\"A\"", long.as_str()]
    {
        for table in ["node", "pool", "vip", "authority", "keyring", "component", "user", "certificate"] {
            let errors = check(&format!("{CLUSTER}{NODE}[{table}.{name}]\n"), &[]);
            assert!(errors > 0, "{table}.{name}");
        }
    }
}

/// Every file below a folder with its bytes and the time it was changed.
fn everything(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let changed = std::fs::symlink_metadata(&path).unwrap().modified().unwrap();
        if path.is_dir() {
            all.extend(everything(&path));
            all.insert(path, (Vec::new(), changed));
        } else {
            all.insert(path.clone(), (std::fs::read(&path).unwrap(), changed));
        }
    }
    all
}

fn build(folder: &Path) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
    let output = command.args(["build", "plan.toml"]).current_dir(folder).output().unwrap();
    output.status.success()
}

#[test]
fn bad_input_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("plan.toml");
    let bad: Vec<String> = vec![
        HA.replace("[cluster]", "[cluster"),
        HA.replace("10.111.0.102", "10.111.0.101"),
        HA.replace("\"worker\"", "\"wroker\""),
        HA.replace("\"vip.api\"", "\"vip.b\""),
        format!("{HA}\n[component.kubelet]\nflags.set = {{ made-up = 1 }}\n"),
        format!(
            "{HA}\n[certificate.x]\nauthority = \"etcd\"\nusage = \"client\"\nnodes = \"all\"\n\
                 certificate-file = \"/etc/kubernetes/pki/ca.crt\"\nkey-file = \"/x/key\"\n"
        ),
    ];
    for text in &bad {
        std::fs::write(&plan, text).unwrap();
        assert!(!build(folder.path()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "only the plan lies there");
    }
    std::fs::write(&plan, HA).unwrap();
    assert!(build(folder.path()));
    for text in &bad {
        std::fs::write(&plan, text).unwrap();
        let before = everything(folder.path());
        assert!(!build(folder.path()));
        assert_eq!(everything(folder.path()), before);
    }
}
