//! Runs the program through its front door, in a folder of its own, with everything fixed that is not the
//! plan: secret, lock id and clock.

// Every test program takes its part of this.
#![allow(dead_code, reason = "every test uses a part of it")]

pub(crate) mod certificate;
pub(crate) mod chains;
pub(crate) mod forge;
pub(crate) mod generated;
pub(crate) mod installed;
pub(crate) mod memory;
pub(crate) mod mutations;
pub(crate) mod page;
pub(crate) mod repository;
pub(crate) mod schema;
pub(crate) mod secrecy;
pub(crate) mod snapshot;
pub(crate) mod workload;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// When everything is decided.
pub(crate) const AT: &str = "2026-01-01T00:00:00Z";
/// What the clock says to a check, which cannot be told the time: 2026-11-22, in the lifetime of what was decided.
pub(crate) const EPOCH: &str = "1795305600";
/// The digits of the secret.
pub(crate) const SECRET: &str = "c0ffee00112233445566778899aabbccddeeff0123456789abcdef0badcafe42";
/// A lock that knows nothing but its own name, which serials are made from.
const LOCK: &str = "format = 1\nid = \"00112233445566778899aabbccddeeff\"\n";

/// All plans that are built whole.
pub(crate) const PLANS: [&str; 5] = ["dual-stack", "ha", "intermediate", "kubeadm", "single"];

/// Every plan of `plans/` but the one that takes minutes.
pub(crate) fn plans() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let plans = files.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let names = plans.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    let mut names: Vec<String> = names.filter(|name| name != "ten-thousand").collect();
    names.sort();
    assert!(names.len() >= PLANS.len());
    names
}

/// A folder with a plan.
pub(crate) struct Lab {
    folder: tempfile::TempDir,
}

/// What a run of the program said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Every path below a folder: its mode and, of a file, its content.
pub(crate) type State = BTreeMap<String, (u32, Option<Vec<u8>>)>;

impl Lab {
    /// Nothing but a plan of `plans/`, as `cluster.toml`.
    pub(crate) fn bare(plan: &str) -> Self {
        let lab = Self::empty();
        let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("plans");
        fs::copy(plans.join(format!("{plan}.toml")), lab.path("cluster.toml")).unwrap();
        // A plan's own catalog lies beside it, in a folder of its name.
        if plans.join(plan).is_dir() {
            walk(&plans.join(plan), plan, &mut |path, at| {
                let to = lab.path(path);
                if at.is_file() {
                    fs::create_dir_all(to.parent().unwrap()).unwrap();
                    fs::copy(at, to).unwrap();
                }
            });
        }
        lab
    }

    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A plan that is written here, with a secret and an empty lock.
    pub(crate) fn written(plan: &str) -> Self {
        let lab = Self::empty();
        lab.write("cluster.toml", plan);
        lab.write("cluster.lock", LOCK);
        lab.secret(SECRET);
        lab
    }

    /// A plan with a secret and an empty lock: what is built is always the same.
    pub(crate) fn of(plan: &str) -> Self {
        let lab = Self::bare(plan);
        lab.write("cluster.lock", LOCK);
        lab.secret(SECRET);
        lab
    }

