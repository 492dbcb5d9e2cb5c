//! A whole plan as one page: hosts and who connects to whom, authorities and who trusts them, what expires when, each
//! host with its files, each certificate in words.
//!
//! What is alike is in the page once: hosts of one kind share their files and the words of their certificates, in which
//! the host's own name and addresses are holes. The script fills them where somebody looks.

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
