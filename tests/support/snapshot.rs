//! Expected texts under `tests/snapshots/`. With `UPDATE_SNAPSHOTS=1` they are written anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(path)
}

fn updating() -> bool {
    std::env::var_os("UPDATE_SNAPSHOTS").is_some_and(|value| value == "1")
}

/// Compares one text with `tests/snapshots/PATH`.
pub(crate) fn compare(path: &str, actual: &str) {
    if let Some(difference) = difference(path, actual) {
        panic!("{difference}\nif it is meant so: UPDATE_SNAPSHOTS=1 cargo test");
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
        actual.iter().filter_map(|(path, text)| difference(&format!("{folder}/{path}"), text)).collect();
    for gone in known.iter().filter(|path| !actual.contains_key(*path)) {
        if updating() {
            fs::remove_file(at(folder).join(gone)).unwrap();
        } else {
            differences.push(format!("{folder}/{gone}: nothing like that any more"));
        }
    }
    assert!(
        differences.is_empty(),
        "{}\nif it is meant so: UPDATE_SNAPSHOTS=1 cargo test",
        differences.join("\n")
    );
}

fn difference(path: &str, actual: &str) -> Option<String> {
    let file = at(path);
    let expected = fs::read_to_string(&file).ok();
    if expected.as_deref() == Some(actual) {
        return None;
    }
    if updating() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, actual).unwrap();
        return None;
    }
    let Some(expected) = expected else { return Some(format!("{path}: no such snapshot\n{actual}")) };
    let (mut old, mut new) = (expected.lines(), actual.lines());
    let mut line = 1;
    loop {
        match (old.next(), new.next()) {
            (old, new) if old == new && old.is_some() => line += 1,
            (old, new) => {
                let show = |text: Option<&str>| text.unwrap_or("(end)").to_owned();
                return Some(format!("{path}:{line}\n  was  {}\n  is   {}", show(old), show(new)));
            }
        }
    }
}
