//! Changes of what the running cluster holds: files alone would not show what they do.

use serde_json::Value;

use super::risks::brings;
use super::{AT, Lab, committed, of};

const HA: &str = "ha";

/// The change of one line of the plan.
fn line(from: &'static str, to: &'static str) -> impl FnOnce(&Lab) {
    move |lab| lab.edit(from, to)
}

/// More lines at the end of the plan.
fn more(lines: &'static str) -> impl FnOnce(&Lab) {
    move |lab| lab.append(lines)
}

#[test]
fn members_are_known_by_what_is_stored() {
    let port = "\n[component.etcd]\nsetting.peer-port = 12380\n";
    let told = "etcd: https://10.111.0.101:2380 -> https://10.111.0.101:12380: the cluster stores the addresses of its members";
    brings(HA, more(port), &["running-state"; 3], told);
    brings(
        HA,
        more("\n[component.etcd]\nsetting.user = \"etcd\"\n"),
        &["code", "running-state"],
        "belongs to the old user",
    );
}

/// A worker with a certificate of the plan has never asked for one, and what it would ask with is in no tree.
#[test]
fn workers_that_are_to_ask_for_their_certificates() {
    let bootstrap = "\n[bootstrap]\ngroups = [\"system:bootstrappers:workers\"]\n";
    let told = "the bootstrap kubeconfig for this request is in no tree";
    brings(HA, more(bootstrap), &["running-state"; 2], told);
    let kept = "\n[bootstrap]\ngroups = [\"system:bootstrappers:workers\"]\n\n[component.kubelet]\nsetting.identity = \"planned\"\n";
    brings(HA, more(kept), &[], "");
}

#[test]
fn none_of_the_members_stays() {
    let change = |lab: &Lab| {
        lab.edit(
            "addresses = [\"10.111.0.101\"]\nroles = [\"control-plane\", \"etcd\"]",
            "addresses = [\"10.111.0.101\"]\nroles = [\"control-plane\"]",
        );
        lab.edit(
            "addresses = [\"10.111.0.102\"]\nroles = [\"control-plane\", \"etcd\"]",
            "addresses = [\"10.111.0.102\"]\nroles = [\"control-plane\"]",
        );
        lab.edit(
            "addresses = [\"10.111.0.103\"]\nroles = [\"control-plane\", \"etcd\"]",
            "addresses = [\"10.111.0.103\"]\nroles = [\"control-plane\"]",
        );
        lab.append("\n[node.store]\naddresses = [\"10.111.0.99\"]\nroles = [\"etcd\"]\n");
    };
    let kinds = [
        "emptied",
        "administrator",
        "members",
        "members",
        "running-state",
        "running-state",
        "running-state",
        "running-state",
    ];
    brings(HA, change, &kinds, "no member of etcd stays");
}

/// Who is led to another store finds what that one holds.
#[test]
fn a_store_that_others_run() {
    let stacked = "roles = [\"control-plane\", \"etcd\"]";
    let outside = |url: &'static str| {
        move |lab: &Lab| {
            let plan = lab.read("cluster.toml").replace(stacked, "roles = [\"control-plane\"]");
            lab.write("cluster.toml", &plan);
            lab.append(&format!("\n[external.etcd]\nurls = [\"{url}\"]\n\n[certificate.store]\nauthority = \"etcd\"\nusage = \"server\"\ncommon-name = \"store\"\nip = [\"10.111.9.1\"]\n"));
        }
    };
    let found = super::risks::risks(HA, outside("https://10.111.9.1:2379"));
    let (kind, message) = &found[0];
    assert!(
        kind == "emptied" && message.contains("etcd is no longer on hosts of the plan (10.111.9.1)"),
        "{found:#?}"
    );
    assert!(found.iter().all(|(_, message)| !message.contains("loses members")), "{found:#?}");
    // The same servers, which another plan has from now on.
    let found = super::risks::risks(HA, outside("https://10.111.0.101:2379"));
    assert!(found.iter().all(|(kind, _)| kind != "emptied"), "{found:#?}");
}

#[test]
fn tokens_carry_their_issuer() {
    let domain = line("domain = \"cluster.local\"", "domain = \"prod.example\"");
    let kinds = ["sensitive", "running-state", "running-state"];
    brings(HA, domain, &kinds, "every token names its issuer");
    let second = "\n[component.kube-apiserver]\nflags.append = { service-account-issuer = [\"https://new.example\"] }\n";
    brings(HA, more(second), &["sensitive"], "");
}

