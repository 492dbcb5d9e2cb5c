//! Parses files of `EnvironmentFile=`, as env-file.c of systemd does.

use std::sync::Arc;

use super::assignments::{Variables, is_name, is_value};
use crate::host::{Entry, Files, Place, joined, normal};
use crate::observe::command::{Unread, Word};

/// Files that one pattern can name.
const MOST: usize = 1000;

/// Adds the variables of a file, or of all files of a pattern. `optional`: nothing need lie there; else it is returned
/// that nothing does.
pub(super) fn load(
    files: &dyn Files,
    pattern: &str,
    (optional, from): (bool, &Place),
    variables: &mut Variables,
    unread: &mut Vec<Unread>,
) -> Option<Unread> {
    let paths = expand(files, pattern);
    let mut any = false;
    for path in paths {
        let path: Arc<str> = path.into();
        match files.text(&path) {
            Ok(Some((text, _))) => {
                any = true;
                read(&path, &text, variables, unread);
            }
            Ok(None) => {}
            Err(_) if optional => any = true,
            Err(problem) => {
                any = true;
                unread.push(problem.into());
            }
        }
    }
    if any {
        return None;
    }
    if !files.knows(&normal(pattern)) {
        unread.push(Unread::new(from.clone(), "the environment file is outside what was read"));
        return None;
    }
    (!optional).then(|| Unread::new(from.clone(), format!("its environment file {pattern} is missing")))
}

/// The paths that a pattern of glob(7) names, sorted; what is no pattern names itself.
fn expand(files: &dyn Files, pattern: &str) -> Vec<String> {
    if !pattern.contains(['*', '?', '[']) {
        return vec![normal(pattern)];
    }
    let mut paths = vec!["/".to_owned()];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for path in paths {
            if !part.contains(['*', '?', '[']) {
                next.push(joined(&path, &format!("./{part}")));
                continue;
            }
            let matching = |entry: &Entry| {
                entry.name.starts_with('.') == part.starts_with('.')
                    && matches(part.as_bytes(), entry.name.as_bytes())
            };
            let entries = files.list(&path).unwrap_or_default();
            next.extend(
                entries.iter().filter(|e| matching(e)).map(|e| joined(&path, &format!("./{}", e.name))),
            );
            next.truncate(MOST);
        }
        paths = next;
    }
    paths
}

