//! Tables of a program's flags: in which versions each one exists, and which values it takes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::flag_kind::FlagKind;
use super::parsed::parsed;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::Literal;
use crate::read::catalog::FlagsDocument;
use crate::values::{Version, VersionRange};

/// The flags of one program.
#[derive(Debug)]
pub struct FlagTable {
    /// The program.
    pub program: String,
    /// The versions for which the table is complete.
    pub covers: VersionRange,
    /// Whether there is nothing that it does not list.
    pub complete: bool,
    flags: BTreeMap<String, FlagEntry>,
    /// Tables of words that flags take, by their names.
    words: BTreeMap<String, Arc<FlagTable>>,
}

/// One flag, as one version knows it.
#[derive(Debug, Clone, Copy)]
pub struct Flag<'t> {
    /// What it takes.
    pub kind: FlagKind,
    /// Whether it may be given several times.
    pub repeated: bool,
    /// Whether that version discourages it.
    pub deprecated: bool,
    /// What takes its place, in a few words.
    pub replaced_by: Option<&'t str>,
    /// The words that it takes, as a table of their own.
    pub words: Option<&'t FlagTable>,
}

/// Why a version does not know a flag.
#[derive(Debug, Clone, Copy)]
pub struct Absent<'t> {
    /// The first version that knows it, or the first that does not any more; none: no version knows it.
    pub limit: Option<Limit<'t>>,
    /// What takes its place, in a few words.
    pub replaced_by: Option<&'t str>,
}

/// The end of a flag's life that a version lies beyond.
#[derive(Debug, Clone, Copy)]
pub enum Limit<'t> {
    /// The first version that knows it.
    Since(&'t Version),
    /// The first version that does not know it any more.
    Until(&'t Version),
}

/// A flag over all versions.
#[derive(Debug)]
pub struct FlagLife<'t> {
    /// Without the dashes.
    pub name: &'t str,
    /// What it takes, and whether it may be given several times: first, then from a version on, in rising order.
    pub kinds: Vec<(Option<&'t Version>, FlagKind, bool)>,
    /// The first version that knows it, where that is not the table's first.
    pub since: Option<&'t Version>,
    /// The first version that does not know it any more.
    pub until: Option<&'t Version>,
    /// Whether a version discourages it: always, where it says no version.
    pub deprecated: Option<Option<&'t Version>>,
    /// What takes its place, in a few words.
    pub replaced_by: Option<&'t str>,
    /// The table of the words that it takes.
    pub words: Option<&'t str>,
}

/// A flag's whole life.
#[derive(Debug)]
struct FlagEntry {
    first: Type,
    /// From these versions on it takes something else, in rising order.
    became: Vec<(Version, Type)>,
    since: Option<Version>,
    until: Option<Version>,
    deprecated: Deprecated,
    replaced_by: Option<String>,
    words: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct Type {
    kind: FlagKind,
    repeated: bool,
}

#[derive(Debug)]
enum Deprecated {
    Never,
    Always,
    Since(Version),
}

impl FlagTable {
    pub(super) fn load(document: &FlagsDocument, diagnostics: &mut Diagnostics) -> Self {
        let mut flags = BTreeMap::new();
        for (name, value) in &document.flags {
            match FlagEntry::load(&value.value) {
                Some(flag) => {
                    flags.insert(name.value.clone(), flag);
                }
                None => diagnostics.push(
                    Diagnostic::new(Code::BadValue, format!("`{}` has an unknown description", name.value))
                        .at(value.span, ""),
                ),
            }
        }
        let covers = document.covers.as_ref().and_then(|text| parsed(text, Code::BadVersion, diagnostics));
        let complete = document.complete.as_ref().is_none_or(|complete| complete.value);
        let (program, covers) = (document.name.clone(), covers.unwrap_or_default());
        Self { program, covers, complete, flags, words: BTreeMap::new() }
    }

    /// The names of the tables whose words its flags take.
    pub(super) fn wanted_words(&self) -> impl Iterator<Item = &str> {
        self.flags.values().filter_map(|entry| entry.words.as_deref())
    }

    /// Gives it the tables whose words its flags take.
    pub(super) fn link(&mut self, tables: &BTreeMap<String, Arc<FlagTable>>) {
        let wanted: BTreeSet<&str> = self.wanted_words().collect();
        let found = tables.iter().filter(|(name, _)| wanted.contains(name.as_str()));
        self.words = found.map(|(name, table)| (name.clone(), Arc::clone(table))).collect();
    }

    /// The flag, if `version` knows it.
    ///
    /// # Errors
    /// Why not: since or until when, and what to take instead.
    pub fn find(&self, name: &str, version: &Version) -> Result<Flag<'_>, Absent<'_>> {
        let entry = self.flags.get(name).ok_or(Absent { limit: None, replaced_by: None })?;
        let replaced_by = entry.replaced_by.as_deref();
        let beyond = |limit| Err(Absent { limit: Some(limit), replaced_by });
        if let Some(since) = entry.since.as_ref().filter(|since| version < since) {
            return beyond(Limit::Since(since));
        }
        if let Some(until) = entry.until.as_ref().filter(|until| version >= until) {
            return beyond(Limit::Until(until));
        }
        let became = entry.became.iter().rev().find(|(since, _)| version >= since);
        let Type { kind, repeated } = became.map_or(entry.first, |(_, now)| *now);
        let deprecated = match &entry.deprecated {
            Deprecated::Never => false,
            Deprecated::Always => true,
            Deprecated::Since(since) => version >= since,
        };
        let words = entry.words.as_ref().and_then(|name| self.words.get(name)).map(|table| &**table);
        Ok(Flag { kind, repeated, deprecated, replaced_by, words })
    }

    /// The flag as the last version that knows it takes it, if there is one.
    #[must_use]
    pub fn find_in_any(&self, name: &str) -> Option<Flag<'_>> {
        let entry = self.flags.get(name)?;
        let Type { kind, repeated } = entry.became.last().map_or(entry.first, |(_, now)| *now);
        let words = entry.words.as_ref().and_then(|name| self.words.get(name)).map(|table| &**table);
        let replaced_by = entry.replaced_by.as_deref();
        Some(Flag { kind, repeated, deprecated: false, replaced_by, words })
    }

    /// All flags over all versions, by name.
    pub fn lives(&self) -> impl Iterator<Item = FlagLife<'_>> {
        self.flags.iter().map(|(name, entry)| {
            let first = [(None, entry.first.kind, entry.first.repeated)];
            let became = entry.became.iter().map(|(since, now)| (Some(since), now.kind, now.repeated));
            FlagLife {
                name,
                kinds: first.into_iter().chain(became).collect(),
                since: entry.since.as_ref(),
                until: entry.until.as_ref(),
                deprecated: match &entry.deprecated {
                    Deprecated::Never => None,
                    Deprecated::Always => Some(None),
                    Deprecated::Since(since) => Some(Some(since)),
                },
                replaced_by: entry.replaced_by.as_deref(),
                words: entry.words.as_deref(),
            }
        })
    }

    /// What all of them take, if they take the same.
    #[must_use]
    pub fn only_kind(&self) -> Option<FlagKind> {
        let mut kinds = self.flags.values().flat_map(|entry| {
            [entry.first.kind].into_iter().chain(entry.became.iter().map(|(_, now)| now.kind))
        });
        let first = kinds.next()?;
        kinds.all(|kind| kind == first).then_some(first)
    }

    /// All names, for suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.flags.keys().map(String::as_str)
    }
}

