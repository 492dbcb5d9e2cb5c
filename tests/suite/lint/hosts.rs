//! What has to be the same on all hosts.

use super::codes;
use crate::support::{Lab, Run};

const ENCRYPTION: &str = "etc/kubernetes/encryption-configuration.yaml";

fn linted(lab: &Lab) -> Run {
    let hosts = [
        "--host",
        "master01=cluster.trees/hosts/master01",
        "--host",
        "master02=cluster.trees/hosts/master02",
    ];
    lab.run(&[&["lint"], &hosts[..], &["--at", "2026-02-01T00:00:00Z"]].concat())
}

/// Two hosts encrypt alike, however the same is written.
#[test]
fn configurations_of_encryption_are_compared_by_what_they_mean() {
    let lab = Lab::built("ha");
    let path = format!("cluster.trees/hosts/master02/{ENCRYPTION}");
    let text = lab.read(&path);
    let of_hosts = |run: &Run| codes(run).contains("lint::differs");
    assert!(!of_hosts(&linted(&lab)));
    let name = text.lines().find(|line| line.contains("name: ")).unwrap();
    let quoted = name.replace("name: ", "\"name\": ") + " # the first one";
    lab.write(&path, &format!("# as it was\n{}---\n", text.replace(name, &quoted)));
    let run = linted(&lab);
    assert!(!of_hosts(&run), "{run:#?}");
    let other =
        text.replace("- secrets", "- secrets\n  - configmaps").replace("[secrets]", "[secrets, configmaps]");
    assert_ne!(other, text);
    lab.write(&path, &other);
    let run = linted(&lab);
    assert!(of_hosts(&run) && run.err.contains("have different configurations of encryption"), "{run:#?}");
}
