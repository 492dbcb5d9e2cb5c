//! Trees that the program itself has built, in a folder that goes with the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::ask;

/// The plan of the README.
pub(crate) const HA_VIP: &str = include_str!("../../../plans/ha.toml");

/// One master and one worker.
pub(crate) const SMALL: &str = r#"
format = 1

[cluster]
name = "small"
profile = "high-availability"
version = "1.36.2"
service-cidrs = ["10.96.0.0/16"]
pod-cidrs = ["10.244.0.0/16"]
endpoint = "node.master01"

[node.master01]
addresses = ["10.111.0.101"]
roles = ["control-plane", "etcd"]

[node.node01]
addresses = ["10.111.0.104"]
roles = ["worker"]
"#;

/// A built plan.
pub(crate) struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    pub(crate) fn build(plan: &str) -> Self {
        let site = Self::empty();
        site.rebuild(plan);
        site
    }

    /// Nothing yet.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Builds a plan over the lock that is there.
    pub(crate) fn rebuild(&self, plan: &str) {
        fs::write(self.folder().join("plan.toml"), plan).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
        command.args(["build", "plan.toml"]).current_dir(self.folder()).env_remove("SOURCE_DATE_EPOCH");
        let said = ask(&mut command);
        assert!(said.well, "{}", said.all());
    }

    /// A copy of the trees as they are now, which later builds do not change.
    pub(crate) fn keep(&self, name: &str) -> PathBuf {
        let copy = self.folder().join(name);
        let said = ask(Command::new("cp").arg("-a").arg(self.trees()).arg(&copy));
        assert!(said.well, "{}", said.all());
        copy
    }

    /// Where tests may put things of their own.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn host(&self, name: &str) -> PathBuf {
        self.trees().join("hosts").join(name)
    }

    /// The tree of every host.
    pub(crate) fn hosts(&self) -> Vec<PathBuf> {
        folders(&self.trees().join("hosts"))
    }

    /// The tree of every user.
    pub(crate) fn users(&self) -> Vec<PathBuf> {
        folders(&self.trees().join("users"))
    }

    pub(crate) fn user(&self, name: &str) -> PathBuf {
        self.trees().join("users").join(name).join("kubeconfig")
    }

    /// What is applied to the cluster, not copied to a host.
    pub(crate) fn cluster(&self) -> Vec<PathBuf> {
        files(&self.trees().join("cluster"))
    }

    /// The certificates of an authority, which are committed.
    pub(crate) fn authority(&self, name: &str) -> PathBuf {
        self.folder.path().join("plan.certs").join(format!("authority.{name}-1.crt"))
    }

    fn trees(&self) -> PathBuf {
        self.folder.path().join("plan.trees")
    }
}

/// The last part of a path.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// All files below a folder, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let (folders, mut found): (Vec<_>, Vec<_>) = entries(folder).into_iter().partition(|path| path.is_dir());
    folders.iter().for_each(|folder| found.extend(files(folder)));
    found.sort();
    found
}

/// The files below a folder whose names end so; never none, or a test would prove nothing.
pub(crate) fn files_ending(folder: &Path, end: &str) -> Vec<PathBuf> {
    let found: Vec<_> = files(folder).into_iter().filter(|file| name(file).ends_with(end)).collect();
    assert!(!found.is_empty(), "no {end} below {}", folder.display());
    found
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = entries(folder).into_iter().filter(|path| path.is_dir()).collect();
    assert!(!found.is_empty(), "it is unclear where {}", folder.display());
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
