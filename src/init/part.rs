//! A table of the plan that is derived from kubeadm's configuration.

use super::written::{list, one_line, quoted};

/// `[component.NAME]` or `[external.NAME]`, with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is for, in a short comment.
    pub title: String,
    /// `component.NAME`
    pub table: String,
    /// Its lines; keys differ.
    pub lines: Vec<Line>,
    /// Whether it means something without any line.
    pub stands_alone: bool,
    /// Whether it would mean something else without one of its lines.
    pub is_whole: bool,
}

/// `KEY = CONTENT`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The key as it is written.
    pub key: String,
    /// What it has.
    pub content: Content,
}

/// What a line has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// One value, as it is written.
    One(String),
    /// Texts, each by itself.
    List(Vec<String>),
}

/// What does not work in the text of a plan.
#[derive(Debug, Clone, Copy)]
pub struct Wrong<'t> {
    /// The number of the line, from one.
    pub line: usize,
    /// What of the line is meant, as it is written.
    pub written: &'t str,
    /// Why.
    pub why: &'t str,
}

impl Line {
    /// The line as it is written.
    pub(super) fn text(&self) -> String {
        match &self.content {
            Content::One(written) => format!("{} = {written}", self.key),
            Content::List(items) => format!("{} = {}", self.key, list(items)),
        }
    }
}

impl Part {
    /// The line that begins its table.
    pub(super) fn head(&self) -> String {
        format!("[{}]", self.table)
    }

    /// Whether its table is written.
    pub(super) fn is_written(&self) -> bool {
        self.stands_alone || !self.lines.is_empty()
    }

    /// Adds a text to a list of names and such, which is sorted.
    pub(super) fn add(&mut self, key: &str, item: &str) {
        let at = self.lines.iter().position(|line| line.key == key).unwrap_or_else(|| {
            self.lines.insert(0, Line { key: key.to_owned(), content: Content::List(Vec::new()) });
            0
        });
        if let Content::List(items) = &mut self.lines[at].content
            && let Err(place) = items.binary_search_by(|one| one.as_str().cmp(item))
        {
            items.insert(place, item.to_owned());
        }
    }

    /// Leaves out what is wrong with a line, an item of a list alone where that is meant, and says what it was. Its value is
    /// not shown: it may be private.
    pub(super) fn leave(&mut self, key: &str, wrong: Wrong<'_>) -> Option<String> {
        let at = self.lines.iter().position(|line| line.key == key)?;
        let content = &mut self.lines[at].content;
        let why = match content {
            Content::List(items) => {
                let gone = match items.iter().position(|item| quoted(item) == wrong.written) {
                    Some(one) => vec![items.remove(one)],
                    None => std::mem::take(items),
                };
                without(wrong.why, gone.iter().map(String::as_str))
            }
            Content::One(written) => {
                let text = written.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
                let why = without(wrong.why, text.into_iter().chain([written.as_str()]));
                written.clear();
                why
            }
        };
        if matches!(content, Content::One(_)) || matches!(content, Content::List(items) if items.is_empty()) {
            self.lines.remove(at);
        }
        Some(one_line(&format!("{}: {key} ({why})", self.table)))
    }
}

/// A message in which quotes do not repeat a value or a part of it.
fn without<'v>(why: &str, values: impl Iterator<Item = &'v str> + Clone) -> String {
    let is_part =
        |quote: &str, value: &str| value.contains(quote) || (value.len() > 3 && quote.contains(value));
    let repeats = |quote: &str| !quote.is_empty() && values.clone().any(|value| is_part(quote, value));
    let mut parts: Vec<String> = why.split('`').map(str::to_owned).collect();
    for quote in parts.iter_mut().skip(1).step_by(2).filter(|quote| repeats(quote)) {
        "***".clone_into(quote);
    }
    parts.join("`")
}
