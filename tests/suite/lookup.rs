//! What people look up without leaving the program: codes, keys, components, the catalog.

use serde_json::Value;

use crate::support::schema::{complaints, of_schema, path};
use crate::support::snapshot::{compare, difference};
use crate::support::{Lab, Run};

fn said(lab: &Lab, arguments: &[&str]) -> String {
    let run = lab.run(arguments);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{arguments:?}: {run:#?}");
    run.out
}

fn refused(lab: &Lab, arguments: &[&str]) -> String {
    let Run { code, out, err } = lab.run(arguments);
    assert!(code == 1 && out.is_empty(), "{arguments:?}: {err}");
    err
}

/// A plan with a catalog folder of its own.
fn nats() -> Lab {
    let lab = Lab::empty();
    crate::support::page::write(lab.path("").as_path());
    lab
}

#[test]
fn a_code_is_explained_alike_everywhere() {
    let lab = Lab::empty();
    for code in ["read::unknown-key", "verify::name-missing", "lint::open-key"] {
        let explained = said(&lab, &["explain", code]);
        assert!(explained.starts_with(&format!("{code} (")), "{explained}");
        assert_eq!(explained, said(&lab, &["check", "--explain", code]));
    }
    let misspelt = refused(&lab, &["explain", "read::unknown-kye"]);
    assert_eq!(misspelt, refused(&lab, &["check", "--explain", "read::unknown-kye"]));
    assert!(misspelt.contains("did you mean `read::unknown-key`?"), "{misspelt}");
    // What resembles none is answered with where codes stand.
    let none = refused(&lab, &["explain", "read::"]);
    assert_eq!(none, refused(&lab, &["check", "--explain", "read::"]));
    assert!(none.contains("each message begins with its code"), "{none}");
}

#[test]
fn keys_are_explained_by_the_reference() {
    let lab = Lab::empty();
    compare("lookup/key.txt", &said(&lab, &["explain", "cluster.endpoint"]));
    // A name may be there, or be left out.
    let whole = said(&lab, &["explain", "vip.NAME.port"]);
    assert!(whole.contains("1 to 65535") && whole.contains("required"), "{whole}");
    for typed in ["vip.port", "vip.api.port", "[vip.api].port"] {
        let typed = said(&lab, &["explain", typed.trim_start_matches('[').replace(']', "").as_str()]);
        assert_eq!(typed, whole);
    }
    // One key of several files is explained once, and keys of catalog files are known.
    let flags = said(&lab, &["explain", "node.NAME.component.flags.set"]);
    assert_eq!(flags.matches("section `").count(), 1, "{flags}");
    assert!(said(&lab, &["explain", "listen.clients-required"]).contains("component.toml"));
    // Tables by name have their keys, whether their name is there or not.
    let table = said(&lab, &["explain", "certificate"]);
    assert!(table.contains("  keys      secret, authority, usage, "), "{table}");
    for typed in ["certificate.NAME", "certificate.shop", "[certificate.shop]"] {
        assert!(
            said(&lab, &["explain", typed]).contains("  keys      secret, authority, usage, "),
            "{typed}"
        );
    }
    assert!(said(&lab, &["explain", "cluster"]).contains("service-cidrs"));
    assert!(refused(&lab, &["explain", "component.kublet"]).contains("is not a key"));
    // A term is the last thing that a word is.
    assert!(said(&lab, &["explain", "san"]).starts_with("names (term of the glossary)\n\nits subject"));
    // A word that stands alone is the plan's key first.
    let endpoint = said(&lab, &["explain", "endpoint"]);
    let (plan, profile) = (endpoint.find("cluster.endpoint"), endpoint.find("profiles/NAME.toml"));
    assert!(plan.unwrap() < profile.unwrap(), "{endpoint}");
}

#[test]
fn components_settings_and_flags_are_explained_by_the_catalog() {
    let lab = nats();
    compare("lookup/component.txt", &said(&lab, &["explain", "etcd"]));
    compare("lookup/setting.txt", &said(&lab, &["explain", "etcd.joins"]));
    for alike in ["component.etcd.setting.joins", "node.n1.component.etcd.setting.joins"] {
        assert_eq!(said(&lab, &["explain", "etcd.joins"]), said(&lab, &["explain", alike]));
    }
    let words = said(&lab, &["explain", "kubelet.identity"]);
    assert!(words.contains("values    planned, handover, bootstrap"), "{words}");
    let flag = said(&lab, &["explain", "kubelet.anonymous-auth"]);
    assert!(flag.contains("deprecated; instead: a `[file.NAME]` in --config-dir"), "{flag}");
    assert_eq!(flag, said(&lab, &["explain", "component.kubelet.flags.set.anonymous-auth"]));
    // Those of the plan's own folder.
    let known = said(&lab, &["explain", "nats.route-port", "--plan", "streams.toml"]);
    assert!(
        known.contains("default   6222") && known.contains("catalog/components/nats/component.toml:13"),
        "{known}"
    );
    assert!(
        refused(&lab, &["explain", "nats.route-port"]).contains("is not a key, component, setting or term")
    );
}

#[test]
fn what_is_misspelt_is_named() {
    let lab = Lab::empty();
    for (typed, meant) in [
        ("cluster.endpiont", "cluster.endpoint"),
        ("node.master01.rolse", "node.NAME.roles"),
        ("etdc", "etcd"),
        ("etcd.client-prot", "etcd.client-port"),
        ("component.etcd.setting.jions", "etcd.joins"),
        ("authority.root.validity.isued", "authority.NAME.validity.issued"),
        ("clustre", "cluster"),
    ] {
        let said = refused(&lab, &["explain", typed]);
        assert!(said.contains(&format!("did you mean `{meant}`?")), "{said}");
    }
    let several = refused(&lab, &["explain", "when"]);
    assert!(several.contains("several tables have this key: `certificate.NAME.when`"), "{several}");
    let hostile = refused(&lab, &["explain", "\u{1b}[31mred"]);
    assert!(!hostile.contains('\u{1b}'), "{hostile}");
    refused(&lab, &["explain", ""]);
}

/// A title is one line, whatever stands in it.
#[test]
fn titles_forge_no_rows() {
    let lab = nats();
    let file = "catalog/components/nats/component.toml";
    let text = lab.read(file);
    assert_eq!(text.matches("\"NATS server\"").count(), 1);
    lab.write(file, &text.replace("\"NATS server\"", "\"NATS\\n\\n  type      forged\""));
    let known = said(&lab, &["explain", "nats", "--plan", "streams.toml"]);
    assert!(known.contains("forged") && !known.contains("\n  type      forged"), "{known}");
}

#[test]
fn explanations_are_data_too() {
    let lab = Lab::empty();
    let json = |word: &str| -> Value {
        serde_json::from_str(&said(&lab, &["explain", word, "--format", "json"])).unwrap()
    };
    let key = &json("cluster.domain")["explained"][0];
    assert_eq!(
        (&key["kind"], &key["type"], &key["default"]),
        (&"key".into(), &"DNS name".into(), &"`cluster.local`".into())
    );
    let setting = &json("kubelet.identity")["explained"][0];
    assert_eq!(setting["values"], serde_json::json!(["planned", "handover", "bootstrap"]));
    assert_eq!(json("read::syntax")["explained"][0]["severity"], "error");
    assert!(json("kubelet")["explained"][0]["settings"].as_array().unwrap().len() > 5);
}

#[test]
fn the_catalog_is_shown() {
    let lab = nats();
    compare("lookup/catalog.txt", &said(&lab, &["catalog"]));
    assert_eq!(said(&lab, &["catalog"]), said(&lab, &["catalog", "list"]));
    compare("lookup/catalog-etcd.txt", &said(&lab, &["catalog", "show", "etcd"]));
    compare("lookup/catalog-profile.txt", &said(&lab, &["catalog", "show", "high-availability"]));
    // A component comes before a flag table of its name.
    assert!(said(&lab, &["catalog", "show", "flags/etcd"]).starts_with("flag table etcd (versions "));
    let layout = said(&lab, &["catalog", "show", "ssl"]);
    assert!(layout.contains("component.kube-apiserver.certificate.serving.certificate"), "{layout}");
    let own = said(&lab, &["catalog", "show", "nats", "--plan", "streams.toml"]);
    assert!(own.contains("catalog/components/nats/component.toml:12"), "{own}");
    let all = said(&lab, &["catalog", "--plan", "streams.toml", "list"]);
    assert!(all.contains("NATS server") && all.contains("Kubernetes API server"), "{all}");
    let unknown = refused(&lab, &["catalog", "show", "ectd"]);
    assert!(unknown.contains("did you mean `etcd`?"), "{unknown}");
    refused(&lab, &["catalog", "show"]);
}

/// What a message names can be looked up with the program alone.
#[test]
fn lines_that_messages_name_are_shown() {
    let lab = nats();
    let whole = said(&lab, &["catalog", "show", "--source", "components/etcd/component.toml"]);
    let text = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/templates/components/etcd/component.toml"
    ));
    for ((number, line), shown) in (1..).zip(text.unwrap().lines()).zip(whole.lines().skip(1)) {
        let (before, after) = shown.split_once('|').unwrap();
        assert_eq!(
            (before.trim(), after.trim_start_matches(' ')),
            (number.to_string().as_str(), line.trim_start())
        );
    }
    assert_eq!(whole, said(&lab, &["catalog", "show", "--source", "catalog:components/etcd/component.toml"]));
    let setting = said(&lab, &["explain", "etcd.joins"]);
    let place = setting.lines().find_map(|line| line.trim().strip_prefix("from")).unwrap().trim();
    let around = said(&lab, &["catalog", "show", "--source", place]);
    assert!(around.lines().any(|line| line.starts_with('>') && line.contains("[setting.joins]")), "{around}");
    assert!(around.lines().count() < 25, "{around}");
    // A plan's own file, as messages name it and by its path in the catalog.
    for name in ["catalog/components/nats/component.toml:12", "components/nats/component.toml:12"] {
        let own = said(&lab, &["catalog", "show", "--source", name, "--plan", "streams.toml"]);
        assert!(own.contains(">12 | port ="), "{own}");
    }
    // What resembles no file is not taken for one.
    let misspelt = refused(&lab, &["catalog", "show", "--source", "components/ectd/component.toml"]);
    assert!(misspelt.contains("did you mean `components/etcd/component.toml`?"), "{misspelt}");
    let none = refused(&lab, &["catalog", "show", "--source", "zzzzzzzzzz"]);
    assert!(none.ends_with("the catalog has no file `zzzzzzzzzz`\n"), "{none}");
    // Nothing else of the disk is shown, nor of the plan.
    for other in
        ["streams.toml", "../streams.toml", "/etc/passwd", "components/etcd", "units/service.j2:100000"]
    {
        refused(&lab, &["catalog", "show", "--source", other, "--plan", "streams.toml"]);
    }
}

