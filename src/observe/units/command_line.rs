//! Parses `ExecStart=` into its commands (systemd.service(5), command lines), as load-fragment.c of systemd does.

use super::lines::{BLANK, Text};
use super::specifiers::{NoSpecifier, Specifiers};
use super::substitution::MOST_WORDS;
use super::word::{self, Rules};
use crate::host::Place;
use crate::observe::command::{Unread, Word};

/// A command, its variables not yet replaced.
pub(super) struct CommandLine {
    pub(super) place: Place,
    pub(super) program: Word,
    /// The words after the program's name.
    pub(super) words: Vec<Word>,
    /// Whether `$` means a variable.
    pub(super) variables: bool,
    /// Whether the user's shell runs it.
    pub(super) shell: bool,
    /// Whether it runs as root whatever `User=` says.
    pub(super) privileged: bool,
}

/// What stands before a program's path.
#[derive(Default)]
struct Prefix {
    ignores_failure: bool,
    names_itself: bool,
    plain: bool,
    shell: bool,
    privileged: bool,
    other_user: u8,
}

/// The commands of several lines, of which an empty one takes back those before; none where systemd would not load
/// the unit.
pub(super) fn commands(
    lines: &[Text],
    specifiers: &Specifiers<'_>,
    unread: &mut Vec<Unread>,
) -> Option<Vec<CommandLine>> {
    let mut commands = Vec::new();
    for line in lines {
        if line.text.is_empty() {
            commands.clear();
            continue;
        }
        let mut next = Some(0);
        while let Some(at) = next {
            match command(line, at, specifiers) {
                Ok(found) => {
                    next = found.as_ref().and_then(|(_, following)| *following);
                    commands.extend(found.map(|(command, _)| command));
                }
                Err(Wrong { place, why, ignored }) => {
                    let end = if ignored { "systemd ignores it" } else { "systemd does not load the unit" };
                    unread.push(Unread::new(place, format!("{why}, so that {end}")));
                    if !ignored {
                        return None;
                    }
                    next = None;
                }
            }
        }
    }
    Some(commands)
}

/// Why a command is none.
struct Wrong {
    place: Place,
    why: &'static str,
    /// Whether systemd loads the unit without it.
    ignored: bool,
}

/// One command, and where the next one begins.
fn command(
    line: &Text,
    from: usize,
    specifiers: &Specifiers<'_>,
) -> Result<Option<(CommandLine, Option<usize>)>, Wrong> {
    let first = next(line, from).map_err(|wrong| Wrong { ignored: true, ..wrong })?;
    let Some((first, at)) = first else { return Ok(None) };
    let place = first.place.clone();
    let (prefix, path) = prefix(&first.text);
    let wrong = |place: &Place, why| Wrong { place: place.clone(), why, ignored: prefix.ignores_failure };
    let replace = |text: &str, place: &Place| {
        specifiers.replace(text).map_err(|NoSpecifier| wrong(place, "`%` is followed by no specifier"))
    };
    let (path, unknown) = replace(path, &place)?;
    if unknown.is_none() && !is_program(&path) {
        return Err(wrong(&place, "it does not start with the path of a program"));
    }
    let program = Word { text: path.into(), place: place.clone(), unknown };
    let (mut words, mut at, mut following) = (Vec::new(), at, None);
    let text = line.text.as_str();
    loop {
        let rest = text.get(at..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix(';').filter(|after| ends(after)) {
            following = Some(text.len() - after.trim_start_matches(BLANK).len());
            break;
        }
        if let Some(after) = rest.strip_prefix("\\;").filter(|after| ends(after)) {
            words.push(Word::new(";", line.place(at)));
            at = text.len() - after.trim_start_matches(BLANK).len();
            continue;
        }
        let found = next(line, at).map_err(|wrong| Wrong { ignored: prefix.ignores_failure, ..wrong })?;
        let Some((word, next)) = found else { break };
        let (text, unknown) = replace(&word.text, &word.place)?;
        words.push(Word { text: text.into(), place: word.place, unknown });
        at = next;
        if words.len() > MOST_WORDS {
            return Err(wrong(&place, "it has too many words"));
        }
    }
    if prefix.names_itself {
        if words.is_empty() {
            return Err(wrong(&place, "`@` lacks the name that the program is to have"));
        }
        words.remove(0);
    }
    let Prefix { plain, shell, privileged, .. } = prefix;
    Ok(Some((CommandLine { place, program, words, variables: !plain, shell, privileged }, following)))
}

fn ends(after: &str) -> bool {
    after.is_empty() || after.starts_with(BLANK)
}

/// The word at a place of a line, its quotes and escapes resolved.
fn next(line: &Text, at: usize) -> Result<Option<(Word, usize)>, Wrong> {
    let bytes = line.text.as_bytes();
    let found = word::next(bytes, at, Rules::Escapes).or_else(|_| word::next(bytes, at, Rules::Relaxed));
    let wrong = |place, why| Wrong { place, why, ignored: false };
    let found = found.map_err(|_| wrong(line.place(at), "a quote is not closed"))?;
    let Some(found) = found else { return Ok(None) };
    let place = line.place(found.from);
    let text = String::from_utf8(found.word).map_err(|_| wrong(place.clone(), "a word is not UTF-8"))?;
    Ok(Some((Word::new(text, place), found.next)))
}

/// What stands before a path, each of it once.
fn prefix(text: &str) -> (Prefix, &str) {
    let mut prefix = Prefix::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match c {
            '-' if !prefix.ignores_failure => prefix.ignores_failure = true,
            '@' if !prefix.names_itself => prefix.names_itself = true,
            ':' if !prefix.plain => prefix.plain = true,
            '|' if !prefix.shell => prefix.shell = true,
            '+' if !prefix.privileged && prefix.other_user == 0 => prefix.privileged = true,
            '!' if !prefix.privileged && prefix.other_user < 2 => prefix.other_user += 1,
            _ => break,
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    // One `!` leaves the user as it is.
    prefix.privileged |= prefix.other_user == 1;
    (prefix, rest)
}

/// Whether systemd takes it for a program: an absolute path, or a name without a slash.
fn is_program(path: &str) -> bool {
    let is_name = !path.contains('/') && !matches!(path, "" | "." | "..");
    !path.ends_with('/')
        && (path.starts_with('/') || is_name)
        && !path.chars().any(|c| c.is_ascii_control() || matches!(c, '"' | '\'' | '\\'))
}
