//! `pkiplan secret share`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::output::Output;
use crate::lock::Lock;
use crate::read::{Bounds, Disk};
use crate::source::Sources;
use crate::workspace::{Belonging, Failure, PlanFiles, of_file, parse_secret, read_lock};

#[derive(Debug, Args)]
pub(super) struct Share {
    /// A file with a secret, plain.
    file: PathBuf,
    /// The plan beside which the lock lies that the secret is to serve, too.
    #[arg(long, value_name = "PLAN")]
    plan: PathBuf,
}

pub(super) fn run(arguments: &Share, bounds: &Bounds, output: &Output) -> Result<ExitCode, Failure> {
    let shown = arguments.file.display();
    let lock = lock(arguments, bounds)?;
    let at = PlanFiles::of(&arguments.plan).lock;
    let bytes = of_file(&arguments.file)?;
    if crate::seal::is_sealed(&bytes) {
        return Err(format!(
            "{shown} is sealed and cannot be changed: open it (`pkiplan secret open`), share what it seals, and seal that again"
        )
        .into());
    }
    let secret = parse_secret(&bytes, &shown.to_string())?;
    let belonging = Belonging::of(&bytes, &secret, Some(&arguments.file), false);
    if belonging.noted.contains(&lock.id) {
        output.tell(&format!("{shown} serves {} already\n", at.display()));
        return Ok(ExitCode::SUCCESS);
    }
    let before = belonging.neighbour.iter().filter(|id| **id != lock.id);
    belonging
        .note(before.chain([&lock.id]).map(String::as_str))
        .map_err(|why| format!("cannot note the lock in {shown}: {why}"))?;
    let alone = belonging.noted.is_empty() && belonging.neighbour.as_ref().is_none_or(|id| *id == lock.id);
    output.tell(&match alone {
        true => format!("{shown} belongs to {}\n", at.display()),
        false => format!(
            "{shown} serves {}, too: what is called alike in its plans has the same key\n",
            at.display()
        ),
    });
    Ok(ExitCode::SUCCESS)
}

/// The lock beside the plan.
fn lock(arguments: &Share, bounds: &Bounds) -> Result<Lock, Failure> {
    let beside = PlanFiles::of(&arguments.plan);
    let disk = Disk::around(&arguments.plan, bounds)?;
    let at = beside.lock.display();
    let Some(text) = read_lock(&disk, &beside.lock)? else {
        return Err(
            format!("there is no lock {at}; `pkiplan lock {}` makes it", arguments.plan.display()).into()
        );
    };
    let mut sources = Sources::default();
    let source = sources.add(at.to_string(), text.as_str());
    Lock::parse(&text, source).map_err(|diagnostics| Failure::refused(diagnostics, &sources))
}
