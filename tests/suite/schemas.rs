//! The published JSON Schemas are those of the types, and what commands print is as they say.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::schema::{complaints, of_schema, path};
use crate::support::snapshot::difference;
use crate::support::{AT, Lab};

#[test]
fn what_is_published_is_what_the_program_says() {
    let lab = Lab::empty();
    for command in ["diff", "verify"] {
        let run = lab.run(&[command, "--schema"]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
        assert_eq!(difference(&path(command), &run.out), None, "{command}");
        assert_eq!(of_schema(command), None);
        let help = lab.run(&[command, "--help"]).out;
        assert!(help.contains("--schema"), "{help}");
    }
}

/// What `verify` prints of many kinds of plans and trees, each in a file.
fn outputs() -> (Lab, Vec<PathBuf>) {
    let to = Lab::empty();
    let mut files = Vec::new();
    let mut tell = |lab: &Lab, arguments: &[&str]| {
        let run = lab.run(&[&["verify", "cluster.toml", "--format", "json"], arguments].concat());
        assert!(run.out.len() > 20, "{run:#?}");
        let name = format!("{}.json", files.len());
        to.write(&name, &run.out);
        files.push(to.path(&name));
    };
    for plan in ["kubeadm", "bootstrap-token-file", "mutual-tls"] {
        tell(&Lab::bare(plan), &["--at", AT, "--any-host-down"]);
    }
    let lab = Lab::built("single");
    tell(&lab, &["--trees", "cluster.trees", "--at", AT, "--exhaustive"]);
    lab.remove("cluster.trees/hosts/solo/etc/kubernetes/pki/apiserver.crt");
    lab.write("cluster.trees/hosts/solo/etc/kubernetes/scheduler.conf", "nothing");
    tell(&lab, &["--trees", "cluster.trees", "--at", AT]);
    tell(&lab, &["--fix", "--at", AT]);
    tell(&lab, &["--fix", "--at", "2027-06-01T00:00:00Z"]);
    lab.write("before.toml", &lab.read("cluster.toml"));
    lab.write("before.lock", &lab.read("cluster.lock"));
    tell(&lab, &["--base", "before.toml", "--at", AT]);
    lab.append("\n[authority.kubernetes]\ngenerations = { use = 2, trust = [2] }\n");
    tell(&lab, &["--base", "before.toml", "--at", AT]);
    lab.append(
        "\n[component.kube-apiserver]\nflags.set = { etcd-cafile = { value = \"/etc/none\", override = true } }\n",
    );
    tell(&lab, &["--at", AT]);
    lab.edit("node.solo\"", "node.sol\"");
    tell(&lab, &["--at", AT]);
    (to, files)
}

#[test]
fn reports_of_verify_are_as_their_schema_says() {
    let (_lab, files) = outputs();
    assert_eq!(complaints("verify", &files), None);
    let said = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect::<String>();
    for word in
        ["\"lost\": [", "\"fix\": {", "\"left\": [", "\"diagnostics\": [", "\"order_helps\"", "\"unread\": ["]
    {
        assert!(said.contains(word), "no output has {word}");
    }
}

/// It refuses what is not so.
#[test]
fn the_schema_of_verify_is_strict() {
    let lab = Lab::bare("single");
    lab.append(
        "\n[component.kube-apiserver]\nflags.set = { etcd-cafile = { value = \"/etc/none\", override = true } }\n",
    );
    let run = lab.run(&["verify", "cluster.toml", "--at", AT, "--fix", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let file = lab.path("report.json");
    let wrong = |change: &dyn Fn(&mut Value)| {
        let mut report = report.clone();
        change(&mut report);
        std::fs::write(&file, report.to_string()).unwrap();
        complaints("verify", std::slice::from_ref(&file)).is_some()
    };
    assert!(!wrong(&|_| {}));
    assert!(wrong(&|report| report["format"] = 2.into()));
    assert!(wrong(&|report| report["more"] = 2.into()));
    assert!(wrong(&|report| report["findings"][0]["code"] = "other".into()));
    assert!(wrong(&|report| report["findings"][0]["severity"] = "bad".into()));
    assert!(wrong(&|report| report["not_proven"][0]["verdict"] = "holds".into()));
    assert!(wrong(&|report| report["fix"]["mends"] = "all".into()));
    assert!(wrong(&|report| _ = report["matrix"][0].as_object_mut().unwrap().remove("holds")));
}
