//! What happened to the cluster, one commit after the other.

/// One commit: what is changed, what is run before the build.
pub(crate) struct Change {
    pub(crate) name: &'static str,
    pub(crate) edits: &'static [Edit],
    pub(crate) run: &'static [&'static str],
}

/// A change of a file.
pub(crate) enum Edit {
    /// At the end of the plan.
    Append(&'static str),
    /// What stands in the plan once, and what takes its place.
    Replace(&'static str, &'static str),
    /// The same in another file.
    ReplaceIn(&'static str, &'static str, &'static str),
    /// Another file.
    Write(&'static str, &'static str),
}

use Edit::{Append, Replace, ReplaceIn, Write};

const fn edit(name: &'static str, edits: &'static [Edit]) -> Change {
    Change { name, edits, run: &[] }
}

const fn run(name: &'static str, run: &'static [&'static str]) -> Change {
    Change { name, edits: &[], run }
}

/// From `begin.toml` on.
pub(crate) const CHANGES: &[Change] = &[
    edit("add-a-worker", &[Append(WORKER)]),
    // With it etcd has four members, which is a warning; one leaves with the next commit.
    edit("add-a-master", &[Append(MASTER)]),
    edit("remove-a-master", &[Replace(OLD_MASTER, "")]),
    edit("change-the-vip", &[Replace("10.111.0.111", "10.111.0.200")]),
    edit("add-a-name", &[Append("\n[component.kube-apiserver]\nnames.add = [\"api.example.com\"]\n")]),
    edit("shorten-a-validity", &[Append("\n[authority.front-proxy]\nvalidity.issued = \"20d\"\n")]),
    edit("change-a-flag", &[Replace(NAMES, FLAG)]),
    edit("change-a-flag-of-a-node", &[Append(NODE_FLAG)]),
    edit("trust-the-next-token", &[Replace(GROUPS, TOKENS_1_12)]),
    edit("use-the-next-token", &[Replace("use = 1, trust = [1, 2]", "use = 2, trust = [1, 2]")]),
    edit("drop-the-old-token", &[Replace("use = 2, trust = [1, 2]", "use = 2, trust = [2]")]),
    edit("trust-the-next-authority", &[Append(AUTHORITY)]),
    edit("use-the-next-authority", &[Replace("use = 1, trust = [1, 2]", "use = 2, trust = [1, 2]")]),
    edit("drop-the-old-authority", &[Replace("use = 2, trust = [1, 2]", "use = 2, trust = [2]")]),
    edit("trust-the-next-authority-of-etcd", &[Append(ETCD_AUTHORITY)]),
    edit("take-the-first-step-back", &[Replace(ETCD_AUTHORITY, "")]),
    edit("trust-the-next-encryption-key", &[Append(ENCRYPTION)]),
    edit("use-the-next-encryption-key", &[Replace("use = 1, trust = [1, 2]", "use = 2, trust = [1, 2]")]),
    edit("drop-the-old-encryption-key", &[Replace("use = 2, trust = [1, 2]", "use = 2, trust = [2]")]),
    edit("change-the-services-network", &[Replace("10.96.0.0/16", "10.97.0.0/16")]),
    edit("add-members-of-etcd", &[Append(MEMBERS)]),
    edit("move-etcd-off-the-masters", &OFF_THE_MASTERS),
    edit(
        "run-static-pods",
        &[
            Replace("version = \"1.35.4\"", "version = \"1.35.4\"\nrun = \"static-pod\""),
            // Its hosts have no kubelet.
            Append("\n[component.etcd]\nrun = \"systemd\"\n"),
        ],
    ),
    edit("upgrade", &[Replace("version = \"1.35.4\"", "version = \"1.36.2\"")]),
    // What ends within thirty days.
    run("renew", &["renew", "cluster.toml"]),
    edit("rename-a-worker", &[Replace("[node.worker01]", "[node.gpu01]\nwas = \"worker01\"")]),
    edit("rename-a-worker-without-was", &[Replace("[node.worker02]", "[node.gpu02]")]),
    edit("remove-a-worker", &[Replace(WORKER, "")]),
    edit("add-an-administrator", &[Append(ADMINISTRATOR)]),
    run("rekey", &["renew", "cluster.toml", "--rekey", "user.alice"]),
    edit(
        "add-a-component",
        &[
            Replace("format = 1\n", "format = 1\ncatalog = \"catalog\"\n"),
            Write(DEFINITION, EXPORTER),
            Append("\n[component.exporter]\n"),
        ],
    ),
    edit(
        "change-a-definition",
        &[ReplaceIn(DEFINITION, "[flags]\n", "[flags]\nlisten = \"{{ node.address }}:9100\"\n")],
    ),
    edit(
        "trust-an-imported-authority",
        &[
            Write("cluster.certs/authority.front-proxy-2.crt", include_str!("front-proxy.crt")),
            Write("cluster.keys/authority.front-proxy-2.key", include_str!("front-proxy.key")),
            Replace("validity.issued = \"20d\"\n", IMPORTED),
        ],
    ),
    edit("change-the-layout", &[Replace("run = \"static-pod\"", "run = \"static-pod\"\nlayout = \"ssl\"")]),
    edit("write-plain-text", &[Replace(ENCRYPTION_2, ENCRYPTION_OFF)]),
    edit("encrypt-with-a-plugin", &[Replace(ENCRYPTION_OFF, ENCRYPTION_3)]),
    edit("go-back-a-version", &[Replace("version = \"1.36.2\"", "version = \"1.35.4\"")]),
];

const WORKER: &str = r#"
[node.worker03]
addresses = ["10.111.0.123"]
roles = ["worker"]
"#;

const MASTER: &str = r#"
[node.master04]
addresses = ["10.111.0.104"]
roles = ["control-plane", "etcd"]
component.etcd.setting.joins = 1
"#;

const OLD_MASTER: &str = r#"
[node.master02]
addresses = ["10.111.0.102"]
roles = ["control-plane", "etcd"]
"#;

const NAMES: &str = "names.add = [\"api.example.com\"]\n";
const FLAG: &str = "names.add = [\"api.example.com\"]\nflags.set = { audit-log-maxage = 30 }\n";

const NODE_FLAG: &str = r#"
[node.master03.component.kubelet]
flags.set = { v = 4 }
"#;

const GROUPS: &str = "groups = [\"system:bootstrappers:workers\"]\n";
const TOKENS_1_12: &str =
    "groups = [\"system:bootstrappers:workers\"]\ngenerations = { use = 1, trust = [1, 2] }\n";

const AUTHORITY: &str = r#"
[authority.kubernetes]
generations = { use = 1, trust = [1, 2] }
"#;

const ETCD_AUTHORITY: &str = r#"
[authority.etcd]
generations = { use = 1, trust = [1, 2] }
"#;

const ENCRYPTION_2: &str = "[keyring.encryption]\ngenerations = { use = 2, trust = [2] }\n";
const ENCRYPTION_OFF: &str = r#"[keyring.encryption]
provider.3 = { kms = "vault", endpoint = "unix:///run/kms/vault.sock" }
generations = { use = "identity", trust = ["identity", 2, 3] }
"#;
const ENCRYPTION_3: &str = r#"[keyring.encryption]
provider.3 = { kms = "vault", endpoint = "unix:///run/kms/vault.sock" }
generations = { use = 3, trust = ["identity", 2, 3] }
"#;

const ENCRYPTION: &str = r#"
[keyring.encryption]
generations = { use = 1, trust = [1, 2] }
"#;

/// They join the members that are there, one after the other.
const MEMBERS: &str = r#"
[node.etcd01]
addresses = ["10.111.0.111"]
roles = ["etcd"]
component.etcd.setting.joins = 2

[node.etcd02]
addresses = ["10.111.0.112"]
roles = ["etcd"]
component.etcd.setting.joins = 3

[node.etcd03]
addresses = ["10.111.0.113"]
roles = ["etcd"]
component.etcd.setting.joins = 4
"#;

const OFF_THE_MASTERS: [Edit; 3] = [
    Replace(
        "[\"10.111.0.101\"]\nroles = [\"control-plane\", \"etcd\"]",
        "[\"10.111.0.101\"]\nroles = [\"control-plane\"]",
    ),
    Replace(
        "[\"10.111.0.103\"]\nroles = [\"control-plane\", \"etcd\"]",
        "[\"10.111.0.103\"]\nroles = [\"control-plane\"]",
    ),
    Replace(
        "roles = [\"control-plane\", \"etcd\"]\ncomponent.etcd.setting.joins = 1",
        "roles = [\"control-plane\"]",
    ),
];

const ADMINISTRATOR: &str = r#"
[user.alice]
organizations = ["system:masters"]
"#;

const DEFINITION: &str = "catalog/components/exporter/component.toml";
/// A component of the plan's own.
const EXPORTER: &str = r#"
[component]
name = "exporter"
place = "role:worker"
unit = "exporter.service"

[certificate.server]
authority = "kubernetes"
usage = "server"
common-name = "exporter"
dns = ["{{ node.name }}"]

[flags]
certificate = "@server.certificate"
key = "@server.key"

[file.unit]
template = "units/service.j2"
run = "systemd"
with = { documentation = "https://example.com/exporter", type = "simple", after = [], user = "root" }

[layout.kubeadm]
binary = "/usr/local/bin/exporter"
file.unit = "/etc/systemd/system/exporter.service"
certificate.server = { certificate = "/etc/exporter/server.crt", key = "/etc/exporter/server.key" }
"#;

const IMPORTED: &str = r#"validity.issued = "20d"
imported.2 = "sha256:06bdcdc86cb9666dd411c3ce1807c3583aeca19fe55cb5e39327405009f94211"
generations = { use = 1, trust = [1, 2] }
"#;
