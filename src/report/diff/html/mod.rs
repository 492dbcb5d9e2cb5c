//! The report as one page that needs nothing besides: no network, no other file.

mod certificates;
mod drawing;
mod files;
mod fold;
mod graph;
mod layout;
mod markup;
mod rollout;
mod sections;
mod thing;

use std::fmt::Write as _;

use super::{Named, summary};
use crate::compare::Comparison;
use markup::escaped;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole page.
#[must_use]
pub fn page(named: &Named, comparison: &Comparison) -> String {
    let title = format!("{} against {}", named.after, named.before);
    let title = escaped(&title);
    let mut page = String::new();
    // The page may run what stands in it and load nothing.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
    );
    let unproven = summary::unproven(comparison);
    if !unproven.is_empty() {
        let _ = writeln!(page, "<p class=\"risk\">{}</p>", escaped(&unproven));
    }
    if comparison.shows_nothing() {
        let known = if unproven.is_empty() { "" } else { " as far as can be known" };
        let _ = writeln!(page, "<p>Nothing changes{known}.</p>");
        sections::hosts(comparison, &mut page);
    } else {
        sections::numbers(comparison, &mut page);
        sections::proved(comparison, &mut page);
        sections::risks(comparison, &mut page);
        sections::plan(comparison, &mut page);
        sections::hosts(comparison, &mut page);
        rollout::rollout(comparison, &mut page);
        sections::causes(comparison, &mut page);
        certificates::certificates(comparison, &mut page);
        files::files(comparison, &mut page);
    }
    let _ = write!(page, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    page
}
