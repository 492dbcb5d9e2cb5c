//! HTML elements of the page.

use std::fmt::Write as _;

use crate::compare::Done;
pub(super) use crate::report::escaped::escaped;

/// A section with its heading.
pub(super) fn section(id: &str, heading: &str, page: &mut String, inner: impl FnOnce(&mut String)) {
    let _ = writeln!(page, "<section id=\"{id}\" aria-labelledby=\"{id}-heading\">");
    let _ = writeln!(page, "<h2 id=\"{id}-heading\">{heading}</h2>");
    inner(page);
    page.push_str("</section>\n");
}

/// A table whose first rows are shown and whose others are folded.
pub(super) fn table(head: &str, (rows, most): (&[String], usize), page: &mut String) {
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
pub(super) fn head(columns: &[&str]) -> String {
    let cells: String = columns.iter().map(|column| format!("<th scope=\"col\">{column}</th>")).collect();
    format!("<thead><tr>{cells}</tr></thead>\n")
}

/// Names that are shown short, and all of them for those who want to know.
pub(super) fn unfolding<S: AsRef<str>>(short: &str, all: &[S]) -> String {
    if all.len() < 2 || all.iter().all(|name| short.contains(name.as_ref())) {
        return escaped(short);
    }
    let all: Vec<String> = all.iter().map(|name| escaped(name.as_ref())).collect();
    format!("<details><summary>{}</summary>{}</details>", escaped(short), all.join("<br>"))
}

pub(super) fn word(change: Done) -> &'static str {
    match change {
        Done::Added => "new",
        Done::Changed => "changed",
        Done::Removed => "gone",
    }
}

/// The word of what becomes of something, in its colour.
pub(super) fn badge(word: &str) -> String {
    format!("<span class=\"word {word}\">{word}</span>")
}

/// A sentence; what stands between backticks is code.
pub(super) fn prose(text: &str) -> String {
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
