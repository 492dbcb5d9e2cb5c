//! `pkiplan lint`: files that others made.

pub(crate) mod forged;
mod hosts;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pkiplan::diagnostics::Code;
use pkiplan::lint::COVERAGE;

use crate::support::{Lab, Run};

/// A folder with the files of a tree of `tests/lint`.
fn tree(name: &str) -> Lab {
    let lab = Lab::bare("single");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/lint/{name}.toml"));
    forged::write(&fs::read_to_string(path).unwrap().parse().unwrap(), &lab.path("host"));
    lab
}

/// The codes that are told, each once.
fn codes(run: &Run) -> BTreeSet<&'static str> {
    run.err.lines().filter_map(Code::from_name).map(Code::name).collect()
}

#[test]
fn every_rule_of_a_correct_cluster_is_decided_somewhere() {
    let letters = [("I", 7), ("F", 3), ("S", 4), ("A", 3), ("N", 6), ("X", 11), ("T", 3), ("O", 4)];
    let wanted: Vec<String> =
        letters.iter().flat_map(|(letter, last)| (1..=*last).map(move |n| format!("{letter}{n}"))).collect();
    let found: Vec<&str> = COVERAGE.iter().map(|(id, _)| *id).collect();
    assert_eq!(found, wanted);
    let of_lint: BTreeSet<Code> =
        Code::ALL.iter().copied().filter(|code| code.name().starts_with("lint::")).collect();
    for (id, decided) in COVERAGE {
        assert!(decided.codes().iter().all(|code| of_lint.contains(code)), "{id}");
        assert!(!decided.to_string().is_empty(), "{id}");
    }
    // What is told of kubeconfigs, files and fields is no rule of certificates.
    let of_rules: BTreeSet<Code> =
        COVERAGE.iter().flat_map(|(_, decided)| decided.codes()).copied().collect();
    let others: Vec<&str> = of_lint.difference(&of_rules).map(|code| code.name()).collect();
    let expected = [
        "lint::unreadable",
        "lint::kubeconfig",
        "lint::insecure",
        "lint::system-trust",
        "lint::password",
        "lint::url-password",
        "lint::impersonation",
        "lint::shell",
        "lint::openssl-config",
        "lint::profile",
        "lint::unknown-field",
        "lint::refused-field",
    ];
    assert_eq!(others, expected);
}

#[test]
fn what_is_built_here_has_nothing_wrong() {
    let lab = Lab::bare("ha");
    lab.build();
    for host in ["master01", "node01"] {
        let run = lab.run(&["lint", &format!("cluster.trees/hosts/{host}"), "--at", "2026-02-01T00:00:00Z"]);
        assert!(run.code <= 1, "{run:#?}");
        assert_eq!(codes(&run), BTreeSet::new(), "{host}: {run:#?}");
    }
}

/// What guides do, written out as trees: exactly these faults are named.
#[test]
fn faults_of_guides_are_named() {
    for (name, expected) in [
        (
            "openssl-guide",
            &[
                "lint::authority-form",
                "lint::key-mismatch",
                "lint::leaf-form",
                "lint::open-key",
                "lint::outlives-issuer",
                "lint::password",
                "lint::past-2049",
                "lint::subject-of-issuer",
                "lint::system-trust",
            ][..],
        ),
        (
            "cfssl-guide",
            &[
                "lint::endless-token",
                "lint::masters",
                "lint::missing-names",
                "lint::open-key",
                "lint::past-2049",
                "lint::shared-authority",
                "lint::shared-key",
                "lint::static-token",
                "lint::token-mismatch",
            ],
        ),
        ("the-hard-way", &["lint::authority-form", "lint::masters"]),
        // The one file that is to be kept offline.
        ("kubeadm", &["lint::masters"]),
    ] {
        let lab = tree(name);
        let run = lab.run(&["lint", "host"]);
        assert_eq!(codes(&run), expected.iter().copied().collect(), "{name}: {}", run.err);
    }
}

/// Nobody says which version a kubelet has, so what some version takes is right; and what it has made, it need not ask
/// for.
#[test]
fn a_worker_that_kubeadm_joined_has_nothing_wrong() {
    let lab = tree("kubeadm-worker");
    let lint = || lab.run(&["lint", "--host", "node01=host", "--at", "2026-06-01T00:00:00Z"]);
    let run = lint();
    assert_eq!((run.code, run.out.matches("error").count()), (0, 0), "{run:#?}");

    let flags = "host/var/lib/kubelet/kubeadm-flags.env";
    lab.write(flags, &lab.read(flags).replace("pod-infra-container-image", "pod-infra-image"));
    let run = lint();
    assert!(run.out.contains("no version of it knows the flag `--pod-infra-image`"), "{run:#?}");

    // Without what it has made, it has to ask.
    lab.remove("host/var/lib/kubelet/pki/kubelet-client-current.pem");
    let run = lint();
    assert!(
        run.out.contains("names /etc/kubernetes/bootstrap-kubelet.conf, which does not exist"),
        "{run:#?}"
    );
}

