//! Every way to take a cluster over is a high risk where a change brings it, and no form of the report leaves it out.

use super::{AT, Lab, Repository, of};

/// A change of the plan, and the high risks that it brings: each with its kind and some of its words.
struct Case {
    name: &'static str,
    change: fn(&Lab),
    brings: &'static [(&'static str, &'static str)],
}

const CASES: &[Case] = &[
    Case {
        name: "a user of the group that RBAC does not limit",
        change: |lab| lab.append("\n[user.eve]\norganizations = [\"system:masters\"]\n"),
        brings: &[("administrator", "`user.eve` is now in the group `system:masters`")],
    },
    Case {
        name: "a user whom a binding makes an administrator",
        change: |lab| lab.append("\n[user.eve]\norganizations = [\"kubeadm:cluster-admins\"]\n"),
        brings: &[("administrator", "the group `kubeadm:cluster-admins`, which can do everything")],
    },
    Case {
        name: "a user with a component's name",
        change: |lab| lab.append("\n[user.eve]\ncommon-name = \"system:kube-scheduler\"\n"),
        brings: &[("administrator", "the name under which kube-scheduler is known")],
    },
    Case {
        name: "a user with the name of an administrator",
        change: |lab| lab.append("\n[user.eve]\ncommon-name = \"kubernetes-super-admin\"\n"),
        brings: &[("administrator", "`user.eve` is now `kubernetes-super-admin`, as `user.super-admin` is")],
    },
    Case {
        name: "the name of an administrator below a root that no server believes",
        change: |lab| {
            lab.append("\n[authority.other]\n\n[certificate.eve]\nauthority = \"other\"\nusage = \"client\"\ncommon-name = \"kubernetes-super-admin\"\n");
        },
        brings: &[],
    },
    Case {
        name: "a user with a name of Kubernetes that is in no plan",
        change: |lab| lab.append("\n[user.eve]\ncommon-name = \"system:apiserver\"\n"),
        brings: &[("administrator", "is now `system:apiserver`, a name that Kubernetes reserves")],
    },
    Case {
        name: "a user with the name of a node",
        change: |lab| {
            lab.append(
                "\n[user.eve]\ncommon-name = \"system:node:node01\"\norganizations = [\"system:nodes\"]\n",
            );
        },
        brings: &[
            ("administrator", "the name under which kubelet is known"),
            ("administrator", "now has the identity of node `node01`, and is not on it"),
            ("administrator", "the group `system:nodes`, which Kubernetes reserves"),
        ],
    },
    Case {
        name: "a user with the name of a service account",
        change: |lab| {
            lab.append("\n[user.eve]\ncommon-name = \"system:serviceaccount:kube-system:default\"\n")
        },
        brings: &[(
            "administrator",
            "is now the service account `system:serviceaccount:kube-system:default`",
        )],
    },
    Case {
        name: "a client of etcd",
        change: |lab| {
            lab.append("\n[certificate.backup]\nauthority = \"etcd\"\nusage = [\"client\"]\ncommon-name = \"backup\"\n");
        },
        brings: &[(
            "administrator",
            "`certificate.backup` is now a client of etcd, and can read and write everything",
        )],
    },
    Case {
        name: "a client that may stand in for the front proxy",
        change: |lab| {
            lab.append("\n[certificate.metrics]\nauthority = \"front-proxy\"\nusage = [\"client\"]\ncommon-name = \"metrics\"\n");
        },
        brings: &[("administrator", "can act as any user in any group")],
    },
    Case {
        name: "an authority below the one for clients",
        change: |lab| lab.append("\n[authority.team]\nissuer = \"kubernetes\"\n"),
        brings: &[(
            "trusted-authority",
            "`authority.team` can now issue client certificates for kube-apiserver",
        )],
    },
    Case {
        name: "an authority beside the one for clients",
        change: |lab| {
            lab.append("\n[authority.team]\n\n[component.kube-apiserver]\nbundle.clients.add = [\"team\"]\n");
        },
        brings: &[(
            "trusted-authority",
            "`authority.team` can now issue client certificates for kube-apiserver",
        )],
    },
    Case {
        name: "another issuer of tokens",
        change: |lab| {
            lab.append(
                "\n[component.kube-apiserver]\nflags.set = { oidc-issuer-url = \"https://example.org\", oidc-client-id = \"x\" }\n",
            )
        },
        brings: &[("sensitive", "--oidc-client-id"), ("sensitive", "--oidc-issuer-url")],
    },
    Case {
        name: "nobody is asked for rights",
        change: |lab| {
            lab.append("\n[component.kube-apiserver]\nflags.set = { authorization-mode = \"AlwaysAllow\" }\n")
        },
        brings: &[("sensitive", "--authorization-mode: Node,RBAC -> AlwaysAllow")],
    },
    Case {
        name: "a plug-in that is gone",
        change: |lab| {
            lab.append("\n[component.kube-apiserver]\nflags.set = { enable-admission-plugins = \"AlwaysPullImages\" }\n");
        },
        brings: &[("sensitive", "--enable-admission-plugins: NodeRestriction -> AlwaysPullImages")],
    },
    Case {
        name: "an etcd that asks nobody for a certificate",
        change: |lab| lab.append("\n[component.etcd]\nflags.set = { client-cert-auth = false }\n"),
        brings: &[("sensitive", "--client-cert-auth: true -> false")],
    },
    Case {
        name: "a kubelet that anybody may use",
        change: |lab| {
            lab.append("\n[node.node01.component.kubelet]\nflags.set = { read-only-port = 10255 }\n")
        },
        brings: &[("sensitive", "--read-only-port=10255, on node01")],
    },
    Case {
        name: "a kubelet that takes pods from an address of its own",
        change: |lab| {
            lab.append(
                "\n[node.node01.component.kubelet]\nflags.set = { manifest-url = \"https://10.111.0.104/x\" }\n",
            );
        },
        brings: &[("sensitive", "--manifest-url=https://10.111.0.104/x, on node01")],
    },
    Case {
        name: "a new host with a flag of its own",
        change: |lab| {
            lab.append(
                "\n[node.node09]\naddresses = [\"10.111.0.190\"]\nroles = [\"worker\"]\n\
                 component.kubelet.flags.set = { authorization-mode = \"AlwaysAllow\" }\n",
            );
        },
        brings: &[("sensitive", "--authorization-mode=AlwaysAllow, on node09")],
    },
    Case {
        name: "a server certificate with the API's names",
        change: |lab| {
            lab.append(
                "\n[certificate.web]\nauthority = \"kubernetes\"\nusage = [\"server\"]\ncommon-name = \"web\"\n\
                 dns = [\"kubernetes.default.svc\", \"*.example.org\"]\n",
            );
        },
        brings: &[("server-name", "`DNS:*.example.org`, `DNS:kubernetes.default.svc`")],
    },
    Case {
        name: "another address for everybody",
        change: |lab| lab.edit("addresses = [\"10.111.0.111\"]", "addresses = [\"10.111.0.112\"]"),
        brings: &[("destination", "clients of `vip.api` now connect to 10.111.0.112")],
    },
    Case {
        name: "a group that plays the part of a controller",
        change: |lab| {
            lab.append("\n[grant.jobs]\nrole = \"system:controller:job-controller\"\ngroups = [\"staff\"]\n");
        },
        brings: &[("administrator", "the group `staff` has the rights of a controller")],
    },
    Case {
        name: "a pod past the API server",
        change: |lab| placed(lab, "/etc/kubernetes/manifests/x.yaml"),
        brings: &[("code", "/etc/kubernetes/manifests/x.yaml is `x.txt`, on master01, master02")],
    },
    Case {
        name: "a command that cron runs",
        change: |lab| placed(lab, "/etc/cron.d/x"),
        brings: &[("code", "/etc/cron.d/x is `x.txt`")],
    },
    Case {
        name: "somebody who may log in",
        change: |lab| placed(lab, "/root/.ssh/authorized_keys"),
        brings: &[("code", "/root/.ssh/authorized_keys is `x.txt`")],
    },
    Case {
        name: "an authority that every program of a host believes",
        change: |lab| {
            lab.append(
                "\n[authority.web]\n\n[certificate.web]\nauthority = \"web\"\nusage = \"server\"\ndns = [\"web.example\"]\n\
                 nodes = \"node:node01\"\ncertificate-file = \"/etc/web/tls.crt\"\nkey-file = \"/etc/web/tls.key\"\n\
                 roots-file = \"/usr/local/share/ca-certificates/web.crt\"\n",
            );
        },
        brings: &[("code", "ca-certificates/web.crt contains the roots of `certificate.web`, on node01")],
    },
    Case {
        name: "a file that nothing runs",
        change: |lab| placed(lab, "/etc/shop/policy.yaml"),
        brings: &[],
    },
    Case {
        name: "a host that signs",
        change: |lab| {
            lab.append(
                "\n[node.master04]\naddresses = [\"10.111.0.99\"]\nroles = [\"control-plane\", \"etcd\"]\n\
                 component.etcd.setting.joins = 1\n",
            );
        },
        brings: &[
            ("administrator", "`node.master04` is now a client of etcd"),
            ("administrator", "`node.master04` is now a client of kube-apiserver, and can act as any user"),
            ("administrator", "`node.master04` is now the user `kube-apiserver-kubelet-client`"),
            ("signing-key", "master04: authority.kubernetes, keyring.service-account"),
        ],
    },
];

