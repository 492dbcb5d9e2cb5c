//! `pkiplan secret open`

use std::process::ExitCode;

use super::Open;
use crate::cli::output::Output;
use crate::cli::unlock::{Opener, bytes};

pub(super) fn run(arguments: &Open, output: &Output) -> Result<ExitCode, String> {
    let shown = arguments.file.display().to_string();
    let sealed = bytes::of_file(&arguments.file)?;
    if !crate::seal::is_sealed(&sealed) {
        return Err(format!("{shown} is not sealed"));
    }
    let opened = Opener::new(&arguments.unlock).open(sealed, &shown)?;
    output.warn(&format!("what {shown} seals goes to standard output in the clear"));
    output.secret(&opened).map_err(|error| format!("cannot write to standard output: {error}"))?;
    Ok(ExitCode::SUCCESS)
}
