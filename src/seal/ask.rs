//! Questions to whoever runs the program.

use zeroize::Zeroizing;

/// What a person would have to be asked for: the question, and then the answer if there is one.
pub type Ask<'a> = &'a dyn Fn(&str) -> Result<Zeroizing<String>, String>;
