//! Builds the command that a report suggests as the next step.

use std::borrow::Cow;
use std::net::IpAddr;
use std::path::Path;

use crate::expand::Blueprint;
use crate::expiry::{Expiry, Kind, State, due_from_others};
use crate::values::Duration;
use crate::workspace::PlanFiles;

/// The time within which something is due where nobody says another one.
pub(super) const WITHIN: &str = "30d";

/// A word of a command.
pub(super) enum Word<'w> {
    /// A command or an option, as it is.
    Is(&'static str),
    /// A file, whatever it is called.
    File(&'w Path),
}

/// A command of pkiplan, its words as a shell and then the command line take them.
pub(super) fn pkiplan<'w>(words: impl IntoIterator<Item = Word<'w>>) -> String {
    let words = words.into_iter().map(|word| match word {
        Word::Is(word) => format!(" {word}"),
        Word::File(path) => format!(" {}", file(path)),
    });
    format!("pkiplan{}", words.collect::<String>())
}

/// `pkiplan COMMAND PLAN`
pub(super) fn of_plan(command: &'static str, plan: &Path) -> String {
    pkiplan([Word::Is(command), Word::File(plan)])
}

/// Renews what ends within a time.
pub(super) fn renewal(plan: &Path, within: Duration) -> String {
    let command = of_plan("renew", plan);
    let within = within.to_string();
    if within == WITHIN { command } else { format!("{command} --within {within}") }
}

/// Where something has expired or is due: `renewal`, or what imports what others have issued again. What the plan alone
/// says, no command renews.
pub(super) fn of_due(
    plan: &Path,
    renewal: String,
    blueprint: &Blueprint<'_>,
    entries: &[Expiry<'_>],
) -> Option<String> {
    let mut due = entries.iter().filter(|entry| entry.state.is_refused() || entry.state == State::Due);
    if due.any(|entry| !matches!(entry.ending.kind(), Kind::Crl | Kind::Imported)) {
        return Some(renewal);
    }
    let others = due_from_others(blueprint, entries);
    let target = others.first()?;
    let command = pkiplan([Word::Is("import"), Word::Is("--plan"), Word::File(plan), Word::Is("--as")]);
    Some(format!("{command} {} CERTIFICATE KEY", quoted(target)))
}

/// The proof of what was built.
pub(super) fn proof_of_trees(files: &PlanFiles) -> String {
    pkiplan([Word::Is("verify"), Word::File(&files.plan), Word::Is("--trees"), Word::File(&files.trees)])
}

/// What comes when all shards have been built.
pub(super) fn assembly(plan: &Path) -> String {
    pkiplan([Word::Is("lock"), Word::Is("assemble"), Word::File(plan)])
}

/// Brings a host's tree to it.
pub(super) fn copy(trees: &Path, host: &str, address: &IpAddr) -> String {
    let folder = format!("{}/", trees.join("hosts").join(host).display());
    let folder = quoted(&unlike_option(&folder));
    let address = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
    format!("rsync -rlpc --itemize-changes {folder} root@{address}:/")
}

/// `git add FILE ...`
pub(super) fn add<'p>(files: impl IntoIterator<Item = &'p str>) -> String {
    let files = files.into_iter().map(|file| format!(" {}", quoted(&unlike_option(file))));
    format!("git add{}", files.collect::<String>())
}

/// A file's name, with its folder where it would be read as an option.
pub(super) fn unlike_option(file: &str) -> Cow<'_, str> {
    if file.starts_with('-') { Cow::Owned(format!("./{file}")) } else { Cow::Borrowed(file) }
}

/// A file's name as a word of a command.
pub(super) fn file(path: &Path) -> String {
    quoted(&unlike_option(&path.to_string_lossy()))
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
