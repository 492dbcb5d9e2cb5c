//! A lock that was edited by hand: whatever of it is changed, one at a time, is refused by `lock --check` and by
//! `build --locked`, and most of it by `check`; what no lock can say of itself is in a table, with what refuses it.

use std::collections::BTreeSet;
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

/// The commands. The last one writes, so that it comes last.
const COMMANDS: [(&str, &[&str]); 4] = [
    ("c", &["check", "cluster.toml"]),
    ("l", &["lock", "cluster.toml", "--check", "--at", AT]),
    ("d", &["diff", "cluster.toml", "base/cluster.toml", "--at", AT]),
    ("b", &["build", "cluster.toml", "--locked", "--out", "out", "--at", AT]),
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
        edited.untouched = COMMANDS.iter().map(|(_, command)| edited.said(command)).collect();
        assert!(edited.untouched.iter().all(|(code, _)| *code == 0), "{:?}", edited.untouched);
        edited
    }

    fn said(&self, command: &[&str]) -> (i32, String) {
        let out = self.lab.path("out");
        if out.exists() {
            std::fs::remove_dir_all(out).unwrap();
        }
        let run = self.lab.run(command);
        // Another lock is one that was not built yet.
        let out: String = run.out.split_inclusive('\n').filter(|line| !line.starts_with("next: ")).collect();
        (run.code, out + &run.err)
    }

    /// Which of some commands say something else now: `CLDB`; in capitals those that fail.
    fn found(&self, lock: &str, commands: &str) -> String {
        assert_ne!(lock, self.lock);
        self.lab.write("cluster.lock", lock);
        let all = COMMANDS.iter().zip(&self.untouched).filter(|((letter, _), _)| commands.contains(letter));
        let found = all.map(|((letter, command), untouched)| match self.said(command) {
            said if said == *untouched => "-".to_owned(),
            (0, _) => (*letter).to_owned(),
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
        "[1]" => vec!["[1, 2]".to_owned(), "[2]".to_owned()],
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
            if key == "highest" {
                let lines = ADDED.iter().filter(|line| !lock[end..].starts_with(&line[..6]));
                edits.extend(
                    lines.map(|added| (format!("{table} {added} added"), with(&format!("{line}{added}\n")))),
                );
            }
        } else if line.starts_with("  \"") {
            let word = line.trim();
            edits.push((format!("{table} {word} removed"), with("")));
            edits.push((format!("{table} {word} changed"), with(&line.replacen("\",", "x\",", 1))));
        }
    }
    edits
}

/// An edit without what differs between things of one kind: names, generations and digits.
fn kind(name: &str) -> String {
    let (table, edit) = name.split_once("] ").unwrap_or((name, ""));
    let table = table.split_inclusive('.').take(2).collect::<String>();
    let field = edit.trim_start_matches('"').split([' ', '"']).next().unwrap_or_default();
    let value = edit.split_once(" = ").map_or(edit, |(_, value)| value);
    let word = ["removed", "added", "changed", "external", "2024", "2044", "[2]"]
        .iter()
        .find(|word| value.contains(**word));
    format!("{table} {field} {word:?}")
}

/// Lines that a key may have and these do not.
const ADDED: [&str; 3] = [
    "not-after = { 1 = \"2044-01-01T00:00:00Z\" }",
    "derives-from = { 1 = \"secret offline epoch 1\" }",
    "sha256 = { 1 = \"0000000000000000000000000000000000000000000000000000000000000000\" }",
];

/// Edits that a lock alone does not give away: the beginning of the table, what the edit ends or goes on with, why nothing else
/// in the lock says it, and which commands say something.
const UNKNOWN_TO_THE_LOCK: [(&str, &str, &str, &str); 12] = [
    ("[secrets]", "identity =", "the secret alone says what it is", "--DB"),
    ("[certificate.\"certificate", "sha256 = ", "whoever has the keys makes it again", "--DB"),
    (
        "[certificate.",
        "sha256 removed",
        "what no build has made yet has none; the next build writes it again",
        "--d-",
    ),
    ("[key.\"keyring", "sha256 = { 1 = \"d5", "whoever has the keys makes it again", "--DB"),
    (
        "[key.\"keyring",
        "sha256 removed",
        "what no build has made yet has none; the next build writes it again",
        "--d-",
    ),
    (
        "[key.",
        "highest = 2",
        "whoever goes back from a rotation leaves one; it burns a number and revives no key",
        "--d-",
    ),
    ("[tombstone.", "generation = 2", "it burns a number and revives no key", "--d-"),
    ("[tombstone.", "not-after = \"2044", "it keeps a warning longer and revives no key", "--d-"),
    ("[tombstone.", "not-after = \"2024", "only the lock before it knows when that ended", "--D-"),
    ("[tombstone.", "not-after removed", "only the lock before it knows when that ended", "--D-"),
    ("[tombstone.", "] removed", "only the lock before it knows what was there", "--D-"),
    (
        "[catalog]",
        "removed",
        "a lock that was decided before has none; plan and catalog say it again",
        "-L-B",
    ),
];

#[test]
fn every_edit_of_a_lock_is_refused() {
    let edited = Edited::new();
    let (mut wrong, mut met) = (String::new(), BTreeSet::new());
    let mut kinds = BTreeSet::new();
    for (name, lock) in edits(&edited.lock).into_iter().filter(|(name, _)| kinds.insert(kind(name))) {
        let row = UNKNOWN_TO_THE_LOCK
            .iter()
            .position(|(table, edit, _, _)| name.starts_with(table) && name.contains(edit));
        // Words have one way through all commands, so that one of them is enough.
        let commands = match row {
            Some(_) => "cldb",
            None if name.contains("] \"") => "cl",
            None => "clb",
        };
        let found = edited.found(&lock, commands);
        let as_wanted = match row {
            Some(row) => found == UNKNOWN_TO_THE_LOCK[row].3,
            None => {
                found[1..].to_uppercase() == commands[1..].to_uppercase() && !found[1..].contains(['l', 'b'])
            }
        };
        met.extend(row);
        if !as_wanted {
            let _ = writeln!(wrong, "{found} {name}");
        }
        // What a certificate is, and from when to when, is an error without anything to compare it with.
        let decided = ["serial = ", "not-before = ", "key = ", "changed", "authority.below/1\"] sha256 = "];
        if name.starts_with("[certificate")
            && decided.iter().any(|field| name.contains(field))
            && !found.starts_with('C')
        {
            let _ = writeln!(wrong, "{found} {name}: check says nothing");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(met.len(), UNKNOWN_TO_THE_LOCK.len(), "rows of no edit: {met:?}");
}
