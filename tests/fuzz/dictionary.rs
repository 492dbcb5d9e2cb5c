//! The words that the readers know: keys of plans and of the catalog, filters, keys of locks.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::snapshot::difference;

/// The readers.
const READERS: [&str; 6] = [
    include_str!("../../src/read/plan.rs"),
    include_str!("../../src/read/catalog.rs"),
    include_str!("../../src/expression/filters.rs"),
    include_str!("../../src/lock/text.rs"),
    include_str!("../../src/lock/tolerant.rs"),
    include_str!("../../src/inspect/mod.rs"),
];

/// Every string of the readers that is one word.
pub(crate) fn words() -> BTreeSet<String> {
    let code = READERS.iter().map(|text| text.split("#[cfg(test)]\nmod tests {").next().unwrap());
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
