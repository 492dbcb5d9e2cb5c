//! The last step of every import: tries the edited plan before anything is written.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::clock;
use super::output::Output;
use crate::decide;
use crate::import::Edited;
use crate::read::{Anywhere, Disk, Memory, Overlay, World as _};
use crate::stored::Stored;
use crate::workspace::{Failure, Opened, PlanFiles};

/// A certificate's file, its text, and whether it is there already.
pub(super) type CertificateFile = (PathBuf, String, bool);

/// Whether the certificate lies there already.
pub(super) fn certificate_is_there(path: &Path, stored: &Stored) -> Result<bool, String> {
    match Anywhere.read(path) {
        Ok(text) if Stored::from_pem(&text).as_ref() == Ok(stored) => Ok(true),
        Ok(_) => Err(format!(
            "{} is a different certificate, from an earlier build or import: nothing was replaced",
            path.display()
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

/// Those that are not there yet.
pub(super) fn new_certificates(all: &[CertificateFile]) -> Vec<(String, &[u8])> {
    let new = all.iter().filter(|(_, _, there)| !there);
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    new.map(|(path, text, _)| (name(path), text.as_bytes())).collect()
}

/// Says why the plan stays as it is, and which lines it would have had.
pub(super) fn unchanged(plan: &Path, failure: Failure, edited: &Edited, output: &Output) -> ExitCode {
    let code = output.end(Err::<ExitCode, _>(failure));
    output.fail(&format!(
        "nothing was changed; add these lines to {}:\n\n{}",
        plan.display(),
        edited.lines.trim_end()
    ));
    code
}

/// Reads the new plan as the next build will, and decides.
pub(super) fn try_out(
    (plan, at): (&Path, Option<&str>),
    disk: &Disk,
    (text, certificates): (&str, &[CertificateFile]),
    output: &Output,
) -> Result<(), Failure> {
    let request = decide::Request::new(clock::at(at)?);
    let mut front = Memory::default().with(plan, text);
    for (path, certificate, _) in certificates {
        front = front.with(path, certificate.as_str());
    }
    let world = Overlay { front, back: disk };
    let opened = Opened::read(&world, PlanFiles::of(plan))?;
    let decided = opened.expand()?.decide(request, &clock::new_lock_id()?)?;
    output.diagnostics(&decided.expanded.diagnostics, decided.sources());
    Ok(())
}
