//! `plans/mutual-tls.toml`: kubeconfigs as the guide's commands write them, units whose flags stand in files, and
//! certificates that a real client and a real server show each other. Where the guide is wrong, `check` says so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::process::{Said, ask, find, run, until};
use super::site::{Site, files, name};
use super::tls::{Side, answered, dial, serve};
use super::units::{faults, furnish};

const PLAN: &str = include_str!("../../../plans/mutual-tls.toml");
const NODES: [&str; 3] = ["k8s-node1", "k8s-node2", "k8s-node3"];

/// The guide's commands, with the files that they mean; the second cluster and user are those of its listing.
const COMMANDS: &str = "
set-cluster k8s-cluster --server=https://k8s-master:6443 --certificate-authority=/k8s/rsa/ca.pem
set-credentials default-admin --client-key=/k8s/rsa/client-key.pem --client-certificate=/k8s/rsa/client.pem
set-context default-system --cluster=k8s-cluster --user=default-admin
use-context default-system";
const MORE: &str = "
set-cluster k8s-server --server=https://10.1.10.238:6443 --certificate-authority=/k8s/rsa/ca.pem
set-credentials k8s-custer --client-key=/k8s/rsa/k8s-custer-key.pem --client-certificate=/k8s/rsa/k8s-custer.pem
set-context default-context --cluster=k8s-server --user=k8s-custer --namespace=the-right-prefix";

#[test]
fn kubeconfigs_are_those_of_the_guides_commands() {
    let site = site();
    let theirs = |file: &str, commands: &str| {
        let file = site.folder().join(file);
        for command in commands.trim().lines() {
            let said = kubectl(&file, command);
            assert!(said.well, "{command}: {}", said.all());
        }
        view(&file)
    };
    let ours = |host: &str| view(&site.host(host).join("etc/kubernetes/kubeconfig"));
    assert_eq!(ours("k8s-master"), theirs("master", &format!("{COMMANDS}{MORE}")));
    let of_node = theirs("node", COMMANDS);
    for node in NODES {
        assert_eq!(ours(node), of_node, "{node}");
    }
    // What `kubectl --context=default-context` would take.
    let master = site.host("k8s-master").join("etc/kubernetes/kubeconfig");
    let said = kubectl(&master, "view --minify --context=default-context -o json");
    let minified: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(minified["clusters"][0]["cluster"]["server"], "https://10.1.10.238:6443");
    assert_eq!(minified["contexts"][0]["context"]["namespace"], "the-right-prefix");
    assert_eq!(minified["users"][0]["name"], "k8s-custer");
}

/// What stands in the file is, word by word, what the unit would say without it; a shell reads it as systemd does.
#[test]
fn units_read_their_flags_from_files() {
    let site = site();
    let plain = Site::empty();
    catalog(plain.folder());
    let without = PLAN.lines().map(|line| match line.split_once("environment = ") {
        Some((before, after)) if before.starts_with("setting") => {
            let (_, rest) = after.split_once("_ARGS\"").unwrap();
            format!("{before}environment = \"\"{rest}")
        }
        _ => line.to_owned(),
    });
    plain.rebuild(&without.collect::<Vec<_>>().join("\n"));
    let services = [
        ("k8s-master", "kube-apiserver", "apiserver", "KUBE_API_ARGS"),
        ("k8s-master", "kube-controller-manager", "controller-manager", "KUBE_CONTROLLER_MANAGER_ARGS"),
        ("k8s-master", "kube-scheduler", "scheduler", "KUBE_SCHEDULER_ARGS"),
        ("k8s-node1", "kubelet", "kubelet", "KUBELET_ARGS"),
        ("k8s-node1", "kube-proxy", "proxy", "KUBE_PROXY_ARGS"),
    ];
    for (host, service, file, variable) in services {
        let file = site.host(host).join("etc/kubernetes").join(file);
        let unit = plain.host(host).join(format!("etc/systemd/system/{service}.service"));
        let unit = fs::read_to_string(unit).unwrap();
        let flags = unit.lines().filter_map(|line| line.strip_prefix("  "));
        let flags: Vec<&str> = flags.map(|flag| flag.trim_end_matches(" \\")).collect();
        assert_eq!(words(&file, variable), flags, "{service}");
        let unit = site.host(host).join(format!("etc/systemd/system/{service}.service"));
        let unit = fs::read_to_string(unit).unwrap();
        assert!(unit.contains(&format!("\nEnvironmentFile=/etc/kubernetes/{}\n", name(&file))), "{unit}");
        assert!(unit.contains(&format!("\nExecStart=/usr/local/bin/{service} ${variable}\n")), "{unit}");
    }
}