#[test]
fn networks_that_nodes_and_services_have_parts_of() {
    let pods = line("pod-cidrs = [\"10.244.0.0/16\"]", "pod-cidrs = [\"10.245.0.0/16\"]");
    brings(HA, pods, &["running-state"], "every node keeps its part");
    let wider = line("pod-cidrs = [\"10.244.0.0/16\"]", "pod-cidrs = [\"10.244.0.0/15\"]");
    brings(HA, wider, &[], "");
    let services = line("service-cidrs = [\"10.96.0.0/16\"]", "service-cidrs = [\"10.97.0.0/16\"]");
    brings(HA, services, &["running-state", "running-state"], "every Service keeps its address");
}

#[test]
fn versions_that_run_side_by_side() {
    let old = |version: &str| format!("version = \"{version}\"");
    let from = |lab: &Lab, version: &str| lab.edit("version = \"1.36.2\"", &old(version));
    brings(
        HA,
        |lab| from(lab, "1.34.4"),
        &["versions"],
        "kube-apiserver, kube-controller-manager, kube-scheduler, kubelet and 1 more go back from 1.36.2 to 1.34.4",
    );
    brings(HA, |lab| from(lab, "1.36.1"), &[], "");
}

/// The steps in which a service gets another version.
fn exchanges(told: &Value, service: &str) -> Vec<usize> {
    let waves = told["waves"].as_array().unwrap().iter();
    let steps = waves.flat_map(|wave| wave["steps"].as_array().unwrap()).enumerate();
    let exchanged = |step: &Value| {
        let mut services = step["services"].as_array().unwrap().iter();
        services.any(|one| one["service"] == service && one["action"] == "exchange")
    };
    steps.filter(|(_, step)| exchanged(step)).map(|(at, _)| at).collect()
}

/// At no time is a kubelet or a proxy newer than an API server, forward and back.
#[test]
fn versions_go_back_the_other_way_round() {
    let (older, newer) = ("version = \"1.35.4\"", "version = \"1.36.2\"");
    for plan in ["ha-vip", HA] {
        for (from, to) in [(older, newer), (newer, older)] {
            let lab = Lab::bare(plan);
            if from == older {
                lab.edit(newer, older);
            }
            let repository = of(lab);
            repository.0.edit(from, to);
            let told = repository.json(&["cluster.toml"], 0);
            let servers = exchanges(&told, "kube-apiserver.service");
            assert!(!servers.is_empty());
            for follower in ["kubelet.service", "kube-proxy.service"] {
                let steps = exchanges(&told, follower);
                assert!(!steps.is_empty(), "{told:#}");
                let forward = servers.iter().max() < steps.iter().min();
                let back = steps.iter().max() < servers.iter().min();
                assert_eq!((forward, back), (from == older, from == newer), "{follower}: {told:#}");
            }
        }
    }
}

/// What votes goes back behind everything else, and that is a high risk.
#[test]
fn a_store_goes_back() {
    let lab = Lab::bare(HA);
    lab.append("\n[component.etcd]\nversion = \"3.6.8\"\n");
    let repository = of(lab);
    repository.0.edit("version = \"3.6.8\"", "version = \"3.5.26\"");
    repository.0.edit("version = \"1.36.2\"", "version = \"1.35.4\"");
    let told = repository.json(&["cluster.toml"], 0);
    let (votes, servers) = (exchanges(&told, "etcd.service"), exchanges(&told, "kube-apiserver.service"));
    assert!(servers.iter().max() < votes.iter().min() && !votes.is_empty(), "{told:#}");
    let risks = told["risks"].as_array().unwrap();
    assert_eq!(
        (&risks[0]["risk"], &risks[0]["severity"]),
        (&"downgrade".into(), &"high".into()),
        "{risks:#?}"
    );
    assert!(risks[0]["message"].as_str().unwrap().starts_with("etcd goes back from 3.6.8 to 3.5.26"));
}

/// Each commit of a rotation says what has to be true before the next one, and nothing of the others.
#[test]
fn a_rotation_has_a_list_for_each_commit() {
    let lists = [
        "`kube-root-ca.crt` is the new bundle",
        "verifies with only the new authority",
        "restart extension servers (aggregated APIs such as metrics-server)",
    ];
    let repository = committed(HA);
    repository.0.append("\n[authority.kubernetes]\ngenerations = { use = 1, trust = [1] }\n");
    let run = repository.0.run(&["lock", "cluster.toml", "--at", AT]);
    assert_eq!(run.code, 0, "{run:#?}");
    repository.commit("the first authority");
    let steps = [
        "use = 1, trust = [1] ",
        "use = 1, trust = [1, 2] ",
        "use = 2, trust = [1, 2] ",
        "use = 2, trust = [2] ",
    ];
    for (at, step) in steps.windows(2).enumerate() {
        repository.0.edit(step[0], step[1]);
        let told = repository.json(&["cluster.toml"], 0);
        let risks = told["risks"].as_array().unwrap();
        let states: Vec<String> = risks
            .iter()
            .filter(|risk| risk["risk"] == "running-state")
            .map(|risk| format!("{} {}", risk["help"], risk["checks"]))
            .collect();
        // What has to be gone before the old key goes is said again in the commit that drops it.
        let again = |other: usize| at == 2 && other == 1;
        assert_eq!(states.len(), if at == 2 { 2 } else { 1 }, "{told:#}");
        for (other, list) in lists.iter().enumerate() {
            assert_eq!(states.concat().contains(list), other == at || again(other), "{states:?}");
        }
        let run = repository.0.run(&["lock", "cluster.toml", "--at", AT]);
        assert_eq!(run.code, 0, "{run:#?}");
        repository.commit(step[1]);
    }
    // Another authority's rotation has none of it.
    repository.0.append("\n[authority.etcd]\ngenerations = { use = 1, trust = [1, 2] }\n");
    let told = repository.json(&["cluster.toml"], 0);
    assert_eq!(told["risks"], Value::Array(Vec::new()), "{told:#}");
}

