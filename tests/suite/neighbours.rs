//! Plans that can never work: neighbours of what happened to people, each kind with several of its own. The table in
//! `tests/README.md` says which kind is held where.

use std::path::Path;

use pkiplan::diagnostics::Diagnostics;
use pkiplan::plan;
use pkiplan::read::Memory;
use pkiplan::source::Sources;

const PLAN: &str = r#"
format = 1

[cluster]
name = "a"
profile = "high-availability"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]
endpoint = "vip.api"

[vip.api]
addresses = ["10.0.0.100"]
port = 16443
interface = "eth0"
nodes = "role:control-plane"

[node.m1]
addresses = ["10.0.0.1"]
roles = ["control-plane", "etcd"]

[node.m2]
addresses = ["10.0.0.2"]
roles = ["control-plane", "etcd"]

[node.m3]
addresses = ["10.0.0.3"]
roles = ["control-plane", "etcd"]

[node.w1]
addresses = ["10.0.0.11"]
roles = ["worker"]
"#;

/// What a plan is told, codes and messages.
fn said(text: &str) -> Vec<(&'static str, String)> {
    let world = Memory::default().with("plan.toml", text);
    let mut diagnostics = Diagnostics::default();
    let plan = plan::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics).ok();
    if let Some(blueprint) = plan.as_ref().and_then(|plan| plan.expand(&mut diagnostics)) {
        plan::dry_render(&blueprint, &mut diagnostics);
    }
    diagnostics.sorted().iter().map(|one| (one.code.name(), one.message.clone())).collect()
}

