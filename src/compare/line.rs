//! One line of what differs between two texts.

use serde::Serialize;

/// A line that differs, or stands beside one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Line {
    /// A flag or a value of a structure.
    Value {
        /// `--service-cluster-ip-range`, `clusters[kubernetes].cluster.server`.
        name: String,
        /// What it was.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<String>,
        /// What it is.
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
    /// A value that is another one, told by its items where it is a list of which some come or go.
    pub(super) fn value(name: &str, before: Option<&str>, after: Option<&str>) -> Self {
        if let Some(text) = before.zip(after).and_then(|(before, after)| certificates(before, after)) {
            return Line::Note { text: format!("{name}: {text}") };
        }
        let items = before.zip(after).and_then(|(before, after)| items(before, after));
        match items {
            Some((added, removed)) => Line::Items { name: name.to_owned(), added, removed },
            None => Line::Value {
                name: name.to_owned(),
                before: before.map(Into::into),
                after: after.map(Into::into),
            },
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
    // What stands for a hole is no list.
    if old.len().max(new.len()) < 2 || before.contains('<') || after.contains('<') {
        return None;
    }
    let (stay, added): (Vec<&str>, Vec<&str>) = new.iter().partition(|item| old.contains(*item));
    let (kept, removed): (Vec<&str>, Vec<&str>) = old.iter().partition(|item| new.contains(*item));
    let owned = |items: Vec<&str>| items.into_iter().map(ToOwned::to_owned).collect();
    (!stay.is_empty() && stay == kept).then(|| (owned(added), owned(removed)))
}

/// What becomes of certificates that fill one hole: `+ authority.root/2`, `node.a/server reissued (+DNS:b)`.
fn certificates(before: &str, after: &str) -> Option<String> {
    let inside = |text: &str| {
        let text = text.strip_prefix("<certificate ").or_else(|| text.strip_prefix("<certificates "))?;
        Some(text.strip_suffix('>')?.split("; ").map(ToOwned::to_owned).collect::<Vec<_>>())
    };
    let (old, new) = (inside(before)?, inside(after)?);
    let id = |one: &String| one.split_once(", ").map_or(one.clone(), |(id, _)| id.to_owned());
    let ids: Vec<String> = new.iter().map(id).collect();
    let mut told: Vec<String> =
        old.iter().filter(|one| !ids.contains(one)).map(|one| format!("- {one}")).collect();
    for (id, one) in ids.iter().zip(&new) {
        if !old.contains(id) {
            told.push(format!("+ {id}"));
        } else if one != id {
            told.push(one.replacen(", ", " ", 1));
        }
    }
    if told.is_empty() && old != new {
        told.push("in another order".to_owned());
    }
    (!told.is_empty()).then(|| told.join(", "))
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
