//! Reads the keys of a table, and reports keys that no reader asks for.

use std::sync::Arc;

use super::seen::{Bare, Form, Pattern, PatternWord, Slot, Source};
use super::versions::since;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Literal;
use crate::source::{Span, Spanned};

type Entries = [(Spanned<String>, Spanned<Literal>)];

/// What a key takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// `true` or `false`.
    Boolean,
    /// `COMPONENT.LISTEN`
    Goal,
    /// The place of an input.
    Slot,
    /// A string.
    Text,
    /// A string or a list of them.
    Texts,
    /// One of these words.
    Words(Vec<&'static str>),
}

/// The keys that a reader asked for, each with what it takes.
pub(super) type Asked = Vec<(&'static str, Wanted)>;

pub(super) struct Keys<'e, 'd> {
    entries: &'e Entries,
    asked: Asked,
    diagnostics: &'d mut Diagnostics,
}

impl<'e, 'd> Keys<'e, 'd> {
    pub(super) fn new(entries: &'e Entries, diagnostics: &'d mut Diagnostics) -> Self {
        Self { entries, asked: Vec::new(), diagnostics }
    }

    fn get(&mut self, key: &'static str, wanted: Wanted) -> Option<&'e Spanned<Literal>> {
        self.asked.push((key, wanted));
        self.entries.iter().find(|(name, _)| name.value == key).map(|(_, value)| value)
    }

    /// Reports a mistake.
    pub(super) fn refuse(&mut self, span: Span, message: &str) {
        self.diagnostics.push(Diagnostic::new(Code::BadValue, message.to_owned()).at(span, ""));
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Arc<str>> {
        let value = self.get(key, Wanted::Text)?;
        let text = value.value.as_text().map(Arc::from);
        if text.is_none() {
            self.refuse(value.span, "this is a text");
        }
        text
    }

    pub(super) fn boolean(&mut self, key: &'static str, usual: bool) -> bool {
        match self.get(key, Wanted::Boolean) {
            None => usual,
            Some(Spanned { value: Literal::Boolean(value), .. }) => *value,
            Some(other) => {
                self.refuse(other.span, "this is `true` or `false`");
                usual
            }
        }
    }

    /// One text, or several.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<Arc<str>> {
        let Some(value) = self.get(key, Wanted::Texts) else { return Vec::new() };
        let texts = texts(&value.value);
        if texts.is_none() {
            self.refuse(value.span, "this is a text, or a list of texts");
        }
        texts.unwrap_or_default()
    }

    pub(super) fn word<T: Copy>(&mut self, key: &'static str, usual: T, words: &[(&'static str, T)]) -> T {
        let known = words.iter().map(|(word, _)| *word).collect();
        let Some(value) = self.get(key, Wanted::Words(known)) else { return usual };
        let text = value.value.as_text().unwrap_or_default();
        if let Some((_, known)) = words.iter().find(|(word, _)| *word == text) {
            return *known;
        }
        let help = did_you_mean(text, words.iter().map(|(word, _)| *word));
        let message = format!("`{text}` has no meaning here");
        self.diagnostics.push(Diagnostic::new(Code::BadValue, message).at(value.span, "").maybe_help(help));
        usual
    }

    /// `COMPONENT.LISTEN`
    pub(super) fn goal(&mut self, key: &'static str) -> Option<(Arc<str>, Arc<str>)> {
        let value = self.get(key, Wanted::Goal)?;
        let goal = value.value.as_text().and_then(|text| text.split_once('.'));
        if goal.is_none() {
            self.refuse(value.span, "this is `COMPONENT.LISTEN`");
        }
        goal.map(|(component, listen)| (component.into(), listen.into()))
    }

    pub(super) fn slot(&mut self, key: &'static str) -> Option<Slot> {
        let value = self.get(key, Wanted::Slot)?;
        let slot = slot(&value.value);
        if slot.is_none() {
            self.refuse(
                value.span,
                "this does not name an input: write `--FLAG`, `$VARIABLE`, `FIELD.FIELD`, `@ARTEFACT`, or \
                 `{ section = \"SECTION\", line = \"WORD {value} ...\" }`, \
                 `{ flag = \"--FLAG\", without = \"--OTHER\" }`, or a list of them, or \
                 `{ slot = ..., absent = ..., form = \"name=url\" }`",
            );
        }
        slot
    }

    /// Reports keys that nobody asked for. All that were asked for.
    pub(super) fn finish(self) -> Asked {
        let asked = |name: &str| self.asked.iter().any(|(key, _)| *key == name);
        for (name, _) in self.entries.iter().filter(|(name, _)| !asked(&name.value)) {
            let help = did_you_mean(&name.value, self.asked.iter().map(|(key, _)| *key));
            let message = format!("`{}` has no meaning here", name.value);
            self.diagnostics
                .push(Diagnostic::new(Code::UnknownKey, message).at(name.span, "").maybe_help(help));
        }
        self.asked
    }
}

