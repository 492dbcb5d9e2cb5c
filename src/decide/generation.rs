//! Generations of keys, which only increase.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::source::Span;
use crate::values::Invalid;

/// One generation of a key: `authority.kubernetes/1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Generation {
    /// The key's id.
    pub id: Arc<str>,
    /// Which one, counted from 1.
    pub number: u32,
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.id, self.number)
    }
}

impl FromStr for Generation {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let parts = text.rsplit_once('/').and_then(|(id, number)| Some((id, number.parse().ok()?)));
        let (id, number) = parts.filter(|(id, number)| !id.is_empty() && *number > 0).ok_or_else(|| {
            Invalid::new(format!(
                "`{text}` is not a generation of a key; write for example `authority.kubernetes/1`"
            ))
        })?;
        Ok(Self { id: id.into(), number })
    }
}

/// Reports a generation that the lock has left behind. One that is buried must not come back at all.
pub(super) fn check_generation(
    (id, origin): (&str, Option<Span>),
    asked: u32,
    used: Option<u32>,
    buried: Option<u32>,
    diagnostics: &mut Diagnostics,
) {
    let lowest = used.unwrap_or(1).max(buried.map_or(1, |generation| generation.saturating_add(1)));
    if asked >= lowest {
        return;
    }
    let (message, why) = match used {
        Some(used) if used >= lowest => (
            format!("`{id}` asks for generation {asked}, but the lock knows generation {used}"),
            "a replaced key cannot sign again",
        ),
        _ => (
            format!("`{id}` asks for generation {asked}, but it was removed at generation {}", lowest - 1),
            "a retired key cannot be used again",
        ),
    };
    let help = format!("{why}: write `generations.use = {lowest}` or higher");
    let diagnostic = Diagnostic::new(Code::LockGeneration, message).help(help);
    diagnostics.push(match origin {
        Some(span) => diagnostic.at(span, "asked for here"),
        None => diagnostic,
    });
}

/// Generations and one more, as a plan lists them.
pub(super) fn with(trust: &[u32], one: u32) -> Vec<u32> {
    let mut all: Vec<u32> = trust.iter().copied().chain([one]).collect();
    all.sort_unstable();
    all.dedup();
    all
}
