//! Resolves the validity of authorities and of the certificates that they issue.

use super::hierarchy::Above;
use super::merged::Merged;
use super::model::{Authority, Sourced};
use super::parse::optional;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::read::plan::{AuthorityTable as Table, Text};
use crate::source::{Span, Spanned};
use crate::stored::Stored;
use crate::values::Duration;

/// How long a root is valid where nothing says so.
const ROOT: Duration = Duration::years(10);
/// How long an intermediate is valid.
const INTERMEDIATE: Duration = Duration::years(5);
/// How long an end entity is valid.
const END_ENTITY: Duration = Duration::years(1);

/// An authority's `validity`.
pub(super) struct Lifetimes {
    /// Its own.
    pub(super) own: Sourced<Duration>,
    /// Of what it issues.
    pub(super) issued: Sourced<Duration>,
    /// Over how much time the ends of what it issues are spread.
    pub(super) spread: Option<Spanned<Duration>>,
}

pub(super) fn lifetimes(
    merged: &Merged<'_, Table>,
    above: &Above<'_>,
    stored: Option<&Stored>,
    diagnostics: &mut Diagnostics,
) -> Option<Lifetimes> {
    let stored = stored.filter(|_| merged.plan.is_none_or(|plan| plan.own.is_none()));
    let stored = stored.map(|stored| stored.not_before.until(stored.not_after));
    let own = match stored {
        Some(stored) => Some(Some(Sourced::default(stored))),
        None => written(merged.get(|w| w.own.as_ref()), diagnostics),
    };
    let issued = written(merged.get(|w| w.issued.as_ref()), diagnostics);
    let spread = written(merged.get(|w| w.spread.as_ref()), diagnostics);
    let own = own?.unwrap_or_else(|| match above {
        Above::Nothing | Above::Poisoned => Sourced::default(ROOT),
        Above::Authority(_, above) => Sourced::default(above.own.value.min(INTERMEDIATE)),
    });
    let issued = issued?.unwrap_or_else(|| Sourced::default(own.value.min(END_ENTITY)));
    let name = &merged.name.value;
    if let (Above::Authority(_, above), Some(span)) = (above, own.origin)
        && above.own.value < own.value
    {
        let (limit, place) = limit(above);
        let message =
            format!("authority `{name}` ({}) would outlive its issuer `{}` ({limit})", own.value, above.name);
        diagnostics.push(outlives(message, span, place, limit));
    }
    if let (Some(span), true) = (issued.origin, issued.value > own.value) {
        let message = format!(
            "certificates from authority `{name}` ({}) would outlive it ({})",
            issued.value, own.value
        );
        diagnostics.push(outlives(message, span, own.origin.unwrap_or(merged.name.span), own.value));
    }
    let spread = spread?.and_then(|spread| Some(Spanned::new(spread.value, spread.origin?)));
    if let Some(spread) = spread.as_ref().filter(|spread| spread.value >= issued.value) {
        diagnostics.push(too_wide(spread, &issued, merged.name));
    }
    Some(Lifetimes { own, issued, spread })
}

/// The outer `None` means that it is wrong.
fn written(text: Option<&Text>, diagnostics: &mut Diagnostics) -> Option<Option<Sourced<Duration>>> {
    let duration = optional(text, Code::BadDuration, diagnostics)?;
    Some(duration.zip(text).map(|(duration, text)| Sourced::at(duration, text.span)))
}

/// A spread as long as the validity would leave nothing of it.
fn too_wide(spread: &Spanned<Duration>, issued: &Sourced<Duration>, name: &Text) -> Diagnostic {
    let message = format!(
        "a spread of {} is longer than the certificates of authority `{}` are valid ({})",
        spread.value, name.value, issued.value
    );
    Diagnostic::new(Code::SpreadTooWide, message)
        .at(spread.span, "not shorter than")
        .at(issued.origin.unwrap_or(name.span), "what it issues")
        .help("write a small part of `validity.issued`, such as `30d` for a year")
}

/// How long an authority is valid, and where that is said.
fn limit(authority: &Authority) -> (Duration, Span) {
    (authority.own.value, authority.own.origin.unwrap_or(authority.origin))
}

/// The validity of something that an authority issues; none: nothing says one, or what says it is wrong.
pub(super) fn of_issued(
    text: Option<&Text>,
    authority: Option<&Authority>,
    name: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<Duration>> {
    let text = text?;
    let validity: Duration = optional(Some(text), Code::BadDuration, diagnostics)??;
    if let Some(authority) = authority.filter(|authority| validity > authority.own.value) {
        let (limit, place) = limit(authority);
        let message = format!(
            "the certificate of `{name}` ({validity}) would outlive its authority `{}` ({limit})",
            authority.name
        );
        diagnostics.push(outlives(message, text.span, place, limit));
        return None;
    }
    Some(Spanned::new(validity, text.span))
}

fn outlives(message: String, span: Span, authority: Span, limit: Duration) -> Diagnostic {
    let diagnostic = Diagnostic::new(Code::OutlivesAuthority, message).at(span, "longer than");
    diagnostic.at(authority, "the authority's own").help(format!("write at most `{limit}`"))
}
