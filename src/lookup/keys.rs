//! The keys of plans and catalog files: what readers accept, with the descriptions of the reference.

use crate::read::{ANY_NAME, FileKind, TakenKey, Takes, written_path};
use crate::reference::{Row, described, plain, rows, section};

/// A key of a file.
#[derive(Debug, Clone)]
pub struct Key {
    /// In which kind of file.
    pub file: FileKind,
    /// Its way from the top of the file, `*` where the user chooses.
    pub path: Vec<&'static str>,
    /// What its reader takes; none: it stands in a table whose keys a later stage knows.
    pub takes: Option<Takes>,
    /// Whether its table means nothing without it.
    pub required: bool,
    /// What the reference has to say of it.
    pub row: Option<&'static Row>,
}

/// The keys that a kind of file may have, in the order of its reader.
#[must_use]
pub fn keys(file: FileKind) -> Vec<Key> {
    let taken = file.keys();
    let open: Vec<Vec<&str>> = taken
        .iter()
        .filter(|key| matches!(key.takes, Takes::Entries | Takes::Any))
        .map(|key| key.path.clone())
        .collect();
    let mut all: Vec<Key> = taken.into_iter().map(|key| of_reader(file, key)).collect();
    for (row, paths) in rows(file) {
        for path in paths {
            let above = open.iter().find(|above| path.len() > above.len() && path.starts_with(above));
            if let Some(above) = above
                && path[above.len()..] != ["*"]
                && all.iter().all(|known| known.path != path)
            {
                let last = all.iter().rposition(|known| known.path.starts_with(above));
                let key = Key {
                    file,
                    path,
                    takes: None,
                    required: row.default == Some("required"),
                    row: Some(row),
                };
                all.insert(last.map_or(all.len(), |last| last + 1), key);
            }
        }
    }
    all
}

/// The keys of a table, each once, in the order of its reader; of tables by name those of each.
#[must_use]
pub fn below(table: &Key) -> Vec<&'static str> {
    let mut names = Vec::new();
    if !matches!(table.takes, Some(Takes::Table | Takes::Tables)) {
        return names;
    }
    for key in keys(table.file) {
        let Some(rest) = key.path.strip_prefix(&table.path[..]) else { continue };
        let rest = rest.strip_prefix(&[ANY_NAME]).unwrap_or(rest);
        if let [name] = rest
            && !names.contains(name)
        {
            names.push(*name);
        }
    }
    names
}

fn of_reader(file: FileKind, key: TakenKey) -> Key {
    let row = described(file, &key.path);
    // What is required without another key alone, the page says.
    let always = row.and_then(|row| row.default).is_none_or(|default| default == "required");
    Key { file, path: key.path, takes: Some(key.takes), required: key.required && always, row }
}

impl Key {
    /// The way as people write it, `NAME` where they choose.
    #[must_use]
    pub fn written(&self) -> String {
        written_path(&self.path)
    }

    /// What it takes, in the reference's words, else in the reader's.
    #[must_use]
    pub fn kind(&self) -> String {
        let said = self.row.and_then(|row| row.kind).filter(|kind| !kind.is_empty()).map(plain);
        said.or_else(|| self.takes.map(|takes| takes.to_string())).unwrap_or_else(|| "any value".to_owned())
    }

    /// What counts where it is absent; none where nobody says.
    #[must_use]
    pub fn default(&self) -> Option<String> {
        let said = self.row.and_then(|row| row.default).filter(|default| !default.is_empty()).map(plain);
        if self.required { Some(said.unwrap_or_else(|| "required".to_owned())) } else { said }
    }

    /// What it means: its row of the reference, else what its section begins with.
    #[must_use]
    pub fn meaning(&self) -> Option<String> {
        let row = self.row.map(|row| row.meaning).filter(|meaning| !meaning.is_empty());
        row.or_else(|| section(self.file, &self.path)?.1).map(plain)
    }

    /// The section of the reference that has it.
    #[must_use]
    pub fn section(&self) -> Option<String> {
        let own = self.row.map(|row| row.heading.trim_start_matches(['#', ' ']));
        own.or_else(|| Some(section(self.file, &self.path)?.0)).map(|heading| heading.replace('`', ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One source for each key: the reader takes it, and the page describes it; what the page describes, a reader or
    /// a later stage takes.
    #[test]
    fn readers_and_reference_have_the_same_keys() {
        let mut wrong = Vec::new();
        for file in FileKind::ALL {
            let keys = keys(file);
            for key in &keys {
                let table = matches!(key.takes, Some(Takes::Table | Takes::Tables));
                if key.row.is_none() && !table && key.meaning().is_none() {
                    wrong.push(format!("{}: `{}` has no row", file.name(), key.written()));
                }
            }
            for taken in file.keys().into_iter().filter(|taken| taken.required) {
                let default = described(file, &taken.path).and_then(|row| row.default);
                if default.is_some_and(|default| !default.starts_with("required")) {
                    let written = taken.written();
                    wrong.push(format!(
                        "{}: `{written}` is required, and its row does not say so",
                        file.name()
                    ));
                }
            }
        }
        // Several tables may have their keys under one heading.
        let mut taken: Vec<(&'static Row, Vec<&'static str>, bool)> = Vec::new();
        for file in FileKind::ALL {
            let keys = keys(file);
            for (row, paths) in rows(file) {
                for (path, name) in paths.iter().zip(&row.keys) {
                    let whole = path.strip_suffix(&["*"]).unwrap_or(path);
                    let is_key = keys.iter().any(|key| key.path == *path || key.path == whole);
                    let name: Vec<&str> = name.iter().map(String::as_str).collect();
                    match taken.iter_mut().find(|(known, of, _)| std::ptr::eq(*known, row) && *of == name) {
                        Some((_, _, by_any)) => *by_any |= is_key,
                        None => taken.push((row, name, is_key)),
                    }
                }
            }
        }
        for (row, name, _) in taken.iter().filter(|(_, _, by_any)| !by_any) {
            wrong.push(format!("{}: nothing takes `{}`", row.heading, written_path(name)));
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