/// What was silent once: each has a risk that names every host.
#[test]
fn nothing_of_the_running_cluster_moves_in_silence() {
    let flags = |component: &str, flags: &str| format!("\n[component.{component}]\nflags.{flags}\n");
    let api = |told: &str| flags("kube-apiserver", told);
    let masters = "on master01, master02, master03";
    for (lines, says) in [
        (
            flags("etcd", "set = { data-dir = { value = \"/data/etcd\", override = true } }"),
            "etcd: /var/lib/etcd -> /data/etcd: the member's data is in the old directory",
        ),
        (
            flags("etcd", "set = { wal-dir = \"/data/wal\" }"),
            "etcd: + /data/wal: the member's write-ahead log",
        ),
        ("\n[component.etcd]\nsetting.user = \"etcd\"\n".to_owned(), "belongs to the old user"),
        (
            api("set = { oidc-issuer-url = \"https://i.example\", oidc-client-id = \"x\" }"),
            "+ --oidc-issuer-url",
        ),
        (api("set = { authentication-token-webhook-config-file = \"/x\" }"), "authentication-token-webhook"),
        (
            api(
                "set = { authorization-webhook-config-file = \"/x\", authorization-mode = \"Node,RBAC,Webhook\" }",
            ),
            "+ --authorization-webhook-config-file=/x",
        ),
        (api("unset = [\"enable-admission-plugins\"]"), "- --enable-admission-plugins=NodeRestriction"),
        (
            api(
                "set = { disable-admission-plugins = \"NodeRestriction\", enable-admission-plugins = \"AlwaysPullImages\" }",
            ),
            "+ --disable-admission-plugins",
        ),
    ] {
        let repository = committed(HA);
        repository.0.append(&lines);
        let told = repository.json(&["cluster.toml"], 0);
        let risks = told["risks"].as_array().unwrap().iter().map(|risk| risk["message"].as_str().unwrap());
        let found: Vec<&str> = risks.filter(|message| message.contains(says)).collect();
        assert!(found.len() == 1 && found[0].ends_with(masters), "{lines}: {told:#}");
    }
}

/// A layout of one's own that has etcd's data elsewhere, and another registry of images.
#[test]
fn layouts_and_registries_do_not_move_in_silence() {
    let repository = committed(HA);
    let layout = std::fs::read_to_string("templates/layouts/kubeadm.toml").unwrap();
    let folder = repository.0.path("catalog/layouts");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("ours.toml"), layout.replace("/var/lib/etcd", "/data/etcd")).unwrap();
    repository.0.edit("layout = \"kubeadm\"", "layout = \"ours\"");
    repository.0.edit("format = 1\n", "format = 1\ncatalog = \"catalog\"\n");
    let told = repository.json(&["cluster.toml"], 0)["risks"].to_string();
    assert!(told.contains("etcd: /var/lib/etcd -> /data/etcd: the member's data"), "{told}");
    let registry = "\n[component.etcd]\nsetting.registry = \"r.example\"\n";
    brings(
        "kubeadm",
        more(registry),
        &["code"],
        "registry.k8s.io/etcd:3.6.8-0 -> r.example/etcd:3.6.8-0, on master1",
    );
}

#[test]
fn what_pods_were_started_with() {
    let driver = "\n[component.kubelet]\nsetting.cgroup-driver = \"cgroupfs\"\n";
    brings(HA, more(driver), &["running-state"; 5], "running pods were started with the old cgroup driver");
}

#[test]
fn a_door_at_another_port() {
    let port = line("port = 16443", "port = 17443");
    brings(HA, port, &["name-removed"], "`vip.api` answers at port 17443, no longer at 16443");
    let router = line("router-id = 51", "router-id = 61");
    brings(HA, router, &["running-state"], "different VRRP routers");
    let longer = line("router-id = 51", "router-id = 151");
    brings(HA, longer, &["running-state"], "different VRRP routers");
}

