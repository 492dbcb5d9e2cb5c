//! `pkiplan init`: what it writes works, and it writes nothing else.

use crate::support::snapshot::compare;
use crate::support::{AT, EPOCH, Lab, Run};

const CONTROL: &str = "--control-plane";

/// The plan in a folder passes `check` without a word, can be built, and every connection of it holds.
fn works(lab: &Lab, plan: &str) {
    let check = lab.run(&["check", plan]);
    assert!(check.code == 0 && check.err.is_empty() && check.out.contains("nothing wrong"), "{check:#?}");
    let build = lab.run(&["build", plan, "--at", AT]);
    assert!(build.code == 0 && build.err.is_empty(), "{build:#?}");
    let verify = lab.run_with(&["verify", plan], &[("SOURCE_DATE_EPOCH", EPOCH)]);
    assert!(verify.code == 0 && verify.err.is_empty(), "{verify:#?}");
}

/// Runs `init` and wants the plan to work.
fn init(arguments: &[&str]) -> (Lab, Run) {
    let lab = Lab::empty();
    let run = lab.run(&[&["init"], arguments].concat());
    assert!(run.code == 0 && run.err.is_empty(), "{arguments:?}: {run:#?}");
    works(&lab, "cluster.toml");
    (lab, run)
}

#[test]
fn one_host() {
    let (lab, run) = init(&[CONTROL, "solo=10.1.0.11"]);
    compare("init/one-host.txt", &run.transcript());
    compare("init/one-host.toml", &lab.read("cluster.toml"));
    compare("init/gitignore.txt", &lab.read(".gitignore"));
    // Git carries nothing private away, and knows what is to be compared in words.
    assert!(lab.read(".gitattributes").contains("*.lock merge=pkiplan\n"));
}

#[test]
fn several_hosts_behind_a_vip() {
    let arguments = [
        CONTROL,
        "master{01..03}=10.1.0.11",
        "--worker",
        "node{01..05}=10.1.0.21",
        "--worker",
        "gpu=10.1.0.99",
        "--vip",
        "10.1.0.100",
        "--interface",
        "ens3",
        "--name",
        "prod",
        "--kubernetes-version",
        "1.35.1",
    ];
    let (lab, _) = init(&arguments);
    compare("init/several-hosts.toml", &lab.read("cluster.toml"));
    assert_eq!(lab.units().iter().filter(|unit| unit.starts_with("hosts/")).count(), 9);
}

#[test]
fn every_way_of_running_and_serving() {
    for run in ["systemd", "static-pod"] {
        for vip in ["10.1.0.100:16443", "10.1.0.100:6443"] {
            let masters = "m{1..3}=10.1.0.11";
            init(&[CONTROL, masters, "--vip", vip, "--interface", "eth0", "--run", run]);
        }
    }
}

#[test]
fn both_families() {
    let (lab, _) = init(&[CONTROL, "a=fd10::1,10.1.0.1", "--worker", "w-{1..2}=fd10::11,10.1.0.11"]);
    let plan = lab.read("cluster.toml");
    assert!(plan.contains("service-cidrs = [\"fd00:96::/112\", \"10.96.0.0/16\"]"), "{plan}");
    assert!(plan.contains("first-address-v4 = \"10.1.0.11\""), "{plan}");
}

/// No network of services or pods is proposed that a host is in.
#[test]
fn networks_keep_clear_of_hosts() {
    let (lab, _) = init(&[CONTROL, "a=10.96.0.5", "--worker", "b=10.244.1.5"]);
    let plan = lab.read("cluster.toml");
    assert!(!plan.contains("\"10.96.0.0/16\"") && !plan.contains("\"10.244.0.0/16\""), "{plan}");
    let (lab, _) = init(&[CONTROL, "a=10.1.0.5", "--pod-cidr", "10.96.0.0/14"]);
    assert!(!lab.read("cluster.toml").contains("\"10.96.0.0/16\""));
}

#[test]
fn without_a_terminal_it_says_all_that_is_missing() {
    let lab = Lab::empty();
    compare("init/missing-hosts.txt", &lab.run(&["init"]).transcript());
    compare("init/missing-vip.txt", &lab.run(&["init", CONTROL, "m{1..3}=10.1.0.1"]).transcript());
    compare("init/missing-interface.txt", &lab.run(&["init", "--vip", "10.1.0.9"]).transcript());
    assert!(lab.state(".").is_empty());
}

#[test]
fn mistakes_on_the_command_line() {
    let lab = Lab::empty();
    for (arguments, said) in [
        (&[CONTROL, "master01"][..], "`master01` has no address: write NAME=ADDRESS"),
        (&[CONTROL, "Master=10.1.0.1"], "use lower-case letters"),
        (&[CONTROL, "m{3..1}=10.1.0.1"], "write it like node{01..05}"),
        (&[CONTROL, "m{1..3}=255.255.255.254"], "240.0.0.0/4 is reserved"),
        (&["--vip", "api.example.com"], "write ADDRESS or ADDRESS:PORT"),
        (&["--vip", "10.1.0.9,"], "add the second address after a comma"),
        (&["--vip", "10.1.0.9:6443,[fd00::9]:16443"], "the ports 6443 and 16443 differ"),
        (&["--file", "plan.json"], "must end in `.toml`"),
        (&["--from", "kubeadm", "file"], "--from kubeadm-config FILE"),
        (&["--from", "kubeadm-config", "nowhere"], "cannot read nowhere: No such file"),
    ] {
        let run = lab.run(&[&["init"], arguments].concat());
        assert!(run.code == 1 && run.err.contains(said), "{arguments:?}: {run:#?}");
    }
    assert!(lab.state(".").is_empty());
}

