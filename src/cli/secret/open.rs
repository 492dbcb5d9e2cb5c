//! `pkiplan secret open`: prints the contents of a sealed file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::output::Output;
use crate::cli::unlock::Unlock;
use crate::workspace::{Failure, of_file};

#[derive(Debug, Args)]
pub(super) struct Open {
    /// A sealed file.
    file: PathBuf,
    #[command(flatten)]
    unlock: Unlock,
}

pub(super) fn run(arguments: &Open, output: &Output) -> Result<ExitCode, Failure> {
    let shown = arguments.file.display().to_string();
    let sealed = of_file(&arguments.file)?;
    if !crate::seal::is_sealed(&sealed) {
        return Err(format!("{shown} is not sealed").into());
    }
    let opened = arguments.unlock.opener().open(sealed, &shown)?;
    output.warn(&format!("printing the contents of {shown} to standard output, unencrypted"));
    output.secret(&opened).map_err(|error| format!("cannot write to standard output: {error}"))?;
    Ok(ExitCode::SUCCESS)
}