#[test]
fn systemd_finds_no_fault_with_the_units() {
    let site = site();
    for host in ["k8s-master", "k8s-node1"] {
        let tree = site.host(host);
        let units = files(&tree.join("etc/systemd/system")).iter().map(|file| name(file)).collect::<Vec<_>>();
        furnish(&tree);
        assert!(units.len() > 1 && faults(&tree, &units).is_empty(), "{:#?}", faults(&tree, &units));
        // A unit that asks for its file in a way that systemd does not know would be told.
        let unit = tree.join("etc/systemd/system").join(&units[units.len() - 1]);
        let text = fs::read_to_string(&unit).unwrap();
        fs::write(&unit, text.replace("EnvironmentFile=", "EnvironmentFiles=")).unwrap();
        assert!(!faults(&tree, &units).is_empty(), "{text}");
    }
}

#[test]
fn certificates_say_the_guides_names_with_keys_of_2048_bits() {
    let site = site();
    let rsa = |host: &str| site.host(host).join("k8s/rsa");
    let names: BTreeSet<String> = text(&rsa("k8s-master").join("apiserver.pem"))
        .lines()
        .skip_while(|line| !line.contains("Subject Alternative Name"))
        .nth(1)
        .unwrap()
        .split(", ")
        .map(|name| name.trim().to_owned())
        .collect();
    // 10.254.0.1 is the first address of services; the guide's own lies among the hosts.
    let expected = [
        "DNS:centos-master",
        "DNS:k8s-master",
        "DNS:kubernetes",
        "DNS:kubernetes.default",
        "DNS:kubernetes.default.svc",
        "DNS:kubernetes.default.svc.cluster.local",
        "DNS:localhost",
        "IP Address:10.1.10.238",
        "IP Address:10.254.0.1",
        "IP Address:127.0.0.1",
    ];
    assert_eq!(names, expected.map(str::to_owned).into());
    for tree in site.hosts() {
        let mut clients = Vec::new();
        for file in files(&tree.join("k8s/rsa")) {
            if name(&file).ends_with("-key.pem") {
                let said = run(&find("openssl"), ["pkey", "-noout", "-text", "-in", &shown(&file)]);
                assert!(said.out.contains("(2048 bit"), "{}: {}", file.display(), said.all());
            } else if !["service-account.pem"].contains(&&*name(&file)) {
                let text = text(&file);
                assert!(text.contains("Public-Key: (2048 bit)"), "{}", file.display());
                clients.extend(text.contains("TLS Web Client Authentication").then(|| name(&file)));
            }
        }
        if NODES.contains(&&*name(&tree)) {
            assert_eq!(clients, ["client.pem"], "one client certificate for {}", name(&tree));
        }
    }
    let subjects: BTreeSet<String> = NODES.map(|node| subject(&rsa(node).join("client.pem"))).into();
    let expected = NODES.map(|node| format!("O = system:nodes, CN = system:node:{node}"));
    assert_eq!(subjects, expected.into());
}

#[test]
fn the_server_and_every_hosts_client_accept_each_other() {
    let (ours, theirs) = (site(), site());
    let side = |site: &Site, host: &str, name: &str| {
        let rsa = site.host(host).join("k8s/rsa");
        let (certificate, key) = (rsa.join(format!("{name}.pem")), rsa.join(format!("{name}-key.pem")));
        Side { certificate, key, roots: rsa.join("ca.pem") }
    };
    // What the flags say, not where this test thinks that things lie.
    let flags = words(&ours.host("k8s-master").join("etc/kubernetes/apiserver"), "KUBE_API_ARGS");
    let flag = |name: &str| {
        let value = flags.iter().find_map(|flag| flag.strip_prefix(&format!("--{name}=/")));
        ours.host("k8s-master").join(value.unwrap_or_else(|| panic!("{name}: {flags:?}")))
    };
    let (certificate, key) = (flag("tls-cert-file"), flag("tls-private-key-file"));
    let server = Side { certificate, key, roots: flag("client-ca-file") };
    let (mut daemon, port) = serve(&server, ours.folder());
    let mut known: Vec<Side> = NODES.iter().map(|node| side(&ours, node, "client")).collect();
    known.extend(
        ["client", "k8s-custer", "controller-manager", "scheduler"].map(|n| side(&ours, "k8s-master", n)),
    );
    until("an answer", std::slice::from_mut(&mut daemon), || {
        let said = dial(port, "k8s-master", &known[0].roots, Some(&known[0]), "-tls1_3");
        if answered(&said) { Ok(()) } else { Err(said.all()) }
    });
    for client in &known {
        for server_name in ["k8s-master", "centos-master", "kubernetes.default.svc", "localhost"] {
            let said = dial(port, server_name, &client.roots, Some(client), "-tls1_2");
            assert!(answered(&said), "{}: {}", client.certificate.display(), said.all());
        }
    }
    let stranger = side(&theirs, "k8s-node1", "client");
    for (client, why) in [
        (Some(&stranger), "alert unknown ca"),
        (Some(&server), "alert unsupported certificate"),
        (None, "alert handshake failure"),
    ] {
        let said = dial(port, "k8s-master", &known[0].roots, client, "-tls1_2");
        assert!(!answered(&said) && said.all().contains(why), "{why}: {}", said.all());
    }
    // Nor does a client take the server of another authority, or one of another name.
    for (server_name, roots) in [("k8s-master", &stranger.roots), ("k8s-node1", &known[0].roots)] {
        let said = dial(port, server_name, roots, Some(&known[0]), "-tls1_2");
        assert!(!answered(&said) && said.all().contains("verify error"), "{}", said.all());
    }
}

