//! The sizes of values, and the limit on what a text may still produce.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr, ValueKind};

use super::failure::Failure;

/// What a value and a step of a program count, in bytes.
pub(super) const UNIT: u64 = 16;
/// What one evaluation may take: bytes that it makes or looks at, values and steps by [`UNIT`].
pub(super) const EVALUATION: u64 = 4 << 20;
/// How deep lists and tables may lie in one another.
const DEEPEST: u32 = 64;

/// What is left of an evaluation's work.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { left: EVALUATION }
    }

    /// What has been taken.
    pub(super) fn used(&self) -> u64 {
        EVALUATION - self.left
    }

    /// Takes some of what is left.
    ///
    /// # Errors
    /// When there is not as much.
    pub(super) fn take(&mut self, bytes: u64) -> Result<(), Failure> {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                let message = format!(
                    "this produces too much: a text may take {} MiB, with {UNIT} bytes for each value and each step",
                    EVALUATION >> 20
                );
                Err(Failure::too_much(message, "repeat less, or split it into several files"))
            }
        }
    }

    /// Takes as much as a program does that looks at `count` things of a size.
    pub(super) fn take_each(&mut self, count: usize, bytes: u64) -> Result<(), Failure> {
        self.take(as_u64(count).saturating_mul(bytes))
    }

    /// Takes what looking at a whole value takes.
    pub(super) fn look_at(&mut self, value: &Value) -> Result<(), Failure> {
        let size = self.measure(value, 0)?;
        self.take(size.bytes)
    }

    /// A list, whose size is known from now on.
    pub(super) fn list(&mut self, items: Vec<Value>) -> Result<Value, Failure> {
        let size = self.measure_all(items.iter())?;
        Ok(Value::from_object(Made { content: Content::List(items), size }))
    }

    /// A table, whose size is known from now on.
    pub(super) fn table(&mut self, entries: BTreeMap<Value, Value>) -> Result<Value, Failure> {
        let size = self.measure_all(entries.iter().flat_map(|(key, value)| [key, value]))?;
        Ok(Value::from_object(Made { content: Content::Table(entries), size }))
    }

    /// The size of what holds these values.
    fn measure_all<'v>(&mut self, values: impl Iterator<Item = &'v Value>) -> Result<Size, Failure> {
        let mut whole = Size::default();
        for value in values {
            let size = self.measure(value, 0)?;
            whole.bytes = whole.bytes.saturating_add(size.bytes);
            whole.depth = whole.depth.max(size.depth + 1);
        }
        if whole.depth > DEEPEST { Err(too_deep()) } else { Ok(whole) }
    }

    /// The size of a value. What was not made here is looked through, down to a depth.
    fn measure(&mut self, value: &Value, above: u32) -> Result<Size, Failure> {
        self.take(UNIT)?;
        if let Some(text) = value.as_str() {
            return Ok(Size { bytes: as_u64(text.len()) + UNIT, depth: 0 });
        }
        if let Some(made) = value.downcast_object_ref::<Made>() {
            return Ok(made.size);
        }
        if above > DEEPEST {
            return Err(too_deep());
        }
        let mut size = Size { bytes: UNIT, depth: 0 };
        let mut add = |within: Size| {
            size.bytes = size.bytes.saturating_add(within.bytes);
            size.depth = size.depth.max(within.depth + 1);
        };
        match value.kind() {
            ValueKind::Map => {
                for key in value.try_iter()? {
                    add(self.measure(&key, above + 1)?);
                    add(self.measure(&value.get_item(&key)?, above + 1)?);
                }
            }
            ValueKind::Seq | ValueKind::Iterable => {
                for item in value.try_iter()? {
                    add(self.measure(&item, above + 1)?);
                }
            }
            _ => {}
        }
        Ok(size)
    }
}

/// How large a value is with all that lies in it, each time that it does.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    bytes: u64,
    /// Lists and tables below one another.
    depth: u32,
}

/// A list or table that an evaluation made.
#[derive(Debug)]
pub(super) struct Made {
    content: Content,
    size: Size,
}

#[derive(Debug)]
enum Content {
    List(Vec<Value>),
    Table(BTreeMap<Value, Value>),
}

impl Object for Made {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        match self.content {
            Content::List(_) => ObjectRepr::Seq,
            Content::Table(_) => ObjectRepr::Map,
        }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match &self.content {
            Content::List(items) => items.get(key.as_usize()?).cloned(),
            Content::Table(entries) => entries.get(key).cloned(),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        match &self.content {
            Content::List(items) => Enumerator::Seq(items.len()),
            Content::Table(entries) => Enumerator::Values(entries.keys().cloned().collect()),
        }
    }
}

fn too_deep() -> Failure {
    let message = format!("lists and tables are nested more than {DEEPEST} levels deep");
    Failure::too_much(message, "use fewer levels instead")
}

/// Nothing here is larger than the memory.
fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
