//! The callback that asks the user for a passphrase.

use zeroize::Zeroizing;

/// What a person would have to be asked for: the question, and then the answer if there is one.
pub type Ask<'a> = &'a dyn Fn(&str) -> Result<Zeroizing<String>, String>;
