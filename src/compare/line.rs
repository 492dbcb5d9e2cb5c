//! One line of the difference between two texts.

use schemars::JsonSchema;
use serde::Serialize;

use super::placeholders::{Placeholders, changes};

/// A line that differs, or stands beside one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase", tag = "kind")]
#[schemars(deny_unknown_fields)]
pub enum Line {
    /// A flag or a value of a structure.
    Value {
        /// `--service-cluster-ip-range`, `clusters[kubernetes].cluster.server`.
        name: String,
        /// What it was.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<String>,
        /// What it is now; none: it is gone.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// A list of which items come or go: a flag, or a value of a structure.
    Items {
        /// As of a value.
        name: String,
        /// Items that are new, in their order.
        added: Vec<String>,
        /// Items that are gone.
        removed: Vec<String>,
    },
    /// A line of a text that was not there.
    Added {
        /// The line.
        text: String,
    },
    /// A line that is not there any more.
    Removed {
        /// The line.
        text: String,
    },
    /// A line that is the same.
    Same {
        /// The line.
        text: String,
    },
    /// Lines that are the same and left out.
    Gap,
    /// Something besides the text: a mode, an owner, what a hole holds.
    Note {
        /// A few words.
        text: String,
    },
}

impl Line {
    /// A value that is another one, reported by its items where it is a list of which some come or go.
    pub(super) fn value(
        name: &str,
        before: Option<&str>,
        after: Option<&str>,
        placeholders: &Placeholders,
    ) -> Self {
        let both = before.zip(after);
        let certificates = both.and_then(|(before, after)| {
            Some(changes(placeholders.certificates(before)?, placeholders.certificates(after)?))
        });
        if let Some(changes) = certificates.filter(|changes| !changes.is_empty()) {
            return Line::Note { text: format!("{name}: {}", changes.join(", ")) };
        }
        // What stands for a hole is no list.
        let plain =
            both.filter(|(before, after)| !placeholders.are_in(before) && !placeholders.are_in(after));
        let items = plain.and_then(|(before, after)| items(before, after));
        match items {
            Some((added, removed)) => Line::Items { name: name.to_owned(), added, removed },
            None => Line::Value {
                name: name.to_owned(),
                before: before.map(Into::into),
                after: after.map(Into::into),
            },
        }
    }

    /// The line with other texts.
    pub(super) fn map(self, shown: impl Fn(&str) -> String) -> Self {
        let all = |items: Vec<String>| items.iter().map(|item| shown(item)).collect();
        match self {
            Line::Value { name, before, after } => Line::Value {
                name: shown(&name),
                before: before.map(|value| shown(&value)),
                after: after.map(|value| shown(&value)),
            },
            Line::Items { name, added, removed } => {
                Line::Items { name: shown(&name), added: all(added), removed: all(removed) }
            }
            Line::Added { text } => Line::Added { text: shown(&text) },
            Line::Removed { text } => Line::Removed { text: shown(&text) },
            Line::Same { text } => Line::Same { text: shown(&text) },
            Line::Gap => Line::Gap,
            Line::Note { text } => Line::Note { text: shown(&text) },
        }
    }

    /// Whether it differs, and does not only stand beside what does.
    #[must_use]
    pub fn differs(&self) -> bool {
        !matches!(self, Line::Same { .. } | Line::Gap)
    }
}

/// The items of a list, divided by commas, that come and go; none where something stays that changes its place, or
/// nothing stays.
fn items(before: &str, after: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split(',').collect(), after.split(',').collect());
    if old.len().max(new.len()) < 2 {
        return None;
    }
    let (stay, added): (Vec<&str>, Vec<&str>) = new.iter().partition(|item| old.contains(*item));
    let (kept, removed): (Vec<&str>, Vec<&str>) = old.iter().partition(|item| new.contains(*item));
    let owned = |items: Vec<&str>| items.into_iter().map(ToOwned::to_owned).collect();
    (!stay.is_empty() && stay == kept).then(|| (owned(added), owned(removed)))
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Line::Value { name, before: Some(before), after: Some(after) } => {
                write!(f, "{name}: {before} -> {after}")
            }
            Line::Value { name, before, after } => {
                let sign = if before.is_some() { '-' } else { '+' };
                match before.as_deref().or(after.as_deref()).unwrap_or_default() {
                    "" => write!(f, "{sign} {name}"),
                    value => write!(f, "{sign} {name}={value}"),
                }
            }
            Line::Items { name, added, removed } => {
                write!(f, "{name}:")?;
                removed.iter().try_for_each(|item| write!(f, " -{item}"))?;
                added.iter().try_for_each(|item| write!(f, " +{item}"))
            }
            Line::Added { text } => write!(f, "+ {text}"),
            Line::Removed { text } => write!(f, "- {text}"),
            Line::Same { text } => write!(f, "  {text}"),
            Line::Gap => f.write_str("  ..."),
            Line::Note { text } => f.write_str(text),
        }
    }
}
