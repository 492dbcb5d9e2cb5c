//! The sources of the crate, as the tests of its architecture read them.

use std::path::{Path, PathBuf};

/// A file below `src` that is no test.
pub(super) struct File {
    /// `module/file.rs`
    pub(super) path: String,
    pub(super) module: String,
    pub(super) text: String,
    /// Without tests and comments.
    pub(super) code: String,
}

pub(super) fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    assert!(found.len() > 80, "the sources are not where they are looked for");
    let file = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        File::new(path.strip_prefix(&root).unwrap().to_str().unwrap(), &text)
    };
    found.into_iter().map(file).collect()
}

impl File {
    /// `path` begins below `src`.
    pub(super) fn new(path: &str, text: &str) -> Self {
        let module = path.split(['/', '.']).next().unwrap().to_owned();
        Self { path: path.to_owned(), module, text: text.to_owned(), code: code(text) }
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_name().unwrap() != "tests.rs" {
            found.push(path);
        }
    }
    found.sort();
}

/// The text without comments and without the tests at its end.
fn code(text: &str) -> String {
    let before_tests = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = before_tests.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
