//! Escapes attribute values in text (RFC 4514, 2.4).

use std::fmt::{self, Write as _};

/// A value so that nothing in it is taken for another attribute: without that the common name `x, O=system:masters`
/// would print like a group that the certificate does not have.
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, c) in self.0.char_indices() {
            let edge = at == 0 || at + c.len_utf8() == self.0.len();
            match c {
                ',' | '+' | '"' | '\\' | '<' | '>' | ';' => write!(f, "\\{c}")?,
                '#' if at == 0 => f.write_str("\\#")?,
                ' ' if edge => f.write_str("\\ ")?,
                '\0' => f.write_str("\\00")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}
