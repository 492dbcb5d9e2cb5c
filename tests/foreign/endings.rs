//! What ends beside certificates that are made here: tokens, imported authorities, what the cluster rotates.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value as Json;

use crate::support::{AT, Lab, Run};

/// A control plane and a worker that joins with a token of a day.
const JOINING: &str = r#"format = 1

[cluster]
name = "a"
profile = "high-availability"
version = "1.36.2"
endpoint = "node.m"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]

[node.m]
addresses = ["10.0.0.1"]
roles = ["control-plane", "etcd"]

[node.w1]
addresses = ["10.0.0.2"]
roles = ["worker"]

[keyring.bootstrap]
kind = "bootstrap-token"
validity = "24h"
groups = ["system:bootstrappers:workers"]
"#;
const SIX_DAYS_LATER: &str = "2026-01-07T00:00:00Z";
const W2: &str = "\n[node.w2]\naddresses = [\"10.0.0.3\"]\nroles = [\"worker\"]\n";
const BOOTSTRAP: &str = "etc/kubernetes/bootstrap-kubelet.conf";
const MANIFEST: &str = "cluster.trees/cluster/kube-apiserver-bootstrap.yaml";

fn at(lab: &Lab, command: &str, instant: &str, more: &[&str]) -> Run {
    lab.run(&[&[command, "cluster.toml", "--at", instant], more].concat())
}

