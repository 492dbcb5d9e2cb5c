//! Faults that nobody chose: a handshake for each connection finds what one for each kind finds.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::{AT, built, each};
use crate::support::mutations::{BASES, PODS, UNITS, tree::Tree};
use crate::support::{Lab, walk};

/// Faults of each of the trees.
const FAULTS: u64 = 16;

/// Numbers that look like chance, the same each time (Marsaglia, Xorshift RNGs, 2003).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }
}

/// The files of hosts that are texts.
fn files(tree: &Tree) -> Vec<String> {
    let mut files = Vec::new();
    walk(&tree.path("hosts"), "hosts", &mut |path, at| {
        let is_host = path.matches('/').count() > 1;
        if is_host && at.is_file() && std::fs::read_to_string(at).is_ok_and(|text| !text.is_empty()) {
            files.push(path.to_owned());
        }
    });
    files
}

/// Breaks one file of one host; what was done, in words.
fn break_one(tree: &Tree, seed: u64) -> String {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let all = files(tree);
    let path = &all[chance.below(all.len())];
    let other = &all[chance.below(all.len())];
    let text = tree.read(path);
    let mut lines: Vec<&str> = text.lines().collect();
    let line = chance.below(lines.len());
    let whole = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    match chance.below(6) {
        0 => {
            tree.remove(path);
            format!("{path} is removed")
        }
        1 => {
            tree.mode(path, 0o000);
            format!("nobody reads {path}")
        }
        2 => {
            tree.copy(other, path);
            format!("{path} is {other}")
        }
        3 => {
            lines.remove(line);
            tree.write(path, &whole(&lines));
            format!("{path} lacks line {line}")
        }
        4 => {
            lines.truncate(line);
            tree.write(path, &whole(&lines));
            format!("{path} ends at line {line}")
        }
        _ => {
            // A letter of base64, of a flag, of a number.
            let changed: String = lines[line]
                .chars()
                .rev()
                .enumerate()
                .map(|(at, c)| if at == 0 { turned(c) } else { c })
                .collect();
            let changed: String = changed.chars().rev().collect();
            lines[line] = &changed;
            tree.write(path, &whole(&lines));
            format!("line {line} of {path} ends otherwise")
        }
    }
}

/// Another character of the same kind.
fn turned(c: char) -> char {
    match c {
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(u32::from(c) + 1).unwrap(),
        'z' => 'a',
        'Z' => 'A',
        '9' => '0',
        _ => 'x',
    }
}

/// The report, and how many handshakes were made for it.
fn report(lab: &Lab, trees: &str, more: &[&str]) -> (Value, u64, i32) {
    let arguments = ["verify", "cluster.toml", "--trees", trees, "--at", AT, "--format", "json"];
    let run = lab.run(&[&arguments[..], more].concat());
    let mut report: Value = serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{run:#?}"));
    let made = report["handshakes"].as_object_mut().unwrap().remove("made").unwrap();
    (report, made.as_u64().unwrap(), run.code)
}

#[test]
fn a_handshake_for_each_connection_finds_nothing_more() {
    let (found, quiet) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let wrong: Mutex<Vec<String>> = Mutex::default();
    let labs: Vec<Lab> = BASES.iter().filter(|base| [UNITS, PODS].contains(&base.name)).map(built).collect();
    let all: Vec<(&Lab, u64)> = labs
        .iter()
        .zip([1_000, 2_000])
        .flat_map(|(lab, from)| (from..from + FAULTS).map(move |seed| (lab, seed)))
        .collect();
    each(&all, |(lab, seed)| {
        let tree = Tree::of(&lab.path("cluster.trees"));
        let what = break_one(&tree, *seed);
        let trees = tree.path("").display().to_string();
        let (kinds, few, code) = report(lab, &trees, &[]);
        let (whole, many, other) = report(lab, &trees, &["--exhaustive"]);
        let broken = kinds["findings"] != serde_json::json!([]);
        _ = if broken { &found } else { &quiet }.fetch_add(1, Ordering::Relaxed);
        if kinds != whole || code != other || many < few || many < 10 {
            wrong.lock().unwrap().push(format!("{seed}: {what}: {few} and {many}\n{kinds:#}\n{whole:#}"));
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let (found, quiet) = (found.into_inner(), quiet.into_inner());
    assert!(found >= 16, "{found} faults of {} are found", found + quiet);
}
