//! One table of a TOML file: reads required and optional keys, and reports unknown ones.

use toml::Spanned as TomlSpanned;
use toml::de::{DeString, DeTable, DeValue};

use super::asked::{ANY_NAME, Asked, Takes, below};
use super::instead::instead;
use super::literal::Literal;
use super::unread::Unread;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean, resembles};
use crate::source::{SourceId, Span, Spanned};

/// Where messages go and which file is being read.
pub(super) struct Reader<'d> {
    pub(super) source: SourceId,
    pub(super) diagnostics: &'d mut Diagnostics,
    /// After a syntax error absent keys say nothing.
    pub(super) damaged: bool,
    /// Where not a file is read but the reader itself: what it asks for.
    pub(super) asked: Option<Asked>,
}

/// A table that remembers which of its keys were asked for.
pub(super) struct Table<'a, 'i> {
    entries: &'a DeTable<'i>,
    /// The header.
    pub(super) span: Span,
    /// What it is called in messages.
    name: String,
    asked: Vec<&'static str>,
    absent: Vec<(&'static str, Option<&'static str>)>,
    unread: Unread,
    /// Keys below which something was written that is in none of the entries.
    lost: Vec<String>,
    /// Its way from the top of the file, where what is asked for is noted.
    path: Vec<&'static str>,
}

type Entry<'a, 'i> = &'a TomlSpanned<DeValue<'i>>;

impl<'a, 'i> Table<'a, 'i> {
    pub(super) fn new(entries: &'a DeTable<'i>, span: Span, name: String) -> Self {
        Self {
            entries,
            span,
            name,
            asked: Vec::new(),
            absent: Vec::new(),
            unread: Unread::default(),
            lost: Vec::new(),
            path: Vec::new(),
        }
    }

    /// The same where something was written below `keys` that the parser could not take.
    pub(super) fn without(self, keys: Vec<String>) -> Self {
        Self { lost: keys, ..self }
    }

