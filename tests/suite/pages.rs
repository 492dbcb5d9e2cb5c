//! The Markdown pages: their links lead somewhere, and the files that they name are there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
/// Folders of the repository whose files pages name.
const FOLDERS: [&str; 8] =
    ["src/", "tests/", "templates/", "plans/", "benches/", "fuzz/", ".github/", ".cargo/"];

/// Pages for people; texts of tests are none.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for folder in ["", ".github", "docs", "docs/how-to", "src", "tests", "plans"] {
        let Ok(entries) = fs::read_dir(Path::new(ROOT).join(folder)) else { continue };
        let paths = entries.map(|entry| entry.unwrap().path());
        pages.extend(paths.filter(|path| path.extension().is_some_and(|end| end == "md")));
    }
    pages.sort();
    pages
}

/// A page without its blocks of code.
fn prose(page: &str) -> String {
    page.split("```").step_by(2).collect()
}

/// What stands between two texts, each time.
fn between<'a>(text: &'a str, begin: &'a str, end: char) -> impl Iterator<Item = &'a str> {
    text.split(begin).skip(1).filter_map(move |rest| rest.split(end).next())
}

/// The anchors of a page's headings, as GitHub makes them: of those that are alike, the second ends in `-1`.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| -> String {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    let mut anchors = BTreeSet::new();
    for anchor in headings.map(anchor) {
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let free = std::iter::once(anchor.clone()).chain(numbered).find(|name| !anchors.contains(name));
        anchors.extend(free);
    }
    anchors
}

#[test]
fn links_lead_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in between(&prose(&text), "](", ')').filter(|link| !link.starts_with("http")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let leads = target.exists()
                && (anchor.is_empty() || anchors(&fs::read_to_string(&target).unwrap()).contains(anchor));
            if !leads {
                dead.push(format!("{}: {link}", page.strip_prefix(ROOT).unwrap().display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn files_that_are_named_are_there() {
    let mut gone = Vec::new();
    for page in pages() {
        let text = prose(&fs::read_to_string(&page).unwrap());
        let named = text.split('`').skip(1).step_by(2);
        let paths = named.filter(|name| FOLDERS.iter().any(|folder| name.starts_with(folder)));
        // A word in capitals stands for a name of the reader's.
        let real = paths.filter(|path| {
            let stands_for = |part: &str| part.len() > 2 && part.chars().all(|c| c.is_ascii_uppercase());
            !path.contains(['*', ' ', '{']) && !path.split(['/', '.']).any(stands_for)
        });
        for path in real.filter(|path| !Path::new(ROOT).join(path).exists()) {
            gone.push(format!("{}: {path}", page.strip_prefix(ROOT).unwrap().display()));
        }
    }
    assert!(gone.is_empty(), "{}", gone.join("\n"));
}
