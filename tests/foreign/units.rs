//! Services of random units, started by a real systemd: each word that a program gets is what we read.
//!
//! A user's manager runs in a mount namespace of its own, so that it takes the machine for one that systemd has
//! booted; it starts every unit once and leaves.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pkiplan::host::{Files as _, Memory};
use pkiplan::observe::{self, Runner};

use crate::support::chains::Random;

const UNITS: &str = "/etc/systemd/system";
const COUNT: usize = 700;
const UNKNOWN: &str = "(unknown)";

/// Writes the words behind the first one into the file that the first one names, each with a NUL behind it.
const RECORD: &str =
    "#!/bin/sh\nout=$1\nshift\n: > \"$out\"\nfor word; do printf '%s\\0' \"$word\" >> \"$out\"; done\n";

/// Pieces of command lines; what follows one another is a word, or none.
const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    "\t",
    "a",
    "--name=value",
    "é",
    "\"2 words\"",
    "'single \"q\"'",
    "\"\"",
    "''",
    "\\x41",
    "\\s",
    "\\t",
    "\\101",
    "\\u00e9",
    "\\\\",
    "\\\"",
    "\\q",
    "\\x4g",
    "$A",
    "${A}",
    "$B",
    "${B}",
    "$C",
    "${C}",
    "$$",
    "$",
    "${",
    "}",
    "${NOPE}",
    " $NOPE ",
    " $A ",
    " $B ",
    " $C ",
    "$A$B",
    "%%",
    "%n",
    "%N",
    "%p",
    "%i",
    "%j",
    "%z",
    "%=",
    "%",
    "=",
    ",",
    ";x",
    "x;",
    " \\; ",
    "\\;",
    " \\\n",
    " \\\n# a comment \\\n  --more",
    "\\\n; other\n",
    "*",
    "[x]",
    "#",
    "~",
    "(",
    "\"",
    "'",
];

/// Pieces of values of variables.
const VALUES: &[&str] = &[
    "a", " ", "  ", "\"", "'", "\\", "\\\"", "\\$", "$", "`", "#", ";", "=", "--flag=1", "é", "\\n", "\\ ",
    "\t", "x",
];

struct Trial {
    random: Random,
    /// Paths on the host, and texts.
    files: BTreeMap<String, String>,
    /// Links by their paths, with their targets.
    links: BTreeMap<String, String>,
    /// The names of the units.
    names: Vec<String>,
}

impl Trial {
    fn pieces(&mut self, of: &[&str], most: usize) -> String {
        (0..self.random.below(most)).map(|_| of[self.random.below(of.len())]).collect()
    }

