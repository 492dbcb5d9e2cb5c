//! A lock that was edited by hand: whatever of it is changed, one at a time, is said by `check`, by `lock --check` or
//! by `diff`.

use std::fmt::Write as _;

use crate::support::{AT, Lab};

const PLAN: &str = r#"format = 1

[cluster]
name = "a"
version = "1.36"
layout = "kubeadm"

[secret.offline]

[authority.root]
secret = "offline"

[authority.below]
issuer = "root"

[certificate.metrics]
authority = "below"
usage = "client"

[keyring.login]
kind = "key-pair"

[certificate.logs]
authority = "below"
usage = "server"
dns = ["logs"]
"#;

/// The commands, and what each says of a lock.
const COMMANDS: [&[&str]; 3] = [
    &["check", "cluster.toml"],
    &["lock", "cluster.toml", "--check", "--at", AT],
    &["diff", "cluster.toml", "base/cluster.toml", "--at", AT],
];

/// A built plan beside itself as it was before somebody edited its lock.
struct Edited {
    lab: Lab,
    lock: String,
    untouched: Vec<(i32, String)>,
}

impl Edited {
    fn new() -> Self {
        let lab = Lab::written(PLAN);
        lab.run(&["secret", "new", "--name", "offline", "cluster.toml"]);
        lab.build();
        let without_logs = lab
            .read("cluster.toml")
            .replace("[certificate.logs]\nauthority = \"below\"\nusage = \"server\"\ndns = [\"logs\"]\n", "");
        lab.write("cluster.toml", &without_logs);
        lab.build();
        std::fs::create_dir(lab.path("base")).unwrap();
        for file in ["cluster.toml", "cluster.lock"] {
            lab.write(&format!("base/{file}"), &lab.read(file));
        }
        let lock = lab.read("cluster.lock");
        let mut edited = Self { lab, lock, untouched: Vec::new() };
        edited.untouched = edited.said();
        assert!(edited.untouched.iter().all(|(code, _)| *code == 0), "{:?}", edited.untouched);
        edited
    }

    fn said(&self) -> Vec<(i32, String)> {
        let say = |command: &&[&str]| {
            let run = self.lab.run(command);
            (run.code, run.out + &run.err)
        };
        COMMANDS.iter().map(say).collect()
    }

    /// Which of the commands say something else now: `CLD`; in capitals those that fail.
    fn found(&self, lock: &str) -> String {
        assert_ne!(lock, self.lock);
        self.lab.write("cluster.lock", lock);
        let said = self.said();
        let letters = said.iter().zip(&self.untouched).zip(["c", "l", "d"]);
        let found = letters.map(|((said, untouched), letter)| match said {
            said if said == untouched => "-".to_owned(),
            (0, _) => letter.to_owned(),
            _ => letter.to_uppercase(),
        });
        found.collect()
    }
}

/// Another value of the same kind.
fn other(value: &str) -> Vec<String> {
    let inner = value.trim_matches('"');
    let quoted = |text: String| format!("\"{text}\"");
    if inner.len() == 20 && inner.ends_with('Z') {
        return ["2024", "2044"].iter().map(|year| quoted(format!("{year}{}", &inner[4..]))).collect();
    }
    match inner {
        "1" => vec!["2".to_owned()],
        "[1]" => vec!["[1, 2]".to_owned()],
        "authority" => vec![quoted("key-pair".to_owned())],
        "key-pair" => vec![quoted("password".to_owned())],
        "ecdsa-p256" => vec![quoted("ed25519".to_owned())],
        _ if inner.starts_with("derived ") => {
            vec![quoted(inner.replace(" 1", " 2")), quoted("external".to_owned())]
        }
        // Digits, alone or in an inline table.
        _ => vec![match value.rfind('"') {
            Some(end) => {
                let last = if value[..end].ends_with('0') { "1" } else { "0" };
                format!("{}{last}{}", &value[..end - 1], &value[end..])
            }
            None => format!("{value}1"),
        }],
    }
}

/// Every edit of one value, of one line and of one table, each with a name.
fn edits(lock: &str) -> Vec<(String, String)> {
    let mut edits = Vec::new();
    let (mut table, mut at) = (String::new(), 0);
    for line in lock.split_inclusive('\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        let with = |text: &str| format!("{}{text}{}", &lock[..start], &lock[end..]);
        if line.starts_with('[') {
            table = line.trim().to_owned();
            let length = lock[start..].find("\n\n").map_or(lock.len() - start, |length| length + 1);
            let without = format!("{}{}", &lock[..start], lock[start + length..].trim_start());
            edits.push((format!("{table} removed"), without));
        } else if let Some((key, value)) =
            line.trim_end().split_once(" = ").filter(|(key, _)| *key != "format")
        {
            if value == "[" {
                continue;
            }
            for other in other(value) {
                edits.push((format!("{table} {key} = {other}"), with(&format!("{key} = {other}\n"))));
            }
            edits.push((format!("{table} {key} removed"), with("")));
        } else if line.starts_with("  \"") {
            let word = line.trim();
            edits.push((format!("{table} {word} removed"), with("")));
            edits.push((format!("{table} {word} changed"), with(&line.replacen("\",", "x\",", 1))));
        }
    }
    edits
}

/// What is said by none of the three, and why that is no harm.
const HARMLESS: [&str; 0] = [];

#[test]
fn every_edit_of_a_lock_is_said() {
    let edited = Edited::new();
    let (mut unsaid, mut table) = (Vec::new(), String::new());
    for (name, lock) in edits(&edited.lock) {
        let found = edited.found(&lock);
        if found == "---" && !HARMLESS.contains(&name.as_str()) {
            unsaid.push(name.clone());
        }
        let _ = writeln!(table, "{found} {name}");
    }
    assert!(unsaid.is_empty(), "nothing says {unsaid:#?}\n{table}");
    for (name, found) in table.lines().filter_map(|line| Some((&line[4..], line.get(..3)?))) {
        // What a certificate is, and from when to when, is an error without anything to compare it with.
        let decided =
            ["serial = ", "not-before = ", "key = ", "changed"].iter().any(|field| name.contains(field));
        if name.starts_with("[certificate") && decided {
            assert!(found.starts_with('C'), "{found} {name}");
        }
    }
}
