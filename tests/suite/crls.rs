//! Certificate revocation lists: what stands in them, where they lie, when they end, and what a change of them says.

use pkiplan::issue::pem;
use pkiplan::values::hex;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::{AT, Lab};

const PLAN: &str = r#"
format = 1

[node.n1]
addresses = ["10.0.0.7"]

[authority.web]
generations = { use = 1, trust = [1, 2] }

[authority.web.crl]
number = 2
issued = "2026-01-01T00:00:00Z"
expires = "2026-07-01T00:00:00Z"

[authority.web.crl.revoked]
"00:4A:0B:12" = { at = "2025-12-31T10:00:00+01:00", reason = "key-compromise" }
07 = { at = "2025-12-30T00:00:00Z" }

[certificate.client]
authority = "web"
usage = "client"
common-name = "client"

[file.revoked]
crl-of = "web"
path = "/etc/haproxy/revoked.pem"
nodes = "all"

[file.revoked-der]
crl-of = "web"
format = "der"
path = "/etc/etcd/revoked.crl"
nodes = "all"
owner = "etcd"
"#;

const PEM: &str = "cluster.trees/hosts/n1/etc/haproxy/revoked.pem";
/// SHA-256 of that file.
const DIGEST: &str = "0abc18237398c9e315e64eefecf11481cad83c05db4ff7963e0276aca5f8a728";
const DER: &str = "cluster.trees/hosts/n1/etc/etcd/revoked.crl";

fn built() -> Lab {
    let lab = Lab::written(PLAN);
    lab.build();
    lab
}

#[test]
fn each_generation_signs_what_the_plan_says() {
    let lab = built();
    let pem = lab.read(PEM);
    let run = lab.run(&["inspect", PEM, "--format", "json"]);
    let found: Value = serde_json::from_str(&run.out).unwrap();
    let (first, second) = (&found[0], &found[1]);
    assert_eq!(found.as_array().map(Vec::len), Some(2), "{run:#?}");
    for list in [first, second] {
        assert_eq!(list["kind"], "crl");
        assert_eq!(list["issuer"], "CN=web");
        assert_eq!(list["number"], "2");
        assert_eq!(list["issued"], "2026-01-01T00:00:00Z");
        assert_eq!(list["expires"], "2026-07-01T00:00:00Z");
        let revoked = serde_json::json!([
            { "serial": "07", "at": "2025-12-30T00:00:00Z", "reason": null },
            { "serial": "4a0b12", "at": "2025-12-31T09:00:00Z", "reason": "key-compromise" },
        ]);
        assert_eq!(list["revoked"], revoked);
    }
    // Each by its own key, the one in use first.
    assert_ne!(first["authority_key_identifier"], second["authority_key_identifier"]);
    let identifier = |generation: u32| {
        let run = lab.run(&[
            "inspect",
            &format!("cluster.certs/authority.web-{generation}.crt"),
            "--format",
            "json",
        ]);
        serde_json::from_str::<Value>(&run.out).unwrap()[0]["subject_key_identifier"].clone()
    };
    assert_eq!(first["authority_key_identifier"], identifier(1));
    assert_eq!(second["authority_key_identifier"], identifier(2));
    assert!(
        lab.run(&["inspect", PEM])
            .out
            .contains("revoked      4a0b12 at 2025-12-31T09:00:00Z, key-compromise")
    );
    // In DER there is the first of them alone.
    let blocks = pem::blocks(&pem);
    assert_eq!(std::fs::read(lab.path(DER)).unwrap(), *blocks[0].der);
    // The secret and the lock are those of all tests: the bytes never change.
    assert_eq!(hex(&Sha256::digest(pem.as_bytes())), DIGEST);
    assert!(lab.run(&["inspect", DER]).out.starts_with("certificate revocation list\n"));
    let entries = lab.manifest("hosts/n1")["entries"].clone();
    let entry = |path: &str| entries.as_array().unwrap().iter().find(|one| one["path"] == path).cloned();
    assert_eq!(entry("etc/haproxy/revoked.pem").unwrap()["mode"], "0644");
    assert_eq!(entry("etc/etcd/revoked.crl").unwrap()["owner"], "etcd");
}

#[test]
fn the_order_of_the_plan_and_the_day_do_not_count() {
    let lab = built();
    let (pem, lock) = (lab.read(PEM), lab.read("cluster.lock"));
    lab.edit("07 = { at = \"2025-12-30T00:00:00Z\" }\n", "");
    lab.edit(
        "[authority.web.crl.revoked]\n",
        "[authority.web.crl.revoked]\n07 = { at = \"2025-12-30T00:00:00Z\" }\n",
    );
    let run = lab.run(&["build", "cluster.toml", "--at", "2026-03-01T00:00:00Z"]);
    assert_eq!(run.code, 0, "{run:#?}");
    assert_eq!((lab.read(PEM), lab.read("cluster.lock")), (pem, lock));
}

