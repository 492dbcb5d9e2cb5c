//! The file system, restricted to the files that a plan may name.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, statat};

use super::path::normal;
use super::refusal::Refusal;
use super::regular::{bytes, regular};
use super::world::World;
use super::{beneath, regular};
use crate::values::TREES_MARKER;

/// Files within which a person works, beside the plan itself.
#[derive(Debug, Clone, Default)]
pub struct Bounds {
    /// The folder within which plans name files; else it is found.
    pub root: Option<PathBuf>,
    /// Further folders that plans may name.
    pub allow: Vec<PathBuf>,
    /// The person's home, which is never a root that is found.
    pub home: Option<PathBuf>,
}

/// A file that makes its folder a root.
const ROOT: &str = "pkiplan.root";
const GIT: &str = ".git";

/// How many names a folder may hold.
const MOST_NAMES: usize = 400_000;

/// The file system beneath a root. Links are followed as long as they stay beneath it; nothing but regular files is
/// opened, none of git's own, none of built trees, and through no link to a file of another kind.
#[derive(Debug)]
pub struct Disk {
    /// The folder of the plan as it was named, absolute, and without links.
    near: PathBuf,
    near_real: PathBuf,
    /// What messages name.
    root: PathBuf,
    roots: Vec<Root>,
    /// Whether it is for built trees themselves.
    of_trees: bool,
}

#[derive(Debug)]
struct Root {
    /// As it was named, absolute, and without links.
    named: PathBuf,
    path: PathBuf,
    folder: OwnedFd,
}

impl Disk {
    /// What the plan at `plan` may name.
    ///
    /// # Errors
    /// A folder that is not there, in words.
    pub fn around(plan: &Path, bounds: &Bounds) -> Result<Self, String> {
        let near = plan.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let cannot = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => format!("there is no directory {}", near.display()),
            _ => format!("cannot read the directory {}: {error}", near.display()),
        };
        let near_real = near.canonicalize().map_err(cannot)?;
        let found = match &bounds.root {
            Some(root) => Root::named(root, "--root")?,
            None => Root::open(&found(&near_real, bounds.home.as_deref())).map_err(cannot)?,
        };
        if !near_real.starts_with(&found.path) {
            return Err(format!("--root: {} does not contain {}", found.path.display(), plan.display()));
        }
        let near = std::path::absolute(near).map_err(cannot)?;
        let (root, allowed) = (found.path.clone(), allowed(bounds)?);
        let roots = std::iter::once(found).chain(allowed).collect();
        Ok(Self { near, near_real, root, roots, of_trees: false })
    }

    /// What repositories share, beside the one at `top`, whose files come from elsewhere.
    ///
    /// # Errors
    /// A folder that is not there, in words.
    pub fn shared(top: &Path, bounds: &Bounds) -> Result<Self, String> {
        let top = top.canonicalize().map_err(|error| format!("cannot open {}: {error}", top.display()))?;
        let roots = allowed(bounds)?;
        Ok(Self { near: top.clone(), near_real: top.clone(), root: top, roots, of_trees: false })
    }

    /// What lies in a folder of built trees.
    ///
    /// # Errors
    /// As the system says.
    pub fn of_trees(folder: &Path) -> io::Result<Self> {
        let real = folder.canonicalize()?;
        let roots = vec![Root::open(&real)?];
        Ok(Self {
            near: std::path::absolute(folder)?,
            near_real: real.clone(),
            root: real,
            roots,
            of_trees: true,
        })
    }

    /// The root that a path lies beneath, and the way from there. Links above the plan's folder are those by which a
    /// person named it; all others are followed within the root.
    fn place(&self, path: &Path) -> io::Result<(&Root, PathBuf)> {
        let path = std::path::absolute(path)?;
        let real = match path.strip_prefix(&self.near) {
            Ok(rest) => self.near_real.join(rest),
            Err(_) => match self.near.ancestors().find(|above| path.starts_with(above)) {
                Some(above) => above.canonicalize()?.join(path.strip_prefix(above).unwrap_or(&path)),
                None => path,
            },
        };
        let real = normal(&real);
        let beneath = |root| Some((root, Root::way(root, &real)?));
        self.roots.iter().find_map(beneath).ok_or_else(|| self.outside())
    }

    /// Whether a path lies beneath what may be named.
    #[must_use]
    pub fn holds(&self, path: &Path) -> bool {
        self.place(path).is_ok()
    }

    fn outside(&self) -> io::Error {
        Refusal::Outside(self.root.clone()).into()
    }

    fn open(&self, path: &Path) -> io::Result<File> {
        let (root, rest) = self.place(path)?;
        let file = regular(|flags| self.beneath(root, &rest, flags))?;
        self.belongs(root, &rest, &file)?;
        Ok(file)
    }

    fn beneath(&self, root: &Root, rest: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        beneath::open(root.folder.as_fd(), rest, flags)
            .map_err(|error| if beneath::leads_out(&error) { self.outside() } else { error })
    }

    /// Whether what was opened is what its path says, and nothing that only a link could lead to.
    fn belongs(&self, root: &Root, rest: &Path, file: &File) -> io::Result<()> {
        if self.of_trees {
            return Ok(());
        }
        let real = real_path(file).or_else(|| root.path.join(rest).canonicalize().ok());
        let Some(real) = real else { return Err(Refusal::Exchanged.into()) };
        if real.components().any(|part| part.as_os_str() == GIT) {
            return Err(Refusal::OfGit.into());
        }
        if real.extension() != rest.extension() {
            return Err(Refusal::OtherKind(real).into());
        }
        let above = real.ancestors().skip(1).take_while(|folder| folder.starts_with(&root.path));
        // Trees beside which a plan lies are not those that it could leak.
        let mut below = above.filter(|folder| !self.near_real.starts_with(folder));
        if below.any(|folder| folder.join(TREES_MARKER).symlink_metadata().is_ok()) {
            return Err(Refusal::OfTrees.into());
        }
        Ok(())
    }
}

