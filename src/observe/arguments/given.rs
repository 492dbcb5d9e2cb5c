//! The flags that a program accepts from its arguments, and those that it refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::value;
use crate::catalog::{FlagKind, FlagTable};
use crate::host::Place;
use crate::observe::command::{Unknown, Word};
use crate::values::Version;

/// How a program reads its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Two dashes, one for letters; flags may stand after what is no flag; `_` stands for `-`.
    Pflag,
    /// One or two dashes; the first word that is no flag ends them.
    Go,
}

/// One flag that is given.
#[derive(Clone, PartialEq, Eq)]
pub struct Argument {
    /// Its name in the table, without dashes.
    pub name: Arc<str>,
    /// Its value, with the place of the word that holds it; `true` for a switch that has none.
    pub value: Word,
}

/// What a program takes from its words.
#[derive(Default)]
pub struct Arguments {
    /// All flags, in the order in which they are given.
    pub given: Vec<Argument>,
    /// Why it would not start; in the order of the words.
    pub refused: Vec<Refused>,
    /// Words that are no flags.
    pub rest: Vec<Word>,
    accumulating: BTreeMap<Arc<str>, bool>,
}

/// Why a program would not start with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub why: Refusal,
}

/// What is wrong with a word. Values are not in it: they may be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// This version does not know the flag, or no version where nobody knows which it is: its name as it is written.
    Unknown(Arc<str>),
    /// The flag lacks its value.
    Missing(Arc<str>),
    /// The flag takes another kind of value.
    Value(Arc<str>, FlagKind),
    /// It is no flag, and the program takes nothing else.
    Stray,
    /// Dashes, or a dash and a `=`, without a name.
    Syntax,
    /// A variable says the same as this flag; the program refuses to choose.
    Variable(Arc<str>),
}

impl Arguments {
    /// The values of a flag that count: the last one, or all where each adds to those before.
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<&Word> {
        let all =
            self.given.iter().filter(|argument| &*argument.name == name).map(|argument| &argument.value);
        let all: Vec<&Word> = all.collect();
        let adds = self.accumulating.get(name).copied().unwrap_or_default();
        if adds { all } else { all.last().copied().into_iter().collect() }
    }

    /// The value that counts of a flag that takes one.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Word> {
        self.given.iter().rev().find(|argument| &*argument.name == name).map(|argument| &argument.value)
    }

    /// Whether there are flags, and none of these. A command without any may get them from where nobody looked.
    #[must_use]
    pub fn lack(&self, names: &[Arc<str>]) -> bool {
        !self.given.is_empty() && !self.given.iter().any(|argument| names.contains(&argument.name))
    }

    /// All flags and what they say.
    #[must_use]
    pub fn all(&self) -> Vec<(Arc<str>, Vec<Arc<str>>, Place)> {
        let mut all: Vec<(Arc<str>, Vec<Arc<str>>, Place)> = Vec::new();
        for argument in &self.given {
            if all.iter().all(|(name, ..)| *name != argument.name) {
                let texts = self.values(&argument.name).iter().map(|word| Arc::clone(&word.text)).collect();
                all.push((Arc::clone(&argument.name), texts, argument.value.place.clone()));
            }
        }
        all
    }

    /// Flags of whose values a part is known to the running host alone.
    #[must_use]
    pub fn unsure(&self) -> BTreeSet<Arc<str>> {
        let given = self.given.iter().filter(|argument| argument.value.unknown.is_some());
        given.map(|argument| Arc::clone(&argument.name)).collect()
    }

    pub(super) fn refuse(&mut self, place: &Place, why: Refusal) {
        self.refused.push(Refused { place: place.clone(), why });
    }

    /// Takes a flag with its value, if that is one.
    pub(super) fn take(&mut self, name: &str, kind: Option<FlagKind>, adds: bool, value: Word) {
        let name: Arc<str> = name.into();
        if let (Some(kind), Some(text)) = (kind, value.known())
            && !value::fits(kind, text)
        {
            self.refuse(&value.place, Refusal::Value(Arc::clone(&name), kind));
        }
        self.accumulating.insert(Arc::clone(&name), adds);
        self.given.push(Argument { name, value });
    }
}

/// What is known of a program's flags.
#[derive(Clone, Copy)]
pub(super) struct Known<'t> {
    pub(super) table: &'t FlagTable,
    /// None where nobody knows it: then all versions count.
    pub(super) version: Option<&'t Version>,
    pub(super) style: Style,
}

/// A flag as it is looked up.
pub(super) struct Found {
    pub(super) kind: Option<FlagKind>,
    pub(super) adds: bool,
}

impl Known<'_> {
    /// A flag; none where no version that may be meant knows it.
    pub(super) fn find(self, name: &str) -> Option<Found> {
        let flag = match self.version {
            Some(version) => self.table.find(name, version).ok(),
            None => self.table.find_in_any(name),
        };
        match flag {
            Some(flag) => {
                let adds = match self.style {
                    Style::Pflag => flag.repeated || matches!(flag.kind, FlagKind::List | FlagKind::Map),
                    Style::Go => flag.repeated,
                };
                Some(Found { kind: Some(flag.kind), adds })
            }
            None if self.is_complete() => None,
            None => Some(Found { kind: None, adds: false }),
        }
    }

    fn is_complete(self) -> bool {
        self.table.complete && self.version.is_none_or(|version| self.table.covers.contains(version))
    }
}

/// A part of a word from a byte on, which must be a boundary of characters.
pub(super) fn part(word: &Word, from: usize) -> Word {
    let unknown = word
        .unknown
        .as_ref()
        .map(|unknown| Unknown { from: unknown.from.saturating_sub(from), why: Arc::clone(&unknown.why) });
    Word { text: word.text.get(from..).unwrap_or_default().into(), place: word.place.clone(), unknown }
}

/// Whether something of a word is unknown before a byte.
pub(super) fn unknown_before(word: &Word, end: usize) -> bool {
    word.unknown.as_ref().is_some_and(|unknown| unknown.from < end)
}
