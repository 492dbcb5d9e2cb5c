//! The paths of the files next to a plan.

use std::path::{Path, PathBuf};

use super::given::Which;
use crate::read::beside;

/// A plan `NAME.toml`, and the files and folders beside it.
#[derive(Debug, Clone)]
pub struct PlanFiles {
    /// `NAME.toml`
    pub plan: PathBuf,
    /// `NAME.lock`
    pub lock: PathBuf,
    /// `NAME.applied`: which hosts have which lock.
    pub applied: PathBuf,
    /// `NAME.certs/`
    pub certificates: PathBuf,
    /// `NAME.keys/`: the private keys that were imported.
    pub keys: PathBuf,
    /// `NAME.secret`
    pub secret: PathBuf,
    /// `NAME.trees/`
    pub trees: PathBuf,
}

impl PlanFiles {
    /// With the trees beside the plan.
    #[must_use]
    pub fn of(plan: &Path) -> Self {
        let beside = |extension: &str| beside(plan, extension);
        Self {
            plan: plan.to_owned(),
            lock: beside("lock"),
            applied: beside("applied"),
            certificates: beside("certs"),
            keys: beside("keys"),
            secret: beside("secret"),
            trees: beside("trees"),
        }
    }

    /// With the trees elsewhere, if somebody says where.
    #[must_use]
    pub fn with_trees(self, out: Option<&Path>) -> Self {
        Self { trees: out.map_or(self.trees, Path::to_path_buf), ..self }
    }

    /// Where a secret lies when it is not sealed: `NAME.secret` is the default one.
    #[must_use]
    pub fn secret_file(&self, which: Which) -> PathBuf {
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
    #[must_use]
    pub fn secret_at(&self, which: Which) -> Option<PathBuf> {
        let plain = self.secret_file(which);
        let sealed = sealed(&plain);
        [plain, sealed].into_iter().find(|path| path.symlink_metadata().is_ok())
    }

    /// A plan called like one of the files that a build writes would be overwritten by it.
    ///
    /// # Errors
    /// What to call it instead.
    pub fn spare_the_plan(&self) -> Result<(), String> {
        let plan = &self.plan;
        let written = [&self.lock, &self.applied, &self.certificates, &self.keys, &self.secret, &self.trees];
        if written.into_iter().any(|path| path == plan) {
            let better = plan.with_extension("toml");
            return Err(format!(
                "{} is a file that a build writes; name the plan {}",
                plan.display(),
                better.display()
            ));
        }
        Ok(())
    }

    /// Whether something visible lies in the trees: what a build leaves that ended before its lock was
    /// written has names with a dot.
    #[must_use]
    pub fn has_units(&self) -> bool {
        let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries(&self.trees).any(|entry| {
            let path = entry.path();
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            !hidden && (!path.is_dir() || entries(&path).next().is_some())
        })
    }
}

/// The sealed file of a plain one: `NAME.secret.age`.
#[must_use]
pub fn sealed(plain: &Path) -> PathBuf {
    let mut name = plain.as_os_str().to_owned();
    name.push(".age");
    name.into()
}
