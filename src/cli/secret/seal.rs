//! `pkiplan secret seal`: encrypts secrets and private keys at rest.

use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use zeroize::Zeroizing;

use super::sealing::{Recipients, Sealing};
use crate::cli::next;
use crate::cli::output::Output;
use crate::cli::unlock::Unlock;
use crate::issue::imported::{EncryptionKey, ImportedText};
use crate::issue::pem;
use crate::workspace::{Failure, of_file, parse_secret, sealed};
use crate::write::{remove_secret, write_new_secret};

#[derive(Debug, Args)]
pub(super) struct Seal {
    /// Files with a secret or a private key.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    recipients: Recipients,
    /// Remove the plain file after checking that the sealed one opens. With recipients, this needs `--identity`.
    #[arg(long)]
    remove: bool,
    #[command(flatten)]
    unlock: Unlock,
}

pub(super) fn run(arguments: &Seal, output: &Output) -> Result<ExitCode, Failure> {
    if arguments.recipients.is_empty() {
        return Err("name the recipients: `--recipient age1...`, `--recipients-file FILE` or `--passphrase`"
            .to_owned()
            .into());
    }
    let plain: Vec<Zeroizing<Vec<u8>>> =
        arguments.files.iter().map(|path| worth_sealing(path)).collect::<Result<_, _>>()?;
    let sealing = Sealing::new(&arguments.recipients, &arguments.unlock)?;
    if arguments.remove && !sealing.opens() {
        return Err(
            "`--remove` first checks that the sealed file opens: add `--identity FILE`, or leave `--remove` out"
                .to_owned()
                .into(),
        );
    }
    for (path, plain) in arguments.files.iter().zip(&plain) {
        let text = sealing.seal(plain, path)?;
        let to = sealed(path);
        write_new_secret(&to, text.as_bytes()).map_err(|error| error.to_string())?;
        let proof = if sealing.opens() { " (verified)" } else { "" };
        output.say(&format!("sealed {} to {}{proof}\n", path.display(), to.display()));
        if arguments.remove {
            remove_secret(path).map_err(|error| error.to_string())?;
            output.say(&format!("{} is removed\n", path.display()));
        }
    }
    if !arguments.remove {
        output.say("Try the sealed files before you remove the plain ones.\n");
    }
    let sealed: Vec<String> =
        arguments.files.iter().map(|path| sealed(path).to_string_lossy().into_owned()).collect();
    output.next(&next::add(sealed.iter().map(String::as_str)));
    Ok(ExitCode::SUCCESS)
}

/// What a file holds, if it is a secret or a private key: sealing anything else is a slip.
fn worth_sealing(path: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let bytes = of_file(path)?;
    let shown = path.display().to_string();
    if crate::seal::is_sealed(&bytes) {
        return Err(format!("{shown} is already sealed"));
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let key = pem::blocks(text).iter().any(|block| block.label.ends_with("PRIVATE KEY"))
        || EncryptionKey::parse(text).is_some()
        || ImportedText::parse(text).is_some();
    if !key && parse_secret(&bytes, &shown).is_err() {
        return Err(format!("{shown} is not a secret, a PEM private key or an imported key"));
    }
    Ok(bytes)
}
