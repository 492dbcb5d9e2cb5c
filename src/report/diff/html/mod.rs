//! The report as one page that needs nothing besides: no network, no other file.

mod certificates;
mod drawing;
mod files;
mod fold;
mod graph;
mod layout;
mod rollout;
mod sections;

use std::fmt::Write as _;

use super::Named;
use crate::compare::{Comparison, Done};

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
    if comparison.is_empty() {
        page.push_str("<p>Nothing changes.</p>\n");
    } else {
        sections::numbers(comparison, &mut page);
        sections::risks(comparison, &mut page);
        sections::plan(comparison, &mut page);
        rollout::rollout(comparison, &mut page);
        sections::causes(comparison, &mut page);
        certificates::certificates(comparison, &mut page);
        files::files(comparison, &mut page);
    }
    let _ = write!(page, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n");
    page
}

/// A section with its heading.
fn section(id: &str, heading: &str, page: &mut String, inner: impl FnOnce(&mut String)) {
    let _ = writeln!(page, "<section id=\"{id}\" aria-labelledby=\"{id}-heading\">");
    let _ = writeln!(page, "<h2 id=\"{id}-heading\">{heading}</h2>");
    inner(page);
    page.push_str("</section>\n");
}

/// A table whose first rows are shown and whose others are folded.
fn table(head: &str, (rows, most): (&[String], usize), page: &mut String) {
    // What is folded takes a row itself.
    let shown = if rows.len() <= most + 1 { rows.len() } else { most };
    let (first, rest) = rows.split_at(shown);
    let _ = writeln!(page, "<table>\n{head}{}</table>", first.concat());
    if !rest.is_empty() {
        let (count, rest) = (rest.len(), rest.concat());
        let _ = writeln!(
            page,
            "<details><summary>and {count} more</summary>\n<table>\n{head}{rest}</table>\n</details>"
        );
    }
}

/// The head of a table, for those who do not see its columns.
fn head(columns: &[&str]) -> String {
    let cells: String = columns.iter().map(|column| format!("<th scope=\"col\">{column}</th>")).collect();
    format!("<thead><tr>{cells}</tr></thead>\n")
}

/// Names that are shown short, and all of them for those who want to know.
fn unfolding<S: AsRef<str>>(short: &str, all: &[S]) -> String {
    if all.len() < 2 || all.iter().all(|name| short.contains(name.as_ref())) {
        return escaped(short);
    }
    let all: Vec<String> = all.iter().map(|name| escaped(name.as_ref())).collect();
    format!("<details><summary>{}</summary>{}</details>", escaped(short), all.join("<br>"))
}

fn word(change: Done) -> &'static str {
    match change {
        Done::Added => "new",
        Done::Changed => "changed",
        Done::Removed => "gone",
    }
}

/// The word of what becomes of something, in its colour.
fn badge(word: &str) -> String {
    format!("<span class=\"word {word}\">{word}</span>")
}

/// A sentence; what stands between backticks is code.
fn prose(text: &str) -> String {
    let text = escaped(text);
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return text;
    }
    let code = |(at, piece): (usize, &&str)| {
        if !at.is_multiple_of(2) { format!("<code>{piece}</code>") } else { (*piece).to_owned() }
    };
    pieces.iter().enumerate().map(code).collect()
}

/// Text that is text in a page, also within quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