#[test]
fn nothing_private_is_printed() {
    let lab = tree("cfssl-guide");
    for format in ["text", "json"] {
        let run = lab.run(&["lint", "host", "--format", format]);
        for secret in ["b675e56a592fefe0", "2e4d610cf3e7426e", "MHcCAQEEI", "LS0tLS1CRUdJTiBFQyBQ"] {
            assert!(!run.out.contains(secret) && !run.err.contains(secret), "{format}: {secret}");
        }
    }
}

/// URLs of kubeconfigs may hold a password: no command shows it.
#[test]
fn passwords_of_urls_are_shown_nowhere() {
    let lab = Lab::built("single");
    let (user, host) =
        ("cluster.trees/users/admin/kubeconfig", "cluster.trees/hosts/solo/etc/kubernetes/scheduler.conf");
    for path in [user, host] {
        let text = lab.read(path).replace("https://", "https://me:hidden-word@");
        assert!(text.contains("hidden-word"), "{path}");
        lab.write(
            path,
            &text.replacen("    server:", "    proxy-url: http://me:hidden-word@192.0.2.9\n    server:", 1),
        );
    }
    for arguments in [
        &["lint", user][..],
        &["lint", user, "--format", "json"],
        &["lint", "--host", "solo=cluster.trees/hosts/solo"],
        &["inspect", user],
        &["inspect", user, "--format", "json"],
        &["inspect", user, "--textconv"],
        &["verify", "cluster.toml", "--trees", "cluster.trees"],
        &["diff", "cluster.toml", "cluster.trees", "--with-secret"],
        &["diff", "cluster.toml", "--host", "solo=cluster.trees/hosts/solo"],
        &["secret", "check", "cluster.toml"],
    ] {
        let run = lab.run(arguments);
        assert!(
            !run.out.contains("hidden-word") && !run.err.contains("hidden-word"),
            "{arguments:?}: {run:#?}"
        );
    }
    let run = lab.run(&["inspect", user]);
    assert!(run.out.contains("server       https://***@"), "{run:#?}");
    assert!(run.out.contains("proxy        http://***@192.0.2.9"), "{run:#?}");
    let run = lab.run(&["lint", user]);
    assert_eq!(run.err.matches("lint::url-password").count(), 2, "{run:#?}");
}

/// A kubeconfig that acts as somebody else says so.
#[test]
fn impersonation_is_shown() {
    let lab = Lab::built("single");
    let path = "cluster.trees/users/admin/kubeconfig";
    let text = lab.read(path);
    lab.write(path, &text.replacen("  user:\n", "  user:\n    as: admin\n    as-groups: [a, b]\n", 1));
    let run = lab.run(&["inspect", path]);
    assert!(run.out.contains("acts as      admin in a, b\n"), "{run:#?}");
}

/// A plan lowers warnings, of its own and of files, and every report shows why.
#[test]
fn what_a_plan_allows_counts_no_more() {
    let lab = tree("kubeadm");
    assert_eq!(lab.run(&["lint", "host"]).code, 1);
    lab.edit("format = 1\n", "format = 1\nallow = { \"lint::masters\" = \"it lies in a safe\" }\n");
    let run = lab.run(&["lint", "host", "--plan", "cluster.toml"]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.err.contains("allowed by the plan: it lies in a safe"), "{run:#?}");
    assert!(run.err.ends_with("1 allowed by the plan\n"), "{run:#?}");
    let run = lab.run(&["lint", "host", "--plan", "cluster.toml", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(told["diagnostics"][0]["allowed"], "it lies in a safe");

    let lab = Lab::bare("ha");
    lab.edit("format = 1\n", "format = 1\nallow = { \"resolve::unused-role\" = \"for next week\" }\n");
    lab.edit("[cluster]\n", "[cluster]\nroles = [\"spare\"]\n");
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.code == 0 && run.err.contains("allowed by the plan: for next week"), "{run:#?}");
    assert!(run.out.contains("nothing wrong\n"), "{run:#?}");
}
