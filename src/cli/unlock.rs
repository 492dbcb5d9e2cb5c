//! The options of commands that read secrets or sealed files.

use std::path::PathBuf;

use clap::Args;

use super::passphrase;
use crate::workspace::{Given, Opener};

/// How sealed files open.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Unlock {
    /// A private key that opens sealed files: an age identity file or an SSH key. Repeatable.
    #[arg(long, value_name = "FILE")]
    identity: Vec<PathBuf>,
    /// Read the passphrase of sealed or encrypted files from this file descriptor instead of the terminal.
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<u32>,
}

impl Unlock {
    /// What opens sealed files as these options say; a person is asked at the terminal.
    pub(super) fn opener(&self) -> Opener<'_> {
        Opener::new(&self.identity, self.passphrase_fd, passphrase::ask)
    }
}

/// Where secrets come from, if not from beside the plan.
///
/// Each may begin with `NAME=`, and a secret of an earlier epoch is called `NAME.epoch-N`.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct SecretArguments {
    /// Read the secret from this file, plain or sealed. NAME: another secret than `default`. Repeatable.
    #[arg(long, value_name = "[NAME=]FILE")]
    secret: Vec<String>,
    /// Read the secret from this file descriptor.
    #[arg(long, value_name = "[NAME=]N")]
    secret_fd: Vec<String>,
    /// Read the secret from the output of this shell command.
    #[arg(long, value_name = "[NAME=]COMMAND")]
    secret_command: Vec<String>,
    #[command(flatten)]
    pub(super) unlock: Unlock,
}

impl SecretArguments {
    /// Whether a secret is given.
    pub(super) fn are_given(&self) -> bool {
        !(self.secret.is_empty() && self.secret_fd.is_empty() && self.secret_command.is_empty())
    }

    /// The same without what is given: secrets are beside the plan.
    pub(super) fn beside_the_plan(&self) -> Self {
        Self { unlock: self.unlock.clone(), ..Self::default() }
    }

    /// What was given, in no order that matters.
    ///
    /// # Errors
    /// A file descriptor that is none, or a secret that is given twice.
    pub(super) fn given(&self) -> Result<Vec<Given>, String> {
        let files = self.secret.iter().map(|text| Ok(Given::file(text)));
        let commands = self.secret_command.iter().map(|text| Ok(Given::command(text)));
        let descriptors = self.secret_fd.iter().map(|text| Given::descriptor(text));
        let given: Vec<Given> = files.chain(commands).chain(descriptors).collect::<Result<_, String>>()?;
        for (i, one) in given.iter().enumerate() {
            if given[..i].iter().any(|other| other.which == one.which) {
                return Err(format!("{} is given twice", one.which));
            }
        }
        Ok(given)
    }
}
