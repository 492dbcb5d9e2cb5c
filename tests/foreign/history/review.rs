//! What a reviewer sees who has git and no secret.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::announced::Announced;
use super::bring_key;
use super::changes::CHANGES;
use super::past::HISTORY;
use crate::support::{Lab, Run, SECRET};

/// All that is told of each change, for programs.
static JSON: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| every(|number| Review::of(number).told(&["--format", "json"])));

/// The whole of one change.
pub(crate) fn json(number: usize) -> &'static str {
    &JSON[&name(number)]
}

/// What is told of one change.
pub(crate) struct Review {
    number: usize,
    lab: Lab,
}

impl Review {
    /// The state that a change leads to, checked out.
    pub(crate) fn of(number: usize) -> Self {
        let lab = HISTORY.checked_out(number + 1);
        assert!(!lab.path("cluster.secret").exists() && !lab.path("cluster.trees").exists());
        Self { number, lab }
    }

    /// Compares with the state before, writes nothing and says nothing private.
    pub(crate) fn diff(&self, base: &str, options: &[&str]) -> Run {
        let before = self.lab.state(".");
        let at = &HISTORY.states[self.number + 1].at;
        let arguments = ["diff", "cluster.toml", base, "--exit-code", "--at", at];
        let run = self.lab.run(&[&arguments, options].concat());
        assert!(before == self.lab.state("."), "{}: something was written", self.name());
        for state in &HISTORY.states[self.number..self.number + 2] {
            for said in [&run.out, &run.err] {
                assert_eq!(state.secrets.found_in(said), None, "{}: {said}", self.name());
            }
        }
        run
    }

    /// What a change is, which there has to be.
    pub(crate) fn told(&self, options: &[&str]) -> String {
        // It changes with every digest of the catalog.
        self.against("HEAD~1", options).replace(&HISTORY.states[self.number].commit[..7], "COMMIT")
    }

    /// What differs from a base, which something has to.
    pub(crate) fn against(&self, base: &str, options: &[&str]) -> String {
        let run = self.diff(base, options);
        assert_eq!((run.code, run.err.as_str()), (2, ""), "{}: {run:#?}", self.name());
        run.out
    }

    pub(crate) fn announced(&self, options: &[&str]) -> Announced {
        parsed(&self.told(&[&["--format", "json"], options].concat()))
    }

    /// Takes back what was decided, as before the first build of the change: the plan alone is new.
    pub(crate) fn undecide(&self) {
        let run = self.lab.shell("git checkout -q HEAD~1 -- cluster.lock cluster.certs");
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", self.name());
    }

    /// Puts everything private beside the plan.
    pub(crate) fn brings_secrets(&self) {
        self.lab.secret(SECRET);
        bring_key(&self.lab);
    }

    pub(crate) fn name(&self) -> String {
        name(self.number)
    }
}

/// What is told to programs.
pub(crate) fn parsed(text: &str) -> Announced {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// `01-add-a-worker`
pub(crate) fn name(number: usize) -> String {
    format!("{:02}-{}", number + 1, CHANGES[number].name)
}

/// Does something with all changes on both cores, and gives what came of each by its name.
pub(crate) fn every<T: Send>(work: impl Fn(usize) -> T + Sync) -> BTreeMap<String, T> {
    let half =
        |odd: usize| (odd..CHANGES.len()).step_by(2).map(|number| (name(number), work(number))).collect();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut all: BTreeMap<String, T> = half(0);
        all.extend(other.join().unwrap());
        all
    })
}