    fn pick<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.random.below(of.len())]
    }

    /// A unit's file; `lab` is the folder on the machine.
    fn unit(&mut self, lab: &str, number: usize) {
        let name = match number % 5 {
            0 => format!("case-{number}-more.service"),
            _ => format!("case-{number}.service"),
        };
        let words = self.pieces(PIECES, 24);
        let prefix = self.pick(&["", "", "", "", "-", "@", ":", "-@", "+"]);
        let named = if prefix.contains('@') { "zeroth " } else { "" };
        let environment = self.pieces(VALUES, 6).replace('\n', " ");
        let quoted = environment.replace(['"', '\\'], "");
        let mut text = format!(
            "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nEnvironment=\"A={quoted}\" C=c\\x20d\n"
        );
        if number.is_multiple_of(3) {
            let file = format!("{lab}/environment/{number}.env");
            text.push_str(&format!("EnvironmentFile={lab}/environment/{number}*.env\n"));
            let (one, other) = (self.pieces(VALUES, 8), self.pieces(VALUES, 8));
            let comment = self.pick(&["", "# no\n", "; no\n\n", "rubbish\n"]);
            self.files.insert(file, format!("{comment}B={one}\n A = {other}\n"));
        }
        if number.is_multiple_of(7) {
            text.push_str(&format!("EnvironmentFile=-{lab}/environment/nothing-{number}\n"));
        }
        text.push_str(&format!("ExecStart={prefix}{lab}/record {named}{lab}/out/{number} {words}"));
        if number.is_multiple_of(11) {
            text.push_str(&format!(" ; {lab}/record {lab}/out/{number}-second x"));
        }
        text.push('\n');
        self.files.insert(format!("{UNITS}/{name}"), text);
        if number.is_multiple_of(4) {
            let more = self.pieces(PIECES, 8);
            let drop_in = format!(
                "[Service]\nEnvironment=B=drop-in\nExecStart=\nExecStart={lab}/record {lab}/out/{number} {more}\n"
            );
            self.files.insert(format!("{UNITS}/{name}.d/20-x.conf"), drop_in);
        }
        self.names.push(name);
    }

    fn shared(&mut self, lab: &str) {
        let drop_in = |text: &str| format!("[Service]\n{text}\n");
        self.files.insert(format!("{UNITS}/service.d/10-all.conf"), drop_in("Environment=B=of-all C=all"));
        self.files.insert(format!("{UNITS}/case-.service.d/15-case.conf"), drop_in("Environment=C=of-case"));
        self.files.insert(format!("{UNITS}/case-10-.service.d/10-all.conf"), drop_in("Environment=B=of-ten"));
        let template = format!(
            "[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart={lab}/record {lab}/out/t-%i %n %N %p %P %i %I %j %J %f\n"
        );
        self.files.insert(format!("{UNITS}/a-b@.service"), template);
        for instance in ["x", "x-y", "x\\x2dy", "1.2"] {
            let name = format!("a-b@{instance}.service");
            self.links.insert(format!("{UNITS}/default.target.wants/{name}"), "../a-b@.service".to_owned());
            self.names.push(name);
        }
        self.files.insert(
            format!("{UNITS}/masked.service"),
            format!("[Service]\nExecStart={lab}/record {lab}/out/masked\n"),
        );
        self.links.insert(format!("{UNITS}/masked.service"), "/dev/null".to_owned());
        self.names.push("masked.service".to_owned());
    }

    /// What we read: the words of each command by the first of them.
    fn read(&self) -> (BTreeMap<String, Vec<String>>, Vec<observe::Unread>) {
        let mut host = Memory::default();
        for (path, text) in &self.files {
            host = host.with(path, text);
        }
        for (path, target) in &self.links {
            host.link(path, target);
        }
        assert!(host.read(&format!("{UNITS}/case-1.service")).unwrap().is_some());
        let (commands, unread) = observe::units(&host);
        // What only the running host knows (`%a`) is not compared.
        let words = |command: &observe::Command| {
            assert!(matches!(command.runner, Runner::Unit { .. }));
            let known = |word: &observe::Word| word.known().unwrap_or(UNKNOWN).to_owned();
            command.words.iter().map(known).collect::<Vec<_>>()
        };
        let split = |words: Vec<String>| {
            let (out, rest) = words.split_first().unwrap();
            (out.rsplit('/').next().unwrap().to_owned(), rest.to_vec())
        };
        (commands.iter().map(|command| split(words(command))).collect(), unread)
    }
}

