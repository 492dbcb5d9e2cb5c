//! Who owns a file on a host.

use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::Text;

/// How many bytes the name of a user of a host has at most (useradd(8)).
const LONGEST: usize = 32;

/// The owner that the plan says, else root; none where nobody can be called so.
pub(super) fn owner(text: Option<&Text>, diagnostics: &mut Diagnostics) -> Option<Arc<str>> {
    let Some(text) = text else { return Some("root".into()) };
    let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let name = &text.value;
    let good = !name.is_empty() && !name.starts_with('-') && name.len() <= LONGEST;
    if !good || !name.bytes().all(usual) {
        let message = format!("`{name}` is not the name of a user of a host");
        let help = "write a name such as `root`, or a number";
        diagnostics.push(Diagnostic::new(Code::BadValue, message).at(text.span, "").help(help));
        return None;
    }
    Some(name.as_str().into())
}
