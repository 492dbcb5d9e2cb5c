//! Compares two certificates that may belong to the same authority.

use super::certificate::Certificate;

/// What two certificates have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Not name and key both.
    Others,
    /// Name and key: what one of them has signed is below the other one, as far as that one may sign it.
    SameKey,
    /// All but serial number, dates and signature.
    Renewed,
}

/// Compares two certificates; one that Go cannot read is like none.
#[must_use]
pub fn likeness(one: &[u8], other: &[u8]) -> Likeness {
    let (Ok(one), Ok(other)) = (Certificate::parse(one), Certificate::parse(other)) else {
        return Likeness::Others;
    };
    if (one.subject, one.spki) != (other.subject, other.spki) {
        return Likeness::Others;
    }
    let is_same = one.issuer == other.issuer && one.after_the_key == other.after_the_key;
    if is_same { Likeness::Renewed } else { Likeness::SameKey }
}
