//! Reports each TOML syntax error once, and removes broken statements from the text.
//!
//! A parser that continues after an unclosed bracket reports errors in everything that follows. Here a broken statement
//! is replaced by blanks, and the rest is parsed again as if the user had not written the statement.

use std::ops::Range;

use toml::de::DeTable;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::SourceId;

/// Broken statements, and keys that are written twice, that are reported of one file; a file with more is no plan.
const REPORTED: usize = 20;

/// What is reported of a duplicate key by the parser.
const DUPLICATE: &str = "duplicate key";

/// Whether a text has mistakes that are worse than keys written twice.
pub(super) fn is_broken(errors: &[toml::de::Error]) -> bool {
    errors.iter().any(|error| !error.message().contains(DUPLICATE))
}

/// Reports what is broken and gives the text without it, offsets unchanged.
pub(super) fn mend(text: &str, source: SourceId, diagnostics: &mut Diagnostics) -> String {
    let mut sound = text.to_owned();
    for _ in 0..REPORTED {
        let (_, errors) = DeTable::parse_recoverable(&sound);
        let broken = errors.iter().filter(|error| !error.message().contains(DUPLICATE));
        let first = broken.min_by_key(|error| error.span().map_or(0, |span| span.start));
        let Some(error) = first else { return sound };
        let at = error.span().unwrap_or(0..0);
        let (range, unclosed) = statement(&sound, at.start);
        diagnostics.push(match unclosed {
            true => not_closed(&sound, range.clone(), source),
            false => reported(&sound, at, error.message(), source),
        });
        if sound[range.clone()].trim().is_empty() {
            break;
        }
        sound = blanked(&sound, range);
    }
    String::new()
}

/// Reports keys that are written twice, with both places; gives the top-level keys of tables that are lost so.
pub(super) fn duplicates(
    text: &str,
    errors: &[toml::de::Error],
    source: SourceId,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let mut covered = 0;
    let mut lost = Vec::new();
    let twice = errors.iter().filter(|error| error.message().contains(DUPLICATE));
    for error in twice.take(REPORTED) {
        let Some(at) = error.span().filter(|at| at.start >= covered) else { continue };
        let line = line_start(text, at.start);
        let header = is_header(line_at(text, line));
        let written = keys(text[line..at.end].trim_start().trim_start_matches('['));
        let (message, first) = if header {
            // The keys below belong to what has just been reported.
            let next = lines(text, line).skip(1).find(|(_, l)| is_header(l));
            covered = next.map_or(text.len(), |(start, _)| start);
            lost.extend(written.first().cloned());
            let first = lines(text, 0)
                .take_while(|(start, _)| *start < line)
                .find(|(_, l)| is_header(l) && keys(l.trim().trim_matches(['[', ']'])) == written);
            (format!("two tables are called `[{}]`", written.join(".")), first)
        } else {
            let table: Vec<_> = before(text, line).take_while(|(_, l)| !is_header(l)).collect();
            let first = table
                .iter()
                .rev()
                .find(|(_, l)| l.split_once('=').is_some_and(|(key, _)| keys(key) == written));
            (format!("`{}` is written twice in this table", written.join(".")), first.copied())
        };
        let name = text.get(at.clone()).unwrap_or_default();
        let mut diagnostic = Diagnostic::new(Code::DuplicateName, message).at(source.span(at), "again here");
        if let Some((start, position)) = first.and_then(|(start, l)| Some((start, last_key(l, name)?))) {
            let start = start + position;
            diagnostic = diagnostic.at(source.span(start..start + name.len()), "first here");
        }
        diagnostics.push(diagnostic.help("keep one of the two, or rename one"));
    }
    lost
}

/// The parts of a dotted key, as far as they are plain.
fn keys(dotted: &str) -> Vec<String> {
    dotted.split('.').map(|part| part.trim().trim_matches(['"', '\'']).to_owned()).collect()
}

