//! The report of `pkiplan diff` as one self-contained HTML page, which loads nothing.

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
use crate::report::page::Page;
use markup::escaped;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole page.
#[must_use]
pub fn page(named: &Named, comparison: &Comparison) -> String {
    let title = format!("{} against {}", named.after, named.before);
    let mut page = String::new();
    let unproven = summary::unproven(comparison);
    if !unproven.is_empty() {
        let _ = writeln!(page, "<p class=\"risk\">{}</p>", escaped(&unproven));
    }
    if comparison.shows_nothing() {
        let known = if unproven.is_empty() { "" } else { " as far as pkiplan can know" };
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
    Page { title: &title, style: STYLE, body: &page, script: SCRIPT }.html()
}
