//! Parses JSON: a list of objects, or an object with one member for each node.

use std::ops::Range;
use std::sync::Arc;

use serde::de::IgnoredAny;

use super::row::{Broken, Cell, ENOUGH, MOST_ROWS, Piece, Row, Value};
use crate::yaml::{self, Node, Typed, Value as Tree};

/// What the name is called where it is the key of an object.
pub(super) const NAME: &str = "name";

/// The nodes of a file.
pub(super) fn read(text: &str) -> Result<Vec<Row>, Vec<Broken>> {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        let at = offset(text, error.line(), error.column());
        let why = match error.classify() {
            serde_json::error::Category::Eof => "the JSON is incomplete",
            _ => "this is not JSON",
        };
        return Err(vec![Broken::at(at..at, why)]);
    }
    // What is JSON is YAML, too, but for tabs, of which none stands in a text now.
    let documents = yaml::documents(&text.replace('\t', " "));
    let documents = documents.map_err(|broken| {
        vec![Broken::at(line(text, broken.line), format!("cannot read it: {}", broken.why))]
    })?;
    let Some(document) = documents.first() else { return Ok(Vec::new()) };
    let twice =
        document.duplicates.iter().map(|key| Broken::at(range(key.bytes), "this key is written twice"));
    let mut broken: Vec<Broken> = twice.take(ENOUGH).collect();
    let mut rows = Vec::new();
    let mut add = |row: Result<Row, Broken>| match row {
        Ok(row) if rows.len() == MOST_ROWS => broken.push(Broken::rows(row.bytes)),
        Ok(row) => rows.push(row),
        Err(error) => broken.push(error),
    };
    match &document.root.value {
        Tree::Sequence(items) => {
            items.iter().take(MOST_ROWS + ENOUGH).for_each(|item| add(row(item, None)));
        }
        Tree::Mapping(entries) => {
            for (key, value) in entries.iter().take(MOST_ROWS + ENOUGH) {
                let name = Piece { text: key.text.clone(), bytes: range(key.bytes) };
                add(row(value, Some(name)));
            }
        }
        Tree::Scalar(_) => {
            broken.push(Broken::at(range(document.root.bytes), "it is neither a list nor an object"));
        }
    }
    if broken.is_empty() { Ok(rows) } else { Err(broken) }
}

fn row(node: &Node, name: Option<Piece>) -> Result<Row, Broken> {
    let Tree::Mapping(entries) = &node.value else {
        return Err(Broken::at(range(node.bytes), "a node is an object"));
    };
    let bytes = name.as_ref().map_or_else(|| range(node.bytes), |name| name.bytes.clone());
    let named =
        name.map(|name| Cell { column: NAME.into(), named: name.bytes.clone(), value: Value::Text(name) });
    let written = entries.iter().filter(|(_, value)| !value.is_null()).map(|(key, node)| Cell {
        column: Arc::from(key.text.as_str()),
        named: range(key.bytes),
        value: value(node),
    });
    let cells = named.into_iter().chain(written).map(Arc::new).collect();
    Ok(Row { bytes, cells, groups: Vec::new() })
}

/// What a column takes of a value.
pub(super) fn value(node: &Node) -> Value {
    match &node.value {
        Tree::Sequence(items) => match items.iter().map(piece).collect() {
            Some(pieces) => Value::List(pieces),
            None => Value::Other("a list of something else", range(node.bytes)),
        },
        _ => piece(node).map_or_else(|| Value::Other(node.kind(), range(node.bytes)), Value::Text),
    }
}

fn piece(node: &Node) -> Option<Piece> {
    let scalar = node.scalar()?;
    let takes = matches!(scalar.typed(), Typed::Text(_) | Typed::Int(_));
    takes.then(|| Piece { text: scalar.text().to_owned(), bytes: range(node.bytes) })
}

pub(super) fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}

/// The bytes of a line, counted from one.
pub(super) fn line(text: &str, number: u32) -> Range<usize> {
    let start = offset(text, number as usize, 1);
    let end = text[start..].find('\n').map_or(text.len(), |end| start + end);
    start..end
}

/// The byte of a line and a column, both counted from one, the column in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
