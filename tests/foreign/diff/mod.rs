//! `pkiplan diff` from its front door, in real git repositories.

mod bad_input;
mod bases;
mod living;
mod narrowed;
mod placed;
mod risks;
mod schema;
mod takeover;
mod untouched;

use crate::support::repository::Repository;
use crate::support::snapshot::compare;
use crate::support::{AT, Lab, Run};

/// The name that every commit has in snapshots.
const COMMIT: &str = "0123456";

/// A plan of `plans/` in a repository with one commit, nothing decided.
fn committed(plan: &str) -> Repository {
    of(Lab::bare(plan))
}

/// What lies in a lab, committed, but for what is private.
fn of(lab: Lab) -> Repository {
    let repository = Repository::begun(lab);
    repository.0.write(".gitignore", "*.secret\n*.trees/\n*.keys/\n");
    repository.commit("a state");
    repository
}

/// Three masters and two workers of which one name changes since the commit.
fn renamed_endpoint() -> Repository {
    let repository = committed("ha");
    repository.0.edit("port = 16443\n", "port = 16443\nhost = \"k8s.example.com\"\n");
    repository
}

impl Repository {
    /// Runs `diff` at a fixed time.
    fn diff(&self, arguments: &[&str]) -> Run {
        self.0.run(&[&["diff", "--at", AT], arguments].concat())
    }

    /// As [`Self::diff`] in JSON, which has to end with `code`.
    fn json(&self, arguments: &[&str], code: i32) -> serde_json::Value {
        let run = self.diff(&[arguments, &["--format", "json"]].concat());
        assert_eq!((run.code, run.err.as_str()), (code, ""), "{run:#?}");
        serde_json::from_str(&run.out).unwrap()
    }

    /// A revision's short name.
    fn short(&self, revision: &str) -> String {
        self.git(&["rev-parse", revision])[..7].to_owned()
    }

    /// Compares what was said with a snapshot: commits and the folder have other names on each day.
    fn expect(&self, name: &str, run: &Run) {
        let mut text = run.transcript();
        for commit in self.try_git(&["rev-list", "--all"]).out.lines() {
            text = text.replace(commit, COMMIT).replace(&commit[..7], COMMIT);
        }
        let folder = self.0.path("").canonicalize().unwrap();
        text = text.replace(&*folder.to_string_lossy(), "FOLDER");
        compare(&format!("diff/{name}.txt"), &text);
    }
}

/// Nothing changes.
fn nothing(run: &Run) {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
    assert!(run.out.contains(": nothing changes against "), "{}", run.out);
}