/// Whether a name is one of a pattern: `*`, `?`, `[a-z]`, `[!a]`, and a backslash before what stands for itself.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    // The last star, and where the name goes on behind what it stands for.
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        let byte = name.get(n).copied().unwrap_or_default();
        let step = match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
                continue;
            }
            Some(b'?') => Some(1),
            Some(b'[') => class(pattern.get(p..).unwrap_or_default(), byte),
            Some(b'\\') => (pattern.get(p + 1) == Some(&byte)).then_some(2),
            Some(&same) => (same == byte).then_some(1),
            None => None,
        };
        match (step, star) {
            (Some(step), _) => {
                p += step;
                n += 1;
            }
            (None, Some((at, from))) => {
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
            (None, None) => return false,
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

/// The length of a class of characters that has the byte.
fn class(pattern: &[u8], byte: u8) -> Option<usize> {
    let negated = matches!(pattern.get(1), Some(b'!' | b'^'));
    let begin = if negated { 2 } else { 1 };
    let end = begin + 1 + pattern.get(begin + 1..)?.iter().position(|byte| *byte == b']')?;
    let members = pattern.get(begin..end)?;
    let (mut at, mut has) = (0, false);
    while let Some(&first) = members.get(at) {
        match (members.get(at + 1), members.get(at + 2)) {
            (Some(b'-'), Some(&last)) => {
                has |= (first..=last).contains(&byte);
                at += 3;
            }
            _ => {
                has |= first == byte;
                at += 1;
            }
        }
    }
    (has != negated).then_some(end + 1)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    BeforeKey,
    Key,
    BeforeValue,
    Value,
    ValueEscape,
    Single,
    Double,
    DoubleEscape,
    Comment,
    CommentEscape,
}

/// A variable that is being read.
#[derive(Default)]
struct Reading {
    key: String,
    value: String,
    /// The value's length without the blanks behind it.
    kept: Option<usize>,
    line: u32,
}

/// Adds the variables of a file's text.
pub(super) fn read(path: &Arc<str>, text: &str, variables: &mut Variables, unread: &mut Vec<Unread>) {
    let mut state = State::BeforeKey;
    let mut reading = Reading::default();
    let mut line = 1;
    for c in text.chars() {
        let end = matches!(c, '\n' | '\r');
        state = match state {
            State::BeforeKey if matches!(c, '#' | ';') => State::Comment,
            State::BeforeKey if is_blank(c) => State::BeforeKey,
            State::BeforeKey => {
                reading = Reading { key: c.to_string(), line, ..Reading::default() };
                State::Key
            }
            State::Key if end => State::BeforeKey,
            State::Key if c == '=' => State::BeforeValue,
            State::Key => {
                reading.key.push(c);
                State::Key
            }
            State::BeforeValue | State::Value if end => {
                reading.finish(path, state, variables, unread);
                State::BeforeKey
            }
            State::BeforeValue | State::Value => reading.value(state, c),
            State::ValueEscape => {
                if !end {
                    reading.value.push(c);
                }
                State::Value
            }
            State::Single if c == '\'' => State::BeforeValue,
            State::Double if c == '"' => State::BeforeValue,
            State::Double if c == '\\' => State::DoubleEscape,
            State::Single | State::Double => {
                reading.value.push(c);
                state
            }
            State::DoubleEscape => {
                if matches!(c, '"' | '\\' | '`' | '$') {
                    reading.value.push(c);
                } else if c != '\n' {
                    reading.value.extend(['\\', c]);
                }
                State::Double
            }
            State::Comment if c == '\\' => State::CommentEscape,
            State::Comment if end => State::BeforeKey,
            State::Comment => State::Comment,
            State::CommentEscape if end => {
                let why = "systemd before 254 treats the line after this comment as part of the comment";
                unread.push(Unread::new(Place::line(path, line), why));
                State::BeforeKey
            }
            State::CommentEscape => State::Comment,
        };
        line += u32::from(c == '\n');
    }
    if !matches!(state, State::BeforeKey | State::Key | State::Comment | State::CommentEscape) {
        reading.finish(path, state, variables, unread);
    }
}

impl Reading {
    /// A character of a value, outside quotes.
    fn value(&mut self, state: State, c: char) -> State {
        match c {
            '\'' if state == State::BeforeValue => State::Single,
            '"' if state == State::BeforeValue => State::Double,
            '\\' => {
                self.kept = None;
                State::ValueEscape
            }
            c if state == State::BeforeValue && is_blank(c) => State::BeforeValue,
            c => {
                self.kept = if is_blank(c) { self.kept.or(Some(self.value.len())) } else { None };
                self.value.push(c);
                State::Value
            }
        }
    }

    fn finish(&mut self, path: &Arc<str>, state: State, variables: &mut Variables, unread: &mut Vec<Unread>) {
        if let Some(kept) = self.kept.filter(|_| state == State::Value) {
            self.value.truncate(kept);
        }
        let place = Place::line(path, self.line);
        let name = self.key.trim_end_matches(is_blank);
        if is_name(name) && is_value(&self.value) {
            variables.insert(name.into(), Word::new(std::mem::take(&mut self.value), place));
        } else {
            unread.push(Unread::new(place, "it assigns no variable that systemd accepts, so it is ignored"));
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Memory;

    fn said(text: &str) -> Vec<(String, String)> {
        let (mut variables, mut unread) = (Variables::new(), Vec::new());
        read(&"/e".into(), text, &mut variables, &mut unread);
        variables.iter().map(|(name, word)| (name.to_string(), word.text.to_string())).collect()
    }

    /// After the vectors of test-env-file.c, in words of ours.
    #[test]
    fn files_of_variables_are_read_as_systemd_reads_them() {
        for (text, expected) in [
            ("a=b c\n", "b c"),
            ("a =  b c  \n", "b c"),
            ("a=b\\\nc\n", "bc"),
            ("a='b c'\"d\"\n", "b cd"),
            ("a='b' c\n", "bc"),
            ("a=b'c'\n", "b'c'"),
            ("a=\"x\\\"y\\$z\\n\"\n", "x\"y$z\\n"),
            ("a=\"x\ny\"\n", "x\ny"),
            ("a=x\\ \n", "x "),
            ("a=", ""),
            ("a=1 # no comment\n", "1 # no comment"),
            ("#a=0\n;a=0\na=1", "1"),
            ("a=0\na=1", "1"),
            ("a=\\\"--b\\\"", "\"--b\""),
        ] {
            assert_eq!(said(text), [("a".to_owned(), expected.to_owned())], "{text}");
        }
        assert_eq!(said("export a=1\n1=2\nrubbish\n"), []);
    }

    #[test]
    fn patterns_name_files_in_their_order() {
        let files = Memory::default().with("/e/b.env", "").with("/e/a.env", "").with("/e/.c.env", "");
        assert_eq!(expand(&files, "/e/*.env"), ["/e/a.env", "/e/b.env"]);
        assert_eq!(expand(&files, "/e/[!a]*"), ["/e/b.env"]);
        assert!(matches(b"a*b*c", b"axxbyyc") && !matches(b"a*b*c", b"axxbyy") && matches(b"[a-c]?", b"bx"));
        assert!(matches(b"\\*", b"*") && !matches(b"\\*", b"x") && !matches(b"[a", b"a"));
    }
}
