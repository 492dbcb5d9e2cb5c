//! `pkiplan secret new`: creates a secret, or the next epoch of one.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::sealing::{Recipients, Sealing};
use crate::cli::clock;
use crate::cli::commits::warn_of_git;
use crate::cli::next;
use crate::cli::output::Output;
use crate::cli::plan_argument::PlanArgument;
use crate::cli::unlock::Unlock;
use crate::diagnostics::did_you_mean;
use crate::issue::secret::Secret;
use crate::lock::Lock;
use crate::read::{Bounds, Disk};
use crate::values::{SecretEpoch, SecretName};
use crate::workspace::{Failure, Opened, PlanFiles, Which, sealed};
use crate::write::{same_file, set_secret_aside, write_new_secret};

#[derive(Debug, Args)]
pub(super) struct New {
    #[command(flatten)]
    pub(super) plan: PlanArgument,
    /// The name of one of the plan's secrets.
    #[arg(long, default_value_t, value_name = "NAME")]
    name: SecretName,
    /// Replace a leaked secret; the old one is kept as that of the epoch before.
    #[arg(long, value_name = "N")]
    epoch: Option<u32>,
    #[command(flatten)]
    recipients: Recipients,
    #[command(flatten)]
    unlock: Unlock,
}

pub(super) fn run(arguments: &New, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let opened = Opened::read(&disk, PlanFiles::of(arguments.plan.path()))?;
    let beside = &opened.files;
    beside.spare_the_plan()?;
    opened.sound()?;
    is_declared(arguments, opened.plan.model.secrets.keys())?;
    let making = Making { arguments, beside, lock: opened.lock() };
    let replaced = making.replaced()?;
    let sealing = match arguments.recipients.is_empty() {
        true => None,
        false => Some(Sealing::new(&arguments.recipients, &arguments.unlock)?),
    };
    if let Some((from, to)) = &replaced {
        set_secret_aside(from, to).map_err(|error| error.to_string())?;
        output.say(&format!("{} is now {}\n", from.display(), to.display()));
    }
    let (path, whether) = making.write(sealing.as_ref())?;
    output.say(&format!(
        "A new secret was made: {}\n  Private keys derive from it. {whether}\n",
        path.display()
    ));
    warn_of_git(beside, output);
    let declared = opened.plan.model.secrets.get(&arguments.name).map(|secret| secret.epoch);
    match arguments.epoch.filter(|epoch| declared != Some(*epoch)) {
        None => output.next(&next::of_plan("build", arguments.plan.path())),
        Some(epoch) => output.say(&format!(
            "Write `epoch = {epoch}` below `[secret.{}]` of {} before you build.\n",
            arguments.name,
            arguments.plan.path().display()
        )),
    }
    Ok(ExitCode::SUCCESS)
}

/// A secret that the plan does not name would be of no use.
fn is_declared<'n>(
    arguments: &New,
    known: impl Iterator<Item = &'n SecretName> + Clone,
) -> Result<(), String> {
    let name = arguments.name;
    if known.clone().any(|known| *known == name) {
        return Ok(());
    }
    let near = did_you_mean(name.as_str(), known.map(SecretName::as_str));
    let help = near.unwrap_or_else(|| format!("add `[secret.{name}]` to it"));
    Err(format!("the plan {} has no secret `{name}`; {help}", arguments.plan.path().display()))
}

struct Making<'a> {
    arguments: &'a New,
    beside: &'a PlanFiles,
    lock: Option<&'a Lock>,
}

impl Making<'_> {
    fn which(&self) -> Which {
        Which { name: self.arguments.name, epoch: None }
    }

    /// What is set aside, and where; none where it is the first, or where the one before is already set aside or
    /// lost.
    fn replaced(&self) -> Result<Option<(PathBuf, PathBuf)>, String> {
        let name = self.arguments.name;
        let there = self.beside.secret_at(self.which());
        let recorded = self.recorded();
        let Some(epoch) = self.arguments.epoch.filter(|epoch| *epoch != 1 || recorded.is_some()) else {
            return self.is_first(there).map(|()| None);
        };
        let before = recorded.unwrap_or(1);
        if epoch != before.saturating_add(1) {
            let next = before.saturating_add(1);
            return Err(format!(
                "the secret `{name}` has epoch {before}, so the next one is that of epoch {next}"
            ));
        }
        let aside = Which { name, epoch: Some(before) };
        if let (Some(there), Some(old)) = (&there, self.beside.secret_at(aside))
            && !same_file(there, &old)
        {
            let (there, old) = (there.display(), old.display());
            return Err(format!(
                "{old} already exists, and {there} is the secret of epoch {epoch}; build with it"
            ));
        }
        if there.is_none() && recorded.is_none() && self.beside.secret_at(aside).is_none() {
            return Err(format!("there is no secret `{name}` to replace; leave out `--epoch`"));
        }
        let plain = self.beside.secret_file(aside);
        Ok(there.map(|there| {
            let is_sealed = there.extension().is_some_and(|extension| extension == "age");
            (there, if is_sealed { sealed(&plain) } else { plain })
        }))
    }

    /// The epoch of the secret that the lock was made with.
    fn recorded(&self) -> Option<u32> {
        let lock = self.lock?;
        let name = self.arguments.name;
        let known = |epoch: &u32| lock.secret(SecretEpoch { name, epoch: *epoch }).is_some();
        lock.newest_epoch(name).filter(known)
    }

    /// The first one is made where nothing says that there was one.
    fn is_first(&self, there: Option<PathBuf>) -> Result<(), String> {
        if let Some(path) = there {
            return Err(format!("{} already exists, and pkiplan never overwrites a secret", path.display()));
        }
        if self.recorded().is_some() {
            return Err(format!(
                "{} was made with a secret that is missing; restore it from a backup: with another secret, every key would change",
                self.beside.lock.display()
            ));
        }
        if self.lock.is_none() && self.beside.has_units() {
            return Err(format!(
                "there are trees in {} without their secret; restore it, or move the trees away to start a new PKI",
                self.beside.trees.display()
            ));
        }
        Ok(())
    }

    fn write(&self, sealing: Option<&Sealing<'_>>) -> Result<(PathBuf, &'static str), String> {
        let text = Secret::with_locks(&clock::new_secret()?.to_text(), self.lock.map(|lock| &*lock.id));
        let plain = self.beside.secret_file(self.which());
        let (path, text, whether) = match sealing {
            Some(sealing) => {
                let path = sealed(&plain);
                let sealed = sealing.seal(text.as_bytes(), &path)?;
                let whether = "It is sealed, so you may commit it. Keep the key or passphrase that opens it in a safe place.";
                (path, zeroize::Zeroizing::new(sealed), whether)
            }
            None => (plain, text, "Never commit it. Keep a copy in a safe place."),
        };
        write_new_secret(&path, text.as_bytes()).map_err(|error| error.to_string())?;
        Ok((path, whether))
    }
}