/// Lets a real systemd start the units; the words of each command by the first of them.
fn started(lab: &Path, trial: &Trial) -> BTreeMap<String, Vec<String>> {
    let units = lab.join("units");
    let place = |path: &str| match path.strip_prefix(UNITS) {
        Some(rest) => units.join(rest.trim_start_matches('/')),
        None => path.into(),
    };
    for (path, text) in &trial.files {
        let path = place(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    for (path, target) in &trial.links {
        let path = place(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink(target, path).unwrap();
    }
    let names = trial.names.join(" ");
    let head = "[Unit]\nDefaultDependencies=no\n";
    fs::write(units.join("default.target"), format!("{head}Wants={names} zz-end.service\n")).unwrap();
    for name in ["basic.target", "shutdown.target", "exit.target"] {
        fs::write(units.join(name), head).unwrap();
    }
    // What leaves at the end says that all others were tried.
    let end = format!(
        "{head}SuccessAction=exit-force\nAfter={names}\n[Service]\nType=oneshot\nExecStart=/bin/true\n"
    );
    fs::write(units.join("zz-end.service"), end).unwrap();
    fs::create_dir_all(units.join("zz-end.service.d")).unwrap();
    fs::create_dir_all(lab.join("out")).unwrap();
    let record = lab.join("record");
    fs::write(&record, RECORD).unwrap();
    fs::set_permissions(&record, fs::Permissions::from_mode(0o755)).unwrap();
    run(lab);
    let read = |entry: fs::DirEntry| {
        let text = fs::read_to_string(entry.path()).unwrap();
        let words = text.split_terminator('\0').map(str::to_owned).collect();
        (entry.file_name().into_string().unwrap(), words)
    };
    fs::read_dir(lab.join("out")).unwrap().map(|entry| read(entry.unwrap())).collect()
}

fn run(lab: &Path) {
    let script = "mount -t tmpfs none /run && mkdir -p /run/systemd/system /run/of-user && \
        exec env -i PATH=/usr/bin:/bin HOME=/run/of-user XDG_RUNTIME_DIR=/run/of-user \
        SYSTEMD_UNIT_PATH=\"$1\" /lib/systemd/systemd --user --log-target=console --log-level=warning";
    // Only root may make control groups.
    let id = Command::new("id").arg("-u").output().unwrap().stdout;
    let words = ["sudo", "-n", "unshare", "--mount", "sh", "-c", script, "sh"];
    let words = if id == b"0\n" { &words[2..] } else { &words[..] };
    let mut child = Command::new(words[0])
        .args(&words[1..])
        .arg(lab.join("units"))
        .stdout(Stdio::null())
        .stderr(fs::File::create(lab.join("log")).unwrap())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > Duration::from_secs(120) {
            child.kill().unwrap();
            let _ = child.wait();
            panic!("systemd does not leave: {}", fs::read_to_string(lab.join("log")).unwrap_or_default());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn programs_get_the_words_that_we_read() {
    let folder = tempfile::tempdir().unwrap();
    let lab = folder.path().to_str().unwrap();
    let (files, links) = Default::default();
    let mut trial = Trial { random: Random(13), files, links, names: Vec::new() };
    (0..COUNT).for_each(|number| trial.unit(lab, number));
    trial.shared(lab);
    let (read, unread) = trial.read();
    let started = started(folder.path(), &trial);
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(started.len() > COUNT / 2, "only {} programs were started: {log}", started.len());
    let mut wrong = Vec::new();
    for name in read.keys().chain(started.keys()).collect::<std::collections::BTreeSet<_>>() {
        let is_unknown = read.get(name).is_some_and(|words| words.iter().any(|word| word == UNKNOWN));
        if read.get(name) != started.get(name) && !is_unknown {
            let number = name.trim_end_matches("-second");
            let of_it = |path: &str| {
                path.contains(&format!("/case-{number}.")) || path.contains(&format!("/case-{number}-"))
            };
            let unit: Vec<_> =
                trial.files.iter().filter(|(path, _)| of_it(path)).map(|(_, text)| text).collect();
            wrong.push(format!(
                "{name}: read {:?}, started with {:?}\n{:?}",
                read.get(name),
                started.get(name),
                unit
            ));
        }
    }
    let told: Vec<String> = unread.iter().map(|unread| format!("{}: {}", unread.place, unread.why)).collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}\n{}\n{log}",
        wrong.len(),
        started.len(),
        wrong.join("\n"),
        told.join("\n")
    );
    assert!(!started.contains_key("masked"));
    assert!(!told.is_empty(), "nothing was refused, so that no refusal was compared");
}