impl Absent<'_> {
    /// Since or until when there is one, as the end of a sentence; empty where no version knows it.
    #[must_use]
    pub fn why(&self) -> String {
        match self.limit {
            Some(Limit::Since(since)) => format!(": added in {since}"),
            Some(Limit::Until(until)) => format!(": removed in {until}"),
            None => String::new(),
        }
    }

    /// What to take instead. What replaced a flag that is yet to come is of no use.
    #[must_use]
    pub fn instead(&self) -> Option<String> {
        let gone = matches!(self.limit, Some(Limit::Until(_)));
        self.replaced_by.filter(|_| gone).map(instead)
    }
}

impl Flag<'_> {
    /// What to take instead.
    #[must_use]
    pub fn instead(&self) -> Option<String> {
        self.replaced_by.map(instead)
    }
}

fn instead(replaced_by: &str) -> String {
    format!("use instead: {replaced_by}")
}

impl FlagEntry {
    /// Nothing of a description may be misread: the flag would be taken as known where it is not.
    fn load(literal: &Literal) -> Option<Self> {
        let mut entry = match literal {
            Literal::Text(word) => return Some(Self::of(Type::load(word)?)),
            Literal::Table(keys) => {
                let kind = keys.iter().find(|(key, _)| key.value == "type")?;
                let mut entry = Self::of(Type::load(kind.1.value.as_text()?)?);
                for (key, value) in keys {
                    entry.set(&key.value, &value.value)?;
                }
                entry
            }
            _ => return None,
        };
        entry.became.sort_by(|(one, _), (other, _)| one.cmp(other));
        Some(entry)
    }

    fn of(first: Type) -> Self {
        Self {
            first,
            became: Vec::new(),
            since: None,
            until: None,
            deprecated: Deprecated::Never,
            replaced_by: None,
            words: None,
        }
    }

    fn set(&mut self, key: &str, value: &Literal) -> Option<()> {
        let version = |value: &Literal| value.as_text()?.parse::<Version>().ok();
        match (key, value) {
            ("type", _) => {}
            ("repeated", Literal::Boolean(repeated)) => self.first.repeated |= repeated,
            ("since", value) => self.since = Some(version(value)?),
            ("until", value) => self.until = Some(version(value)?),
            ("deprecated", Literal::Boolean(true)) => self.deprecated = Deprecated::Always,
            ("deprecated", value) => self.deprecated = Deprecated::Since(version(value)?),
            ("replaced-by", Literal::Text(text)) => self.replaced_by = Some(text.clone()),
            ("words", Literal::Text(text)) => self.words = Some(text.clone()),
            ("became", Literal::Table(later)) => {
                for (since, kind) in later {
                    let kind = Type::load(kind.value.as_text()?)?;
                    self.became.push((since.value.parse().ok()?, kind));
                }
            }
            _ => return None,
        }
        Some(())
    }
}

impl Type {
    fn load(word: &str) -> Option<Self> {
        let repeated = word == "repeated";
        Some(Self { kind: FlagKind::from_word(if repeated { "string" } else { word })?, repeated })
    }
}