/// Whoever joined with a token and stands in no plan goes on to dial the old address.
#[test]
fn a_door_that_others_have_copied() {
    let moved = |lab: &Lab| {
        lab.edit("port = 16443", "port = 17443");
    };
    let joins = "\n[bootstrap]\ngroups = [\"system:bootstrappers:workers\"]\n";
    let lab = Lab::bare(HA);
    lab.append(joins);
    let locked = lab.run(&["lock", "cluster.toml", "--at", super::AT]);
    assert_eq!(locked.code, 0, "{locked:#?}");
    let repository = super::of(lab);
    moved(&repository.0);
    let told = repository.json(&["cluster.toml"], 0);
    let messages: Vec<&str> =
        told["risks"].as_array().unwrap().iter().map(|risk| risk["message"].as_str().unwrap()).collect();
    let copied = "have copied the old address";
    assert_eq!(messages.iter().filter(|message| message.contains(copied)).count(), 1, "{messages:#?}");
}

/// The way over: both ports of one VIP serve until everybody has moved.
#[test]
fn two_ports_of_one_door() {
    let second = "\n[vip.later]\naddresses = [\"10.111.0.111\"]\nport = 17443\nserved-by = \"keepalived-haproxy\"\n\
                  nodes = \"role:control-plane\"\ninterface = \"eth0\"\nrouter-id = 51\n";
    brings(HA, more(second), &[], "");
    let lab = Lab::bare(HA);
    lab.append(second);
    lab.build();
    let tree = "cluster.trees/hosts/master01/etc";
    let haproxy = lab.read(&format!("{tree}/haproxy/haproxy.cfg"));
    assert!(
        haproxy.contains("bind 0.0.0.0:16443\n") && haproxy.contains("bind 0.0.0.0:17443\n"),
        "{haproxy}"
    );
    let keepalived = lab.read(&format!("{tree}/keepalived/keepalived.conf"));
    assert_eq!(keepalived.matches("vrrp_instance ").count(), 1, "{keepalived}");
}

/// A comment at the head of a unit, and flags that count at the first start alone, start nothing anew.
#[test]
fn a_comment_restarts_nothing() {
    let repository = committed(HA);
    repository.0.edit("name = \"kubernetes\"", "name = \"prod\"");
    let told = repository.json(&["cluster.toml"], 0);
    let waves = told["waves"].to_string();
    for still in ["etcd.service", "kube-apiserver.service", "haproxy.service", "keepalived.service"] {
        assert!(!waves.contains(still), "{still}: {told:#}");
    }
    assert!(waves.contains("kube-controller-manager.service"), "{told:#}");
}

/// The node that changes is named, however many are configured like it, and no other one.
#[test]
fn one_of_many_is_found() {
    let worker = |n: u32, name: &str| {
        format!("\n[node.{name}]\naddresses = [\"10.112.0.{n}\"]\nroles = [\"worker\"]\n")
    };
    let lab = Lab::bare(HA);
    for n in 1..=60 {
        lab.append(&worker(n, &format!("w{n:02}")));
    }
    let repository = of(lab);
    repository.0.edit(&worker(50, "w50"), &format!("{}was = \"w50\"\n", worker(50, "gpu50")));
    let told = repository.json(&["cluster.toml"], 0);
    let risks = told["risks"].as_array().unwrap().iter();
    let messages: Vec<&str> = risks
        .filter(|risk| risk["risk"] == "running-state")
        .map(|risk| risk["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages.len(), 1, "{told:#}");
    assert!(messages[0].starts_with("kubelet: w50 -> gpu50:"), "{messages:?}");
    assert!(messages[0].ends_with(", on gpu50"), "{messages:?}");
}

/// What nobody can say of a change is an error, and no change that is left out.
#[test]
fn a_state_that_cannot_be_told_is_an_error() {
    let lab = Lab::bare(HA);
    let definition = "catalog/components/broker/component.toml";
    std::fs::create_dir_all(lab.path("catalog/components/broker")).unwrap();
    lab.write(
        definition,
        "[component]\nname = \"broker\"\nplace = \"role:worker\"\n\n\
         [state.address]\nvalue = \"{{ node.address }}\"\nbecause = \"{{ old[77] }}\"\n\
         change = { say = \"nothing\" }\n",
    );
    let plan = lab.read("cluster.toml");
    lab.write("cluster.toml", &format!("catalog = \"catalog\"\n{plan}\n[component.broker]\n"));
    let repository = of(lab);
    repository.0.edit("10.111.0.105", "10.111.0.115");
    let run = repository.diff(&["cluster.toml"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""), "{run:#?}");
    assert!(run.err.starts_with("catalog::expression") && run.err.contains(definition), "{run:#?}");
}
