//! What two certificates have in common that may be those of one authority.

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
    let is_same = one.issuer == other.issuer && behind_the_key(&one) == behind_the_key(&other);
    if is_same { Likeness::Renewed } else { Likeness::SameKey }
}

/// The extensions as they stand there.
fn behind_the_key<'c>(certificate: &Certificate<'c>) -> &'c [u8] {
    let end = certificate.spki.as_ptr() as usize + certificate.spki.len();
    let from = end.saturating_sub(certificate.signed.as_ptr() as usize);
    certificate.signed.get(from..).unwrap_or_default()
}
