//! Converts rows into the tables that the nodes would have in a plan.

use std::collections::BTreeSet;
use std::ops::Range;

use super::columns::{Columns, Key};
use super::row::{Cell, ENOUGH, Piece, Row, Value};
use crate::diagnostics::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::read::Unread;
use crate::read::plan::{Listed, NodeTable, Text};
use crate::source::{SourceId, Spanned};

/// A file that has been read.
pub(super) struct Taken<'a> {
    pub(super) text: &'a str,
    pub(super) source: SourceId,
    pub(super) columns: &'a Columns,
    /// Whether nodes get addresses elsewhere.
    pub(super) has_range: bool,
}

impl Taken<'_> {
    /// The nodes of all rows, with the roles that each has of its groups.
    pub(super) fn listed(&self, rows: Vec<(Row, Vec<Text>)>, diagnostics: &mut Diagnostics) -> Listed {
        let mut listed = Listed { nodes: Vec::with_capacity(rows.len()), whole: true };
        for (row, roles) in rows {
            match self.node(&row, roles, diagnostics) {
                Some(node) => listed.nodes.push(node),
                None => listed.whole = false,
            }
        }
        listed
    }

    fn node(
        &self,
        row: &Row,
        of_groups: Vec<Text>,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Text, NodeTable)> {
        let Some(name) = self.text(row, Key::Name, diagnostics) else {
            let message = format!("this node has no {}", self.wanted(Key::Name));
            diagnostics.push(Diagnostic::new(Code::MissingKey, message).at(self.span(&row.bytes), ""));
            return None;
        };
        let addresses = self.addresses(&name, row, diagnostics);
        let roles = self.texts(row, Key::Roles, diagnostics).unwrap_or_default();
        let table = NodeTable {
            span: self.span(&row.bytes),
            secret: self.text(row, Key::Secret, diagnostics),
            addresses,
            names: self.texts(row, Key::Names, diagnostics),
            roles: Some(of_groups.into_iter().chain(roles).collect()),
            interface: self.text(row, Key::Interface, diagnostics),
            priority: self.integer(row, Key::Priority, diagnostics),
            was: self.text(row, Key::Was, diagnostics),
            away: self.text(row, Key::Away, diagnostics),
            components: Vec::new(),
            unread: Unread::default(),
        };
        Some((name, table))
    }

    /// The first address that it has, and all others.
    fn addresses(&self, name: &Text, row: &Row, diagnostics: &mut Diagnostics) -> Option<Vec<Text>> {
        let mut addresses = self.texts(row, Key::Address, diagnostics).unwrap_or_default();
        for column in self.columns.named(Key::Addresses) {
            addresses
                .extend(self.several(cell(row, column), Key::Addresses, diagnostics).unwrap_or_default());
        }
        for text in &addresses {
            if text.value.contains("{{") {
                let message =
                    format!("the address of `{}` is a template, which only Ansible can fill in", name.value);
                let diagnostic = Diagnostic::new(Code::InventoryForm, message).at(text.span, "");
                diagnostics
                    .push(diagnostic.help("write the address itself, or name another variable in `columns`"));
                return None;
            }
        }
        if addresses.is_empty() && !self.has_range {
            let message = format!("`{}` has no {}", name.value, self.wanted(Key::Address));
            diagnostics.push(Diagnostic::new(Code::MissingKey, message).at(name.span, "in this row"));
        }
        (!addresses.is_empty()).then_some(addresses)
    }

    /// What holds a key, in words.
    fn wanted(&self, key: Key) -> String {
        let named = self.columns.named(key).iter().chain(match key {
            Key::Address => self.columns.named(Key::Addresses),
            _ => &[],
        });
        let named: Vec<String> = named.map(|column| format!("`{column}`")).collect();
        named.join(" or ")
    }

    /// The first column of a key that a row has.
    fn cell<'r>(&self, row: &'r Row, key: Key) -> Option<&'r Cell> {
        self.columns.named(key).iter().find_map(|column| cell(row, column))
    }

    fn text(&self, row: &Row, key: Key, diagnostics: &mut Diagnostics) -> Option<Text> {
        let cell = self.cell(row, key)?;
        match &cell.value {
            Value::Text(piece) => Some(self.spanned(piece)),
            value => {
                diagnostics.push(self.wrong(key, "a text", value));
                None
            }
        }
    }

    fn integer(&self, row: &Row, key: Key, diagnostics: &mut Diagnostics) -> Option<Spanned<i64>> {
        let cell = self.cell(row, key)?;
        match &cell.value {
            Value::Text(piece) if piece.text.parse::<i64>().is_ok() => {
                Some(Spanned::new(piece.text.parse().ok()?, self.span(&piece.bytes)))
            }
            value => {
                diagnostics.push(self.wrong(key, "an integer", value));
                None
            }
        }
    }

    fn texts(&self, row: &Row, key: Key, diagnostics: &mut Diagnostics) -> Option<Vec<Text>> {
        self.several(self.cell(row, key), key, diagnostics)
    }

    /// A list, or a text whose parts stand between blanks, commas and semicolons.
    fn several(&self, cell: Option<&Cell>, key: Key, diagnostics: &mut Diagnostics) -> Option<Vec<Text>> {
        match &cell?.value {
            Value::List(pieces) => Some(pieces.iter().map(|piece| self.spanned(piece)).collect()),
            Value::Text(piece) => Some(self.parts(piece)),
            value => {
                diagnostics.push(self.wrong(key, "a text or a list of texts", value));
                None
            }
        }
    }

    fn parts(&self, piece: &Piece) -> Vec<Text> {
        // Exact where the file has the text as it is.
        let raw = self.text.get(piece.bytes.clone()).unwrap_or_default();
        let exact = raw.find(piece.text.as_str()).map(|offset| piece.bytes.start + offset);
        let mut parts = Vec::new();
        let mut at = 0;
        for part in piece.text.split(|c: char| c.is_whitespace() || c == ',' || c == ';') {
            if !part.is_empty() {
                let bytes = exact.map_or(piece.bytes.clone(), |start| start + at..start + at + part.len());
                parts.push(Spanned::new(part.to_owned(), self.span(&bytes)));
            }
            // What separates is one byte, but for blanks of other scripts, behind which places are those of the whole.
            at += part.len() + piece.text[at + part.len()..].chars().next().map_or(0, char::len_utf8);
        }
        parts
    }

    fn wrong(&self, key: Key, wanted: &str, value: &Value) -> Diagnostic {
        let found = match value {
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Other(kind, _) => kind,
        };
        let message = format!("`{}` must be {wanted}", key.word());
        Diagnostic::new(Code::WrongType, message).at(self.span(&value.bytes()), format!("this is {found}"))
    }

    /// Reports columns of which the plan does not speak, each once.
    pub(super) fn unknown_columns<'c>(
        &self,
        columns: impl Iterator<Item = (&'c str, Range<usize>)>,
        diagnostics: &mut Diagnostics,
    ) {
        let mut seen = BTreeSet::new();
        for (column, bytes) in columns {
            if self.columns.knows(column) || !seen.insert(column) {
                continue;
            }
            if seen.len() > ENOUGH {
                return;
            }
            let message = format!("a node has no `{column}`");
            let near = did_you_mean(column, self.columns.all());
            let near = near.filter(|near| near.starts_with("did"));
            let help = match near {
                Some(near) => {
                    format!("{near} Otherwise ignore it with `ignore = [\"{column}\"]` in the pool's table")
                }
                None => format!(
                    "ignore it with `ignore = [\"{column}\"]` in the pool's table, or map \
                     it to a key with `columns = {{ KEY = \"{column}\" }}`"
                ),
            };
            let diagnostic = Diagnostic::new(Code::UnknownColumn, message).at(self.span(&bytes), "");
            diagnostics.push(diagnostic.help(help));
        }
    }

    fn spanned(&self, piece: &Piece) -> Text {
        Spanned::new(piece.text.clone(), self.span(&piece.bytes))
    }

    pub(super) fn span(&self, bytes: &Range<usize>) -> crate::source::Span {
        self.source.span(bytes.clone())
    }
}

/// A column of a row; where it is written twice, the last one.
fn cell<'r>(row: &'r Row, column: &str) -> Option<&'r Cell> {
    row.cells.iter().rev().map(AsRef::as_ref).find(|cell: &&Cell| *cell.column == *column)
}
