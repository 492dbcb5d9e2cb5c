//! A whole plan as one HTML page, for `pkiplan report`.
//!
//! The page shows the hosts and their connections, the authorities and the components that trust them, what expires
//! when, the files of each host, and each certificate in words. Equal data is stored only once: hosts of the same kind
//! share their files and the words of their certificates, in which the host's own name and addresses are placeholders.
//! The page's script fills these in when somebody opens a host.

mod authorities;
mod certificates;
mod data;
mod endings;
mod hosts;
mod shown;
mod topology;
mod words;

use crate::diagnostics::Diagnostic;
use crate::printable;
use crate::report::page::Page;
use data::Data;
pub use shown::Shown;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const BODY: &str = include_str!("page.html");

/// The page.
///
/// # Errors
/// A file cannot be rendered.
pub fn page(shown: &Shown<'_>) -> Result<String, Vec<Diagnostic>> {
    let data = Data::of(shown)?;
    let json = printable::value(serde_json::to_value(&data).unwrap_or_default()).to_string();
    // Nothing but this sign would end a script element.
    let json = json.replace('<', "\\u003c");
    let body = format!("{BODY}<script type=\"application/json\" id=\"data\">{json}</script>\n");
    Ok(Page { title: shown.plan, style: STYLE, body: &body, script: SCRIPT }.html())
}
