//! What the trees of one plan look like from the oldest version that the flag tables know to the newest.
//!
//! The tables are read here once more, by other eyes: no flag may stand in a tree whose program does not know it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::support::{Lab, snapshot};

/// Versions of the cluster and of etcd.
const VERSIONS: [(&str, &str); 7] = [
    ("1.18.20", "3.4.13"),
    ("1.20.15", "3.4.13"),
    ("1.24.17", "3.5.16"),
    ("1.28.15", "3.5.16"),
    ("1.32.13", "3.5.16"),
    ("1.36.2", "3.6.8"),
    ("1.37.1", "3.7.1"),
];
/// Programs with a flag table, by the unit that runs them.
const PROGRAMS: [&str; 6] =
    ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy"];

#[test]
fn every_version_gets_what_it_takes() {
    let mut told = String::new();
    let mut before: Option<(&str, BTreeMap<String, String>)> = None;
    for (version, etcd) in VERSIONS {
        let lab = Lab::of("ha");
        lab.edit("version = \"1.36.2\"", &format!("version = \"{version}\""));
        lab.build();
        flags_are_known(&lab, version, etcd);
        let texts = texts(&lab);
        if let Some((earlier, before)) = &before {
            writeln!(told, "## from {earlier} to {version}").unwrap();
            differences(before, &texts, &mut told);
        }
        before = Some((version, texts));
    }
    snapshot::compare("versions.txt", &told);
}

/// What else decides which flags there are: other members, other ways of running, two families.
#[test]
fn every_way_gets_what_it_takes() {
    for etcd in ["3.4.10", "3.5.0", "3.6.0", "3.7.0"] {
        let lab = Lab::of("ha");
        lab.append(&format!("\n[component.etcd]\nversion = \"{etcd}\"\n"));
        lab.build();
        flags_are_known(&lab, "1.36.2", etcd);
    }
    for (version, etcd) in VERSIONS {
        for (plan, from, to) in [("ha", "run = \"systemd\"", "run = \"static-pod\""), ("dual-stack", "", "")]
        {
            let lab = Lab::of(plan);
            lab.edit("version = \"1.36.2\"", &format!("version = \"{version}\""));
            if !from.is_empty() {
                lab.edit(from, to);
            }
            lab.build();
            flags_are_known(&lab, version, etcd);
            let gated = plan == "dual-stack" && version < "1.21";
            let files = ["systemd/system/kube-apiserver.service", "kubernetes/manifests/kube-apiserver.yaml"];
            let files = files.map(|file| format!("cluster.trees/hosts/master01/etc/{file}"));
            let server = lab.read(files.iter().find(|file| lab.path(file).exists()).unwrap());
            let node = lab.read("cluster.trees/hosts/master01/var/lib/kubelet/config.yaml");
            assert_eq!(server.contains("IPv6DualStack=true"), gated, "{plan} {version}");
            assert_eq!(node.contains("IPv6DualStack: true"), gated, "{plan} {version}");
        }
    }
}

/// Every program of the first master has flags that its version knows, however it is run.
fn flags_are_known(lab: &Lab, version: &str, etcd: &str) {
    let host = "cluster.trees/hosts/master01/etc";
    for program in PROGRAMS {
        let ways =
            [format!("systemd/system/{program}.service"), format!("kubernetes/manifests/{program}.yaml")];
        let text = ways.iter().map(|way| format!("{host}/{way}")).find(|path| lab.path(path).exists());
        let text = lab.read(&text.unwrap_or_else(|| panic!("nothing runs {program}")));
        let of = if program == "etcd" { etcd } else { version };
        let found: Vec<&str> = flags(&text).collect();
        assert!(found.len() > 1, "{program}: {text}");
        found.into_iter().for_each(|flag| known(program, of, flag));
    }
}

/// The flags of a unit or a manifest, one in a line.
fn flags(text: &str) -> impl Iterator<Item = &str> {
    let words =
        text.lines().map(|line| line.trim_start().trim_start_matches("- ").trim_start_matches(['"', '\'']));
    words.filter_map(|word| word.strip_prefix("--")?.split('=').next())
}

/// Wants the program's table to have the flag in that version.
fn known(program: &str, version: &str, flag: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("templates/flags/{program}.toml"));
    let table = std::fs::read_to_string(path).unwrap();
    let minor = |version: &str| -> Vec<u32> {
        version.split('.').take(2).map(|part| part.parse().unwrap()).collect()
    };
    let mut lines = table.lines().filter_map(|line| line.strip_prefix(flag)?.strip_prefix(" = "));
    let entry = lines.next().unwrap_or_else(|| panic!("{program} {version}: --{flag}"));
    let limit = |key: &str| {
        let (_, rest) = entry.split_once(&format!("{key} = \""))?;
        Some(minor(rest.split('"').next().unwrap()))
    };
    let now = minor(version);
    assert!(limit("since").is_none_or(|since| now >= since), "{program} {version}: --{flag} is to come");
    assert!(limit("until").is_none_or(|until| now < until), "{program} {version}: --{flag} is gone");
}

/// What two hosts read that is neither a key nor a certificate.
fn texts(lab: &Lab) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for host in ["master01", "node01"] {
        for (path, (_, bytes)) in lab.state(&format!("cluster.trees/hosts/{host}")) {
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
            let secret = ["BEGIN ", "certificate-authority-data", "secretbox"];
            if !text.is_empty() && !secret.iter().any(|mark| text.contains(mark)) {
                texts.insert(format!("{host}/{path}"), text);
            }
        }
    }
    texts
}

