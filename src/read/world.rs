//! The interface through which all files are read: the disk, memory, or the built-in catalog.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::printable;

/// Where texts come from: the disk, memory, what is built in.
pub trait World: Sync {
    /// All bytes of a file.
    ///
    /// # Errors
    /// As the operating system says.
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The whole text of a file.
    ///
    /// # Errors
    /// As the operating system says, or when the text is not UTF-8.
    fn read(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.bytes(path)?).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// The names in a folder, sorted; folders end in `/`.
    ///
    /// # Errors
    /// As the operating system says.
    fn list(&self, folder: &Path) -> io::Result<Vec<String>>;

    /// Whether its texts are a part of the program, in which nothing private is looked for: a test has done so.
    fn is_of_the_program(&self) -> bool {
        false
    }

    /// What a file is called in messages.
    fn name(&self, path: &Path) -> String {
        printable::path(path)
    }

    /// Another world with the same files, for what a build reads and leaves: the lock, and the certificates beside it. They
    /// are no inputs unless the plan names them.
    fn aside(&self) -> Option<&dyn World> {
        None
    }
}

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The catalog that is part of the program: the folder `templates/`.
#[derive(Debug, Clone, Copy)]
pub struct Builtin;

impl World for Builtin {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = TEMPLATES.get_file(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(file.contents().to_owned())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let root = folder.as_os_str().is_empty();
        let dir = if root { Some(&TEMPLATES) } else { TEMPLATES.get_dir(folder) };
        let dir = dir.ok_or(io::ErrorKind::NotFound)?;
        let last = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let folders = dir.dirs().map(|dir| format!("{}/", last(dir.path())));
        let mut names: Vec<_> = dir.files().map(|file| last(file.path())).chain(folders).collect();
        names.sort_unstable();
        Ok(names)
    }

    fn is_of_the_program(&self) -> bool {
        true
    }
}

/// Files in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, String>,
}

impl Memory {
    /// Adds a file.
    #[must_use]
    pub fn with(mut self, path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }
}

/// Files in memory in front of another world.
pub struct Overlay<'a> {
    /// What is in front.
    pub front: Memory,
    /// What is behind.
    pub back: &'a dyn World,
}

impl World for Overlay<'_> {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.front.bytes(path).or_else(|_| self.back.bytes(path))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.back.list(folder)
    }

    fn name(&self, path: &Path) -> String {
        let name = self.back.name(path);
        // Its lines are not those of the file.
        if self.front.files.contains_key(path) { format!("{name} as it would be") } else { name }
    }
}

impl World for Memory {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut names: Vec<_> = self
            .files
            .keys()
            .filter_map(|path| path.strip_prefix(folder).ok())
            .filter_map(|rest| {
                let mut parts = rest.components();
                let first = parts.next()?.as_os_str().to_string_lossy().into_owned();
                Some(if parts.next().is_some() { format!("{first}/") } else { first })
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}
