//! The report of `pkiplan diff` for a terminal, shortened unless one part is requested.

mod files;
mod hosts;
mod page;
mod parts;

use super::{Named, Part, drift, summary};
use crate::compare::Comparison;
use page::{Page, Paint};

/// What was asked for, which the last line repeats.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The base as it was written.
    pub base: &'a str,
    /// One host alone.
    pub host: Option<&'a str>,
    /// One part alone, with all its lines.
    pub only: Option<Part>,
}

/// Where the report is read.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Characters of a line.
    pub width: usize,
    /// Whether it takes colours.
    pub paints: bool,
}

/// The whole report.
#[must_use]
pub fn report(asked: &Asked<'_>, named: &Named, comparison: &Comparison, terminal: Terminal) -> String {
    let mut page = Page { text: String::new(), width: terminal.width, paints: terminal.paints };
    let unproven = summary::unproven(comparison);
    if comparison.shows_nothing() {
        let Named { before, after } = named;
        let nothing = drift::nothing(comparison, before);
        let nothing = match unproven.is_empty() {
            true => format!("{after}: {nothing}"),
            false => format!("{after}: {nothing} as far as pkiplan can know; {unproven}"),
        };
        page.whole_line(Paint::Plain, &nothing);
        page.drift(comparison, asked.only == Some(Part::Files));
        return page.text;
    }
    page.line(&[(Paint::Bold, &named.after), (Paint::Plain, " against "), (Paint::Bold, &named.before)]);
    page.plan(comparison);
    page.risks(comparison, asked.only == Some(Part::Impact));
    page.certificates(comparison, asked.only == Some(Part::Certificates));
    page.drift(comparison, asked.only == Some(Part::Files));
    page.files(comparison, asked.only == Some(Part::Files));
    page.rollout(comparison);
    page.proof(comparison);
    if !unproven.is_empty() {
        page.line(&[(Paint::Plain, "")]);
        page.sentence(0, Paint::Yellow, &unproven);
    }
    if asked.only.is_none() {
        page.causes(comparison);
        let host = asked.host.map_or_else(String::new, |host| format!(" --host {host}"));
        let more = format!("every line: pkiplan diff {} {} --only files{host}", named.after, asked.base);
        page.line(&[(Paint::Plain, "")]);
        page.line(&[(Paint::Dim, &more)]);
    }
    page.text
}
