//! The differences between two specifications, field by field: the reasons why a certificate is reissued.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{KeyIdentity, Word};
use crate::values::Escaped;

/// Words of lines that stand at most once in a specification: another value takes the place of the old one.
const SINGLE: [Word; 6] =
    [Word::Authority, Word::PathLength, Word::Issuer, Word::IssuerKey, Word::Key, Word::Validity];

const DAY: u64 = 86_400;

/// One field of a certificate that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The field that differs.
    pub field: Field,
    /// What it was, as lines write it; none: it was not there.
    pub old: Option<Box<str>>,
    /// What it is; none: it is gone.
    pub new: Option<Box<str>>,
}

/// What of a certificate can differ.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// How often the secret was replaced that its key derives from.
    Epoch,
    /// How often its key was replaced.
    Generation,
    /// Which key it has, where more than the generation differs.
    Identity,
    /// What a line of its issuer's specification says. It stands in what the issuer signs, so that it reaches what is
    /// below even under the same key.
    Issuer(Word),
    /// What lines of its own specification say.
    Line(Word),
    /// The secret that its key derives from.
    Secret,
}

impl Difference {
    /// A field with another value.
    pub fn changed(field: Field, old: impl fmt::Display, new: impl fmt::Display) -> Self {
        Self { field, old: Some(old.to_string().into()), new: Some(new.to_string().into()) }
    }

    /// Another key.
    #[must_use]
    pub fn of_keys(old: &KeyIdentity, new: &KeyIdentity) -> Self {
        Self::changed(Field::Identity, old, new)
    }

    fn added(word: Word, value: &str) -> Self {
        Self { field: Field::Line(word), old: None, new: Some(value.into()) }
    }

    /// Whether nothing takes the place of what it was. In place of a subject there is always one, if without attributes.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.new.is_none() && !self.field.is(&Word::Subject)
    }

    /// The way back: what came is gone.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { old: self.new, new: self.old, ..self }
    }

    /// What a new subject, or another identifier of its key, means for the certificates below.
    #[must_use]
    pub fn for_issued(&self) -> Option<Self> {
        match &self.field {
            Field::Line(word @ (Word::Subject | Word::SignsAs)) => {
                Some(Self { field: Field::Issuer(word.clone()), ..self.clone() })
            }
            _ => None,
        }
    }
}

/// What differs between the lines of two specifications: the subject as a whole, for its order counts; names that go
/// and come, and what else can stand several times; values that change. Lines that this version does not know come
/// and go like usages.
#[must_use]
pub fn differences(old: &[String], new: &[String]) -> Vec<Difference> {
    let mut found = Vec::new();
    if !values(old, &Word::Subject).eq(values(new, &Word::Subject)) {
        let field = Field::Line(Word::Subject);
        found.push(Difference { field, old: subject(old), new: subject(new) });
    }
    let (gone, come) = (plural(old, new), plural(new, old));
    let lines = gone.map(Difference::reversed).chain(come);
    let (names, others): (Vec<_>, Vec<_>) = lines.partition(|line| line.field == Field::Line(Word::Name));
    found.extend(names);
    found.extend(others);
    for word in SINGLE {
        let value = |lines| values(lines, &word).next().map(Into::into);
        let (old, new): (Option<Box<str>>, Option<Box<str>>) = (value(old), value(new));
        if old != new {
            found.push(Difference { field: Field::Line(word), old, new });
        }
    }
    found
}

fn values<'a>(lines: &'a [String], of: &Word) -> impl Iterator<Item = &'a str> {
    lines.iter().map(|line| Word::split(line)).filter(move |(word, _)| word == of).map(|(_, value)| value)
}

/// The lines of `one` that can stand several times and are not in `other`.
fn plural(one: &[String], other: &[String]) -> impl Iterator<Item = Difference> {
    let own = one.iter().filter(|line| !other.contains(line)).map(|line| Word::split(line));
    let several = own.filter(|(word, _)| *word != Word::Subject && !SINGLE.contains(word));
    several.map(|(word, value)| Difference::added(word, value))
}

/// As people read it: of what was made elsewhere one line has it, else each line an attribute.
fn subject(lines: &[String]) -> Option<Box<str>> {
    let whole = values(lines, &Word::Certificate).next().is_some();
    let attribute = |line: &str| match line.split_once('=') {
        Some((kind, value)) if !whole => format!("{kind}={}", Escaped(value)),
        _ => line.to_owned(),
    };
    let attributes: Vec<String> = values(lines, &Word::Subject).map(attribute).collect();
    (!attributes.is_empty()).then(|| attributes.join(", ").into())
}

impl Field {
    /// Whose field it is, where it is not the certificate's own, and the word for it.
    fn words(&self) -> (&'static str, &dyn fmt::Display) {
        match self {
            Field::Epoch => ("", &"epoch"),
            Field::Generation => ("", &"generation"),
            Field::Identity => ("", &Word::Key),
            Field::Issuer(word) => ("issuer's ", word),
            Field::Line(word) => ("", word),
            Field::Secret => ("", &"secret"),
        }
    }

    fn is(&self, wanted: &Word) -> bool {
        matches!(self, Field::Issuer(word) | Field::Line(word) if word == wanted)
    }
}

impl fmt::Display for Difference {
    /// `+DNS:x`, `-IP:10.0.0.5`, `+usage server`, `validity 365d -> 1d`, `issuer's subject CN=a -> CN=b`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whose, word) = self.field.words();
        f.write_str(whose)?;
        // The subject is always a whole, also where one without attributes takes its place.
        let none = self.field.is(&Word::Subject).then_some("(none)");
        let (sign, value) = match (self.old.as_deref().or(none), self.new.as_deref().or(none)) {
            (Some(old), Some(new)) if self.field.is(&Word::Validity) => {
                return write!(f, "{word} {} -> {}", days(old), days(new));
            }
            (Some(old), Some(new)) => return write!(f, "{word} {old} -> {new}"),
            (Some(old), None) => ('-', old),
            (None, Some(new)) => ('+', new),
            (None, None) => return Ok(()),
        };
        match value {
            name if self.field.is(&Word::Name) => write!(f, "{sign}{name}"),
            "" => write!(f, "{sign}{word}"),
            value => write!(f, "{sign}{word} {value}"),
        }
    }
}

/// A validity as people say it: whole days.
fn days(value: &str) -> String {
    let seconds = value.strip_suffix('s').and_then(|seconds| seconds.parse::<u64>().ok());
    match seconds.filter(|seconds| seconds % DAY == 0) {
        Some(seconds) => format!("{}d", seconds / DAY),
        None => value.to_owned(),
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
