//! Flags that cannot work, and unusual ones that do.

use super::{CANNOT, MAY, NOWHERE, PLAN, said};

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
    ("kube-apiserver", "service-account-lookup = false", MAY, "of deleted service accounts"),
    (
        "kube-apiserver",
        r#"etcd-servers = { value = "http://10.0.0.1:2379", override = true }"#,
        MAY,
        "without TLS",
    ),
    ("etcd", "client-cert-auth = false", MAY, "can read and write everything"),
    ("etcd", "peer-client-cert-auth = false", MAY, "anyone who can reach its port can join"),
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
    ("kube-controller-manager", "use-service-account-credentials = false", MAY, "all controllers"),
    ("kube-controller-manager", r#"authorization-always-allow-paths = ["/*"]"#, MAY, "shows everything"),
    ("kube-scheduler", r#"authorization-always-allow-paths = ["/*"]"#, MAY, "shows everything"),
    ("etcd", "peer-skip-client-san-verification = true", MAY, "from any address"),
    ("etcd", "auto-tls = true", MAY, "would trust everyone"),
    ("etcd", "peer-auto-tls = true", MAY, "would trust everyone"),
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
    ("kube-apiserver", r#"oidc-client-id = "x""#, CANNOT, "require each other"),
    ("kube-apiserver", r#"oidc-issuer-url = "https://x""#, CANNOT, "require each other"),
    ("kube-apiserver", r#"oidc-client-id = "x", oidc-issuer-url = "http://x""#, CANNOT, "https://"),
    ("kube-apiserver", r#"audit-policy-file = "/opt/p""#, MAY, "no audit log"),
    ("etcd", "election-timeout = 200", CANNOT, "five times"),
    ("etcd", "heartbeat-interval = 2000", CANNOT, "five times"),
    ("kube-controller-manager", "leader-elect = false", MAY, "active on 3 hosts at once"),
    ("kube-scheduler", "leader-elect = false", MAY, "active on 3 hosts at once"),
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
    ("etcd", r#"tls-min-version = "1.2""#, "expand::unknown-word", "1.2"),
    ("kube-apiserver", r#"storage-backend = "etcd2""#, "expand::unknown-word", "etcd2"),
    ("kube-apiserver", r#"feature-gates = ["KMSv2=maybe"]"#, "expand::flag-type", "`true` or `false`"),
    ("kubelet", r#"authorization-mode = "RBAC""#, "expand::unknown-word", "RBAC"),
    ("kubelet", r#"cloud-provider = "aws""#, MAY, "only `external`"),
    ("kube-controller-manager", r#"cloud-provider = "aws""#, MAY, "only `external`"),
    ("kube-apiserver", r#"service-account-max-token-expiration = "10m""#, CANNOT, "at least 1h"),
    ("kube-apiserver", "goaway-chance = 1", CANNOT, "from 0 to 0.02"),
    ("kube-controller-manager", r#"leader-elect-lease-duration = "5s""#, CANNOT, "ends after 5s"),
    ("kube-scheduler", r#"leader-elect-renew-deadline = "1m0s""#, CANNOT, "ends after 15s"),
    ("kube-scheduler", r#"leader-elect-retry-period = "9s""#, CANNOT, "by a fifth"),
    ("kube-controller-manager", "node-cidr-mask-size = 40", CANNOT, "longer than an IPv4 address"),
    ("kube-controller-manager", "node-cidr-mask-size-ipv6 = 64", CANNOT, "only have IPv4"),
    (
        "kube-controller-manager",
        "node-cidr-mask-size = 24, node-cidr-mask-size-ipv4 = 25",
        CANNOT,
        "excludes `--node-cidr-mask-size-ipv4`",
    ),
    ("etcd", r#"discovery-srv = "example.com""#, CANNOT, "excludes `--discovery`"),
    ("etcd", r#"discovery = "https://x/y""#, CANNOT, "excludes `--discovery`"),
    ("etcd", r#"tls-min-version = "TLS1.3", tls-max-version = "TLS1.2""#, CANNOT, "is above"),
    (
        "etcd",
        r#"tls-min-version = "TLS1.3", cipher-suites = ["A"]"#,
        CANNOT,
        "`--cipher-suites` has no effect",
    ),
    // Who is let in, and who is believed by others.
    ("kubelet", r#"authorization-mode = "AlwaysAllow""#, MAY, "everyone with a certificate"),
    (
        "kubelet",
        r#"authorization-mode = "AlwaysAllow", anonymous-auth = true"#,
        MAY,
        "without any credential",
    ),
    ("kubelet", "authentication-token-webhook = false", MAY, "accepts no tokens"),
    (
        "kube-apiserver",
        r#"requestheader-allowed-names = { value = ["other"], override = true }"#,
        MAY,
        "is refused by extension servers",
    ),
    ("kube-proxy", r#"metrics-bind-address = "0.0.0.0:10250""#, MAY, "counts for nothing"),
    ("kube-proxy", r#"proxy-mode = "ipvs""#, MAY, "counts for nothing"),
    // Listening, or registering, where nobody looks.
    ("kube-apiserver", "secure-port = { value = 7443, override = true }", NOWHERE, "clients connect to"),
    ("kubelet", "port = 6443", NOWHERE, "API servers connect to"),
    (
        "etcd",
        r#"listen-client-urls = { value = "https://127.0.0.1:2379", override = true }"#,
        MAY,
        "clients connect to https://10.0.0.1:2379",
    ),
    (
        "etcd",
        r#"listen-peer-urls = { value = "https://127.0.0.1:2380", override = true }"#,
        MAY,
        "peers connect to https://10.0.0.1:2380",
    ),
    (
        "kube-apiserver",
        r#"kubelet-preferred-address-types = ["ExternalDNS"]"#,
        MAY,
        "cannot connect to kubelets",
    ),
    (
        "kube-apiserver",
        r#"service-cluster-ip-range = { value = ["127.0.0.0/16"], override = true }"#,
        CANNOT,
        "local to every host",
    ),
    ("kubelet", r#"hostname-override = { value = "m1", override = true }"#, CANNOT, "is only for `m2`"),
    ("kubelet", r#"node-ip = { value = ["10.0.0.99"], override = true }"#, MAY, "10.0.0.99"),
    (
        "kube-apiserver",
        r#"advertise-address = { value = "10.0.0.77", override = true }"#,
        MAY,
        "not an address of `m1`",
    ),
];

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
        ("kube-controller-manager", "node-cidr-mask-size = 25"),
        ("kube-controller-manager", "node-cidr-mask-size-ipv4 = 25"),
        (
            "kube-controller-manager",
            r#"leader-elect-lease-duration = "1m0s", leader-elect-renew-deadline = "45s""#,
        ),
        ("kube-controller-manager", r#"cloud-provider = "external""#),
        ("kube-scheduler", "v = 2"),
        ("etcd", r#"tls-min-version = "TLS1.2", tls-max-version = "TLS1.3", cipher-suites = ["A"]"#),
        ("etcd", r#"listen-client-urls = { value = "https://0.0.0.0:2379", override = true }"#),
        ("kube-apiserver", r#"goaway-chance = 0.02, service-account-max-token-expiration = "24h""#),
        ("kube-apiserver", r#"kubelet-preferred-address-types = ["Hostname"]"#),
        ("kube-apiserver", r#"requestheader-allowed-names = { value = [], override = true }"#),
        ("kube-apiserver", r#"storage-backend = "etcd3", feature-gates = ["Some=true"]"#),
        ("kubelet", r#"node-ip = { value = "0.0.0.0", override = true }, cloud-provider = "external""#),
        ("kube-proxy", "v = 2"),
    ] {
        let found = said(&format!("{PLAN}\n[component.{component}]\nflags.set = {{ {flags} }}\n"));
        assert_eq!(found, [], "{component} {flags}");
    }
}

/// With two families one length for both is refused, whatever the networks are.
#[test]
fn one_mask_for_two_families_is_named_for_what_it_is() {
    let plan = PLAN.replace(r#"["10.244.0.0/16"]"#, r#"["10.244.0.0/16", "fd00::/56"]"#);
    let plan =
        format!("{plan}\n[component.kube-controller-manager]\nflags.set = {{ node-cidr-mask-size = 24 }}\n");
    let found = said(&plan);
    let of: Vec<&String> =
        found.iter().filter(|(code, _)| *code == CANNOT).map(|(_, message)| message).collect();
    assert!(matches!(of.as_slice(), [one] if one.contains("is for one")), "{found:?}");
}