#[test]
fn answers_of_catalog_are_as_their_schema_says() {
    let lab = nats();
    let run = lab.run(&["catalog", "--schema"]);
    assert_eq!(difference(&path("catalog"), &run.out), None);
    assert_eq!(of_schema("catalog"), None);
    let asked: &[&[&str]] = &[
        &["list"],
        &["list", "--plan", "streams.toml"],
        &["show", "kubelet"],
        &["show", "nats", "--plan", "streams.toml"],
        &["show", "high-availability"],
        &["show", "kubeadm"],
        &["show", "flags/kubelet"],
        &["show", "--source", "units/service.j2:3"],
    ];
    let files: Vec<_> = (0..)
        .zip(asked)
        .map(|(number, asked)| {
            let name = format!("{number}.json");
            lab.write(&name, &said(&lab, &[&["catalog", "--format", "json"], *asked].concat()));
            lab.path(&name)
        })
        .collect();
    assert_eq!(complaints("catalog", &files), None);
    // What is wrong with a catalog is said in the same form.
    lab.write("catalog/components/nats/component.toml", "[component]\nname = \"nats\"\nplase = \"all\"\n");
    let run = lab.run(&["catalog", "--plan", "streams.toml", "--format", "json"]);
    assert!(run.code == 1 && run.out.contains("read::unknown-key"), "{run:#?}");
    lab.write("wrong.json", &run.out);
    assert_eq!(complaints("catalog", &[lab.path("wrong.json")]), None);
}