    /// Whether a key is written, whatever it says.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    pub(super) fn get(&mut self, key: &'static str) -> Option<Entry<'a, 'i>> {
        self.asked.push(key);
        self.entries.get(key)
    }

    /// Notes what is asked for, where that is wanted.
    fn note(&self, reader: &mut Reader<'_>, key: &'static str, takes: Takes) -> bool {
        if let Some(asked) = &mut reader.asked {
            asked.note(&self.path, key, takes);
        }
        reader.asked.is_some()
    }

    pub(super) fn text(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<String>> {
        if self.note(reader, key, Takes::Text) {
            // Some readers go on only with it.
            return Some(Spanned::new(String::new(), self.span));
        }
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Spanned::new(text.to_string(), reader.source.span(value.span()))),
            _ => self.wrong_type(reader, key, "a string", value),
        }
    }

    pub(super) fn required_text(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
    ) -> Option<Spanned<String>> {
        self.require(reader, key);
        self.text(reader, key)
    }

    pub(super) fn integer(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<i64>> {
        self.note(reader, key, Takes::Integer);
        let value = self.get(key)?;
        match Literal::read(reader.source, value).value {
            Literal::Integer(number) => Some(Spanned::new(number, reader.source.span(value.span()))),
            _ => self.wrong_type(reader, key, "an integer", value),
        }
    }

    pub(super) fn boolean(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<bool>> {
        self.note(reader, key, Takes::Boolean);
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(boolean) => Some(Spanned::new(*boolean, reader.source.span(value.span()))),
            _ => self.wrong_type(reader, key, "a boolean", value),
        }
    }

    /// A list of strings.
    pub(super) fn texts(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
    ) -> Option<Vec<Spanned<String>>> {
        self.note(reader, key, Takes::Texts);
        let value = self.get(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            return self.wrong_type(reader, key, "an array of strings", value);
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item.get_ref() {
                DeValue::String(text) => {
                    texts.push(Spanned::new(text.to_string(), reader.source.span(item.span())))
                }
                _ => {
                    self.wrong_type::<()>(reader, key, "an array of strings", item);
                }
            }
        }
        Some(texts)
    }

    /// A string or a list of strings.
    pub(super) fn one_or_more(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
    ) -> Option<Vec<Spanned<String>>> {
        if self.note(reader, key, Takes::TextOrTexts) {
            return None;
        }
        match self.entries.get(key).map(TomlSpanned::get_ref) {
            Some(DeValue::String(_)) => self.text(reader, key).map(|text| vec![text]),
            _ => self.texts(reader, key),
        }
    }

    pub(super) fn literal(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<Literal>> {
        self.note(reader, key, Takes::Any);
        let value = self.get(key)?;
        Some(Literal::read(reader.source, value))
    }

    /// The entries of a table whose keys are the user's.
    pub(super) fn literals(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
    ) -> Vec<(Spanned<String>, Spanned<Literal>)> {
        self.note(reader, key, Takes::Entries);
        let Some(value) = self.get(key) else { return Vec::new() };
        match Literal::read(reader.source, value).value {
            Literal::Table(entries) => entries,
            _ => {
                self.wrong_type::<()>(reader, key, "a table", value);
                Vec::new()
            }
        }
    }

    pub(super) fn table(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Table<'a, 'i>> {
        if self.note(reader, key, Takes::Table) {
            return Some(self.noted(below(&self.path, key)));
        }
        let value = self.get(key)?;
        let table = reader.as_table(key, value, &format!("write `[{key}]`"));
        if table.is_none() {
            self.unread.add(key);
        }
        table
    }

    /// `[node.NAME]`: the tables below `key`, by their names.
    pub(super) fn named(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
    ) -> Vec<(Spanned<String>, Table<'a, 'i>)> {
        if self.note(reader, key, Takes::Tables) {
            let table = self.noted(below(&below(&self.path, key), ANY_NAME));
            return vec![(Spanned::new(ANY_NAME.to_owned(), self.span), table)];
        }
        let Some(value) = self.get(key) else { return Vec::new() };
        let help = format!("each one is a table with its own name: write `[{key}.NAME]`");
        let Some(table) = reader.as_table(key, value, &help) else {
            self.unread.add(key);
            return Vec::new();
        };
        let mut named = Vec::with_capacity(table.entries.len());
        // A table without a name has many keys that are no tables: one message is enough.
        let mut is_reported = false;
        for (name, value) in table.entries.iter() {
            let name = Spanned::new(name.get_ref().to_string(), reader.source.span(name.span()));
            let is_table = matches!(value.get_ref(), DeValue::Table(_));
            if !is_table {
                self.unread.add(key);
                if std::mem::replace(&mut is_reported, true) {
                    continue;
                }
            }
            // `[[node.m1]]`
            let help = match value.get_ref() {
                DeValue::Array(items) if items.iter().any(|item| item.get_ref().is_table()) => {
                    format!("a name can appear only once: write `[{key}.{}]`", name.value)
                }
                _ => help.clone(),
            };
            if let Some(inner) = reader.as_table(&format!("{key}.{}", name.value), value, &help) {
                named.push((name, inner));
            }
        }
        named
    }

    /// A table of which what is asked for is noted.
    fn noted(&self, path: Vec<&'static str>) -> Self {
        Self { path, ..Self::new(self.entries, self.span, String::new()) }
    }

    /// Reports an absent key, once all others are known.
    pub(super) fn require(&mut self, reader: &Reader<'_>, key: &'static str) {
        if self.is_absent(reader, key) {
            self.absent.push((key, None));
        }
    }

    /// The same, with what to write.
    pub(super) fn require_as(&mut self, reader: &Reader<'_>, key: &'static str, help: &'static str) {
        if self.is_absent(reader, key) {
            self.absent.push((key, Some(help)));
        }
    }

    /// Reports an absent key at once, where nothing else of the table can be read without it.
    pub(super) fn require_now(&self, reader: &mut Reader<'_>, key: &'static str) {
        if let Some(asked) = &mut reader.asked {
            asked.require(&self.path, key);
        } else if self.is_absent(reader, key) {
            self.report_absent(reader, key, None);
        }
    }

    fn is_absent(&self, reader: &Reader<'_>, key: &'static str) -> bool {
        self.entries.get(key).is_none() && !reader.damaged
    }

    fn report_absent(&self, reader: &mut Reader<'_>, key: &'static str, help: Option<&str>) {
        let message = format!("{} needs the key `{key}`", self.name);
        let diagnostic = Diagnostic::new(Code::MissingKey, message).at(self.span, "in this table");
        reader.diagnostics.push(diagnostic.maybe_help(help.map(str::to_owned)));
    }

    fn wrong_type<T>(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
        wanted: &str,
        value: Entry<'_, '_>,
    ) -> Option<T> {
        self.unread.add(key);
        reader.wrong_type(key, wanted, value)
    }

    /// Reports every key that nothing asked for, and every absent one that none of them can be meant
    /// for; gives the keys that could not be read.
    pub(super) fn finish(mut self, reader: &mut Reader<'_>) -> Unread {
        if let Some(asked) = &mut reader.asked {
            self.asked.iter().for_each(|key| asked.note_unless_known(&self.path, key));
            self.absent.iter().for_each(|(key, _)| asked.require(&self.path, key));
            return self.unread;
        }
        let unknown = |key: &&TomlSpanned<DeString<'_>>| !self.asked.contains(&key.get_ref().as_ref());
        let unknown: Vec<_> = self.entries.iter().map(|(key, _)| key).filter(unknown).collect();
        for key in &unknown {
            let written = key.get_ref().as_ref();
            let message = format!("unknown key `{written}` in {}", self.name);
            let help = did_you_mean(written, self.asked.iter().copied());
            let span = reader.source.span(key.span());
            reader.diagnostics.push(Diagnostic::new(Code::UnknownKey, message).at(span, "").maybe_help(help));
            self.unread.misspelt(written, &self.asked);
        }
        if reader.damaged {
            self.unread.in_broken_file();
        }
        for key in &self.lost {
            self.unread.misspelt(key, &self.asked);
        }
        for (key, help) in &self.absent {
            if !unknown.iter().any(|written| resembles(written.get_ref(), key)) {
                self.report_absent(reader, key, *help);
            }
            self.unread.add(key);
        }
        self.unread
    }
}

impl Reader<'_> {
    fn as_table<'a, 'i>(&mut self, name: &str, value: Entry<'a, 'i>, help: &str) -> Option<Table<'a, 'i>> {
        match value.get_ref() {
            DeValue::Table(entries) => {
                Some(Table::new(entries, self.source.span(value.span()), format!("`{name}`")))
            }
            _ => {
                let found = Literal::read(self.source, value);
                let diagnostic = self.wrong(name, "a table", found.value.kind(), found.span);
                self.diagnostics.push(diagnostic.help(help));
                None
            }
        }
    }

    fn wrong_type<T>(&mut self, key: &str, wanted: &str, value: Entry<'_, '_>) -> Option<T> {
        let literal = Literal::read(self.source, value);
        let found = match value.get_ref() {
            DeValue::Integer(_) if literal.value.as_text().is_some() => "a number that is too large",
            _ => literal.value.kind(),
        };
        let help = instead(key, wanted, value.get_ref());
        let diagnostic = self.wrong(key, wanted, found, literal.span);
        self.diagnostics.push(diagnostic.maybe_help(help));
        None
    }

    pub(super) fn mismatch(&mut self, key: &str, wanted: &str, found: &str, span: Span) {
        let diagnostic = self.wrong(key, wanted, found, span);
        self.diagnostics.push(diagnostic);
    }

    fn wrong(&self, key: &str, wanted: &str, found: &str, span: Span) -> Diagnostic {
        let message = format!("`{key}` must be {wanted}");
        Diagnostic::new(Code::WrongType, message).at(span, format!("this is {found}"))
    }
}
