//! Files and directories in git's object store.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What a path of a commit holds; links are followed as far as they stay in the commit.
pub(super) enum Object {
    /// A file with its bytes.
    File(Vec<u8>),
    /// A folder with its hash.
    Folder(String),
}

impl Object {
    /// Reads `COMMIT:PATH`.
    ///
    /// # Errors
    /// What is there instead, or that git fails.
    pub(super) fn read(top: &Path, name: &OsStr) -> io::Result<Self> {
        let output = asked(top, name)?;
        if !output.status.success() {
            return Err(io::Error::other(format!("git: {}", line(&output.stderr))));
        }
        let end = output.stdout.iter().position(|byte| *byte == b'\n').unwrap_or(output.stdout.len());
        let header = text(&output.stdout[..end]);
        match header.split(' ').collect::<Vec<_>>()[..] {
            [hash, "tree", _] => Ok(Object::Folder(hash.to_owned())),
            [_, "blob", size] => {
                let size: usize = size.parse().map_err(io::Error::other)?;
                let body = output.stdout.get(end + 1..).and_then(|rest| rest.get(..size));
                body.map(|body| Object::File(body.to_vec())).ok_or_else(|| ErrorKind::UnexpectedEof.into())
            }
            ["symlink", _] => Err(io::Error::other("a link leads out of the repository")),
            ["loop", _] => Err(io::Error::other("links lead in a circle")),
            [_, "submodule"] => Err(io::Error::other("it is another repository, a submodule")),
            _ => Err(absent(top, name)),
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn file(self) -> io::Result<Vec<u8>> {
        match self {
            Object::File(bytes) => Ok(bytes),
            Object::Folder(_) => Err(io::Error::new(ErrorKind::IsADirectory, "it is a directory")),
        }
    }

    /// The names in a folder, each with whether it is a folder; none: it is a link, and its target says.
    ///
    /// # Errors
    /// It is no folder.
    pub(super) fn names(self, top: &Path) -> io::Result<Vec<(String, Option<bool>)>> {
        let Object::Folder(hash) = self else {
            return Err(io::Error::new(ErrorKind::NotADirectory, "it is not a directory"));
        };
        let listed = git(top, &["ls-tree", "-z", &hash]).map_err(io::Error::other)?;
        if !listed.status.success() {
            return Err(io::Error::other(format!("git: {}", line(&listed.stderr))));
        }
        let listed = text(&listed.stdout);
        let entries = listed.split('\0').filter_map(|entry| entry.split_once('\t'));
        let named = entries.map(|(what, name)| {
            let folder = (!what.starts_with("120000 ")).then(|| what.contains(" tree "));
            (name.to_owned(), folder)
        });
        Ok(named.collect())
    }
}

/// Why there is nothing: the commit has no such path, or git has lost what the path held.
fn absent(top: &Path, name: &OsStr) -> io::Error {
    let named = ["rev-parse", "--verify", "--quiet", "--end-of-options"].map(OsStr::new);
    match git(top, &[&named[..], &[name]].concat()) {
        Ok(output) if output.status.success() => {
            io::Error::other("git has lost the object; `git fsck` shows what is damaged")
        }
        _ => io::Error::new(ErrorKind::NotFound, "it is not in this revision"),
    }
}

/// What git answers to one name.
fn asked(top: &Path, name: &OsStr) -> io::Result<Output> {
    let mut command = command(top, &["cat-file", "--batch", "--follow-symlinks"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // Where git does not take it, it says why.
        let _ = stdin.write_all(&[name.as_bytes(), b"\n"].concat());
    }
    child.wait_with_output()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(arguments).env("LC_ALL", "C");
    // A hook in a linked work tree is given the repository, but not where its files begin.
    if std::env::var_os("GIT_WORK_TREE").is_none() {
        command.env_remove("GIT_DIR");
    }
    command
}

/// What git says.
///
/// # Errors
/// There is no git.
pub(super) fn git<S: AsRef<OsStr>>(folder: &Path, arguments: &[S]) -> Result<Output, String> {
    let mut command = command(folder, &[]);
    command.args(arguments).stdin(Stdio::null());
    command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            "git is not installed; install it, or name a plan or a directory of trees to compare with"
                .to_owned()
        }
        _ => format!("cannot run git: {error}"),
    })
}

/// As text, whatever it is.
pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A line without its end.
pub(super) fn line(bytes: &[u8]) -> String {
    text(bytes).trim_end().to_owned()
}