fn machine(run: &Run) -> Json {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {run:#?}"))
}

/// The token of a host's bootstrap kubeconfig, as kubectl reads it.
fn token(lab: &Lab, host: &str) -> String {
    let run = lab.shell(&format!(
        "kubectl config view --raw -o jsonpath='{{.users[0].user.token}}' --kubeconfig=cluster.trees/hosts/{host}/{BOOTSTRAP} \
         > token-of-{host}"
    ));
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    lab.read(&format!("token-of-{host}"))
}

/// What the cluster gets of a token: the name of its Secret, and its end.
fn secrets(lab: &Lab) -> Vec<(String, String)> {
    let manifest = lab.read(MANIFEST);
    let documents: Vec<Json> = serde_saphyr::from_multiple(&manifest).unwrap();
    let secrets = documents.into_iter().filter(|document| document["kind"] == "Secret");
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    secrets.map(|one| (text(&one["metadata"]["name"]), text(&one["stringData"]["expiration"]))).collect()
}

#[test]
fn a_node_that_comes_late_gets_no_dead_token_in_silence() {
    let lab = Lab::written(JOINING);
    let said = lab.build().out;
    let check = lab.run_with(&["check", "cluster.toml"], &[("SOURCE_DATE_EPOCH", "1767232000")]);
    assert_eq!((check.code, check.err.as_str()), (0, ""));
    assert!(said.contains("next expiry  2026-01-02T00:00:00Z (in 1 day): keyring.bootstrap\n"), "{said}");
    lab.append(W2);
    let run = at(&lab, "build", SIX_DAYS_LATER, &[]);
    let told = "the token of `keyring.bootstrap` expired at 2026-01-02T00:00:00Z";
    assert!(run.code == 3 && run.err.contains(told), "{run:#?}");
    assert!(run.err.contains("[cluster.toml:19:10]") && run.err.contains("`kubelet` of 2 nodes"), "{run:#?}");
    assert!(run.err.contains("`pkiplan renew cluster.toml keyring.bootstrap` replaces it"), "{run:#?}");
    assert!(run.out.contains("(expired 5 days ago): keyring.bootstrap"), "{run:#?}");
    assert_eq!(at(&lab, "build", SIX_DAYS_LATER, &["--allow-expired"]).code, 0);
    // A check warns, and goes by the clock.
    let check = lab.run(&["check", "cluster.toml"]);
    assert!(check.code == 0 && check.err.contains(told) && check.out.contains("no errors"), "{check:#?}");
    let status = at(&lab, "status", SIX_DAYS_LATER, &[]);
    let row = "2026-01-02T00:00:00Z    -5  keyring.bootstrap ";
    assert!(status.code == 3 && status.out.contains(row), "{status:#?}");
    assert!(status.out.contains("kubelet of w1, w2, if it has not joined yet"), "{}", status.out);
    assert!(status.out.contains(" and 1 token at "), "{}", status.out);
    let status = machine(&at(&lab, "status", SIX_DAYS_LATER, &["--format", "json"]));
    let tokens = status["tokens"].as_array().unwrap();
    assert_eq!((&tokens[0]["state"], &tokens[0]["kind"]), (&"expired".into(), &"token".into()));
    assert_eq!(tokens[0]["stops"]["joins"][0]["hosts"]["names"], serde_json::json!(["w1", "w2"]));
}

/// The lock alone decides it; the Secret and the kubeconfigs follow.
#[test]
fn a_token_is_replaced_in_one_step() {
    let lab = Lab::written(JOINING);
    lab.build();
    lab.write("before.toml", &lab.read("cluster.toml"));
    lab.write("before.lock", &lab.read("cluster.lock"));
    let (old, first) = (token(&lab, "w1"), secrets(&lab));
    assert_eq!(first.len(), 1);
    lab.append(W2);
    let run = at(&lab, "renew", SIX_DAYS_LATER, &["keyring.bootstrap"]);
    let told = "keyring.bootstrap  2026-01-02T00:00:00Z -> 2026-01-08T00:00:00Z, replaced: apply `cluster/`";
    assert!(run.code == 0 && run.out.starts_with(told), "{run:#?}");
    let run = at(&lab, "diff", SIX_DAYS_LATER, &["before.toml"]);
    assert!(
        run.out.contains("from now on, nodes join with another token of `keyring.bootstrap`"),
        "{}",
        run.out
    );
    assert!(run.out.contains("key       keyring.bootstrap use 1 -> 2"), "{}", run.out);
    let run = at(&lab, "build", SIX_DAYS_LATER, &["--locked"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    let (new, second) = (token(&lab, "w1"), secrets(&lab));
    assert_eq!(token(&lab, "w2"), new);
    let halves = |token: &str| -> (String, String) {
        let (id, secret) = token.split_once('.').unwrap();
        (id.to_owned(), secret.to_owned())
    };
    let ((old_id, old_secret), (id, secret)) = (halves(&old), halves(&new));
    assert!(id != old_id && secret != old_secret);
    assert_eq!(second, [(format!("bootstrap-token-{id}"), "2026-01-08T00:00:00Z".to_owned())]);
    assert_ne!(first[0].0, second[0].0);
    // Without names, what has ended or ends soon is replaced, too; what the plan decides is the plan's.
    let run = at(&lab, "renew", "2026-02-01T00:00:00Z", &[]);
    assert!(run.out.contains("change") && run.out.contains("keyring.bootstrap: use 2 -> 3"), "{run:#?}");
    lab.edit("validity = \"24h\"", "validity = \"24h\"\ngenerations = { use = 2, trust = [2] }");
    let run = at(&lab, "lock", "2026-02-01T00:00:00Z", &[]);
    assert!(run.code == 1 && run.err.contains("write `generations.use = 3` or higher"), "{run:#?}");
    lab.edit("{ use = 2, trust = [2] }", "{ use = 4, trust = [4] }");
    assert_eq!(at(&lab, "build", "2026-02-01T00:00:00Z", &[]).code, 0);
    let run = at(&lab, "renew", "2026-02-01T00:00:00Z", &["keyring.bootstrap"]);
    assert!(run.code == 1 && run.err.contains("decide::renewed-key"), "{run:#?}");
    assert!(
        run.err.contains("`generations = { use = 5, trust = [5] }`, or remove `generations`"),
        "{run:#?}"
    );
}

/// A keyring that was taken out and comes back has another token, and nobody has to say so.
#[test]
fn a_token_that_was_removed_does_not_come_back() {
    let lab = Lab::written(JOINING);
    lab.build();
    let old = token(&lab, "w1");
    let whole = lab.read("cluster.toml");
    lab.write("cluster.toml", whole.split("\n[keyring.bootstrap]").next().unwrap());
    let status = at(&lab, "status", AT, &[]);
    assert!(status.out.contains("keyring.bootstrap (no longer in the plan)"), "{}", status.out);
    lab.build();
    lab.write("cluster.toml", &whole);
    lab.build();
    assert_ne!(token(&lab, "w1"), old);
}

/// Nobody here knows when the certificate ends that the host has.
#[test]
fn what_the_cluster_rotates_alarms_nobody() {
    let lab = Lab::of("ha");
    lab.append("\n[component.kubelet]\nsetting.identity = \"handover\"\n");
    lab.build();
    // All is renewed that ends soon, but for the kubelets' first certificates.
    let soon = "2026-12-15T00:00:00Z";
    let run = at(&lab, "renew", soon, &[]);
    assert!(run.code == 0 && run.out.contains("39 renewed, 8 kept"), "{run:#?}");
    let later = "2027-02-01T00:00:00Z";
    let run = at(&lab, "status", later, &[]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert!(run.out.contains("5 rotated by the cluster"), "{}", run.out);
    let status = machine(&at(&lab, "status", later, &["--format", "json"]));
    let all = status["certificates"].as_array().unwrap().iter();
    let rotated: Vec<&Json> = all.filter(|one| one["state"] == "rotated").collect();
    assert!(rotated.len() == 5 && rotated.iter().all(|one| one["stops"].is_null()), "{rotated:?}");
    let metrics = at(&lab, "status", later, &["--openmetrics"]).out;
    let of_kubelets: Vec<&str> =
        metrics.lines().filter(|line| line.contains("node01/kubelet-client")).collect();
    assert_eq!(
        of_kubelets,
        ["pkiplan_ending_info{id=\"node.node01/kubelet-client\",kind=\"certificate\",state=\"rotated\"} 1"]
    );
    let run = at(&lab, "build", later, &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(run.out.contains("next expiry  2027-12-15T00:00:00Z"), "{}", run.out);
}

/// Seconds before its certificates begin a cluster is as dead as when they have ended.
#[test]
fn a_certificate_of_a_clock_that_was_ahead() {
    let lab = Lab::written(
        "format = 1\n\n[authority.root]\n\n[certificate.web]\nauthority = \"root\"\nusage = \"server\"\ndns = [\"web.example.com\"]\n",
    );
    assert_eq!(at(&lab, "build", "2026-01-01T01:00:00Z", &[]).code, 0);
    let run = at(&lab, "status", AT, &[]);
    assert_eq!(run.code, 3, "{run:#?}");
    assert!(run.out.contains("certificate.web (not valid before 2026-01-01T00:55:00Z)"), "{}", run.out);
    assert!(run.out.contains("2 certificates at 2026-01-01T00:00:00Z: 2 not valid yet"), "{}", run.out);
    let json = machine(&at(&lab, "status", AT, &["--format", "json"]));
    assert_eq!(
        (&json["counts"]["not_yet_valid"], &json["certificates"][0]["state"]),
        (&2.into(), &"not yet valid".into())
    );
    let verified = |instant: &str| {
        let instant: pkiplan::values::Instant = instant.parse().unwrap();
        let web = lab.path("cluster.trees/users/web");
        let run = Command::new("openssl")
            .args(["verify", "-attime", &instant.unix().to_string(), "-CAfile"])
            .args([web.join("ca.crt"), web.join("tls.crt")])
            .output()
            .unwrap();
        run.status.success()
    };
    assert!(!verified(AT) && verified("2026-01-01T01:00:00Z"));
    for command in ["build", "lock"] {
        let run = at(&lab, command, AT, &[]);
        assert!(run.code == 1 && run.err.contains("lock::future"), "{run:#?}");
    }
    let run = lab.run_with(&["check", "cluster.toml"], &[("SOURCE_DATE_EPOCH", "1767225600")]);
    assert!(run.code == 1 && run.err.contains("lock::future"), "{run:#?}");
}

/// An imported authority is in the list, by its own kind, with dates that nobody here decides.
#[test]
fn an_imported_authority_that_begins_later() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/decide/not-yet-valid");
    let lab = Lab::empty();
    std::fs::create_dir(lab.path("cluster.certs")).unwrap();
    for (from, to) in [
        ("plan.toml", "cluster.toml"),
        ("plan.lock", "cluster.lock"),
        ("plan.certs/authority.root-1.crt", "cluster.certs/authority.root-1.crt"),
    ] {
        lab.write(to, &std::fs::read_to_string(folder.join(from)).unwrap());
    }
    let early = "2025-12-31T23:59:59Z";
    let run = at(&lab, "status", early, &[]);
    assert!(
        run.code == 3 && run.out.contains("authority.root/1 (not valid before 2026-01-01T00:00:00Z)"),
        "{run:#?}"
    );
    let run = at(&lab, "lock", early, &[]);
    assert!(run.code == 0 && run.err.contains("decide::not-yet-valid"), "{run:#?}");
    assert_eq!(at(&lab, "status", AT, &[]).code, 0);
    let json = machine(&at(&lab, "status", AT, &["--format", "json"]));
    assert_eq!(json["certificates"][0]["kind"], "imported-authority");
}

/// Each of the list has a row that says how it stands; an alarm on dates speaks of what counts here alone.
#[test]
fn every_ending_has_its_row() {
    let lab = Lab::written(JOINING);
    lab.append(W2);
    lab.append("\n[component.kubelet]\n[node.w2.component.kubelet]\nsetting.identity = \"handover\"\n");
    lab.build();
    lab.append("\n[user.alice]\n");
    lab.edit("[node.w1]", "[node.w9]");
    let json = machine(&at(&lab, "status", SIX_DAYS_LATER, &["--format", "json"]));
    let all = ["certificates", "tokens"].map(|list| json[list].as_array().unwrap().clone()).concat();
    let metrics = at(&lab, "status", SIX_DAYS_LATER, &["--openmetrics"]).out;
    let rows = super::metrics::parse(&metrics);
    let family = |name: &str| rows.get(name).cloned().unwrap_or_default();
    let of = |label: &'static str| move |labels: &BTreeMap<String, String>| labels[label].clone();
    let infos = family("pkiplan_ending_info");
    let told: BTreeSet<(String, String)> =
        infos.iter().map(|(labels, _)| (of("id")(labels), of("state")(labels))).collect();
    let text = |one: &Json, key: &str| one[key].as_str().unwrap().to_owned();
    let wanted: BTreeSet<(String, String)> =
        all.iter().map(|one| (text(one, "id"), text(one, "state"))).collect();
    assert_eq!(told, wanted);
    let states: BTreeSet<&str> = wanted.iter().map(|(_, state)| state.as_str()).collect();
    assert_eq!(states, BTreeSet::from(["expired", "not issued", "removed", "rotated", "valid"]));
    for (name, list, key) in [
        ("pkiplan_certificate_not_after_timestamp_seconds", "certificates", "not_after"),
        ("pkiplan_certificate_not_before_timestamp_seconds", "certificates", "not_before"),
        ("pkiplan_token_not_after_timestamp_seconds", "tokens", "not_after"),
    ] {
        let counts =
            |one: &&Json| one["state"] != "rotated" && one["state"] != "removed" && one[key].is_string();
        let unix =
            |one: &Json| one[key].as_str().unwrap().parse::<pkiplan::values::Instant>().unwrap().unix();
        let dated = json[list].as_array().unwrap().iter().filter(counts);
        let wanted: BTreeSet<(String, i64)> = dated.map(|one| (text(one, "id"), unix(one))).collect();
        let told: BTreeSet<(String, i64)> =
            family(name).iter().map(|(labels, value)| (of("id")(labels), *value)).collect();
        assert!(!wanted.is_empty());
        assert_eq!(told, wanted, "{name}");
    }
}
