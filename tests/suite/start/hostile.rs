//! `pkiplan init` with what is wrong, too much, private, or somebody's trap.

use std::os::unix::fs::symlink;

use crate::support::{AT, Lab, Run};

const CONTROL: &str = "--control-plane";

/// Runs `init` with kubeadm's configuration, of which these are lines, and a host.
fn taken(lines: &str, more: &[&str]) -> (Lab, Run) {
    let head = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.36.1\n";
    let lab = Lab::empty();
    lab.write("kubeadm.yaml", &format!("{head}{lines}"));
    let from = ["init", "--from", "kubeadm-config", "kubeadm.yaml", CONTROL, "a=10.1.0.1"];
    let run = lab.run(&[&from[..], more].concat());
    (lab, run)
}

/// What comes next can be pasted: no file is taken for an option.
#[test]
fn no_file_becomes_an_option() {
    let usual = "/etc/kubernetes/pki";
    for (folder, word) in
        [("--root=/", usual), ("pki", usual), ("/pki\u{202e}", usual), ("/my pki", "'/my pki'")]
    {
        let (_, run) = taken(&format!("certificatesDir: {folder}\n"), &[]);
        let next = format!("next: pkiplan import {word} --plan cluster.toml\n");
        assert!(run.code == 0 && run.out.ends_with(&next), "{folder:?}: {run:#?}");
    }
    let lab = Lab::empty();
    let run = lab.run(&["init", CONTROL, "a=10.1.0.1", "--file=-x.toml"]);
    assert!(run.code == 0 && run.out.ends_with("next: pkiplan build ./-x.toml\n"), "{run:#?}");
    let run = lab.run(&["build", "./-x.toml", "--at", AT]);
    assert!(run.code == 0, "{run:#?}");
}

/// Clients reach the API at the old endpoint until they are given the VIP.
#[test]
fn a_vip_keeps_the_name_of_the_old_endpoint() {
    let vip = ["--vip", "10.1.0.100", "--interface", "eth0", CONTROL, "m{2..3}=10.1.0.2"];
    for (endpoint, name) in [("old.example.com:6443", "old.example.com"), ("192.0.2.100:6443", "192.0.2.100")]
    {
        let (lab, run) = taken(&format!("controlPlaneEndpoint: {endpoint}\n"), &vip);
        assert!(run.code == 0, "{run:#?}");
        let plan = lab.read("cluster.toml");
        let part = format!("[component.kube-apiserver]\nnames.add = [\"{name}\"]\n");
        assert!(plan.contains(&part) && plan.contains("addresses = [\"10.1.0.100\"]"), "{plan}");
        let run = lab.run(&["build", "--at", AT]);
        assert!(run.code == 0, "{run:#?}");
        let shown = lab.run(&["show", "certificate", "node.a/kube-apiserver-serving"]).out;
        assert!(shown.contains(&format!(":{name}")), "{shown}");
    }
    // The same address is no other name.
    let (lab, run) = taken("controlPlaneEndpoint: 10.1.0.100:6443\n", &vip);
    assert!(run.code == 0 && !lab.read("cluster.toml").contains("names.add"), "{run:#?}");
}

#[test]
fn hosts_that_cannot_be() {
    let lab = Lab::empty();
    let zeros = format!("m{{{}1..3}}=10.0.0.1", "0".repeat(70_000));
    for (host, said) in [
        (zeros.as_str(), "the first number of a range has 70001 digits"),
        ("w{1..3}=fd00::11,10.0.0.11,10.0.1.11", "`w{1..3}` has several first addresses of one family"),
        ("w{1..3}=10.0.0.11,10.0.1.11", "`w{1..3}` has several first addresses of one family"),
        ("m\u{202e}\nn", "`m\\u{202e}\\u{a}n` has no address"),
    ] {
        for option in [CONTROL, "--worker"] {
            let run = lab.run(&["init", option, host]);
            assert!(run.code == 1 && run.err.contains(said), "{option} {said}: {run:#?}");
        }
    }
    let node = r#"{"kind": "Node", "metadata": {"name": "a\nb"},
        "status": {"addresses": [{"type": "InternalIP", "address": "10.1.0.1"}]}}"#;
    lab.write("nodes.json", node);
    let run = lab.run(&["init", "--nodes", "nodes.json"]);
    assert!(run.code == 1 && run.err.contains(r"`a\u{a}b`") && run.err.lines().count() == 1, "{run:#?}");
}

/// A mistake in kubeadm's configuration costs nothing else of it.
#[test]
fn what_is_wrong_is_left_alone() {
    let names =
        "apiServer:\n  certSANs:\n  - good.example.com\n  - bad_name\n  - 192.0.2.7\n  - GOOD.example.com\n";
    let (lab, run) = taken(names, &[]);
    let left = "not taken over: apiServer.certSANs: `bad_name` is not a DNS name";
    assert!(run.code == 0 && run.err.contains(left), "{run:#?}");
    let plan = lab.read("cluster.toml");
    assert!(plan.contains("\nnames.add = [\"192.0.2.7\", \"good.example.com\"]\n"), "{plan}");
    // What a table means nothing without is not left out, but wrong.
    let (lab, run) = taken("etcd:\n  external:\n    endpoints:\n    - http://10.9.0.1:2379\n", &[]);
    assert!(run.code == 1 && run.err.contains("`http://10.9.0.1:2379` is not the URL"), "{run:#?}");
    assert!(!lab.path("cluster.toml").exists());
}

