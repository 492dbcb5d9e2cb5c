//! Fuzzing on stable Rust: every reader with inputs that nobody wrote, the same ones in every run.
//!
//! `seeds/TARGET/` holds what inputs begin with, `found/TARGET/` those that once made a target fail. More inputs
//! than a test run takes: `FUZZ=1000000 cargo test --release --test suite fuzz::lock`; other ones: `FUZZ_SEED=2`.
//! `fuzz/` has the same targets for libFuzzer, which looks for inputs that reach new code.

mod dictionary;
mod mutator;
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use mutator::Random;

fn folder(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz").join(kind).join(target)
}

/// The files of a folder, sorted by name; none where there is no folder.
fn inputs(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Runs a target with its seeds, with what once made it fail and with `count` inputs made from both.
fn run(target: &str, count: usize) {
    let [seeds, found] = ["seeds", "found"].map(|kind| inputs(&folder(kind, target)));
    assert!(!seeds.is_empty(), "{target} has no seeds");
    let seeds = [seeds, found].concat();
    seeds.iter().for_each(|seed| one(target, seed));
    let variable = |name| std::env::var(name).ok();
    let count = variable("FUZZ").map_or(count, |count| count.parse().unwrap());
    let mut random = Random::new(&format!("{target}{}", variable("FUZZ_SEED").unwrap_or_default()));
    let words = dictionary::words();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for _ in 0..count {
        one(target, &mutator::input(&seeds, &words, &mut random));
    }
}

/// Runs a target once; an input that makes it fail is left below `target/`.
fn one(target: &str, input: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| targets::run(target, input))).is_err() {
        let left = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{target}-failed"));
        std::fs::write(&left, input).unwrap();
        let found = folder("found", target);
        panic!("{target} fails with {}: mend it, and keep the input in {}", left.display(), found.display());
    }
}

#[test]
fn every_target_has_a_test_and_a_program() {
    let tests = include_str!("mod.rs");
    let programs = include_str!("../../fuzz/Cargo.toml");
    for (target, _) in targets::TARGETS {
        assert!(tests.contains(&format!("run(\"{target}\", ")), "{target} has no test");
        assert!(programs.contains(&format!("name = \"{target}\"\n")), "{target} has no program in fuzz/");
    }
}

#[test]
fn age() {
    run("age", 2_000);
}

#[test]
fn applied() {
    run("applied", 5_000);
}

#[test]
fn catalog() {
    run("catalog", 100);
}

#[test]
fn certificate() {
    run("certificate", 10_000);
}

#[test]
fn diff() {
    run("diff", 50);
}

#[test]
fn expression() {
    run("expression", 10_000);
}

#[test]
fn hosts() {
    run("hosts", 3_000);
}

#[test]
fn import() {
    run("import", 2_000);
}

#[test]
fn inventory() {
    run("inventory", 200);
}

#[test]
fn judge() {
    run("judge", 1_000);
}

#[test]
fn kubeconfig() {
    run("kubeconfig", 5_000);
}

#[test]
fn leaks() {
    run("leaks", 5_000);
}

#[test]
fn lint() {
    run("lint", 3_000);
}

#[test]
fn lock() {
    run("lock", 5_000);
}

#[test]
fn manifest() {
    run("manifest", 50);
}

#[test]
fn plan() {
    run("plan", 300);
}

#[test]
fn values() {
    run("values", 50_000);
}

#[test]
fn words() {
    run("words", 50);
}
