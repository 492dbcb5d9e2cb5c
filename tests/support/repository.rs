//! A plan that is kept in git.

use std::process::Command;

use super::Lab;

/// A built plan under git, with the driver of the README.
pub(crate) struct Repository(pub(crate) Lab);

impl Repository {
    /// A lab whose files are committed, but for what is never committed.
    pub(crate) fn new(lab: Lab) -> Self {
        let repository = Self(lab);
        let lab = &repository.0;
        lab.write(".gitattributes", "*.lock merge=pkiplan\n");
        lab.write(".gitignore", "*.secret\n*.keys/\n*.trees/\n");
        repository.git(&["init", "-q", "-b", "main"]);
        let driver = format!("{} lock merge %O %A %B", env!("CARGO_BIN_EXE_pkiplan"));
        repository.git(&["config", "merge.pkiplan.driver", &driver]);
        repository.git(&["config", "user.name", "nobody"]);
        repository.git(&["config", "user.email", "nobody@example.com"]);
        repository.commit("a state");
        repository
    }

    /// What git says, which has to succeed.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(self.0.path(".")).env("HOME", self.0.path(".")).args(arguments);
        let output = command.env("NO_COLOR", "1").env("LC_ALL", "C").output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "-m", message]);
    }
}
