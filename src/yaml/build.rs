//! Builds trees from the events of the YAML parser.

use std::collections::{BTreeMap, BTreeSet};

use granit_parser::{Event, Parser, ScalarStyle, Span, Tag};
use zeroize::Zeroizing;

use super::node::{Key, Node, Value};
use super::scalar::Scalar;

/// Bytes of a text at most; a manifest has fewer.
pub const LARGEST: usize = 8 << 20;
/// Nodes of all documents of a text, those behind aliases counted each time.
const MOST_NODES: usize = 400_000;
/// Nodes within one another.
const DEEPEST: usize = 100;

/// One document of a text.
pub struct Document {
    /// What it says; null where it is empty.
    pub root: Node,
    /// Keys that are written more than once in one mapping, which strict decoders refuse: their lines and names.
    pub duplicates: Vec<Key>,
}

/// A text that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The line, from one.
    pub line: u32,
    /// What is wrong, in words. It quotes nothing.
    pub why: String,
}

/// The documents of a text, those that are empty left out.
///
/// # Errors
/// It is no YAML, or larger or deeper than any file of a host.
pub fn documents(text: &str) -> Result<Vec<Document>, Broken> {
    if text.len() > LARGEST {
        return Err(Broken { line: 1, why: format!("it is larger than {} MiB", LARGEST >> 20) });
    }
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| broken(&error))?;
        builder.event(event, span)?;
    }
    Ok(builder.done)
}

fn broken(error: &granit_parser::ScanError) -> Broken {
    Broken { line: line_of(error.marker().line()), why: "it is not YAML".to_owned() }
}

fn line_of(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

fn bytes_of(span: &Span) -> (u32, u32) {
    let range = span.byte_range().unwrap_or_default();
    (line_of(range.start), line_of(range.end))
}

/// A collection that is not yet closed.
struct Open {
    anchor: usize,
    line: u32,
    bytes: (u32, u32),
    value: Value,
    /// The key that waits for its value.
    key: Option<Key>,
}

#[derive(Default)]
struct Builder {
    done: Vec<Document>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, (Node, usize)>,
    duplicates: Vec<Key>,
    nodes: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Broken> {
        let (line, bytes) = (line_of(span.start.line()), bytes_of(&span));
        match event {
            Event::DocumentStart(..) => {
                self.anchors.clear();
                self.duplicates.clear();
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = style != ScalarStyle::Plain || is_text(tag.as_deref(), line)?;
                let text = Zeroizing::new(text.into_owned());
                self.put(anchor, Node { line, bytes, value: Value::Scalar(Scalar { text, is_text }) }, 1)
            }
            Event::SequenceStart(_, anchor, _) => {
                self.begin(anchor, (line, bytes), Value::Sequence(Vec::new()))
            }
            Event::MappingStart(_, anchor, _) => {
                self.begin(anchor, (line, bytes), Value::Mapping(Vec::new()))
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Ok(()) };
                if let Value::Mapping(entries) = &open.value {
                    self.duplicates.extend(duplicates(entries));
                }
                let node = Node { line: open.line, bytes: open.bytes, value: merged(open.value) };
                self.put(open.anchor, node, 0)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some((node, size)) => self.put(0, Node { line, bytes, ..node }, size),
                None => Err(Broken { line, why: "an alias refers to a value that contains it".to_owned() }),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, anchor: usize, (line, bytes): (u32, (u32, u32)), value: Value) -> Result<(), Broken> {
        if self.open.len() >= DEEPEST {
            return Err(Broken { line, why: format!("it is deeper than {DEEPEST} levels") });
        }
        self.count(line, 1)?;
        self.open.push(Open { anchor, line, bytes, value, key: None });
        Ok(())
    }

    fn count(&mut self, line: u32, nodes: usize) -> Result<(), Broken> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MOST_NODES {
            return Err(Broken { line, why: format!("it has more than {MOST_NODES} values") });
        }
        Ok(())
    }

    fn put(&mut self, anchor: usize, node: Node, nodes: usize) -> Result<(), Broken> {
        self.count(node.line, nodes)?;
        if anchor != 0 {
            let size = size(&node);
            self.count(node.line, size)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut() {
            None => {
                let duplicates = std::mem::take(&mut self.duplicates);
                if !node.is_null() {
                    self.done.push(Document { root: node, duplicates });
                }
            }
            Some(Open { value: Value::Sequence(items), .. }) => items.push(node),
            Some(Open { value: Value::Mapping(entries), key, .. }) => match key.take() {
                Some(name) => entries.push((name, node)),
                None => *key = Some(key_of(node)?),
            },
            Some(Open { value: Value::Scalar(_), .. }) => {}
        }
        Ok(())
    }
}

/// Whether a plain scalar is a text for its tag.
fn is_text(tag: Option<&Tag>, line: u32) -> Result<bool, Broken> {
    match tag.map(|tag| tag.core_suffix()) {
        None => Ok(false),
        Some(Some("str")) => Ok(true),
        Some(Some("null" | "bool" | "int" | "float")) => Ok(false),
        Some(_) => Err(Broken { line, why: "it has an unsupported tag".to_owned() }),
    }
}

/// JSON has texts for keys; numbers and switches become texts.
fn key_of(node: Node) -> Result<Key, Broken> {
    match node.value {
        Value::Scalar(scalar) => {
            Ok(Key { line: node.line, bytes: node.bytes, text: scalar.text().to_owned() })
        }
        _ => Err(Broken { line: node.line, why: "a key is not text".to_owned() }),
    }
}

fn duplicates(entries: &[(Key, Node)]) -> Vec<Key> {
    let mut seen = BTreeSet::new();
    let again = entries.iter().filter(|(key, _)| !seen.insert(key.text.as_str()));
    again.map(|(key, _)| key.clone()).collect()
}

/// A mapping with what `<<` brings: keys that it does not have itself.
fn merged(value: Value) -> Value {
    let Value::Mapping(entries) = value else { return value };
    if !entries.iter().any(|(key, _)| key.text == "<<") {
        return Value::Mapping(entries);
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key.text == "<<");
    let mut names: BTreeSet<String> = own.iter().map(|(key, _)| key.text.clone()).collect();
    for (_, node) in merges {
        let sources = match node.value {
            Value::Sequence(items) => items,
            _ => vec![node],
        };
        for (key, value) in sources.iter().flat_map(|source| source.entries()) {
            if names.insert(key.text.clone()) {
                own.push((key.clone(), value.clone()));
            }
        }
    }
    Value::Mapping(own)
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::Scalar(_) => 1,
        Value::Sequence(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Mapping(entries) => 1 + entries.iter().map(|(_, value)| 1 + size(value)).sum::<usize>(),
    }
}
