//! The tables `[component.NAME]`, also those of pools and nodes.

use super::shape::{Literals, Named, Text, each};
use crate::read::table::{Reader, Table};
use crate::read::unread::Unread;
use crate::source::{Span, Spanned};

/// `[component.NAME]`, also of a pool or a node.
#[derive(Debug)]
pub struct ComponentTable {
    /// The header.
    pub span: Span,
    /// Its version.
    pub version: Option<Text>,
    /// `systemd` or `static-pod`.
    pub run: Option<Text>,
    /// Whether it is there at all.
    pub enabled: Option<Spanned<bool>>,
    /// Which nodes carry it.
    pub place: Option<Vec<Text>>,
    /// Names that its serving certificates get beside their own.
    pub names_add: Vec<Text>,
    /// `imported.NAME`: certificates that others made, by the names that the component has for them.
    pub imported: Literals,
    /// `bundle.NAME.add`: authorities that a bundle gets beside its own.
    pub bundles_add: Named<Vec<Text>>,
    /// `flags.set`
    pub flags_set: Literals,
    /// `flags.append`
    pub flags_append: Literals,
    /// `flags.unset`
    pub flags_unset: Vec<Text>,
    /// `setting.NAME`
    pub settings: Literals,
    /// The keys that could not be read.
    pub unread: Unread,
}

impl ComponentTable {
    pub(in crate::read) fn read(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Self {
        let mut names = t.table(reader, "names");
        let mut flags = t.table(reader, "flags");
        let mut component = ComponentTable {
            span: t.span,
            version: t.text(reader, "version"),
            run: t.text(reader, "run"),
            enabled: t.boolean(reader, "enabled"),
            place: t.one_or_more(reader, "place"),
            names_add: names.as_mut().and_then(|n| n.texts(reader, "add")).unwrap_or_default(),
            imported: t.literals(reader, "imported"),
            bundles_add: each(reader, &mut t, "bundle", added),
            flags_set: flags.as_mut().map(|f| f.literals(reader, "set")).unwrap_or_default(),
            flags_append: flags.as_mut().map(|f| f.literals(reader, "append")).unwrap_or_default(),
            flags_unset: flags.as_mut().and_then(|f| f.texts(reader, "unset")).unwrap_or_default(),
            settings: t.literals(reader, "setting"),
            unread: Unread::default(),
        };
        for inner in [names, flags].into_iter().flatten() {
            inner.finish(reader);
        }
        component.unread = t.finish(reader);
        component
    }
}

/// What a table `bundle.NAME` adds.
fn added(reader: &mut Reader<'_>, mut t: Table<'_, '_>) -> Vec<Text> {
    let added = t.texts(reader, "add").unwrap_or_default();
    t.finish(reader);
    added
}
