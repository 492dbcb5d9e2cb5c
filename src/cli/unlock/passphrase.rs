//! Passphrases: from the terminal, or from a file descriptor.

use zeroize::{Zeroize as _, Zeroizing};

use super::bytes;

/// The first line of what comes from a file descriptor.
pub(super) fn from_descriptor(number: u32) -> Result<Zeroizing<String>, String> {
    let bytes = bytes::of_descriptor(number)?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line).map_err(|_| "the passphrase is not UTF-8".to_owned())?;
    if text.is_empty() {
        return Err(format!("file descriptor {number} gives no passphrase"));
    }
    Ok(Zeroizing::new(text.to_owned()))
}

/// Asks at the terminal.
pub(super) fn ask(what: &str) -> Result<Zeroizing<String>, String> {
    rpassword::prompt_password(format!("Give {what}: ")).map(Zeroizing::new).map_err(|error| {
        format!("cannot ask for {what} at the terminal ({error}); `--passphrase-fd N` takes it from a file descriptor")
    })
}

/// Asks for a new passphrase, twice.
pub(super) fn ask_for_new() -> Result<Zeroizing<String>, String> {
    let first = ask("a passphrase to seal with")?;
    if first.is_empty() {
        return Err("the passphrase is empty".to_owned());
    }
    let mut second = ask("it again")?;
    let same = *first == *second;
    second.zeroize();
    if same { Ok(first) } else { Err("the two passphrases differ; nothing was sealed".to_owned()) }
}
