//! Values with which a program does not start, or that lead nowhere.

use super::{CANNOT, MAY, PLAN, WORD, said};

/// Flags of a component, the code that they give, and a part of what is said.
const VALUES: &[(&str, &str, &str, &str)] = &[
    ("kube-apiserver", r#"service-account-signing-endpoint = "/run/x.sock""#, CANNOT, "excludes"),
    ("kube-apiserver", r#"service-account-issuer = { value = "", override = true }"#, CANNOT, "is empty"),
    ("kube-apiserver", r#"service-account-jwks-uri = "http://x""#, CANNOT, "https://"),
    ("kube-apiserver", r#"runtime-config = ["api/all=false"]"#, CANNOT, "disables every API"),
    ("kube-apiserver", r#"audit-log-format = "xml""#, WORD, "xml"),
    ("kube-apiserver", r#"audit-log-mode = "async""#, WORD, "async"),
    (
        "kube-apiserver",
        r#"audit-log-maxage = -1, audit-log-path = "/var/log/a", audit-policy-file = "/opt/p""#,
        CANNOT,
        "is -1",
    ),
    ("kube-apiserver", "min-request-timeout = -5", CANNOT, "is -5"),
    ("kube-apiserver", r#"storage-media-type = "application/xml""#, WORD, "application/xml"),
    ("kube-apiserver", r#"tls-sni-cert-key = ["/opt/a.crt"]"#, CANNOT, "separated by a comma"),
    ("kube-apiserver", r#"emulated-version = ["kube=1.20"]"#, CANNOT, "more than three versions before"),
    ("kube-apiserver", r#"emulated-version = ["kube=1.37"]"#, CANNOT, "later than itself"),
    ("kube-apiserver", r#"min-compatibility-version = ["kube=1.37"]"#, CANNOT, "later than itself"),
    ("kube-apiserver", r#"logging-format = "yaml""#, WORD, "yaml"),
    ("kube-apiserver", r#"service-node-port-range = "1-65535""#, MAY, "listens at 2379"),
    ("kube-apiserver", r#"service-node-port-range = "6000+1000""#, MAY, "listens at 6443"),
    ("etcd", "election-timeout = 60000", CANNOT, "at most 50000"),
    ("etcd", r#"auto-compaction-mode = "hourly""#, WORD, "hourly"),
    ("etcd", r#"log-level = "verbose""#, WORD, "verbose"),
    ("etcd", r#"logger = "capnslog""#, WORD, "removed in 3.5"),
    ("etcd", r#"initial-cluster-state = { value = "newish", override = true }"#, WORD, "newish"),
    ("etcd", r#"feature-gates = ["InitialCorruptCheckk=true"]"#, WORD, "InitialCorruptCheckk"),
    ("etcd", "force-new-cluster = true", MAY, "a new one-member cluster from its data at each start"),
    ("kube-controller-manager", r#"cidr-allocator-type = "Foo""#, WORD, "Foo"),
    ("kube-controller-manager", r#"leader-elect-resource-lock = "endpoints""#, WORD, "removed in 1.24"),
    ("kube-controller-manager", r#"leader-elect-resource-name = "kube-scheduler""#, CANNOT, "forever"),
    ("kube-scheduler", r#"leader-elect-resource-name = "kube-controller-manager""#, CANNOT, "forever"),
    ("kubelet", r#"node-labels = ["a b=c"]"#, CANNOT, "is not a label"),
    ("kubelet", r#"register-with-taints = ["a=b:NoWhere"]"#, CANNOT, "has an unknown effect"),
    ("kubelet", r#"register-with-taints = ["a=b"]"#, CANNOT, "has an unknown effect"),
    ("kubelet", r#"register-with-taints = ["a"]"#, MAY, "registers no node"),
    ("kubelet", r#"cluster-dns = ["10.96.0.11"]"#, MAY, "10.96.0.10"),
    ("kubelet", r#"cluster-domain = "other.local""#, MAY, "cluster.local"),
    ("kubelet", "enable-server = false", MAY, "does not listen"),
    ("kubelet", "register-node = false", MAY, "registers no node"),
    (
        "kube-proxy",
        r#"hostname-override = { value = "x9", override = true }"#,
        MAY,
        "believes that it runs on",
    ),
];

fn of(component: &str, flags: &str) -> Vec<(&'static str, String)> {
    said(&format!("{PLAN}\n[component.{component}]\nflags.set = {{ {flags} }}\n"))
}

#[test]
fn values_that_programs_do_not_take_are_named() {
    let mut wrong = Vec::new();
    for (component, flags, code, words) in VALUES {
        let found = of(component, flags);
        if !found.iter().any(|(known, message)| known == code && message.contains(words)) {
            wrong.push(format!("{component} {flags}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn values_that_programs_take_are_left_alone() {
    for (component, flags) in [
        ("kube-apiserver", r#"runtime-config = ["api/all=false", "api/v1=true"]"#),
        (
            "kube-apiserver",
            r#"audit-log-format = "json", audit-log-mode = "blocking-strict", storage-media-type = "application/json", logging-format = "json""#,
        ),
        ("kube-apiserver", r#"emulated-version = ["kube=1.35"], min-compatibility-version = ["kube=1.34"]"#),
        ("kube-apiserver", r#"service-node-port-range = "31000-32000""#),
        ("kube-apiserver", r#"service-account-jwks-uri = "https://x/y""#),
        ("etcd", r#"election-timeout = 50000, log-level = "WARN", auto-compaction-mode = "revision""#),
        (
            "kube-controller-manager",
            r#"leader-elect-resource-name = "a", leader-elect-resource-lock = "leases", cidr-allocator-type = "RangeAllocator""#,
        ),
        ("kubelet", r#"node-labels = ["example.com/Rack_1.a=B-7", "x="]"#),
    ] {
        assert_eq!(of(component, flags), [], "{component} {flags}");
    }
    // Caches of DNS listen on their own host; the flag is discouraged all the same.
    let cached = of("kubelet", r#"cluster-dns = ["169.254.20.10"], register-with-taints = ["a:NoExecute"]"#);
    assert!(cached.iter().all(|(code, _)| *code == "expand::deprecated-flag"), "{cached:?}");
}

/// In static pods the kubelet asks at ports that stand in their manifests.
#[test]
fn ports_of_static_pods_are_those_at_which_the_kubelet_asks() {
    let plan = PLAN.replace("name = \"a\"", "name = \"a\"\nrun = \"static-pod\"");
    for (component, flags) in [
        ("kube-scheduler", "secure-port = 11259"),
        ("kube-controller-manager", "secure-port = 11257"),
        ("etcd", r#"listen-metrics-urls = { value = "http://127.0.0.1:3381", override = true }"#),
    ] {
        let found = said(&format!("{plan}\n[component.{component}]\nflags.set = {{ {flags} }}\n"));
        let is_named = |(code, message): &(&str, String)| {
            *code == MAY && message.contains("no longer answers health checks")
        };
        assert!(found.iter().any(is_named), "{component}: {found:?}");
    }
}

/// Where one host differs from the others, tokens of one are refused by the others.
#[test]
fn audiences_are_the_same_everywhere() {
    let plan =
        format!("{PLAN}\n[node.m1.component.kube-apiserver]\nflags.set = {{ api-audiences = [\"a\"] }}\n");
    assert!(said(&plan).iter().any(|(code, _)| *code == "expand::differing-flag"), "{:?}", said(&plan));
}
