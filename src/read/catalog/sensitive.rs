//! The tables `[sensitive.NAME]` of a component.

use crate::read::plan::Text;
use crate::read::table::{Reader, Table};
use crate::source::Span;

/// `[sensitive.NAME]`: what a change can give away.
#[derive(Debug)]
pub struct SensitiveTable {
    /// The header.
    pub span: Span,
    /// The rest of a sentence: what it decides.
    pub because: Option<Text>,
    /// Flags by name; a `*` at the end stands for any rest.
    pub flags: Vec<Text>,
    /// Values of its YAML files by path; a `*` at the end stands for any rest.
    pub fields: Vec<Text>,
    /// A bundle: whoever has a client certificate below one of its authorities is let in.
    pub clients: Option<Text>,
    /// The values that give something away; none: any other value does.
    pub weak: Vec<Text>,
    /// The items of a list that must stay; none: all that it holds counts.
    pub keep: Vec<Text>,
}

impl SensitiveTable {
    pub(super) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let sensitive = SensitiveTable {
            span: t.span,
            because: t.required_text(reader, "because"),
            flags: t.one_or_more(reader, "flags").unwrap_or_default(),
            fields: t.one_or_more(reader, "fields").unwrap_or_default(),
            clients: t.text(reader, "clients"),
            weak: t.one_or_more(reader, "weak").unwrap_or_default(),
            keep: t.one_or_more(reader, "keep").unwrap_or_default(),
        };
        t.finish(reader);
        sensitive
    }
}
