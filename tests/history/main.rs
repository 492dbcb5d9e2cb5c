//! A cluster's history in git, change by change, and what `diff` says of each: against what really differs
//! between the built trees.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod announced;
mod changes;
mod judge;
mod past;
#[path = "../support/mod.rs"]
mod support;
mod tampered;
mod trees;

use changes::CHANGES;
use past::HISTORY;
use support::SECRET;
use trees::Trees;

/// Each is built, and changes something.
#[test]
fn every_change_is_built() {
    assert_eq!(HISTORY.states.len(), CHANGES.len() + 1);
    for (change, pair) in CHANGES.iter().zip(HISTORY.states.windows(2)) {
        let differ = pair[0].trees.units != pair[1].trees.units;
        assert!(differ, "{}: nothing differs", change.name);
    }
}

/// What git has is enough: with the secrets, the same trees are made of it again.
#[test]
fn states_are_built_again_from_git() {
    let last = CHANGES.len();
    for state in [0, last / 2, last] {
        let lab = HISTORY.checked_out(state);
        assert!(!lab.path("cluster.secret").exists() && !lab.path("cluster.trees").exists());
        lab.secret(SECRET);
        if state == last {
            std::fs::create_dir(lab.path("cluster.keys")).unwrap();
            lab.write("cluster.keys/authority.front-proxy-2.key", include_str!("front-proxy.key"));
        }
        let run = lab.run(&["build", "cluster.toml", "--locked", "--at", &HISTORY.states[state].at]);
        assert_eq!(run.code, 0, "{run:#?}");
        assert!(Trees::read(&lab).units == HISTORY.states[state].trees.units, "state {state}");
    }
}