/// Terms of pkiplan's own that messages and reports use, each with a text that has it.
const OWN_TERMS: [(&str, &str); 20] = [
    ("artefact", "diagnostics/catalog/conflict.txt"),
    ("authority", "snapshots/cli/show-plan.txt"),
    ("base", "snapshots/cli/help-diff.txt"),
    ("bundle", "diagnostics/expand/dial-not-accepted.txt"),
    ("catalog", "snapshots/cli/help-catalog.txt"),
    ("component", "snapshots/cli/help-show.txt"),
    ("endpoint", "snapshots/cli/show-plan.txt"),
    ("epoch", "snapshots/cli/help-secret-new.txt"),
    ("generation", "snapshots/cli/help-build.txt"),
    ("id", "snapshots/cli/help-renew.txt"),
    ("keyring", "snapshots/cli/show-plan.txt"),
    ("layout", "snapshots/cli/help-catalog.txt"),
    ("lock", "snapshots/cli/help-lock.txt"),
    ("mixed state", "snapshots/cli/help-verify.txt"),
    ("piece", "snapshots/cli/help-lock-assemble.txt"),
    ("profile", "snapshots/cli/help-catalog.txt"),
    ("purpose", "diagnostics/resolve/unknown-purpose.txt"),
    ("secret", "snapshots/cli/help-secret.txt"),
    ("shard", "snapshots/cli/help-build.txt"),
    ("VIP", "diagnostics/resolve/unknown-vip.txt"),
];

/// What a text calls by a word of ours, `explain` and the glossary explain.
#[test]
fn terms_of_texts_are_in_the_glossary() {
    let lab = Lab::bare("single");
    let glossary = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/glossary.md")).unwrap();
    let rows: Vec<&str> =
        glossary.lines().filter_map(|line| line.strip_prefix("| **")?.split("**").next()).collect();
    assert!(rows.is_sorted_by_key(|row| row.to_lowercase()), "{rows:?}");
    for (term, text) in OWN_TERMS {
        let text = std::fs::read_to_string(format!("{}/tests/{text}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert!(text.contains(term), "{term}: the text does not have it any more");
        assert!(rows.contains(&term), "{term} is not in the glossary");
    }
    for row in rows {
        let explained = said(&lab, &["explain", row]);
        assert!(explained.contains(&format!("{row} (term of the glossary)")), "{explained}");
    }
}
