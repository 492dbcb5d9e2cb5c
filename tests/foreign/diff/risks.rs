//! Every kind of risk is told where the plan brings it, and none where it does not.

use std::collections::BTreeSet;

use super::{AT, Lab, committed, of};

/// The risks of a change: each with its kind.
pub(super) fn risks(plan: &str, change: impl FnOnce(&Lab)) -> Vec<(String, String)> {
    let lab = Lab::bare(plan);
    let locked = lab.run(&["lock", "cluster.toml", "--at", AT]);
    assert_eq!(locked.code, 0, "{locked:#?}");
    let repository = of(lab);
    change(&repository.0);
    let told = repository.json(&["cluster.toml"], 0);
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    told["risks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|risk| (text(&risk["risk"]), text(&risk["message"])))
        .collect()
}

/// A change brings risks of these kinds and no others; one of them says this.
#[track_caller]
pub(super) fn brings(plan: &str, change: impl FnOnce(&Lab), kinds: &[&str], says: &str) {
    let found = risks(plan, change);
    let told: Vec<&str> = found.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(told, kinds, "{found:#?}");
    let said = says.is_empty() || found.iter().any(|(_, message)| message.contains(says));
    assert!(said, "{found:#?}");
}

#[test]
fn a_key_that_is_used_before_anybody_trusts_it() {
    brings(
        "ha",
        |lab| lab.append("\n[authority.etcd]\ngenerations = { use = 2, trust = [1, 2] }\n"),
        &["early-trust", "authority-key"],
        "`authority.etcd` uses generation 2, which no host trusts yet",
    );
}

#[test]
fn trust_that_is_dropped_at_once() {
    brings(
        "ha",
        |lab| lab.append("\n[authority.etcd]\ngenerations = { use = 2, trust = [2] }\n"),
        &["early-trust", "authority-key"],
        "`authority.etcd` uses generation 2, which no host trusts yet",
    );
}

#[test]
fn the_first_step_of_a_rotation_is_none() {
    brings(
        "ha",
        |lab| lab.append("\n[authority.etcd]\ngenerations = { use = 1, trust = [1, 2] }\n"),
        &[],
        "",
    );
}

#[test]
fn a_machine_under_another_name() {
    brings(
        "ha",
        |lab| lab.edit("[node.node02]", "[node.gpu]"),
        &["id-lost"],
        "`node.gpu` is new at the address of `node.node02`",
    );
    brings(
        "ha",
        |lab| lab.edit("[node.node02]", "[node.gpu]\nwas = \"node02\""),
        &["running-state"],
        "kubelet: node02 -> gpu: the Node object",
    );
}

#[test]
fn more_groups() {
    let user = "\n[user.alice]\norganizations = [\"dev\"]\n";
    let wider = "\n[user.alice]\norganizations = [\"dev\", \"ops\"]\n";
    let before = |lab: &Lab| lab.append(user);
    let lab = Lab::bare("ha");
    before(&lab);
    let repository = of(lab);
    repository.0.edit(user, wider);
    let told = repository.json(&["cluster.toml"], 0);
    assert_eq!(told["risks"][0]["message"], "user.alice is now in the group `ops`");
    brings(
        "bootstrap-token-file",
        |lab| {
            lab.edit(
                "groups = [\"system:kubelet-bootstrap\"]",
                "groups = [\"system:kubelet-bootstrap\", \"dev\"]",
            )
        },
        &["wider-groups"],
        "keyring.bootstrap is now in the group `dev`",
    );
}

#[test]
fn encryption_keys_in_another_order() {
    let lab = Lab::bare("ha");
    lab.append("\n[keyring.encryption]\ngenerations = { use = 1, trust = [1, 2] }\n");
    let repository = of(lab);
    repository.0.edit("use = 1", "use = 2");
    let told = repository.json(&["cluster.toml"], 0);
    let kinds: Vec<&str> =
        told["risks"].as_array().unwrap().iter().map(|risk| risk["risk"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["encryption-order"]);
}

#[test]
fn a_name_that_somebody_dials() {
    brings(
        "ha",
        |lab| lab.edit("addresses = [\"10.111.0.111\"]", "addresses = [\"10.111.0.112\"]"),
        &["destination", "name-removed", "name-missing"],
        "`IP:10.111.0.111` is gone from 3 certificates",
    );
}

/// While masters change one after the other, the new address leads to some that do not have it yet: the names come
/// first, in a commit of their own.
#[test]
fn a_name_that_servers_get_one_after_the_other() {
    let moved = |lab: &Lab| lab.edit("addresses = [\"10.111.0.111\"]", "addresses = [\"10.111.0.112\"]");
    let missing = "clients now reach vip.api at `10.111.0.112`, and 3 servers behind it get this name only when their hosts";
    brings("ha", moved, &["destination", "name-removed", "name-missing"], missing);
    let both = "names.add = [\"10.111.0.111\", \"10.111.0.112\"]";
    let names = format!("\n[component.kube-apiserver]\n{both}\n");
    let lab = Lab::bare("ha");
    lab.append(&names);
    let locked = lab.run(&["lock", "cluster.toml", "--at", AT]);
    assert_eq!(locked.code, 0, "{locked:#?}");
    let repository = of(lab);
    moved(&repository.0);
    let told = repository.json(&["cluster.toml"], 0);
    let kinds: Vec<&str> =
        told["risks"].as_array().unwrap().iter().map(|risk| risk["risk"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["destination"]);
}

#[test]
fn a_master_more_and_one_less() {
    let more = "\n[node.master04]\naddresses = [\"10.111.0.99\"]\nroles = [\"control-plane\", \"etcd\"]\ncomponent.etcd.setting.joins = 1\n";
    brings(
        "ha",
        |lab| lab.append(more),
        &[
            "administrator",
            "administrator",
            "administrator",
            "signing-key",
            "members",
            "running-state",
            "key-spreads",
        ],
        "etcd gets new members, master04",
    );
    let less = "[node.master03]\naddresses = [\"10.111.0.103\"]\nroles = [\"control-plane\", \"etcd\"]\n";
    brings(
        "ha",
        |lab| lab.edit(less, ""),
        &["members", "running-state"],
        "etcd loses members, master03: 2 stay",
    );
}

#[test]
fn too_little_time() {
    brings(
        "ha",
        |lab| lab.append("\n[authority.front-proxy]\nvalidity = { own = \"10y\", issued = \"7d\" }\n"),
        &["short-validity"],
        "3 certificates are valid for less than 30 days",
    );
}

/// What nobody has to fear.
#[test]
fn ordinary_changes_bring_none() {
    for (from, to) in [
        ("port = 16443\n", "port = 16443\nhost = \"k8s.example.com\"\n"),
        ("version = \"1.36.2\"", "version = \"1.36.3\""),
        ("[node.node02]\naddresses = [\"10.111.0.105\"]\nroles = [\"worker\"]\n", ""),
    ] {
        brings("ha", |lab| lab.edit(from, to), &[], "");
    }
    let worker = "\n[node.node03]\naddresses = [\"10.111.0.106\"]\nroles = [\"worker\"]\n";
    brings("ha", |lab| lab.append(worker), &[], "");
}

/// A plan that is new.
#[test]
fn nothing_is_risky_against_nothing() {
    let repository = committed("ha");
    repository.git(&["rm", "-q", "--cached", "cluster.toml"]);
    repository.git(&["commit", "-q", "-m", "no plan"]);
    let told = repository.json(&["cluster.toml"], 0);
    let kinds: BTreeSet<&str> =
        told["risks"].as_array().unwrap().iter().map(|risk| risk["risk"].as_str().unwrap()).collect();
    assert_eq!(kinds, BTreeSet::new());
}
