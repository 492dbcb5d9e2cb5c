//! Expected texts under `tests/snapshots/`. With `UPDATE_SNAPSHOTS=1` they are written instead of compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// What to do about a difference.
const UPDATE: &str = "if this is meant: UPDATE_SNAPSHOTS=1 cargo test";

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(path)
}

fn updating() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1")
}

/// Compares one text with `tests/snapshots/PATH`.
pub(crate) fn compare(path: &str, actual: &str) {
    if let Some(difference) = difference(&at(path), actual) {
        panic!("{difference}\n{UPDATE}");
    }
}

/// Compares texts with everything under `tests/snapshots/FOLDER`: no file is missing, none too many.
pub(crate) fn compare_folder(folder: &str, actual: &BTreeMap<String, String>) {
    let mut known = BTreeSet::new();
    if at(folder).is_dir() {
        super::walk(&at(folder), "", &mut |path, at| {
            if at.is_file() {
                known.insert(path.to_owned());
            }
        });
    }
    let mut differences: Vec<String> =
        actual.iter().filter_map(|(path, text)| difference(&at(folder).join(path), text)).collect();
    for gone in known.iter().filter(|path| !actual.contains_key(*path)) {
        if updating() {
            fs::remove_file(at(folder).join(gone)).unwrap();
        } else {
            differences.push(format!("{folder}/{gone}: nothing gives this snapshot any more"));
        }
    }
    assert!(differences.is_empty(), "{}\n{UPDATE}", differences.join("\n"));
}

/// Every line in which a text differs from what a file holds; none if they are equal, or the file is now.
pub(crate) fn difference(file: &Path, actual: &str) -> Option<String> {
    let expected = fs::read_to_string(file).ok();
    let actual = without_catalog_lines(actual);
    if expected.as_deref() == Some(&*actual) {
        return None;
    }
    if updating() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, actual).unwrap();
        return None;
    }
    let path = file.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(file).display();
    let Some(expected) = expected else { return Some(format!("{path}: no such snapshot\n{actual}")) };
    let lines = TextDiff::from_lines(&expected, &actual);
    Some(lines.unified_diff().header(&path.to_string(), "now").to_string())
}

/// The text with `LINE` for the numbers of lines in the catalog's own files: a line that is added there changes
/// no snapshot. That is the number of `catalog:FILE:20`, and those beside the lines that a message shows.
fn without_catalog_lines(text: &str) -> String {
    let (mut lines, mut shown) = (String::new(), false);
    for line in text.split_inclusive('\n') {
        let (numbered, found) = without_number(line);
        shown = found && line.contains("╭─[") || shown;
        if !shown {
            lines.push_str(&numbered);
            continue;
        }
        let (number, rest) = numbered.split_at(numbered.find(['│', '·', '╭', '╰']).unwrap_or_default());
        lines.push_str(if number.trim().is_empty() { "     " } else { "LINE " });
        lines.push_str(rest);
        shown = !rest.starts_with('╰');
    }
    lines
}

/// A line in which no `catalog:FILE` has a number, and whether one had.
fn without_number(line: &str) -> (String, bool) {
    let is_path = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let place = line.match_indices("catalog:").find_map(|(at, prefix)| {
        let path = &line[at + prefix.len()..];
        let (path, number) = path.split_at(path.find(|c| !is_path(c))?);
        let number = number.strip_prefix(':')?;
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        (end > 0 && !path.is_empty()).then(|| (line.len() - number.len(), end))
    });
    match place {
        Some((at, length)) => (format!("{}LINE{}", &line[..at], &line[at + length..]), true),
        None => (line.to_owned(), false),
    }
}
