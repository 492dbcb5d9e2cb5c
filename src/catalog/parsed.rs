//! Parsers for values of the catalog that are written as strings.

use std::str::FromStr;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::Text;
use crate::values::Invalid;

/// Parses a value of the catalog or the plan; a mistake is reported at its place.
pub(crate) fn parsed<T: FromStr<Err = Invalid>>(
    text: &Text,
    code: Code,
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    match text.value.parse() {
        Ok(value) => Some(value),
        Err(invalid) => {
            diagnostics
                .push(Diagnostic::new(code, invalid.message).at(text.span, "").maybe_help(invalid.help));
            None
        }
    }
}

/// Octal digits as permission bits.
pub(super) fn mode(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o777 && text.len() >= 3)
}
