//! etcd: where it listens, whom it lets in, and who dials it.

use super::{Fault, GUIDE, HARD, fault};

const UNIT: &str = "hosts/master02/etc/systemd/system";

fn unit(name: &str) -> String {
    format!("{UNIT}/{name}.service")
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        GUIDE,
        "a misspelled flag of etcd",
        |tree| tree.edit(&unit("etcd"), "--peer-client-cert-auth=true", "--peer-client-cert-aut=true"),
        &["does-not-start etcd master02"],
        "does not know the flag `--peer-client-cert-aut`",
    ),
    fault(
        GUIDE,
        "etcd is dialled at the wrong host",
        |tree| {
            tree.edit(
                &unit("kube-apiserver"),
                "--etcd-servers=https://10.111.0.101:2379",
                "--etcd-servers=https://10.111.0.104:2379",
            )
        },
        &["nobody-listens kube-apiserver.etcd master02"],
        "10.111.0.104:2379, where nothing listens",
    ),
    fault(
        GUIDE,
        "etcd is dialled at the peers' port",
        |tree| {
            tree.edit(
                &unit("kube-apiserver"),
                "--etcd-servers=https://10.111.0.101:2379",
                "--etcd-servers=https://10.111.0.101:2380",
            )
        },
        &["other-listens kube-apiserver.etcd master02 -> etcd master01"],
        "where etcd listens (peer)",
    ),
    fault(
        GUIDE,
        "etcd is dialled without TLS",
        |tree| tree.edit(&unit("kube-apiserver"), "https://10.111.0.103:2379", "http://10.111.0.103:2379"),
        &["plain kube-apiserver.etcd master02 -> etcd master03"],
        "without TLS",
    ),
    fault(
        GUIDE,
        "a member is missing from the list",
        |tree| tree.edit(&unit("etcd"), ",master03=https://10.111.0.103:2380", ""),
        &["differs etcd master02 -> etcd master01"],
        "`--initial-cluster` of etcd differs",
    ),
    fault(
        GUIDE,
        "a member by another name in its list",
        |tree| {
            tree.edit(&unit("etcd"), "master02=https://10.111.0.102:2380", "etcd02=https://10.111.0.102:2380")
        },
        &["differs etcd master02 -> etcd master01", "rule etcd master02"],
        "has no member with its name, `master02`",
    ),
    fault(
        GUIDE,
        "a member by the name of another one",
        |tree| tree.edit(&unit("etcd"), "--name=master02", "--name=master01"),
        &["rule etcd master02"],
        "for a member with another name than `master01`",
    ),
    fault(
        GUIDE,
        "a member with the URL of another one",
        |tree| {
            tree.edit(
                &unit("etcd"),
                "--initial-advertise-peer-urls=https://10.111.0.102:2380",
                "--initial-advertise-peer-urls=https://10.111.0.103:2380",
            )
        },
        &["rule etcd master02"],
        "for a member with another name than `master02`",
    ),
    fault(
        GUIDE,
        "a member by the name of its host",
        |tree| tree.edit(&unit("etcd"), "--name=master02", "--name=%H"),
        &[],
        "",
    ),
    fault(
        GUIDE,
        "an etcd that listens elsewhere",
        |tree| {
            tree.edit(
                &unit("etcd"),
                "--listen-client-urls=https://127.0.0.1:2379,https://10.111.0.102:2379",
                "--listen-client-urls=https://127.0.0.1:2379",
            )
        },
        &["nobody-listens kube-apiserver.etcd masters"],
        "10.111.0.102:2379, where nothing listens",
    ),
    fault(
        GUIDE,
        "an etcd without TLS",
        |tree| {
            tree.edit(
                &unit("etcd"),
                "--listen-client-urls=https://127.0.0.1:2379,https://10.111.0.102:2379",
                "--listen-client-urls=http://127.0.0.1:2379,http://10.111.0.102:2379",
            )
        },
        &[
            "open-listen etcd master02",
            "plain etcd.gateway master02 -> etcd master02",
            "plain etcd.health master02 -> etcd master02",
            "plain kube-apiserver.etcd masters -> etcd master02",
        ],
        "does not use TLS there",
    ),
    fault(
        GUIDE,
        "an etcd that also listens without TLS",
        |tree| {
            tree.edit(
                &unit("etcd"),
                "--listen-client-urls=https",
                "--listen-client-urls=http://0.0.0.0:2378,https",
            )
        },
        &["open-listen etcd master02"],
        "listens without TLS at all addresses port 2378",
    ),
    fault(
        GUIDE,
        "an etcd without TLS on loopback",
        |tree| {
            tree.edit(&unit("etcd"), "--listen-client-urls=https://127", "--listen-client-urls=http://127")
        },
        &["open-listen etcd master02", "plain etcd.health master02 -> etcd master02"],
        "listens without TLS at 127.0.0.1 port 2379",
    ),
    fault(
        GUIDE,
        "members without TLS",
        |tree| {
            for host in ["master01", "master02", "master03"] {
                let path = format!("hosts/{host}/etc/systemd/system/etcd.service");
                let text = tree.read(&path);
                let is_of_peers =
                    |line: &str| line.contains("peer-urls=") || line.contains("initial-cluster=");
                let lines = text.lines().map(|line| match is_of_peers(line) {
                    true => line.replace("https:", "http:") + "\n",
                    false => line.to_owned() + "\n",
                });
                tree.write(&path, &lines.collect::<String>());
            }
        },
        &[
            "broken etcd.peers master01,master02 -> etcd master03",
            "broken etcd.peers master01,master03 -> etcd master02",
            "broken etcd.peers master02,master03 -> etcd master01",
            "open-listen etcd masters",
        ],
        "accepts everyone there",
    ),
    fault(
        GUIDE,
        "an etcd that lets in whoever shows no certificate",
        |tree| tree.edit(&unit("etcd"), "--client-cert-auth=true", "--client-cert-auth=false"),
        &[],
        "",
    ),
    fault(
        GUIDE,
        "an etcd without authorities of clients",
        |tree| tree.edit(&unit("etcd"), "  --trusted-ca-file=/etc/etcd/ssl/etcd-ca.pem \\\n", ""),
        &[
            "no-clients etcd.gateway master02 -> etcd master02",
            "no-clients etcd.health master02 -> etcd master02",
            "no-clients kube-apiserver.etcd masters -> etcd master02",
        ],
        "has no client CA",
    ),
    fault(
        HARD,
        "an etcd without both",
        |tree| {
            let path = unit("etcd");
            tree.edit(&path, "  --client-cert-auth=true \\\n", "");
            let text = tree.read(&path);
            let line = text.lines().find(|line| line.contains("  --trusted-ca-file=")).unwrap();
            tree.edit(&path, &format!("{line}\n"), "");
        },
        &["open-listen etcd master02"],
        "accepts clients without a certificate",
    ),
];
