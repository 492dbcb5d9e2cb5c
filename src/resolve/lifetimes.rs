//! How long authorities and what they issue are valid.

use super::authorities::Merged;
use super::{Model, Resolver, Sourced};
use crate::diagnostics::{Code, Diagnostic};
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

impl Resolver<'_> {
    pub(super) fn lifetimes(
        &mut self,
        merged: &Merged<'_>,
        issuer: Option<usize>,
        model: &Model,
        stored: Option<&Stored>,
    ) -> Option<Lifetimes> {
        let above = issuer.and_then(|i| model.authorities.get(i));
        let stored = stored.filter(|_| merged.plan.is_none_or(|plan| plan.own.is_none()));
        let own = match (merged.get(|w| w.own.as_ref()), stored) {
            (_, Some(stored)) => Sourced::default(Duration::between(stored.not_before, stored.not_after)),
            (Some(text), None) => Sourced::at(self.parsed::<Duration>(text, Code::BadDuration)?, text.span),
            (None, None) => Sourced::default(above.map_or(ROOT, |above| above.own.value.min(INTERMEDIATE))),
        };
        let issued = match merged.get(|w| w.issued.as_ref()) {
            Some(text) => Sourced::at(self.parsed::<Duration>(text, Code::BadDuration)?, text.span),
            None => Sourced::default(own.value.min(END_ENTITY)),
        };
        let name = &merged.name.value;
        if let (Some(above), Some(span)) = (above.filter(|above| above.own.value < own.value), own.origin) {
            let message = format!(
                "authority `{name}` ({}) would outlive its issuer `{}` ({})",
                own.value, above.name, above.own.value
            );
            self.outlives(message, span, above.own.origin.unwrap_or(above.origin), above.own.value);
        }
        if let (Some(span), true) = (issued.origin, issued.value > own.value) {
            let message =
                format!("what authority `{name}` issues ({}) would outlive it ({})", issued.value, own.value);
            self.outlives(message, span, own.origin.unwrap_or(merged.name.span), own.value);
        }
        let spread = self.spread(merged, &issued)?;
        Some(Lifetimes { own, issued, spread })
    }

    /// A spread as long as the validity would leave nothing of it.
    fn spread(
        &mut self,
        merged: &Merged<'_>,
        issued: &Sourced<Duration>,
    ) -> Option<Option<Spanned<Duration>>> {
        let Some(text) = merged.get(|w| w.spread.as_ref()) else { return Some(None) };
        let spread: Duration = self.parsed(text, Code::BadDuration)?;
        if spread < issued.value {
            return Some(Some(Spanned::new(spread, text.span)));
        }
        let name = &merged.name.value;
        let message = format!(
            "a spread of {spread} leaves nothing of what authority `{name}` issues ({})",
            issued.value
        );
        let diagnostic = Diagnostic::new(Code::SpreadTooWide, message).at(text.span, "not shorter than");
        self.push(
            diagnostic
                .at(issued.origin.unwrap_or(merged.name.span), "what it issues")
                .help("write a small part of `validity.issued`: `30d` of a year"),
        );
        None
    }

    pub(super) fn outlives(&mut self, message: String, span: Span, authority: Span, limit: Duration) {
        let diagnostic = Diagnostic::new(Code::OutlivesAuthority, message).at(span, "longer than");
        self.push(diagnostic.at(authority, "the authority's own").help(format!("write at most `{limit}`")));
    }
}
