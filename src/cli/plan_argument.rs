//! Finds the plan of a command: the file that is named, or the plan in a directory.
//!
//! Commands with words after the plan (hosts, ids, a base) treat the first word as the plan only if it names one
//! ([`is_plan`]).

use std::path::{Path, PathBuf};

use clap::Args;

use crate::printable;
use crate::read::{Anywhere, World as _};

/// What a plan is called where nobody names it, in the order in which the names are shown.
pub(super) const NAMES: [&str; 2] = ["pkiplan.toml", "cluster.toml"];

/// How many plans with other names a message lists.
const LISTED: usize = 5;

/// The plan as the first word of a command. [`settle`](Self::settle) or one of its siblings comes before all else.
#[derive(Debug, Default, Args)]
pub(super) struct PlanArgument {
    /// The plan, or its directory. Default: `pkiplan.toml` or `cluster.toml` in the current directory.
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
}

/// The plan as an option.
#[derive(Debug, Default, Args)]
pub(super) struct PlanOption {
    /// The plan, or its directory. Default: `pkiplan.toml` or `cluster.toml` in the current directory.
    #[arg(long, value_name = "PLAN")]
    plan: Option<PathBuf>,
}

impl PlanArgument {
    /// The plan's file, once it is settled.
    pub(super) fn path(&self) -> &Path {
        self.plan.as_deref().unwrap_or(Path::new(""))
    }

    /// Finds the plan's file.
    ///
    /// # Errors
    /// As of [`find`].
    pub(super) fn settle(&mut self) -> Result<(), String> {
        self.plan = Some(find(self.plan.as_deref())?);
        Ok(())
    }

    /// Finds the plan's file before other words: the first word is one of them where it is no plan.
    ///
    /// # Errors
    /// As of [`find`].
    pub(super) fn settle_before(&mut self, words: &mut Vec<String>) -> Result<(), String> {
        if let Some(first) = self.plan.take_if(|first| !is_plan(first)) {
            words.insert(0, first.to_string_lossy().into_owned());
        }
        self.settle()
    }

    /// Finds the plan's file before one word that may be absent. Of two words the first is the plan, whatever it is
    /// called; one word alone is the plan where it looks like one.
    ///
    /// # Errors
    /// As of [`find`].
    pub(super) fn settle_before_one(&mut self, word: &mut Option<String>) -> Result<(), String> {
        if word.is_none() {
            let alone = self.plan.take_if(|first| !is_plan(first));
            *word = alone.map(|first| first.to_string_lossy().into_owned());
        }
        self.settle()
    }
}

impl PlanOption {
    /// The plan's file, once it is settled.
    pub(super) fn path(&self) -> &Path {
        self.plan.as_deref().unwrap_or(Path::new(""))
    }

    /// Finds the plan's file.
    ///
    /// # Errors
    /// As of [`find`].
    pub(super) fn settle(&mut self) -> Result<(), String> {
        self.plan = Some(find(self.plan.as_deref())?);
        Ok(())
    }
}

/// Finds a plan in the folder that is named, where a command does something else without a plan.
///
/// # Errors
/// As of [`find`].
pub(super) fn settle_named(plan: &mut Option<PathBuf>) -> Result<(), String> {
    if let Some(named) = plan.take() {
        *plan = Some(find(Some(&named))?);
    }
    Ok(())
}

/// The file of the plan that is named, or of the only one in the current folder.
///
/// # Errors
/// There is none, or there are two; with what to write.
fn find(named: Option<&Path>) -> Result<PathBuf, String> {
    match named {
        Some(path) if path.is_dir() => in_folder(path),
        Some(path) => Ok(path.to_owned()),
        None => in_folder(Path::new("")),
    }
}

/// Whether a word names a plan: it ends in `.toml`, or it is a file, or a folder with a plan in it.
fn is_plan(word: &Path) -> bool {
    let called_so = word.extension().is_some_and(|extension| extension == "toml");
    called_so || word.is_file() || (word.is_dir() && !in_it(word).is_empty())
}

/// The plans of a folder that need not be named.
fn in_it(folder: &Path) -> Vec<PathBuf> {
    // A link that leads nowhere is a plan that cannot be read, which is reported when it is read.
    let is_there = |path: &PathBuf| path.symlink_metadata().is_ok_and(|data| !data.is_dir());
    NAMES.iter().map(|name| joined(folder, name)).filter(is_there).collect()
}

fn in_folder(folder: &Path) -> Result<PathBuf, String> {
    let mut found = in_it(folder);
    let here = match folder.as_os_str().is_empty() {
        true => "the current directory".to_owned(),
        false => printable::path(folder),
    };
    match (found.pop(), found.pop()) {
        (Some(one), None) => Ok(one),
        (Some(second), Some(first)) => Err(format!(
            "there are two plans in {here}: name the one you mean, {} or {}",
            printable::path(&first),
            printable::path(&second)
        )),
        (None, _) => Err(none(folder, &here)),
    }
}

fn none(folder: &Path, here: &str) -> String {
    let others = others(folder);
    let remedy = match others.as_slice() {
        [] if folder.as_os_str().is_empty() => "name a plan, or write one with `pkiplan init`".to_owned(),
        [] => format!("name a plan, or write one with `pkiplan init {here}`"),
        [one] => format!("name the plan, for example {one}"),
        many => format!("name the plan, one of {}", many.join(", ")),
    };
    format!("there is no plan in {here}, neither `{}` nor `{}`; {remedy}", NAMES[0], NAMES[1])
}

/// Files of a folder that may be plans with other names.
fn others(folder: &Path) -> Vec<String> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let names = Anywhere.list(here).unwrap_or_default();
    let plans = names.iter().filter(|name| name.ends_with(".toml") && !name.starts_with('.'));
    plans.take(LISTED).map(|name| printable::path(&joined(folder, name))).collect()
}

/// A path in a folder, as short as people write it.
fn joined(folder: &Path, name: &str) -> PathBuf {
    if folder == Path::new(".") { PathBuf::from(name) } else { folder.join(name) }
}
