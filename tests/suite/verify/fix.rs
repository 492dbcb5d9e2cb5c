//! `verify --fix`: the patch is applied by git, and then nothing is wrong.

use std::process::Command;

use serde_json::Value;

use super::AT;
use crate::support::Lab;

/// A plan of one host with a fault: what is replaced and by what, what is wrong then, and a line of the patch.
struct Fault {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    codes: &'static [&'static str],
    line: &'static str,
}

const SETTING: &str = "setting.taint-control-plane = false\n";

/// A certificate that the API server is told to show in place of its own; what is missing follows.
macro_rules! own {
    ($usage:literal) => {
        concat!(
            "setting.taint-control-plane = false\n\n[component.kube-apiserver]\nflags.set = { ",
            "tls-cert-file = { value = \"/etc/own/tls.crt\", override = true }, ",
            "tls-private-key-file = { value = \"/etc/own/tls.key\", override = true } }\n\n[certificate.own]\n",
            "nodes = \"node:solo\"\nusage = [",
            $usage,
            "]\ncertificate-file = \"/etc/own/tls.crt\"\nkey-file = \"/etc/own/tls.key\"\n",
            "dns = [\"kubernetes\", \"kubernetes.default\", \"kubernetes.default.svc\", \"kubernetes.default.svc.cluster.local\", \"localhost\"]\n"
        )
    };
}

const FAULTS: [Fault; 10] = [
    Fault {
        name: "a file that nothing writes",
        from: SETTING,
        to: "setting.taint-control-plane = false\n\n[component.kube-apiserver]\n\
             flags.set = { tls-cert-file = { value = \"/etc/kubernetes/pki/other.crt\", override = true }, v = 2 }\n",
        codes: &["verify::input"],
        line: "+flags.set = { v = 2 }",
    },
    Fault {
        name: "the bundle of another authority",
        from: SETTING,
        to: "setting.taint-control-plane = false\n\n[component.kube-apiserver]\n\
             flags.set = { etcd-cafile = { value = \"/etc/kubernetes/pki/ca.crt\", override = true } }\n",
        codes: &["verify::server-refused"],
        line: "-flags.set = { etcd-cafile = { value = \"/etc/kubernetes/pki/ca.crt\", override = true } }",
    },
    Fault {
        name: "another port of the store",
        from: SETTING,
        to: "setting.taint-control-plane = false\n\n[component.etcd.flags.set]\n\
             listen-client-urls = { value = \"https://10.112.0.11:2479\", override = true }\n",
        codes: &["verify::nobody-listens"],
        line: "-listen-client-urls = { value = \"https://10.112.0.11:2479\", override = true }",
    },
    Fault {
        name: "clients of another authority",
        from: SETTING,
        to: "setting.taint-control-plane = false\n\n[node.solo.component.kube-apiserver]\n\
             flags.set = { client-ca-file = { value = \"/etc/kubernetes/pki/etcd/ca.crt\", override = true } }\n",
        codes: &["verify::client-refused", "verify::not-admitted"],
        line: "-flags.set = { client-ca-file = { value = \"/etc/kubernetes/pki/etcd/ca.crt\", override = true } }",
    },
    Fault {
        name: "a signer with the key of another one",
        from: SETTING,
        to: "setting.taint-control-plane = false\n\n[component.kube-controller-manager]\nflags.set = { \
             cluster-signing-cert-file = { value = \"/etc/kubernetes/pki/etcd/ca.crt\", override = true } }\n",
        codes: &["verify::not-admitted", "verify::other-key"],
        line: "-flags.set = { cluster-signing-cert-file = { value = \"/etc/kubernetes/pki/etcd/ca.crt\", override = true } }",
    },
    Fault {
        name: "a certificate of the plan's own that is of another authority",
        from: SETTING,
        to: concat!(own!("\"server\""), "authority = \"etcd\"\nip = [\"10.112.0.11\", \"10.96.0.1\"]\n"),
        codes: &["verify::server-refused"],
        line: "+authority = \"kubernetes\"",
    },
    Fault {
        name: "a certificate of the plan's own that is for clients",
        from: SETTING,
        to: concat!(
            own!("\"client\""),
            "authority = \"kubernetes\"\nip = [\"10.112.0.11\", \"10.96.0.1\"]\n"
        ),
        codes: &["verify::server-refused"],
        line: "+usage = [\"client\", \"server\"]",
    },
    Fault {
        name: "a certificate of the plan's own that lacks a name",
        from: SETTING,
        to: concat!(
            own!("\"server\""),
            "authority = \"kubernetes\"\nip = [\"10.112.0.11\"] # others follow\n"
        ),
        codes: &["verify::name-missing"],
        line: "+ip = [\"10.112.0.11\", \"10.96.0.1\"] # others follow",
    },
    Fault {
        name: "a key of the plan's own that its program cannot read",
        from: SETTING,
        to: concat!(
            "setting.taint-control-plane = false\n\n[component.etcd]\nsetting.user = \"etcd\"\nflags.set = { ",
            "cert-file = { value = \"/etc/own/tls.crt\", override = true }, ",
            "key-file = { value = \"/etc/own/tls.key\", override = true } }\n\n[certificate.own]\n",
            "nodes = \"node:solo\"\nusage = [\"server\", \"client\"]\ncertificate-file = \"/etc/own/tls.crt\"\nkey-file = \"/etc/own/tls.key\"\n",
            "authority = \"etcd\"\nip = [\"10.112.0.11\", \"127.0.0.1\"]\ndns = [\"localhost\"]\n"
        ),
        codes: &["verify::unreadable"],
        line: "+owner = \"etcd\"",
    },
    Fault {
        name: "two faults at once",
        from: SETTING,
        to: "setting.taint-control-plane = false\n\n[component.kube-apiserver.flags.set]\n\
             etcd-cafile = { value = \"/etc/kubernetes/pki/ca.crt\", override = true }\n\
             kubelet-certificate-authority = { value = \"/etc/kubernetes/pki/etcd/ca.crt\", override = true }\n",
        codes: &["verify::server-refused"],
        line: "-kubelet-certificate-authority = { value = \"/etc/kubernetes/pki/etcd/ca.crt\", override = true }",
    },
];

