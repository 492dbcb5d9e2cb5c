//! The history, built once with the real program: a git repository, and the trees of each of its states.

use std::path::PathBuf;
use std::sync::LazyLock;

use super::changes::{CHANGES, Change, Edit};
use super::trees::Trees;
use crate::support::Lab;
use crate::support::repository::Repository;
use crate::support::secrecy::Secrets;

/// The first state and all that follow it.
pub(crate) struct History {
    pub(crate) repository: Repository,
    /// One more than there are changes.
    pub(crate) states: Vec<Built>,
    /// The trees of each.
    folder: tempfile::TempDir,
}

/// One commit and what was built of it.
pub(crate) struct Built {
    pub(crate) commit: String,
    pub(crate) at: String,
    pub(crate) trees: Trees,
    pub(crate) secrets: Secrets,
}

/// Tests of one program share it.
pub(crate) static HISTORY: LazyLock<History> = LazyLock::new(History::made);

/// The first state is of the first of January, and each next one of the day after.
fn day(number: usize) -> String {
    let (month, day) = (number / 28 + 1, number % 28 + 1);
    format!("2026-{month:02}-{day:02}T00:00:00Z")
}

impl History {
    fn made() -> Self {
        let lab = Lab::written(include_str!("begin.toml"));
        build(&lab, &day(0), "the beginning");
        let repository = Repository::new(lab);
        let folder = tempfile::tempdir().unwrap();
        let mut history = Self { repository, states: Vec::new(), folder };
        history.note(day(0));
        for (number, change) in CHANGES.iter().enumerate() {
            history.apply(change, day(number + 1));
        }
        history
    }

    fn apply(&mut self, change: &Change, at: String) {
        let lab = &self.repository.0;
        for edit in change.edits {
            match edit {
                Edit::Append(text) => lab.append(text),
                Edit::Replace(from, to) => lab.edit(from, to),
                Edit::ReplaceIn(path, from, to) => {
                    let text = lab.read(path);
                    assert_eq!(text.matches(from).count(), 1, "{from}");
                    lab.write(path, &text.replace(from, to));
                }
                Edit::Write(path, text) => {
                    std::fs::create_dir_all(lab.path(path).parent().unwrap()).unwrap();
                    lab.write(path, text);
                }
            }
        }
        if !change.run.is_empty() {
            let run = lab.run(&[change.run, &["--at", &at]].concat());
            assert_eq!(run.code, 0, "{}: {run:#?}", change.name);
        }
        build(lab, &at, change.name);
        self.repository.commit(change.name);
        self.note(at);
    }

    /// The folder with the trees of one state.
    pub(crate) fn built(&self, state: usize) -> PathBuf {
        self.folder.path().join(format!("{state}.trees"))
    }

    /// What git has of one state, and nothing else.
    pub(crate) fn checked_out(&self, state: usize) -> Lab {
        let lab = Lab::empty();
        let from = self.repository.0.path("");
        let run = lab.shell(&format!(
            "git clone -q --shared --no-checkout '{}' . && git checkout -q --detach {}",
            from.display(),
            self.states[state].commit
        ));
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
        lab
    }

    fn note(&mut self, at: String) {
        let commit = self.repository.git(&["rev-parse", "HEAD"]).trim_end().to_owned();
        let lab = &self.repository.0;
        let run = lab.shell(&format!("cp -a cluster.trees '{}'", self.built(self.states.len()).display()));
        assert_eq!(run.code, 0, "{run:#?}");
        let (trees, secrets) = (Trees::read(lab), Secrets::below(&lab.path("")));
        self.states.push(Built { commit, at, trees, secrets });
    }
}

/// A warning may be told, as of four members of etcd.
fn build(lab: &Lab, at: &str, name: &str) {
    let run = lab.run(&["build", "cluster.toml", "--at", at]);
    assert_eq!(run.code, 0, "{name}: {}{}", run.out, run.err);
}
