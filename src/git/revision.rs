//! A git revision as a `World`: the files as they were committed.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::object::{Object, git, line, text};
use crate::diagnostics::did_you_mean;
use crate::printable;
use crate::read::{Bounds, Disk, World, normal};

/// How many commits of one file are looked at.
const HISTORY: usize = 500;

/// One commit of a repository.
pub struct Revision {
    /// The work tree's uppermost folder, without links.
    top: PathBuf,
    /// The plan's folder as it was written, absolute.
    folder: PathBuf,
    /// The commit's full name.
    commit: String,
    /// As the user wrote it.
    asked: String,
    /// What a person allows beside the repository.
    shared: Disk,
}

impl Revision {
    /// Finds a revision in the repository that holds `plan`.
    ///
    /// # Errors
    /// There is no git, no repository, or no such revision; with what to do about it.
    pub fn find(plan: &Path, asked: &str, bounds: &Bounds) -> Result<Self, String> {
        let folder = plan.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let absolute = std::path::absolute(folder).map_err(|error| error.to_string())?;
        let top = git(folder, &["rev-parse", "--show-toplevel"])?;
        if !top.status.success() {
            return Err(no_repository(plan, asked, &text(&top.stderr)));
        }
        let top = PathBuf::from(line(&top.stdout));
        let Some(object) = verified(folder, asked)? else { return Err(unknown(folder, asked)?) };
        let Some(commit) = verified(folder, &format!("{object}^{{commit}}"))? else {
            // Git takes the whole hash of anything.
            let there = git(folder, &["cat-file", "-e", &object])?.status.success();
            let other = format!("`{asked}` is not a commit; name the commit, and the plan is read from it");
            return Err(if there { other } else { unknown(folder, asked)? });
        };
        let shared = Disk::shared(&top, bounds)?;
        Ok(Self { top, folder: normal(&absolute), commit, asked: asked.to_owned(), shared })
    }

    /// The commits that changed a file beside `plan`, the newest first, as far as their bytes are wanted: `go_on` sees
    /// each and says whether older ones matter.
    ///
    /// # Errors
    /// There is no git, or no repository.
    pub fn each_of(
        plan: &Path,
        file: &Path,
        bounds: &Bounds,
        mut go_on: impl FnMut(Revision, &[u8]) -> bool,
    ) -> Result<(), String> {
        let head = Self::find(plan, "HEAD", bounds)?;
        let path = head.inside(file).map_err(|error| error.to_string())?;
        let limit = format!("--max-count={HISTORY}");
        let found = git(
            &head.top,
            &[
                OsStr::new("log"),
                OsStr::new("--format=%H"),
                OsStr::new(&limit),
                OsStr::new("--"),
                path.as_os_str(),
            ],
        )?;
        for commit in text(&found.stdout).lines() {
            let shared = Disk::shared(&head.top, bounds)?;
            let short = commit.get(..12).unwrap_or(commit).to_owned();
            let revision = Self {
                commit: commit.to_owned(),
                asked: short,
                shared,
                top: head.top.clone(),
                folder: head.folder.clone(),
            };
            let Ok(bytes) = revision.bytes(file) else { continue };
            if !go_on(revision, &bytes) {
                break;
            }
        }
        Ok(())
    }

    /// As it was asked for.
    pub fn asked(&self) -> &str {
        &self.asked
    }

    /// As people call it: `HEAD (1a2b3c4)`.
    pub fn shown(&self) -> String {
        let short = &self.commit[..self.commit.len().min(7)];
        if self.commit.starts_with(&self.asked) {
            short.to_owned()
        } else {
            format!("{} ({short})", self.asked)
        }
    }

    /// A path in the repository. Links above the plan's folder are those of the disk, where the plan was named; all
    /// others are the revision's own.
    fn inside(&self, path: &Path) -> io::Result<PathBuf> {
        let path = normal(&std::path::absolute(path)?);
        let common = self.folder.ancestors().find(|ancestor| path.starts_with(ancestor));
        let common = common.unwrap_or(Path::new("/"));
        let rest = path.strip_prefix(common).unwrap_or(&path);
        let whole = common.canonicalize()?.join(rest);
        whole
            .strip_prefix(&self.top)
            .map(Path::to_owned)
            .map_err(|_| io::Error::other("it is outside the repository"))
    }

    /// What is shared lies outside of the repository.
    fn is_shared(&self, path: &Path) -> bool {
        self.inside(path).is_err() && self.shared.holds(path)
    }

    fn object(&self, path: &Path) -> io::Result<Object> {
        let mut name = OsString::from(format!("{}:", self.commit));
        name.push(self.inside(path)?);
        Object::read(&self.top, &name)
    }
}

/// Why a plan has no repository, in git's own words where it is not that there is none.
fn no_repository(plan: &Path, asked: &str, said: &str) -> String {
    let plan = plan.display();
    if said.contains("not a git repository") {
        return format!(
            "{plan} is not in a git repository, so there is no revision `{asked}` to compare with; name a plan or a \
             directory of trees"
        );
    }
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    format!("git cannot open the repository of {plan}: {}", lines.join(" "))
}

/// The hash of what is named.
fn verified(folder: &Path, name: &str) -> Result<Option<String>, String> {
    let found = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", name])?;
    Ok(found.status.success().then(|| line(&found.stdout)))
}

/// Why a revision is not there.
fn unknown(folder: &Path, asked: &str) -> Result<String, String> {
    let shallow = git(folder, &["rev-parse", "--is-shallow-repository"])?;
    if line(&shallow.stdout) == "true" {
        return Ok(format!(
            "there is no revision `{asked}` in this clone, which is shallow; `git fetch --unshallow` fetches \
             the whole history (in GitHub's workflows: `fetch-depth: 0`)"
        ));
    }
    if verified(folder, "HEAD")?.is_none() {
        return Ok(format!("there is no revision `{asked}`: nothing is committed yet"));
    }
    let refs = git(folder, &["for-each-ref", "--format=%(refname:short)"])?;
    let refs = text(&refs.stdout);
    let meant = did_you_mean(asked, refs.lines()).filter(|help| help.starts_with("did"));
    let meant = meant.map_or_else(String::new, |help| format!("; {help}"));
    Ok(format!("there is no revision `{asked}`, and no plan or directory of that name{meant}"))
}

impl World for Revision {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        if self.is_shared(path) {
            return self.shared.bytes(path);
        }
        self.object(path)?.file()
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.bytes(path)?)
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is no text"))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        if self.is_shared(folder) {
            return self.shared.list(folder);
        }
        let mut names = Vec::new();
        for (name, is_folder) in self.object(folder)?.names(&self.top)? {
            let target = || matches!(self.object(&folder.join(&name)), Ok(Object::Folder(_)));
            let slash = if is_folder.unwrap_or_else(target) { "/" } else { "" };
            names.push(format!("{name}{slash}"));
        }
        names.sort_unstable();
        Ok(names)
    }

    fn name(&self, path: &Path) -> String {
        let name = match self.is_shared(path) {
            true => path.display().to_string(),
            false => format!("{}:{}", self.asked, path.display()),
        };
        printable::line(&name).into_owned()
    }
}