/// A file of one's own on all hosts.
fn placed(lab: &Lab, path: &str) {
    lab.write("x.txt", "a: 1\n");
    lab.append(&format!("\n[file.x]\nsource = \"x.txt\"\npath = \"{path}\"\nnodes = \"all\"\n"));
}

/// The high risks of a change, as JSON has them.
pub(super) fn high(lab: &Repository, arguments: &[&str]) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let told = lab.json(&[&["cluster.toml"], arguments].concat(), 0);
    let risks = told["risks"].as_array().unwrap().iter();
    let high = risks.filter(|risk| risk["severity"] == "high");
    high.map(|risk| (text(&risk["risk"]), text(&risk["message"]))).collect()
}

pub(super) fn repository() -> Repository {
    let lab = Lab::bare("ha");
    let locked = lab.run(&["lock", "cluster.toml", "--at", AT]);
    assert_eq!(locked.code, 0, "{locked:#?}");
    of(lab)
}

#[test]
fn every_way_is_a_high_risk() {
    let repository = repository();
    let plan = repository.0.read("cluster.toml");
    let mut wrong = Vec::new();
    for case in CASES {
        (case.change)(&repository.0);
        let found = high(&repository, &[]);
        let as_said = found.len() == case.brings.len()
            && case.brings.iter().all(|(kind, words)| {
                found.iter().any(|(found, message)| found == kind && message.contains(words))
            });
        if !as_said {
            wrong.push(format!("{}: {found:#?}", case.name));
        }
        repository.0.write("cluster.toml", &plan);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Flags that decide who is believed, what runs as root, and where connections lead.
const FLAGS: &[(&str, &[&str])] = &[
    (
        "kube-apiserver",
        &[
            "audit-webhook-config-file=/x",
            "authentication-token-webhook-config-file=/x",
            "cors-allowed-origins=.*",
            "disable-admission-plugins=CertificateSubjectRestriction",
            "egress-selector-config-file=/x",
            "kubelet-preferred-address-types=ExternalDNS",
            // What a unit has in quotes.
            "etcd-servers-overrides=/secrets#https://x:2379",
            "oidc-ca-file=/x",
            "oidc-client-id=y",
            "oidc-issuer-url=https://x/#y",
            "peer-ca-file=/x",
            "service-account-lookup=false",
            "tls-sni-cert-key=/x,/y",
            "tracing-config-file=/x",
        ],
    ),
    (
        "kubelet",
        &[
            "authentication-token-webhook=false",
            "config-dir=/x",
            "image-credential-provider-config=/x",
            "image-service-endpoint=unix:///x",
            "manifest-url=http://x/#y",
            "volume-plugin-dir=/x",
        ],
    ),
    (
        "kube-controller-manager",
        &[
            "authentication-skip-lookup=true",
            "authorization-always-allow-paths=/*",
            "external-cloud-volume-plugin=x",
            "flex-volume-plugin-dir=/x",
            "pv-recycler-pod-template-filepath-nfs=/x",
        ],
    ),
    (
        "kube-scheduler",
        &[
            "authentication-skip-lookup=true",
            "authorization-always-allow-paths=/*",
            "client-ca-file=/x",
            "config=/x",
        ],
    ),
    ("kube-proxy", &["kubeconfig=/x", "master=http://x"]),
    ("etcd", &["auto-tls=true", "force-new-cluster=true", "peer-skip-client-san-verification=true"]),
];

#[test]
fn flags_that_give_something_away_are_high_risks() {
    let repository = repository();
    let plan = repository.0.read("cluster.toml");
    let mut silent = Vec::new();
    for (component, flags) in FLAGS {
        let table: Vec<String> = flags
            .iter()
            .map(|flag| flag.split_once('=').unwrap())
            .map(|(flag, value)| format!("\"{flag}\" = \"{value}\"\n"))
            .collect();
        repository.0.append(&format!("\n[component.{component}.flags.set]\n{}", table.concat()));
        let found = high(&repository, &[]);
        let says = |flag: &str| {
            found
                .iter()
                .any(|(_, message)| message.contains(&format!("--{}", flag.split('=').next().unwrap())))
        };
        silent.extend(flags.iter().filter(|flag| !says(flag)).map(|flag| format!("{component}: {flag}")));
        repository.0.write("cluster.toml", &plan);
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

/// Twenty-six users with as many groups hide nobody, and a cut says what it hides.
#[test]
fn a_flood_hides_no_high_risk() {
    let repository = repository();
    let user = |name: &str, group: &str| format!("\n[user.{name}]\norganizations = [\"{group}\"]\n");
    let users: Vec<String> = ('a'..='z').map(|letter| format!("a{letter}")).collect();
    let before: String = users.iter().map(|name| user(name, "staff")).collect();
    repository.0.append(&before);
    repository.commit("users");
    let after: String = users.iter().map(|name| user(name, &format!("staff-of-{name}"))).collect();
    repository.0.edit(&before, &format!("{after}{}", user("zoe", "system:masters")));
    for form in ["text", "markdown", "html"] {
        for part in [&[][..], &["--only", "certificates"], &["--only", "files"]] {
            let run = repository.0.run(&[&["diff", "cluster.toml", "--format", form], part].concat());
            assert!(run.out.contains("user.zoe"), "{form} {part:?}: {}", run.out);
            assert!(run.out.contains("high: "), "{form} {part:?}: {}", run.out);
        }
    }
    let run = repository.0.run(&["diff", "cluster.toml"]);
    assert!(run.out.contains("and 6 more, none of them high: 6 wider-groups"), "{}", run.out);
}

/// A first plan is what everybody reads in full.
#[test]
fn a_first_plan_is_no_alarm() {
    let lab = Lab::bare("ha");
    let repository = of(lab);
    repository.git(&["rm", "-q", "--cached", "cluster.toml"]);
    repository.git(&["commit", "-q", "-m", "no plan"]);
    assert_eq!(high(&repository, &[]), []);
}
