//! Tables of the fields of configuration files: in which versions each one exists, and which values it takes.

use std::collections::BTreeMap;

use super::field_kind::FieldKind;
use super::flags::{Absent, Limit};
use super::parsed::parsed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::Literal;
use crate::read::catalog::FieldsDocument;
use crate::read::plan::{Literals, Text};
use crate::source::Span;
use crate::values::{Version, VersionRange};

/// The fields of one kind of document in one version of its API.
#[derive(Debug)]
pub struct FieldTable {
    /// The kind of document, or a name where documents of this kind do not say theirs.
    pub kind: String,
    /// The version of the API that documents say, with its group.
    pub api: Option<String>,
    /// The versions of the program for which the table is complete.
    pub covers: VersionRange,
    life: Life,
    strict: Option<VersionRange>,
    pub(super) lax: bool,
    pub(super) root: String,
    pub(super) types: BTreeMap<String, BTreeMap<String, FieldEntry>>,
    /// The words that a text may be, by type and field.
    words: BTreeMap<(String, String), Vec<String>>,
}

/// A field's whole life.
#[derive(Debug)]
pub(super) struct FieldEntry {
    first: FieldKind,
    /// From these versions on it takes something else, in rising order.
    became: Vec<(Version, FieldKind)>,
    life: Life,
}

#[derive(Debug, Default)]
struct Life {
    since: Option<Version>,
    until: Option<Version>,
}

impl FieldTable {
    pub(super) fn load(document: &FieldsDocument, diagnostics: &mut Diagnostics) -> Self {
        let mut version = |text: &Option<Text>| {
            text.as_ref().and_then(|text| parsed::<Version>(text, Code::BadVersion, diagnostics))
        };
        let life = Life { since: version(&document.since), until: version(&document.until) };
        let mut range = |text: &Option<Text>| {
            text.as_ref().and_then(|text| parsed::<VersionRange>(text, Code::BadVersion, diagnostics))
        };
        let (covers, strict) = (range(&document.covers).unwrap_or_default(), range(&document.strict));
        let mut table = Self {
            kind: document.kind.value.clone(),
            api: document.api.as_ref().map(|api| api.value.clone()),
            covers,
            life,
            strict,
            lax: document.lax,
            root: document.root.as_ref().unwrap_or(&document.kind).value.clone(),
            types: BTreeMap::new(),
            words: BTreeMap::new(),
        };
        for (name, fields) in &document.types {
            match &fields.value {
                Literal::Table(fields) => {
                    _ = table.types.insert(name.value.clone(), entries(fields, diagnostics))
                }
                _ => diagnostics.push(undescribed(&name.value, fields.span)),
            }
        }
        for (name, words) in &document.words {
            let field = name.value.split_once('.').map(|(of, field)| (of.to_owned(), field.to_owned()));
            let known =
                field.filter(|(of, field)| table.types.get(of).is_some_and(|of| of.contains_key(field)));
            match known.zip(texts(&words.value)) {
                Some((field, words)) => _ = table.words.insert(field, words),
                None => diagnostics.push(undescribed(&name.value, words.span)),
            }
        }
        table.check(document, diagnostics);
        table
    }

    /// Every type that a field leads to is there.
    fn check(&self, document: &FieldsDocument, diagnostics: &mut Diagnostics) {
        let kinds = self.types.values().flat_map(BTreeMap::values).flat_map(FieldEntry::kinds);
        let named = kinds.filter_map(FieldKind::named).chain([self.root.as_str()]);
        for name in named.filter(|name| !self.types.contains_key(*name)) {
            let message = format!("there is no type `{name}` of the fields of `{}`", self.kind);
            diagnostics.push(Diagnostic::new(Code::CatalogConflict, message).at(document.kind.span, ""));
        }
    }

    /// Whether a version does not start with a field that it does not know; all others ignore it.
    #[must_use]
    pub fn stops(&self, version: &Version) -> bool {
        self.strict.as_ref().is_some_and(|strict| strict.contains(version))
    }