/// What the guide says, as one would write it into the plan, and what `check` says to it.
#[test]
fn the_guides_faults_are_named() {
    let faults = [
        (
            "serves = [",
            "validity = { own = \"365d\", issued = \"9000d\" }\nserves = [",
            "resolve::outlives-authority",
        ),
        ("common-name = \"k8s-cluster-ca\"", "common-name = \"kube-apiserver\"", "expand::subject-of-issuer"),
        ("10.254.0.0/16", "10.1.10.0/24", "resolve::cidr-holds-node"),
        (
            "\n[component.kubectl]",
            "\n[user.kubelet]\ncommon-name = \"k8s-master\"\n[user.proxy]\ncommon-name = \"k8s-master\"\n\
             [component.kubectl]",
            "expand::same-user",
        ),
        (
            "\n[component.kubectl]",
            "\n[certificate.server]\nauthority = \"kubernetes\"\nusage = \"server\"\ncommon-name = \"k8s-master\"\n\
             [component.kubectl]",
            "resolve::nameless-server",
        ),
        (
            "names.add =",
            "flags.set = { service-account-key-file = \"/k8s/rsa/apiserver-key.pem\" }\nnames.add =",
            "expand::derived-flag",
        ),
        ("names.add =", "flags.set = { insecure-port = 8080 }\nnames.add =", "expand::unknown-flag"),
        (
            "names.add =",
            "flags.set = { basic-auth-file = \"/etc/kubernetes/password.csv\" }\nnames.add =",
            "expand::unknown-flag",
        ),
        ("key = \"rsa-2048\"\n\n[keyring", "key = \"rsa-1024\"\n\n[keyring", "resolve::bad-value"),
    ];
    let site = Site::empty();
    catalog(site.folder());
    let check = |plan: &str| {
        fs::write(site.folder().join("plan.toml"), plan).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
        let said = ask(command.args(["check", "plan.toml"]).current_dir(site.folder()));
        let codes = said.error.lines().filter(|line| line.split("::").count() == 2 && !line.contains(' '));
        codes.map(str::to_owned).collect::<BTreeSet<String>>()
    };
    // One authority is what the plan is about.
    let told = check(PLAN);
    assert_eq!(told, ["resolve::shared-authority", "resolve::clients-of-others"].map(str::to_owned).into());
    for (right, wrong, code) in faults {
        assert_eq!(PLAN.matches(right).count(), 1, "{right}");
        let codes = check(&PLAN.replace(right, wrong));
        let new: Vec<&String> = codes.difference(&told).collect();
        assert_eq!(new, [code], "{wrong}");
    }
}

fn site() -> Site {
    let site = Site::empty();
    catalog(site.folder());
    site.rebuild(PLAN);
    site
}

/// The plan's own catalog.
fn catalog(folder: &Path) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans/mutual-tls");
    let said = ask(Command::new("cp").arg("-R").arg(own).arg(folder));
    assert!(said.well, "{}", said.all());
}

fn kubectl(file: &Path, command: &str) -> Said {
    let mut kubectl = Command::new(find("kubectl"));
    kubectl.arg("config").args(command.split_whitespace()).arg("--kubeconfig").arg(file);
    ask(&mut kubectl)
}

fn view(file: &Path) -> Value {
    let said = kubectl(file, "view --raw -o json");
    assert!(said.well && said.error.is_empty(), "{}", said.all());
    let mut view: Value = serde_json::from_str(&said.out).unwrap();
    // An empty table that nobody writes.
    view.as_object_mut().unwrap().remove("preferences");
    view
}

/// The words of a variable that stands in a file of the environment.
fn words(file: &Path, variable: &str) -> Vec<String> {
    let script = format!(". {} && printf '%s\\n' ${variable}", file.display());
    let said = run(&find("sh"), ["-eufc", &script]);
    assert!(said.well && !said.out.is_empty(), "{}", said.all());
    said.out.lines().map(str::to_owned).collect()
}

fn text(certificate: &Path) -> String {
    let said = run(&find("openssl"), ["x509", "-noout", "-text", "-in", &shown(certificate)]);
    assert!(said.well, "{}", said.all());
    said.out
}

fn subject(certificate: &Path) -> String {
    let said = run(&find("openssl"), ["x509", "-noout", "-subject", "-in", &shown(certificate)]);
    said.out.trim().trim_start_matches("subject=").to_owned()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
