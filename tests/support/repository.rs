//! A plan that is kept in git.

use std::path::Path;
use std::process::Command;

use super::{Lab, Run};

/// A built plan under git, set up by the program.
pub(crate) struct Repository(pub(crate) Lab);

impl Repository {
    /// A lab whose files are committed, but for what is never committed.
    pub(crate) fn new(lab: Lab) -> Self {
        let repository = Self::begun(lab);
        let run = repository.pkiplan(&["git", "set-up"]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
        repository.commit("a state");
        repository
    }

    /// A lab in which git was begun and nothing more.
    pub(crate) fn begun(lab: Lab) -> Self {
        let repository = Self(lab);
        repository.git(&["init", "-q", "-b", "main"]);
        repository.git(&["config", "user.name", "nobody"]);
        repository.git(&["config", "user.email", "nobody@example.com"]);
        repository
    }

    /// The search path, which leads to the program first.
    fn path() -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_pkiplan"));
        format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap())
    }

    /// Runs the program as one that is installed.
    pub(crate) fn pkiplan(&self, arguments: &[&str]) -> Run {
        self.0.run_with(arguments, &[("PATH", &Self::path())])
    }

    /// Runs a script of the shell for which the program is installed.
    pub(crate) fn shell(&self, script: &str) -> Run {
        self.0.shell(&format!("PATH='{}'\n{script}", Self::path()))
    }

    /// What git says, which has to succeed.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let run = self.try_git(arguments);
        let text = run.out + &run.err;
        assert_eq!(run.code, 0, "{arguments:?}: {text}");
        text
    }

    /// What git says, which may fail.
    pub(crate) fn try_git(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new("git");
        command.current_dir(self.0.path(".")).env("HOME", self.0.path(".")).args(arguments);
        command.env("NO_COLOR", "1").env("LC_ALL", "C").env("PATH", Self::path()).env_remove("CI");
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "-m", message]);
    }
}