/// A VIP of two families, as hosts have it.
#[test]
fn a_vip_has_a_second_address() {
    let lab = Lab::empty();
    let hosts = "m{1..3}=10.1.0.1,fd00:1::1";
    let run = lab.run(&["init", CONTROL, hosts, "--vip", "10.1.0.9,[fd00:1::9]:6443", "--interface", "eth0"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    let plan = lab.read("cluster.toml");
    assert!(plan.contains("addresses = [\"10.1.0.9\", \"fd00:1::9\"]\n"), "{plan}");
    assert!(plan.contains("port = 6443\n"), "{plan}");
    works(&lab, "cluster.toml");
}

/// A new cluster has a DNS server; one that is taken over brings its own table.
#[test]
fn a_new_cluster_has_a_dns() {
    for run in ["systemd", "static-pod"] {
        let lab = Lab::empty();
        lab.run(&["init", CONTROL, "a=10.1.0.1", "--run", run, "--kubernetes-version", "1.18.20"]);
        lab.run(&["build"]);
        assert!(lab.path("cluster.trees/cluster/coredns-objects.yaml").exists(), "{run}");
    }
}

#[test]
fn nothing_is_written_that_cannot_work() {
    let lab = Lab::empty();
    let networks = ["--service-cidr", "10.96.0.0/16", "--pod-cidr", "10.96.0.0/16"];
    let run = lab.run(&[&["init", "new", CONTROL, "a=10.1.0.1"], &networks[..]].concat());
    compare("init/cannot-work.txt", &run.transcript());
    assert!(lab.state(".").is_empty());
}

#[test]
fn nothing_is_replaced() {
    let lab = Lab::empty();
    let arguments = ["init", CONTROL, "a=10.1.0.1"];
    lab.write("cluster.toml", "mine");
    compare("init/there.txt", &lab.run(&arguments).transcript());
    assert_eq!((lab.read("cluster.toml").as_str(), lab.state(".").len()), ("mine", 1));
    // Two plans in one folder would both be taken where none is named.
    std::fs::rename(lab.path("cluster.toml"), lab.path("pkiplan.toml")).unwrap();
    compare("init/another-there.txt", &lab.run(&arguments).transcript());
    let run = lab.run(&[&arguments[..], &["--file", "other.toml"]].concat());
    assert!(run.code == 0 && run.out.ends_with("next: pkiplan build other.toml\n"), "{run:#?}");
    // A link that leads nowhere is somebody's, too.
    let lab = Lab::empty();
    std::os::unix::fs::symlink("elsewhere", lab.path("cluster.toml")).unwrap();
    assert_eq!(lab.run(&arguments).code, 1);
    assert!(!lab.path("elsewhere").exists());
}

#[test]
fn in_a_folder_of_a_repository() {
    let lab = Lab::empty();
    lab.write(".gitignore", "*.secret\nother\n");
    assert_eq!(lab.shell("git init -q .").code, 0);
    let run = lab.run(&["init", "clusters/my prod", CONTROL, "a=10.1.0.1"]);
    assert!(
        run.code == 0 && run.out.ends_with("next: pkiplan build 'clusters/my prod/cluster.toml'\n"),
        "{run:#?}"
    );
    assert!(
        lab.path("clusters/my prod/cluster.toml").exists()
            && !lab.path("clusters/my prod/.gitignore").exists()
    );
    let ignored = lab.read(".gitignore");
    assert!(ignored.ends_with("\n*.secret\nother\n") && ignored.contains("*.trees/\n"), "{ignored}");
    // Nothing is left for set-up but the drivers of this clone.
    let run = lab.run(&["git", "set-up"]);
    assert!(run.out.contains(".gitignore             as it should be"), "{run:#?}");
}

#[test]
fn for_machines() {
    let lab = Lab::empty();
    let run = lab.run(&["init", CONTROL, "a=10.1.0.1", "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&answer["plan"], &answer["steps"][1]["outcome"]), (&"cluster.toml".into(), &"done".into()));
    assert_eq!(
        lab.run(&["init", "q", CONTROL, "a=10.1.0.1", "--quiet"]),
        Run { code: 0, out: String::new(), err: String::new() }
    );
}

/// Answers as a person types them, at a terminal.
#[test]
fn at_a_terminal_it_asks() {
    let lab = Lab::empty();
    let answers = "\\nm1=10.1.0.1 m2\\nm1=10.1.0.1 m2=10.1.0.2 m3=10.1.0.3\\nw{1..2}=10.1.0.11\\n10.1.0.100\\n\\n\\n10.200.0.0/16\\n\\n\\n";
    let typed = format!("printf '{answers}' | script -qec \"$PKIPLAN init\" /dev/null");
    let run = lab.shell(&typed);
    let asked: Vec<&str> = run.out.lines().filter(|line| line.contains(": ")).collect();
    for question in [
        "Cluster name [kubernetes]: ",
        "`m2` has no address",
        "Workers (same format; leave empty to run pods on the control plane) [none]: ",
        "Network interface for the VIP [eth0]: ",
        "Service network [10.96.0.0/16]: ",
        "How to run the components: systemd or static-pod [systemd]: ",
    ] {
        assert!(run.out.contains(question), "{question}: {asked:#?}");
    }
    let plan = lab.read("cluster.toml");
    for line in [
        "name = \"kubernetes\"",
        "pod-cidrs = [\"10.200.0.0/16\"]",
        "names = \"w{1..2}\"",
        "interface = \"eth0\"",
    ] {
        assert!(plan.contains(line), "{line}: {plan}");
    }
    works(&lab, "cluster.toml");
    // Whoever goes away gets nothing.
    let lab = Lab::empty();
    lab.shell("printf '\\n\\004' | script -qec \"$PKIPLAN init\" /dev/null");
    assert!(lab.state(".").is_empty());
}
