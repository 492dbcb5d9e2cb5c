//! The examples of the reference page, as files.

use std::fs;
use std::path::Path;

/// The page.
pub(crate) const PAGE: &str = include_str!("../../src/reference.md");

/// The fenced blocks whose information string is `info`: file name and text.
pub(crate) fn blocks(info: &str) -> Vec<(&'static str, &'static str)> {
    let fence = format!("```{info}\n");
    let fences = PAGE.split(fence.as_str()).skip(1);
    let texts = fences.map(|rest| rest.split("\n```").next().unwrap());
    texts
        .map(|text| {
            let comment = text.lines().next().unwrap().trim_start_matches("# ");
            (comment.split(':').next().unwrap(), text)
        })
        .collect()
}

/// Writes every file that the page gives.
pub(crate) fn write(folder: &Path) {
    for info in ["toml,complete", "toml,file", "jinja,file"] {
        for (name, text) in blocks(info) {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{text}\n")).unwrap();
        }
    }
}