/// Where the key `name` stands in a header, or left of `=`.
fn last_key(line: &str, name: &str) -> Option<usize> {
    line.split('=').next().unwrap_or_default().rfind(name)
}

/// The bytes of the broken statement, and whether it was never closed.
fn statement(text: &str, at: usize) -> (Range<usize>, bool) {
    let line = line_start(text, at);
    let own = line_at(text, line);
    let indent = own.len() - own.trim_start().len();
    let sound = |line: &str| DeTable::parse_recoverable(line).1.is_empty();
    let previous = before(text, line).find(|(_, l)| begins(l));
    if at <= line + indent
        && begins(own)
        && sound(own.trim())
        && let Some((start, _)) = previous
    {
        return (start..line, true);
    }
    let start = if begins(own) { line } else { previous.map_or(line, |(start, _)| start) };
    // What stands below a header that cannot be read belongs to no table.
    let header = line_at(text, start).trim_start().starts_with('[');
    let ends = |l: &str| if header { is_header(l) } else { begins(l) };
    let end = lines(text, line).skip(1).find(|(_, l)| ends(l)).map_or(text.len(), |(start, _)| start);
    (start..end, false)
}

/// Whether a line begins a statement: a header, or a key with `=`.
fn begins(line: &str) -> bool {
    let Some((key, _)) = line.split_once('=') else {
        return line.trim_start().starts_with('[') && is_header(line);
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_. \t\"'".contains(c);
    (!key.trim().is_empty() && key.chars().all(plain)) || is_header(line)
}

/// Whether a line is a table's header, perhaps with more behind it.
fn is_header(line: &str) -> bool {
    let inside = line.trim().trim_start_matches('[');
    let name = inside.split(']').next().unwrap_or_default();
    line.trim_start().starts_with('[')
        && inside.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.contains([',', '='])
}

/// A header and the keys behind it, where a line has both.
fn with_keys(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let end = line.find(']')?;
    let brackets = line[end..].bytes().take_while(|byte| *byte == b']').count();
    let (header, keys) = line.split_at(end + brackets);
    let keys = keys.trim();
    (is_header(header) && !keys.starts_with('#') && keys.contains('=')).then_some((header, keys))
}

fn line_start(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    text.as_bytes()[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

fn line_at(text: &str, start: usize) -> &str {
    text.get(start..).and_then(|rest| rest.split('\n').next()).unwrap_or_default()
}

/// The lines from `start` on, each with its offset.
fn lines(text: &str, start: usize) -> impl Iterator<Item = (usize, &str)> {
    let rest = text.get(start..).unwrap_or_default();
    rest.split_inclusive('\n').scan(start, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    })
}

/// The lines before `start`, the nearest first.
fn before(text: &str, start: usize) -> impl Iterator<Item = (usize, &str)> {
    let mut end = start;
    text[..start].split_inclusive('\n').rev().map(move |line| {
        end -= line.len();
        (end, line)
    })
}

fn blanked(text: &str, range: Range<usize>) -> String {
    let blank: String =
        text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    [&text[..range.start], &blank, &text[range.end..]].concat()
}

fn not_closed(text: &str, range: Range<usize>, source: SourceId) -> Diagnostic {
    let written = text[range.clone()].trim_end();
    let end = range.start + written.len();
    let key = written.split('=').next().unwrap_or_default().trim();
    let last = written.chars().next_back().map_or(0, char::len_utf8);
    Diagnostic::new(Code::Syntax, format!("the value of `{key}` is not closed"))
        .at(source.span(end - last..end), "it must end here")
        .help("write the `]` or `}` that is missing before the next key")
}

fn reported(text: &str, at: Range<usize>, message: &str, source: SourceId) -> Diagnostic {
    let written = text.get(at.clone()).unwrap_or_default();
    let rest_of_line = line_at(text, at.start).trim();
    if let Some((header, keys)) = with_keys(line_at(text, line_start(text, at.start))) {
        return Diagnostic::new(Code::Syntax, "a table's keys go below its header")
            .at(source.span(at), "")
            .help(format!("write `{keys}` on a line of its own, below `{header}`"));
    }
    if let Some((value, range)) = bare(text, at.start) {
        return Diagnostic::new(Code::Syntax, format!("the text `{value}` must be quoted"))
            .at(source.span(range), "")
            .help(format!("write `\"{value}\"`"));
    }
    let (message, help) = if message.starts_with("string values must be quoted") {
        if written.is_empty() && (rest_of_line.is_empty() || rest_of_line.starts_with('#')) {
            ("a value is missing after `=`".to_owned(), None)
        } else if written.is_empty() {
            ("this is not a value".to_owned(), Some("strings are written in quotes".to_owned()))
        } else {
            (format!("the text `{written}` must be quoted"), Some(format!("write `\"{written}\"`")))
        }
    } else if message.starts_with("invalid basic string, expected `\"`") {
        ("the string is not closed".to_owned(), Some("write `\"` at its end".to_owned()))
    } else if written == ":" || rest_of_line.starts_with(':') {
        let key = line_at(text, line_start(text, at.start)).split(':').next().unwrap_or_default().trim();
        ("`=` is missing between a key and its value".to_owned(), Some(format!("write `{key} = ...`")))
    } else if message.starts_with("unclosed table") {
        ("the header is not closed".to_owned(), Some("write `]` at its end".to_owned()))
    } else {
        (message.trim_end().replace('\n', ", "), None)
    };
    Diagnostic::new(Code::Syntax, message).at(source.span(at), "").maybe_help(help)
}

/// A version, an address or a network that stands without quotes where an error is: it begins like a number, and is none.
fn bare(text: &str, at: usize) -> Option<(&str, Range<usize>)> {
    let word = |c: char| c.is_ascii_alphanumeric() || ".:/-_".contains(c);
    let line = line_start(text, at);
    let before = text.get(line..at.min(text.len()))?;
    let start = line + before.trim_end_matches(word).len();
    let value = text.get(start..)?.split(|c| !word(c)).next()?;
    let is_value = text[line..start].trim_end().ends_with(['=', '[', ',']);
    let is_many = value.matches(['.', ':', '/']).count() > 1 || value.contains('/');
    let is_meant = value.starts_with(|c: char| c.is_ascii_digit()) && is_many;
    (is_value && is_meant).then(|| (value, start..start + value.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn mended(text: &str) -> (usize, String) {
        let mut sources = Sources::default();
        let source = sources.add("plan", text);
        let mut diagnostics = Diagnostics::default();
        let sound = mend(text, source, &mut diagnostics);
        (diagnostics.errors(), sound)
    }

    #[test]
    fn an_unclosed_array_is_one_mistake() {
        let (errors, sound) = mended("a = [1,\nb = 2\n[t]\nc = 3\n");
        assert_eq!((errors, sound.as_str()), (1, "       \nb = 2\n[t]\nc = 3\n"));
    }

    #[test]
    fn what_stands_below_a_broken_header_goes_with_it() {
        let (errors, sound) = mended("[a\nb = 2\n[t]\nc = =\n");
        assert_eq!((errors, sound.as_str()), (2, "  \n     \n[t]\n     \n"));
    }

    #[test]
    fn keys_behind_a_header_take_nothing_else_along() {
        let (errors, sound) = mended("a = 1\n[b] c = 2\nd = 3\n[e]\nf = 4\n");
        assert_eq!((errors, sound.as_str()), (1, "a = 1\n         \n     \n[e]\nf = 4\n"));
    }

    #[test]
    fn sound_texts_are_left_alone() {
        assert_eq!(mended("a = 1\na = 2\n"), (0, "a = 1\na = 2\n".to_owned()));
    }
}
