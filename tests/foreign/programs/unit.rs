//! The command line of a rendered unit, to be run from within its tree.

use std::fs;
use std::path::{Path, PathBuf};

/// What a unit starts.
#[derive(Debug)]
pub(crate) struct CommandLine {
    tree: PathBuf,
    flags: Vec<(String, String)>,
}

impl CommandLine {
    pub(crate) fn read(tree: &Path, unit: &str) -> Self {
        let file = tree.join("etc/systemd/system").join(unit);
        let text = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let text = text.replace("\\\n", " ");
        let line = text.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
        // Nothing in the plans of these tests needs quotes; `units.rs` has systemd read the rest.
        assert!(!line.contains(['"', '\'', '\\', '$']), "quoted: {line}");
        let flags = line.split_whitespace().skip(1).map(|word| {
            let (name, value) = word.strip_prefix("--").unwrap().split_once('=').unwrap();
            (name.to_owned(), value.replace("%%", "%"))
        });
        Self { tree: tree.to_owned(), flags: flags.collect() }
    }

    /// All flags with their paths in the tree.
    pub(crate) fn arguments(&self) -> Vec<String> {
        self.flags.iter().map(|(name, value)| format!("--{name}={}", self.placed(value))).collect()
    }

    fn placed(&self, value: &str) -> String {
        if value.starts_with('/') { format!("{}{value}", self.tree.display()) } else { value.to_owned() }
    }
}
