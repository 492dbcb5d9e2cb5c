//! The lines of `.gitattributes` and `.gitignore`.
//!
//! They are added before existing lines. In these files later lines win, so lines that somebody else wrote stay in
//! force.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use super::repository::Repository;
use super::step::{Outcome, Step};
use crate::printable;

const ATTRIBUTES_FILE: &str = ".gitattributes";
const IGNORE_FILE: &str = ".gitignore";
const ATTRIBUTES: &str = include_str!("files/attributes");
const IGNORE: &str = include_str!("files/ignore");

/// What git says of a line's effect.
enum Found {
    There,
    Missing,
    /// With what is there.
    Other(String),
}

/// The patterns of what is never committed.
pub(super) fn ignored() -> impl Iterator<Item = &'static str> {
    wanted(IGNORE)
}

fn wanted(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines().filter(|line| !line.starts_with('#'))
}

/// .gitattributes: which files have a driver.
pub(super) fn attributes(repository: &Repository) -> Result<Vec<Step>, String> {
    steps(ATTRIBUTES_FILE, ATTRIBUTES, |line| {
        let (pattern, attribute) = line.split_once(' ').unwrap_or((line, ""));
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, "set"));
        let answer = repository.get(&["check-attr", name, "--", &pattern.replace('*', "pkiplan")])?;
        let answer = String::from_utf8_lossy(&answer);
        Ok(match answer.trim_end().rsplit(": ").next() {
            Some("unspecified") => Found::Missing,
            Some(found) if found == value => Found::There,
            found => Found::Other(format!("`{pattern}` has `{name}` {}", found.unwrap_or("otherwise"))),
        })
    })
}

/// .gitignore: what is never committed.
pub(super) fn ignore(repository: &Repository) -> Result<Vec<Step>, String> {
    steps(IGNORE_FILE, IGNORE, |pattern| {
        let mut probe = pattern.replace('*', "pkiplan");
        if probe.ends_with('/') {
            probe.push_str("file");
        }
        // `SOURCE:LINE:PATTERN<tab>PATH`
        let answer = repository.ask(&["check-ignore", "-v", "--no-index", "--", &probe])?;
        let answer = answer.unwrap_or_default();
        let answer = String::from_utf8_lossy(&answer);
        let rule = answer.split('\t').next().unwrap_or_default();
        Ok(match rule.strip_prefix(".gitignore:").and_then(|rule| rule.split_once(':')) {
            Some((line, rule)) if rule.starts_with('!') => {
                Found::Other(format!("line {line}, `{rule}`, lets git take private keys"))
            }
            Some(_) => Found::There,
            // What this clone alone ignores protects no other one.
            None => Found::Missing,
        })
    })
}

/// Both files of the current folder, where no repository is: lines that are not there as they are.
pub(super) fn plain() -> Result<Vec<Step>, String> {
    let mut all = Vec::new();
    for (name, file) in [(ATTRIBUTES_FILE, ATTRIBUTES), (IGNORE_FILE, IGNORE)] {
        let there = fs::read_to_string(name).unwrap_or_default();
        let found =
            |line: &str| Ok(if there.lines().any(|one| one == line) { Found::There } else { Found::Missing });
        all.extend(steps(name, file, found)?);
    }
    Ok(all)
}

fn steps(
    name: &str,
    file: &'static str,
    found: impl Fn(&str) -> Result<Found, String>,
) -> Result<Vec<Step>, String> {
    let step = |outcome| Step { what: name.to_owned(), outcome, shared: true };
    let (mut missing, mut steps) = (Vec::new(), Vec::new());
    for line in wanted(file) {
        match found(line)? {
            Found::There => {}
            Found::Missing => missing.push(line),
            Found::Other(other) => {
                steps.push(step(Outcome::Conflict(format!("{other}; `{line}` after it changes that"))));
            }
        }
    }
    let done = match missing.len() {
        0 => Outcome::Unchanged,
        1 => Outcome::Done("1 line added".to_owned()),
        count => Outcome::Done(format!("{count} lines added")),
    };
    if !missing.is_empty() {
        let title = file.lines().take_while(|line| line.starts_with('#'));
        let lines: String = title.chain(missing).map(|line| format!("{line}\n")).collect();
        add(Path::new(name), &lines)?;
    }
    if steps.is_empty() || matches!(done, Outcome::Done(_)) {
        steps.insert(0, step(done));
    }
    Ok(steps)
}

/// Whether both files of the current folder are regular, as far as they are there.
pub(super) fn are_regular() -> Result<(), String> {
    [ATTRIBUTES_FILE, IGNORE_FILE].into_iter().try_for_each(|name| there(Path::new(name)).map(|_| ()))
}

/// What is known of a regular file; none where nothing is there. Git reads neither file through a link (gitattributes(5),
/// gitignore(5)).
fn there(path: &Path) -> Result<Option<fs::Metadata>, String> {
    let what = match path.symlink_metadata() {
        Ok(there) if there.is_file() => return Ok(Some(there)),
        Ok(there) if there.is_symlink() => "a symbolic link",
        Ok(there) if there.is_dir() => "a directory",
        Ok(_) => "a special file",
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("cannot read {}: {error}", shown(path))),
    };
    Err(format!("{} is {what}; git needs a regular file", shown(path)))
}

/// A file of the current folder, which need not be the one in which the program was started.
fn shown(path: &Path) -> String {
    let whole = std::env::current_dir().unwrap_or_default().join(path);
    printable::path(&whole)
}

/// Puts lines before what a file holds.
fn add(path: &Path, lines: &str) -> Result<(), String> {
    let reported = |error: std::io::Error| format!("cannot write {}: {error}", shown(path));
    let (rest, mode) = match there(path)? {
        Some(there) => (fs::read(path).map_err(reported)?, Some(there.permissions())),
        None => (Vec::new(), None),
    };
    let gap: &[u8] = if rest.is_empty() { b"" } else { b"\n" };
    let whole = [lines.as_bytes(), gap, &rest].concat();
    // Exchanged as a whole: what is there must not be lost half-way.
    let aside = path.with_extension(format!("pkiplan-{}", std::process::id()));
    let written = fs::File::create_new(&aside).and_then(|mut file| {
        file.write_all(&whole)?;
        mode.map_or(Ok(()), |mode| file.set_permissions(mode))?;
        file.sync_all()?;
        fs::rename(&aside, path)
    });
    written.map_err(|error| {
        let _ = fs::remove_file(&aside);
        reported(error)
    })
}
