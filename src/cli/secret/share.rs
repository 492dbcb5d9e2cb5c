//! `pkiplan secret share`: allows a second plan to use a secret.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::sealing::{Recipients, Sealing};
use crate::cli::next;
use crate::cli::output::Output;
use crate::cli::plan_argument::PlanOption;
use crate::cli::unlock::Unlock;
use crate::issue::secret::Secret;
use crate::lock::Lock;
use crate::read::{Bounds, Disk};
use crate::seal::{SealedFile, is_sealed};
use crate::source::Sources;
use crate::workspace::{Belonging, Failure, PlanFiles, of_file, parse_secret, read_lock};
use crate::write::replace_secret;

#[derive(Debug, Args)]
pub(super) struct Share {
    /// A file with a secret, plain or sealed. A sealed file is sealed again and does not list its recipients: give all of
    /// them.
    file: PathBuf,
    #[command(flatten)]
    pub(super) plan: PlanOption,
    #[command(flatten)]
    recipients: Recipients,
    #[command(flatten)]
    unlock: Unlock,
}

pub(super) fn run(arguments: &Share, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let shown = arguments.file.display().to_string();
    let lock = lock(arguments, bounds)?;
    let at = PlanFiles::of(arguments.plan.path()).lock;
    let bytes = of_file(&arguments.file)?;
    let sealed = is_sealed(&bytes).then(|| Sealed::new(arguments, &bytes)).transpose()?;
    let text = match &sealed {
        Some(sealed) => sealed.sealing.open(bytes, &shown)?,
        None => bytes,
    };
    let secret = parse_secret(&text, &shown)?;
    let belonging = Belonging::of(&text, &secret, Some(&arguments.file), sealed.is_some());
    if belonging.noted.contains(&lock.id) {
        output.say(&format!("{shown} already serves {}\n", at.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let before = belonging.neighbour.iter().filter(|id| **id != lock.id);
    let locks = before.chain([&lock.id]).map(String::as_str);
    match &sealed {
        Some(sealed) => sealed.note(&text, locks, output),
        None => belonging.note(locks),
    }
    .map_err(|why| format!("cannot record the lock in {shown}: {why}"))?;
    let alone = belonging.noted.is_empty() && belonging.neighbour.as_ref().is_none_or(|id| *id == lock.id);
    output.say(&match alone {
        true => format!("{shown} belongs to {}\n", at.display()),
        false => format!(
            "{shown} now also serves {}: things with the same name in both plans have the same key\n",
            at.display()
        ),
    });
    output.next(&next::of_plan("build", arguments.plan.path()));
    Ok(ExitCode::SUCCESS)
}

/// A sealed secret, and what seals it again.
struct Sealed<'a> {
    arguments: &'a Share,
    sealing: Sealing<'a>,
    was: SealedFile,
}

impl<'a> Sealed<'a> {
    fn new(arguments: &'a Share, bytes: &[u8]) -> Result<Self, String> {
        let was = SealedFile::new(bytes.to_vec());
        if arguments.recipients.is_empty() {
            return Err(format!(
                "{} is sealed to {}: name all recipients again (`--recipient`, `--recipients-file` or `--passphrase`)",
                arguments.file.display(),
                was.recipients()
            ));
        }
        let sealing = Sealing::new(&arguments.recipients, &arguments.unlock)?;
        Ok(Self { arguments, sealing, was })
    }

    /// Seals the text again, with these locks in it.
    fn note<'l>(
        &self,
        text: &[u8],
        locks: impl Iterator<Item = &'l str>,
        output: &Output,
    ) -> Result<(), String> {
        let file = &self.arguments.file;
        let text = std::str::from_utf8(text).unwrap_or_default();
        let sealed = self.sealing.seal(Secret::with_locks(text, locks).as_bytes(), file)?;
        replace_secret(file, sealed.as_bytes()).map_err(|error| error.to_string())?;
        let (is, was) = (SealedFile::new(sealed.into_bytes()).recipients(), self.was.recipients());
        if is != was {
            output.warn(&format!("{} is now sealed to {is}, before to {was}", file.display()));
        }
        Ok(())
    }
}

/// The lock beside the plan.
fn lock(arguments: &Share, bounds: &Bounds) -> Result<Lock, Failure> {
    let beside = PlanFiles::of(arguments.plan.path());
    let disk = Disk::around(arguments.plan.path(), bounds)?;
    let at = beside.lock.display();
    let Some(text) = read_lock(&disk, &beside.lock)? else {
        return Err(format!(
            "there is no lock {at}; run `pkiplan lock {}` first",
            arguments.plan.path().display()
        )
        .into());
    };
    let mut sources = Sources::default();
    let source = sources.add(at.to_string(), text.as_str());
    Lock::parse(&text, source).map_err(|diagnostics| Failure::refused(diagnostics, &sources))
}
