//! What must be so on every host of every plan.

use std::collections::BTreeSet;
use std::process::Command;

use crate::support::{Lab, PLANS};

/// What a host has of its own, or what a program makes.
const NOT_OURS: [&str; 3] = ["/etc/ca-certificates", "/etc/ssl/certs", "/var/log/"];

#[test]
fn every_plan() {
    for plan in PLANS {
        let lab = Lab::built(plan);
        every_path_that_is_named_is_there(plan, &lab);
        authority_keys_lie_where_something_signs(plan, &lab);
        private_files_are_private(plan, &lab);
        folders_of_the_system_stay_as_they_are(plan, &lab);
        manifests_and_checksums(plan, &lab);
    }
}

/// A flag or a configuration that names a path means a file of the same tree.
fn every_path_that_is_named_is_there(plan: &str, lab: &Lab) {
    let trees = lab.state("cluster.trees");
    let mut named = 0;
    for (path, (_, bytes)) in &trees {
        let mut parts = path.splitn(3, '/');
        let (Some("hosts"), Some(host), Some(_), Some(bytes)) =
            (parts.next(), parts.next(), parts.next(), bytes)
        else {
            continue;
        };
        let text = std::str::from_utf8(bytes).unwrap();
        let words = text.split(|c: char| c.is_whitespace() || "=,\"'<>".contains(c));
        for word in words.filter(|word| word.starts_with("/etc/") || word.starts_with("/var/")) {
            let there = trees.contains_key(&format!("hosts/{host}{word}"));
            assert!(
                there || NOT_OURS.iter().any(|folder| word.starts_with(folder)),
                "{plan}: {path} names {word}"
            );
            named += 1;
        }
    }
    assert!(named > 10, "{plan}: {named}");
}

/// The keys of authorities lie on hosts that sign, and nowhere else.
fn authority_keys_lie_where_something_signs(plan: &str, lab: &Lab) {
    for unit in lab.units() {
        let name = "kube-controller-manager";
        let ways = [format!("systemd/system/{name}.service"), format!("kubernetes/manifests/{name}.yaml")];
        let signs = ways.iter().any(|file| lab.path(&format!("cluster.trees/{unit}/etc/{file}")).exists());
        let manifest = lab.manifest(&unit);
        let held: Vec<&str> = manifest["entries"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|entry| entry["artefact"].as_str())
            .filter(|artefact| artefact.starts_with("key of authority."))
            .collect();
        let expected: &[&str] = if signs { &["key of authority.kubernetes/1"] } else { &[] };
        assert_eq!(held, expected, "{plan}: {unit}");
    }
}

/// Nobody but its owner reads a file with something private in it, also not through the folders above.
fn private_files_are_private(plan: &str, lab: &Lab) {
    for (path, (mode, bytes)) in lab.state("cluster.trees") {
        let text = String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned();
        let private = ["PRIVATE KEY", "client-key-data", "auth_pass", "secretbox"];
        match (bytes, private.iter().any(|mark| text.contains(mark))) {
            (Some(_), true) => assert_eq!(mode, 0o600, "{plan}: {path}"),
            // Scripts are run.
            (Some(_), false) if path.ends_with(".sh") => assert_eq!(mode, 0o755, "{plan}: {path}"),
            (Some(_), false) => assert!([0o600, 0o644].contains(&mode), "{plan}: {path} {mode:o}"),
            (None, _) => assert!([0o700, 0o755].contains(&mode), "{plan}: {path} {mode:o}"),
        }
    }
}

/// A tree that is laid over `/` narrows no folder that the system has.
fn folders_of_the_system_stay_as_they_are(plan: &str, lab: &Lab) {
    let ours = ["etc/kubernetes", "var/lib/etcd", "var/lib/kubelet"];
    for host in lab.units().iter().filter(|unit| unit.starts_with("hosts/")) {
        for (path, (mode, bytes)) in lab.state(&format!("cluster.trees/{host}")) {
            let narrow = bytes.is_none() && mode != 0o755;
            assert!(!narrow || ours.iter().any(|folder| path.starts_with(folder)), "{plan}: {host}/{path}");
            assert!(path.starts_with("etc") || path.starts_with("var"), "{plan}: {host}/{path}");
        }
    }
}

/// `sha256sum` agrees with every list, and a manifest lists what is there and nothing else.
fn manifests_and_checksums(plan: &str, lab: &Lab) {
    for unit in lab.units() {
        let (folder, base) = unit.rsplit_once('/').unwrap_or(("", &unit));
        let mut check = Command::new("sha256sum");
        check.args(["--strict", "--quiet", "-c"]).arg(format!("{base}.sha256"));
        let status = check.current_dir(lab.path("cluster.trees").join(folder)).status().unwrap();
        assert!(status.success(), "{plan}: {unit}");
        let manifest = lab.manifest(&unit);
        assert_eq!((&manifest["format"], &manifest["unit"]), (&1.into(), &unit.as_str().into()));
        let state = lab.state(&format!("cluster.trees/{unit}"));
        let mut listed = BTreeSet::new();
        for entry in manifest["entries"].as_array().unwrap() {
            let path = entry["path"].as_str().unwrap();
            let (mode, bytes) = &state[path];
            assert_eq!(entry["mode"], format!("{mode:04o}"), "{plan}: {unit}/{path}");
            assert_eq!(entry["type"], if bytes.is_some() { "file" } else { "folder" });
            assert_eq!(entry["sha256"].is_string() || entry["keyed"].is_string(), bytes.is_some());
            listed.insert(path);
        }
        let files: BTreeSet<&str> =
            state.iter().filter(|(_, (_, bytes))| bytes.is_some()).map(|(path, _)| path.as_str()).collect();
        assert!(files.is_subset(&listed), "{plan}: {unit}: {:?}", files.difference(&listed));
    }
}
