//! The words that the readers know: keys of plans and of the catalog, filters, keys of locks.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::snapshot::difference;

/// The readers: files, and folders of files, in `src`.
const READERS: [&str; 6] = [
    "expression/filters.rs",
    "inspect/mod.rs",
    "lock/text.rs",
    "lock/any_spelling.rs",
    "read/catalog",
    "read/plan",
];

/// All sources of a file or of a folder.
fn source(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(path);
    let Ok(folder) = fs::read_dir(&path) else { return fs::read_to_string(path).unwrap() };
    folder.map(|file| code(&fs::read_to_string(file.unwrap().path()).unwrap()).to_owned()).collect()
}

fn code(source: &str) -> &str {
    source.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

/// Every string of the readers that is one word.
pub(crate) fn words() -> BTreeSet<String> {
    let sources: Vec<String> = READERS.iter().map(|path| source(path)).collect();
    let code = sources.iter().map(|text| code(text));
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_label = |text: &str| text.chars().all(|c| c.is_ascii_uppercase() || c == ' ');
    let is_word = |text: &&str| text.len() > 1 && (text.chars().all(is_part) || is_label(text));
    code.flat_map(|code| code.split('"')).filter(is_word).map(str::to_owned).collect()
}

/// libFuzzer has them in a file, which `UPDATE_SNAPSHOTS=1` writes.
#[test]
fn the_dictionary_of_libfuzzer_has_the_words_of_the_readers() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/words.dict");
    let lines: String = words().iter().map(|word| format!("\"{word}\"\n")).collect();
    assert_eq!(difference(&file, &lines), None);
}