impl Root {
    fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self { named: std::path::absolute(path)?, path: path.canonicalize()?, folder })
    }

    /// The way to a path that lies beneath.
    fn way(&self, path: &Path) -> Option<PathBuf> {
        let way = path.strip_prefix(&self.path).or_else(|_| path.strip_prefix(&self.named));
        way.ok().map(Path::to_owned)
    }

    fn named(path: &Path, option: &str) -> Result<Self, String> {
        Self::open(path).map_err(|error| format!("{option}: cannot open {}: {error}", path.display()))
    }
}

/// The folders that a person allows beside the root.
fn allowed(bounds: &Bounds) -> Result<Vec<Root>, String> {
    bounds.allow.iter().map(|folder| Root::named(folder, "--allow")).collect()
}

/// The nearest folder, from `near` upwards, that says that it is a root; else `near` itself. Git is not run, and what
/// lies in a home or in `/etc` does not belong to one plan.
fn found(near: &Path, home: Option<&Path>) -> PathBuf {
    let home = home.and_then(|home| home.canonicalize().ok());
    let too_much = |folder: &Path| {
        let of_homes = folder.parent().is_some_and(|above| above == Path::new("/home"));
        folder.parent().is_none()
            || ["/etc", "/home", "/root"].iter().any(|other| folder == Path::new(other))
            || of_homes
            || Some(folder) == home.as_deref()
    };
    let says = |folder: &Path| [GIT, ROOT].iter().any(|name| folder.join(name).symlink_metadata().is_ok());
    near.ancestors().find(|folder| !too_much(folder) && says(folder)).unwrap_or(near).to_owned()
}

/// Where an open file lies, as the system says it; none without `/proc`.
fn real_path(file: &File) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).ok()
}

impl World for Disk {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        bytes(self.open(path)?)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let (root, rest) = self.place(folder)?;
        let opened = self.beneath(root, &rest, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK)?;
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&opened)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if [".", "..", GIT].contains(&&*name) {
                continue;
            }
            if names.len() >= MOST_NAMES {
                return Err(Refusal::TooLarge.into());
            }
            let is_folder = match statat(&opened, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink => self
                    .beneath(root, &rest.join(&name), OFlags::PATH)
                    .and_then(|target| Ok(fstat(&target)?))
                    .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory),
                stat => stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory),
            };
            names.push(format!("{name}{}", if is_folder { "/" } else { "" }));
        }
        names.sort_unstable();
        Ok(names)
    }
}

/// The file system as a person names it, for what is given on the command line: any path, regular files alone.
#[derive(Debug, Clone, Copy)]
pub struct Anywhere;

impl World for Anywhere {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        regular::read_named(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let slash = if entry.path().is_dir() { "/" } else { "" };
            names.push(format!("{}{slash}", entry.file_name().to_string_lossy()));
        }
        names.sort_unstable();
        Ok(names)
    }
}