fn fixed(lab: &Lab, at: &str) -> Value {
    let before = lab.read("cluster.toml");
    let run = lab.run(&["verify", "cluster.toml", "--fix", "--at", at, "--format", "json"]);
    assert_eq!(lab.read("cluster.toml"), before);
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"))
}

fn codes(list: &Value) -> Vec<&str> {
    let mut codes: Vec<&str> =
        list.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Whether the places of all findings are lines that the patch takes away, or tables that it changes.
fn are_named(report: &Value, before: &str, patch: &str) -> bool {
    let lines: Vec<&str> = before.lines().collect();
    let gone: Vec<&str> = patch.lines().filter_map(|line| line.strip_prefix('-')).collect();
    let changed = patch.lines().filter(|line| line.starts_with(['+', '-'])).count();
    let mut places = report["findings"].as_array().unwrap().iter().map(|one| one["plan"].as_array().unwrap());
    changed > 0
        && places.all(|places| {
            places.iter().any(|place| {
                let line = lines[place["line"].as_u64().unwrap() as usize - 1];
                place["file"] == "cluster.toml" && (gone.contains(&line) || line == "[certificate.own]")
            })
        })
}

/// Each fault is found, one edit mends it, git applies it, and then every connection holds.
#[test]
fn small_edits_mend_faults_of_many_kinds() {
    for fault in FAULTS {
        let lab = Lab::bare("single");
        lab.edit(fault.from, fault.to);
        let report = fixed(&lab, AT);
        assert_eq!(codes(&report["findings"]), fault.codes, "{}: {report:#}", fault.name);
        assert_eq!(codes(&report["fix"]["mends"]), fault.codes, "{}: {report:#}", fault.name);
        assert_eq!(report["fix"]["left"], serde_json::json!([]), "{}", fault.name);
        let patch = report["fix"]["patch"].as_str().unwrap();
        assert!(patch.lines().any(|line| line == fault.line), "{}\n{patch}", fault.name);
        assert!(are_named(&report, &lab.read("cluster.toml"), patch), "{}: {report:#}", fault.name);
        lab.write("fix.patch", patch);
        let mut git = Command::new("git");
        let applied = git.args(["apply", "fix.patch"]).current_dir(lab.path("")).output().unwrap();
        assert!(applied.status.success(), "{}: {applied:?}", fault.name);
        let run = lab.run(&["verify", "cluster.toml", "--at", AT, "--format", "json"]);
        let after: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!((run.code, &after["findings"]), (0, &serde_json::json!([])), "{}: {after:#}", fault.name);
        assert_eq!(lab.run(&["check", "cluster.toml"]).code, 0, "{}", fault.name);
    }
}

/// A fault in a file that the plan includes, and one in the plan itself: one patch for both.
#[test]
fn a_patch_has_edits_of_all_files_of_a_plan() {
    let lab = Lab::bare("single");
    lab.edit("format = 1\n", "format = 1\ninclude = \"parts/api.toml\"\n");
    std::fs::create_dir(lab.path("parts")).unwrap();
    let flag = "tls-cert-file = { value = \"/etc/kubernetes/pki/other.crt\", override = true }, v = 2";
    lab.write("parts/api.toml", &format!("[component.kube-apiserver]\nflags.set = {{ {flag} }}\n"));
    lab.append("\n[component.etcd.flags.set]\ntrusted-ca-file = { value = \"/etc/kubernetes/pki/ca.crt\", override = true }\n");
    let report = fixed(&lab, AT);
    assert!(codes(&report["findings"]).len() > 1, "{report:#}");
    assert_eq!(report["fix"]["left"], serde_json::json!([]), "{report:#}");
    lab.write("fix.patch", report["fix"]["patch"].as_str().unwrap());
    let applied =
        Command::new("git").args(["apply", "fix.patch"]).current_dir(lab.path("")).output().unwrap();
    assert!(applied.status.success(), "{applied:?}");
    assert_eq!(lab.read("parts/api.toml"), "[component.kube-apiserver]\nflags.set = { v = 2 }\n");
    let run = lab.run(&["verify", "cluster.toml", "--at", AT]);
    assert_eq!(run.code, 0, "{run:#?}");
}

/// The whole report goes to git, and the patch is applied from the folder in which it was made.
#[test]
fn the_report_for_people_is_a_patch() {
    let lab = Lab::bare("single");
    lab.edit(FAULTS[0].from, FAULTS[0].to);
    let run = lab.shell(&format!(
        "mkdir -p plans/one && mv cluster.toml plans/one/ && git init -q . && cd plans && \
         \"$PKIPLAN\" verify one/cluster.toml --fix --at {AT} > said; test $? = 1 && git apply said && \
         \"$PKIPLAN\" verify one/cluster.toml --at {AT} | tail -3; cat said"
    ));
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(run.out.starts_with("17 connections proven; "), "{}", run.out);
    let lines = [
        "fixed [verify::input]: `--tls-cert-file` of kube-apiserver names /etc/kubernetes/pki/other.crt, which does not exist",
        "The plan was rendered and proven again with this edit: 17 connections proven, and no new problems.",
        "--- a/one/cluster.toml",
        "+++ b/one/cluster.toml",
    ];
    for line in lines {
        assert!(run.out.lines().any(|said| said == line), "{line}\n{}", run.out);
    }
}

/// What has ended has ended whatever the plan says, and where nothing is wrong nothing is edited.
#[test]
fn where_nothing_mends_it_is_said() {
    let lab = Lab::built("single");
    let report = fixed(&lab, "2027-06-01T00:00:00Z");
    assert!(codes(&report["findings"]).contains(&"verify::server-refused"), "{report:#}");
    assert_eq!(report["fix"]["patch"], Value::Null);
    assert_eq!(codes(&report["fix"]["left"]), codes(&report["findings"]), "{report:#}");
    let run = lab.run(&["verify", "cluster.toml", "--fix", "--at", "2027-06-01T00:00:00Z"]);
    assert!(run.out.contains("not fixed [verify::server-refused]: "), "{}", run.out);
    let whole = fixed(&Lab::bare("single"), AT);
    assert_eq!(whole["fix"], serde_json::json!({ "patch": null, "mends": [], "left": [] }));
}
