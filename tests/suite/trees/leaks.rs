//! Whatever is private stays in the files that are made for it.
//!
//! Every run of the program in a `Lab`, in every test, is searched for all that is private in its folder. Here
//! all commands run over all plans, what they leave is searched, too, and the search is shown to find.

use std::collections::BTreeMap;

use crate::support::secrecy::{Secrets, is_private, latin};
use crate::support::{AT, Lab, SECRET, plans};

/// Every command, as people and as machines see it.
const COMMANDS: &[&[&str]] = &[
    &["build", "cluster.toml", "--at", AT],
    &["build", "cluster.toml", "--locked"],
    &["build", "cluster.toml", "--at", "2099-01-01T00:00:00Z"],
    &["lock", "cluster.toml", "--at", AT],
    &["lock", "cluster.toml", "--check"],
    &["status", "cluster.toml", "--at", AT],
    &["renew", "cluster.toml", "--at", AT],
    &["check", "cluster.toml"],
    &["check", "no-plan.toml"],
    &["show", "cluster.toml"],
    &["graph", "cluster.toml"],
    &["graph", "cluster.toml", "--language", "mermaid"],
    &["secret", "check", "cluster.secret"],
    &["import", "cluster.trees", "--plan", "cluster.toml"],
    &["inspect", "cluster.toml"],
    &["inspect", "cluster.lock"],
    &["inspect", "cluster.secret"],
    &["inspect", "--textconv", "cluster.secret"],
];

fn run_everything(lab: &Lab) {
    for command in COMMANDS {
        for more in [&[][..], &["--format", "json"]] {
            lab.run(&[command, more].concat());
        }
    }
    for unit in lab.units() {
        let (kind, name) = unit.split_once('/').unwrap_or(("", &unit));
        if kind == "hosts" {
            lab.run(&["show", "cluster.toml", "node", name]);
        }
    }
    // One file of each name.
    let files = lab.state("cluster.trees").into_keys().filter_map(|path| {
        let name = path.rsplit_once('/').filter(|(_, name)| name.contains('.') || *name == "kubeconfig")?.1;
        Some((name.to_owned(), format!("cluster.trees/{path}")))
    });
    for path in files.collect::<BTreeMap<_, _>>().into_values() {
        for more in [&[][..], &["--format", "json"]] {
            lab.run(&[&["inspect", &path], more].concat());
        }
        // What is not known comes out as it went in.
        if [".crt", ".key", ".pem", "kubeconfig"].iter().any(|end| path.ends_with(end)) {
            lab.run(&["inspect", "--textconv", &path]);
        }
    }
}

#[test]
fn nothing_private_is_anywhere_else() {
    for plan in plans() {
        let lab = Lab::of(&plan);
        run_everything(&lab);
        let secrets = Secrets::below(&lab.path("."));
        // Every certificate that is no authority's has its key in some tree.
        let issued = lab.read("cluster.lock").matches("[certificate.\"").count();
        let authorities = lab.read("cluster.lock").matches("[certificate.\"authority.").count();
        assert!(issued > authorities && secrets.keys() >= issued - authorities, "{plan}: {}", secrets.keys());
        let mut searched = 0;
        for (path, (_, bytes)) in lab.state(".") {
            let Some(text) = bytes.map(|bytes| latin(&bytes)) else { continue };
            if !is_private(&path, &text) {
                searched += 1;
                assert_eq!(secrets.found_in(&text), None, "{plan}: something private stands in {path}");
            }
        }
        // A plan without a cluster has few files.
        let least = if lab.read("cluster.toml").contains("[cluster]") { issued.max(20) } else { issued };
        assert!(searched > least, "{plan}: {searched} files");
    }
}

/// What becomes of a text.
type Damage = fn(&str) -> String;

/// What fails tells no more: a secret that is torn, keys that do not fit, a lock of another secret.
#[test]
fn errors_tell_nothing_private() {
    let lab = Lab::built("single");
    let damages: [(&str, Damage); 4] = [
        ("cluster.secret", |text| text.replace("c0ffee", "xoffee")),
        ("cluster.secret", |text| text[..text.len() - 3].to_owned()),
        ("cluster.secret", |text| text.replace("c0ffee", "c0ffef")),
        ("cluster.lock", |text| text.replace("key = \"derived", "key = \"derivd")),
    ];
    for (path, damage) in damages {
        let text = lab.read(path);
        lab.write(path, &damage(&text));
        let run = lab.run(&["build", "cluster.toml", "--at", AT]);
        assert_eq!(run.code, 1, "{run:#?}");
        assert!(!run.err.contains(&SECRET[8..]), "{run:#?}");
        lab.write(path, &text);
    }
    let key = "cluster.trees/hosts/all-in-one/etc/kubernetes/pki/sa.key";
    let host = lab.units().into_iter().find(|unit| unit.starts_with("hosts/")).unwrap();
    let key = key.replace("hosts/all-in-one", &host);
    let text = lab.read(&key);
    lab.write("torn.pem", &text.replace("-----END", "----END"));
    lab.write("wrong.pem", &text.replace("BEGIN PRIVATE", "BEGIN RSA PRIVATE"));
    for file in ["torn.pem", "wrong.pem"] {
        lab.run(&["inspect", file]);
        lab.run(&["import", file, "--plan", "cluster.toml"]);
    }
}

/// The search finds what is planted, however it looks.
#[test]
fn what_is_planted_is_found() {
    let lab = Lab::built("ha");
    let secrets = Secrets::below(&lab.path("."));
    assert!(secrets.looks().count() > secrets.keys() * 8);
    for look in secrets.looks() {
        assert!(secrets.found_in(&format!("error: {look} is no key")).is_some());
    }
    assert_eq!(secrets.found_in(&lab.read("cluster.lock")), None);
    let key = lab.read("cluster.trees/hosts/master01/etc/kubernetes/pki/sa.key");
    assert!(secrets.found_in(&format!("warning: {key}")).is_some());
    assert!(secrets.found_in(&format!("{{\"secret\": \"{SECRET}\"}}")).is_some());
}

/// And every run is searched: one that prints a secret fails its test.
#[test]
#[should_panic(expected = "says something private")]
fn a_run_that_prints_a_secret_is_told() {
    let lab = Lab::of("single");
    // The program repeats a name that it does not know.
    lab.run(&["check", "--explain", SECRET]);
}
