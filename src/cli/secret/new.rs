//! `pkiplan secret new`

use std::process::ExitCode;

use super::New;
use super::sealing::Sealing;
use crate::cli::clock;
use crate::cli::decision::read_lock;
use crate::cli::output::Output;
use crate::cli::site::{Beside, sealed};
use crate::cli::unlock::Which;
use crate::lock::Lock;
use crate::source::Sources;
use crate::values::SecretName;
use crate::write::write_new_secret;

pub(super) fn run(arguments: &New, output: &Output) -> Result<ExitCode, String> {
    let beside = Beside::new(&arguments.plan, None);
    beside.spares(&arguments.plan)?;
    if !arguments.plan.is_file() {
        return Err(format!("there is no plan {}", arguments.plan.display()));
    }
    let which = Which::default();
    if let Some(path) = beside.secret_at(which) {
        return Err(format!("there is {} already, and a secret is never overwritten", path.display()));
    }
    let mut sources = Sources::default();
    let lock = match read_lock(&beside.lock)? {
        Some(text) => {
            let source = sources.add(beside.lock.display().to_string(), text.as_str());
            match Lock::parse(&text, source) {
                Ok(lock) => Some(lock),
                Err(diagnostics) => return Ok(output.failed(&diagnostics, &sources)),
            }
        }
        None => None,
    };
    if lock.is_some_and(|lock| lock.secrets.contains_key(SecretName::DEFAULT)) {
        return Err(format!(
            "{} was made with a secret that is not here; put it back from its backup: another one would change every key",
            beside.lock.display()
        ));
    }
    if beside.has_units() {
        return Err(format!(
            "there are trees in {} without their secret; put it back, or move the trees away to begin a new PKI",
            beside.trees.display()
        ));
    }
    let sealing = match arguments.recipients.is_empty() {
        true => None,
        false => Some(Sealing::new(&arguments.recipients, &arguments.unlock)?),
    };
    let text = clock::new_secret()?.to_text();
    let plain = beside.secret_file(which);
    let (path, whether) = match &sealing {
        Some(sealing) => {
            let path = sealed(&plain);
            let sealed = sealing.seal(text.as_bytes(), &path)?;
            write_new_secret(&path, sealed.as_bytes()).map_err(|error| error.to_string())?;
            (path, "It is sealed, and may be committed. Keep what opens it in a safe place.")
        }
        None => {
            write_new_secret(&plain, text.as_bytes()).map_err(|error| error.to_string())?;
            (plain, "Never commit it. Keep a copy in a safe place.")
        }
    };
    output.tell(&format!(
        "A new secret was made: {}\n  All private keys derive from it. {whether}\n",
        path.display()
    ));
    beside.warn_of_git(output);
    Ok(ExitCode::SUCCESS)
}
