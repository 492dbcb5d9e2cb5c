//! A cluster's history in git, change by change, and what `diff` says of each: against what really differs
//! between the built trees.

mod announced;
mod changes;
mod judge;
mod past;
mod review;
mod tampered;
mod trees;

use std::collections::BTreeMap;

use crate::support::{Lab, SECRET, schema, snapshot};
use changes::CHANGES;
use judge::{judge, judge_files, judge_host};
use past::HISTORY;
use review::{Review, every, json, name, parsed};
use trees::Trees;

/// Changes that are also told as a pull request's comment.
const COMMENTED: [&str; 3] = ["add-a-master", "use-the-next-authority", "change-the-services-network"];

/// Nobody knows another token on the workers without the secret.
const ONLY_A_SECRET_TELLS: &str = "use-the-next-token";

/// Each is built, and changes something.
#[test]
fn every_change_is_built() {
    assert_eq!(HISTORY.states.len(), CHANGES.len() + 1);
    for (number, pair) in HISTORY.states.windows(2).enumerate() {
        assert!(pair[0].trees.units != pair[1].trees.units, "{}: nothing differs", name(number));
    }
}

/// What git has is enough: with the secrets, the same trees are made of it again.
#[test]
fn states_are_built_again_from_git() {
    let last = CHANGES.len();
    for state in [0, last / 2, last] {
        let lab = HISTORY.checked_out(state);
        lab.secret(SECRET);
        if state == last {
            bring_key(&lab);
        }
        let run = lab.run(&["build", "cluster.toml", "--locked", "--at", &HISTORY.states[state].at]);
        assert_eq!(run.code, 0, "{run:#?}");
        assert!(Trees::read(&lab).units == HISTORY.states[state].trees.units, "state {state}");
    }
}

/// The key that was made elsewhere.
fn bring_key(lab: &Lab) {
    std::fs::create_dir(lab.path("cluster.keys")).unwrap();
    lab.write("cluster.keys/authority.front-proxy-2.key", include_str!("front-proxy.key"));
}

/// What a program reads is as the published schema says.
#[test]
fn every_change_has_the_form_of_the_schema() {
    let lab = Lab::empty();
    let told = every(|number| {
        let path = format!("{}.json", name(number));
        lab.write(&path, json(number));
        lab.path(&path)
    });
    let files: Vec<_> = told.into_values().collect();
    assert_eq!(schema::complaints("diff", &files), None);
}

/// What a person reads.
#[test]
fn every_change_is_told() {
    let told = every(|number| {
        let review = Review::of(number);
        let mut told = vec![("txt", review.told(&[]))];
        if COMMENTED.contains(&CHANGES[number].name) {
            told.push(("md", review.told(&["--format", "markdown"])));
        }
        told
    });
    let files = told
        .into_iter()
        .flat_map(|(name, told)| told.into_iter().map(move |(end, text)| (format!("{name}.{end}"), text)));
    snapshot::compare_folder("history", &files.collect());
}

/// What a program reads is what differs between the trees, no less and no more. Nothing else is announced before
/// the change is decided than after.
#[test]
fn every_announcement_is_true() {
    let findings = every(|number| {
        let review = Review::of(number);
        let [before, after] = [number, number + 1].map(|state| &HISTORY.states[state].trees);
        let announced = parsed(json(number));
        let mut findings = judge(&announced, before, after);
        if let Some(host) = announced.first_host() {
            findings.extend(judge_host(&review.announced(&["--host", host]), &announced, before, after));
        }
        if CHANGES[number].run.is_empty() {
            review.undecide();
            if review.announced(&[]) != announced {
                findings.push("something else is announced before it is decided".to_owned());
            }
        }
        findings
    });
    none(&findings);
}

/// Fails with all findings.
fn none(findings: &BTreeMap<String, Vec<String>>) {
    let found = findings.iter().filter(|(_, findings)| !findings.is_empty());
    let found: Vec<String> =
        found.map(|(name, findings)| format!("# {name}\n{}\n", findings.join("\n"))).collect();
    assert!(found.is_empty(), "{}", found.concat());
}

/// Against trees that were built before, the same files are told, and against those of the same state none.
#[test]
fn built_trees_are_compared() {
    let findings = every(|number| {
        let review = Review::of(number);
        let [before, after] = [number, number + 1].map(|state| &HISTORY.states[state].trees);
        let base = HISTORY.built(number);
        let text = review.against(base.to_str().unwrap(), &["--format", "json"]);
        let mut findings = judge_files(&parsed(&text), before, after);
        if CHANGES[number].name == ONLY_A_SECRET_TELLS {
            findings.retain(|finding| !finding.contains("hosts/worker"));
        }
        let same = HISTORY.built(number + 1);
        let same = same.to_str().unwrap();
        let run = review.diff(same, &[]);
        if !run.out.contains("nothing changes against") {
            findings.push(format!("its own trees differ: {}", run.out));
        }
        review.brings_secrets();
        let text = review.against(base.to_str().unwrap(), &["--format", "json", "--with-secret"]);
        findings.extend(judge_files(&parsed(&text), before, after));
        let run = review.diff(same, &["--with-secret"]);
        if run.code != 0 {
            findings.push(format!("its own trees differ by the secret: {}{}", run.out, run.err));
        }
        findings
    });
    none(&findings);
}

/// A state does not differ from itself.
#[test]
fn nothing_is_told_of_nothing() {
    for number in [0, CHANGES.len() - 1] {
        let run = Review::of(number).diff("HEAD", &[]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
        assert!(run.out.starts_with("cluster.toml: nothing changes against HEAD ("), "{}", run.out);
    }
}