#[test]
fn what_is_in_use_stands_first() {
    let lab = built();
    let first = |lab: &Lab| pem::blocks(&lab.read(PEM))[0].der.clone();
    let before = first(&lab);
    lab.edit("use = 1", "use = 2");
    lab.build();
    assert_ne!(first(&lab), before);
    assert_eq!(pem::blocks(&lab.read(PEM))[1].der, before);
}

#[test]
fn an_empty_list_is_a_list() {
    let lab = Lab::written(PLAN);
    lab.edit("\"00:4A:0B:12\" = { at = \"2025-12-31T10:00:00+01:00\", reason = \"key-compromise\" }\n", "");
    lab.edit("07 = { at = \"2025-12-30T00:00:00Z\" }\n", "");
    lab.build();
    assert!(lab.run(&["inspect", DER]).out.contains("revoked      nothing"));
}

#[test]
fn what_is_wrong_is_named_where_it_stands() {
    let key = "reason = \"key-compromise\"";
    for (from, to, code, line) in [
        ("number = 2", "number = -1", "resolve::bad-value", 11),
        ("number = 2", "nummer = 2", "read::unknown-key", 11),
        ("number = 2\n", "", "read::missing-key", 10),
        ("issued = \"2026-01-01T00:00:00Z\"", "issued = \"2026-01-01\"", "resolve::bad-value", 12),
        (
            "expires = \"2026-07-01T00:00:00Z\"",
            "expires = \"2026-01-01T00:00:00Z\"",
            "resolve::bad-value",
            13,
        ),
        ("07 =", "0 =", "resolve::bad-value", 17),
        ("07 =", "7x =", "resolve::bad-value", 17),
        ("07 =", "\"4A0B12\" =", "resolve::duplicate-name", 17),
        ("07 = { at = \"2025-12-30T00:00:00Z\" }", "07 = {}", "read::missing-key", 17),
        ("2025-12-31T10:00:00+01:00", "2026-01-01T10:00:00Z", "resolve::bad-value", 16),
        (key, "reason = \"remove-from-crl\"", "resolve::bad-value", 16),
        (key, "because = \"key-compromise\"", "read::unknown-key", 16),
        (
            "crl-of = \"web\"\npath = \"/etc/h",
            "crl-of = \"wbe\"\npath = \"/etc/h",
            "resolve::unknown-authority",
            25,
        ),
        ("crl-of = \"web\"\npath = \"/etc/h", "crl-of = []\npath = \"/etc/h", "resolve::bad-value", 24),
        ("crl-of = \"web\"\npath = \"/etc/h", "path = \"/etc/h", "read::missing-key", 24),
        ("crl-of = \"web\"\npath = \"/etc/h", "crl_of = \"web\"\npath = \"/etc/h", "read::unknown-key", 25),
        (
            "crl-of = \"web\"\npath = \"/etc/h",
            "crl-of = \"web\"\nsource = \"cluster.toml\"\npath = \"/etc/h",
            "resolve::bad-value",
            26,
        ),
        ("format = \"der\"", "format = \"yaml\"", "resolve::bad-value", 31),
        ("crl-of = \"web\"\nformat", "crl-of = [\"web\", \"other\"]\nformat", "resolve::bad-value", 30),
    ] {
        let lab = Lab::written(PLAN);
        lab.edit(from, to);
        if to.contains("other") {
            lab.append("\n[authority.other]\ncrl = { number = 1, issued = \"2026-01-01T00:00:00Z\", expires = \"2027-01-01T00:00:00Z\" }\n");
        }
        let run = lab.run(&["check", "cluster.toml"]);
        assert_eq!(run.code, 1, "{to}: {run:#?}");
        assert_eq!(run.err.matches("::").count(), 1, "{to}: {}", run.err);
        assert!(
            run.err.contains(code) && run.err.contains(&format!("cluster.toml:{line}:")),
            "{to}: {}",
            run.err
        );
    }
    // Without a table there is nothing to sign.
    let lab = Lab::written(&PLAN.replace("web.crl", "other.crl"));
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(run.err.contains("the contents of the CRL of `web` are missing"), "{run:#?}");
    assert!(run.err.contains("[authority.web.crl]"), "{run:#?}");
}

#[test]
fn a_list_that_ends_is_told_of() {
    let lab = built();
    let status = |at: &str, more: &[&str]| lab.run(&[&["status", "cluster.toml", "--at", at], more].concat());
    let valid = status(AT, &[]);
    let line = "CRL of authority.web  every client that n1 checks against it";
    assert!(valid.out.contains(line) && valid.out.contains("and 1 CRL at"), "{valid:#?}");
    let due = status("2026-06-15T00:00:00Z", &[]);
    assert_eq!(due.code, 2, "{due:#?}");
    assert!(due.out.contains("renew a CRL in the plan"), "{due:#?}");
    assert!(!due.out.contains("pkiplan renew"), "{due:#?}");
    let metrics = status(AT, &["--openmetrics"]).out;
    assert!(
        metrics.contains("pkiplan_crl_not_after_timestamp_seconds{id=\"authority.web\"} 1782864000\n"),
        "{metrics}"
    );
    let json: Value = serde_json::from_str(&status(AT, &["--format", "json"]).out).unwrap();
    assert_eq!(json["crls"][0]["not_after"], "2026-07-01T00:00:00Z");
    assert_eq!(json["crls"][0]["stops"]["checks"]["names"][0], "n1");
    let late = lab.run(&["build", "cluster.toml", "--at", "2026-07-02T00:00:00Z"]);
    assert_eq!(late.code, 3, "{late:#?}");
    assert!(
        late.err.contains("decide::already-expired") && late.err.contains("cluster.toml:10:"),
        "{late:#?}"
    );
    let early = lab.run(&["status", "cluster.toml", "--at", "2025-12-31T00:00:00Z"]);
    assert_eq!(early.code, 3, "{early:#?}");
}