#[test]
fn what_is_private_is_not_shown() {
    let lines = "somePassword: hunter2\napiServer:\n  extraArgs:\n  - name: no-such-flag\n    value: hunter3\n  \
                 - name: max-requests-inflight\n    value: hunter4\n";
    let (lab, run) = taken(lines, &[]);
    let plan = lab.read("cluster.toml");
    for text in [&run.err, &plan] {
        for key in ["somePassword", "flags.set.no-such-flag", "flags.set.max-requests-inflight"] {
            assert!(text.contains(key) && !text.contains("hunter"), "{key}: {text}");
        }
    }
    let digits = "MHcCAQEE".repeat(8);
    let key =
        format!("caKey: |\n  -----BEGIN EC PRIVATE KEY-----\n  {digits}\n  -----END EC PRIVATE KEY-----\n");
    let (lab, run) = taken(&key, &[]);
    assert!(run.code == 1 && run.err.contains("kubeadm.yaml contains a private key"), "{run:#?}");
    assert!(!run.err.contains(&digits) && !lab.path("cluster.toml").exists());
}

#[test]
fn too_much() {
    let lab = Lab::empty();
    let vip = ["--vip", "10.200.0.1", "--interface", "eth0"];
    for (hosts, said) in [
        ([CONTROL, "m{1..20000}=10.1.0.1"], "20000 hosts with an entry of their own are too many"),
        (["--worker", "w{1..20000}=10.1.0.1"], "a plan has at most 20000 hosts, and you named 20001"),
    ] {
        let host = if hosts[0] == CONTROL { &[][..] } else { &[CONTROL, "a=10.9.0.1"] };
        let run = lab.run(&[&["init"][..], &hosts, &vip, host].concat());
        assert!(run.code == 1 && run.err.contains(said), "{said}: {run:#?}");
    }
    let flags: String = (0..=1000).map(|number| format!("    f{number}: x\n")).collect();
    let (_, run) = taken(&format!("apiServer:\n  extraArgs:\n{flags}"), &[]);
    assert!(run.code == 1 && run.err.contains("`apiServer.extraArgs` has 1001 entries"), "{run:#?}");
}

/// Git's files are looked at before the plan is written.
#[test]
fn git_reads_no_links() {
    let lab = Lab::empty();
    symlink("elsewhere", lab.path(".gitignore")).unwrap();
    for (arguments, before) in [(&["init"][..], ""), (&["init", "clusters/new"], "git init -q .")] {
        assert_eq!(lab.shell(before).code, 0);
        let run = lab.run(&[arguments, &[CONTROL, "a=10.1.0.1"]].concat());
        let said = ".gitignore is a symbolic link; git needs a regular file\n";
        assert!(run.code == 1 && run.err.starts_with("error: /") && run.err.ends_with(said), "{run:#?}");
        for path in ["cluster.toml", "clusters", ".gitattributes", "elsewhere"] {
            assert!(!lab.path(path).exists(), "{path}");
        }
    }
    // Without a repository, what is around a new folder is not meant.
    let lab = Lab::empty();
    std::fs::create_dir(lab.path(".gitattributes")).unwrap();
    let run = lab.run(&["init", CONTROL, "a=10.1.0.1"]);
    assert!(run.code == 1 && run.err.ends_with(".gitattributes is a directory; git needs a regular file\n"));
    assert_eq!(lab.run(&["init", "new", CONTROL, "a=10.1.0.1"]).code, 0);
}

/// A mistake is said where it is made, and the question comes again.
#[test]
fn a_terminal_asks_again() {
    let lab = Lab::empty();
    let answers =
        ["Prod!", "prod", "m\\377=10.1.0.1", "m=10.1.0.1", "", "", "10.96.0.0/12", "10.1.0.0/16", "", "", ""];
    let typed = format!(
        "printf '{}\\n' | script -qec \"$PKIPLAN init\" /dev/null | LC_ALL=C tr -d '\\377'",
        answers.join("\\n")
    );
    let run = lab.shell(&typed);
    for said in [
        "`Prod!` is not a name",
        "this is not UTF-8",
        "the networks 10.96.0.0/12 and 10.96.0.0/16 overlap",
        "10.1.0.1, the address of a host, is in the network 10.1.0.0/16",
    ] {
        assert!(run.out.contains(said), "{said}: {run:#?}");
    }
    let plan = lab.read("cluster.toml");
    assert!(plan.contains("name = \"prod\"") && plan.contains("pod-cidrs = [\"10.244.0.0/16\"]"), "{plan}");
}