fn texts(literal: &Literal) -> Option<Vec<Arc<str>>> {
    match literal {
        Literal::List(items) => items.iter().map(|item| scalar(&item.value)).collect(),
        other => scalar(other).map(|text| vec![text]),
    }
}

fn scalar(literal: &Literal) -> Option<Arc<str>> {
    match literal {
        Literal::Text(text) => Some(text.as_str().into()),
        Literal::Boolean(value) => Some(value.to_string().into()),
        Literal::Integer(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn slot(literal: &Literal) -> Option<Slot> {
    let Literal::Table(entries) = literal else {
        return Some(Slot { sources: sources(literal)?, absent: None, bare: None, form: Form::Plain });
    };
    if literal.get("line").is_some() {
        return Some(Slot::of(source(literal)?));
    }
    if !entries
        .iter()
        .all(|(key, _)| matches!(key.value.as_str(), "slot" | "absent" | "bare" | "without" | "form"))
    {
        return None;
    }
    let absent = match literal.get("absent") {
        Some(absent) => Some(since(&absent.value, texts)?),
        None => None,
    };
    let bare = match (literal.get("bare"), literal.get("without")) {
        (None, None) => None,
        (Some(values), Some(without)) => {
            let flag = |flag: Arc<str>| flag.strip_prefix("--").map(Arc::from);
            let without = texts(&without.value)?.into_iter().map(flag).collect::<Option<_>>()?;
            Some(Bare { without, values: texts(&values.value)? })
        }
        _ => return None,
    };
    let form = match literal.get("form").map(|form| form.value.as_text()) {
        None => Form::Plain,
        Some(Some("name=url")) => Form::NamedUrl,
        Some(_) => return None,
    };
    Some(Slot { sources: sources(&literal.get("slot")?.value)?, absent, bare, form })
}

fn sources(literal: &Literal) -> Option<Vec<Source>> {
    match literal {
        Literal::List(items) => items.iter().map(|item| source(&item.value)).collect(),
        other => source(other).map(|source| vec![source]),
    }
}

fn source(literal: &Literal) -> Option<Source> {
    if let (Literal::Table(entries), Some(flag)) = (literal, literal.get("flag")) {
        let name = |literal: &Literal| literal.as_text()?.strip_prefix("--").map(Arc::from);
        let without = name(&literal.get("without")?.value)?;
        return (entries.len() == 2).then_some(Source::FlagWithout(name(&flag.value)?, without));
    }
    if let Literal::Table(entries) = literal {
        let sections = texts(&literal.get("section")?.value).filter(|sections| !sections.is_empty())?;
        let line = literal.get("line")?.value.as_text()?;
        let words = line.split_ascii_whitespace().map(pattern_word).collect::<Vec<_>>();
        let wanted = words.iter().filter(|word| **word == PatternWord::Value).count();
        return (entries.len() == 2 && wanted == 1).then_some(Source::Line(Pattern { sections, words }));
    }
    let text = literal.as_text().filter(|text| !text.is_empty())?;
    Some(match text.split_at(1) {
        ("-", rest) => Source::Flag(rest.trim_start_matches('-').into()),
        ("$", rest) => Source::Variable(rest.into()),
        ("@", rest) => Source::Artefact(rest.into()),
        _ => Source::Field(text.split('.').map(Arc::from).collect()),
    })
}

fn pattern_word(word: &str) -> PatternWord {
    match word {
        "{}" => PatternWord::Any,
        "{value}" => PatternWord::Value,
        "..." => PatternWord::Rest,
        exactly => PatternWord::Exactly(exactly.into()),
    }
}
