//! The program from its front door: what it says, and how it ends.

use std::fs;
use std::process::Command;

use crate::support::snapshot::compare;
use crate::support::{AT, Lab, Run};

#[test]
fn help() {
    let lab = Lab::bare("single");
    compare("cli/help.txt", &lab.run(&["--help"]).transcript());
    for command in [
        "applied", "build", "catalog", "check", "diff", "explain", "git", "graph", "import", "init",
        "inspect", "join", "lint", "lock", "renew", "report", "schema", "secret", "show", "status", "verify",
    ] {
        compare(&format!("cli/help-{command}.txt"), &lab.run(&[command, "--help"]).transcript());
    }
    compare("cli/help-lock-merge.txt", &lab.run(&["lock", "merge", "--help"]).transcript());
    compare("cli/help-lock-assemble.txt", &lab.run(&["lock", "assemble", "--help"]).transcript());
    for command in ["list", "show"] {
        compare(
            &format!("cli/help-catalog-{command}.txt"),
            &lab.run(&["catalog", command, "--help"]).transcript(),
        );
    }
    for command in ["check", "set-up"] {
        compare(&format!("cli/help-git-{command}.txt"), &lab.run(&["git", command, "--help"]).transcript());
    }
    for command in ["check", "new", "open", "seal", "share"] {
        compare(
            &format!("cli/help-secret-{command}.txt"),
            &lab.run(&["secret", command, "--help"]).transcript(),
        );
    }
    let version = lab.run(&["--version"]);
    assert_eq!((version.code, version.out), (0, format!("pkiplan {}\n", env!("CARGO_PKG_VERSION"))));
    let unknown = lab.run(&["bild", "cluster.toml"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("build"), "{}", unknown.err);
}

/// A first build makes a secret and says what to do with it; a second one says that nothing changed.
#[test]
fn first_and_second_build() {
    let lab = Lab::bare("ha");
    compare("cli/build-first.txt", &lab.build().transcript());
    let secret = lab.read("cluster.secret");
    compare("cli/build-second.txt", &lab.build().transcript());
    assert_eq!(lab.read("cluster.secret"), secret);
    assert_eq!(lab.state(".")["cluster.secret"].0, 0o600);
    assert_eq!(lab.state(".")["cluster.trees"].0, 0o700);
}

#[test]
fn a_changed_plan_is_told() {
    let lab = Lab::built("ha");
    lab.edit("[node.node02]\naddresses = [\"10.111.0.105\"]\nroles = [\"worker\"]", "");
    lab.edit("domain = \"cluster.local\"", "domain = \"k8s.local\"");
    compare("cli/build-changed.txt", &lab.build().transcript());
}

#[test]
fn quiet_builds_say_nothing() {
    let lab = Lab::of("single");
    let run = lab.run(&["build", "cluster.toml", "--at", AT, "--quiet"]);
    assert_eq!(run, Run { code: 0, out: String::new(), err: String::new() });
    let run = lab.run(&["-q", "check", "cluster.toml"]);
    assert_eq!(run, Run { code: 0, out: String::new(), err: String::new() });
}

/// What a scheduled job mails: nothing while nothing is due, then what is due and nothing else.
#[test]
fn a_quiet_status_shows_what_is_due() {
    let lab = Lab::built("single");
    let status = |at: &str| lab.run(&["status", "cluster.toml", "--quiet", "--at", at]);
    assert_eq!(status(AT), Run { code: 0, out: String::new(), err: String::new() });
    for (at, code) in [("2026-12-20T00:00:00Z", 2), ("2027-02-01T00:00:00Z", 3)] {
        let run = status(at);
        assert_eq!((run.code, run.err.as_str()), (code, ""), "{run:#?}");
        assert!(run.out.contains("node.solo/kube-apiserver-serving"), "{run:#?}");
        assert!(!run.out.contains("authority.") && !run.out.contains("next:"), "{run:#?}");
    }
}

#[test]
fn renewing_says_if_nothing_is_due() {
    let lab = Lab::built("single");
    let run = lab.run(&["renew", "cluster.toml", "--at", "2026-02-01T00:00:00Z"]);
    assert_eq!(run.code, 0);
    assert!(run.out.starts_with("nothing to renew within 30d: name ids"), "{}", run.out);
    let run = lab.run(&["renew", "cluster.toml", "user.admin", "--at", "2026-02-01T00:00:00Z"]);
    assert!(!run.out.contains("nothing to renew"), "{}", run.out);
}

#[test]
fn join_makes_its_directory() {
    let lab = Lab::of("ha");
    lab.append("\n[bootstrap]\ngroups = [\"system:bootstrappers:nodes\"]\n");
    lab.build();
    let join = ["join", "cluster.toml", "node01", "--output", "join/"];
    let run = lab.run(&join);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    let state = lab.state("join");
    assert_eq!(lab.state(".")["join"].0, 0o700);
    assert!(state.contains_key("secret.yaml") && state.contains_key("kubeconfig"), "{:?}", state.keys());
    // Nothing is written over.
    assert_eq!(lab.run(&join).code, 1);
    assert_eq!(lab.state("join"), state);
    // A directory that is there stays as it is, also behind a link.
    assert_eq!(lab.shell("mkdir -m 755 there && ln -s there link").code, 0);
    let run = lab.run(&["join", "cluster.toml", "node02", "--output", "link"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert_eq!(lab.state(".")["there"].0, 0o755);
    assert!(lab.path("there/secret.yaml").exists());
}

#[test]
fn json() {
    let lab = Lab::of("single");
    let run = lab.run(&["build", "cluster.toml", "--at", AT, "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!((&report["hosts"], &report["certificates"]["issued"]), (&1.into(), &17.into()));
    assert_eq!((&report["lock_changed"], &report["new_secret"]), (&true.into(), &false.into()));
    assert_eq!(report["next_expiry"]["not_after"], "2027-01-01T00:00:00Z");
    let run = lab.run(&["check", "cluster.toml", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, report["diagnostics"].as_array().map(Vec::len)), (0, Some(0)));
    lab.append("\n[user.eve]\norganisations = [\"dev\"]\n");
    for command in ["check", "build"] {
        let run = lab.run(&[command, "cluster.toml", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!((run.code, run.err.as_str()), (1, ""));
        assert_eq!(report["diagnostics"][0]["severity"], "error", "{report:#}");
    }
}

/// What CI runs: it decides nothing and writes nothing.
#[test]
fn locked() {
    let lab = Lab::of("ha");
    let before = lab.state(".");
    compare("cli/locked-unsettled.txt", &lab.run(&["build", "cluster.toml", "--locked"]).transcript());
    assert_eq!(lab.state("."), before);
    lab.build();
    let settled = lab.state(".");
    lab.remove("cluster.trees");
    let run = lab.run(&["build", "cluster.toml", "--locked", "--at", "2026-06-01T00:00:00Z"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert_eq!(lab.state("."), settled);
    lab.edit("domain = \"cluster.local\"", "domain = \"k8s.local\"");
    let run = lab.run(&["build", "cluster.toml", "--locked", "--at", AT]);
    compare("cli/locked-changed.txt", &run.transcript());
}

#[test]
fn files_that_are_not_there() {
    let lab = Lab::bare("single");
    compare("cli/no-plan.txt", &lab.run(&["build", "nowhere.toml"]).transcript());
    assert!(!lab.path("nowhere.trees").exists());
    let plan = lab.read("cluster.toml");
    lab.write("other.lock", &plan);
    compare("cli/plan-called-lock.txt", &lab.run(&["build", "other.lock"]).transcript());
    assert_eq!(lab.read("other.lock"), plan);
    lab.write("cluster.lock", &Lab::built("single").read("cluster.lock"));
    compare("cli/lock-without-secret.txt", &lab.run(&["build", "cluster.toml"]).transcript());
    assert!(!lab.path("cluster.secret").exists());
    lab.secret(&"5".repeat(64));
    compare("cli/wrong-secret.txt", &lab.run(&["build", "cluster.toml"]).transcript());
    lab.write("cluster.secret", "sesame\n");
    compare("cli/no-secret-at-all.txt", &lab.run(&["build", "cluster.toml"]).transcript());
    assert!(!lab.path("cluster.trees").exists());
}

/// A lost lock is told, as a lost secret is: whatever was given up could return.
#[test]
fn trees_without_lock() {
    let lab = Lab::built("single");
    lab.remove("cluster.lock");
    compare("cli/trees-without-lock.txt", &lab.run(&["build", "cluster.toml"]).transcript());
    lab.remove("cluster.secret");
    compare("cli/trees-alone.txt", &lab.run(&["build", "cluster.toml"]).transcript());
    assert!(!lab.path("cluster.lock").exists() && !lab.path("cluster.secret").exists());
}

/// A secret that was brought along is used; so is the folder of a build that ended before it had a lock.
#[test]
fn secret_without_lock() {
    let lab = Lab::bare("single");
    lab.secret(crate::support::SECRET);
    fs::create_dir_all(lab.path("cluster.trees/hosts")).unwrap();
    lab.write("cluster.trees/.pkiplan", &Lab::built("single").read("cluster.trees/.pkiplan"));
    let run = lab.build();
    assert!(!run.out.contains("new secret"), "{}", run.out);
}

#[test]
fn expired() {
    let lab = Lab::built("single");
    let later = ["build", "cluster.toml", "--at", "2028-01-01T00:00:00Z"];
    compare("cli/expired.txt", &lab.run(&later).transcript());
    let allowed = lab.run(&[&later[..], &["--allow-expired"]].concat());
    assert_eq!(allowed.code, 0);
}

/// `--at` comes before `SOURCE_DATE_EPOCH`, and that before the clock.
#[test]
fn instants() {
    let variable = [("SOURCE_DATE_EPOCH", "1767225600")];
    let (one, two, three) = (Lab::built("single"), Lab::of("single"), Lab::of("single"));
    assert_eq!(two.run_with(&["build", "cluster.toml"], &variable).code, 0);
    assert_eq!(one.state("."), two.state("."));
    let later = ["build", "cluster.toml", "--at", "2026-02-01T00:00:00Z"];
    assert_eq!(three.run_with(&later, &variable).code, 0);
    assert!(three.read("cluster.lock").contains("not-before = \"2026-01-31T23:55:00Z\""));
    let lab = Lab::bare("single");
    compare("cli/bad-at.txt", &lab.run(&["build", "cluster.toml", "--at", "tomorrow"]).transcript());
    let wrong = lab.run_with(&["build", "cluster.toml"], &[("SOURCE_DATE_EPOCH", "soon")]);
    compare("cli/bad-epoch.txt", &wrong.transcript());
}

/// Git would commit keys: that is told, unless it ignores them.
#[test]
fn git() {
    let lab = Lab::of("single");
    assert!(Command::new("git").args(["init", "-q"]).arg(lab.path(".")).status().unwrap().success());
    let arguments = ["build", "cluster.toml", "--at", AT];
    compare("cli/git-exposed.txt", &lab.run(&arguments).transcript());
    lab.write(".gitignore", "*.secret\n*.trees/\n");
    assert_eq!(lab.run(&arguments).err, "");
    lab.write(".gitignore", "*.trees/\n");
    let run = lab.run(&arguments);
    assert!(run.err.contains("cluster.secret") && !run.err.contains("cluster.trees"), "{}", run.err);
}

#[test]
fn trees_elsewhere() {
    let lab = Lab::of("single");
    let run = lab.run(&["build", "cluster.toml", "--at", AT, "--out", "elsewhere"]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(lab.path("elsewhere/hosts/solo/etc").is_dir() && !lab.path("cluster.trees").exists());
    let other = Lab::built("single");
    assert_eq!(lab.state("elsewhere/hosts"), other.state("cluster.trees/hosts"));
}

#[test]
fn graph() {
    let lab = Lab::bare("intermediate");
    compare("cli/graph.dot", &lab.run(&["graph", "cluster.toml"]).out);
    compare("cli/graph.mmd", &lab.run(&["graph", "cluster.toml", "--language", "mermaid"]).out);
}

#[test]
fn graph_for_machines() {
    let lab = Lab::bare("intermediate");
    let run = lab.run(&["graph", "cluster.toml", "--format", "json"]);
    let graph: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let issued =
        |edge: &serde_json::Value| edge["kind"] == "issued by" && edge["to"] == "authority kubernetes";
    assert!(graph["edges"].as_array().unwrap().iter().any(issued), "{graph:#}");
}

#[test]
fn show() {
    let lab = Lab::bare("intermediate");
    for (name, what) in [
        ("plan", &[][..]),
        ("node", &["node", "control01"]),
        ("component", &["component", "kube-apiserver"]),
        ("certificate", &["certificate", "node.control01/kube-apiserver-serving"]),
        ("authority", &["certificate", "authority.kubernetes"]),
        ("unknown", &["node", "contrl01"]),
    ] {
        let run = lab.run(&[&["show", "cluster.toml"], what].concat());
        compare(&format!("cli/show-{name}.txt"), &run.transcript());
    }
    let run = lab.run(&["show", "cluster.toml", "--format", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(plan["cluster"][0]["name"], "name", "{plan:#}");
}

#[test]
fn inspect() {
    let lab = Lab::built("intermediate");
    let pki = "cluster.trees/hosts/control01/etc/kubernetes/pki";
    lab.write("garbage", "all work and no play\n");
    for (name, file) in [
        ("certificate", format!("{pki}/apiserver.crt")),
        ("key", format!("{pki}/apiserver.key")),
        ("bundle", format!("{pki}/ca-issuers.crt")),
        ("kubeconfig", "cluster.trees/users/alice/kubeconfig".to_owned()),
        ("garbage", "garbage".to_owned()),
        ("nothing", "nothing".to_owned()),
    ] {
        let run = lab.run(&["inspect", &file, "--at", "2026-03-01T00:00:00Z"]);
        compare(&format!("cli/inspect-{name}.txt"), &run.transcript());
        assert!(!run.out.contains("PRIVATE KEY"), "{name}");
    }
    let run = lab.run(&["inspect", &format!("{pki}/apiserver.crt"), "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(report.as_array().map(Vec::len), Some(2), "{report:#}");
}
