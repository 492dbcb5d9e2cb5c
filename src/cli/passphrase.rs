//! Reads passphrases from the terminal.

use zeroize::Zeroizing;

use crate::printable;

/// Asks at the terminal.
pub(super) fn ask(what: &str) -> Result<Zeroizing<String>, String> {
    rpassword::prompt_password(printable::line(&format!("Give {what}: "))).map(Zeroizing::new).map_err(|error| {
        format!("cannot ask for {what} at the terminal ({error}); use `--passphrase-fd N` to read it from a file descriptor")
    })
}
