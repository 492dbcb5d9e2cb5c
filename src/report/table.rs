//! Sections of rows (a name, a value and its origin), as text and as JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::printable;

/// A titled list of rows.
#[derive(Debug)]
pub struct Section {
    title: String,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: String,
    value: String,
    origin: String,
}

impl Section {
    /// An empty one.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: shown(title.into()), rows: Vec::new() }
    }

    /// Adds a row; an empty origin is not shown.
    pub fn row(&mut self, name: impl Into<String>, value: impl ToString, origin: impl Into<String>) {
        let (name, value, origin) = (shown(name.into()), shown(value.to_string()), shown(origin.into()));
        self.rows.push(Row { name, value, origin });
    }
}

/// As it is printed, so that columns are as wide as what stands in them.
fn shown(text: String) -> String {
    printable::line(&text).into_owned()
}

/// Columns for people.
#[must_use]
pub fn sections_to_text(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections.iter().filter(|section| !section.rows.is_empty()) {
        let width = |of: fn(&Row) -> &str, most: usize| {
            section.rows.iter().map(|row| of(row).chars().count()).filter(|n| *n <= most).max().unwrap_or(0)
        };
        let (names, values) = (width(|row| &row.name, 72), width(|row| &row.value, 60));
        let _ = writeln!(text, "{}{}", if text.is_empty() { "" } else { "\n" }, section.title);
        for Row { name, value, origin } in &section.rows {
            let line = if origin.is_empty() {
                format!("  {name:<names$}  {value}")
            } else {
                format!("  {name:<names$}  {value:<values$}  {origin}")
            };
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

/// One object for each section; rows of one name become a list.
#[must_use]
pub fn sections_to_json(sections: &[Section]) -> Value {
    let mut whole = Map::new();
    for section in sections {
        let rows = section.rows.iter().map(|row| {
            let mut object = Map::new();
            object.insert("name".to_owned(), json!(row.name));
            object.insert("value".to_owned(), json!(row.value));
            if !row.origin.is_empty() {
                object.insert("origin".to_owned(), json!(row.origin));
            }
            Value::Object(object)
        });
        whole.insert(section.title.clone(), rows.collect());
    }
    printable::value(Value::Object(whole))
}