    /// A plan that has been built.
    pub(crate) fn built(plan: &str) -> Self {
        let lab = Self::of(plan);
        lab.build();
        lab
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).unwrap();
    }

    pub(crate) fn secret(&self, digits: &str) {
        self.write("cluster.secret", &format!("pkiplan-secret-1 {digits}\n"));
        fs::set_permissions(self.path("cluster.secret"), fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    /// Changes the plan; what is to be changed stands there once.
    pub(crate) fn edit(&self, from: &str, to: &str) {
        let plan = self.read("cluster.toml");
        assert_eq!(plan.matches(from).count(), 1, "{from}");
        self.write("cluster.toml", &plan.replace(from, to));
    }

    pub(crate) fn append(&self, text: &str) {
        self.write("cluster.toml", &format!("{}{text}", self.read("cluster.toml")));
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, &[])
    }

    /// Runs the program in the folder, with variables besides.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pkiplan"));
        command.args(arguments);
        // It warns of what has ended, and what the tests build ends one day.
        let clock = [("SOURCE_DATE_EPOCH", EPOCH)];
        let clock: &[(&str, &str)] = if arguments.first() == Some(&"check") { &clock } else { &[] };
        let run = self.outcome(command, &[clock, variables].concat());
        // One command alone prints secrets, because that is what it is for.
        if !arguments.starts_with(&["secret", "open"]) {
            self.is_silent(&run.out, &arguments);
        }
        run
    }

    /// Nothing private was said.
    fn is_silent(&self, said: &str, what: &dyn std::fmt::Debug) {
        if said.is_empty() {
            return;
        }
        let secrets = secrecy::Secrets::below(self.folder.path());
        let found = secrets.found_in(said);
        assert_eq!(found, None, "{what:?} says something private: {said}");
    }

    fn outcome(&self, mut command: Command, variables: &[(&str, &str)]) -> Run {
        command.current_dir(self.folder.path()).env_remove("SOURCE_DATE_EPOCH").env_remove("CI");
        command.env("NO_COLOR", "1").env("COLUMNS", "100").env("HOME", self.folder.path().join("home"));
        command.env("GIT_CEILING_DIRECTORIES", self.folder.path().parent().unwrap());
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let run =
            Run { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
        self.is_silent(&run.err, &command);
        run
    }

    /// Runs a script of the shell in the folder; `$PKIPLAN` is the program.
    pub(crate) fn shell(&self, script: &str) -> Run {
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("PKIPLAN", env!("CARGO_BIN_EXE_pkiplan"));
        self.outcome(command, &[])
    }

    /// Builds and wants it to succeed without a word of complaint.
    pub(crate) fn build(&self) -> Run {
        let run = self.run(&["build", "cluster.toml", "--at", AT]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:#?}");
        run
    }

    /// Everything below a folder.
    pub(crate) fn state(&self, folder: &str) -> State {
        state(&self.path(folder))
    }

    /// A unit's manifest.
    pub(crate) fn manifest(&self, unit: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(&format!("cluster.trees/{unit}.json"))).unwrap()
    }

    /// All units: `cluster`, `hosts/NAME`, `users/NAME`.
    pub(crate) fn units(&self) -> Vec<String> {
        let files = self.state("cluster.trees").into_keys();
        files.filter_map(|path| path.strip_suffix(".json").map(str::to_owned)).collect()
    }
}

impl Run {
    /// All that was said, for snapshots.
    pub(crate) fn transcript(&self) -> String {
        let mut text = self.out.clone();
        if !self.err.is_empty() {
            text.push_str(&format!("--- standard error\n{}", self.err));
        }
        text.push_str(&format!("--- exit code {}\n", self.code));
        text
    }
}

/// Everything below a folder.
pub(crate) fn state(folder: &Path) -> State {
    let mut state = State::new();
    walk(folder, "", &mut |path, at| {
        let mode = at.metadata().unwrap().mode() & 0o7777;
        state.insert(path.to_owned(), (mode, at.is_file().then(|| fs::read(at).unwrap())));
    });
    state
}

/// Visits everything below a folder but a build's records, sorted, links not followed.
pub(crate) fn walk(folder: &Path, prefix: &str, visit: &mut impl FnMut(&str, &Path)) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for at in entries {
        let name = at.file_name().unwrap().to_str().unwrap();
        // They hold inodes and times.
        if name == ".pkiplan.state" || name == ".pkiplan.last" {
            continue;
        }
        let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
        visit(&path, &at);
        if at.is_dir() && !at.is_symlink() {
            walk(&at, &path, visit);
        }
    }
}
