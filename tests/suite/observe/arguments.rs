//! Words as programs take them. What is expected here was tried with pflag 1.0.10 and Go's package flag.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use pkiplan::catalog::{FlagKind, FlagTable};
use pkiplan::diagnostics::Diagnostics;
use pkiplan::host::Place;
use pkiplan::observe::arguments::{Arguments, Refusal, Style, arguments, environment};
use pkiplan::observe::{Unknown, Word};
use pkiplan::plan::{self, Plan};
use pkiplan::read::Memory;
use pkiplan::source::Sources;
use pkiplan::values::Version;

static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let text = "format = 1\n[cluster]\nname = \"a\"\nprofile = \"high-availability\"\nservice-cidrs = [\"10.96.0.0/16\"]\nlayout = \"kubeadm\"\n\
        [node.m1]\naddresses = [\"10.0.0.1\"]\nroles = [\"control-plane\", \"etcd\"]\n";
    let world = Memory::default().with("plan.toml", text);
    let loaded = plan::load(&world, Path::new("plan.toml"), Sources::default(), &mut Diagnostics::default());
    loaded.unwrap_or_else(|_| panic!("the plan is sound"))
});

fn table(component: &str) -> &'static FlagTable {
    PLAN.catalog.components[component].flag_table.as_ref().unwrap()
}

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn words(line: &[&str]) -> Vec<Word> {
    let word = |(at, text): (u32, &&str)| Word::new(*text, Place::line(&"/u".into(), at));
    (1..).zip(line).map(word).collect()
}

fn kubernetes(line: &[&str]) -> Arguments {
    arguments(&words(line), table("kube-apiserver"), Some(&version("1.36")), Style::Pflag)
}

fn go(line: &[&str]) -> Arguments {
    arguments(&words(line), table("etcd"), Some(&version("3.6")), Style::Go)
}

fn given(arguments: &Arguments) -> Vec<(&str, &str)> {
    arguments.given.iter().map(|argument| (&*argument.name, argument.value.known().unwrap())).collect()
}

fn refused(arguments: &Arguments) -> Vec<(u32, Refusal)> {
    let line =
        |refused: &pkiplan::observe::arguments::Refused| (refused.place.line.unwrap(), refused.why.clone());
    arguments.refused.iter().map(line).collect()
}

#[test]
fn pflag_takes_values_behind_and_after_flags() {
    let read = kubernetes(&[
        "--secure-port=6443",
        "--etcd-cafile",
        "--x",
        "--anonymous-auth",
        "-v2",
        "-v=3",
        "-v",
        "4",
    ]);
    let expected = [
        ("secure-port", "6443"),
        ("etcd-cafile", "--x"),
        ("anonymous-auth", "true"),
        ("v", "2"),
        ("v", "3"),
        ("v", "4"),
    ];
    assert_eq!((given(&read), refused(&read)), (expected.to_vec(), vec![]));
    assert_eq!(read.value("v").unwrap().known(), Some("4"));
    let under = kubernetes(&["--secure_port=1", "--etcd-cafile="]);
    assert_eq!(given(&under), [("secure-port", "1"), ("etcd-cafile", "")]);
}

#[test]
fn what_adds_up_is_kept_and_the_last_of_others_counts() {
    let line =
        ["--authorization-mode=Node", "--authorization-mode=RBAC", "--secure-port=1", "--secure-port=2"];
    let read = kubernetes(&line);
    let values = |name| read.values(name).into_iter().map(|word| &*word.text).collect::<Vec<_>>();
    assert_eq!(values("authorization-mode"), ["Node", "RBAC"]);
    assert_eq!(values("secure-port"), ["2"]);
    let read = go(&["--initial-cluster=a=https://a:2380", "-initial-cluster", "b=https://b:2380"]);
    assert_eq!(read.values("initial-cluster").len(), 1);
}

