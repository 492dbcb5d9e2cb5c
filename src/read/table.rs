//! One table of a TOML file: required, optional, and the report of what is unknown.

use toml::Spanned as TomlSpanned;
use toml::de::{DeString, DeTable, DeValue};

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
}

/// A table that remembers which of its keys were asked for.
pub(super) struct Table<'a, 'i> {
    entries: &'a DeTable<'i>,
    /// The header.
    pub(super) span: Span,
    /// What it is called in messages.
    name: String,
    asked: Vec<&'static str>,
    absent: Vec<&'static str>,
    unread: Unread,
    /// Keys below which something was written that is in none of the entries.
    lost: Vec<String>,
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

    pub(super) fn text(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<String>> {
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
        let value = self.get(key)?;
        match Literal::read(reader.source, value).value {
            Literal::Integer(number) => Some(Spanned::new(number, reader.source.span(value.span()))),
            _ => self.wrong_type(reader, key, "an integer", value),
        }
    }

    pub(super) fn boolean(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<bool>> {
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
        match self.entries.get(key).map(TomlSpanned::get_ref) {
            Some(DeValue::String(_)) => self.text(reader, key).map(|text| vec![text]),
            _ => self.texts(reader, key),
        }
    }

    pub(super) fn literal(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<Literal>> {
        let value = self.get(key)?;
        Some(Literal::read(reader.source, value))
    }

    /// The entries of a table whose keys are the user's.
    pub(super) fn literals(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
    ) -> Vec<(Spanned<String>, Spanned<Literal>)> {
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
        let value = self.get(key)?;
        let table = reader.as_table(key, value);
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
        let Some(table) = self.table(reader, key) else { return Vec::new() };
        let mut named = Vec::with_capacity(table.entries.len());
        for (name, value) in table.entries.iter() {
            let name = Spanned::new(name.get_ref().to_string(), reader.source.span(name.span()));
            match reader.as_table(&format!("{key}.{}", name.value), value) {
                Some(inner) => named.push((name, inner)),
                None => self.unread.add(key),
            }
        }
        named
    }

    /// Reports an absent key, once all others are known.
    pub(super) fn require(&mut self, reader: &Reader<'_>, key: &'static str) {
        if self.is_absent(reader, key) {
            self.absent.push(key);
        }
    }

    /// Reports an absent key at once, where nothing else of the table can be read without it.
    pub(super) fn require_now(&self, reader: &mut Reader<'_>, key: &'static str) {
        if self.is_absent(reader, key) {
            self.report_absent(reader, key);
        }
    }

    fn is_absent(&self, reader: &Reader<'_>, key: &'static str) -> bool {
        self.entries.get(key).is_none() && !reader.damaged
    }

    fn report_absent(&self, reader: &mut Reader<'_>, key: &'static str) {
        let message = format!("{} needs the key `{key}`", self.name);
        reader.diagnostics.push(Diagnostic::new(Code::MissingKey, message).at(self.span, "in this table"));
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
        for key in &self.absent {
            if !unknown.iter().any(|written| resembles(written.get_ref(), key)) {
                self.report_absent(reader, key);
            }
            self.unread.add(key);
        }
        self.unread
    }
}

impl Reader<'_> {
    fn as_table<'a, 'i>(&mut self, name: &str, value: Entry<'a, 'i>) -> Option<Table<'a, 'i>> {
        match value.get_ref() {
            DeValue::Table(entries) => {
                Some(Table::new(entries, self.source.span(value.span()), format!("`{name}`")))
            }
            _ => self.wrong_type(name, "a table", value),
        }
    }

    fn wrong_type<T>(&mut self, key: &str, wanted: &str, value: Entry<'_, '_>) -> Option<T> {
        let literal = Literal::read(self.source, value);
        self.mismatch(key, wanted, literal.value.kind(), literal.span);
        None
    }

    pub(super) fn mismatch(&mut self, key: &str, wanted: &str, found: &str, span: Span) {
        let message = format!("`{key}` must be {wanted}");
        self.diagnostics.push(Diagnostic::new(Code::WrongType, message).at(span, format!("this is {found}")));
    }
}
