//! The nodes that a file lists, independent of its format.

use std::ops::Range;
use std::sync::Arc;

/// Rows at most; a range of Ansible's has them quickly.
pub(super) const MOST_ROWS: usize = 200_000;

/// Errors after which a file is not read on.
pub(super) const ENOUGH: usize = 100;

/// A text with its bytes in the file, quotes included.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) bytes: Range<usize>,
}

/// One value of a node.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// A text; whether it is a list of several, its column says.
    Text(Piece),
    /// A list.
    List(Vec<Piece>),
    /// Something that no column takes, with its bytes.
    Other(&'static str, Range<usize>),
}

/// One column of a node.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// What the file calls it.
    pub(super) column: Arc<str>,
    /// Where it is called so.
    pub(super) named: Range<usize>,
    pub(super) value: Value,
}

/// One node.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Where it begins.
    pub(super) bytes: Range<usize>,
    pub(super) cells: Vec<Arc<Cell>>,
    /// The groups that it is in; of Ansible's files alone.
    pub(super) groups: Vec<Arc<str>>,
}

/// A file that does not have the form that its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// Where.
    pub(super) bytes: Range<usize>,
    /// What is wrong. It quotes nothing but names.
    pub(super) why: String,
}

impl Broken {
    pub(super) fn at(bytes: Range<usize>, why: impl Into<String>) -> Self {
        Self { bytes, why: why.into() }
    }

    /// A row at these bytes is one too many.
    pub(super) fn rows(bytes: Range<usize>) -> Self {
        Self::at(bytes, format!("it has more than {MOST_ROWS} hosts"))
    }
}

impl Value {
    /// How many bytes it takes, about.
    pub(super) fn size(&self) -> usize {
        match self {
            Value::Text(piece) => piece.text.len(),
            Value::List(pieces) => pieces.iter().map(|piece| piece.text.len() + 1).sum(),
            Value::Other(..) => 0,
        }
    }

    /// Its bytes.
    pub(super) fn bytes(&self) -> Range<usize> {
        match self {
            Value::Text(piece) => piece.bytes.clone(),
            Value::List(pieces) => match (pieces.first(), pieces.last()) {
                (Some(first), Some(last)) => first.bytes.start..last.bytes.end,
                _ => 0..0,
            },
            Value::Other(_, bytes) => bytes.clone(),
        }
    }
}