/// It would be handed out again with each build, and refused everywhere.
#[test]
fn a_revoked_certificate_that_is_still_in_the_trees_is_told_of() {
    let lab = built();
    let shown = lab.run(&["inspect", "cluster.trees/users/client/tls.crt", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    let serial = shown[0]["serial"].as_str().unwrap().to_owned();
    lab.edit("07 =", &format!("{serial} ="));
    for command in [&["check", "cluster.toml"][..], &["build", "cluster.toml", "--at", AT]] {
        let run = lab.run(command);
        assert_eq!(run.code, 0, "{run:#?}");
        assert!(run.err.contains("decide::revoked-certificate"), "{run:#?}");
        assert!(
            run.err.contains("`certificate.client` is revoked by the CRL of `authority.web`"),
            "{run:#?}"
        );
    }
    let renewed =
        lab.run(&["renew", "cluster.toml", "certificate.client", "--rekey", "--at", "2026-01-02T00:00:00Z"]);
    assert_eq!(renewed.code, 0, "{renewed:#?}");
    let run = lab.run(&["check", "cluster.toml"]);
    assert!(!run.err.contains("revoked-certificate"), "{run:#?}");
}

#[test]
fn diff_says_in_words_what_changes() {
    let lab = built();
    let change = |from: &str, to: &str| {
        lab.write("old.toml", PLAN);
        lab.write("old.lock", &lab.read("cluster.lock"));
        lab.write("cluster.toml", PLAN);
        lab.edit(from, to);
        lab.run(&["diff", "cluster.toml", "old.toml", "--at", AT])
    };
    let run =
        change("07 = { at", "4b = { at = \"2026-01-01T00:00:00Z\", reason = \"superseded\" }\n07 = { at");
    assert!(run.out.contains("etc/haproxy/revoked.pem"), "{run:#?}");
    assert!(run.out.contains("+ revoked 4b at 2026-01-01T00:00:00Z, superseded"), "{run:#?}");
    assert!(run.out.contains("authority.web -> 2 files in 1 tree"), "{run:#?}");
    let run = change("07 = { at = \"2025-12-30T00:00:00Z\" }\n", "");
    assert!(run.out.contains("- revoked 07 at 2025-12-30T00:00:00Z: valid again"), "{run:#?}");
    let run = change("number = 2", "number = 3");
    assert!(run.out.contains("number 2 -> 3"), "{run:#?}");
    assert!(!run.out.contains("revocation") && !run.out.contains("its number goes"), "{run:#?}");
    // Whoever keeps lists would keep the old one.
    let run = change("2026-07-01", "2026-08-01");
    assert!(run.out.contains("its number goes from 2 to 2"), "{run:#?}");
    let run = change("07 = { at = \"2025-12-30T00:00:00Z\" }\n", "");
    assert!(run.out.contains("the CRL of `authority.web` no longer revokes 07"), "{run:#?}");
    let run = change("trust = [1, 2]", "trust = [1, 2, 3]");
    assert!(run.out.contains("+ CRL of authority.web/3"), "{run:#?}");
    // Against the trees, too: their bytes are another list's.
    let run = lab.run(&["diff", "cluster.toml", "cluster.trees", "--at", AT]);
    assert!(run.out.contains("it contains other CRLs"), "{run:#?}");
    lab.write("cluster.toml", &PLAN.replace("number = 2", "number = 3"));
    let run = lab.run(&["diff", "cluster.toml", "cluster.trees", "--at", AT]);
    assert!(run.out.contains("number 2 -> 3"), "{run:#?}");
    lab.write("cluster.toml", PLAN);
    let run = lab.run(&["diff", "cluster.toml", "cluster.trees", "--at", AT, "--with-secret"]);
    assert!(!run.out.contains("revoked"), "{run:#?}");
}

#[test]
fn show_says_who_signs_it_and_verify_takes_it() {
    let lab = built();
    let run = lab.run(&["show", "cluster.toml", "certificate", "authority.web/1"]);
    assert!(run.out.contains("CRL, which it signs"), "{run:#?}");
    let run = lab.run(&["verify", "cluster.toml", "--at", AT]);
    assert_eq!(run.code, 0, "{run:#?}");
}
