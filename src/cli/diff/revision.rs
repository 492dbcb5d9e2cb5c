//! A git revision as a world: files as they were committed.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::read::World;

/// One commit of a repository.
pub(super) struct Revision {
    /// The work tree's uppermost folder, without links.
    top: PathBuf,
    /// The commit's full name.
    commit: String,
    /// As the user wrote it.
    asked: String,
}

impl Revision {
    /// Finds a revision in the repository that holds `plan`.
    ///
    /// # Errors
    /// There is no git, no repository, or no such revision; with what to do about it.
    pub(super) fn find(plan: &Path, asked: &str) -> Result<Self, String> {
        let folder = plan.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let top = git(folder, &["rev-parse", "--show-toplevel"])?;
        if !top.status.success() {
            return Err(format!(
                "{} lies in no git repository, so there is no revision `{asked}` to compare with; name a plan or a \
                 folder of trees",
                plan.display()
            ));
        }
        let top = PathBuf::from(line(&top.stdout));
        let commit = format!("{asked}^{{commit}}");
        let found = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        if !found.status.success() {
            return Err(unknown(folder, asked)?);
        }
        Ok(Self { top, commit: line(&found.stdout), asked: asked.to_owned() })
    }

    /// As people call it: `HEAD (1a2b3c4)`.
    pub(super) fn shown(&self) -> String {
        let short = &self.commit[..self.commit.len().min(7)];
        if self.commit.starts_with(&self.asked) {
            short.to_owned()
        } else {
            format!("{} ({short})", self.asked)
        }
    }

    /// A path in the repository; none if it lies outside.
    fn inside(&self, path: &Path) -> Option<String> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // A folder that is gone from the disk may be there in the revision.
        let folder = folder.canonicalize().or_else(|_| std::path::absolute(folder)).ok()?;
        let whole = path.file_name().map_or(folder.clone(), |name| folder.join(name));
        let inside = normal(&whole);
        Some(inside.strip_prefix(&self.top).ok()?.to_str()?.to_owned())
    }

    fn outside(&self, path: &Path) -> io::Error {
        io::Error::new(ErrorKind::NotFound, format!("{} lies outside of the repository", path.display()))
    }
}

/// Why a revision is not there.
fn unknown(folder: &Path, asked: &str) -> Result<String, String> {
    let shallow = git(folder, &["rev-parse", "--is-shallow-repository"])?;
    if line(&shallow.stdout) == "true" {
        return Ok(format!(
            "there is no revision `{asked}` in this clone, which is shallow; `git fetch --unshallow` brings the whole \
             history (in GitHub's workflows: `fetch-depth: 0`)"
        ));
    }
    if !git(folder, &["rev-parse", "--verify", "--quiet", "HEAD"])?.status.success() {
        return Ok(format!("there is no revision `{asked}`: nothing is committed yet"));
    }
    Ok(format!("there is no revision `{asked}`, and no plan or folder of that name"))
}

impl World for Revision {
    fn read(&self, path: &Path) -> io::Result<String> {
        let inside = self.inside(path).ok_or_else(|| self.outside(path))?;
        let bytes = blob(&self.top, &format!("{}:{inside}", self.commit))?;
        String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is no text"))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let inside = self.inside(&folder.join("x")).ok_or_else(|| self.outside(folder))?;
        let inside = inside.trim_end_matches('x');
        let tree = format!("{}:{inside}", self.commit);
        let listed = git(&self.top, &["ls-tree", "-z", &tree]).map_err(io::Error::other)?;
        if !listed.status.success() {
            return Err(io::Error::new(ErrorKind::NotFound, "there is no such folder"));
        }
        let text = String::from_utf8_lossy(&listed.stdout);
        let entries = text.split('\0').filter_map(|entry| entry.split_once('\t'));
        let named = entries.map(|(what, name)| {
            let slash = if what.contains(" tree ") { "/" } else { "" };
            format!("{name}{slash}")
        });
        let mut names: Vec<String> = named.collect();
        names.sort_unstable();
        Ok(names)
    }

    fn name(&self, path: &Path) -> String {
        format!("{}:{}", self.asked, path.display())
    }
}

/// The bytes of a file in a commit; links are followed.
fn blob(top: &Path, object: &str) -> io::Result<Vec<u8>> {
    let mut command = command(top, &["cat-file", "--batch", "--follow-symlinks"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(format!("{object}\n").as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let end = output.stdout.iter().position(|byte| *byte == b'\n').unwrap_or(output.stdout.len());
    let header = String::from_utf8_lossy(&output.stdout[..end]);
    let mut words = header.rsplit(' ');
    match (words.next().and_then(|size| size.parse::<usize>().ok()), words.next()) {
        (Some(size), Some("blob")) => {
            let body = output.stdout.get(end + 1..end + 1 + size);
            body.map(<[u8]>::to_vec).ok_or_else(|| ErrorKind::UnexpectedEof.into())
        }
        _ => Err(io::Error::new(ErrorKind::NotFound, "it is not in this revision")),
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).env("LC_ALL", "C");
    command
}

fn git<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) -> Result<Output, String> {
    let mut command = command(folder, &[]);
    command.args(arguments).stdin(Stdio::null());
    command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            "git is not at hand; install it, or name a plan or a folder of trees to compare with".to_owned()
        }
        _ => format!("cannot run git: {error}"),
    })
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

/// A path without `.` and `..`, as far as that can be told without looking.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = normal.pop(),
            part => normal.push(part),
        }
    }
    normal
}
