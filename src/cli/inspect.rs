//! `pkiplan inspect`: describes a certificate, a key, a kubeconfig or a PKCS#12 file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use zeroize::Zeroizing;

use super::clock;
use super::output::Output;
use crate::inspect::{describe, describe_store, is_store, textconv};
use crate::workspace::{of_any_file, of_file};

#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// A file: PEM, DER, a kubeconfig or PKCS#12.
    pub(super) file: PathBuf,
    /// The file of the password of a PKCS#12 file; its first line counts. Certificates that are not encrypted are
    /// shown without it.
    #[arg(long, value_name = "FILE", conflicts_with = "textconv")]
    pub(super) password_file: Option<PathBuf>,
    /// Print a summary that does not depend on the date, for `git diff`. Unknown files are printed unchanged.
    #[arg(long, conflicts_with = "at")]
    pub(super) textconv: bool,
    /// Count days from this time (RFC 3339). Default: SOURCE_DATE_EPOCH, else now.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

pub(super) fn run(arguments: &Inspect, output: &Output) -> ExitCode {
    output.end(reported(arguments, output).map(|()| ExitCode::SUCCESS))
}

fn reported(arguments: &Inspect, output: &Output) -> Result<(), String> {
    let shown = arguments.file.display();
    let read = || of_any_file(&arguments.file);
    // No clock: git shows nothing of any file where its driver fails.
    if arguments.textconv {
        output.bytes(&textconv(&read()?));
        return Ok(());
    }
    let now = clock::at(arguments.at.as_deref())?;
    let bytes = read()?;
    let found = match (is_store(&bytes), &arguments.password_file) {
        (true, file) => {
            let password = file.as_deref().map(password).transpose()?;
            let password = password.as_ref().map(|password| password.as_str());
            describe_store(&bytes, password, now).map_err(|error| format!("{shown}: {error}"))?
        }
        (false, Some(_)) => return Err(format!("{shown} is not PKCS#12, so it needs no password")),
        (false, None) => describe(&bytes, now).map_err(|error| format!("{shown}: {error}"))?,
    };
    if output.json {
        output.json(serde_json::json!(found));
    } else {
        let texts: Vec<String> = found.iter().map(crate::inspect::Description::to_text).collect();
        output.print(&texts.join("\n"));
    }
    Ok(())
}

/// The first line of a file.
fn password(path: &Path) -> Result<Zeroizing<String>, String> {
    let bytes = of_file(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| format!("{} is not a text", path.display()))?;
    let line = text.split_once('\n').map_or(text, |(line, _)| line);
    Ok(Zeroizing::new(line.trim_end_matches('\r').to_owned()))
}
