//! One table of a TOML file: required, optional, and the report of what is unknown.

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::Literal;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
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
}

type Entry<'a, 'i> = &'a TomlSpanned<DeValue<'i>>;

impl<'a, 'i> Table<'a, 'i> {
    pub(super) fn new(entries: &'a DeTable<'i>, span: Span, name: String) -> Self {
        Self { entries, span, name, asked: Vec::new() }
    }

    pub(super) fn get(&mut self, key: &'static str) -> Option<Entry<'a, 'i>> {
        self.asked.push(key);
        self.entries.get(key)
    }

    pub(super) fn text(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<String>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(Spanned::new(text.to_string(), reader.source.span(value.span()))),
            _ => reader.wrong_type(key, "a string", value),
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
        match reader.literal(value).value {
            Literal::Integer(number) => Some(Spanned::new(number, reader.source.span(value.span()))),
            _ => reader.wrong_type(key, "an integer", value),
        }
    }

    pub(super) fn boolean(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<bool>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(boolean) => Some(Spanned::new(*boolean, reader.source.span(value.span()))),
            _ => reader.wrong_type(key, "a boolean", value),
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
            return reader.wrong_type(key, "an array of strings", value);
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items.iter() {
            match item.get_ref() {
                DeValue::String(text) => {
                    texts.push(Spanned::new(text.to_string(), reader.source.span(item.span())))
                }
                _ => {
                    reader.wrong_type::<()>(key, "an array of strings", item);
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

    /// A list of integers.
    pub(super) fn integers(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
    ) -> Option<Vec<Spanned<i64>>> {
        let value = self.get(key)?;
        let Literal::List(items) = reader.literal(value).value else {
            return reader.wrong_type(key, "an array of integers", value);
        };
        let mut numbers = Vec::new();
        for item in items {
            match item.value {
                Literal::Integer(number) => numbers.push(Spanned::new(number, item.span)),
                other => reader.mismatch(key, "an array of integers", other.kind(), item.span),
            }
        }
        Some(numbers)
    }

    pub(super) fn literal(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Spanned<Literal>> {
        let value = self.get(key)?;
        Some(reader.literal(value))
    }

    /// The entries of a table whose keys are the user's.
    pub(super) fn literals(
        &mut self,
        reader: &mut Reader<'_>,
        key: &'static str,
    ) -> Vec<(Spanned<String>, Spanned<Literal>)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        match reader.literal(value).value {
            Literal::Table(entries) => entries,
            _ => {
                reader.wrong_type::<()>(key, "a table", value);
                Vec::new()
            }
        }
    }

    pub(super) fn table(&mut self, reader: &mut Reader<'_>, key: &'static str) -> Option<Table<'a, 'i>> {
        let value = self.get(key)?;
        reader.as_table(key, value)
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
            if let Some(inner) = reader.as_table(&format!("{key}.{}", name.value), value) {
                named.push((name, inner));
            }
        }
        named
    }

    /// Reports an absent key.
    pub(super) fn require(&self, reader: &mut Reader<'_>, key: &'static str) {
        // A misspelt key is told as such, and only as such.
        let misspelt = |written: &str| strsim::damerau_levenshtein(written, key) <= (key.len() / 3).max(1);
        let near = self.entries.keys().any(|written| misspelt(written.get_ref()));
        if self.entries.get(key).is_none() && !near && !reader.damaged {
            let message = format!("{} needs the key `{key}`", self.name);
            reader
                .diagnostics
                .push(Diagnostic::new(Code::MissingKey, message).at(self.span, "in this table"));
        }
    }

    /// Reports every key that nothing asked for; whether there was none.
    pub(super) fn finish(self, reader: &mut Reader<'_>) -> bool {
        let mut whole = true;
        for (key, _) in self.entries.iter() {
            let written = key.get_ref().as_ref();
            if !self.asked.contains(&written) {
                whole = false;
                let message = format!("unknown key `{written}` in {}", self.name);
                let help = did_you_mean(written, self.asked.iter().copied());
                let span = reader.source.span(key.span());
                reader
                    .diagnostics
                    .push(Diagnostic::new(Code::UnknownKey, message).at(span, "").maybe_help(help));
            }
        }
        whole
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
        let literal = self.literal(value);
        self.mismatch(key, wanted, literal.value.kind(), literal.span);
        None
    }

    fn mismatch(&mut self, key: &str, wanted: &str, found: &str, span: Span) {
        let message = format!("`{key}` must be {wanted}");
        self.diagnostics.push(Diagnostic::new(Code::WrongType, message).at(span, format!("this is {found}")));
    }
}
