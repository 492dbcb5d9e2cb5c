//! Escapes text for HTML.

use crate::printable;

/// Text that is text in a page, also within quotes.
pub(super) fn escaped(text: &str) -> String {
    let text = printable::line(text);
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