/// The lines that a file has before or after alone.
fn differences(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, told: &mut String) {
    let of = |texts: &BTreeMap<String, String>, path: &str| -> Vec<String> {
        let text = texts.get(path).cloned().unwrap_or_default();
        text.lines().map(|line| line.trim_end_matches(" \\").to_owned()).collect()
    };
    let paths: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for path in paths {
        let (old, new) = (of(before, path), of(after, path));
        if old == new {
            continue;
        }
        writeln!(told, "{path}").unwrap();
        old.iter()
            .filter(|line| !new.contains(line))
            .for_each(|line| writeln!(told, "  - {}", line.trim()).unwrap());
        new.iter()
            .filter(|line| !old.contains(line))
            .for_each(|line| writeln!(told, "  + {}", line.trim()).unwrap());
    }
}

/// A node whose version does not know a flag of all the others says so.
#[test]
fn a_node_leaves_out_what_its_version_does_not_know() {
    let lab = Lab::of("ha");
    lab.edit("version = \"1.36.2\"", "version = \"1.28.15\"");
    lab.append("\n[component.kubelet]\nflags.set = { config-dir = \"/etc/kubernetes/kubelet.d\" }\n");
    lab.append("\n[node.node02.component.kubelet]\nversion = \"1.27.16\"\n");
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.code == 1 && run.err.contains("added in 1.28"), "{run:#?}");
    lab.append("flags.unset = [\"config-dir\"]\n");
    lab.build();
    for (node, has) in [("node01", true), ("node02", false)] {
        let unit = lab.read(&format!("cluster.trees/hosts/{node}/etc/systemd/system/kubelet.service"));
        assert_eq!(unit.contains("--config-dir"), has, "{node}");
    }
}

/// `tests/flags/regenerate` gives the table that lies beside its sources, and the same once more from that.
#[test]
fn tables_come_from_sources() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flags");
    let expected = std::fs::read_to_string(folder.join("fixtures/expected.toml")).unwrap();
    for table in ["table.toml", "expected.toml"] {
        let mut command = Command::new(folder.join("regenerate"));
        command.current_dir(folder.join("fixtures")).arg(table);
        let sources =
            ["1.18=page-1.18.md", "1.19=page-1.19.md", "1.20=help-1.20.txt", "1.20=hidden-1.20.txt"];
        let output = command.args(sources).output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{table}");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{table}");
    }
}

/// With `--next`, a table gets one version more from what differs between two folders of Go sources.
#[test]
fn the_next_version_comes_from_its_sources() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flags");
    let expected = std::fs::read_to_string(folder.join("fixtures/next.toml")).unwrap();
    let mut command = Command::new(folder.join("regenerate"));
    command.current_dir(folder.join("fixtures")).args([
        "--next",
        "expected.toml",
        "1.20=go-1.20",
        "1.21=go-1.21",
    ]);
    let output = command.output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
}

/// What a release takes out is named where the plan writes it, and only there.
#[test]
fn what_1_37_takes_out_is_named_in_the_plan() {
    let gone = [
        ("kubelet", "set = { storage-driver-db = \"x\" }", "expand::unknown-flag", "removed in 1.37"),
        (
            "kube-controller-manager",
            "set = { concurrent-service-syncs = 2 }",
            "expand::unknown-flag",
            "removed in 1.37",
        ),
        (
            "kube-apiserver",
            "append = { feature-gates = [\"SidecarContainers=true\"] }",
            "expand::unknown-word",
            "removed in 1.37",
        ),
        ("etcd", "set = { experimental-memory-mlock = true }", "expand::unknown-flag", "removed in 3.7"),
    ];
    for (version, wrong) in [("1.36.2", false), ("1.37.1", true)] {
        for (component, flag, code, until) in gone {
            let lab = Lab::bare("ha");
            lab.edit("version = \"1.36.2\"", &format!("version = \"{version}\""));
            lab.append(&format!("\n[component.{component}]\nflags.{flag}\n"));
            let run = lab.run(&["check", "cluster.toml"]);
            assert_eq!(run.code, i32::from(wrong), "{version} {component}: {run:#?}");
            // Lines are folded.
            let said = run.err.replace('│', "").split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(said.contains(code), wrong, "{version} {component}: {said}");
            assert!(!wrong || said.contains(until), "{version} {component}: {said}");
        }
    }
    let lab = Lab::bare("ha");
    lab.edit("version = \"1.36.2\"", "version = \"1.37.1\"");
    lab.append("\n[component.kube-controller-manager]\nflags.set = { concurrent-disruption-syncs = 2 }\n");
    let run = lab.run(&["check", "cluster.toml"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
}

/// What talks to the API server beside it alone may be newer than those elsewhere: masters are upgraded one by one.
#[test]
fn one_master_is_upgraded_before_another() {
    let lab = Lab::bare("ha");
    lab.edit("version = \"1.36.2\"", "version = \"1.35.1\"");
    let newer = |node: &str, component: &str| {
        format!("\n[node.{node}.component.{component}]\nversion = \"1.36.2\"\n")
    };
    let upgraded = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];
    lab.append(&upgraded.map(|component| newer("master01", component)).concat());
    let run = lab.run(&["check", "cluster.toml"]);
    assert_eq!(run.code, 0, "{run:#?}");
    lab.append(&newer("master02", "kube-scheduler"));
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.code == 1 && run.err.contains("resolve::version-skew"), "{run:#?}");
}
