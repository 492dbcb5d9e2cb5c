//! The repository that contains the current directory.

use std::ffi::OsStr;
use std::io::{ErrorKind, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A repository with a work tree. The process stands at its top, so that paths are git's own.
pub struct Repository(());

impl Repository {
    /// Finds the repository and goes to its top.
    ///
    /// # Errors
    /// Where there is no git, no repository or no work tree.
    pub fn enter() -> Result<Self, String> {
        let here = std::env::current_dir().unwrap_or_default();
        Self::find()?.ok_or_else(|| {
            format!("{} is not in a git repository; create one with `git init`", here.display())
        })
    }

    /// The same; none where there is no repository.
    ///
    /// # Errors
    /// Where there is no git or no work tree.
    pub fn find() -> Result<Option<Self>, String> {
        let repository = Self(());
        let found = repository.run(&["rev-parse", "--show-toplevel"], b"")?;
        let said = String::from_utf8_lossy(&found.stderr);
        if !found.status.success() {
            let here = std::env::current_dir().unwrap_or_default();
            let here = here.display();
            return if said.contains("not a git repository") {
                Ok(None)
            } else if said.contains("must be run in a work tree") {
                Err(format!("{here} is not a git work tree; change to a clone"))
            } else {
                Err(format!("git: {}", said.trim()))
            };
        }
        let top = path(found.stdout.strip_suffix(b"\n").unwrap_or(&found.stdout));
        std::env::set_current_dir(&top)
            .map_err(|error| format!("cannot go to {}: {error}", top.display()))?;
        Ok(Some(repository))
    }

    /// What git prints.
    ///
    /// # Errors
    /// What git says when it fails.
    pub fn get(&self, arguments: &[&str]) -> Result<Vec<u8>, String> {
        self.answer(arguments, b"")?.ok_or_else(|| format!("`git {}` found nothing", arguments.join(" ")))
    }

    /// What git prints; none where it ends with 1, by which it says no.
    ///
    /// # Errors
    /// What git says when it fails otherwise.
    pub fn ask(&self, arguments: &[&str]) -> Result<Option<Vec<u8>>, String> {
        self.answer(arguments, b"")
    }

    /// As [`Self::ask`], with something to read.
    pub fn answer(&self, arguments: &[&str], input: &[u8]) -> Result<Option<Vec<u8>>, String> {
        let output = self.run(arguments, input)?;
        match output.status.code() {
            Some(0) => Ok(Some(output.stdout)),
            Some(1) => Ok(None),
            _ => {
                let said = String::from_utf8_lossy(&output.stderr);
                Err(format!("`git {}` fails: {}", arguments.join(" "), said.trim()))
            }
        }
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Result<Output, String> {
        let mut command = Command::new("git");
        command.args(arguments).env("LC_ALL", "C");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let reported = |error: std::io::Error| match error.kind() {
            ErrorKind::NotFound => "git is not installed".to_owned(),
            _ => format!("cannot run git: {error}"),
        };
        let mut child = command.spawn().map_err(reported)?;
        std::thread::scope(|threads| {
            // Both at once: git may answer before it has read all.
            let into = child.stdin.take();
            threads.spawn(move || into.map(|mut into| into.write_all(input)));
            child.wait_with_output().map_err(reported)
        })
    }
}

/// The parts of an answer that end in NUL (`-z`).
pub fn parts(answer: &[u8]) -> impl Iterator<Item = &[u8]> {
    answer.split(|byte| *byte == 0).filter(|part| !part.is_empty())
}

/// A path as git gives it.
pub fn path(bytes: &[u8]) -> PathBuf {
    Path::new(OsStr::from_bytes(bytes)).to_path_buf()
}