/// Flags of a component, the code that they give, and a part of what is said.
const FLAGS: &[(&str, &str, &str, &str)] = &[
    // Protection that is switched off says what it gives away.
    (
        "kube-apiserver",
        r#"enable-admission-plugins = ["AlwaysPullImages"]"#,
        MAY,
        "lets every kubelet change all nodes",
    ),
    ("kube-apiserver", r#"disable-admission-plugins = ["NodeRestriction"]"#, CANNOT, "is both in"),
    ("kube-apiserver", r#"disable-admission-plugins = ["ServiceAccount"]"#, MAY, "gives pods no token"),
    (
        "kube-apiserver",
        r#"enable-admission-plugins = ["NodeRestriction", "AlwaysDeny"]"#,
        MAY,
        "refuses every change",
    ),
    ("kube-apiserver", "service-account-lookup = false", MAY, "that were deleted"),
    (
        "kube-apiserver",
        r#"etcd-servers = { value = "http://10.0.0.1:2379", override = true }"#,
        MAY,
        "without TLS",
    ),
    ("etcd", "client-cert-auth = false", MAY, "reads and writes everything"),
    ("etcd", "peer-client-cert-auth = false", MAY, "anyone who reaches its port can join"),
    (
        "etcd",
        r#"advertise-client-urls = { value = "http://10.0.0.1:2379", override = true }"#,
        MAY,
        "without TLS",
    ),
    (
        "kube-controller-manager",
        r#"cluster-cidr = { value = "10.245.0.0/16", override = true }"#,
        MAY,
        "10.245.0.0/16",
    ),
    ("kube-controller-manager", "use-service-account-credentials = false", MAY, "all of them together"),
    ("kube-controller-manager", r#"authorization-always-allow-paths = ["/*"]"#, MAY, "shows everything"),
    ("kube-scheduler", r#"authorization-always-allow-paths = ["/*"]"#, MAY, "shows everything"),
    ("etcd", "peer-skip-client-san-verification = true", MAY, "from any address"),
    ("etcd", "auto-tls = true", MAY, "would believe everybody"),
    ("etcd", "peer-auto-tls = true", MAY, "would believe everybody"),
    // Flags that exclude or need one another.
    (
        "kube-apiserver",
        r#"authorization-mode = ["Node", "RBAC", "Webhook"]"#,
        CANNOT,
        "authorization-webhook-config-file",
    ),
    (
        "kube-apiserver",
        r#"authorization-mode = ["Node", "RBAC", "ABAC"]"#,
        CANNOT,
        "authorization-policy-file",
    ),
    ("kube-apiserver", r#"authorization-mode = ["Node", "RBAC", "RBAC"]"#, CANNOT, "appears twice"),
    ("kube-apiserver", r#"oidc-client-id = "x""#, CANNOT, "need one another"),
    ("kube-apiserver", r#"oidc-issuer-url = "https://x""#, CANNOT, "need one another"),
    ("kube-apiserver", r#"oidc-client-id = "x", oidc-issuer-url = "http://x""#, CANNOT, "https://"),
    ("kube-apiserver", r#"audit-policy-file = "/opt/p""#, MAY, "nowhere"),
    ("etcd", "election-timeout = 200", CANNOT, "five times"),
    ("etcd", "heartbeat-interval = 2000", CANNOT, "five times"),
    ("kube-controller-manager", "leader-elect = false", MAY, "acts on 3 hosts at once"),
    ("kube-scheduler", "leader-elect = false", MAY, "acts on 3 hosts at once"),
    // Values that a flag does not take.
    ("kube-apiserver", r#"authorization-mode = ["Node", "RBACC"]"#, "expand::unknown-word", "RBACC"),
    ("kube-apiserver", r#"tls-min-version = "VersionTLS14""#, "expand::unknown-word", "VersionTLS14"),
    ("kube-scheduler", r#"tls-min-version = "TLS1.2""#, "expand::unknown-word", "TLS1.2"),
    ("kube-controller-manager", r#"tls-cipher-suites = ["AES"]"#, "expand::unknown-word", "AES"),
    (
        "kubelet",
        r#"node-labels = ["node-role.kubernetes.io/worker="]"#,
        CANNOT,
        "node-role.kubernetes.io/worker=",
    ),
    ("kubelet", r#"node-labels = ["kubernetes.io/zone=a"]"#, CANNOT, "kubernetes.io/zone=a"),
    // Listening, or registering, where nobody looks.
    (
        "kube-apiserver",
        r#"advertise-address = { value = "10.0.0.77", override = true }"#,
        MAY,
        "no address of `m1`",
    ),
];

const CANNOT: &str = "expand::cannot-work";
const MAY: &str = "expand::may-not-work";
const BAD: &str = "resolve::bad-value";
const NOWHERE: &str = "expand::dial-nowhere";

#[test]
fn flags_that_cannot_work_are_named() {
    assert_eq!(said(PLAN), []);
    let mut wrong = Vec::new();
    for (component, flags, code, words) in FLAGS {
        let found = said(&format!("{PLAN}\n[component.{component}]\nflags.set = {{ {flags} }}\n"));
        if !found.iter().any(|(known, message)| known == code && message.contains(words)) {
            wrong.push(format!("{component} {flags}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is harmless stays so: neighbours on the other side.
#[test]
fn flags_that_work_are_left_alone() {
    for (component, flags) in [
        (
            "kubelet",
            r#"node-labels = ["node.kubernetes.io/exclude-from-external-load-balancers=", "example.com/rack=7", "topology.kubernetes.io/zone=a", "kubernetes.io/arch=amd64"]"#,
        ),
        (
            "kube-apiserver",
            r#"tls-min-version = "VersionTLS13", tls-cipher-suites = ["TLS_AES_128_GCM_SHA256"]"#,
        ),
        ("kube-apiserver", r#"oidc-client-id = "x", oidc-issuer-url = "https://x""#),
        ("etcd", "heartbeat-interval = 200, election-timeout = 2000"),
        ("kube-controller-manager", r#"authorization-always-allow-paths = ["/healthz"]"#),
    ] {
        let found = said(&format!("{PLAN}\n[component.{component}]\nflags.set = {{ {flags} }}\n"));
        assert_eq!(found, [], "{component} {flags}");
    }
}

/// Settings that a program does not take, or that would write more into a file than a value, and why.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("haproxy", r#"health-path = "/readyz\n  server evil 1.2.3.4:6443""#, "a line break is in"),
    ("haproxy", r#"health-path = "/readyz verbose""#, "is not the path of a URL"),
    ("haproxy", r#"health-path = "readyz""#, "is not the path of a URL"),
    ("haproxy", r##"health-path = "/readyz#x""##, "is not the path of a URL"),
    ("etcd", r#"user = "etcd\nExecStartPre=/bin/x""#, "a line break is in"),
    ("etcd", r#"user = "et cd""#, "is not the name of a user"),
    ("etcd", r#"user = """#, "is not the name of a user"),
    ("etcd", r#"registry = "a b""#, "is not where images come from"),
    ("kube-apiserver", r#"registry = "a\tb""#, "a tab is in"),
    ("kube-apiserver", r#"environment = "MY VAR""#, "is not the name of an environment variable"),
    ("kubelet", r#"environment = "1A""#, "is not the name of an environment variable"),
    ("kubelet", r#"bootstrap-user = "a\u001b[1mb""#, "a control character is in"),
    ("kubelet", r#"cgroup-driver = "cgroup""#, "is not a `cgroup-driver`"),
    ("kubelet", r#"container-runtime-endpoint = "run/containerd.sock""#, "is not where a program listens"),
    ("kubelet", r#"container-runtime-endpoint = "unix://run/c.sock""#, "is not where a program listens"),
    ("kube-proxy", r#"mode = "iptable""#, "is not a `mode`"),
];

#[test]
fn settings_that_are_no_values_are_named() {
    let mut wrong = Vec::new();
    for (component, setting, words) in SETTINGS {
        let found = said(&format!("{PLAN}\n[component.{component}]\nsetting.{setting}\n"));
        if !found.iter().any(|(code, message)| *code == BAD && message.contains(words)) {
            wrong.push(format!("{component} {setting}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Values that are unusual, and that programs take.
#[test]
fn settings_that_are_values_are_left_alone() {
    for (component, setting) in [
        ("haproxy", r#"health-path = "/livez?exclude=etcd&verbose""#),
        ("etcd", r#"user = "etcd-3.6_a""#),
        ("etcd", r#"user = "997""#),
        ("etcd", r#"registry = "[fd00::1]:5000/k8s""#),
        ("kube-apiserver", r#"environment = "KUBE_API_ARGS""#),
        ("kube-apiserver", r#"environment = """#),
        ("kubelet", r#"container-runtime-endpoint = "/run/containerd/containerd.sock""#),
        ("kubelet", r#"cgroup-driver = "cgroupfs""#),
        ("kubelet", r#"context = "system:node@prod ü""#),
        ("kube-proxy", r#"mode = "nftables""#),
    ] {
        let found = said(&format!("{PLAN}\n[component.{component}]\nsetting.{setting}\n"));
        assert_eq!(found, [], "{component} {setting}");
    }
}

/// Tables whose parts contradict one another, each with the code that it gives.
const TABLES: &[(&str, &str, &str, &str)] = &[
    ("", "\n[component.haproxy]\nenabled = false\n", NOWHERE, "carries no `haproxy`"),
    ("", "\n[component.keepalived]\nenabled = false\n", NOWHERE, "carries no `keepalived`"),
    (
        "",
        "\n[bootstrap]\n[component.kube-controller-manager]\nflags.set = { controllers = [\"*\", \"bootstrapsigner\"] }\n",
        MAY,
        "leaves the Secrets",
    ),
    ("", "\n[component.kube-proxy]\nsetting.mode = \"ipvs\"\n", MAY, "discouraged since 1.35"),
    ("port = 16443", "port = 10259", "expand::port-clash", ""),
    ("port = 16443", "port = 10248", "expand::port-clash", ""),
    ("port = 16443", "port = 2381", "expand::port-clash", ""),
    ("10.244.0.0/16", "10.244.0.0/24", "expand::may-not-work", ""),
    ("10.96.0.0/16", "127.0.0.0/16", "resolve::bad-cidr", ""),
    ("10.244.0.0/16", "169.254.0.0/16", "resolve::bad-cidr", ""),
    ("10.96.0.0/16", "240.0.0.0/16", "resolve::bad-cidr", ""),
    ("interface = \"eth0\"", "interface = \"eth 0\"", "", ""),
    ("interface = \"eth0\"", "interface = \"interface-too-long1\"", "", ""),
    ("interface = \"eth0\"", "interface = \"..\"", "", ""),
    ("port = 16443", "port = 16443\nhost = \"*.example.com\"", "resolve::bad-dns-name", ""),
    ("port = 16443", "port = 16443\nhost = \"10.0.0.9\"", "resolve::bad-dns-name", ""),
    ("[node.w1]", "[node.\"010.0.0.4\"]", "resolve::bad-node-name", ""),
    ("roles = [\"worker\"]", "", "resolve::idle-node", ""),
];

#[test]
fn parts_that_contradict_one_another_are_named() {
    let mut wrong = Vec::new();
    for (from, to, code, words) in TABLES {
        let plan = if from.is_empty() { format!("{PLAN}{to}") } else { PLAN.replacen(from, to, 1) };
        let found = said(&plan);
        // Some have a code of their own, which fixtures hold; here it matters that none is silent.
        let fits =
            |(known, message): &(&str, String)| (code.is_empty() || known == code) && message.contains(words);
        if !found.iter().any(fits) {
            wrong.push(format!("{to}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A key that means nothing, at every depth of a plan.
#[test]
fn misspelt_keys_are_named_at_every_depth() {
    for table in [
        "[pool.p]\nnames = \"p{1..3}\"\nfirst-address = \"10.0.1.1\"\nroles = [\"worker\"]\ninterfase = \"x\"",
        "[component.kubelet]\nflags.sett = { v = 2 }",
        "[node.w1.component.kubelet.flags.sets]\nv = 2",
        "[authority.etcd]\nvalidity.issue = \"1y\"",
        "[authority.etcd]\nname-constraints.permited-dns = [\"x\"]",
        "[authority.etcd]\ngenerations = { use = 1, trusted = [1] }",
        "[user.x]\norganisations = [\"a\"]",
        "[grant.x]\nrole = \"view\"\ngroup = \"a\"",
        "[file.x]\nsource = \"a\"\npath = \"/a\"\nnode = \"all\"",
        "[cluster.kubeconfig]\nqualified = true",
    ] {
        let found = said(&format!("{PLAN}\n{table}\n"));
        assert!(found.iter().any(|(code, _)| *code == "read::unknown-key"), "{table}: {found:?}");
    }
}
