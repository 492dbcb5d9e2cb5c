//! The validity periods of certificates that change in the same way.

use crate::compare::{CertificateChange, Period};
use crate::values::Instant;

/// `not-before A -> B, not-after C -> D`; of several certificates the first and the last of their dates; of what is gone
/// `had not-before A, not-after C`. Empty where nothing is known.
pub(super) fn dates(changes: &[&CertificateChange]) -> String {
    let before: Vec<Period> = changes.iter().filter_map(|change| change.dates.before).collect();
    let after: Vec<Period> = changes.iter().filter_map(|change| change.dates.after).collect();
    let field = |word: &str, of: fn(&Period) -> Instant| {
        let reported = match (range(&before, of), range(&after, of)) {
            (Some(old), Some(new)) if old != new => format!("{old} -> {new}"),
            (old, new) => new.or(old)?,
        };
        Some(format!("{word} {reported}"))
    };
    let fields =
        [field("not-before", |period| period.not_before), field("not-after", |period| period.not_after)];
    let reported = fields.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if after.is_empty() && !reported.is_empty() { format!("had {reported}") } else { reported }
}

fn range(periods: &[Period], of: fn(&Period) -> Instant) -> Option<String> {
    let (first, last) = (periods.iter().map(of).min()?, periods.iter().map(of).max()?);
    Some(if first == last { first.to_string() } else { format!("{first} to {last}") })
}
