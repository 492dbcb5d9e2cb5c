//! Normalises paths, so that one file has one path.

use std::path::{Component, Path, PathBuf};

/// How paths in plans are meant.
pub(crate) const FROM_THE_PLAN: &str = "paths are relative to the plan's directory";

/// A path without `.` and, as far as it goes, without `..`; links are not looked at.
#[must_use]
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match (part, normal.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => _ = normal.pop(),
            _ => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_has_one_path() {
        for (path, wanted) in [
            ("a.toml", "a.toml"),
            ("./b/../a.toml", "a.toml"),
            ("b/c/../../../a.toml", "../a.toml"),
            ("../b/./a.toml", "../b/a.toml"),
            ("/b/../a.toml", "/a.toml"),
            ("/../a.toml", "/a.toml"),
            ("b/..", ""),
        ] {
            assert_eq!(normal(Path::new(path)), Path::new(wanted), "{path}");
        }
    }
}