    /// Why a version does not take such documents at all.
    pub(super) fn absent(&self, version: &Version) -> Option<Absent<'_>> {
        self.life.beyond(version).map(|limit| Absent { limit: Some(limit), replaced_by: None })
    }

    /// The field of a type as it is written, where a version knows it; without one, where any does.
    ///
    /// # Errors
    /// Since or until when there is one.
    pub(super) fn find(
        &self,
        of: &str,
        name: &str,
        version: Option<&Version>,
    ) -> Result<Vec<&FieldKind>, Absent<'_>> {
        let fields = self.types.get(of);
        let found = fields.and_then(|fields| fields.get(name)).or_else(|| {
            let mut any = fields.into_iter().flatten().filter(|_| self.lax);
            any.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, entry)| entry)
        });
        let Some(entry) = found else { return Err(Absent { limit: None, replaced_by: None }) };
        let Some(version) = version else { return Ok(entry.kinds().collect()) };
        if let Some(limit) = entry.life.beyond(version) {
            return Err(Absent { limit: Some(limit), replaced_by: None });
        }
        let became = entry.became.iter().rev().find(|(since, _)| version >= since);
        Ok(vec![became.map_or(&entry.first, |(_, now)| now)])
    }

    /// The words that a text of a field may be, or each of several; none: any.
    pub(super) fn words(&self, of: &str, field: &str) -> Option<&[String]> {
        self.words.get(&(of.to_owned(), field.to_owned())).map(Vec::as_slice)
    }

    /// The names of a type's fields, for suggestions.
    pub(super) fn names(&self, of: &str) -> impl Iterator<Item = &str> {
        self.types.get(of).into_iter().flat_map(BTreeMap::keys).map(String::as_str)
    }
}

impl Life {
    fn beyond(&self, version: &Version) -> Option<Limit<'_>> {
        let since = self.since.as_ref().filter(|since| version < *since).map(Limit::Since);
        since.or_else(|| self.until.as_ref().filter(|until| version >= *until).map(Limit::Until))
    }
}

fn texts(literal: &Literal) -> Option<Vec<String>> {
    let Literal::List(items) = literal else { return None };
    items.iter().map(|item| item.value.as_text().map(str::to_owned)).collect()
}

fn undescribed(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::BadValue, format!("`{name}` has an unknown description")).at(span, "")
}

fn entries(fields: &Literals, diagnostics: &mut Diagnostics) -> BTreeMap<String, FieldEntry> {
    let mut entries = BTreeMap::new();
    for (name, value) in fields {
        match FieldEntry::load(&value.value) {
            Some(entry) => _ = entries.insert(name.value.clone(), entry),
            None => diagnostics.push(undescribed(&name.value, value.span)),
        }
    }
    entries
}

impl FieldEntry {
    fn load(literal: &Literal) -> Option<Self> {
        let of = |first| Self { first, became: Vec::new(), life: Life::default() };
        if let Some(word) = literal.as_text() {
            return Some(of(FieldKind::from_word(word)));
        }
        let mut entry = of(FieldKind::from_word(literal.get("type")?.value.as_text()?));
        let Literal::Table(keys) = literal else { return None };
        for (key, value) in keys {
            match (key.value.as_str(), &value.value) {
                ("type", _) => {}
                ("since", Literal::Text(version)) => entry.life.since = Some(version.parse().ok()?),
                ("until", Literal::Text(version)) => entry.life.until = Some(version.parse().ok()?),
                ("became", Literal::Table(later)) => {
                    for (since, word) in later {
                        let kind = FieldKind::from_word(word.value.as_text()?);
                        entry.became.push((since.value.parse().ok()?, kind));
                    }
                }
                _ => return None,
            }
        }
        entry.became.sort_by(|(one, _), (other, _)| one.cmp(other));
        Some(entry)
    }

    fn kinds(&self) -> impl Iterator<Item = &FieldKind> {
        std::iter::once(&self.first).chain(self.became.iter().map(|(_, kind)| kind))
    }
}
