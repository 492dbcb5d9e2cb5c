//! What stands beside a plan, and whether git would carry away what it must not.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::output::Output;
use super::unlock::Which;

/// The files and folders beside a plan `NAME.toml`.
pub(super) struct Beside {
    /// `NAME.lock`
    pub(super) lock: PathBuf,
    /// `NAME.certs/`
    pub(super) certificates: PathBuf,
    /// `NAME.keys/`: the private keys that were imported.
    pub(super) keys: PathBuf,
    /// `NAME.secret`
    pub(super) secret: PathBuf,
    /// `NAME.trees/`
    pub(super) trees: PathBuf,
}

impl Beside {
    pub(super) fn new(plan: &Path, out: Option<&Path>) -> Self {
        Self {
            lock: plan.with_extension("lock"),
            certificates: plan.with_extension("certs"),
            keys: plan.with_extension("keys"),
            secret: plan.with_extension("secret"),
            trees: out.map_or_else(|| plan.with_extension("trees"), Path::to_path_buf),
        }
    }

    /// Where a secret lies when it is not sealed: `NAME.secret` is the default one.
    pub(super) fn secret_file(&self, which: Which) -> PathBuf {
        let mut extension = String::new();
        if !which.name.is_default() {
            extension.push_str(&format!("{}.", which.name));
        }
        if let Some(epoch) = which.epoch {
            extension.push_str(&format!("epoch-{epoch}."));
        }
        self.secret.with_extension(format!("{extension}secret"))
    }

    /// Where a secret lies: plain, or sealed; none if it is not there.
    pub(super) fn secret_at(&self, which: Which) -> Option<PathBuf> {
        let plain = self.secret_file(which);
        let sealed = sealed(&plain);
        [plain, sealed].into_iter().find(|path| path.symlink_metadata().is_ok())
    }

    /// A plan called like one of the files that a build writes would be overwritten by it.
    ///
    /// # Errors
    /// What to call it instead.
    pub(super) fn spares(&self, plan: &Path) -> Result<(), String> {
        let written = [&self.lock, &self.certificates, &self.keys, &self.secret, &self.trees];
        if written.into_iter().any(|path| path == plan) {
            let better = plan.with_extension("toml");
            return Err(format!(
                "{} is what a build writes beside its plan; call the plan {}",
                plan.display(),
                better.display()
            ));
        }
        Ok(())
    }

    /// Whether something visible lies in the trees: what a build leaves that ended before its lock was
    /// written has names with a dot.
    pub(super) fn has_units(&self) -> bool {
        let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries(&self.trees).any(|entry| {
            let path = entry.path();
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            !hidden && (!path.is_dir() || entries(&path).next().is_some())
        })
    }

    /// Warns where git would take the secret or the trees into a commit.
    pub(super) fn warn_of_git(&self, output: &Output) {
        let exposed: Vec<String> = [&self.secret, &self.trees, &self.keys]
            .into_iter()
            .filter(|path| path.exists() && is_exposed(path))
            .map(|path| path.display().to_string())
            .collect();
        if !exposed.is_empty() {
            let message = format!(
                "git does not ignore {}: private keys would be committed; `pkiplan git set-up` adds `*.secret`, `*.keys/` and `*.trees/` to .gitignore",
                exposed.join(" and ")
            );
            output.warn(&message);
        }
    }
}

/// The sealed file of a plain one: `NAME.secret.age`.
pub(super) fn sealed(plain: &Path) -> PathBuf {
    let mut name = plain.as_os_str().to_owned();
    name.push(".age");
    name.into()
}

/// Whether a path lies in a git work tree that does not ignore it. Without git at hand nobody commits.
fn is_exposed(path: &Path) -> bool {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let Some(folder) = absolute.parent() else { return false };
    let git = |arguments: &[&std::ffi::OsStr]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(folder).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().ok().and_then(|status| status.code())
    };
    let inside = git(&["rev-parse".as_ref(), "--is-inside-work-tree".as_ref()]) == Some(0);
    // `git check-ignore` answers 1 for a path that is not ignored; a folder's pattern wants the slash.
    let mut named = absolute.clone().into_os_string();
    if absolute.is_dir() {
        named.push("/");
    }
    inside && git(&["check-ignore".as_ref(), "-q".as_ref(), named.as_os_str()]) == Some(1)
}
