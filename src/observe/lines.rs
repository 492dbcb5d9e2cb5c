//! Parses configuration files that consist of lines of words in sections.
//!
//! A section begins with an unindented word, or is enclosed in braces.

use std::sync::Arc;

use crate::catalog::{LinePattern, PatternWord};

/// The lines of a configuration file.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Line>,
    /// The words that open sections at the margin.
    headers: Vec<Arc<[String]>>,
}

#[derive(Debug)]
struct Line {
    /// From 1.
    number: u32,
    /// The words that opened the sections around it, the outermost first.
    sections: Vec<Arc<[String]>>,
    words: Vec<String>,
}

/// What a pattern found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit<'l> {
    pub(super) value: &'l str,
    pub(super) line: u32,
    /// The second word of the section's header, if there is one.
    pub(super) section: Option<&'l str>,
}

/// A section that holds a deeper one is not looked for below this.
const DEEPEST: usize = 32;

impl Lines {
    pub(super) fn parse(text: &str) -> Self {
        let mut lines = Vec::new();
        let mut braces: Vec<Arc<[String]>> = Vec::new();
        let mut margin: Option<Arc<[String]>> = None;
        let mut headers = Vec::new();
        for (at, raw) in text.lines().enumerate() {
            let mut found = words(raw);
            let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
            match found.last().map(String::as_str) {
                None => continue,
                Some("}") => {
                    braces.pop();
                }
                Some("{") => {
                    found.pop();
                    if braces.len() < DEEPEST {
                        braces.push(found.into());
                    }
                }
                Some(_) if braces.is_empty() && is_at_margin(raw) => {
                    let header: Arc<[String]> = found.into();
                    headers.push(Arc::clone(&header));
                    margin = Some(header);
                }
                Some(_) => {
                    let around = margin.iter().filter(|_| braces.is_empty()).chain(&braces);
                    lines.push(Line { number, sections: around.cloned().collect(), words: found });
                }
            }
        }
        Self { lines, headers }
    }

    /// The lines that a pattern fits, in their order.
    pub(super) fn find<'l>(&'l self, pattern: &LinePattern) -> Vec<Hit<'l>> {
        let hit = |line: &'l Line| {
            let section = line
                .sections
                .last()
                .filter(|section| section.first().is_some_and(|word| is_any(&pattern.sections, word)))?;
            let value = capture(&pattern.words, &line.words)?;
            Some(Hit { value, line: line.number, section: section.get(1).map(String::as_str) })
        };
        self.lines.iter().filter_map(hit).collect()
    }

    /// The names of sections of any of some kinds.
    pub(super) fn named<'l>(&'l self, kinds: &'l [Arc<str>]) -> impl Iterator<Item = &'l str> {
        let headers =
            self.headers.iter().filter(|header| header.first().is_some_and(|kind| is_any(kinds, kind)));
        headers.filter_map(|header| header.get(1).map(String::as_str))
    }

    /// Whether a section has this name that is not of this kind.
    pub(super) fn has_section(&self, name: &str, other_than: &str) -> bool {
        let is_it = |header: &Arc<[String]>| {
            header.first().is_some_and(|kind| kind != other_than)
                && header.get(1).is_some_and(|known| known == name)
        };
        self.headers.iter().any(is_it)
    }
}

fn is_any(kinds: &[Arc<str>], kind: &str) -> bool {
    kinds.iter().any(|known| **known == *kind)
}

fn is_at_margin(raw: &str) -> bool {
    !raw.starts_with([' ', '\t'])
}

/// The words of a line, without its comment; quotes and backslashes as both programs take them.
fn words(raw: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('#' | '!', None) if word.is_none() => break,
            ('#', None) => break,
            (c, None) if c.is_ascii_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The word at `{value}`, where the pattern fits. `...` takes as few words as it can, and never goes back.
fn capture<'w>(pattern: &[PatternWord], words: &'w [String]) -> Option<&'w str> {
    let mut value = None;
    let mut rest = words.iter().peekable();
    let mut parts = pattern.iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            PatternWord::Exactly(expected) => {
                rest.next().filter(|word| word.as_str() == &**expected)?;
            }
            PatternWord::Any => {
                rest.next()?;
            }
            PatternWord::Value => value = Some(rest.next()?.as_str()),
            PatternWord::Rest => match parts.peek() {
                None => return value,
                Some(PatternWord::Exactly(next)) => {
                    while rest.peek().is_some_and(|word| word.as_str() != &**next) {
                        rest.next();
                    }
                }
                Some(_) => {}
            },
        }
    }
    value.filter(|_| rest.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(section: &str, line: &str) -> LinePattern {
        let words = line.split(' ').map(|word| match word {
            "{}" => PatternWord::Any,
            "{value}" => PatternWord::Value,
            "..." => PatternWord::Rest,
            word => PatternWord::Exactly(word.into()),
        });
        LinePattern { sections: vec![section.into()], words: words.collect() }
    }

    fn found(text: &str, section: &str, line: &str) -> Vec<(String, u32, Option<String>)> {
        let lines = Lines::parse(text);
        let hits = lines.find(&pattern(section, line));
        hits.into_iter().map(|hit| (hit.value.to_owned(), hit.line, hit.section.map(str::to_owned))).collect()
    }

    #[test]
    fn a_word_at_the_margin_opens_a_section() {
        let text = "global\n  user haproxy\nbackend api # the API\n  server a 10.0.0.1:6443 check ca-file /ca.crt\n  server b \"10.0.0.2:6443\"\n";
        let section = Some("api".to_owned());
        let expected = [
            ("10.0.0.1:6443".to_owned(), 4, section.clone()),
            ("10.0.0.2:6443".to_owned(), 5, section.clone()),
        ];
        assert_eq!(found(text, "backend", "server {} {value} ..."), expected);
        assert_eq!(
            found(text, "backend", "server ... ca-file {value} ..."),
            [("/ca.crt".to_owned(), 4, section)]
        );
        assert_eq!(found(text, "frontend", "server {} {value} ..."), []);
    }

    #[test]
    fn braces_open_sections_that_end() {
        let text = "vrrp_instance a {\n  state BACKUP\n  virtual_ipaddress {\n    10.0.0.9/32\n  }\n  priority 1\n}\n";
        assert_eq!(found(text, "virtual_ipaddress", "{value} ..."), [("10.0.0.9/32".to_owned(), 4, None)]);
        assert_eq!(
            found(text, "vrrp_instance", "priority {value}"),
            [("1".to_owned(), 6, Some("a".to_owned()))]
        );
    }

    #[test]
    fn a_pattern_without_rest_takes_whole_lines_only() {
        assert_eq!(found("frontend a\n default_backend b c\n", "frontend", "default_backend {value}"), []);
    }
}
