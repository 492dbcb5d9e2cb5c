//! Parts of a plan that contradict one another, or that lead nowhere.

use super::{BAD, CANNOT, MAY, NOWHERE, PLAN, said};

/// Tables whose parts contradict one another, each with the code that it gives.
const TABLES: &[(&str, &str, &str, &str)] = &[
    (
        "",
        "[component.etcd]\nflags.set = { listen-metrics-urls = { value = \"http://0.0.0.0:6443\", override = true } }\n",
        "expand::port-clash",
        "6443",
    ),
    ("", "\n[component.haproxy]\nenabled = false\n", NOWHERE, "does not run `haproxy`"),
    ("", "\n[component.keepalived]\nenabled = false\n", NOWHERE, "does not run `keepalived`"),
    (
        "",
        "\n[bootstrap]\n[component.kube-controller-manager]\nflags.set = { controllers = [\"*\", \"bootstrapsigner\"] }\n",
        MAY,
        "does not remove the Secrets",
    ),
    ("", "\n[component.kube-proxy]\nsetting.mode = \"ipvs\"\n", MAY, "deprecated since 1.35"),
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
    ("nodes = \"role:control-plane\"", "nodes = []", "resolve::bad-selector", "no node carries VIP `api`"),
    (
        "nodes = \"role:control-plane\"",
        "nodes = \"role:load-balancer\"",
        "resolve::bad-selector",
        "no node carries",
    ),
    (
        "",
        "[pool.p]\nnames = \"n{1..3}\"\naddresses = []\nroles = [\"worker\"]\n",
        "resolve::bad-pool",
        "no addresses",
    ),
    (
        "",
        "[pool.p]\nnames = \"n{1..300}\"\nfirst-address = \"223.255.255.1\"\nroles = [\"worker\"]\n",
        "resolve::bad-pool",
        "ends at 224.0.0.44",
    ),
    (
        "",
        "[pool.p]\nnames = \"n{1..3}\"\naddresses = \"127.0.0.0/24\"\nroles = [\"worker\"]\n",
        "resolve::bad-address",
        "every host has this address",
    ),
    (
        "",
        "[pool.p]\nnames = \"n{1..3}\"\naddresses = \"0.0.0.0/0\"\nroles = [\"worker\"]\n",
        "resolve::bad-address",
        "this network",
    ),
    ("10.0.0.11", "127.0.0.1", "resolve::bad-address", "others cannot reach node `w1`"),
    ("10.0.0.11", "169.254.1.1", "resolve::bad-address", "link-local"),
    ("10.0.0.11", "fe80::1", "resolve::bad-address", "link-local"),
    ("10.0.0.11", "0.1.2.3", "resolve::bad-address", "this network"),
    ("10.0.0.100", "127.0.0.1", "resolve::bad-address", "every host has this address"),
    ("10.0.0.100", "0.0.0.1", "resolve::bad-address", "this network"),
    ("10.0.0.100", "fe80::1", "resolve::bad-address", "link-local"),
    ("10.0.0.100", "2001:db8::100", "resolve::node-families", "no node has an IPv6 address"),
    ("port = 16443", "port = 16443\nhost = \"localhost\"", "resolve::bad-dns-name", "reach themselves"),
    ("port = 16443", "port = 30443", MAY, "node ports"),
    ("", "[component.kube-apiserver]\nsetting.port = 31000\n", MAY, "node ports"),
    ("name = \"a\"", "name = \"a\"\ndomain = \"*.local\"", "resolve::bad-dns-name", "is a wildcard"),
    ("", "[component.haproxy]\nsetting.health-path = \"/metrics\"\n", MAY, "treated as down"),
    ("interface = \"eth0\"", "interface = \"lo\"", MAY, "every host takes VIP"),
    ("interface = \"eth0\"", "interface = \"eth0@bond0\"", BAD, "`@` is not allowed"),
    ("endpoint = \"vip.api\"", "endpoint = \"node.w1\"", "resolve::no-endpoint", "is node `w1`"),
    (
        "",
        "[authority.etcd]\ngenerations = { use = 4294967296, trust = [4294967296] }\n",
        "resolve::generation-order",
        "4294967295 is the largest one",
    ),
    ("", "[component.kube-proxy]\nsetting.mode = \"userspace\"\n", CANNOT, "was removed in 1.26"),
    ("", "[component.coredns]\nsetting.replicas = 0\n", BAD, "it has 0 replicas"),
    ("", "[component.etcd]\nsetting.image-build = -1\n", BAD, "starts at 0"),
    (
        "",
        "[component.kube-proxy]\nenabled = false\n[component.kube-proxy-daemon-set]\n[component.kube-apiserver]\nflags.unset = [\"allow-privileged\"]\n",
        MAY,
        "which are privileged",
    ),
    (
        "addresses = [\"10.0.0.1\"]",
        "addresses = [\"10.0.0.1\"]\npriority = 254\nroles = [\"control-plane\", \"etcd\"]\n[node.m9]\naddresses = [\"10.0.0.9\"]\npriority = 1",
        MAY,
        "healthy or not",
    ),
    ("", "[component.etcd]\nsetting.joins = -1\n", BAD, "before the founding members"),
    ("", "[grant.g]\nrole = \"view\"\ngroups = [\"dev \"]\n", BAD, "starts or ends with a space"),
    (
        "",
        "[bootstrap]\n[component.kube-controller-manager]\nflags.set = { controllers = [\"*\", \"-csrapproving\", \"bootstrapsigner\", \"tokencleaner\"] }\n",
        MAY,
        "approves no requests",
    ),
    (
        "",
        "[bootstrap]\n[component.kube-controller-manager]\nflags.set = { controllers = [\"*\", \"-csrsigning\", \"bootstrapsigner\", \"tokencleaner\"] }\n",
        MAY,
        "signs no requests",
    ),
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

/// What is unusual and works.
#[test]
fn parts_that_fit_are_left_alone() {
    let of_others = "served-by = \"external\"";
    let looped = |plan: String| plan.replace("10.0.0.", "127.0.0.");
    for plan in [
        // A proxy of somebody else on every host.
        PLAN.replace("10.0.0.100", "127.0.0.1")
            .replace("interface = \"eth0\"", of_others)
            .replace("nodes = \"role:control-plane\"\n", ""),
        // All of it on one host.
        looped(PLAN.replace("10.0.0.100", "10.9.0.100")),
        // Another family for those outside.
        PLAN.replace("[\"10.0.0.100\"]", "[\"10.0.0.100\", \"2001:db8::100\"]"),
        format!("{PLAN}[grant.g]\nrole = \"view\"\ngroups = [\"Our team\"]\n"),
        PLAN.replace("port = 16443", "port = 29999"),
        // The range of node ports is elsewhere.
        format!(
            "{}[component.kube-apiserver]\nflags.set = {{ service-node-port-range = \"31000-32000\" }}\n",
            PLAN.replace("port = 16443", "port = 30443")
        ),
        PLAN.replace("[\"10.0.0.1\"]", "[\"10.0.0.1\"]\npriority = 254"),
    ] {
        assert_eq!(said(&plan), [], "{plan}");
    }
}
