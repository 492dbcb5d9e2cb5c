//! Reads the lines of a unit file, and joins continued lines as conf-parser.c of systemd does.

use crate::host::Place;
use crate::observe::command::Unread;
use std::sync::Arc;

/// Bytes of a line with all that continues it.
const LONGEST: usize = 1 << 20;

/// A statement of a unit's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) section: Arc<str>,
    pub(super) key: String,
    pub(super) value: Text,
}

/// Text that stands on one line or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) path: Arc<str>,
    /// From which byte on it stands on which line.
    lines: Vec<(usize, u32)>,
}

impl Text {
    /// Where a byte of it stands.
    pub(super) fn place(&self, at: usize) -> Place {
        let found = self.lines.iter().rev().find(|(from, _)| *from <= at).or(self.lines.first());
        Place { path: Arc::clone(&self.path), line: found.map(|(_, line)| *line) }
    }

    /// It without what stands before and behind.
    fn slice(&self, from: usize, to: usize) -> Self {
        let text = self.text.get(from..to).unwrap_or_default().to_owned();
        let first = self.place(from).line.map(|line| (0, line));
        let later = self.lines.iter().filter(|(at, _)| *at > from && *at < to);
        let later = later.map(|(at, line)| (at - from, *line));
        Self { text, path: Arc::clone(&self.path), lines: first.into_iter().chain(later).collect() }
    }

    fn trimmed(&self, from: usize, to: usize) -> Self {
        let text = self.text.get(from..to).unwrap_or_default();
        let before = text.len() - text.trim_start_matches(BLANK).len();
        let kept = text.trim_matches(BLANK).len();
        self.slice(from + before, from + before + kept)
    }
}

/// What separates words.
pub(super) const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// The statements of a file. A broken header of a section ends it: systemd then refuses the unit.
pub(super) fn statements(path: &Arc<str>, text: &str, unread: &mut Vec<Unread>) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut section: Arc<str> = "".into();
    for line in joined(path, text, unread) {
        let line = line.trimmed(0, line.text.len());
        let mut wrong = |why: &str| unread.push(Unread::new(line.place(0), why));
        if line.text.is_empty() {
            continue;
        }
        if let Some(header) = line.text.strip_prefix('[') {
            let Some(name) = header.strip_suffix(']') else {
                wrong("a section has no closing bracket, so that systemd does not load the unit");
                break;
            };
            section = name.into();
            continue;
        }
        let Some(at) = line.text.find('=') else {
            wrong("`=` is missing, so systemd ignores the line");
            continue;
        };
        if section.is_empty() {
            wrong("it is in no section, so systemd ignores it");
            continue;
        }
        let key = line.trimmed(0, at).text;
        statements.push(Statement {
            section: Arc::clone(&section),
            key,
            value: line.trimmed(at + 1, line.text.len()),
        });
    }
    statements
}

/// Lines with those that continue them. A comment within a continued line is left out; a backslash becomes a space.
fn joined(path: &Arc<str>, text: &str, unread: &mut Vec<Unread>) -> Vec<Text> {
    let mut lines = Vec::new();
    let mut begun: Option<Text> = None;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1u32..).zip(text.split('\n')) {
        let line = line.strip_suffix('\r').unwrap_or(line).trim_start_matches(BLANK);
        if line.starts_with(['#', ';']) {
            continue;
        }
        let whole = begun.get_or_insert_with(|| Text {
            text: String::new(),
            path: Arc::clone(path),
            lines: Vec::new(),
        });
        if whole.text.len() + line.len() > LONGEST {
            unread.push(Unread::new(Place::line(path, number), "the line is too long for systemd"));
            return lines;
        }
        whole.lines.push((whole.text.len(), number));
        whole.text.push_str(line);
        let backslashes = whole.text.len() - whole.text.trim_end_matches('\\').len();
        if backslashes % 2 == 1 {
            whole.text.pop();
            whole.text.push(' ');
            continue;
        }
        lines.extend(begun.take());
    }
    lines.extend(begun);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys, values and their lines.
    type Said = Vec<(String, String, Option<u32>)>;

    fn read(text: &str) -> (Said, Vec<String>) {
        let mut unread = Vec::new();
        let statements = statements(&"/u".into(), text, &mut unread);
        let line = |statement: &Statement| statement.value.place(0).line;
        let said = statements.iter().map(|s| (s.key.clone(), s.value.text.clone(), line(s))).collect();
        (said, unread.into_iter().map(|unread| unread.why).collect())
    }

    #[test]
    fn lines_are_joined_around_comments() {
        let text = "[Service]\nExecStart = /a \\\n# --no\n  ; --no either\n   --b \\\n\n--c=d\nX=\\\\\nY=1\\";
        let (said, unread) = read(text);
        let expected = [("ExecStart", "/a  --b", Some(2)), ("X", "\\\\", Some(8)), ("Y", "1", Some(9))];
        let expected = expected.map(|(key, value, line)| (key.to_owned(), value.to_owned(), line));
        assert_eq!(said[..1], expected[..1]);
        assert_eq!(
            said[1..],
            [("--c".to_owned(), "d".to_owned(), Some(7)), expected[1].clone(), expected[2].clone()]
        );
        assert!(unread.is_empty());
    }

    #[test]
    fn what_systemd_ignores_is_told() {
        let (said, unread) = read("A=1\n[Service]\nrubbish\nB=2\n[Broken\nC=3\n");
        assert_eq!(said, [("B".to_owned(), "2".to_owned(), Some(4))]);
        assert_eq!(unread.len(), 3);
    }
}