#[test]
fn pflag_refuses_with_the_place() {
    for (line, expected) in [
        (&["--nope=1"][..], (1, Refusal::Unknown("nope".into()))),
        (&["x", "--secure-port"], (2, Refusal::Missing("secure-port".into()))),
        (&["--secure-port=x"], (1, Refusal::Value("secure-port".into(), FlagKind::Port))),
        (&["--anonymous-auth", "false"], (2, Refusal::Stray)),
        (&["--anonymous-auth=no"], (1, Refusal::Value("anonymous-auth".into(), FlagKind::Bool))),
        (&["--=1"], (1, Refusal::Syntax)),
        (&["---secure-port=1"], (1, Refusal::Syntax)),
        (&["--", "--secure-port=1"], (2, Refusal::Stray)),
        (&["-q"], (1, Refusal::Unknown("q".into()))),
        (&["-secure-port=1"], (1, Refusal::Unknown("s".into()))),
        // A switch of 1.18 and no later one.
        (&["--insecure-port=0"], (1, Refusal::Unknown("insecure-port".into()))),
    ] {
        assert!(refused(&kubernetes(line)).contains(&expected), "{line:?}: {:?}", refused(&kubernetes(line)));
    }
    assert_eq!(refused(&kubernetes(&["", "--secure-port=1"])), []);
}

#[test]
fn go_stops_at_what_is_no_flag() {
    let read = go(&["-name=a", "--data-dir", "/d", "-client-cert-auth", "x", "--nope"]);
    assert_eq!(given(&read), [("name", "a"), ("data-dir", "/d"), ("client-cert-auth", "true")]);
    assert_eq!(refused(&read), [(5, Refusal::Stray)]);
    for (line, expected) in [
        (&["--nope"][..], (1, Refusal::Unknown("nope".into()))),
        (&["--data-dir"], (1, Refusal::Missing("data-dir".into()))),
        (&["---name"], (1, Refusal::Syntax)),
        (&["-=x"], (1, Refusal::Syntax)),
        (&["--client_cert_auth"], (1, Refusal::Unknown("client_cert_auth".into()))),
    ] {
        assert_eq!(refused(&go(line)), [expected], "{line:?}");
    }
}

#[test]
fn variables_stand_for_flags_that_are_not_given() {
    let place = |line| Place::line(&"/e".into(), line);
    let variable = |(line, name, value): (u32, &str, &str)| (Arc::from(name), Word::new(value, place(line)));
    let variables = [
        (1, "ETCD_NAME", "a"),
        (2, "ETCD_DATA_DIR", ""),
        (3, "ETCD_CLIENT_CERT_AUTH", "true"),
        (4, "ETCD_CERT_FILE", "/c"),
    ];
    let variables: BTreeMap<Arc<str>, Word> = variables.map(variable).into_iter().collect();
    let mut read = go(&["--cert-file=/other"]);
    environment(&mut read, &variables, "ETCD_", (table("etcd"), Some(&version("3.6"))));
    assert_eq!(given(&read), [("cert-file", "/other"), ("client-cert-auth", "true"), ("name", "a")]);
    assert_eq!(refused(&read), [(4, Refusal::Variable("cert-file".into()))]);
}

#[test]
fn what_is_unknown_of_a_word_stays_unknown() {
    let mut line = words(&["--advertise-address=$(IP)", "$(ALL)"]);
    let why: Arc<str> = "it is the pod's".into();
    line[0].unknown = Some(Unknown { from: "--advertise-address=".len(), why: why.clone() });
    line[1].unknown = Some(Unknown { from: 0, why: why.clone() });
    let read = arguments(&line, table("kube-apiserver"), Some(&version("1.36")), Style::Pflag);
    let value = read.value("advertise-address").unwrap();
    assert_eq!((value.known(), value.unknown.clone()), (None, Some(Unknown { from: 0, why })));
    assert_eq!(read.rest.len(), 1);
}
